"""Where help is missing: pages for planners. They show a stored run and compute no coverage."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from frontend import coverage_figures
from frontend.coverage_question import Question, QuestionForm
from geo.choices import AreaLevel, CoverageBasis, CoverageClass, CoverageStatus
from geo.coverage import method as method_notes
from geo.coverage import reading
from geo.coverage.projects import active_in, unsure_in
from geo.coverage.runs import code_version
from geo.models import AdminArea, CoverageCell, CoverageRun, CoverageService, NeedTerm, Resource

# What stands for any need in the address of a cell.
ANY_NEED = "any"

IN_PERSON = (CoverageClass.LOCAL, CoverageClass.ITINERANT, CoverageClass.WITHIN_REACH)

# Served by somebody, and near too few.
TOO_FAR = (CoverageStatus.UNSERVED, CoverageStatus.POOR)


def _etag(request: HttpRequest, **_parts: str) -> str | None:
    """One page of one run, as this code and this build show it today.

    The day is in it since a page also has what the directory of today says: links to cards, the
    number for abuse at work.
    """
    run = CoverageRun.objects.current()
    if run is None:
        return None
    build = static("coverage.css")
    parts = [run.pk, code_version(), build, timezone.localdate(), request.get_full_path()]
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


def _last_modified(request: HttpRequest, **_parts: str) -> datetime | None:
    run = CoverageRun.objects.current()
    return run.computed_at if run else None


def page_of_a_run(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the published runs; a plain page where there is none, 304 where it is known."""

    @require_safe
    @condition(etag_func=_etag, last_modified_func=_last_modified)
    @wraps(view)
    def shown(request: HttpRequest, **parts: str) -> HttpResponse:
        runs = list(CoverageRun.objects.published())
        if not runs:
            return render(request, "coverage/no_run.html")
        response = view(request, runs, **parts)
        patch_cache_control(response, no_cache=True)
        return response

    return shown


@page_of_a_run
def overview(request: HttpRequest, runs: list[CoverageRun]) -> HttpResponse:
    """All regions by all needs, then one need or all of them on a map."""
    form = QuestionForm(request.GET, runs)
    asked = form.question()
    matrix = reading.matrix(asked.run, language=asked.language)
    painting = reading.paint(
        asked.run,
        asked.measure,
        need=asked.need,
        language=asked.language,
        basis=asked.basis,
        level=asked.level,
    )
    context = {
        **_asked(form, asked, request),
        "matrix": matrix,
        "tally": _tally(matrix),
        "painting": painting,
        "is_of_regions": asked.level == AreaLevel.REGION,
    }
    return render(request, "coverage/overview.html", context)


@page_of_a_run
def region(
    request: HttpRequest, runs: list[CoverageRun], code: str, slug: str = ""
) -> HttpResponse:
    """One region: its needs, its MRC, and what changed since an earlier day."""
    area = _region(code)
    if slug != area.slug:
        return redirect("coverage-region", code=area.code, slug=area.slug, permanent=True)
    form = QuestionForm(request.GET, runs)
    asked = form.question()
    run = asked.run
    matrix = reading.matrix(run, language=asked.language)
    row = next(row for row in matrix.rows if row.area.pk == area.pk)
    by_need = list(zip(matrix.needs, row.cells[1:], strict=True))
    # MRC were measured in few languages: in another one they are shown for any.
    mrc_languages = reading.languages(run, AreaLevel.MRC)
    mrc_language = asked.language if asked.language in mrc_languages else ""
    earlier = _earlier(runs, run)
    since, since_error = _since(request, earlier)
    context = {
        **_asked(form, asked, request),
        "area": area,
        "row": row,
        "by_need": by_need,
        "thin": _thin(by_need),
        "mrcs": reading.matrix(run, level=AreaLevel.MRC, region=area.code, language=mrc_language),
        "is_other_language": mrc_language != asked.language,
        "neighbours": AdminArea.objects.regions()
        .filter(code__in=row.seen.facts["neighbours"])
        .defer("outline"),
        "earlier": earlier,
        "since": since,
        "since_error": since_error,
        "changes": _changes(since, run, area, asked.language) if since else [],
        "trend": reading.trend(run, area, "", asked.language),
        "active_projects": active_in(area, run.as_of),
        "unsure_projects": unsure_in(area, run.as_of),
    }
    return render(request, "coverage/region.html", context)


