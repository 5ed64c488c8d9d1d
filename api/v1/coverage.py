"""Where help is missing: `/coverage/`. Stored runs, read and never computed again here."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.params import DayField, KnownField, Params, read_region
from api.v1 import coverage_bodies as bodies
from api.v1.views import (
    GEO_JSON,
    LANG,
    PROBLEMS,
    PROBLEMS_OF_ONE,
    GeoView,
    PublicView,
    collection_of,
    constant,
    query_parameter,
)
from geo.choices import SERVICE_LANGUAGES, AreaLevel, CoverageBasis
from geo.coverage import reading
from geo.coverage.drawing import shapes
from geo.coverage.exports import Asked
from geo.coverage.legend import MEASURES
from geo.coverage.runs import code_version, latest
from geo.models import AdminArea, CoverageCell, CoverageRun, NeedTerm

# A run never changes: an hour is for the next one to be seen.
CACHE_CONTROL = "public, max-age=3600"

NO_RUN = "No run of coverage has been published yet: run manage.py compute_coverage."

# Days that a problem names; /coverage/runs/ has them all.
MOST_DAYS = 20

LEVELS = [AreaLevel.REGION.value, AreaLevel.MRC.value]


def read_tile(code: str) -> str:
    """A code of level 1.

    Raises:
        ValidationError: there is no such need.
    """
    if not NeedTerm.objects.filter(parent=None, code=code).exists():
        raise serializers.ValidationError(
            "Unknown need. Expected a code of level 1; /api/v1/needs/ lists them."
        )
    return code


class RunParams(Params):
    """Which run, and in which language it is told."""

    as_of = DayField(required=False)


class RegionCoverageParams(RunParams):
    """What `/coverage/{region}/` can be asked."""

    language = KnownField(list(SERVICE_LANGUAGES), required=False, default="")
    basis = KnownField(CoverageBasis.values, required=False, default=CoverageBasis.VERIFIED.value)


class CoverageParams(RegionCoverageParams):
    """What `/coverage/` and its files can be asked."""

    need = serializers.CharField(required=False, max_length=60)
    level = KnownField(LEVELS, required=False, default=AreaLevel.REGION.value)
    region = serializers.CharField(required=False, max_length=8)

    def validate_need(self, code: str) -> str:
        """A code of level 1."""
        return read_tile(code)

    def validate_region(self, code: str) -> AdminArea:
        """Code to region."""
        return read_region(code)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A region narrows MRC only."""
        if "region" in attrs and attrs["level"] != AreaLevel.MRC:
            raise serializers.ValidationError(
                {"region": "Goes with level=mrc; /api/v1/coverage/{region}/ tells of one region."}
            )
        return attrs


class AreaParams(RegionCoverageParams):
    """What `/coverage/areas/` can be asked."""

    measure = KnownField(list(MEASURES), required=False, default="class")
    need = serializers.CharField(required=False, max_length=60)
    level = KnownField(LEVELS, required=False, default=AreaLevel.REGION.value)

    def validate_need(self, code: str) -> str:
        """A code of level 1."""
        return read_tile(code)


