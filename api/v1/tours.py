"""Services that move, and alerts: `/stops/`, `/tours/`, `/alerts/`."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.params import (
    DayField,
    DegreesField,
    PageParams,
    RadiusField,
    read_near,
    read_need,
    read_region,
)
from api.v1.serializers import (
    AddressSerializer,
    NeedRefSerializer,
    OrganizationRefSerializer,
    PhoneSerializer,
    PointField,
    RegionRefSerializer,
    SourceSerializer,
    StopRefSerializer,
    TextSerializer,
    address_of,
    name_of,
    need_of,
    organization_of,
    phone_of,
    source_of,
    stop_of,
    text_of,
)
from api.v1.views import (
    GEO_JSON,
    LANG,
    LIMIT,
    NEAR,
    OFFSET,
    PROBLEMS,
    REGION,
    GeoView,
    LinkSerializer,
    PublicView,
    collection_of,
    constant,
    feature_collection,
    page_links,
    query_parameter,
)
from geo.choices import Precision, Severity
from geo.models import AdminArea, Alert, MobileStop, MobileTour


class StopParams(PageParams):
    """What `/stops/` can be asked. Everything is joined by AND."""

    lat = DegreesField(90, required=False)
    lon = DegreesField(180, required=False)
    radius_km = RadiusField(required=False)
    region = serializers.CharField(required=False, max_length=8)
    need = serializers.CharField(required=False, max_length=60)
    tour = serializers.UUIDField(required=False)
    to = DayField(required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        """The fields, with `from`, which is no name for an attribute."""
        return super().get_fields() | {"from": DayField(required=False)}

    def validate_region(self, code: str) -> AdminArea:
        """Code to region."""
        return read_region(code)

    def validate_need(self, code: str) -> str:
        """A code of the taxonomy."""
        return read_need(code)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Days in their order, and `near`: (point, distance)."""
        if "from" in attrs and "to" in attrs and attrs["to"] < attrs["from"]:
            raise serializers.ValidationError({"to": "The last day comes before the first."})
        return read_near(attrs)


class TourParams(PageParams):
    """What `/tours/` can be asked."""


class AlertParams(PageParams):
    """What `/alerts/` can be asked."""

    region = serializers.CharField(required=False, max_length=8)
    need = serializers.CharField(required=False, max_length=60)

    def validate_region(self, code: str) -> AdminArea:
        """Code to region."""
        return read_region(code)

    def validate_need(self, code: str) -> str:
        """A code of the taxonomy."""
        return read_need(code)


