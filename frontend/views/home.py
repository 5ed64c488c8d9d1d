"""Help near me."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from frontend.forms import SearchForm

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
    context = {"form": form, "where": form.where, "query": form.query()}
    if form.is_question:
        context |= _answer(form, request.GET.get("page"))
    else:
        lines = form.lines().filter(is_province_wide=True, has_phone=True)
        context["lines"] = lines.with_details()[:LINES]
    return render(request, "home.html", context)


def _answer(form: SearchForm, page: str | None) -> dict:
    resources = form.resources()
    counts = resources.aggregate(
        places=Count("pk", filter=Q(is_remote=False)), lines=Count("pk", filter=Q(is_remote=True))
    )
    pages = Paginator(resources.with_details(), PAGE_SIZE)
    answer = {"counts": counts, "page": pages.get_page(page)}
    if not pages.count:
        answer["lines"] = form.lines().with_details()[:RESCUE_LINES]
    return answer
