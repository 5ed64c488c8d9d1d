"""The report of a region for who pays for help: a run on paper."""

from datetime import date

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from frontend.printing.coverage_contents import report_of
from frontend.printing.coverage_report import draw_report
from frontend.views.printing import moved, sent, site
from geo.coverage import runs
from geo.models import AdminArea, CoverageRun


@require_safe
def coverage_report(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The report of a region in the language of the address, `?day=2023-05-31` of that run."""
    area = get_object_or_404(AdminArea.objects.regions(), code=code)
    if slug != area.slug:
        return moved(request, "coverage-report", area)
    run = _run(request)
    language = get_language()
    report = report_of(run, area, language, site(request))
    return sent(
        request,
        f"{code}-{run.as_of.isoformat()}-{language}",
        report.version,
        lambda: draw_report(report),
    )


def _run(request: HttpRequest) -> CoverageRun:
    """The run of the day that is asked for, else the latest one.

    Raises:
        BadRequest: the day is given twice or is none.
        Http404: there is no such run.
    """
    given = request.GET.getlist("day")
    try:
        (day,) = [date.fromisoformat(text) for text in given] or [None]
    except ValueError as error:
        raise BadRequest("day wants one day, as 2023-05-31.") from error
    run = runs.latest(day)
    if run is None:
        raise Http404
    return run
