"""Coverage as files: `/coverage/export.csv`, `.xlsx`, `.geojson`, `.gpkg`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api.renderers import (
    CsvRenderer,
    GeoJSONFileRenderer,
    GeoPackageRenderer,
    XlsxRenderer,
)
from api.v1.coverage import CELLS, CoverageParams, published_run, question_of, tagged, unmeasured
from api.v1.views import PROBLEMS_OF_ONE, PublicView
from geo.coverage import exports
from geo.models import CoverageRun

EVERY_FILE = (
    "One row for each area and need, with the same question as `/coverage/`. The method, the day, "
    "the parameters, the sources and what the figures do not tell are inside, in `lang`. Empty is "
    "not known, and never zero; `no_road` names the distances that are infinite."
)


class FileView(PublicView, ABC):
    """A file about a run."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple:
        """The address says the format: whatever a reader accepts, this is what is there."""
        (renderer,) = self.get_renderers()
        return renderer, renderer.media_type

    def answer(self, request: Request) -> HttpResponse:
        """The file of what was asked."""
        asked = self.read(request)
        run = published_run(asked.get("as_of"))
        response = tagged(request, [run], lambda: self.written(run, asked), self.beside())
        if response.status_code == HTTPStatus.OK:
            name = f"{self.name(run, asked)}.{request.accepted_renderer.format}"
            response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def beside(self) -> str:
        """What the file depends on beside the run."""
        return ""

    @abstractmethod
    def name(self, run: CoverageRun, asked: Mapping[str, Any]) -> str:
        """Of the file, without its suffix."""

    @abstractmethod
    def written(self, run: CoverageRun, asked: Mapping[str, Any]) -> bytes:
        """The bytes."""


class CoverageFile(FileView):
    """The cells of a run as a file."""

    params = CoverageParams
    write: Callable[[exports.Export], bytes]

    def name(self, run: CoverageRun, asked: Mapping[str, Any]) -> str:
        """Of the file, without its suffix."""
        return f"repere-coverage-{asked['level']}-{run.as_of}"

    def written(self, run: CoverageRun, asked: Mapping[str, Any]) -> bytes:
        """The bytes."""
        question = question_of(asked)
        found = exports.export(run, question)
        if not found.records:
            raise unmeasured(run, question.language, question.level)
        return self.write(found)


class CoverageCsv(CoverageFile):
    """Comma-separated values."""

    renderer_classes = [CsvRenderer]
    write = staticmethod(exports.to_csv)

    @extend_schema(
        operation_id="exportCoverageCsv",
        summary="Coverage as CSV",
        description=(
            f"{EVERY_FILE}\n\nUTF-8 with a byte order mark. The last columns say the same in "
            "each row: day, run, parameters, sources, caveats, method. A text that a spreadsheet "
            "would run as a formula begins with an apostrophe."
        ),
        parameters=CELLS,
        responses={(200, CsvRenderer.media_type): OpenApiTypes.STR} | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer with the file."""
        return self.answer(request)


class CoverageXlsx(CoverageFile):
    """A workbook."""

    renderer_classes = [XlsxRenderer]
    write = staticmethod(exports.to_xlsx)

    @extend_schema(
        operation_id="exportCoverageXlsx",
        summary="Coverage as a workbook with the sheets `data` and `method`",
        description=EVERY_FILE,
        parameters=CELLS,
        responses={(200, XlsxRenderer.media_type): OpenApiTypes.BINARY} | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer with the file."""
        return self.answer(request)


class CoverageGeoJson(CoverageFile):
    """GeoJSON."""

    renderer_classes = [GeoJSONFileRenderer]
    write = staticmethod(exports.to_geojson)

    @extend_schema(
        operation_id="exportCoverageGeoJson",
        summary="Coverage as GeoJSON, flat, for a GIS",
        description=f"{EVERY_FILE}\n\n`/coverage/areas/` is smaller and has the legend of a map.",
        parameters=CELLS,
        responses={(200, GeoJSONFileRenderer.media_type): OpenApiTypes.OBJECT} | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer with the file."""
        return self.answer(request)


class CoverageGpkg(CoverageFile):
    """GeoPackage."""

    renderer_classes = [GeoPackageRenderer]
    write = staticmethod(exports.to_gpkg)

    @extend_schema(
        operation_id="exportCoverageGpkg",
        summary="Coverage as a GeoPackage with the layer `coverage` and the table `method`",
        description=EVERY_FILE,
        parameters=CELLS,
        responses={(200, GeoPackageRenderer.media_type): OpenApiTypes.BINARY} | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer with the file."""
        return self.answer(request)