@page_of_a_run
def cell(
    request: HttpRequest, runs: list[CoverageRun], code: str, need: str, slug: str = ""
) -> HttpResponse:
    """Why a region, or an MRC of it, has the class it has for a need."""
    area = _region(code)
    if slug != area.slug:
        return redirect("coverage-cell", code=area.code, slug=area.slug, need=need, permanent=True)
    term = None if need == ANY_NEED else get_object_or_404(NeedTerm.objects.tiles(), code=need)
    mrc, mrc_error = _mrc(request, area)
    data = request.GET.copy()
    data["level"] = AreaLevel.MRC if mrc else AreaLevel.REGION
    form = QuestionForm(data, runs)
    asked = form.question()
    try:
        explanation = reading.explain(asked.run, mrc or area, term, asked.language)
    except CoverageCell.DoesNotExist as error:
        raise Http404 from error
    context = {
        **_asked(form, asked, request),
        "region": area,
        "mrc": mrc,
        "mrc_error": mrc_error,
        "need_code": need,
        "cell": explanation,
        "rules": coverage_figures.rules(explanation.pair),
        "figures": coverage_figures.figures(explanation.pair),
        "sensitivity": coverage_figures.sensitivity(explanation.pair, asked.run.parameters),
        "lines": coverage_figures.lines(explanation.pair),
        "public": _public_cards(explanation),
    }
    return render(request, "coverage/cell.html", context)


@page_of_a_run
def method(request: HttpRequest, runs: list[CoverageRun]) -> HttpResponse:
    """How coverage is measured, with the parameters and the data of the latest run."""
    form = QuestionForm(request.GET, runs)
    asked = form.question()
    parameters = asked.run.parameters
    frozen = CoverageService.objects.filter(run=asked.run).values_list("facts", flat=True)
    services = list(frozen)
    context = {
        **_asked(form, asked, request),
        "parameters": parameters,
        "weights": parameters["catchment"]["weights"],
        "short_needs": NeedTerm.objects.tiles().filter(code__in=parameters["short_needs"]),
        "classes": list(CoverageClass),
        "statuses": CoverageStatus.__members__,
        "unknown": {
            "languages": sum(not facts["languages"] for facts in services),
            "hours": sum(facts["hours_per_week"] is None for facts in services),
        },
    }
    return render(request, "coverage/method.html", context)


def _region(code: str) -> AdminArea:
    return get_object_or_404(AdminArea.objects.regions().defer("outline"), code=code)


def _mrc(request: HttpRequest, region: AdminArea) -> tuple[AdminArea | None, str]:
    """The MRC that an address asks for, if it is one of the region; else a message."""
    code = request.GET.get("mrc", "")
    if not code:
        return None, ""
    found = AdminArea.objects.mrcs().filter(parent=region, code=code).defer("outline").first()
    return found, "" if found else _("This MRC is not known here: the region is shown.")


def _asked(form: QuestionForm, asked: Question, request: HttpRequest) -> dict[str, Any]:
    """What every page says of the run it shows, and hands on in its links."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in {"as_of", "language"} or not kept[name] or name in form.errors:
            del kept[name]
    return {
        "form": form,
        "asked": asked,
        "run": asked.run,
        "reach_km": asked.run.parameters["reach_km"],
        "carried": f"?{kept.urlencode()}" if kept else "",
        "query": request.GET,
        "files_query": urlencode({"as_of": asked.run.as_of.isoformat(), "lang": get_language()}),
        "caveats": _caveats(asked.run),
        "any_need": ANY_NEED,
    }


def _caveats(run: CoverageRun) -> list[str]:
    """What the demand does not tell, each once; one that says more takes the place of the other."""
    texts = method_notes.caveats(run)
    return [
        text
        for text in texts
        if not any(text != other and other.startswith(text) for other in texts)
    ]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cells of a matrix have each class, without those of any need.

    Attributes:
        rows: class, cells that have it, cells that would have it if all were confirmed.
    """

    rows: list[tuple[CoverageClass, int, int]]
    cells: int

    @property
    def in_person(self) -> int:
        """Cells where somebody who was verified helps in person."""
        return sum(honest for name, honest, _listed in self.rows if name in IN_PERSON)

    @property
    def in_person_if_confirmed(self) -> int:
        """The same if all that is listed were confirmed."""
        return sum(listed for name, _honest, listed in self.rows if name in IN_PERSON)


