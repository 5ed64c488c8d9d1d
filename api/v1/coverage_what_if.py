"""What would change if help came, left or moved: `/coverage/what-if/`. Nothing is stored."""

import math
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema,
    extend_schema_field,
    inline_serializer,
)
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.params import KnownField
from api.v1.coverage import published_run, read_tile
from api.v1.coverage_bodies import BandsSerializer, CoverageRunRefSerializer, run_ref_of
from api.v1.views import LANG, PROBLEMS_OF_ONE, ProblemSerializer, PublicView
from geo.choices import SERVICE_LANGUAGES, AreaLevel, CoverageBasis, CoverageClass, CoverageStatus
from geo.coverage import proposals, whatif
from geo.coverage.exports import no_road
from geo.coverage.situation import Question
from geo.errors import ImpossibleChange, NoDemand
from geo.models import CoverageRun

MOST_CHANGES = 20

# More full-time services or visits at one place than there can be: a mistake of typing.
MOST_CAPACITY = 100
MOST_VISITS = 1000


class JsonNumberField(serializers.Field):
    """A number of JSON, and no text that looks like one."""

    default_error_messages = {
        "invalid": "Expected a number.",
        "low": "Expected a number above {low}.",
        "high": "Expected a number up to {high}.",
    }

    def __init__(self, *, low: float, high: float, is_open: bool = False, **kwargs: Any) -> None:
        """Bounds are included, but for `low` where `is_open`."""
        self.low, self.high, self.is_open = low, high, is_open
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> float:
        """A finite number within its bounds."""
        if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
            self.fail("invalid")
        if data < self.low or (self.is_open and data == self.low):
            self.fail("low", low=self.low)
        if data > self.high:
            self.fail("high", high=self.high)
        return float(data)


def number_field(low: float, high: float, *, is_open: bool = False, **kwargs: Any):
    """A number field that the schema shows with its bounds."""
    floor = {"exclusiveMinimum": low} if is_open else {"minimum": low}
    field = extend_schema_field({"type": "number", **floor, "maximum": high})
    return field(type("Number", (JsonNumberField,), {}))(
        low=low, high=high, is_open=is_open, **kwargs
    )


class Closed(serializers.Serializer):
    """An object without members that nobody declared."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is not declared, then read the rest."""
        if isinstance(data, Mapping):
            wrong = {
                name: f"Unknown member. Expected some of: {', '.join(self.fields)}."
                for name in data
                if name not in self.fields
            }
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


class PositionSerializer(Closed):
    """Where something would be."""

    lon = number_field(-180, 180)
    lat = number_field(-90, 90)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """In Québec, or near it."""
        try:
            proposals.check_position(attrs["lon"], attrs["lat"])
        except ImpossibleChange as error:
            raise serializers.ValidationError({"lon": str(error)}) from error
        return attrs


