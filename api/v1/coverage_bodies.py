"""What answers about coverage are made of; the serializers are their documentation."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import NoReverseMatch, reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from api.v1.serializers import RegionRefSerializer, name_of
from geo import translation
from geo.choices import (
    AreaLevel,
    CoverageClass,
    CoverageStatus,
    DemandMeasure,
    DemandSector,
)
from geo.coverage import method
from geo.coverage.exports import no_road
from geo.coverage.legend import REASONS, LegendEntry, Measure
from geo.coverage.reading import Change, Explanation, Moment, Painted, Pair, Row, Seen
from geo.models import AdminArea, CoverageArea, CoverageCell, CoverageRun, CoverageService, NeedTerm

class NoteSerializer(serializers.Serializer):
    """A line of the method."""

    label = serializers.CharField()
    text = serializers.CharField()


class CoverageMethodSerializer(serializers.Serializer):
    """How figures were made and what they do not tell."""

    url = serializers.URLField(allow_null=True, help_text="The page that explains it at length.")
    notes = NoteSerializer(many=True)


class DemandVintageSerializer(serializers.Serializer):
    """The edition of the figures of workers."""

    measure = serializers.ChoiceField(DemandMeasure.choices, allow_null=True)
    measure_label = serializers.CharField(allow_null=True)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    age_years = serializers.FloatField(allow_null=True)
    sources = serializers.ListField(child=serializers.CharField())
    caveats = serializers.ListField(
        child=serializers.CharField(), help_text="Print them wherever the figures serve."
    )


class DirectoryVintageSerializer(serializers.Serializer):
    """The state of the directory."""

    services = serializers.IntegerField()
    verified = serializers.IntegerField(help_text="Those verified in time.")
    digest = serializers.CharField()


class CoverageRunRefSerializer(serializers.Serializer):
    """A computation of coverage for one day."""

    id = serializers.UUIDField()
    as_of = serializers.DateField(help_text="The day that is measured.")
    label = serializers.CharField(allow_null=True)


class CoverageRunSerializer(CoverageRunRefSerializer):
    """A computation of coverage for one day, with all by which it can be done again."""

    computed_at = serializers.DateTimeField()
    known_at = serializers.DateTimeField(help_text="The directory is read as it was then.")
    code_version = serializers.CharField()
    parameters = serializers.DictField(help_text="The conventions: choices, not laws of nature.")
    demand = DemandVintageSerializer()
    directory = DirectoryVintageSerializer()
    without_position = serializers.ListField(
        child=serializers.CharField(), help_text="Municipalities that are left out."
    )
    method = CoverageMethodSerializer()


class CoverageDemandSerializer(serializers.Serializer):
    """Workers of an area by sector, rounded to 5. Null is withheld, and never zero.

    A number is withheld because it is small or because a small one could be reckoned from it;
    which of the two is told to nobody.
    """

    all = serializers.IntegerField(allow_null=True)
    agricultural = serializers.IntegerField(allow_null=True)
    other = serializers.IntegerField(allow_null=True)


class CoveredAreaSerializer(serializers.Serializer):
    """An area of a run."""

    level = serializers.ChoiceField([AreaLevel.REGION.value, AreaLevel.MRC.value])
    code = serializers.CharField()
    name = serializers.CharField()
    region = RegionRefSerializer(help_text="The region it lies in, or is.")
    towns = serializers.IntegerField(help_text="Municipalities with a position.")
    middle = serializers.CharField(
        allow_null=True, help_text="The municipality that most workers are near."
    )
    has_rates = serializers.BooleanField(
        help_text="At least 20 workers are known; else rates are null, which is not zero."
    )


class CoverageReasonSerializer(serializers.Serializer):
    """Why a status is what it is."""

    code = serializers.ChoiceField(list(REASONS))
    text = serializers.CharField()


class BandsSerializer(serializers.Serializer):
    """Shares of the workers, 0 to 1, within the three bounds."""

    near = serializers.FloatField()
    middle = serializers.FloatField()
    far = serializers.FloatField()


class SpokenLinesSerializer(serializers.Serializer):
    """Lines, and weekly hours of the one that is open the longest; null if nobody knows."""

    count = serializers.IntegerField()
    hours_per_week = serializers.FloatField(allow_null=True)


class LinesSerializer(SpokenLinesSerializer):
    """Lines and online services that answer an area: never counted as help in person."""

    languages = serializers.DictField(child=SpokenLinesSerializer())
    language_unknown = serializers.IntegerField()


class FoundSerializer(serializers.Serializer):
    """How many services of each kind count."""

    local = serializers.IntegerField()
    itinerant = serializers.IntegerField()
    within_reach = serializers.IntegerField()
    remote = serializers.IntegerField()
    unverified = serializers.IntegerField(
        allow_null=True, help_text="Listed, verified or not; null for the basis `listed`."
    )


class RateSerializer(serializers.Serializer):
    """Services in the area per 1,000 workers, with the exact 95 % Poisson interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class ScenarioSerializer(serializers.Serializer):
    """What would be found under another convention."""

    within_middle = serializers.FloatField()
    status = serializers.ChoiceField(CoverageStatus.choices)


