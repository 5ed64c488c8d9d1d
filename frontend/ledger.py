"""What goes from a question of the pages into the ledger of unmet needs: that help was missing."""

import logging

from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from frontend.forms import SearchForm
from frontend.rate import DAY_S, Limit, address_of
from geo.choices import GapKind
from geo.models import AdminArea, SearchGap

logger = logging.getLogger(__name__)

# One visitor counts once a day in a cell: who presses the button again, or writes a script, makes
# no need look larger. A house of workers that shares an address counts once too.
_limit = Limit(1, DAY_S)

# A question that these narrow may find nothing although the help exists: at night, or on the phone
# when somebody asks for the phone.
NARROWING = ("open_now", "kind", "mode")


def note(
    request: HttpRequest, form: SearchForm, region: AdminArea | None, *, places: int, lines: int
) -> None:
    """Count a question about a need that found no place to go to; never its words nor who asked.

    `region` is where help was looked for, None where nothing says it; `places` and `lines` are how
    many answers there were, in person and from afar.
    """
    if places or form.tile is None or any(form.asked(name) for name in NARROWING):
        return
    if request.method != "GET" or is_fetched_ahead(request):
        return
    kind = GapKind.NO_PLACE if lines else GapKind.NO_RESULT
    need, language = form.tile.code, form.asked("language") or ""
    code = region.code if region else ""
    if not _limit.allows(f"{address_of(request)} {kind} {code} {need} {language}"):
        return
    month = timezone.localdate().replace(day=1)
    try:
        with transaction.atomic():
            SearchGap.objects.count_one(month, kind, region, need, language)
    except DatabaseError as error:
        # A copy of the database that only reads, a full disk: whoever looks for help gets the
        # answer all the same, and a count is lost. The log tells the kind of error and nothing of
        # the question.
        logger.warning("The ledger was not written: %s", type(error.__cause__).__name__)


def is_fetched_ahead(request: HttpRequest) -> bool:
    """A browser fetches the page before anybody has asked for it."""
    purposes = request.headers.get("Sec-Purpose", ""), request.headers.get("Purpose", "")
    return any("prefetch" in purpose for purpose in purposes)
