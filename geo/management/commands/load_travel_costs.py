"""`manage.py load_travel_costs`: a matrix of ways by road."""

from geo.imports import travel_costs
from geo.management.table_command import TableCommand


class Command(TableCommand):
    """Load ways by road from a table."""

    help = (
        "Load kilometres and minutes by road from a CSV file with the columns "
        f"{', '.join(travel_costs.COLUMNS)}. Writes all or nothing; loading twice changes "
        "nothing. docs/data-sources.md explains the columns."
    )
    load = staticmethod(travel_costs.load)