class AddedSerializer(PositionSerializer):
    """A place of help that does not exist yet; it answers the need, and counts as verified."""

    capacity = number_field(
        0, MOST_CAPACITY, is_open=True, required=False, help_text="Full-time services; 1 if absent."
    )
    visits_per_month = number_field(
        0, MOST_VISITS, is_open=True, required=False, help_text="Of a service that comes and goes."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if len(attrs.keys() & {"capacity", "visits_per_month"}) > 1:
            raise serializers.ValidationError(
                {"visits_per_month": "Give capacity or visits_per_month, not both."}
            )
        return super().validate(attrs)


class MovedSerializer(PositionSerializer):
    """A place of help that would be somewhere else."""

    place = serializers.UUIDField(help_text="Identifier of the resource.")


class WhatIfRequest(Closed):
    """A question and what is tried: at most 20 changes in all."""

    need = serializers.CharField(
        required=False, max_length=60, help_text="Code of level 1; without it, any need."
    )
    language = KnownField(
        list(SERVICE_LANGUAGES), required=False, default="", help_text="Without it, any."
    )
    basis = serializers.ChoiceField(
        CoverageBasis.choices, required=False, default=CoverageBasis.VERIFIED.value
    )
    add = serializers.ListSerializer(
        child=AddedSerializer(), required=False, max_length=MOST_CHANGES
    )
    remove = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=MOST_CHANGES,
        help_text="Identifiers of resources, or of whole services.",
    )
    move = serializers.ListSerializer(
        child=MovedSerializer(), required=False, max_length=MOST_CHANGES
    )

    def validate_need(self, code: str) -> str:
        """A code of level 1."""
        return read_tile(code)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Not too many changes, and one for each place."""
        tried = {name: attrs[name] for name in ("add", "remove", "move") if attrs.get(name)}
        if sum(len(changes) for changes in tried.values()) > MOST_CHANGES:
            raise serializers.ValidationError(
                dict.fromkeys(tried, f"At most {MOST_CHANGES} changes in all.")
            )
        places = [change["place"] for change in attrs.get("move", [])]
        if len(set(places)) < len(places):
            raise serializers.ValidationError({"move": "A place is moved once."})
        if set(places) & set(attrs.get("remove", [])):
            raise serializers.ValidationError(
                {"remove": "A place cannot be moved and taken away at once."}
            )
        return attrs


class FiguresSerializer(serializers.Serializer):
    """What an area has; shares are coarser than in a run, so that nobody can subtract them."""

    class_label = serializers.CharField()
    status = serializers.ChoiceField(CoverageStatus.choices)
    status_label = serializers.CharField()
    status_by_distance = serializers.ChoiceField(CoverageStatus.choices, allow_null=True)
    within = BandsSerializer(allow_null=True)
    second_within = BandsSerializer(allow_null=True)
    median_km = serializers.FloatField(allow_null=True)
    p90_km = serializers.FloatField(allow_null=True)
    no_road = serializers.ListField(child=serializers.CharField())
    spar = serializers.FloatField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """The fields, with `class`, which is no name for an attribute."""
        return {"class": serializers.ChoiceField(CoverageClass.choices)} | super().get_fields()


class AreaChangeSerializer(serializers.Serializer):
    """An area before and after."""

    level = serializers.ChoiceField([AreaLevel.PROVINCE.value, AreaLevel.REGION.value])
    code = serializers.CharField(allow_null=True, help_text="Null for the province.")
    name = serializers.CharField()
    changed = serializers.BooleanField()
    has_rates = serializers.BooleanField(
        help_text="At least 20 workers are known; else shares and distances are null."
    )
    newly = serializers.FloatField(
        allow_null=True, help_text="Share of the workers who come within the middle bound."
    )
    newly_count = serializers.IntegerField(
        allow_null=True, help_text="Rounded to 5; null where withheld: fewer than 10."
    )
    no_longer = serializers.FloatField(allow_null=True)
    no_longer_count = serializers.IntegerField(allow_null=True)
    before = FiguresSerializer()
    after = FiguresSerializer()


class GroundSerializer(serializers.Serializer):
    """Where an added place lies; null outside every outline."""

    region = serializers.CharField(allow_null=True)
    mrc = serializers.CharField(allow_null=True)
    municipality = serializers.CharField(allow_null=True)
    town = serializers.CharField(allow_null=True)


EXAMPLE = OpenApiExample(
    "A clinic in Gaspé",
    value={
        "need": "sante",
        "language": "es",
        "basis": "listed",
        "add": [{"lon": -64.48, "lat": 48.83, "visits_per_month": 4}],
    },
    request_only=True,
)


class WhatIf(PublicView):
    """A question that changes nothing."""

    http_method_names = ["post", "options"]

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        """Let pages of partners send JSON; keep no answer."""
        response = super().finalize_response(*args, **kwargs)
        response["Access-Control-Allow-Headers"] = "Content-Type"
        response["Access-Control-Allow-Methods"] = "POST, OPTIONS"
        response["Cache-Control"] = "no-store"
        return response

    @extend_schema(
        operation_id="tryCoverage",
        summary="What would change if help came, left or moved",
        description=(
            "The latest run is measured again, as it is and with the changes, by the same code. "
            "Nothing is stored. An added place answers the need, in any language, and counts as "
            "verified."
        ),
        parameters=[LANG],
        request={"application/json": WhatIfRequest},
        examples=[EXAMPLE],
        responses={
            200: inline_serializer(
                "WhatIfAnswer",
                {
                    "run": CoverageRunRefSerializer(),
                    "need": serializers.CharField(allow_null=True, help_text="Null: any."),
                    "language": serializers.CharField(allow_null=True, help_text="Null: any."),
                    "basis": serializers.ChoiceField(CoverageBasis.choices),
                    "bounds_km": serializers.ListField(child=serializers.FloatField()),
                    "added": GroundSerializer(many=True),
                    "areas": AreaChangeSerializer(many=True),
                },
            )
        }
        | PROBLEMS_OF_ONE
        | {(415, "application/problem+json"): ProblemSerializer},
    )
    def post(self, request: Request) -> Response:
        """Answer with every area before and after."""
        sent = WhatIfRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        run = published_run(None)
        # A mistake of the sender is told in one language.
        found = _tried(run, sent.validated_data)
        self.read(request)
        return Response(_told(run, found))


def _tried(run: CoverageRun, sent: dict[str, Any]) -> whatif.WhatIf:
    question = Question(sent.get("need", ""), sent["language"], sent["basis"])
    changes = whatif.Changes(
        added=tuple(
            proposals.Pin(
                each["lon"], each["lat"], each.get("capacity", 1.0), each.get("visits_per_month")
            )
            for each in sent.get("add", [])
        ),
        removed=frozenset(str(key) for key in sent.get("remove", [])),
        moved={str(each["place"]): (each["lon"], each["lat"]) for each in sent.get("move", [])},
    )
    try:
        return whatif.what_if(run, question, changes)
    except ImpossibleChange as error:
        # Positions were checked: an identifier is of nothing, and the message has it.
        named = {"remove": changes.removed, "move": changes.moved.keys()}
        wrong = [name for name, keys in named.items() if any(key in str(error) for key in keys)]
        raise serializers.ValidationError(dict.fromkeys(wrong or ["add"], str(error))) from error
    except NoDemand as error:
        raise exceptions.NotFound(str(error)) from error


def _told(run: CoverageRun, found: whatif.WhatIf) -> dict[str, Any]:
    question = found.question
    return {
        "run": run_ref_of(run),
        "need": question.need or None,
        "language": question.language or None,
        "basis": question.basis,
        "bounds_km": list(found.bounds_km),
        "added": [
            {
                name: getattr(ground, name) or None
                for name in ("region", "mrc", "municipality", "town")
            }
            for ground in found.grounds
        ],
        "areas": [_change_of(area) for area in found.areas],
    }


def _change_of(area: whatif.AreaChange) -> dict[str, Any]:
    return {
        "level": area.level,
        "code": area.code or None,
        "name": area.name or "Québec",
        "changed": area.changed,
        "has_rates": area.before.has_rates,
        "newly": area.newly,
        "newly_count": area.newly_count,
        "no_longer": area.no_longer,
        "no_longer_count": area.no_longer_count,
        "before": _figures_of(area.before),
        "after": _figures_of(area.after),
    }


def _figures_of(figures: whatif.Figures) -> dict[str, Any]:
    distances = {"median_km": figures.median_km, "p90_km": figures.p90_km}
    return {
        "class": figures.coverage_class,
        "class_label": str(CoverageClass(figures.coverage_class).label),
        "status": figures.status,
        "status_label": str(CoverageStatus(figures.status).label),
        "status_by_distance": figures.status_by_distance or None,
        "within": figures.within,
        "second_within": figures.second_within,
        **distances,
        "no_road": no_road(distances) if figures.has_rates else [],
        "spar": figures.spar,
    }