class CompareParams(Params):
    """What `/coverage/compare/` can be asked."""

    to = DayField()
    language = KnownField(list(SERVICE_LANGUAGES), required=False, default="")
    basis = KnownField(CoverageBasis.values, required=False, default=CoverageBasis.VERIFIED.value)

    def get_fields(self) -> dict[str, serializers.Field]:
        """The fields, with `from`, which is no name for an attribute."""
        return super().get_fields() | {"from": DayField()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Days in their order."""
        if attrs["to"] <= attrs["from"]:
            raise serializers.ValidationError({"to": "Expected a day after that of `from`."})
        return attrs


AS_OF = query_parameter(
    "as_of",
    "The day of a run, exactly; the latest one if not given. /api/v1/coverage/runs/ lists them.",
    {"type": "string", "format": "date"},
)
NEED = query_parameter("need", "Code of a need of level 1; without it, each of them and any need.")
NEED_OF_MAP = query_parameter("need", "Code of a need of level 1; without it, any need.")
LANGUAGE = query_parameter(
    "language",
    "Language of the service; without it, any. MRC are measured in `es` only.",
    enum=list(SERVICE_LANGUAGES),
)
BASIS = query_parameter(
    "basis",
    "Which services count for status and figures: those verified in time, or all that are listed, "
    "as if they were confirmed. Both classes are always there.",
    enum=CoverageBasis.values,
    default=CoverageBasis.VERIFIED.value,
)
LEVEL = query_parameter("level", "Which areas.", enum=LEVELS, default=AreaLevel.REGION.value)
REGION_OF_MRC = query_parameter(
    "region",
    "With level=mrc: those of one region.",
    {"type": "string", "pattern": "^(0[1-9]|1[0-7])$"},
)
MEASURE = query_parameter("measure", "What the map shows.", enum=list(MEASURES), default="class")
CELLS = [NEED, LANGUAGE, BASIS, LEVEL, REGION_OF_MRC, AS_OF, LANG]


def published_run(day: date | None) -> CoverageRun:
    """The run of a day exactly, else the latest one.

    Raises:
        NotFound: there is none; says which days have one.
    """
    run = latest(day)
    if run is not None:
        return run
    days = CoverageRun.objects.published().values_list("as_of", flat=True)
    known = list(dict.fromkeys(each.isoformat() for each in days))
    if not known:
        raise exceptions.NotFound(NO_RUN)
    more = ", …" if len(known) > MOST_DAYS else ""
    raise exceptions.NotFound(
        f"No run of coverage was published for {day}. There are runs for: "
        f"{', '.join(known[:MOST_DAYS])}{more}."
    )


def etag_of(request: Request, *runs: CoverageRun) -> str:
    """A strong tag: runs never change, so what they say depends on the question only."""
    parts = [
        *(str(run.pk) for run in runs),
        request.path,
        str(sorted(request.query_params.items())),
        request.accepted_renderer.media_type,
        # Another version may say the same in other words.
        code_version(),
    ]
    return f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]}"'


def unmeasured(run: CoverageRun, language: str, level: str) -> serializers.ValidationError:
    """The error of a language that a run did not measure: says which ones it did."""
    known = ", ".join(reading.languages(run, level))
    return serializers.ValidationError(
        {
            "language": f"The run of {run.as_of} did not measure {language} at the level {level}. "
            f"Expected one of: {known}; or leave it out."
        }
    )


def tagged(request: Request, runs: list[CoverageRun], body: Callable[[], Any]) -> HttpResponse:
    """The answer, kept for an hour; 304 where the reader has it already, without reading a run."""
    tag = etag_of(request, *runs)
    known = get_conditional_response(request._request, etag=tag)
    response: HttpResponse = Response(body()) if known is None else known
    response["ETag"] = tag
    response["Cache-Control"] = CACHE_CONTROL
    return response


class CoverageMatrix(PublicView):
    """Areas by needs."""

    params = CoverageParams

    @extend_schema(
        operation_id="getCoverage",
        summary="Where help is missing: areas by needs",
        description=(
            "A stored run: what was found for one day. `class` is the honest answer, which counts "
            "only what was verified in time; `class_if_confirmed` is what it would be if "
            "everything that is listed were confirmed, and is not known to be true.\n\n"
            "Numbers of workers are rounded to 5, or withheld; where fewer than 20 are known there "
            "is no rate. Null is not known, and never zero."
        ),
        parameters=CELLS,
        responses={
            200: inline_serializer(
                "CoverageMatrix",
                {
                    "run": bodies.CoverageRunSerializer(),
                    "level": serializers.ChoiceField(LEVELS),
                    "language": serializers.CharField(allow_null=True, help_text="Null: any."),
                    "basis": serializers.ChoiceField(CoverageBasis.choices),
                    "needs": bodies.CoverageNeedSerializer(many=True),
                    "rows": bodies.CoverageRowSerializer(many=True),
                },
            )
        }
        | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer with the matrix."""
        asked = self.read(request)
        run = published_run(asked.get("as_of"))
        return tagged(request, [run], lambda: self.body(request, run, asked))

    def body(self, request: Request, run: CoverageRun, asked: dict[str, Any]) -> dict[str, Any]:
        """Rows and needs."""
        question = question_of(asked)
        matrix = reading.matrix(
            run, language=question.language, level=question.level, region=question.region
        )
        if not matrix.rows:
            raise unmeasured(run, question.language, question.level)
        needs = [term for term in matrix.needs if question.need in ("", term.code)]
        return {
            "run": bodies.run_of(run, request),
            "level": question.level,
            "language": question.language or None,
            "basis": question.basis,
            "needs": [bodies.need_ref_of(term, asked["lang"]) for term in needs],
            "rows": [
                bodies.row_of(row, question.basis, question.need or None) for row in matrix.rows
            ],
        }


def question_of(asked: dict[str, Any]) -> Asked:
    """The parameters of `CoverageParams` as the domain knows them."""
    return Asked(
        level=asked["level"],
        region=asked["region"].code if "region" in asked else "",
        need=asked.get("need", ""),
        language=asked["language"],
        basis=asked["basis"],
    )


class RegionCoverage(PublicView):
    """A region with its explanations."""

    params = RegionCoverageParams

    @extend_schema(
        operation_id="getRegionCoverage",
        summary="One region: each need with the services behind the answer",
        description=(
            "The first explanation is that of any need. `outside` names the nearest five places "
            "beyond the region. MRC are measured in any language and in `es`; `mrc` is null for "
            "another language."
        ),
        parameters=[
            OpenApiParameter(
                "code", {"type": "string", "pattern": "^(0[1-9]|1[0-7])$"}, OpenApiParameter.PATH
            ),
            LANGUAGE,
            BASIS,
            AS_OF,
            LANG,
        ],
        responses={
            200: inline_serializer(
                "RegionCoverage",
                {
                    "run": bodies.CoverageRunSerializer(),
                    "area": bodies.CoveredAreaSerializer(),
                    "demand": bodies.CoverageDemandSerializer(),
                    "language": serializers.CharField(allow_null=True, help_text="Null: any."),
                    "basis": serializers.ChoiceField(CoverageBasis.choices),
                    "needs": bodies.CoverageNeedSerializer(many=True),
                    "explanations": bodies.ExplanationSerializer(many=True),
                    "mrc": bodies.CoverageRowSerializer(many=True, allow_null=True),
                },
            )
        }
        | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """Answer with the region."""
        asked = self.read(request)
        run = published_run(asked.get("as_of"))
        region = AdminArea.objects.regions().filter(code=code).defer("outline").first()
        if region is None:
            raise exceptions.NotFound("Unknown region. Expected a code from 01 to 17.")
        return tagged(request, [run], lambda: self.body(request, run, region, asked))

    def body(
        self, request: Request, run: CoverageRun, region: AdminArea, asked: dict[str, Any]
    ) -> dict[str, Any]:
        """Explanations and rows of MRC."""
        language, basis = asked["language"], asked["basis"]
        towns = reading.matrix(run, language=language, level=AreaLevel.MRC, region=region.code)
        try:
            explained = reading.explain_all(run, region, [None, *towns.needs], language)
        except CoverageCell.DoesNotExist as error:
            raise unmeasured(run, language, AreaLevel.REGION) from error
        seen = explained[0].seen
        context = self.context(request, asked)
        return {
            "run": bodies.run_of(run, request),
            "area": bodies.area_of(region, seen),
            "demand": bodies.demand_of(seen),
            "language": language or None,
            "basis": basis,
            "needs": [bodies.need_ref_of(term, asked["lang"]) for term in towns.needs],
            "explanations": [bodies.explanation_of(each, basis, context) for each in explained],
            "mrc": [bodies.row_of(row, basis) for row in towns.rows] or None,
        }


class CoverageAreas(GeoView):
    """What a map draws."""

    params = AreaParams

    @extend_schema(
        operation_id="listCoverageAreas",
        summary="Areas with their outlines, their values and the legend of a map",
        description=(
            "An area without an outline (most MRC) is the point of its `middle` municipality. "
            "`key` names the entry of the legend. A distance that no road gives is null, with "
            "`is_unreachable`; any other null is not known."
        ),
        parameters=[MEASURE, NEED_OF_MAP, LANGUAGE, BASIS, LEVEL, AS_OF, LANG],
        responses={
            (200, GEO_JSON): collection_of(
                "CoverageArea",
                inline_serializer(
                    "CoverageAreaFeature",
                    {
                        "id": serializers.CharField(),
                        "type": constant("Feature"),
                        "geometry": bodies.ShapeField(allow_null=True),
                        "properties": bodies.PaintedSerializer(),
                    },
                    many=True,
                ),
                paged=False,
                run=bodies.CoverageRunSerializer(),
                measure=bodies.MeasureSerializer(),
                legend=bodies.LegendEntrySerializer(many=True),
                bounds_km=serializers.ListField(child=serializers.FloatField()),
                need=serializers.CharField(allow_null=True, help_text="Null: any need."),
                language=serializers.CharField(allow_null=True, help_text="Null: any."),
                basis=serializers.ChoiceField(CoverageBasis.choices),
            )
        }
        | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer with a FeatureCollection."""
        asked = self.read(request)
        run = published_run(asked.get("as_of"))
        return tagged(request, [run], lambda: self.body(request, run, asked))

    def body(self, request: Request, run: CoverageRun, asked: dict[str, Any]) -> dict[str, Any]:
        """Features and legend."""
        painting = reading.paint(
            run,
            asked["measure"],
            need=asked.get("need", ""),
            language=asked["language"],
            basis=asked["basis"],
            level=asked["level"],
        )
        if not painting.areas:
            raise unmeasured(run, asked["language"], asked["level"])
        drawn = shapes(run, asked["level"])
        return {
            "type": "FeatureCollection",
            "numberMatched": len(painting.areas),
            "numberReturned": len(painting.areas),
            "features": [
                bodies.feature_of(painted, drawn.get(painted.area.pk), asked["basis"])
                for painted in painting.areas
            ],
            "run": bodies.run_of(run, request),
            "measure": bodies.measure_of(painting.measure),
            "legend": [bodies.entry_of(entry) for entry in painting.entries],
            "bounds_km": painting.areas[0].pair.honest.measures["bounds_km"],
            "need": asked.get("need"),
            "language": asked["language"] or None,
            "basis": asked["basis"],
        }


class CoverageRuns(PublicView):
    """Runs."""

    @extend_schema(
        operation_id="listCoverageRuns",
        summary="The published runs, the latest day first",
        description="Where a day has several, `as_of` finds the first of them.",
        parameters=[LANG],
        responses={
            200: inline_serializer(
                "CoverageRunList", {"runs": bodies.CoverageRunRefSerializer(many=True)}
            )
        }
        | PROBLEMS,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer with the list."""
        self.read(request)
        runs = list(CoverageRun.objects.published())
        return tagged(request, runs, lambda: {"runs": [bodies.run_ref_of(run) for run in runs]})


class CoverageComparison(PublicView):
    """Two runs."""

    params = CompareParams

    @extend_schema(
        operation_id="compareCoverage",
        summary="What changed in the regions between two days",
        description="Cells whose class differs, or the services in the region or coming to it.",
        parameters=[
            query_parameter(
                "from",
                "The day of the earlier run.",
                {"type": "string", "format": "date"},
                required=True,
            ),
            query_parameter(
                "to",
                "The day of the later run.",
                {"type": "string", "format": "date"},
                required=True,
            ),
            LANGUAGE,
            BASIS,
            LANG,
        ],
        responses={
            200: inline_serializer(
                "CoverageComparison",
                {
                    "from": bodies.CoverageRunRefSerializer(),
                    "to": bodies.CoverageRunRefSerializer(),
                    "language": serializers.CharField(allow_null=True, help_text="Null: any."),
                    "basis": serializers.ChoiceField(CoverageBasis.choices),
                    "changes": bodies.ChangeSerializer(many=True),
                },
            )
        }
        | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer with the changes."""
        asked = self.read(request)
        earlier, later = published_run(asked["from"]), published_run(asked["to"])
        return tagged(request, [earlier, later], lambda: self.body(request, earlier, later, asked))

    def body(
        self, request: Request, earlier: CoverageRun, later: CoverageRun, asked: dict[str, Any]
    ) -> dict[str, Any]:
        """The two runs and the changes."""
        context, language = self.context(request, asked), asked["language"]
        for run in (earlier, later):
            if language and language not in reading.languages(run):
                raise unmeasured(run, language, AreaLevel.PROVINCE)
        changes = reading.compare(earlier, later, basis=asked["basis"], language=language)
        return {
            "from": bodies.run_ref_of(earlier),
            "to": bodies.run_ref_of(later),
            "language": language or None,
            "basis": asked["basis"],
            "changes": [bodies.change_of(change, context) for change in changes],
        }
