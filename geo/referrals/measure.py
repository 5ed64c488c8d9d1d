"""How referring goes: how much is accepted, how fast, and why it is refused.

An organization sees its own referrals as they are, while they live. Everybody else, coordinators
and planners too, sees what is published of the months that were purged, and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone

from geo.choices import ReferralStatus, RefusalReason
from geo.models import Organization, Partner, Referral, ReferralStat
from geo.querysets import ReferralQuerySet
from geo.referrals import statistics
from geo.referrals.figures import OUTCOMES, WAITING, Cell, Sent, count, half_times

# Of what a receiver could have accepted; what was withdrawn is nobody's doing.
DECIDED = (
    ReferralStatus.ACCEPTED,
    ReferralStatus.REFUSED,
    ReferralStatus.REDIRECTED,
    ReferralStatus.EXPIRED,
)
ENDS = (*DECIDED, ReferralStatus.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Number:
    """A count, or what can be said of it.

    Attributes:
        count: the sum of what may be read.
        is_exact: nothing is missing; otherwise there are more. Withheld is never zero.
    """

    count: int = 0
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """What was sent with one need, from or to one region, or in all.

    Attributes:
        key: code of the need or of the region; empty for all.
        sent: how many.
        ends: how they ended, by the values of `ENDS`.
        waiting: those that have not ended; of the network, none.
        accepted: how many of the decided ones were accepted, 0 to 1; None where it is not known,
            or where no month tells all it takes.
        median_hours: half were answered within so many hours; None where it is not told, and over
            several months.
    """

    key: str
    sent: Number
    ends: Mapping[str, Number]
    waiting: int
    accepted: float | None
    median_hours: int | None

    @property
    def in_order(self) -> list[Number]:
        """How they ended, in the order of `ENDS`."""
        return [self.ends[end] for end in ENDS]


@dataclass(frozen=True, slots=True)
class Measures:
    """All that is measured of some referrals. Lists are in the order of their codes.

    Attributes:
        total: of all; None where there is nothing.
        needs, from_regions, to_regions: of each that has any.
        reasons: a `RefusalReason` and how often, the most frequent first.
    """

    total: Line | None
    needs: list[Line]
    from_regions: list[Line]
    to_regions: list[Line]
    reasons: list[tuple[str, Number]]


@dataclass(frozen=True, slots=True)
class _Month:
    """Counts by cell, None where withheld, and half times."""

    counts: Mapping[Cell, int | None]
    hours: Mapping[Cell, int]


def months() -> list[date]:
    """The months of which figures are kept, the latest first."""
    kept = ReferralStat.objects.order_by().values_list("month", flat=True)
    return sorted(kept.distinct(), reverse=True)


def network(first_month: date, last_month: date) -> Measures:
    """Of all the network, from the published figures of some months, and of nothing else."""
    wanted = [month for month in months() if first_month <= month <= last_month]
    return _measured(
        _Month(
            {figure.cell: figure.count for figure in figures},
            {
                figure.cell: figure.median_hours
                for figure in figures
                if figure.median_hours is not None
            },
        )
        for figures in statistics.kept(wanted).values()
    )


def sent_by(organization: Organization) -> Measures:
    """Of the referrals that an organization has sent and that still live: its own, as they are."""
    sent = Referral.objects.sent_by(organization).filter(sent_at__isnull=False)
    return _of_its_own(sent)


def received_by(organization: Organization) -> Measures:
    """Of the referrals that reached an organization and that still live."""
    return _of_its_own(Referral.objects.received_by(organization))


def _of_its_own(referrals: ReferralQuerySet) -> Measures:
    region_of = dict(Partner.objects.values_list("organization", "region__code"))
    now = timezone.now()
    rows = []
    for referral in (
        referrals.real()
        .select_related("need", "worker_region")
        .only(
            "need__code",
            "worker_region__code",
            "to_org",
            "status",
            "refusal_reason",
            "sent_at",
            "due_at",
            "answered_at",
        )
        .order_by("pk")
    ):
        rows.append(
            Sent(
                need=referral.need.code,
                from_region=referral.worker_region.code,
                to_region=region_of.get(referral.to_org_id, ""),
                outcome=OUTCOMES.get(referral.shown_status(now), WAITING),
                reason=referral.refusal_reason,
                hours=statistics.hours_between(referral.sent_at, referral.answered_at),
            )
        )
    # An accepted one that waits for the person counts as accepted, as in published figures.
    return _measured([_Month(count(rows), half_times(rows))] if rows else [])


def _measured(each: Iterable[_Month]) -> Measures:
    found = list(each)
    keys: dict[str, set[str]] = defaultdict(set)
    for month in found:
        for cell in month.counts:
            for dimension in ("need", "from_region", "to_region", "reason"):
                keys[dimension].add(getattr(cell, dimension))
    lines = {
        dimension: [
            _line(key, Cell(**{dimension: key}), found) for key in sorted(keys[dimension]) if key
        ]
        for dimension in ("need", "from_region", "to_region")
    }
    reasons = [
        (reason, _number(Cell(outcome=ReferralStatus.REFUSED, reason=reason), found))
        for reason in RefusalReason.values
        if reason in keys["reason"]
    ]
    return Measures(
        total=_line("", Cell(), found) if found else None,
        needs=lines["need"],
        from_regions=lines["from_region"],
        to_regions=lines["to_region"],
        reasons=sorted(reasons, key=lambda told: -told[1].count),
    )


def _line(key: str, cell: Cell, found: list[_Month]) -> Line:
    return Line(
        key=key,
        sent=_number(cell, found),
        ends={end: _number(replace(cell, outcome=end), found) for end in ENDS},
        waiting=_number(replace(cell, outcome=WAITING), found).count,
        accepted=_share(cell, found),
        median_hours=found[0].hours.get(cell) if len(found) == 1 else None,
    )


def _number(cell: Cell, found: list[_Month]) -> Number:
    counts = [month.counts.get(cell, 0) for month in found]
    shown = [number for number in counts if number is not None]
    return Number(sum(shown), is_exact=len(shown) == len(counts))


def _share(cell: Cell, found: list[_Month]) -> float | None:
    """Over the months that tell how many were accepted, and how many were not."""
    accepted = decided = 0
    for month in found:
        ends = [month.counts.get(replace(cell, outcome=end), 0) for end in DECIDED]
        told = [number for number in ends if number is not None]
        if len(told) == len(ends):
            accepted += told[0]
            decided += sum(told)
    return accepted / decided if decided else None
