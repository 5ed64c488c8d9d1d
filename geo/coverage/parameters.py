"""The conventions of coverage: what is near, what is far, when an area is badly served.

They are choices of a steering group and not laws of nature: a run stores the ones it used, and
every map prints them. `settings.COVERAGE` changes one without a change of code.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Catchment:
    """How far people go for a kind of need, kilometres by road, upper bounds included.

    Attributes:
        near_km, middle_km, far_km: the three bands.
        weights: how much a service counts in each band. After Luo & Qi 2009 (slow decay); their
            place on these distances is ours.
    """

    near_km: float = 30.0
    middle_km: float = 60.0
    far_km: float = 100.0
    weights: tuple[float, float, float] = (1.0, 0.68, 0.22)

    @property
    def bands_km(self) -> tuple[float, float, float]:
        """The three upper bounds."""
        return self.near_km, self.middle_km, self.far_km

    @property
    def steps(self) -> tuple[tuple[float, float], ...]:
        """Upper bounds with their weights."""
        return tuple(zip(self.bands_km, self.weights, strict=True))

    def scaled(self, factor: float) -> "Catchment":
        """The same with all bounds longer or shorter."""
        near, middle, far = (bound * factor for bound in self.bands_km)
        return Catchment(near, middle, far, self.weights)


WIDE = Catchment()
# Banks, transfers of money: people go there often and on errands.
SHORT = Catchment(15.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a run assumes.

    Attributes:
        circuity: kilometres by road for one as the crow flies.
        circuities: the values of the sensitivity analysis, `circuity` among them.
        radius_factors: bounds of catchments, lengthened and shortened, likewise.
        on_foot_km: by road, without the employer's car.
        short_needs: needs of level 1 with the catchment `SHORT`.
        reach_km: by road; a place outside an area is within reach of it up to here. 50 km as the
            crow flies × 1.3; about an hour.
        reach_minutes: the same where a matrix of minutes is loaded.
        within_share: share of workers within the middle band below which an area is badly served.
        access_ratio: SPAR below which it is, if its ratio is low too.
        verified_share: share of what is listed that must be verified in 12 months.
        verified_days: those 12 months.
        demand_years: a figure of demand that is older is none.
        minimum_demand: no rate for fewer workers.
        minimum_count: no count of fewer workers is published.
        freshness: a service is verified in time within so many times its own update frequency.
        stop_days: stops so many days before and after the day count.
        visits_per_month: visits that make one full-time service.
        hours_per_week: hours that make one full-time service, where hours are known.
        agricultural_cap: population above which a municipality has no more farm work.
    """

    circuity: float = 1.3
    circuities: tuple[float, ...] = (1.0, 1.3, 1.5)
    radius_factors: tuple[float, ...] = (0.8, 1.2)
    on_foot_km: float = 5.0
    short_needs: tuple[str, ...] = ("argent",)
    reach_km: float = 65.0
    reach_minutes: float = 60.0
    within_share: float = 0.5
    access_ratio: float = 0.5
    verified_share: float = 0.8
    verified_days: int = 365
    demand_years: float = 3.0
    minimum_demand: float = 20.0
    minimum_count: int = 10
    freshness: float = 2.0
    stop_days: int = 60
    visits_per_month: float = 20.0
    hours_per_week: float = 35.0
    agricultural_cap: int = 5_000

    def catchment(self, need: str) -> Catchment:
        """How far people go for a need of level 1."""
        return SHORT if need in self.short_needs else WIDE

    def stored(self) -> dict[str, Any]:
        """As a run keeps them, catchments included."""
        return asdict(self) | {"catchment": asdict(WIDE), "short_catchment": asdict(SHORT)}

    @classmethod
    def of(cls, changes: Mapping[str, Any]) -> "Parameters":
        """The defaults with some changes.

        Raises:
            ValueError: a name is not that of a parameter, or the base circuity is not among the
                values of the sensitivity analysis.
        """
        known = {field.name for field in fields(cls)}
        if unknown := set(changes) - known:
            raise ValueError(f"Unknown parameters of coverage: {', '.join(sorted(unknown))}.")
        made = cls(**changes)
        if made.circuity not in made.circuities:
            raise ValueError("circuities must contain circuity, the value that maps show.")
        return made

    @classmethod
    def of_stored(cls, kept: Mapping[str, Any]) -> "Parameters":
        """Those of a run, whose lists were tuples.

        Raises:
            ValueError: the run knows one that has been given up since.
        """
        catchments = ("catchment", "short_catchment")
        return cls.of(
            {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in kept.items()
                if name not in catchments
            }
        )
