"""What the poster holds, before anything is drawn."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import override

from frontend.printing.contents import (
    Town,
    emergency_numbers,
    fingerprint,
    outline_words,
    sources_of,
)
from frontend.printing.facts import Call, Entry, entry_of, text_of
from frontend.printing.ground import Shape, outline_of
from geo.models import AdminArea, NeedTerm, Resource

# Towns whose names the maps may bear.
MOST_TOWNS = 60


@dataclass(frozen=True, slots=True)
class Dot:
    """A service at a place.

    Attributes:
        point: longitude and latitude, degrees.
        tile: code of the need of level 1 it is best known for.
    """

    point: tuple[float, float]
    tile: str


@dataclass(frozen=True, slots=True)
class RegionRow:
    """What a region has, as the table of the poster says it.

    Attributes:
        code: `01` to `17`.
        name: of the region.
        centre: a position inside it, degrees; None without an outline.
        outline: its rings.
        counts: services at places in it by need of level 1; a service counts for each of its
            needs, everyday places for none.
        places: services at places, everyday places left out.
        lines: services by phone or coming to people, for a smaller area than the province.
        everyday: places of everyday life.
    """

    code: str
    name: str
    centre: tuple[float, float] | None
    outline: tuple[Shape, ...]
    counts: tuple[tuple[str, int], ...]
    places: int
    lines: int
    everyday: int


@dataclass(frozen=True, slots=True)
class Line:
    """A service of the whole province with a number to call."""

    name: str
    call: Call
    tile: str


@dataclass(frozen=True, slots=True)
class Poster:
    """The poster of all Québec, in one language.

    Attributes:
        language: of all its words.
        page: address of the site in that language.
        day: of the directory.
        tiles: code and name of each need of level 1.
        emergency: numbers, what a tap opens, what they are for.
        dots: services at places whose position may be shown.
        rows: the 17 regions.
        wide: services of the whole province by need of level 1, with or without a number.
        lines: those with a number.
        towns: names for the maps, the largest first.
        sources: how many pages all was read in.
        outline_note: what the outlines are.
    """

    language: str
    page: str
    day: str
    tiles: tuple[tuple[str, str], ...]
    emergency: tuple[tuple[str, str, str], ...]
    dots: tuple[Dot, ...]
    rows: tuple[RegionRow, ...]
    wide: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]
    towns: tuple[Town, ...]
    sources: int
    outline_note: str

    @property
    def version(self) -> str:
        """A fingerprint of all that is printed."""
        return fingerprint(self)


def poster_of(language: str, base: str) -> Poster:
    """All that the poster holds in a language.

    Args:
        language: one of the site's.
        base: scheme and host of the site, without a slash at the end.
    """
    pair = (language, language)
    resources = list(Resource.objects.in_order().with_details())
    entries = [(resource, entry_of(resource, pair, base)) for resource in resources]
    regions = list(AdminArea.objects.regions())
    tiles = list(NeedTerm.objects.tiles())
    homes = dict(AdminArea.objects.with_region().values_list("pk", "region_code"))
    wide = [entry for resource, entry in entries if resource.is_remote and _is_wide(resource)]
    towns = AdminArea.objects.municipalities().exclude(point=None).defer("outline")
    with override(language):
        page = base + reverse("home")
        day = formats.date_format(timezone.localdate(), "DATE_FORMAT")
    return Poster(
        language=language,
        page=page,
        day=day,
        tiles=tuple((tile.code, text_of(tile.name, language)) for tile in tiles),
        emergency=tuple(
            (number, link, label[0]) for number, link, label in emergency_numbers(pair)
        ),
        dots=tuple(_dots(entries)),
        rows=tuple(_row(region, entries, homes) for region in regions),
        wide=tuple(sorted(_counted(wide).items())),
        lines=tuple(
            Line(entry.told[0].name, entry.calls[0], entry.tile) for entry in wide if entry.calls
        ),
        towns=tuple(
            Town(town.name, (town.point.x, town.point.y))
            for town in towns.order_by("-population", "name", "pk")[:MOST_TOWNS]
        ),
        sources=len(sources_of(resources)),
        outline_note=_outline_note(regions, language),
    )


def _outline_note(regions: list[AdminArea], language: str) -> str:
    with override(language):
        return outline_words(regions)


def _is_wide(resource: Resource) -> bool:
    """Serves the whole province: such a line belongs to no region in particular."""
    return any(link.area.level == "province" for link in resource.service.service_areas.all())


def _dots(entries: Iterable[tuple[Resource, Entry]]) -> Iterable[Dot]:
    for _resource, entry in entries:
        if entry.point:
            yield Dot(entry.point, entry.tile)


def _counted(entries: Iterable[Entry]) -> Counter[str]:
    return Counter(code for entry in entries for code in entry.tiles)


def _row(
    region: AdminArea, entries: list[tuple[Resource, Entry]], homes: dict[UUID, str | None]
) -> RegionRow:
    """The row of a region; `homes` says in which region each area lies, by key."""
    inside = [
        (resource, entry)
        for resource, entry in entries
        if not resource.is_remote
        and resource.region_id == region.pk
        and resource.location.province == "QC"
    ]
    places = [entry for _resource, entry in inside if not entry.is_everyday]
    at_places = {resource.service_id for resource, _entry in inside}
    lines = [
        resource
        for resource, _entry in entries
        if resource.is_remote
        and not _is_wide(resource)
        and resource.service_id not in at_places
        and region.code in {homes[link.area_id] for link in resource.service.service_areas.all()}
    ]
    centre = region.outline.point_on_surface if region.outline else None
    return RegionRow(
        code=region.code,
        name=region.name,
        centre=(centre.x, centre.y) if centre else None,
        outline=tuple(outline_of(region)),
        counts=tuple(sorted(_counted(places).items())),
        places=len(places),
        lines=len(lines),
        everyday=len(inside) - len(places),
    )
