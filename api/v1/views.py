"""The addresses of the public API. Views read parameters, ask a queryset, and render."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.utils import translation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.params import (
    DEFAULT_LIMIT,
    DEFAULT_RADIUS_KM,
    MAX_LIMIT,
    MAX_OFFSET,
    MAX_RADIUS_KM,
    MAX_TEXT,
    MODE_ALIASES,
    NeedParams,
    OrganizationParams,
    Params,
    PlaceParams,
    ResourceParams,
)
from api.renderers import GeoJSONRenderer
from api.v1.serializers import (
    NeedSerializer,
    OrganizationSerializer,
    PinFeatureSerializer,
    PlacePropertiesSerializer,
    PointField,
    RegionDetailSerializer,
    RegionFeatureSerializer,
    ResourceFeatureSerializer,
)
from api.v1.understood import Heard, UnderstoodSerializer, ranked, told_place
from geo.choices import SERVICE_LANGUAGES, DeliveryMode, OrganizationKind
from geo.models import AdminArea, NeedTerm, Organization, Resource
from geo.places import find_places
from geo.translation import LANGUAGES

GEO_JSON = "application/geo+json"


class ProblemSerializer(serializers.Serializer):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = inline_serializer(
        "ProblemError",
        {"parameter": serializers.CharField(), "detail": serializers.CharField()},
        many=True,
        required=False,
    )


class LinkSerializer(serializers.Serializer):
    """RFC 8288, as OGC API writes it."""

    href = serializers.URLField()
    rel = serializers.ChoiceField(["self", "next", "prev"])
    type = serializers.CharField()


def constant(value: str) -> serializers.Field:
    """A member that always has one value, for the schema."""

    @extend_schema_field({"type": "string", "const": value})
    class Constant(serializers.CharField):
        pass

    return Constant()


def collection_of(
    name: str, feature: serializers.Serializer, *, paged: bool = True, **more: serializers.Field
):
    """A FeatureCollection of some feature, for the schema."""
    fields: dict[str, serializers.Field] = {
        "type": constant("FeatureCollection"),
        "numberMatched": serializers.IntegerField(),
        "numberReturned": serializers.IntegerField(),
        "features": feature,
    }
    if paged:
        fields["links"] = LinkSerializer(many=True)
    return inline_serializer(f"{name}Collection", fields | more)


PROBLEMS = {
    (400, "application/problem+json"): ProblemSerializer,
}
PROBLEMS_OF_ONE = PROBLEMS | {(404, "application/problem+json"): ProblemSerializer}


def query_parameter(
    name: str, description: str, kind: Any = OpenApiTypes.STR, **extra: Any
) -> OpenApiParameter:
    """One parameter of an address, for the schema."""
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=description, **extra)


LANG = query_parameter("lang", "Language of the content.", enum=list(LANGUAGES), default="fr")
LIMIT = query_parameter(
    "limit",
    "How many at the most.",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
)
OFFSET = query_parameter(
    "offset",
    "How many to pass over.",
    {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
)
REGION = query_parameter(
    "region",
    "Code of an administrative region.",
    {"type": "string", "pattern": "^(0[1-9]|1[0-7])$"},
)
KIND = query_parameter("kind", "Kind of organization.", enum=OrganizationKind.values)


class PublicView(APIView):
    """An address that knows nobody and reads only."""

    http_method_names = ["get", "head", "options"]
    params: type[Params] = Params

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say what is wrong with a request in one language, whatever the browser speaks."""
        translation.activate("en")
        super().initial(request, *args, **kwargs)

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        """Let pages of partners read the answer: it is public and depends on no cookie."""
        response = super().finalize_response(*args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    def read(self, request: Request) -> dict[str, Any]:
        """The typed parameters; labels of this answer then are in the language asked for."""
        asked = self.params.read(request)
        translation.activate(asked["lang"])
        return asked

    def context(self, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
        """What serializers need to know."""
        return {"request": request, "lang": asked["lang"]}


class GeoView(PublicView):
    """An address that returns GeoJSON."""

    # Those who ask for plain JSON get the same text under that name.
    renderer_classes = [GeoJSONRenderer, JSONRenderer]


def page_links(
    request: Request, matched: int, asked: dict[str, Any], media_type: str
) -> list[dict]:
    """Links to this page of an answer, to the next and to the one before."""

    def link(rel: str, offset: int) -> dict[str, str]:
        query = request.query_params.dict() | {"limit": asked["limit"], "offset": offset}
        href = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
        return {"href": href, "rel": rel, "type": media_type}

    links = [link("self", asked["offset"])]
    if asked["offset"] + asked["limit"] < min(matched, MAX_OFFSET):
        links.append(link("next", asked["offset"] + asked["limit"]))
    if asked["offset"] > 0:
        # Past the end, back to the last page that holds something.
        links.append(link("prev", max(0, min(asked["offset"], matched) - asked["limit"])))
    return links


def feature_collection(
    features: list[dict], matched: int, links: list[dict] | None = None
) -> dict[str, Any]:
    """GeoJSON, with how many there are and how many are here."""
    body: dict[str, Any] = {
        "type": "FeatureCollection",
        "numberMatched": matched,
        "numberReturned": len(features),
        "features": features,
    }
    if links is not None:
        body["links"] = links
    return body


# A position and how far around it.
NEAR = [
    query_parameter(
        "lat",
        "Latitude, decimal degrees WGS 84. Goes with `lon`.",
        {"type": "number", "minimum": -90, "maximum": 90},
    ),
    query_parameter(
        "lon",
        "Longitude, decimal degrees WGS 84. Goes with `lat`.",
        {"type": "number", "minimum": -180, "maximum": 180},
    ),
    query_parameter(
        "radius_km",
        f"Kilometres around the position, {DEFAULT_RADIUS_KM} if not given.",
        {"type": "number", "exclusiveMinimum": 0, "maximum": MAX_RADIUS_KM},
    ),
]

RESOURCE_PARAMETERS = [
    *NEAR,
    query_parameter(
        "bbox",
        "A window: west,south,east,north in decimal degrees.",
        {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
        explode=False,
        style="form",
    ),
    REGION,
    query_parameter("need", "Code of a need; one of level 1 stands for all its leaves."),
    KIND,
    query_parameter("language", "Language of the service.", enum=list(SERVICE_LANGUAGES)),
    query_parameter(
        "mode",
        "How the help is given.",
        enum=[*DeliveryMode.values, *MODE_ALIASES],
    ),
    query_parameter(
        "open_now",
        "`true` leaves out what is known to be closed now; what nobody knows comes last, "
        "with the state `unknown`: call first.",
        enum=["true", "false"],
    ),
    query_parameter(
        "q",
        "What the person needs, in her own words: `me pagan menos`, `dentist in Rimouski`. "
        "Accents, case and small mistakes do not matter.",
        {"type": "string", "minLength": 1, "maxLength": MAX_TEXT},
    ),
    query_parameter(
        "words",
        "`true` looks for the words of `q` as they are, and understands no need nor place.",
        enum=["true", "false"],
    ),
    LIMIT,
    OFFSET,
    LANG,
]


class ResourceList(GeoView):
    """Ways to get help."""

    params = ResourceParams
    feature: type[ResourceFeatureSerializer] = ResourceFeatureSerializer

    @extend_schema(
        operation_id="listResources",
        summary="Ways to get help, near a position, in a window or in a region",
        description=(
            "One feature is a service at a place, or a service that covers an area, whose geometry "
            "is null and which is marked `remote`. Parameters are joined by AND.\n\n"
            "A question about a position, a window or a region never loses the services that "
            "cover it: the radius and the window apply to places only. A service that answers "
            "at a place within 50 km is not repeated by its area.\n\n"
            "Order: places nearest first (by name without a position), and after each two "
            "places one service by area: short numbers (211, 811, 911), then those with a number "
            "to call; among them those known for the need that was asked, then those of a "
            "smaller area than the province, then by name. When one kind runs out the other goes "
            "on.\n\n"
            "With `q`, a question in a person's own words, in any of the three languages: services "
            "that answer the need that it means; then those that bear the words in their name; "
            "and where no need is sure, those that bear them in their description. A question "
            "that is the name of somebody finds that one first. Each kind of answer is in the "
            "order above. A place that the words name is used unless `lat` and `lon`, `bbox` or "
            "`region` are given."
        ),
        parameters=RESOURCE_PARAMETERS,
        responses={
            (200, GEO_JSON): collection_of(
                "Resource",
                ResourceFeatureSerializer(many=True),
                understood=UnderstoodSerializer(allow_null=True),
            )
        }
        | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a FeatureCollection."""
        asked = self.read(request)
        heard = Heard(asked)
        where = heard.where(asked)
        found = found_resources(asked).reached(**where)
        if "q" in asked:
            found = found.meant_by(heard.question, asked["lang"])
        matched = found.count()
        near = where["near"]
        page = found.in_order(near[0] if near else None).with_details()[
            asked["offset"] : asked["offset"] + asked["limit"]
        ]
        features = self.feature(page, many=True, context=self.context(request, asked)).data[
            "features"
        ]
        links = page_links(request, matched, asked, GEO_JSON)
        return Response(feature_collection(features, matched, links) | {"understood": heard.told()})


class PinList(ResourceList):
    """What a map draws."""

    feature = PinFeatureSerializer

    @extend_schema(
        operation_id="listPins",
        summary="The same answers with what a map draws, and no more",
        description=(
            "As `/resources/`, in the same order, with few members: about a fifth of the bytes. "
            "`/resources/{id}/` has the rest."
        ),
        parameters=RESOURCE_PARAMETERS,
        responses={
            (200, GEO_JSON): collection_of(
                "Pin",
                PinFeatureSerializer(many=True),
                understood=UnderstoodSerializer(allow_null=True),
            )
        }
        | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a FeatureCollection."""
        return super().get(request)


def found_resources(asked: dict[str, Any]):
    """Resources by everything but the words and the place."""
    found = Resource.objects.all()
    for name, narrow in (
        ("need", found.__class__.answering),
        ("kind", found.__class__.of_kind),
        ("language", found.__class__.speaking),
        ("mode", found.__class__.delivered),
    ):
        if name in asked:
            found = narrow(found, asked[name])
    return found.open_now() if asked.get("open_now") == "true" else found


class ResourceDetail(GeoView):
    """One way to get help."""

    @extend_schema(
        operation_id="getResource",
        summary="One way to get help",
        parameters=[LANG],
        responses={(200, GEO_JSON): ResourceFeatureSerializer} | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request, pk) -> Response:
        """Answer with a Feature."""
        asked = self.read(request)
        resource = Resource.objects.filter(pk=pk).with_details().first()
        if resource is None:
            raise Http404
        return Response(
            ResourceFeatureSerializer(resource, context=self.context(request, asked)).data
        )


class RegionList(GeoView):
    """The 17 administrative regions."""

    @extend_schema(
        operation_id="listRegions",
        summary="The 17 administrative regions, with what is listed there",
        description="Every region is there, also one where nothing is listed.",
        parameters=[LANG],
        responses={
            (200, GEO_JSON): collection_of(
                "Region", RegionFeatureSerializer(many=True), paged=False
            )
        }
        | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a FeatureCollection."""
        asked = self.read(request)
        regions = (
            AdminArea.objects.regions().with_listed().select_related("source", "outline_source")
        )
        features = RegionFeatureSerializer(
            regions, many=True, context=self.context(request, asked)
        ).data["features"]
        return Response(feature_collection(features, len(features)))


class RegionDetail(GeoView):
    """One administrative region."""

    @extend_schema(
        operation_id="getRegion",
        summary="A region with its neighbours, its municipalities and its needs",
        parameters=[
            OpenApiParameter(
                "code", {"type": "string", "pattern": "^[0-9]{2}$"}, OpenApiParameter.PATH
            ),
            LANG,
        ],
        responses={(200, GEO_JSON): RegionDetailSerializer} | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request, code: str) -> Response:
        """Answer with a Feature."""
        asked = self.read(request)
        region = (
            AdminArea.objects.regions()
            .with_listed()
            .select_related("source", "outline_source")
            .filter(code=code)
            .first()
        )
        if region is None:
            raise Http404
        return Response(RegionDetailSerializer(region, context=self.context(request, asked)).data)


class NeedList(PublicView):
    """The taxonomy of needs."""

    params = NeedParams

    @extend_schema(
        operation_id="listNeeds",
        summary="The needs, as a tree of two levels",
        description=(
            "With `q`, only the tiles that the words may mean, the best first; `understood` has "
            "the needs themselves, with their scores."
        ),
        parameters=[
            query_parameter(
                "q",
                "What a person needs, in her own words.",
                {"type": "string", "minLength": 1, "maxLength": MAX_TEXT},
            ),
            LANG,
        ],
        responses={
            200: inline_serializer(
                "NeedTree",
                {
                    "taxonomy": serializers.CharField(),
                    "needs": NeedSerializer(many=True),
                    "understood": UnderstoodSerializer(allow_null=True),
                },
            )
        }
        | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """Answer with the tree."""
        asked = self.read(request)
        heard = Heard(asked)
        tiles = NeedTerm.objects.tiles()
        shown = ranked(tiles, heard.question) if "q" in asked else tiles
        needs = NeedSerializer(shown, many=True, context=self.context(request, asked))
        return Response(
            {"taxonomy": "tet-besoins", "needs": needs.data, "understood": heard.told()}
        )


class OrganizationList(PublicView):
    """Organizations."""

    params = OrganizationParams

    @extend_schema(
        operation_id="listOrganizations",
        summary="Organizations that offer something",
        parameters=[KIND, REGION, LIMIT, OFFSET, LANG],
        responses={
            200: inline_serializer(
                "OrganizationPage",
                {
                    "numberMatched": serializers.IntegerField(),
                    "numberReturned": serializers.IntegerField(),
                    "organizations": OrganizationSerializer(many=True),
                    "links": LinkSerializer(many=True),
                },
            )
        }
        | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of organizations."""
        asked = self.read(request)
        found = Organization.objects.offering().select_related("source")
        if "kind" in asked:
            found = found.filter(kind=asked["kind"])
        if "region" in asked:
            reached = Resource.objects.reached(region=asked["region"])
            found = found.filter(Exists(reached.filter(organization=OuterRef("pk"))))
        matched = found.count()
        page = OrganizationSerializer(
            found[asked["offset"] : asked["offset"] + asked["limit"]],
            many=True,
            context=self.context(request, asked),
        ).data
        return Response(
            {
                "numberMatched": matched,
                "numberReturned": len(page),
                "organizations": page,
                "links": page_links(request, matched, asked, "application/json"),
            }
        )


class OrganizationDetail(PublicView):
    """One organization."""

    @extend_schema(
        operation_id="getOrganization",
        summary="One organization",
        parameters=[LANG],
        responses={200: OrganizationSerializer} | PROBLEMS_OF_ONE,
    )
    def get(self, request: Request, pk) -> Response:
        """Answer with the organization."""
        asked = self.read(request)
        found = Organization.objects.offering().select_related("source").filter(pk=pk).first()
        if found is None:
            raise Http404
        return Response(OrganizationSerializer(found, context=self.context(request, asked)).data)


class PlaceList(GeoView):
    """Places that a text may mean."""

    params = PlaceParams

    @extend_schema(
        operation_id="findPlaces",
        summary="Municipalities, regions and postal codes that a text may mean",
        description=(
            "Accents, case, hyphens, St and Ste do not matter; a misspelt name finds what "
            "resembles it. The geometry is null for a region and where nobody knows the position."
        ),
        parameters=[
            query_parameter(
                "q",
                "A name or its beginning, or a postal code.",
                {"type": "string", "minLength": 1, "maxLength": MAX_TEXT},
                required=True,
            ),
            query_parameter(
                "limit",
                "How many at the most.",
                {"type": "integer", "minimum": 1, "maximum": 20, "default": 8},
            ),
            LANG,
        ],
        responses={
            (200, GEO_JSON): collection_of(
                "Place",
                inline_serializer(
                    "PlaceFeature",
                    {
                        "type": constant("Feature"),
                        "geometry": PointField(allow_null=True),
                        "properties": PlacePropertiesSerializer(),
                    },
                    many=True,
                ),
                paged=False,
            )
        }
        | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a FeatureCollection."""
        asked = self.read(request)
        geometry = PointField()
        features = [
            {
                "type": "Feature",
                "geometry": geometry.to_representation(place.point),
                "properties": told_place(place),
            }
            for place in find_places(asked["q"], asked["limit"])
        ]
        return Response(feature_collection(features, len(features)))
