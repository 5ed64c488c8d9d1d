"""Who does what where: `/coverage/who-does-what/` and its files."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request

from api.params import read_region
from api.renderers import CsvRenderer, XlsxRenderer
from api.v1.coverage import AS_OF, RunParams, published_run, read_tile, tagged
from api.v1.coverage_bodies import CoverageRunRefSerializer, run_ref_of
from api.v1.coverage_exports import FileView
from api.v1.views import LANG, PROBLEMS_OF_ONE, REGION, PublicView, query_parameter
from geo.choices import OrganizationKind
from geo.coverage import method, presence, tables
from geo.coverage.presence import Presence, Row
from geo.coverage.tables import Table
from geo.models import AdminArea, CoverageRun, Project

# Humanitarian tools know the way in which somebody is present as `class`.
COLUMNS = {field.name: "class" if field.name == "presence" else field.name for field in fields(Row)}


class PresenceParams(RunParams):
    """What `/coverage/who-does-what/` can be asked."""

    need = serializers.CharField(required=False, max_length=60)
    region = serializers.CharField(required=False, max_length=8)

    def validate_need(self, code: str) -> str:
        """A code of level 1."""
        return read_tile(code)

    def validate_region(self, code: str) -> AdminArea:
        """Code to region."""
        return read_region(code)


class PresenceRowSerializer(serializers.Serializer):
    """A service of an organization for a need in an area; null is not known, or not of one area."""

    org_id = serializers.UUIDField()
    org_name = serializers.CharField()
    org_kind = serializers.ChoiceField(OrganizationKind.choices)
    service_id = serializers.UUIDField()
    service_name = serializers.CharField()
    need_code = serializers.CharField(allow_null=True)
    need_name = serializers.CharField(allow_null=True)
    adm1_code = serializers.CharField(allow_null=True, help_text="Region.")
    adm1_name = serializers.CharField(allow_null=True)
    adm2_code = serializers.CharField(allow_null=True, help_text="MRC.")
    adm2_name = serializers.CharField(allow_null=True)
    delivery_mode = serializers.CharField(allow_null=True, help_text="Codes, by spaces.")
    period_start = serializers.CharField(allow_null=True, help_text="A year, a month or a day.")
    period_end = serializers.CharField(allow_null=True)
    verified_on = serializers.DateField(allow_null=True)
    is_verified = serializers.BooleanField()
    project_id = serializers.CharField(allow_null=True, help_text="Codes, by spaces.")

    def get_fields(self) -> dict[str, serializers.Field]:
        """The fields, with `class`, which is no name for an attribute."""
        return super().get_fields() | {"class": serializers.ChoiceField(Presence.choices)}


class CountSerializer(serializers.Serializer):
    """Each organization once and each service once, however many rows they have."""

    organizations = serializers.IntegerField()
    services = serializers.IntegerField()
    verified = serializers.IntegerField(help_text="Services verified in time.")


NEED = query_parameter("need", "Code of a need of level 1.")
PARAMETERS = [REGION, NEED, AS_OF, LANG]

A_ROW = (
    "A row is a presence and not a quantity: never add rows up, `counted` says how many different "
    "organizations and services there are. With `region`, what serves the whole province comes "
    "after what is there."
)


def found_rows(run: CoverageRun, asked: Mapping[str, Any]) -> list[Row]:
    """The rows that were asked for."""
    rows = presence.presence(run, asked["lang"])
    if "region" in asked:
        wide = [row for row in rows if row.presence == Presence.PROVINCE_WIDE]
        rows = presence.of_region(rows, asked["region"].code) + wide
    return presence.of_need(rows, asked["need"]) if "need" in asked else rows


def projects_now() -> str:
    """The projects of services, which no run keeps: an answer changes with them."""
    links = Project.objects.filter(services__isnull=False).order_by("code", "services")
    return str(list(links.values_list("code", "starts_on", "ends_on", "services")))


class WhoDoesWhat(PublicView):
    """Presences as JSON."""

    params = PresenceParams

    @extend_schema(
        operation_id="listPresences",
        summary="Who does what where (3W), as a run saw it",
        description=A_ROW,
        parameters=PARAMETERS,
        responses={
            200: inline_serializer(
                "PresenceList",
                {
                    "run": CoverageRunRefSerializer(),
                    "counted": CountSerializer(),
                    "rows": PresenceRowSerializer(many=True),
                },
            )
        }
        | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer with the rows."""
        asked = self.read(request)
        run = published_run(asked.get("as_of"))
        return tagged(request, [run], lambda: self.body(run, asked), projects_now())

    def body(self, run: CoverageRun, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The run and the rows."""
        rows = found_rows(run, asked)
        return {
            "run": run_ref_of(run),
            "counted": asdict(presence.counted(rows)),
            "rows": [row_of(row) for row in rows],
        }


def row_of(row: Row) -> dict[str, Any]:
    """A row as `PresenceRowSerializer` describes it."""
    return {told: _known(getattr(row, name)) for name, told in COLUMNS.items()}


def _known(value: Any) -> Any:
    return None if value == "" else value


class PresenceFile(FileView):
    """Presences as a file."""

    params = PresenceParams
    write: Callable[[Table], bytes]

    def beside(self) -> str:
        """What the file depends on beside the run."""
        return projects_now()

    def name(self, run: CoverageRun, asked: Mapping[str, Any]) -> str:
        """Of the file."""
        return f"repere-who-does-what-{run.as_of}"

    def written(self, run: CoverageRun, asked: Mapping[str, Any]) -> bytes:
        """The bytes."""
        rows = [list(row_of(row).values()) for row in found_rows(run, asked)]
        return self.write(Table(list(COLUMNS.values()), rows, method.notes(run), method.about(run)))


class PresenceCsv(PresenceFile):
    """Comma-separated values."""

    renderer_classes = [CsvRenderer]
    write = staticmethod(tables.to_csv)

    @extend_schema(
        operation_id="exportPresencesCsv",
        summary="Who does what where as CSV",
        description=f"{A_ROW}\n\nThe last columns say the same in each row: day, run, method.",
        parameters=PARAMETERS,
        responses={(200, CsvRenderer.media_type): OpenApiTypes.STR} | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer with the file."""
        return self.answer(request)


class PresenceXlsx(PresenceFile):
    """A workbook."""

    renderer_classes = [XlsxRenderer]
    write = staticmethod(tables.to_xlsx)

    @extend_schema(
        operation_id="exportPresencesXlsx",
        summary="Who does what where as a workbook with the sheets `data` and `method`",
        description=A_ROW,
        parameters=PARAMETERS,
        responses={(200, XlsxRenderer.media_type): OpenApiTypes.BINARY} | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer with the file."""
        return self.answer(request)
