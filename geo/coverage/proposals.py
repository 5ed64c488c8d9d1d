"""A place of help that does not exist yet, as a site like any other."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from django.utils.translation import gettext as _

from geo.choices import DeliveryMode
from geo.coverage import inputs
from geo.coverage.costs import crow_m
from geo.coverage.inputs import Listed, Site, Town
from geo.coverage.situation import ANY_LANGUAGE, Question, Situation
from geo.errors import ImpossibleChange
from geo.models import AdminArea
from geo.spatial import QUEBEC, lon_lat

# A position of the gazetteer, found again in an address that rounds it.
SAME_POSITION_M = 10.0

# A proposed place answers the need that is asked about, whichever: this is no code of a need.
WHATEVER = "whatever"


@dataclass(frozen=True, slots=True)
class Pin:
    """A place of help to try.

    Attributes:
        longitude, latitude: degrees, WGS 84.
        capacity: full-time services, above 0; not read where visits are given.
        visits_per_month: of a mobile stop, above 0; None for a place that is always there.
    """

    longitude: float
    latitude: float
    capacity: float = 1.0
    visits_per_month: float | None = None

    @property
    def is_stop(self) -> bool:
        """Help comes there, and goes again."""
        return self.visits_per_month is not None


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a position lies.

    Attributes:
        region, mrc, municipality: codes; empty outside every outline, as in Ottawa.
        town: the name of the nearest municipality of the region.
    """

    region: str = ""
    mrc: str = ""
    municipality: str = ""
    town: str = ""


def check_position(longitude: float, latitude: float) -> None:
    """Refuse what cannot be a place of help for Québec.

    Raises:
        ImpossibleChange: a number is not finite, or the position is far from Québec.
    """
    west, south, east, north = QUEBEC
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        raise ImpossibleChange(_("A position is two numbers: a longitude and a latitude."))
    if not (west <= longitude <= east and south <= latitude <= north):
        raise ImpossibleChange(
            _(
                "This position is not in Québec nor near it: the longitude lies between "
                "%(west)d and %(east)d, the latitude between %(south)d and %(north)d degrees."
            )
            % {"west": west, "east": east, "south": south, "north": north}
        )


def ground_of(now: Situation, longitude: float, latitude: float) -> Ground:
    """Where a position lies. Only an outline that covers it counts: Ottawa is not in the Outaouais.

    The position of a municipality is in that municipality, whatever a generalised outline says of
    its shore.

    Raises:
        ImpossibleChange: the position is none, or far from Québec.
    """
    check_position(longitude, latitude)
    metres = crow_m(inputs.places([(longitude, latitude)]), now.demand.places)[0]
    nearest = int(np.argmin(metres))
    if metres[nearest] <= SAME_POSITION_M:
        return _in_town(now.towns[nearest])
    outlines = AdminArea.objects.regions().filter(outline__covers=lon_lat(longitude, latitude))
    region = outlines.values_list("code", flat=True).first()
    if region is None:
        return Ground()
    inside = [row for row, town in enumerate(now.towns) if town.region == region]
    if not inside:
        return Ground(region)
    return _in_town(now.towns[min(inside, key=lambda row: metres[row])])


def _in_town(town: Town) -> Ground:
    return Ground(town.region, town.mrc, town.code, town.name)


def candidate(town: Town) -> Site:
    """A municipality as a place where help could be.

    Args:
        town: one with a position.
    """
    assert town.position is not None
    return _site(f"town-{town.code}", town.position, _in_town(town), capacity=1.0, is_stop=False)


def proposed(now: Situation, pins: Iterable[Pin], question: Question) -> list[Site]:
    """The sites that pins would be. Each answers the question, in any language.

    Raises:
        ImpossibleChange: a pin is nowhere, or gives nothing.
    """
    return [_proposed(now, number, pin, question) for number, pin in enumerate(pins, 1)]


def _proposed(now: Situation, number: int, pin: Pin, question: Question) -> Site:
    ground = ground_of(now, pin.longitude, pin.latitude)
    capacity = pin.capacity
    if pin.visits_per_month is not None:
        capacity = pin.visits_per_month / now.parameters.visits_per_month
    if not (math.isfinite(capacity) and capacity > 0):
        raise ImpossibleChange(_("A place must be open, or visited, more than never."))
    site = _site(f"pin-{number}", (pin.longitude, pin.latitude), ground, capacity, pin.is_stop)
    return replace(site, needs=frozenset({question.need or WHATEVER}))


def _site(
    key: str, position: tuple[float, float], ground: Ground, capacity: float, is_stop: bool
) -> Site:
    return Site(
        place_id=key,
        service_id=key,
        organization_id=key,
        location_id=key,
        position=position,
        town=ground.town,
        region=ground.region,
        mrc=ground.mrc,
        municipality=ground.municipality,
        capacity=capacity,
        is_stop=is_stop,
        needs=frozenset({WHATEVER}),
        languages=frozenset({ANY_LANGUAGE}),
    )


def service_of(now: Situation, site: Site) -> Listed:
    """The service of a proposed site: verified, as somebody would do who opens it."""
    return Listed(
        site.service_id,
        site.organization_id,
        name={},
        organization={},
        kind="",
        modes=frozenset({DeliveryMode.ITINERANT if site.is_stop else DeliveryMode.ON_SITE}),
        verified_on=now.day,
        is_verified=True,
        needs=site.needs,
        languages=site.languages,
        has_site=True,
    )


def moved(now: Situation, site: Site, longitude: float, latitude: float) -> Site:
    """A site somewhere else.

    Raises:
        ImpossibleChange: the position is none, or far from Québec.
    """
    ground = ground_of(now, longitude, latitude)
    if (longitude, latitude) == site.position:
        return site
    return replace(
        site,
        # Services of one organization that move together stay one point of supply.
        location_id=f"{longitude},{latitude}",
        position=(longitude, latitude),
        town=ground.town,
        region=ground.region,
        mrc=ground.mrc,
        municipality=ground.municipality,
    )
