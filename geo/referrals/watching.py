"""Saved searches: what appeared, changed or went since they were last looked at.

A search finds public services as the public page does: by region, need and language. Stops of
tours are left out: a stop that is over is no service that went.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from geo import notifications
from geo.choices import MailKind, WatchedChange
from geo.errors import TooManySearches
from geo.models import (
    AdminArea,
    Coordination,
    Membership,
    NeedTerm,
    Phone,
    Resource,
    SavedSearch,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceLanguage,
    ServiceNeed,
    User,
    WatchedService,
)
from geo.translation import wording

# More would be a mail a day, which nobody reads.
MOST_SEARCHES = 20

# How long a change is news, and a service that went is kept.
NEWS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a round over the saved searches did.

    Attributes:
        searches: how many were looked at.
        alerts: of how many there is something new to say.
    """

    searches: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A service as it stands now: its name in all languages, and a digest of what matters."""

    name: dict[str, Any]
    fingerprint: str


@transaction.atomic
def save_search(
    user: User, *, region: AdminArea, need: NeedTerm | None, language: str
) -> SavedSearch:
    """Keep a search for an account; the same one is kept once.

    Raises:
        TooManySearches: the account has `MOST_SEARCHES` already.
    """
    User.objects.select_for_update().get(pk=user.pk)
    asked = {"region": region, "need": need, "language": language}
    kept = SavedSearch.objects.filter(user=user)
    if same := kept.filter(**asked).first():
        return same
    if kept.count() >= MOST_SEARCHES:
        raise TooManySearches(
            _("You have %(number)d saved searches: remove one first.") % {"number": MOST_SEARCHES}
        )
    return SavedSearch.objects.create(user=user, **asked)


def check(now: datetime | None = None) -> Checked:
    """Look at every saved search of those who belong to the network.

    The first look is silent. Later ones write down what is new, and one mail for each search that
    has something new. The same search of several accounts is asked once. A round that stops half
    way is taken up by the next one: each search is compared with what was written down of it.
    """
    now = now or timezone.now()
    askers: dict[tuple, list[SavedSearch]] = defaultdict(list)
    for search in _searches_of_members():
        askers[search.region_id, search.need_id, search.language].append(search)
    found = {question: _found(searches[0]) for question, searches in askers.items()}
    seen = fingerprints(set().union(*found.values()))
    alerts = 0
    for question, searches in askers.items():
        services = {key: seen[key] for key in found[question] if key in seen}
        alerts += _compare(searches, services, now)
    return Checked(sum(map(len, askers.values())), alerts)


def _searches_of_members() -> Iterable[SavedSearch]:
    belongs = Exists(Membership.objects.active().filter(user=OuterRef("user"))) | Exists(
        Coordination.objects.filter(user=OuterRef("user"))
    )
    return (
        SavedSearch.objects.filter(belongs, user__is_active=True)
        .select_related("region", "need")
        .defer("region__outline")
        .order_by("region", "need", "language", "pk")
    )


def _found(search: SavedSearch) -> set[UUID]:
    """The keys of the services that a search finds now."""
    resources = Resource.objects.filter(stop=None).reached(region=search.region)
    if search.need:
        resources = resources.answering(search.need.code)
    if search.language:
        resources = resources.speaking(search.language)
    return set(resources.order_by().values_list("service", flat=True))


def fingerprints(services: Iterable[UUID]) -> dict[UUID, Seen]:
    """What matters of some services to those who send people there.

    Args:
        services: keys. N services cost the same few queries, whatever N is.

    Returns:
        For each service that exists, its name and a SHA-256 of its French name, status, trusted
        numbers, places, areas, hours, needs, languages, and whether it takes referrals. Another
        translation changes nothing, nor does a new date of the same fact.
    """
    keys = list(services)
    facts: dict[UUID, dict[str, list]] = {key: defaultdict(list) for key in keys}
    of_these = Q(service__in=keys)
    kinds: dict[str, Any] = {
        "phones": Phone.objects.trusted()
        .filter(of_these)
        .values_list("service", "number", "extension", "type", "languages"),
        "places": ServiceAtLocation.objects.filter(of_these).values_list(
            "service",
            "location__address",
            "location__postal_code",
            "location__locality",
            "location__municipality__code",
        ),
        "areas": ServiceArea.objects.filter(of_these).values_list(
            "service", "area__level", "area__code"
        ),
        "hours": Schedule.objects.filter(of_these).values_list(
            "service",
            "service_at_location__location__address",
            "hours_status",
            "text__fr__text",
            "opening_hours",
            "holiday_policy",
            "by_appointment",
        ),
        "needs": ServiceNeed.objects.filter(of_these).values_list("service", "term__code"),
        "languages": ServiceLanguage.objects.filter(of_these).values_list(
            "service", "code", "mode"
        ),
    }
    for kind, rows in kinds.items():
        for key, *row in rows.order_by():
            facts[key][kind].append(row)
    about = Service.objects.filter(pk__in=keys).values_list(
        "pk", "name", "status", "capacity__is_accepting"
    )
    return {
        key: Seen(name, _digest(name, status, is_accepting is not False, facts[key]))
        for key, name, status, is_accepting in about
    }


def _digest(name: dict, status: str, is_accepting: bool, facts: dict[str, list]) -> str:
    matters = {
        "name": str(wording(name, "fr") or ""),
        "status": status,
        "accepting": is_accepting,
    } | {kind: sorted(rows, key=json.dumps) for kind, rows in facts.items()}
    return hashlib.sha256(json.dumps(matters, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def _compare(searches: list[SavedSearch], services: dict[UUID, Seen], now: datetime) -> int:
    """Write down what is new for the askers of one question; for how many there is news."""
    # Locked: two rounds at once tell the news once. A search that was removed meanwhile is gone.
    searches = list(
        SavedSearch.objects.select_for_update(of=("self",))
        .filter(pk__in=[search.pk for search in searches])
        .select_related("user")
        .order_by("pk")
    )
    known: dict[UUID, dict[UUID, WatchedService]] = {search.pk: {} for search in searches}
    for row in WatchedService.objects.filter(saved_search__in=searches):
        known[row.saved_search_id][row.service_id] = row
    new: list[WatchedService] = []
    changed: list[WatchedService] = []
    told = 0
    for search in searches:
        added, updated = _news(search, known[search.pk], services, now)
        new += added
        changed += updated
        if search.checked_at is not None and (added or updated):
            told += 1
            notifications.mail_people(MailKind.WATCH, [search.user], saved_search=search)
    WatchedService.objects.bulk_create(new)
    WatchedService.objects.bulk_update(changed, ["name", "fingerprint", "change", "changed_at"])
    WatchedService.objects.filter(
        saved_search__in=searches, change=WatchedChange.CLOSED, changed_at__lt=now - NEWS
    ).delete()
    SavedSearch.objects.filter(pk__in=[search.pk for search in searches]).update(checked_at=now)
    return told


def _news(
    search: SavedSearch,
    known: dict[UUID, WatchedService],
    services: dict[UUID, Seen],
    now: datetime,
) -> tuple[list[WatchedService], list[WatchedService]]:
    """Rows to add and rows to change, so that what is written down is what is found."""
    is_first = search.checked_at is None
    added = [
        WatchedService(
            saved_search=search,
            service_id=key,
            name=seen.name,
            fingerprint=seen.fingerprint,
            change="" if is_first else WatchedChange.APPEARED,
            changed_at=None if is_first else now,
        )
        for key, seen in services.items()
        if key not in known
    ]
    updated = []
    for key, row in known.items():
        seen = services.get(key)
        change = _change(row, seen)
        if change is None:
            continue
        row.change, row.changed_at = change, now
        if seen is not None:
            row.name, row.fingerprint = seen.name, seen.fingerprint
        updated.append(row)
    return added, updated


def _change(row: WatchedService, seen: Seen | None) -> WatchedChange | None:
    was_gone = row.change == WatchedChange.CLOSED
    if seen is None:
        return None if was_gone else WatchedChange.CLOSED
    if was_gone:
        return WatchedChange.APPEARED
    return WatchedChange.CHANGED if seen.fingerprint != row.fingerprint else None
