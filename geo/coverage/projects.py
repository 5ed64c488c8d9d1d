"""Where projects stand on a day, as far as their dates tell.

Money and results are not here on purpose: ceilings and totals are a programme's, and neither they
nor the people it reached can be divided among its projects or regions.
"""

from datetime import date

from geo.choices import LifeStatus
from geo.coverage.inputs import last_day
from geo.models import AdminArea, Project


def status_on(starts_on: str, ends_on: str, day: date) -> LifeStatus:
    """What two partial dates say of a day: planned, active, ended, or that nobody can know.

    `2021` as a start says that on 31 December 2021 it had surely begun, and on 30 June 2021 nothing
    either way; as an end, that on 1 January 2021 it surely went on.

    The dates are a year, a month or a day, both included, and empty where not known.
    """
    if ends_on and day > last_day(ends_on):
        return LifeStatus.ENDED
    if starts_on and day < first_day(starts_on):
        return LifeStatus.PLANNED
    has_begun = bool(starts_on) and day >= last_day(starts_on)
    goes_on = bool(ends_on) and day <= first_day(ends_on)
    return LifeStatus.ACTIVE if has_begun and goes_on else LifeStatus.UNKNOWN


def first_day(partial: str) -> date:
    """The first day of a year, a month or a day."""
    year, month, day = ([int(part) for part in partial.split("-")] + [1, 1])[:3]
    return date(year, month, day)


def active_in(region: AdminArea, day: date) -> list[Project]:
    """Projects that name a region and were surely active there on a day, by title."""
    return [
        project
        for project in Project.objects.in_region(region)
        if status_on(project.starts_on, project.ends_on, day) == LifeStatus.ACTIVE
    ]


def unsure_in(region: AdminArea, day: date) -> list[Project]:
    """Projects that name a region and of which nobody can know whether they were active then."""
    return [
        project
        for project in Project.objects.in_region(region)
        if status_on(project.starts_on, project.ends_on, day) == LifeStatus.UNKNOWN
    ]
