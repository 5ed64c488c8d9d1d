"""`manage.py load_demand`: better figures of demand."""

from geo.imports import demand
from geo.management.table_command import TableCommand


class Command(TableCommand):
    """Load figures of demand from a table."""

    help = (
        "Load figures of demand for regions, MRC or municipalities from a CSV file with the "
        f"columns {', '.join(demand.COLUMNS)}. Writes all or nothing; loading twice changes "
        "nothing. docs/data-sources.md explains the columns."
    )
    load = staticmethod(demand.load)
