"""What leaflets and cards hold, before anything is drawn."""

import hashlib
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from frontend.printing.facts import Entry, Pair, both, entry_of, tile_names
from frontend.printing.ground import Shape, outline_of
from frontend.templatetags import repere as say
from frontend.templatetags.care import abuse_line
from geo.choices import AreaLevel
from geo.models import AdminArea, NeedTerm, Resource

# Raised when the drawing changes, so that copies kept by browsers are asked for again.
DESIGN = 1

# A warning that stands so often is printed once, and named by a letter.
REPEATED = 3

# Where an area has no place of its own: how far the nearest are looked for, and how many.
NEAREST_KM = 200
MOST_NEAREST = 5

# How far around the place of a card towns are looked for.
AROUND_KM = 30

# Towns that a map names at most.
MOST_TOWNS = 14


@dataclass(frozen=True, slots=True)
class Group:
    """What answers one need of level 1.

    Attributes:
        name: the need, in both languages.
        entries: those best known for it.
        also: numbers of other entries that help with it too.
    """

    name: Pair
    entries: tuple[Entry, ...]
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Nearest:
    """A place outside an area that has none.

    Attributes:
        entry: the place.
        distance: how far it is from the middle of the area's towns, in both languages.
    """

    entry: Entry
    distance: Pair