class CoverageMeasuresSerializer(serializers.Serializer):
    """Figures of a cell. Null is not known (or fewer than 20 workers), and never zero."""

    bounds_km = serializers.ListField(
        child=serializers.FloatField(), help_text="Near, middle, far, by road."
    )
    sites = serializers.IntegerField(help_text="Places of help in the area.")
    lines = LinesSerializer()
    found = FoundSerializer()
    verified_share = serializers.FloatField(
        allow_null=True, help_text="Of what is listed, verified in 12 months; null if none is."
    )
    within = BandsSerializer(allow_null=True, help_text="Workers with at least one service.")
    second_within = BandsSerializer(allow_null=True, help_text="With at least two.")
    on_foot = serializers.FloatField(allow_null=True, help_text="Share within 5 km.")
    unreachable = serializers.FloatField(
        allow_null=True, help_text="Share whom no road leads to any."
    )
    median_km = serializers.FloatField(allow_null=True)
    p90_km = serializers.FloatField(allow_null=True)
    second_median_km = serializers.FloatField(allow_null=True)
    no_road = serializers.ListField(
        child=serializers.CharField(),
        help_text="Distances that are null because no road leads to any help: infinite.",
    )
    ratio = RateSerializer(allow_null=True)
    ratio_province = serializers.FloatField(allow_null=True)
    e2sfca = serializers.FloatField(allow_null=True)
    m2sfca = serializers.FloatField(allow_null=True)
    spar = serializers.FloatField(allow_null=True, help_text="M2SFCA; 1 is the mean of Québec.")
    gini = serializers.FloatField(allow_null=True)
    hoover = serializers.FloatField(allow_null=True)
    lorenz = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        allow_null=True,
        help_text="Share of workers, share of access, at each tenth of the workers.",
    )
    sensitivity = serializers.DictField(child=ScenarioSerializer(), allow_null=True)


class CoverageVerdictSerializer(serializers.Serializer):
    """What a run says of an area and a need: the honest class, and the other beside it."""

    class_label = serializers.CharField()
    class_if_confirmed = serializers.ChoiceField(
        CoverageClass.choices,
        help_text="If everything that is listed were confirmed; not known to be true.",
    )
    class_if_confirmed_label = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """The fields, with `class`, which is no name for an attribute."""
        return {"class": serializers.ChoiceField(CoverageClass.choices)} | super().get_fields()


class CoverageNeedSerializer(serializers.Serializer):
    """A need of level 1."""

    code = serializers.CharField()
    name = serializers.CharField()


class CoverageCellSerializer(CoverageVerdictSerializer):
    """What a run says of an area, a need and a language of service."""

    need = serializers.CharField(allow_null=True, help_text="Null: any need.")
    status = serializers.ChoiceField(CoverageStatus.choices)
    status_label = serializers.CharField()
    status_by_distance = serializers.ChoiceField(
        CoverageStatus.choices,
        allow_null=True,
        help_text="What it would be if the data were good enough to tell.",
    )
    is_robust = serializers.BooleanField(
        allow_null=True, help_text="The status holds under all conventions of the analysis."
    )
    reasons = CoverageReasonSerializer(many=True)
    measures = CoverageMeasuresSerializer()


class CoverageRowSerializer(serializers.Serializer):
    """An area with its cells, that of any need first."""

    area = CoveredAreaSerializer()
    demand = CoverageDemandSerializer()
    cells = CoverageCellSerializer(many=True)


