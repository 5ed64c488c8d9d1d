"""Query parameters: text becomes typed values here, once; the inside trusts them."""

import math
import re
from datetime import date
from typing import Any

from django.contrib.gis.geos import Polygon
from django.contrib.gis.measure import D
from rest_framework import serializers

from geo.choices import SERVICE_LANGUAGES, DeliveryMode, OrganizationKind
from geo.models import AdminArea, NeedTerm
from geo.spatial import lon_lat, rectangle
from geo.translation import LANGUAGES

DEFAULT_RADIUS_KM = 50
MAX_RADIUS_KM = 500
DEFAULT_LIMIT = 50
MAX_LIMIT = 500
MAX_OFFSET = 100_000
MAX_TEXT = 200

# `web` is what people write; `video_web` is what the vocabulary says.
MODE_ALIASES = {"web": DeliveryMode.VIDEO_WEB.value}


# Plain decimal notation; Python's own float() also takes underscores and digits of other scripts.
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?", re.ASCII)

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def read_number(text: str) -> float:
    """A finite number written in plain digits.

    Raises:
        ValueError: it is none.
    """
    if not _NUMBER.fullmatch(text.strip()) or not math.isfinite(value := float(text)):
        raise ValueError("These are not numbers.")
    return value


class DegreesField(serializers.Field):
    """A finite number of degrees within its bounds."""

    default_error_messages = {
        "invalid": "Expected a number of decimal degrees, as 48.83.",
        "out_of_range": "Expected degrees between {low} and {high}.",
    }

    def __init__(self, bound: int, **kwargs: Any) -> None:
        """Bounds are `-bound` and `bound` degrees."""
        self.bound = bound
        super().__init__(**kwargs)

    def to_internal_value(self, data: str) -> float:
        """Text to degrees."""
        try:
            value = read_number(data)
        except ValueError:
            self.fail("invalid")
        if abs(value) > self.bound:
            self.fail("out_of_range", low=-self.bound, high=self.bound)
        return value


class WholeNumberField(serializers.Field):
    """A whole number between two bounds, written in plain digits."""

    default_error_messages = {"invalid": "Expected a whole number from {low} to {high}."}

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        """Bounds are included."""
        self.low, self.high = low, high
        super().__init__(**kwargs)

    def to_internal_value(self, data: str) -> int:
        """Text to number."""
        text = data.strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            self.fail("invalid", low=self.low, high=self.high)
        if not self.low <= int(text) <= self.high:
            self.fail("invalid", low=self.low, high=self.high)
        return int(text)


class RadiusField(serializers.Field):
    """Kilometres to a distance."""

    default_error_messages = {
        "invalid": f"Expected kilometres, more than 0 and at most {MAX_RADIUS_KM}."
    }

    def to_internal_value(self, data: str) -> D:
        """Text to distance."""
        try:
            kilometres = read_number(data)
        except ValueError:
            self.fail("invalid")
        if not 0 < kilometres <= MAX_RADIUS_KM:
            self.fail("invalid")
        return D(km=kilometres)


class RectangleField(serializers.Field):
    """`west,south,east,north` to a rectangle."""

    default_error_messages = {
        "invalid": "Expected west,south,east,north in decimal degrees, as -65,48,-64,49. {reason}"
    }

    def to_internal_value(self, data: str) -> Polygon:
        """Text to rectangle."""
        parts = data.split(",")
        if len(parts) != 4:
            self.fail("invalid", reason="Four numbers are needed.")
        try:
            west, south, east, north = (read_number(part) for part in parts)
            return rectangle(west, south, east, north)
        except ValueError as error:
            self.fail("invalid", reason=str(error))


class DayField(serializers.Field):
    """A day of the calendar, as 2026-11-26."""

    default_error_messages = {"invalid": "Expected a day, as 2026-11-26."}

    def to_internal_value(self, data: str) -> date:
        """Text to day."""
        if not _DAY.fullmatch(data.strip()):
            self.fail("invalid")
        try:
            return date.fromisoformat(data.strip())
        except ValueError:
            self.fail("invalid")