@dataclass(frozen=True, slots=True)
class Town:
    """A name on a map, with its position in degrees."""

    name: str
    point: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A leaflet about a region or an MRC.

    Attributes:
        languages: the reader's own first.
        title: name of the area.
        subtitle: what kind of area it is, or the region it lies in.
        page: address of the page of the region.
        day: of the directory, in both languages.
        emergency: numbers and what they are for, the short ones first.
        places: services at places, by need; their entries are numbered as on the map.
        everyday: places of everyday life, apart; numbered on.
        lines: services without a place that cover less than the province, by need.
        wide_lines: those of the whole province, by need; only those with a number.
        online: services of the whole province with a website and no number.
        missing: needs that nothing in the area answers.
        nearest: where the nearest places are, if the area has none.
        notes: a letter and the warning it stands for.
        towns: names for the map, the largest first.
        outline: of the area; empty where nobody drew it.
        regions: the outlines of all regions.
        sources: what the entries were read in.
        outline_note: what the outlines are.
    """

    languages: tuple[str, str]
    title: str
    subtitle: Pair
    page: str
    day: Pair
    emergency: tuple[tuple[str, str, Pair], ...]
    places: tuple[Group, ...]
    everyday: tuple[Group, ...]
    lines: tuple[Group, ...]
    wide_lines: tuple[Group, ...]
    online: tuple[Entry, ...]
    missing: tuple[Pair, ...]
    nearest: tuple[Nearest, ...]
    notes: tuple[tuple[str, Pair], ...]
    towns: tuple[Town, ...]
    outline: tuple[Shape, ...]
    regions: tuple[tuple[Shape, ...], ...]
    sources: tuple[str, ...]
    outline_note: Pair

    @property
    def version(self) -> str:
        """A fingerprint of all that is printed."""
        return fingerprint(self)

    @property
    def numbered(self) -> list[Entry]:
        """The entries that the map shows."""
        return [entry for group in self.places + self.everyday for entry in group.entries]


@dataclass(frozen=True, slots=True)
class Card:
    """A card about one service.

    Attributes:
        languages: the reader's own first.
        entry: the service, at one of its places or by its area.
        day: of the directory, in both languages.
        towns: around the place, the largest first; none without an exact place.
        regions: the outlines of all regions; none without an exact place.
    """

    languages: tuple[str, str]
    entry: Entry
    day: Pair
    towns: tuple[Town, ...]
    regions: tuple[tuple[Shape, ...], ...]

    @property
    def spot(self) -> tuple[float, float]:
        """Where the door is, degrees; ask only where the entry `is_exact`."""
        if self.entry.point is None:
            raise ValueError("This card has no place to show.")
        return self.entry.point

    @property
    def version(self) -> str:
        """A fingerprint of all that is printed."""
        return fingerprint(self)


def fingerprint(content: object) -> str:
    """A short digest of a content, different whenever what is printed differs."""
    return hashlib.sha256(f"{DESIGN} {content!r}".encode()).hexdigest()[:16]


def leaflet_of(area: AdminArea, languages: tuple[str, str], base: str) -> Leaflet:
    """All that a leaflet about a region or an MRC holds.

    Args:
        area: a region or an MRC.
        languages: two different ones, the reader's own first.
        base: scheme and host of the site, without a slash at the end.
    """
    is_region = area.level == AreaLevel.REGION
    region = area if is_region else area.parent
    reached = Resource.objects.reached(**{"region" if is_region else "mrc": area})
    resources = list(reached.in_order().with_details())
    tiles = list(NeedTerm.objects.tiles())
    names = tile_names(tiles, languages)
    # What nobody has given a need stands last.
    names |= {"": both(languages, lambda: _("Other help"))}
    entries = [(resource, entry_of(resource, languages, base)) for resource in resources]
    # What has neither a number nor a website is of no use on paper.
    entries = [
        (resource, entry)
        for resource, entry in entries
        if not resource.is_remote or not resource.is_province_wide or entry.calls or entry.link
    ]
    notes = _notes(entry for _resource, entry in entries)
    entries = [(resource, _lettered(entry, notes)) for resource, entry in entries]
    at_places = [entry for resource, entry in entries if not resource.is_remote]
    counter = iter(range(1, len(at_places) + 1))
    places = _by_need([e for e in at_places if not e.is_everyday], names, counter)
    everyday = _by_need([e for e in at_places if e.is_everyday], names, counter)
    local = [e for r, e in entries if r.is_remote and not r.is_province_wide]
    wide = [e for r, e in entries if r.is_remote and r.is_province_wide]
    answered = {code for entry in [*at_places, *local] for code in entry.tiles}
    towns = AdminArea.objects.in_region(area).municipalities().exclude(point=None)
    towns = list(towns.order_by("-population", "name", "pk").defer("outline"))
    outlines = list(AdminArea.objects.regions())
    first, _second = languages
    with override(first):
        page = base + reverse("region", args=[region.code, region.slug])
    return Leaflet(
        languages=languages,
        title=area.name,
        subtitle=both(languages, lambda: _region_words(region, is_region)),
        page=page,
        day=both(languages, lambda: _written(timezone.localdate())),
        emergency=tuple(emergency_numbers(languages)),
        places=places,
        everyday=everyday,
        lines=_by_need(local, names),
        # Under a title that says it, whom they serve need not be said of each.
        wide_lines=_by_need([replace(e, at_notes=("", "")) for e in wide if e.calls], names),
        online=tuple(entry for entry in wide if not entry.calls),
        missing=tuple(names[tile.code] for tile in tiles if tile.code not in answered),
        nearest=() if at_places else tuple(_nearest(towns, languages, base)),
        notes=notes,
        towns=tuple(Town(town.name, (town.point.x, town.point.y)) for town in towns),
        outline=tuple(outline_of(area)),
        regions=tuple(tuple(outline_of(outline)) for outline in outlines),
        sources=tuple(sources_of(resource for resource, _entry in entries)),
        outline_note=both(languages, lambda: outline_words(outlines)),
    )


def card_of(resource: Resource, languages: tuple[str, str], base: str) -> Card:
    """All that a card about a resource holds; see `leaflet_of`."""
    entry = entry_of(resource, languages, base)
    towns: list[AdminArea] = []
    outlines: list[AdminArea] = []
    if entry.is_exact:
        near = AdminArea.objects.municipalities().filter(
            point__dwithin=(resource.point, D(km=AROUND_KM))
        )
        towns = list(near.order_by("-population", "name", "pk").defer("outline"))
        outlines = list(AdminArea.objects.regions())
    return Card(
        languages=languages,
        entry=entry,
        day=both(languages, lambda: _written(timezone.localdate())),
        towns=tuple(Town(town.name, (town.point.x, town.point.y)) for town in towns),
        regions=tuple(tuple(outline_of(outline)) for outline in outlines),
    )


def _region_words(region: AdminArea, is_region: bool) -> str:
    if is_region:
        return _("Services and places near you")
    # The Nunavik has no MRC but a regional administration, which counts as one.
    words = _("Services and places near you – MRC or equivalent territory, region: %(region)s")
    return words % {"region": region.name}


def _written(day: date) -> str:
    return formats.date_format(day, "DATE_FORMAT")


def outline_words(outlines: Iterable[AdminArea]) -> str:
    """What the outlines of the regions are: their sources, or our own drawing."""
    official = {
        outline.outline_source.citation
        for outline in outlines
        if outline.outline_kind == "official" and outline.outline_source
    }
    if official:
        return ". ".join(sorted(official))
    return _("Generalised region outlines drawn by the team; not official.")


def emergency_numbers(languages: Sequence[str]) -> Iterable[tuple[str, str, Pair]]:
    """Numbers as written, what a tap opens, and what they are for, in both languages."""
    yield "911", "tel:911", both(languages, lambda: _("Danger: police, ambulance, fire"))
    yield "811", "tel:811", both(languages, lambda: _("Health advice"))
    yield "211", "tel:211", both(languages, lambda: _("To find help"))
    if line := abuse_line({}):
        label = both(languages, lambda: _("Report abuse: Service Canada"))
        yield line["number"], line["uri"], label


def _notes(entries: Iterable[Entry]) -> tuple[tuple[str, Pair], ...]:
    """A letter for each warning that many entries share, the most frequent first."""
    counted = Counter((entry.told[0].alert, entry.told[1].alert) for entry in entries)
    repeated = [alert for alert, times in counted.most_common() if times >= REPEATED and any(alert)]
    return tuple(zip(string.ascii_lowercase, repeated, strict=False))


def _lettered(entry: Entry, notes: Iterable[tuple[str, Pair]]) -> Entry:
    """An entry with the letter of its warning in its place, if it has one."""
    for letter, alert in notes:
        if alert == (entry.told[0].alert, entry.told[1].alert):
            one, two = (replace(telling, alert=f"({letter})") for telling in entry.told)
            return replace(entry, told=(one, two))
    return entry


def _by_need(
    entries: Iterable[Entry], names: dict[str, Pair], counter: Iterable[int] = ()
) -> tuple[Group, ...]:
    """Entries under the need they are best known for, in the order of the needs."""
    entries, numbers = list(entries), iter(counter)
    by_tile = {
        code: [replace(entry, number=next(numbers, 0)) for entry in entries if entry.tile == code]
        for code in names
    }
    return tuple(
        Group(
            name=names[code],
            entries=tuple(found),
            also=tuple(
                entry.number
                for others in by_tile.values()
                for entry in others
                if entry.number and entry.tile != code and code in entry.tiles
            ),
        )
        for code, found in by_tile.items()
        if found
    )


def _nearest(towns: Sequence[AdminArea], languages, base: str) -> Iterable[Nearest]:
    """The places nearest to the middle of some towns."""
    if not towns:
        return
    middle = Point(
        sum(town.point.x for town in towns) / len(towns),
        sum(town.point.y for town in towns) / len(towns),
        srid=4326,
    )
    near = Resource.objects.filter(is_remote=False).reached(near=(middle, D(km=NEAREST_KM)))
    near = near.filter(service__is_everyday=False).in_order(middle)
    for resource in near.with_details()[:MOST_NEAREST]:
        precision = resource.location.precision
        distance = both(
            languages, lambda found=resource, fine=precision: say.how_far(found.distance, fine)
        )
        yield Nearest(entry_of(resource, languages, base), distance)


def sources_of(resources: Iterable[Resource]) -> list[str]:
    """What some services were read in, each page once, by name."""
    return sorted(
        {
            page.strip()
            for resource in resources
            for page in resource.service.source.citation.split(";")
        }
    )
