"""The documentation of the API for people, written from its schema."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

# The reader is a programmer: the schema and this page are in English.
EXAMPLES = {
    "/api/v1/resources/": "?lat=48.83&lon=-64.48&radius_km=100&need=sante&lang=es",
    "/api/v1/stops/": "?region=11&lang=es",
    "/api/v1/tours/": "?lang=en",
    "/api/v1/alerts/": "?region=11&lang=en",
    "/api/v1/organizations/": "?kind=consulate&lang=en",
    "/api/v1/coverage/": "?need=sante&language=es&lang=en",
    "/api/v1/coverage/areas/": "?measure=middle&need=sante&basis=listed&lang=en",
    "/api/v1/coverage/runs/": "?lang=en",
    "/api/v1/coverage/who-does-what/": "?region=11&need=sante&lang=en",
    "/api/v1/coverage/who-does-what.csv": "?region=11&lang=en",
    "/api/v1/coverage/who-does-what.xlsx": "?lang=en",
    "/api/v1/coverage/unmet/": "?lang=en",
    "/api/v1/coverage/export.csv": "?level=mrc&region=11&lang=en",
    "/api/v1/coverage/export.xlsx": "?lang=en",
    "/api/v1/coverage/export.geojson": "?need=sante&lang=en",
    "/api/v1/coverage/export.gpkg": "?need=sante&lang=en",
    "/api/v1/places/": "?q=gaspe",
    "/api/v1/needs/": "?lang=en",
    "/api/v1/regions/": "?lang=en",
}


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"] if value is not None)
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[-1]
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return " | ".join(_type(part) for part in schema[several])
    kind = schema.get("type", "")
    if isinstance(kind, list):
        kind = " | ".join(kind)
    if kind == "array":
        return f"list of {_type(schema.get('items', {})) or 'values'}"
    return schema.get("format", kind)


def _body(operation: dict[str, Any]) -> dict[str, str] | None:
    """What is sent: its type, and an example as it is written."""
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if sent is None:
        return None
    example = next(iter(sent["examples"].values()))["value"]
    return {"type": _type(sent["schema"]), "example": json.dumps(example, indent=2)}


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The operations of an OpenAPI document as the page shows them, in their order."""
    return [
        {
            "id": operation["operationId"],
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "paragraphs": operation.get("description", "").split("\n\n"),
            "example": path + EXAMPLES[path] if path in EXAMPLES else "",
            "wants_key": bool(operation.get("security")),
            "body": _body(operation),
            "parameters": [
                parameter
                | {
                    "type": _type(parameter["schema"]),
                    "default": parameter["schema"].get("default", ""),
                    "pattern": parameter["schema"].get("pattern", ""),
                }
                for parameter in operation.get("parameters", [])
            ],
            "responses": [
                {"status": status, "media": media, "type": _type(content.get("schema", {}))}
                for status, answer in operation["responses"].items()
                for media, content in answer.get("content", {}).items()
            ],
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def schemas(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects that answers are made of, by name, with their members."""
    return [
        {
            "name": name,
            "description": part.get("description", ""),
            "members": [
                {
                    "name": member,
                    "type": _type(described),
                    "description": described.get("description", ""),
                }
                for member, described in part.get("properties", {}).items()
            ],
        }
        for name, part in schema["components"]["schemas"].items()
        if part.get("properties")
    ]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The page `/api/docs/`: no script, nothing from elsewhere."""
    with override("en"):
        document = SchemaGenerator().get_schema(request=None, public=True)
        return render(
            request,
            "api/docs.html",
            {
                "info": document["info"],
                "operations": operations(document),
                "schemas": schemas(document),
            },
        )
