"""What each address of the API returns. The nested ones also are its documentation."""

from collections.abc import Mapping
from typing import Any

from django.contrib.gis.geos import Point
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from api.v1.hours import HoursSerializer, OpeningSerializer, hours_of, opening_of
from api.v1.texts import TextSerializer, text_of
from geo import translation
from geo.choices import (
    SERVICE_LANGUAGES,
    AccessMode,
    AreaLevel,
    Confidence,
    DeliveryMode,
    EligibilityDimension,
    FeeKind,
    LanguageMode,
    OrganizationKind,
    OutlineKind,
    PhoneType,
    Precision,
    StopPrecision,
    Targeting,
)
from geo.models import (
    AdminArea,
    Location,
    MobileStop,
    NeedTerm,
    Organization,
    Phone,
    Resource,
)
from geo.phones import dial_uri, spoken

# 6 decimals are 0.1 m: more would only be noise.
COORDINATE_DECIMALS = 6


class SourceSerializer(serializers.Serializer):
    """Where facts were read. `as_of` is a year, a month or a day; null if the page has none."""

    citation = serializers.CharField()
    urls = serializers.ListField(child=serializers.CharField())
    publisher = serializers.CharField(allow_null=True)
    licence = serializers.CharField(allow_null=True)
    as_of = serializers.CharField(allow_null=True)
    confidence = serializers.ChoiceField(Confidence.choices)


