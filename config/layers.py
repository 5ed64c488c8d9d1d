"""Layers that an operator adds to the base map, from a JSON file."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TYPES = ("raster", "pmtiles")
MEMBERS = ("type", "name", "url", "attribution")


def read_layers(file: str | None) -> list[dict[str, str]]:
    """The layers of `MAP_LAYERS_FILE`, checked; none without a file.

    Each is an object of texts: `type` (`raster` for tiles of images, whose `url` holds {z}, {x}
    and {y}, or `pmtiles` for one file of vector tiles), `name`, `url` and `attribution`.

    Raises:
        ImproperlyConfigured: the file is missing, is not such a list, or a member is.
    """
    if not file:
        return []
    try:
        layers = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"MAP_LAYERS_FILE cannot be read as JSON: {error}.") from error
    if not isinstance(layers, list):
        raise ImproperlyConfigured("MAP_LAYERS_FILE wants a list of layers.")
    for layer in layers:
        missing = [name for name in MEMBERS if not isinstance(layer, dict) or not layer.get(name)]
        if missing:
            raise ImproperlyConfigured(f"A layer of MAP_LAYERS_FILE lacks: {', '.join(missing)}.")
        if layer["type"] not in TYPES:
            raise ImproperlyConfigured(
                f"A layer of MAP_LAYERS_FILE has the type {layer['type']!r}: use raster or pmtiles."
            )
        if layer["type"] == "raster" and not all(part in layer["url"] for part in ("{z}", "{x}")):
            raise ImproperlyConfigured("The url of a raster layer wants {z}, {x} and {y}.")
    return layers


def hosts_of(layers: list[dict[str, str]], kind: str) -> list[str]:
    """The origins that layers of one type are fetched from, for the content security policy."""
    origins = []
    for layer in layers:
        parts = urlsplit(layer["url"])
        if layer["type"] == kind and parts.netloc:
            # Leaflet writes {s} for the names of a family of servers.
            origins.append(f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}")
    return sorted(set(origins))
