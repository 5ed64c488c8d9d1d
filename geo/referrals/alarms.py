"""What in the audit trail looks like somebody who browses or guesses: one question each.

An alarm names the organization of an account and no person: coordinators speak with the
organization, which knows its people. Source: REFERRAL_PRIVACY §6 of the project's design.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import ExtractHour, TruncDate
from django.utils import timezone

from geo.choices import AuditVerb
from geo.models import ReferralAudit

# How far back is looked: a coordinator who comes once a week misses none.
LOOKED_BACK = timedelta(days=7)

FAILURES_IN_AN_HOUR = 20
OPENED_IN_A_DAY = 15
NIGHT_BEGINS, NIGHT_ENDS = 22, 6  # hours of the day in Québec

# A window over the hour before each failure: the ORM has no range of times.
_MOST_FAILURES = """
SELECT organization, max(failures)
FROM (
    SELECT actor, organization, count(*) OVER (
        PARTITION BY actor ORDER BY at
        RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW
    ) AS failures
    FROM geo_referralaudit
    WHERE verb = %s AND actor IS NOT NULL AND at > %s
) AS hours
GROUP BY actor, organization
HAVING max(failures) >= %s
ORDER BY max(failures) DESC, organization
"""


class AlarmKind(StrEnum):
    """What is unusual."""

    CODES = "codes"
    MANY = "many"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An account did something unusual.

    Attributes:
        kind: what.
        organization: the key of the account's organization; None for one without.
        count: failures in the worst hour; referrals opened on the fullest day; openings by night.
    """

    kind: AlarmKind
    organization: UUID | None
    count: int


def raised(now: datetime | None = None) -> list[Alarm]:
    """The alarms of the last days, the worst of each kind first. Three questions."""
    since = (now or timezone.now()) - LOOKED_BACK
    return [*code_failures(since), *many_opened(since), *opened_by_night(since)]


def code_failures(since: datetime) -> list[Alarm]:
    """Accounts that missed `FAILURES_IN_AN_HOUR` codes or more within an hour."""
    with connection.cursor() as cursor:
        cursor.execute(_MOST_FAILURES, [AuditVerb.CODE_FAILED, since, FAILURES_IN_AN_HOUR])
        return [Alarm(AlarmKind.CODES, *row) for row in cursor.fetchall()]


def many_opened(since: datetime) -> list[Alarm]:
    """Accounts that opened more than `OPENED_IN_A_DAY` different referrals on one day."""
    days = (
        _openings(since)
        .annotate(day=TruncDate("at"))
        .values("actor", "organization", "day")
        .annotate(opened=Count("pseudonym", distinct=True))
        .filter(opened__gt=OPENED_IN_A_DAY)
        .order_by("-opened", "organization", "actor")
    )
    fullest: dict[UUID, Alarm] = {}
    for row in days:
        alarm = Alarm(AlarmKind.MANY, row["organization"], row["opened"])
        fullest.setdefault(row["actor"], alarm)
    return list(fullest.values())


def opened_by_night(since: datetime) -> list[Alarm]:
    """Accounts that opened referrals between 22 h and 6 h."""
    nights = (
        _openings(since)
        .annotate(hour=ExtractHour("at"))
        .filter(Q(hour__gte=NIGHT_BEGINS) | Q(hour__lt=NIGHT_ENDS))
        .values("actor", "organization")
        .annotate(opened=Count("pk"))
        .order_by("-opened", "organization", "actor")
    )
    return [Alarm(AlarmKind.NIGHT, row["organization"], row["opened"]) for row in nights]


def _openings(since: datetime):
    return ReferralAudit.objects.filter(
        verb=AuditVerb.SEEN, at__gt=since, actor__isnull=False
    ).order_by()