class BehindSerializer(serializers.Serializer):
    """A service behind an answer, as the run saw it."""

    service_id = serializers.UUIDField()
    name = serializers.CharField()
    organization = serializers.CharField()
    town = serializers.CharField(allow_null=True)
    km = serializers.FloatField(
        allow_null=True, help_text="By road from where most workers are; null inside the area."
    )
    is_near = serializers.BooleanField(
        allow_null=True, help_text="Near enough to count; null inside the area."
    )
    is_verified = serializers.BooleanField()
    verified_on = serializers.DateField(allow_null=True)
    languages = serializers.ListField(child=serializers.CharField())
    needs = serializers.ListField(child=serializers.CharField())
    resource = serializers.URLField(
        help_text="The resource as it is today; 404 once it is no longer offered."
    )


class NeighbourSerializer(CoverageVerdictSerializer):
    """The same cell of a region that shares a border."""

    code = serializers.CharField()
    name = serializers.CharField()


class MomentSerializer(CoverageVerdictSerializer):
    """The same cell in a run."""

    as_of = serializers.DateField()
    status = serializers.ChoiceField(CoverageStatus.choices)


class ExplanationSerializer(CoverageCellSerializer):
    """A cell with what is behind it, verified or not."""

    local = BehindSerializer(many=True)
    itinerant = BehindSerializer(many=True)
    outside = BehindSerializer(many=True, help_text="The nearest places beyond the area.")
    remote = BehindSerializer(many=True)
    to_confirm = serializers.ListField(
        child=serializers.UUIDField(), help_text="Services whose confirmation would help."
    )
    neighbours = NeighbourSerializer(many=True)
    trend = MomentSerializer(many=True, help_text="This run and earlier ones, the latest first.")


class LegendEntrySerializer(serializers.Serializer):
    """A colour of the map: for values over `low` and up to `high`."""

    key = serializers.CharField(help_text="A class, a status, `step-1` (worst) to 5, `no_data`.")
    label = serializers.CharField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class MeasureSerializer(serializers.Serializer):
    """What a map shows."""

    code = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.ChoiceField(["class", "status", "share", "km", "access", "rate", "count"])


class PaintedSerializer(CoverageVerdictSerializer):
    """An area of the map."""

    level = serializers.ChoiceField([AreaLevel.REGION.value, AreaLevel.MRC.value])
    code = serializers.CharField()
    name = serializers.CharField()
    region = RegionRefSerializer()
    middle = serializers.CharField(allow_null=True)
    key = serializers.CharField(help_text="Of the legend.")
    is_unreachable = serializers.BooleanField(help_text="The distance is infinite: no road.")
    status = serializers.ChoiceField(CoverageStatus.choices)
    status_label = serializers.CharField()
    demand = CoverageDemandSerializer()

    def get_fields(self) -> dict[str, serializers.Field]:
        """The fields, with a value that is a code or a number."""
        return super().get_fields() | {"value": ValueField(allow_null=True)}


@extend_schema_field({"type": ["number", "string", "null"]})
class ValueField(serializers.Field):
    """A code of a class or a status, a number, or null where there is no figure."""


class ChangeSerializer(serializers.Serializer):
    """What changed in a cell between two runs."""

    region = RegionRefSerializer()
    need = serializers.CharField(allow_null=True, help_text="Null: any need.")
    before = serializers.ChoiceField(CoverageClass.choices)
    before_label = serializers.CharField()
    after = serializers.ChoiceField(CoverageClass.choices)
    after_label = serializers.CharField()
    gained = BehindSerializer(many=True)
    lost = BehindSerializer(many=True)


@extend_schema_field(
    {
        "type": ["object", "null"],
        "properties": {
            "type": {"type": "string", "enum": ["Point", "Polygon", "MultiPolygon"]},
            "coordinates": {"type": "array", "description": "longitude, latitude", "items": {}},
        },
        "required": ["type", "coordinates"],
    }
)
class ShapeField(serializers.Field):
    """An outline, or the position that stands for it."""


def run_ref_of(run: CoverageRun) -> dict[str, Any]:
    """A run as `CoverageRunRefSerializer` describes it."""
    return {"id": str(run.pk), "as_of": run.as_of.isoformat(), "label": run.label or None}


