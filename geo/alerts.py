"""Which alerts a person should see."""

from datetime import datetime

from geo.models import AdminArea, Alert
from geo.querysets import AlertQuerySet


def alerts_for(
    region: AdminArea | None, now: datetime, *, need: str | None = None
) -> AlertQuerySet:
    """The public alerts that stand at `now`, the gravest first.

    Args:
        region: where the person is; None where that is not known, for which only alerts to all of
            Québec are shown.
        now: when it is.
        need: a code of the taxonomy; None for somebody who asks for no need, who sees all.
    """
    alerts = Alert.objects.public().current(now).in_region(region)
    if need:
        alerts = alerts.about(need)
    return alerts.gravest_first()
