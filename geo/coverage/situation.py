"""All that is known for a day, as arrays: what runs, plans and what-ifs start from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.choices import AreaLevel, CoverageBasis
from geo.coverage import inputs
from geo.coverage.costs import Floats
from geo.coverage.demand import Vintage
from geo.coverage.inputs import Area, Directory, Listed, Site, Town
from geo.coverage.measures import Demand, Supply
from geo.coverage.parameters import Parameters

# An interpreter of many languages answers in any.
ANY_LANGUAGE = "mul"


@dataclass(frozen=True, slots=True)
class Question:
    """A need, a language of service, and what counts.

    Attributes:
        need: code of level 1, empty for any.
        language: code, empty for any.
        basis: `verified` or `listed`.
    """

    need: str
    language: str
    basis: str

    def counts(self, needs: frozenset[str], languages: frozenset[str], is_verified: bool) -> bool:
        """A service of these needs and languages answers, as far as it counts."""
        return (
            (self.need in needs if self.need else bool(needs))
            and (not self.language or bool(languages & {self.language, ANY_LANGUAGE}))
            and (is_verified or self.basis == CoverageBasis.LISTED)
        )


@dataclass(frozen=True, eq=False)
class Situation:
    """A day: where workers are, where help is, by which conventions.

    Attributes:
        day: the day that is measured.
        known_at: the moment whose state of the directory was read.
        parameters: the conventions.
        areas: the regions and the MRC.
        towns: the municipalities with a position: the points of demand, n.
        workers: of each town, shape (n,).
        agricultural: those of them in farm work, shape (n,).
        unplaced: municipalities that are left out, without a position.
        directory: services and sites.
        vintage: on which figures the demand rests.
    """

    day: date
    known_at: datetime
    parameters: Parameters
    areas: list[Area]
    towns: list[Town]
    workers: Floats
    agricultural: Floats
    unplaced: list[Town]
    directory: Directory
    vintage: Vintage

    @cached_property
    def demand(self) -> Demand:
        """The points of demand."""
        return Demand(
            inputs.places(town.position for town in self.towns if town.position), self.workers
        )

    @cached_property
    def points(self) -> list[list[Site]]:
        """The points of supply: an organization at a place is one, however many services it has."""
        grouped: dict[tuple[str, str], list[Site]] = {}
        for site in self.directory.sites:
            grouped.setdefault((site.organization_id, site.location_id), []).append(site)
        return list(grouped.values())

    @property
    def services(self) -> dict[str, Listed]:
        """The services, by key."""
        return self.directory.services

    def answers(self, site: Site, question: Question) -> bool:
        """A site counts for a question."""
        verified = self.services[site.service_id].is_verified
        return question.counts(site.needs, site.languages, verified)

    def supply(self, questions: Sequence[Question]) -> Supply:
        """The points of supply for some questions, those that answer one of them."""
        capacity = np.zeros((len(self.points), len(questions)))
        for row, sites in enumerate(self.points):
            for column, question in enumerate(questions):
                capacity[row, column] = max(
                    (site.capacity for site in sites if self.answers(site, question)), default=0.0
                )
        answering = np.flatnonzero(capacity.any(axis=1))
        firsts = [self.points[row][0] for row in answering]
        return Supply(
            inputs.places(site.position for site in firsts),
            capacity[answering],
            [self.parameters.catchment(question.need) for question in questions],
            inputs.roads(self.towns, firsts),
        )

    def rows_of(self, area: Area | None) -> NDArray[np.int64]:
        """The rows of the towns of an area; of all of them without one."""
        if area is None:
            return np.arange(len(self.towns))
        if area.level == AreaLevel.REGION:
            return np.flatnonzero([town.region == area.code for town in self.towns])
        return np.flatnonzero([town.mrc == area.code for town in self.towns])

    def with_sites(self, sites: Iterable[Site], services: dict[str, Listed]) -> "Situation":
        """The same day with other places of help."""
        return replace(self, directory=Directory(services, list(sites)))


def lies_in(site: Site, area: Area) -> bool:
    """A site is in a region or an MRC."""
    return (site.region if area.level == AreaLevel.REGION else site.mrc) == area.code


def situation(day: date, parameters: Parameters, moment: datetime | None = None) -> Situation:
    """What is known for a day.

    Args:
        day: the day that is measured.
        parameters: the conventions.
        moment: whose state of the directory is read; the one that tells of the day if left out.

    Raises:
        NoDemand: no figure of demand is loaded that had ended by then.
    """
    moment = moment or inputs.known_at(day)
    every = inputs.towns()
    placed = [town for town in every if town.position]
    demand = inputs.demand(day, every, parameters)
    row_of = {code: row for row, code in enumerate(demand.codes)}
    rows = [row_of[town.code] for town in placed]
    return Situation(
        day=day,
        known_at=moment,
        parameters=parameters,
        areas=inputs.areas(),
        towns=placed,
        workers=demand.total[rows],
        agricultural=demand.agricultural[rows],
        unplaced=[town for town in every if not town.position],
        directory=inputs.directory(day, moment, parameters),
        vintage=demand.vintage,
    )
