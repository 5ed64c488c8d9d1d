"""Media types."""

from typing import Any

from rest_framework.renderers import JSONRenderer


class GeoJSONRenderer(JSONRenderer):
    """RFC 7946."""

    media_type = "application/geo+json"
    format = "geojson"


class FileRenderer(JSONRenderer):
    """A file that the domain has written; a problem stays JSON."""

    charset: str | None = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        """The bytes as they are."""
        return data if isinstance(data, bytes) else super().render(data, *args, **kwargs)


class CsvRenderer(FileRenderer):
    """RFC 4180."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"


class XlsxRenderer(FileRenderer):
    """Office Open XML."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"


class GeoJSONFileRenderer(FileRenderer):
    """RFC 7946, as a file."""

    media_type = "application/geo+json"
    format = "geojson"


class GeoPackageRenderer(FileRenderer):
    """OGC GeoPackage."""

    media_type = "application/geopackage+sqlite3"
    format = "gpkg"