def run_of(run: CoverageRun, request: Request) -> dict[str, Any]:
    """A run as `CoverageRunSerializer` describes it, in the active language."""
    demand, directory = run.vintages["demand"], run.vintages["directory"]
    measure = demand["measure"] or None
    return run_ref_of(run) | {
        "computed_at": run.computed_at.isoformat(),
        "known_at": run.known_at.isoformat(),
        "code_version": run.code_version,
        "parameters": run.parameters,
        "demand": {
            "measure": measure,
            "measure_label": str(DemandMeasure(measure).label) if measure else None,
            **{name: demand[name] for name in ("starts_on", "ends_on", "age_years", "sources")},
            "caveats": method.caveats(run),
        },
        "directory": {name: directory[name] for name in ("services", "verified", "digest")},
        "without_position": run.vintages["without_position"],
        "method": {
            "url": _method_page(request),
            "notes": [{"label": label, "text": text} for label, text in method.notes(run)],
        },
    }


def _method_page(request: Request) -> str | None:
    try:
        return request.build_absolute_uri(reverse("coverage-method"))
    except NoReverseMatch:
        # A site may serve the API without the pages of coverage.
        return None


def demand_of(seen: CoverageArea) -> dict[str, Any]:
    """Workers as `CoverageDemandSerializer` describes them."""
    return {sector.value: seen.demand[sector] for sector in DemandSector}


def region_of(area: AdminArea) -> dict[str, str]:
    """The region that an area is, or lies in."""
    region = area.parent if area.level == AreaLevel.MRC and area.parent else area
    return {"code": region.code, "name": region.name}


def area_of(area: AdminArea, seen: CoverageArea) -> dict[str, Any]:
    """An area as `CoveredAreaSerializer` describes it."""
    return {
        "level": area.level,
        "code": area.code,
        "name": area.name,
        "region": region_of(area),
        "towns": seen.facts["towns"],
        "middle": seen.facts["middle"] or None,
        "has_rates": seen.facts["has_rates"],
    }


def verdict_of(honest: str, listed: str) -> dict[str, str]:
    """Two classes as `CoverageVerdictSerializer` describes them."""
    return {
        "class": honest,
        "class_label": str(CoverageClass(honest).label),
        "class_if_confirmed": listed,
        "class_if_confirmed_label": str(CoverageClass(listed).label),
    }


def cell_of(pair: Pair, basis: str) -> dict[str, Any]:
    """A cell as `CoverageCellSerializer` describes it; status and figures on a basis."""
    cell = pair.on(basis)
    return {
        "need": cell.need or None,
        **verdict_of(pair.honest.coverage_class, pair.listed.coverage_class),
        "status": cell.status,
        "status_label": str(CoverageStatus(cell.status).label),
        "status_by_distance": cell.measures["status_by_distance"] or None,
        "is_robust": cell.is_robust,
        "reasons": [
            {"code": code, "text": str(REASONS[code])} for code in cell.measures["reasons"]
        ],
        "measures": measures_of(cell),
    }


# Names that a cell has only where there is a figure.
_FIGURES = (
    "within", "second_within", "on_foot", "unreachable", "median_km", "p90_km",
    "second_median_km", "ratio_province", "e2sfca", "m2sfca", "spar", "gini", "hoover",
    "lorenz", "sensitivity",
)  # fmt: skip


def measures_of(cell: CoverageCell) -> dict[str, Any]:
    """Figures as `CoverageMeasuresSerializer` describes them."""
    found = cell.measures
    ratio = found.get("ratio")
    return {
        **{name: found[name] for name in ("bounds_km", "sites", "lines", "verified_share")},
        "found": {"unverified": None} | found["found"],
        **{name: found.get(name) for name in _FIGURES},
        "no_road": no_road(found),
        "ratio": dict(zip(("value", "low", "high"), ratio, strict=True)) if ratio else None,
    }


def row_of(row: Row, basis: str, need: str | None = None) -> dict[str, Any]:
    """A row as `CoverageRowSerializer` describes it; of one need if it is given."""
    return {
        "area": area_of(row.area, row.seen),
        "demand": demand_of(row.seen),
        "cells": [
            cell_of(pair, basis) for pair in row.cells if need is None or pair.honest.need == need
        ],
    }