class TourRefSerializer(serializers.Serializer):
    """The tour that a stop belongs to."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    unit_label = serializers.CharField(allow_null=True, help_text="What people will see there.")
    page = serializers.URLField()
    calendar = serializers.URLField(help_text="iCalendar of all its dates.")


def _tour_ref(tour: MobileTour, context: Mapping[str, Any]) -> dict[str, Any]:
    absolute = context["request"].build_absolute_uri
    return {
        "id": str(tour.pk),
        "name": name_of(tour.name, context["lang"]),
        "unit_label": tour.unit_label or None,
        "page": absolute(reverse("tour", args=[tour.pk])),
        "calendar": absolute(reverse("tour-calendar", args=[tour.pk])),
    }


class StopPropertiesSerializer(serializers.Serializer):
    """A date to come of a service that moves."""

    stop = serializers.SerializerMethodField()
    tour = serializers.SerializerMethodField()
    service_id = serializers.UUIDField(source="tour.service_id")
    name = serializers.SerializerMethodField()
    organization = serializers.SerializerMethodField()
    distance_m = serializers.SerializerMethodField()
    needs = serializers.SerializerMethodField()
    languages = serializers.ListField(
        child=serializers.CharField(), help_text="Those of this date; empty: those of the service."
    )
    capacity = serializers.IntegerField(allow_null=True, help_text="People who can be seen.")
    address = serializers.SerializerMethodField()
    precision = serializers.SerializerMethodField()
    region = serializers.SerializerMethodField()
    phones = serializers.SerializerMethodField()
    source = serializers.SerializerMethodField()

    @extend_schema_field(StopRefSerializer)
    def get_stop(self, stop: MobileStop) -> dict:
        """When, and whether it is sure."""
        return stop_of(stop, self.context)

    @extend_schema_field(TourRefSerializer)
    def get_tour(self, stop: MobileStop) -> dict:
        """The tour it belongs to."""
        return _tour_ref(stop.tour, self.context)

    def get_name(self, stop: MobileStop) -> str:
        """The name of the service."""
        return name_of(stop.tour.service.name, self.context["lang"])

    @extend_schema_field(OrganizationRefSerializer)
    def get_organization(self, stop: MobileStop) -> dict:
        """Who gives it."""
        return organization_of(stop.tour.service.organization, self.context["lang"])

    def get_distance_m(self, stop: MobileStop) -> int | None:
        """Geodesic metres from the position asked for."""
        distance = getattr(stop, "distance", None)
        return round(distance.m) if distance is not None else None

    @extend_schema_field(NeedRefSerializer(many=True))
    def get_needs(self, stop: MobileStop) -> list[dict]:
        """What it is for."""
        return [need_of(term, self.context["lang"]) for term in stop.terms]

    @extend_schema_field(AddressSerializer)
    def get_address(self, stop: MobileStop) -> dict:
        """Where it is, as far as may be known."""
        return address_of(stop.location)

    @extend_schema_field(serializers.ChoiceField(Precision.choices, allow_null=True))
    def get_precision(self, stop: MobileStop) -> str | None:
        """What the position stands for; null where there is none."""
        return stop.location.precision or None

    @extend_schema_field(RegionRefSerializer(allow_null=True))
    def get_region(self, stop: MobileStop) -> dict | None:
        """The region it lies in."""
        region = stop.location.region
        return {"code": region.code, "name": region.name} if region else None

    @extend_schema_field(PhoneSerializer(many=True))
    def get_phones(self, stop: MobileStop) -> list[dict]:
        """Numbers that can be trusted."""
        return [phone_of(phone) for phone in stop.tour.service.trusted_phones]

    @extend_schema_field(SourceSerializer)
    def get_source(self, stop: MobileStop) -> dict:
        """Where the date was read."""
        return source_of(stop.source, stop)


class TourSerializer(serializers.Serializer):
    """A service that moves, with or without a date to come."""

    tour = serializers.SerializerMethodField()
    service_id = serializers.UUIDField()
    name = serializers.SerializerMethodField()
    organization = serializers.SerializerMethodField()
    season_starts_on = serializers.DateField(allow_null=True)
    season_ends_on = serializers.DateField(allow_null=True)
    stops_to_come = serializers.IntegerField(help_text="0: no date is known; call.")
    phones = serializers.SerializerMethodField()
    source = serializers.SerializerMethodField()

    @extend_schema_field(TourRefSerializer)
    def get_tour(self, tour: MobileTour) -> dict:
        """Its name and addresses."""
        return _tour_ref(tour, self.context)

    def get_name(self, tour: MobileTour) -> str:
        """The name of the service."""
        return name_of(tour.service.name, self.context["lang"])

    @extend_schema_field(OrganizationRefSerializer)
    def get_organization(self, tour: MobileTour) -> dict:
        """Who gives it."""
        return organization_of(tour.service.organization, self.context["lang"])

    @extend_schema_field(PhoneSerializer(many=True))
    def get_phones(self, tour: MobileTour) -> list[dict]:
        """Numbers that can be trusted."""
        return [phone_of(phone) for phone in tour.service.trusted_phones]

    @extend_schema_field(SourceSerializer)
    def get_source(self, tour: MobileTour) -> dict:
        """Where it was read."""
        return source_of(tour.source, tour)


class AlertSerializer(serializers.Serializer):
    """A notice that stands now and ends by itself."""

    id = serializers.UUIDField()
    severity = serializers.ChoiceField(Severity.choices)
    severity_label = serializers.CharField(source="get_severity_display")
    text = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    organization = serializers.SerializerMethodField()
    regions = serializers.SerializerMethodField()
    needs = serializers.SerializerMethodField()
    starts_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    source = serializers.SerializerMethodField()

    @extend_schema_field(TextSerializer)
    def get_text(self, alert: Alert) -> dict | None:
        """What it says."""
        return text_of(alert.text, self.context["lang"])

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_url(self, alert: Alert) -> str | None:
        """A page to read."""
        return alert.url or None

    @extend_schema_field(OrganizationRefSerializer)
    def get_organization(self, alert: Alert) -> dict:
        """Who says it."""
        return organization_of(alert.organization, self.context["lang"])

    @extend_schema_field(RegionRefSerializer(many=True))
    def get_regions(self, alert: Alert) -> list[dict]:
        """Where; empty means all of Québec."""
        return [{"code": region.code, "name": region.name} for region in alert.regions.all()]

    @extend_schema_field(NeedRefSerializer(many=True))
    def get_needs(self, alert: Alert) -> list[dict]:
        """For whom; empty means whatever people need."""
        return [need_of(term, self.context["lang"]) for term in alert.needs.all()]

    @extend_schema_field(SourceSerializer)
    def get_source(self, alert: Alert) -> dict:
        """Where it was read."""
        return source_of(alert.source, alert)


STOP_FEATURES = inline_serializer(
    "StopFeature",
    {
        "id": serializers.UUIDField(),
        "type": constant("Feature"),
        "geometry": PointField(allow_null=True),
        "properties": StopPropertiesSerializer(),
    },
    many=True,
)

NEED = query_parameter("need", "Code of a need; one of level 1 stands for all its leaves.")
NEED_OF_ALERT = query_parameter("need", "Code of a need; without it, alerts about any need.")
JSON = "application/json"


def _page(name: str, member: str, rows: serializers.BaseSerializer) -> serializers.Serializer:
    return inline_serializer(
        name,
        {
            "numberMatched": serializers.IntegerField(),
            "numberReturned": serializers.IntegerField(),
            member: rows,
            "links": LinkSerializer(many=True),
        },
    )


def _midnight(day: date) -> datetime:
    """The beginning of a day by the clock of most of Québec."""
    return timezone.make_aware(datetime.combine(day, time.min))


class StopList(GeoView):
    """Dates to come."""

    params = StopParams

    @extend_schema(
        operation_id="listStops",
        summary="Dates to come of services that move, the soonest first",
        description=(
            "Only dates that are announced to everybody and that people can still go to: planned "
            "or confirmed, and not over. What is cancelled, moved, done or past is never here; the "
            "iCalendar addresses tell calendars of what was cancelled.\n\n"
            "The geometry is null where nobody knows the position."
        ),
        parameters=[
            query_parameter(
                "from",
                "First day, by the clock of most of Québec; what is past stays out.",
                {"type": "string", "format": "date"},
            ),
            query_parameter("to", "Last day, included.", {"type": "string", "format": "date"}),
            REGION,
            *NEAR,
            NEED,
            query_parameter("tour", "Dates of one tour.", {"type": "string", "format": "uuid"}),
            LIMIT,
            OFFSET,
            LANG,
        ],
        responses={(200, GEO_JSON): collection_of("Stop", STOP_FEATURES)} | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a FeatureCollection."""
        asked = self.read(request)
        found = MobileStop.objects.public().upcoming(timezone.now())
        if "from" in asked:
            found = found.filter(ends_at__gt=_midnight(asked["from"]))
        if "to" in asked:
            found = found.filter(starts_at__lt=_midnight(asked["to"]) + timedelta(days=1))
        if "region" in asked:
            found = found.in_region(asked["region"])
        if "need" in asked:
            found = found.answering(asked["need"])
        if "tour" in asked:
            found = found.filter(tour=asked["tour"])
        if "near" in asked:
            found = found.near(*asked["near"])
        matched = found.count()
        page = found.with_details()[asked["offset"] : asked["offset"] + asked["limit"]]
        geometry, context = PointField(), self.context(request, asked)
        features = [
            {
                "id": str(stop.pk),
                "type": "Feature",
                "geometry": geometry.to_representation(stop.location.point),
                "properties": StopPropertiesSerializer(stop, context=context).data,
            }
            for stop in page
        ]
        return Response(
            feature_collection(features, matched, page_links(request, matched, asked, GEO_JSON))
        )


