"""Bulletins: news from one organization to the network, told once and gone in time."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from geo import notifications
from geo.models import AdminArea, Bulletin, NeedTerm
from geo.models.network import LONGEST_BULLETIN

# How long a bulletin that has ended can still be looked up, in days.
KEPT_DAYS = 90


def end_of(day: date, now: datetime) -> datetime:
    """The end of a day by the clock of Québec, or the last moment that a bulletin may stand.

    Args:
        day: the last day on which the bulletin holds.
        now: when it begins.
    """
    midnight = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    return min(midnight, now + LONGEST_BULLETIN)


@transaction.atomic
def publish(
    bulletin: Bulletin, *, regions: Iterable[AdminArea] = (), needs: Iterable[NeedTerm] = ()
) -> None:
    """Let a bulletin stand, and tell those whom it concerns.

    Args:
        bulletin: not in the database yet.
        regions: none means all.
        needs: of level 1; none means all.

    Raises:
        ValidationError: it stands too long, or says nothing.
    """
    bulletin.full_clean(exclude=["author", "withdrawn_at"])
    bulletin.save(force_insert=True)
    bulletin.regions.set(regions)
    bulletin.needs.set(needs)
    notifications.bulletin_published(bulletin)


@transaction.atomic
def withdraw(bulletin: Bulletin) -> None:
    """Take a bulletin back; one that was taken back already stays as it is."""
    standing = Bulletin.objects.select_for_update().filter(pk=bulletin.pk, withdrawn_at=None)
    standing.update(withdrawn_at=timezone.now())


def erase_old(day: date) -> int:
    """Erase the bulletins that ended more than `KEPT_DAYS` before a day; how many.

    Their mails that never left go with them.
    """
    midnight = timezone.make_aware(datetime.combine(day, time()))
    old = Bulletin.objects.filter(expires_at__lt=midnight - timedelta(days=KEPT_DAYS))
    _total, by_model = old.delete()
    return by_model.get("geo.Bulletin", 0)
