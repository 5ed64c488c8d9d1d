"""Funded projects: by whom, where, when, and what is known of money and results."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend.filters import Filters, program_choices, region_choices
from geo.choices import LifeStatus
from geo.coverage.projects import status_on
from geo.models import AdminArea, Program, Project


class ProjectFilters(Filters):
    """A day, a region, a programme."""

    day = forms.DateField(
        label=gettext_lazy("On which day"),
        required=False,
        input_formats=["%Y-%m-%d"],
    )
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    program = forms.ChoiceField(label=gettext_lazy("Programme"), required=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """A project with where it stood on the day."""

    project: Project
    status: LifeStatus


@dataclass(frozen=True, slots=True)
class Group:
    """A programme with its projects.

    Attributes:
        projects: those that are asked for.
        elsewhere: those of which nobody says where they were, when a region is asked for.
    """

    program: Program
    status: LifeStatus
    projects: list[Shown]
    elsewhere: list[Shown]


@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """Programmes, the latest first, with the projects of a region, as they stood on a day."""
    regions = list(AdminArea.objects.regions().defer("outline"))
    programs = list(Program.objects.latest_first().with_money_and_results())
    form = ProjectFilters(
        request.GET, region=region_choices(regions), program=program_choices(programs)
    )
    day = form.asked("day") or timezone.localdate()
    region = next((area for area in regions if area.code == form.asked("region")), None)
    groups = [
        _group(program, region, day)
        for program in programs
        if form.asked("program") in {None, program.code}
    ]
    context = {
        "form": form,
        "query": form.query(),
        "day": day,
        "region": region,
        "groups": [row for row in groups if row.projects or row.elsewhere or region is None],
    }
    return render(request, "coverage/projects.html", context)


def _group(program: Program, region: AdminArea | None, day: date) -> Group:
    rows = Project.objects.filter(program=program).with_details()
    of_region = rows.in_region(region) if region else rows
    elsewhere = rows.without_region() if region else rows.none()
    return Group(
        program,
        status_on(program.starts_on, program.ends_on, day),
        [_shown(project, day) for project in of_region],
        [_shown(project, day) for project in elsewhere],
    )


def _shown(project: Project, day: date) -> Shown:
    return Shown(project, status_on(project.starts_on, project.ends_on, day))