class TourList(PublicView):
    """Tours."""

    params = TourParams

    @extend_schema(
        operation_id="listTours",
        summary="Services that move, also those without a date to come",
        parameters=[LIMIT, OFFSET, LANG],
        responses={200: _page("TourPage", "tours", TourSerializer(many=True))} | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of tours."""
        asked = self.read(request)
        found = MobileTour.objects.public()
        matched = found.count()
        tours = found.with_stops_to_come(timezone.now()).with_details()
        page = TourSerializer(
            tours[asked["offset"] : asked["offset"] + asked["limit"]],
            many=True,
            context=self.context(request, asked),
        ).data
        return Response(
            {
                "numberMatched": matched,
                "numberReturned": len(page),
                "tours": page,
                "links": page_links(request, matched, asked, JSON),
            }
        )


class AlertList(PublicView):
    """Alerts."""

    params = AlertParams

    @extend_schema(
        operation_id="listAlerts",
        summary="Notices that stand now, the gravest first",
        description=(
            "With a region: those of the region and those of all Québec. With a need: those about "
            "it and those about any. Without them: all."
        ),
        parameters=[REGION, NEED_OF_ALERT, LIMIT, OFFSET, LANG],
        responses={200: _page("AlertPage", "alerts", AlertSerializer(many=True))} | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of alerts."""
        asked = self.read(request)
        now = timezone.now()
        found = Alert.objects.public().current(now)
        if "region" in asked:
            found = found.in_region(asked["region"])
        if "need" in asked:
            found = found.about(asked["need"])
        matched = found.count()
        page = AlertSerializer(
            found.gravest_first()[asked["offset"] : asked["offset"] + asked["limit"]],
            many=True,
            context=self.context(request, asked),
        ).data
        return Response(
            {
                "numberMatched": matched,
                "numberReturned": len(page),
                "alerts": page,
                "links": page_links(request, matched, asked, JSON),
            }
        )
