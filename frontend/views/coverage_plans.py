"""Where help should go next, and what would change. Nothing of a question is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend.coverage_forms import PlanForm, WhatIfForm
from frontend.rate import HourlyLimit, address_of
from geo.coverage.legend import FURTHEST_KM
from geo.coverage.plans import Plan, plan
from geo.coverage.siting import Unsolved
from geo.coverage.whatif import AreaChange, what_if
from geo.models import CoverageRun

# A plan takes seconds of a processor; a team of planners shares one address.
_limit = HourlyLimit(120)

# Units of the chart's viewBox.
CHART_WIDTH = 320
ROW_HEIGHT = 30
BAR_LEFT = 24
BAR_WIDTH = 210


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of the chart: so many new places, and what they come to.

    Attributes:
        places: how many new places.
        value: share of workers within reach, or kilometres of the mean way.
        y, width: in units of the chart.
    """

    places: int
    value: float
    y: int
    width: int

    @property
    def text_x(self) -> int:
        """Where its value is written: beside the bar."""
        return BAR_LEFT + self.width + 6


def _keep_nothing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What somebody plans is told to nobody: not to caches, nor to the next site."""

    @require_safe
    @wraps(view)
    def shown(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return shown


@_keep_nothing
def where_next(request: HttpRequest) -> HttpResponse:
    """The municipalities whose choice changes the most in a region."""
    run = CoverageRun.objects.current()
    if run is None:
        return render(request, "coverage/next.html", {"run": None})
    form = PlanForm(request.GET, run)
    context: dict[str, Any] = {"run": run, "form": form, "furthest_km": FURTHEST_KM}
    if not form.is_valid():
        return render(request, "coverage/next.html", context)
    if not _limit.allows(address_of(request)):
        context["problem"] = "too_many"
        return render(request, "coverage/next.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        context["plan"] = found = plan(
            run,
            form.question,
            regions=[form.cleaned_data["region"]],
            k=form.cleaned_data["k"],
            objective=form.cleaned_data["objective"],
        )
        context["bars"] = bars = _bars(found)
        context["chart_height"] = ROW_HEIGHT * len(bars)
    except Unsolved:
        context["problem"] = "unsolved"
    return render(request, "coverage/next.html", context)


def _bars(found: Plan) -> list[Bar]:
    """As it is, then with each number of places."""
    if found.mean_km is None:
        values, most = [found.share, *(step.share for step in found.steps)], 1.0
    else:
        values = [found.mean_km, *(step.mean_km or 0.0 for step in found.steps)]
        most = max(values) or 1.0
    return [
        Bar(number, value, ROW_HEIGHT * number, round(BAR_WIDTH * value / most))
        for number, value in enumerate(values)
    ]


@_keep_nothing
def try_changes(request: HttpRequest) -> HttpResponse:
    """A region before and after, with a new place, without an old one, or with one elsewhere."""
    run = CoverageRun.objects.current()
    if run is None:
        return render(request, "coverage/what_if.html", {"run": None})
    form = WhatIfForm(request.GET, run)
    context: dict[str, Any] = {"run": run, "form": form}
    if form.is_valid():
        answer = what_if(run, form.question, form.changes)
        own = answer.region(form.cleaned_data["region"])
        context |= {
            "answer": answer,
            "own": own,
            "others": [area for area in answer.changed if area.code != own.code],
            "pin": next(iter(form.pins), None),
            "ground": next(iter(answer.grounds), None),
            "ground_name": _ground_name(answer.areas, answer.grounds),
        }
    return render(request, "coverage/what_if.html", context)


def _ground_name(areas: list[AreaChange], grounds: list) -> str:
    """The region of the new place; empty outside all of them."""
    codes = {ground.region for ground in grounds}
    return next((area.name for area in areas if area.code and area.code in codes), "")