class OrganizationRefSerializer(serializers.Serializer):
    """The organization that gives the service."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(OrganizationKind.choices)
    kind_label = serializers.CharField()
    website = serializers.CharField(allow_null=True)


class NeedRefSerializer(serializers.Serializer):
    """A need that the service answers; the first is the main one."""

    code = serializers.CharField()
    name = serializers.CharField()
    parent = serializers.CharField()


class AddressSerializer(serializers.Serializer):
    """As much of the address as may be known."""

    address = serializers.CharField(allow_null=True)
    locality = serializers.CharField(allow_null=True)
    municipality = serializers.CharField(allow_null=True)
    municipality_code = serializers.CharField(allow_null=True)
    province = serializers.CharField()
    postal_code = serializers.CharField(allow_null=True)
    visibility = serializers.ChoiceField(["full", "partial", "hidden"])


class RegionRefSerializer(serializers.Serializer):
    """An administrative region."""

    code = serializers.CharField()
    name = serializers.CharField()


class AreaRefSerializer(serializers.Serializer):
    """An area that the service covers."""

    level = serializers.ChoiceField(AreaLevel.choices)
    code = serializers.CharField()
    name = serializers.CharField()
    evidence = serializers.CharField()


class PhoneSerializer(serializers.Serializer):
    """A number read at a source that can be trusted."""

    number = serializers.CharField(help_text="E.164, or a short number: 211, 811, 911.")
    display = serializers.CharField()
    uri = serializers.CharField(help_text="RFC 3966.")
    extension = serializers.CharField(allow_null=True)
    type = serializers.ChoiceField(PhoneType.choices)
    toll_free = serializers.BooleanField()
    languages = serializers.ListField(child=serializers.CharField())
    source = SourceSerializer()


class LanguageSerializer(serializers.Serializer):
    """A language of the service. `mul` is an interpreter of many languages."""

    code = serializers.ChoiceField(list(SERVICE_LANGUAGES))
    name = serializers.CharField()
    mode = serializers.ChoiceField(LanguageMode.choices, allow_null=True)


class EligibilitySerializer(serializers.Serializer):
    """A rule on who is served. No rule at all means that nobody wrote it down."""

    targeting = serializers.ChoiceField(Targeting.choices)
    dimension = serializers.ChoiceField(
        EligibilityDimension.choices, allow_null=True, help_text="Null for `open_to_all`."
    )
    values = serializers.ListField(
        child=serializers.CharField(), help_text="Nationalities as ISO 3166-1; else codes of ours."
    )
    text = TextSerializer(allow_null=True)


class StopRefSerializer(serializers.Serializer):
    """The date of a service that moves: it is at this place then, and not otherwise."""

    id = serializers.UUIDField()
    tour = serializers.UUIDField()
    starts_at = serializers.DateTimeField(help_text="With the offset of the place.")
    ends_at = serializers.DateTimeField()
    timezone = serializers.CharField(help_text="IANA, of the place.")
    when = serializers.CharField(help_text="The day and the times in words.")
    status = serializers.ChoiceField(["planned", "confirmed"])
    status_label = serializers.CharField()
    place_precision = serializers.ChoiceField(
        StopPrecision.choices, help_text="`locality`: call to know the exact place."
    )
    message = TextSerializer(allow_null=True)
    calendar = serializers.URLField(help_text="iCalendar.")


class ProgramRefSerializer(serializers.Serializer):
    """The programme that pays for the service."""

    code = serializers.CharField()
    name = serializers.CharField()
    status = serializers.CharField()
    ends_on = serializers.CharField(allow_null=True)


@extend_schema_field(
    {
        "type": ["object", "null"],
        "properties": {
            "type": {"type": "string", "enum": ["Point"]},
            "coordinates": {
                "type": "array",
                "items": {"type": "number"},
                "minItems": 2,
                "maxItems": 2,
                "description": "longitude, latitude",
            },
        },
        "required": ["type", "coordinates"],
    }
)
class PointField(serializers.Field):
    """A point as GeoJSON, written straight from its two numbers.

    DRF-GIS's own field goes through GDAL and a JSON parser for each feature.
    """

    def to_representation(self, value: Point | None) -> dict[str, Any] | None:
        """Longitude, latitude; null where there is no position."""
        if value is None:
            return None
        return {
            "type": "Point",
            "coordinates": [round(degrees, COORDINATE_DECIMALS) for degrees in value.coords],
        }


def name_of(content: dict, language: str) -> str:
    """A translated name as a plain string."""
    return str(translation.wording(content, language) or "")


def source_of(source: Any, fact: Any) -> dict[str, Any]:
    """A source and the date of one fact as `SourceSerializer` describes them."""
    return {
        "citation": source.citation,
        "urls": source.urls,
        "publisher": source.publisher or None,
        "licence": source.licence or None,
        "as_of": fact.as_of or None,
        "confidence": fact.confidence,
    }


def stop_of(stop: MobileStop, context: Mapping[str, Any]) -> dict[str, Any]:
    """A stop as `StopRefSerializer` describes it."""
    calendar = reverse("stop-calendar", args=[stop.pk])
    return {
        "id": str(stop.pk),
        "tour": str(stop.tour_id),
        "starts_at": stop.local_start.isoformat(),
        "ends_at": stop.local_end.isoformat(),
        "timezone": stop.location.timezone,
        "when": stop.when,
        "status": stop.status,
        "status_label": stop.get_status_display(),
        "place_precision": stop.public_precision,
        "message": text_of(stop.message, context["lang"]),
        "calendar": context["request"].build_absolute_uri(calendar),
    }


def organization_of(organization: Organization, language: str) -> dict[str, Any]:
    """An organization as `OrganizationRefSerializer` describes it."""
    return {
        "id": str(organization.pk),
        "name": name_of(organization.name, language),
        "kind": organization.kind,
        "kind_label": str(organization.get_kind_display()),
        "website": organization.website or None,
    }


def phone_of(phone: Phone) -> dict[str, Any]:
    """A number as `PhoneSerializer` describes it."""
    return {
        "number": phone.number,
        "display": spoken(phone.number),
        "uri": dial_uri(phone.number, phone.extension),
        "extension": phone.extension or None,
        "type": phone.type,
        "toll_free": phone.is_toll_free,
        "languages": phone.languages,
        "source": source_of(phone.source, phone),
    }


def address_of(location: Location) -> dict[str, Any]:
    """As much of an address as may be known, as `AddressSerializer` describes it."""
    municipality = location.municipality
    return {
        "address": location.address or None,
        "locality": location.locality or None,
        "municipality": municipality.name if municipality else None,
        "municipality_code": municipality.code if municipality else None,
        "province": location.province,
        "postal_code": location.postal_code or None,
        "visibility": location.address_visibility,
    }


def need_of(term: NeedTerm, language: str) -> dict[str, str]:
    """A need as `NeedRefSerializer` describes it."""
    return {
        "code": term.code,
        "name": name_of(term.name, language),
        "parent": (term.parent or term).code,
    }


class ResourceFeatureSerializer(GeoFeatureModelSerializer):
    """A way to get help, as a GeoJSON feature; `null` and `[]` mean that it is not known."""

    point = PointField(allow_null=True)
    service_id = serializers.UUIDField()
    name = serializers.SerializerMethodField()
    description = serializers.SerializerMethodField()
    alert = serializers.SerializerMethodField()
    organization = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(OrganizationKind.choices, source="organization.kind")
    remote = serializers.BooleanField(
        source="is_remote",
        help_text="Found by the area it covers, not by a position; the geometry is null.",
    )
    distance_m = serializers.SerializerMethodField()
    modes = serializers.ListField(
        child=serializers.ChoiceField(DeliveryMode.choices), source="service.delivery_modes"
    )
    access_modes = serializers.ListField(
        child=serializers.ChoiceField(AccessMode.choices), source="service.access_modes"
    )
    needs = serializers.SerializerMethodField()
    address = serializers.SerializerMethodField()
    precision = serializers.SerializerMethodField()
    region = serializers.SerializerMethodField()
    areas = serializers.SerializerMethodField()
    phones = serializers.SerializerMethodField()
    website = serializers.SerializerMethodField()
    email = serializers.SerializerMethodField()
    languages = serializers.SerializerMethodField()
    hours = serializers.SerializerMethodField()
    opening = serializers.SerializerMethodField()
    fee = serializers.ChoiceField(FeeKind.choices, source="service.fee_kind")
    fees_description = serializers.SerializerMethodField()
    papers_asked = serializers.BooleanField(source="service.papers_asked", allow_null=True)
    ramq_needed = serializers.BooleanField(source="service.ramq_needed", allow_null=True)
    employer_told = serializers.BooleanField(source="service.employer_told", allow_null=True)
    eligibility = serializers.SerializerMethodField()
    everyday = serializers.BooleanField(source="service.is_everyday")
    stop = serializers.SerializerMethodField()
    program = serializers.SerializerMethodField()
    source = serializers.SerializerMethodField()
    position_source = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField()

    class Meta:
        model = Resource
        geo_field = "point"
        id_field = "id"
        fields = [
            "id",
            "service_id",
            "name",
            "description",
            "alert",
            "organization",
            "kind",
            "remote",
            "distance_m",
            "modes",
            "access_modes",
            "needs",
            "address",
            "precision",
            "region",
            "areas",
            "phones",
            "website",
            "email",
            "languages",
            "hours",
            "opening",
            "fee",
            "fees_description",
            "papers_asked",
            "ramq_needed",
            "employer_told",
            "eligibility",
            "everyday",
            "stop",
            "program",
            "source",
            "position_source",
            "page",
        ]

    @property
    def language(self) -> str:
        """The language of the content."""
        return self.context["lang"]

    def get_name(self, resource: Resource) -> str:
        """The name of the service."""
        return name_of(resource.service.name, self.language)

    @extend_schema_field(TextSerializer(allow_null=True))
    def get_description(self, resource: Resource) -> dict | None:
        """What it does."""
        return text_of(resource.service.description, self.language)

    @extend_schema_field(TextSerializer(allow_null=True))
    def get_alert(self, resource: Resource) -> dict | None:
        """What to check before going."""
        return text_of(resource.service.alert, self.language)

    @extend_schema_field(OrganizationRefSerializer)
    def get_organization(self, resource: Resource) -> dict:
        """Who gives it."""
        return organization_of(resource.organization, self.language)

    def get_distance_m(self, resource: Resource) -> int | None:
        """Geodesic metres from the position asked about; null without one, and for areas."""
        distance = getattr(resource, "distance", None)
        return round(distance.m) if distance is not None else None

    @extend_schema_field(NeedRefSerializer(many=True))
    def get_needs(self, resource: Resource) -> list[dict]:
        """What it is for."""
        return [need_of(term, self.language) for term in resource.terms]

    @extend_schema_field(AddressSerializer(allow_null=True))
    def get_address(self, resource: Resource) -> dict | None:
        """Where it is; null for services by area."""
        return address_of(resource.location) if resource.location else None

    @extend_schema_field(serializers.ChoiceField(Precision.choices, allow_null=True))
    def get_precision(self, resource: Resource) -> str | None:
        """What the position stands for."""
        return resource.location.precision if resource.location else None

    @extend_schema_field(RegionRefSerializer(allow_null=True))
    def get_region(self, resource: Resource) -> dict | None:
        """The region it lies in."""
        region = resource.region
        return {"code": region.code, "name": region.name} if region else None

    @extend_schema_field(AreaRefSerializer(many=True))
    def get_areas(self, resource: Resource) -> list[dict]:
        """Whom it covers; empty means that nobody wrote it down."""
        return [
            {
                "level": covers.area.level,
                "code": covers.area.code,
                "name": covers.area.name,
                "evidence": covers.evidence,
            }
            for covers in resource.service.service_areas.all()
        ]

    @extend_schema_field(PhoneSerializer(many=True))
    def get_phones(self, resource: Resource) -> list[dict]:
        """Numbers that can be trusted."""
        return [phone_of(phone) for phone in resource.service.trusted_phones]

    def get_website(self, resource: Resource) -> str | None:
        """The page of the service, else that of the organization."""
        return resource.service.url or resource.organization.website or None

    def get_email(self, resource: Resource) -> str | None:
        """The address of the service, else that of the organization."""
        return resource.service.email or resource.organization.email or None

    @extend_schema_field(LanguageSerializer(many=True))
    def get_languages(self, resource: Resource) -> list[dict]:
        """The languages it is given in; empty means that nobody wrote them down."""
        return [
            {
                "code": language.code,
                "name": str(SERVICE_LANGUAGES[language.code]),
                "mode": language.mode or None,
            }
            for language in resource.service.languages.all()
        ]

    @extend_schema_field(HoursSerializer)
    def get_hours(self, resource: Resource) -> dict:
        """When, as it is written."""
        return hours_of(resource, self.language)

    @extend_schema_field(OpeningSerializer)
    def get_opening(self, resource: Resource) -> dict:
        """Whether it is open at this moment."""
        return opening_of(resource, self.language)

    @extend_schema_field(TextSerializer(allow_null=True))
    def get_fees_description(self, resource: Resource) -> dict | None:
        """About the cost."""
        return text_of(resource.service.fees_description, self.language)

    @extend_schema_field(EligibilitySerializer(many=True))
    def get_eligibility(self, resource: Resource) -> list[dict]:
        """Whom it is for; empty means that nobody wrote it down."""
        return [
            {
                "targeting": rule.targeting,
                "dimension": rule.dimension or None,
                "values": rule.values,
                "text": text_of(rule.text, self.language),
            }
            for rule in resource.service.eligibility_rules.all()
        ]

    @extend_schema_field(StopRefSerializer(allow_null=True))
    def get_stop(self, resource: Resource) -> dict | None:
        """The date, for a service that moves; null for what is there as usual."""
        return stop_of(resource.stop, self.context) if resource.stop else None

    @extend_schema_field(ProgramRefSerializer(allow_null=True))
    def get_program(self, resource: Resource) -> dict | None:
        """Who pays for it."""
        program = resource.service.program
        if program is None:
            return None
        return {
            "code": program.code,
            "name": name_of(program.name, self.language),
            "status": program.status,
            "ends_on": program.ends_on or None,
        }

    @extend_schema_field(SourceSerializer)
    def get_source(self, resource: Resource) -> dict:
        """Where the service was read."""
        return source_of(resource.service.source, resource.service)

    @extend_schema_field(SourceSerializer(allow_null=True))
    def get_position_source(self, resource: Resource) -> dict | None:
        """Where the position comes from, if not from the source of the place."""
        location = resource.location
        if location is None:
            return None
        return source_of(location.position_source or location.source, location)

    @extend_schema_field(serializers.URLField())
    def get_page(self, resource: Resource) -> str:
        """The page for people."""
        return self.context["request"].build_absolute_uri(reverse("resource", args=[resource.pk]))


class PinFeatureSerializer(ResourceFeatureSerializer):
    """What a map draws of a way to get help, and says when it is chosen."""

    class Meta(ResourceFeatureSerializer.Meta):
        fields = [
            "id",
            "name",
            "organization",
            "remote",
            "distance_m",
            "needs",
            "precision",
            "phones",
            "stop",
            "page",
        ]


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["MultiPolygon"]},
            "coordinates": {"type": "array", "items": {}},
        },
        "required": ["type", "coordinates"],
    }
)
class OutlineField(serializers.Field):
    """An outline as GeoJSON."""

    def to_representation(self, value: Any) -> dict[str, Any]:
        """Rings of longitude, latitude."""
        return {
            "type": value.geom_type,
            "coordinates": [
                [[[round(x, 5), round(y, 5)] for x, y in ring] for ring in polygon.coords]
                for polygon in value
            ],
        }


class RegionFeatureSerializer(GeoFeatureModelSerializer):
    """One of the 17 regions, with what is listed there."""

    outline = OutlineField()
    id = serializers.CharField(source="code")
    code = serializers.CharField()
    name = serializers.CharField()
    slug = serializers.CharField()
    population = serializers.IntegerField(allow_null=True)
    outline_kind = serializers.ChoiceField(
        OutlineKind.choices,
        help_text="`generalised` is Repère's own drawing, not the official one.",
    )
    services_at_places = serializers.IntegerField(help_text="Services with a place in the region.")
    places = serializers.IntegerField(help_text="Services at places: pins of the map.")
    services_by_area = serializers.IntegerField(
        help_text="Services that cover the region, but not the whole province, from elsewhere."
    )
    source = serializers.SerializerMethodField()
    outline_source = serializers.CharField(source="outline_source.citation")
    page = serializers.SerializerMethodField()

    class Meta:
        model = AdminArea
        geo_field = "outline"
        id_field = "id"
        fields = [
            "id",
            "code",
            "name",
            "slug",
            "population",
            "outline_kind",
            "services_at_places",
            "places",
            "services_by_area",
            "source",
            "outline_source",
            "page",
        ]

    @extend_schema_field(SourceSerializer)
    def get_source(self, region: AdminArea) -> dict:
        """Where the name and the population were read."""
        return source_of(region.source, region)

    @extend_schema_field(serializers.URLField())
    def get_page(self, region: AdminArea) -> str:
        """The page for people."""
        path = reverse("region", kwargs={"code": region.code, "slug": region.slug})
        return self.context["request"].build_absolute_uri(path)


class NeedCountSerializer(serializers.Serializer):
    """How many ways to get help exist for a need."""

    code = serializers.CharField()
    name = serializers.CharField()
    at_places = serializers.IntegerField()
    by_area = serializers.IntegerField()


class MunicipalitySerializer(serializers.Serializer):
    """A municipality of a region."""

    code = serializers.CharField()
    name = serializers.CharField()
    population = serializers.IntegerField(allow_null=True)
    mrc = serializers.CharField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    latitude = serializers.FloatField(allow_null=True)


class RegionDetailSerializer(RegionFeatureSerializer):
    """A region with its neighbours, its municipalities and its needs."""

    neighbours = serializers.SerializerMethodField()
    needs = serializers.SerializerMethodField()
    municipalities = serializers.SerializerMethodField()

    class Meta(RegionFeatureSerializer.Meta):
        fields = [*RegionFeatureSerializer.Meta.fields, "neighbours", "needs", "municipalities"]

    @extend_schema_field(RegionRefSerializer(many=True))
    def get_neighbours(self, region: AdminArea) -> list[dict]:
        """The regions beside it."""
        beside = AdminArea.objects.beside(region)
        return [{"code": other.code, "name": other.name} for other in beside]

    @extend_schema_field(NeedCountSerializer(many=True))
    def get_needs(self, region: AdminArea) -> list[dict]:
        """Every need of level 1, also where nothing is listed."""
        counts = Resource.objects.reached(region=region).counted_by_tile()
        none = {"at_places": 0, "by_area": 0}
        return [
            {"code": tile.code, "name": name_of(tile.name, self.context["lang"])}
            | counts.get(tile.code, none)
            for tile in NeedTerm.objects.tiles()
        ]

    @extend_schema_field(MunicipalitySerializer(many=True))
    def get_municipalities(self, region: AdminArea) -> list[dict]:
        """Its municipalities, by name."""
        found = AdminArea.objects.in_region(region).municipalities().select_related("parent")
        return [
            {
                "code": municipality.code,
                "name": municipality.name,
                "population": municipality.population,
                "mrc": mrc_of(municipality),
                "longitude": municipality.point.x if municipality.point else None,
                "latitude": municipality.point.y if municipality.point else None,
            }
            for municipality in found
        ]


def mrc_of(municipality: AdminArea) -> str | None:
    """The name of the MRC that a municipality belongs to, if it belongs to one."""
    parent = municipality.parent
    return parent.name if parent and parent.level == AreaLevel.MRC else None


class NeedLeafSerializer(serializers.Serializer):
    """A need that services carry."""

    code = serializers.CharField()
    name = serializers.SerializerMethodField()
    everyday = serializers.BooleanField(source="is_everyday")
    synonyms = serializers.SerializerMethodField()

    def get_name(self, term: NeedTerm) -> str:
        """In the language asked for."""
        return name_of(term.name, self.context["lang"])

    def get_synonyms(self, term: NeedTerm) -> list[str]:
        """Words that people use, in the language asked for."""
        return term.synonyms.get(self.context["lang"], [])


class NeedSerializer(NeedLeafSerializer):
    """A need of level 1: a tile."""

    icon = serializers.CharField()
    children = serializers.SerializerMethodField()

    @extend_schema_field(NeedLeafSerializer(many=True))
    def get_children(self, term: NeedTerm) -> list[dict]:
        """Its leaves."""
        return list(NeedLeafSerializer(term.children.all(), many=True, context=self.context).data)


class OrganizationSerializer(serializers.ModelSerializer):
    """An organization of which the public sees at least one service."""

    name = serializers.SerializerMethodField()
    alternate_name = serializers.SerializerMethodField()
    description = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(OrganizationKind.choices)
    kind_label = serializers.CharField(source="get_kind_display")
    website = serializers.SerializerMethodField()
    email = serializers.SerializerMethodField()
    source = serializers.SerializerMethodField()

    class Meta:
        model = Organization
        fields = [
            "id",
            "name",
            "alternate_name",
            "description",
            "kind",
            "kind_label",
            "website",
            "email",
            "source",
        ]

    def get_name(self, organization: Organization) -> str:
        """In the language asked for, where it has a name in it."""
        return name_of(organization.name, self.context["lang"])

    def get_alternate_name(self, organization: Organization) -> str | None:
        """Another name."""
        return organization.alternate_name or None

    @extend_schema_field(TextSerializer(allow_null=True))
    def get_description(self, organization: Organization) -> dict | None:
        """What it is."""
        return text_of(organization.description, self.context["lang"])

    def get_website(self, organization: Organization) -> str | None:
        """Its website."""
        return organization.website or None

    def get_email(self, organization: Organization) -> str | None:
        """Its e-mail address."""
        return organization.email or None

    @extend_schema_field(SourceSerializer)
    def get_source(self, organization: Organization) -> dict:
        """Where it was read."""
        return source_of(organization.source, organization)


class PlacePropertiesSerializer(serializers.Serializer):
    """A place that a text may mean."""

    kind = serializers.ChoiceField(["municipality", "region", "postal_code"])
    code = serializers.CharField()
    name = serializers.CharField()
    label = serializers.CharField(help_text="The name with its region.")
    region_code = serializers.CharField(allow_null=True)
    region_name = serializers.CharField(allow_null=True)
    precision = serializers.ChoiceField(Precision.choices, allow_null=True)
