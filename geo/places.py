"""From what a person types to a place: a municipality, a region, or a postal code."""

import re
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.utils.text import slugify

from geo.choices import AreaLevel, Precision
from geo.models import AdminArea, PostalPoint

# A whole postal code, its first half, or a beginning of it, with or without the space.
_POSTAL_CODE = re.compile(r"^([A-Z]\d[A-Z])\s*(\d[A-Z]?\d?)?$", re.IGNORECASE)

# Longer than any name of a place; more is not a place and would only cost time.
MAX_TEXT = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere that was asked for.

    Attributes:
        kind: `municipality`, `region` or `postal_code`.
        code: official code of the area, or the postal code.
        name: as people write it.
        point: WGS 84; None where nobody knows it (63 municipalities, and regions).
        region_code: `01` to `17`, None outside every region.
        region_name: its name.
        precision: what `point` stands for; empty without one.
    """

    kind: str
    code: str
    name: str
    point: Point | None
    region_code: str | None
    region_name: str | None
    precision: str

    @property
    def label(self) -> str:
        """The name, with the region where that tells two places apart."""
        if self.kind == AreaLevel.REGION or not self.region_name:
            return self.name
        return f"{self.name} ({self.region_name})"

    @property
    def slug(self) -> str:
        """The name as part of an address."""
        return slugify(self.name)


def find_places(text: str, limit: int = 8) -> list[Place]:
    """The places that a text may mean, the best first; empty when nothing resembles it.

    A postal code is looked up as one. Anything else is compared with the names of regions and
    municipalities: same, beginning, word inside, resembling.
    """
    text = " ".join(text.split())[:MAX_TEXT]
    if not text:
        return []
    if match := _POSTAL_CODE.match(text):
        return _postal_places(match, limit)
    areas = (
        AdminArea.objects.filter(level__in=[AreaLevel.REGION, AreaLevel.MUNICIPALITY])
        .named_like(text)
        .with_region()
    )
    return [
        Place(
            kind=area.level,
            code=area.code,
            name=area.name,
            point=area.point,
            region_code=area.region_code,
            region_name=area.region_name,
            precision=Precision.MUNICIPALITY if area.point else "",
        )
        for area in areas[:limit]
    ]


def _postal_places(match: re.Match, limit: int) -> list[Place]:
    first, second = match[1].upper(), (match[2] or "").upper()
    code = f"{first} {second}" if second else first
    found = list(PostalPoint.objects.for_code(code)[:limit])
    # A whole code that is known needs no neighbours.
    found = [point for point in found if point.code == code] or found
    places = []
    for postal in found:
        region = AdminArea.objects.region_of(postal.point)
        places.append(
            Place(
                kind="postal_code",
                code=postal.code,
                name=f"{postal.code} {postal.place}".strip(),
                point=postal.point,
                region_code=region.code if region else None,
                region_name=region.name if region else None,
                precision=postal.precision,
            )
        )
    return places