def need_ref_of(term: NeedTerm, language: str) -> dict[str, str]:
    """A need of level 1."""
    return {"code": term.code, "name": name_of(term.name, language)}


def service_of(
    service: CoverageService, context: Mapping[str, Any], seen: Seen | None = None
) -> dict[str, Any]:
    """A service as `BehindSerializer` describes it; without `seen`, wherever it is."""
    facts, language = service.facts, context["lang"]
    is_outside = seen is not None and seen.km is not None
    # The resource of a place has the key of the service at that place; that of a line, its own.
    place = seen.place if seen else next((site["place"] for site in facts["sites"]), "")
    path = reverse("api:resource-detail", args=[place or service.service_id])
    return {
        "service_id": str(service.service_id),
        "name": translation.plain(facts["name"], language),
        "organization": translation.plain(facts["organization"], language),
        "town": (seen.town or None) if seen else None,
        "km": seen.km if seen else None,
        "is_near": seen.is_near if seen and is_outside else None,
        "is_verified": service.is_verified,
        "verified_on": facts["verified_on"],
        "languages": facts["languages"],
        "needs": facts["needs"],
        "resource": context["request"].build_absolute_uri(path),
    }


def explanation_of(
    explanation: Explanation, basis: str, context: Mapping[str, Any]
) -> dict[str, Any]:
    """A cell as `ExplanationSerializer` describes it."""

    def told(found: Iterable[Seen]) -> list[dict[str, Any]]:
        return [service_of(seen.service, context, seen) for seen in found]

    return {
        **cell_of(explanation.pair, basis),
        "local": told(explanation.local),
        "itinerant": told(explanation.itinerant),
        "outside": told(explanation.outside),
        "remote": told(explanation.remote),
        "to_confirm": [str(seen.service.service_id) for seen in explanation.unverified],
        "neighbours": [
            {"code": area.code, "name": area.name}
            | verdict_of(pair.honest.coverage_class, pair.listed.coverage_class)
            for area, pair in explanation.neighbours
        ],
        "trend": [_moment_of(moment, basis) for moment in explanation.trend],
    }


def _moment_of(moment: Moment, basis: str) -> dict[str, Any]:
    cell = Pair(moment.cell, moment.listed).on(basis)
    return {
        "as_of": moment.run.as_of.isoformat(),
        **verdict_of(moment.cell.coverage_class, moment.listed.coverage_class),
        "status": cell.status,
    }


def measure_of(measure: Measure) -> dict[str, str]:
    """A measure as `MeasureSerializer` describes it."""
    return {"code": measure.code, "label": str(measure.label), "kind": measure.kind}


def entry_of(entry: LegendEntry) -> dict[str, Any]:
    """A colour as `LegendEntrySerializer` describes it."""
    return {"key": entry.key, "label": entry.label, "low": entry.low, "high": entry.high}


def feature_of(painted: Painted, shape: dict[str, Any] | None, basis: str) -> dict[str, Any]:
    """An area of the map as a feature, its properties as `PaintedSerializer` describes them."""
    area, seen, pair = painted.area, painted.seen, painted.pair
    # JSON has no infinity.
    is_unreachable = isinstance(painted.value, float) and math.isinf(painted.value)
    status = pair.on(basis).status
    return {
        "id": f"{area.level}-{area.code}",
        "type": "Feature",
        "geometry": shape,
        "properties": {
            "level": area.level,
            "code": area.code,
            "name": area.name,
            "region": region_of(area),
            "middle": seen.facts["middle"] or None,
            "value": None if is_unreachable else painted.value,
            "is_unreachable": is_unreachable,
            "key": painted.key,
            **verdict_of(pair.honest.coverage_class, pair.listed.coverage_class),
            "status": status,
            "status_label": str(CoverageStatus(status).label),
            "demand": demand_of(seen),
        },
    }


def change_of(change: Change, context: Mapping[str, Any]) -> dict[str, Any]:
    """A change as `ChangeSerializer` describes it."""
    before, after = change.before.coverage_class, change.after.coverage_class
    return {
        "region": region_of(change.area),
        "need": change.need or None,
        "before": before,
        "before_label": str(CoverageClass(before).label),
        "after": after,
        "after_label": str(CoverageClass(after).label),
        "gained": [service_of(service, context) for service in change.gained],
        "lost": [service_of(service, context) for service in change.lost],
    }
