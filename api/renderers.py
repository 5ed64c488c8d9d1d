"""Media types."""

from rest_framework.renderers import JSONRenderer


class GeoJSONRenderer(JSONRenderer):
    """RFC 7946."""

    media_type = "application/geo+json"
    format = "geojson"
