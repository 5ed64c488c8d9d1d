"""Help near me."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from frontend import ledger
from frontend.forms import SearchForm, Where
from geo.alerts import alerts_for
from geo.models import AdminArea

PAGE_SIZE = 20

# Lines of the whole province that the page shows before anything is asked.
LINES = 12

# Lines that are offered when nothing answers.
RESCUE_LINES = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A question and its answer; without a question, the needs and the lines to call."""
    form = SearchForm(request.GET, language=get_language())
    # A field that is wrong counts as empty from here on; the page says so beside it.
    form.is_valid()
    region = _region(form.where)
    context = {"form": form, "where": form.where, "query": form.query()}
    if form.is_question:
        answer = _answer(form, request.GET.get("page"))
        if answer["page"].number == 1:
            ledger.note(request, form, region, **answer["counts"])
        context |= answer
    else:
        lines = form.lines().filter(is_province_wide=True, has_phone=True)
        context["lines"] = lines.with_details()[:LINES]
    context["alerts"] = alerts_for(region, timezone.now(), need=form.asked("need"))
    response = render(request, "home.html", context)
    # The address may hold a question that only this phone knows: what the page fetches must not
    # carry it along.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _region(where: Where) -> AdminArea | None:
    """The region of a question, or None where it is about no place."""
    if where.point:
        return AdminArea.objects.region_of(where.point)
    return where.region


def _answer(form: SearchForm, page: str | None) -> dict:
    resources = form.resources()
    counts = resources.aggregate(
        places=Count("pk", filter=Q(is_remote=False)), lines=Count("pk", filter=Q(is_remote=True))
    )
    pages = Paginator(resources.with_details(), PAGE_SIZE)
    answer = {"counts": counts, "page": pages.get_page(page)}
    if not pages.count:
        answer["lines"] = form.rescue_lines().with_details()[:RESCUE_LINES]
    return answer