def _tally(matrix: reading.Matrix) -> Tally:
    pairs = [pair for row in matrix.rows for pair in row.cells[1:]]
    honest = Counter(pair.honest.coverage_class for pair in pairs)
    listed = Counter(pair.listed.coverage_class for pair in pairs)
    rows = [(name, honest[name], listed[name]) for name in CoverageClass]
    return Tally(rows, len(pairs))


@dataclass(frozen=True, slots=True)
class Thin:
    """The needs that fare worst in a region even if everything listed were confirmed.

    Attributes:
        nothing: nothing is listed at all.
        remote: lines only.
        far: somebody, but near too few of the workers; need and its cell, the worst first.
    """

    nothing: list[NeedTerm]
    remote: list[NeedTerm]
    far: list[tuple[NeedTerm, CoverageCell]]


def _thin(by_need: list[tuple[NeedTerm, reading.Pair]]) -> Thin:
    def of(name: CoverageClass) -> list[NeedTerm]:
        return [need for need, pair in by_need if pair.listed.coverage_class == name]

    far = [
        (need, pair.listed)
        for need, pair in by_need
        if pair.listed.coverage_class in IN_PERSON and pair.listed.status in TOO_FAR
    ]
    far.sort(key=lambda found: found[1].measures["within"]["middle"])
    return Thin(of(CoverageClass.NONE), of(CoverageClass.REMOTE_ONLY), far)


def _earlier(runs: list[CoverageRun], run: CoverageRun) -> list[CoverageRun]:
    """The latest run of each day before that of `run`, the latest day first."""
    by_day: dict[date, CoverageRun] = {}
    for other in runs:
        if other.as_of < run.as_of:
            by_day.setdefault(other.as_of, other)
    return list(by_day.values())


def _since(request: HttpRequest, earlier: list[CoverageRun]) -> tuple[CoverageRun | None, str]:
    """The earlier run to compare with, the first by default, and a message."""
    latest = earlier[0] if earlier else None
    day = request.GET.get("since", "")
    if not day:
        return latest, ""
    for run in earlier:
        if run.as_of.isoformat() == day:
            return run, ""
    return latest, _("There is no earlier run for this day: the one before is compared.")


@dataclass(slots=True)
class NeedChange:
    """What changed for a need of a region, on both bases; None where nothing did."""

    need: NeedTerm
    honest: reading.Change | None = None
    listed: reading.Change | None = None


def _changes(
    earlier: CoverageRun, later: CoverageRun, area: AdminArea, language: str
) -> list[NeedChange]:
    found = {term.code: NeedChange(term) for term in NeedTerm.objects.tiles()}
    for basis, name in ((CoverageBasis.VERIFIED, "honest"), (CoverageBasis.LISTED, "listed")):
        for change in reading.compare(earlier, later, basis=basis, language=language, area=area):
            if change.need in found:
                setattr(found[change.need], name, change)
    return [change for change in found.values() if change.honest or change.listed]


def _public_cards(explanation: reading.Explanation) -> set[str]:
    """The keys of `Seen.place`, or of a line's service, that still have a public card."""
    every = [
        *explanation.local,
        *explanation.itinerant,
        *explanation.outside,
        *explanation.remote,
    ]
    keys = {seen.place or seen.service.service_id for seen in every}
    return {str(key) for key in Resource.objects.filter(pk__in=keys).values_list("pk", flat=True)}
