"""The figures of the referrals of a month: made from the live rows, once, and kept after them."""

from collections.abc import Iterable
from datetime import date, datetime

from geo.errors import DomainError
from geo.models import AdminArea, Partner, Referral, ReferralStat
from geo.querysets import ReferralQuerySet
from geo.referral_states import TERMINAL
from geo.referrals.figures import OUTCOMES, Cell, Figure, Sent, figures


class MonthNotOver(DomainError):
    """A referral of the month is still under way: its figures would change."""


def published(month: date) -> list[Figure]:
    """The figures of a month as they may be read, the same before and after its purge.

    From what is kept of it; before its purge, from the live rows, which takes seconds.

    Args:
        month: its first day.

    Raises:
        MonthNotOver: nothing is kept of it, and a referral of it is still under way.
        Unprotected: nothing may be published.
    """
    return kept([month]).get(month) or reckoned(month)


def reckoned(month: date) -> list[Figure]:
    """The figures of a month from its live rows.

    Raises:
        MonthNotOver: a referral of it is still under way.
        Unprotected: nothing may be published.
    """
    return figures(_sent(month))


def kept(months: Iterable[date] | None = None) -> dict[date, list[Figure]]:
    """The figures that are kept, of all months or of some, the earliest month first.

    This is all that anybody but the organizations themselves is shown.
    """
    stats = ReferralStat.objects.select_related("from_region", "to_region").defer(
        "from_region__outline", "to_region__outline"
    )
    if months is not None:
        stats = stats.filter(month__in=list(months))
    found: dict[date, list[Figure]] = {}
    for stat in stats.order_by("month", "pk"):
        cell = Cell(
            from_region=stat.from_region.code if stat.from_region else "",
            to_region=stat.to_region.code if stat.to_region else "",
            need=stat.need,
            outcome=stat.outcome,
            reason=stat.refusal_reason,
        )
        found.setdefault(stat.month, []).append(Figure(cell, stat.count, stat.median_hours))
    return {month: sorted(rows, key=lambda row: row.cell) for month, rows in found.items()}


def keep(month: date) -> int:
    """Keep the figures of a month; to be called before its rows are erased, in one transaction.

    Returns:
        How many figures.

    Raises:
        MonthNotOver: a referral of it is still under way.
        Unprotected: nothing may be published.
        IntegrityError: they are kept already.
    """
    regions = dict(AdminArea.objects.regions().values_list("code", "pk"))
    stats = [
        ReferralStat(
            month=month,
            from_region_id=regions.get(figure.cell.from_region),
            to_region_id=regions.get(figure.cell.to_region),
            need=figure.cell.need,
            outcome=figure.cell.outcome,
            refusal_reason=figure.cell.reason,
            count=figure.count,
            median_hours=figure.median_hours,
        )
        for figure in reckoned(month)
    ]
    return len(ReferralStat.objects.bulk_create(stats))


def of_month(month: date) -> ReferralQuerySet:
    """The referrals that were written in a month, those of the sandbox too."""
    return Referral.objects.filter(created_on__gte=month, created_on__lt=after(month))


def after(month: date) -> date:
    """The first day of the next month."""
    number = month.year * 12 + month.month
    return date(number // 12, number % 12 + 1, 1)


def hours_between(sent_at: datetime | None, answered_at: datetime | None) -> float | None:
    """From sending to the answer, where both were."""
    if sent_at is None or answered_at is None:
        return None
    # Two machines may disagree by a second on what time it is.
    return max(0.0, (answered_at - sent_at).total_seconds() / 3600)


def _sent(month: date) -> list[Sent]:
    referrals = of_month(month).real()
    if referrals.filter(sent_at__isnull=False).exclude(status__in=TERMINAL).exists():
        raise MonthNotOver(f"A referral of {month:%Y-%m} is still under way.")
    region_of = dict(Partner.objects.values_list("organization", "region__code"))
    rows = referrals.filter(sent_at__isnull=False).values_list(
        "need__code",
        "worker_region__code",
        "to_org",
        "status",
        "refusal_reason",
        "sent_at",
        "answered_at",
    )
    return [
        Sent(
            need=need,
            from_region=region,
            to_region=region_of.get(to_org, ""),
            outcome=OUTCOMES[status],
            reason=reason,
            hours=hours_between(sent_at, answered_at),
        )
        for need, region, to_org, status, reason, sent_at, answered_at in rows.order_by("pk")
    ]