class KnownField(serializers.CharField):
    """One word of a closed list."""

    default_error_messages = {"unknown": "Unknown value. Expected one of: {expected}."}

    def __init__(
        self, expected: list[str], aliases: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        """Accept `expected`, and the aliases that stand for one of them."""
        self.expected = expected
        self.aliases = aliases or {}
        super().__init__(max_length=60, **kwargs)

    def to_internal_value(self, data: str) -> str:
        """The word, or what its alias stands for."""
        value = super().to_internal_value(data)
        value = self.aliases.get(value, value)
        if value not in self.expected:
            self.fail("unknown", expected=", ".join([*self.expected, *self.aliases]))
        return value


class Params(serializers.Serializer):
    """The parameters of one address; one that is unknown or given twice is refused."""

    lang = KnownField(list(LANGUAGES), required=False, default="fr")

    def to_internal_value(self, data):
        """Refuse what is not declared, then read the rest."""
        wrong = {
            name: f"Unknown parameter. Expected some of: {', '.join(self.fields)}."
            for name in data
            if name not in self.fields
        }
        wrong |= {name: "Given more than once." for name, values in data.lists() if len(values) > 1}
        wrong |= {
            name: "Empty: give a value, or leave the parameter out."
            for name, value in data.items()
            if name in self.fields and not value.strip()
        }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            detail = error.detail
            found = detail if isinstance(detail, dict) else {"request": detail}
            raise serializers.ValidationError({**found, **wrong}) from error
        if wrong:
            raise serializers.ValidationError(wrong)
        return values

    @classmethod
    def read(cls, request) -> dict[str, Any]:
        """The typed values of a request.

        Raises:
            ValidationError: a parameter is wrong; says which and what it wants.
        """
        params = cls(data=request.query_params)
        params.is_valid(raise_exception=True)
        return params.validated_data


class PageParams(Params):
    """The parameters of a list."""

    limit = WholeNumberField(1, MAX_LIMIT, required=False, default=DEFAULT_LIMIT)
    offset = WholeNumberField(0, MAX_OFFSET, required=False, default=0)


def read_region(code: str) -> AdminArea:
    """The region of a code.

    Raises:
        ValidationError: there is no such region.
    """
    region = AdminArea.objects.regions().filter(code=code).first()
    if region is None:
        raise serializers.ValidationError("Unknown region. Expected a code from 01 to 17.")
    return region


def read_need(code: str) -> str:
    """A code of the taxonomy.

    Raises:
        ValidationError: there is no such need.
    """
    if not NeedTerm.objects.filter(code=code).exists():
        raise serializers.ValidationError("Unknown need. /api/v1/needs/ lists them.")
    return code


def read_near(values: dict[str, Any]) -> dict[str, Any]:
    """`values` with `near` in the place of latitude, longitude and radius: (point, distance).

    Raises:
        ValidationError: one goes without the others.
    """
    latitude, longitude = values.pop("lat", None), values.pop("lon", None)
    radius = values.pop("radius_km", None)
    if (latitude is None) != (longitude is None):
        missing = "lat" if latitude is None else "lon"
        raise serializers.ValidationError({missing: "lat and lon go together: give both."})
    if latitude is None:
        if radius is not None:
            raise serializers.ValidationError(
                {"radius_km": "A radius needs a position: give lat and lon."}
            )
        return values
    values["near"] = (lon_lat(longitude, latitude), radius or D(km=DEFAULT_RADIUS_KM))
    return values


def read_words(text: str) -> str:
    """A text to search for.

    Raises:
        ValidationError: it has no letter and no digit.
    """
    if not any(character.isalnum() for character in text):
        raise serializers.ValidationError("Expected at least one letter or digit.")
    return text


class ResourceParams(PageParams):
    """What `/resources/` can be asked. Everything is joined by AND."""

    lat = DegreesField(90, required=False)
    lon = DegreesField(180, required=False)
    radius_km = RadiusField(required=False)
    bbox = RectangleField(required=False)
    region = serializers.CharField(required=False, max_length=8)
    need = serializers.CharField(required=False, max_length=60)
    kind = KnownField(OrganizationKind.values, required=False)
    language = KnownField(list(SERVICE_LANGUAGES), required=False)
    mode = KnownField(DeliveryMode.values, MODE_ALIASES, required=False)
    open_now = KnownField(["true", "false"], required=False)
    q = serializers.CharField(required=False, max_length=MAX_TEXT)
    words = KnownField(["true", "false"], required=False)

    def validate_region(self, code: str) -> AdminArea:
        """Code to region."""
        return read_region(code)

    def validate_need(self, code: str) -> str:
        """A code of the taxonomy."""
        return read_need(code)

    def validate_q(self, text: str) -> str:
        """Something that can be searched."""
        return read_words(text)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Join latitude, longitude and radius to `near`: (point, distance)."""
        return read_near(attrs)


class NeedParams(Params):
    """What `/needs/` can be asked."""

    q = serializers.CharField(required=False, max_length=MAX_TEXT)

    def validate_q(self, text: str) -> str:
        """Something that can be searched."""
        return read_words(text)


class OrganizationParams(PageParams):
    """What `/organizations/` can be asked."""

    kind = KnownField(OrganizationKind.values, required=False)
    region = serializers.CharField(required=False, max_length=8)

    def validate_region(self, code: str) -> AdminArea:
        """Code to region."""
        return read_region(code)


class PlaceParams(Params):
    """What `/places/` can be asked."""

    q = serializers.CharField(max_length=MAX_TEXT)
    limit = WholeNumberField(1, 20, required=False, default=8)

    def validate_q(self, text: str) -> str:
        """Something that can be searched."""
        return read_words(text)
