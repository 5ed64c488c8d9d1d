"""What the schema generator cannot know by itself."""

from typing import Any


def nullable_geometry(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Say that the geometry of a resource may be null; DRF-GIS's extension takes it from the field.

    A hook of drf-spectacular: takes and returns the whole document.
    """
    for name in ("ResourceFeature", "PinFeature"):
        geometry = result["components"]["schemas"][name]["properties"]["geometry"]
        geometry["type"] = ["object", "null"]
    return result
