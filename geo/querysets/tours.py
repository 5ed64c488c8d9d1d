"""Questions about tours and their stops."""

from datetime import datetime, timedelta
from typing import Self

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from geo.choices import Announcement, ReviewStatus, ServiceStatus, StopStatus, VerifiedStatus
from geo.querysets.functions import Fold, objects, wording_of

# States in which somebody may go there.
EXPECTED = (StopStatus.PLANNED, StopStatus.CONFIRMED)

# How long a calendar keeps what is past, and a page what was cancelled.
KEPT = timedelta(days=30)


def _of_public_service(path: str) -> Q:
    """The rule of the view `geo_resource` on services, for what is not in it without a stop."""
    return Q(
        **{
            f"{path}__status": ServiceStatus.ACTIVE,
            f"{path}__review_status": ReviewStatus.ACCEPTED,
            f"{path}__organization__is_public": True,
        }
    ) & ~Q(**{f"{path}__organization__verified_status": VerifiedStatus.SUSPENDED})


class MobileTourQuerySet(models.QuerySet):
    """Questions about tours."""

    def public(self) -> Self:
        """Those of a service that the public may see, with or without a stop to come."""
        return self.filter(_of_public_service("service"))

    def with_stops_to_come(self, now: datetime) -> Self:
        """Each with `stops_to_come`: how many public stops there are to go to."""
        stops = objects("MobileStop").public().upcoming(now)
        return self.annotate(
            stops_to_come=Count("stops", filter=Q(stops__in=stops.order_by()), distinct=True)
        )

    def with_details(self) -> Self:
        """With all that a page or a feature shows, in a fixed number of queries."""
        return (
            self.select_related("source", "service__organization")
            .prefetch_related(
                Prefetch(
                    "service__phones",
                    queryset=objects("Phone").trusted().select_related("source"),
                    to_attr="trusted_phones",
                )
            )
            .order_by(Fold(wording_of("name")), "pk")
        )


class MobileStopQuerySet(models.QuerySet):
    """Questions about stops. Anything public asks `public()` first, and nothing around it."""

    def public(self) -> Self:
        """Those that are announced to everybody, of a service that the public may see."""
        return self.filter(_of_public_service("tour__service"), announce_to=Announcement.PUBLIC)

    def known_to_partners(self) -> Self:
        """Those that are announced to everybody or to partners: for pages of the network only."""
        return self.filter(
            _of_public_service("tour__service"),
            announce_to__in=[Announcement.PUBLIC, Announcement.PARTNERS],
        )

    def upcoming(self, now: datetime) -> Self:
        """Those that somebody can still go to, the next one first."""
        return self.filter(status__in=EXPECTED, ends_at__gt=now).order_by("starts_at", "pk")

    def called_off(self, now: datetime) -> Self:
        """Those to come that were cancelled, the next one first: said, and never offered."""
        return self.filter(status=StopStatus.CANCELLED, ends_at__gt=now).order_by("starts_at", "pk")

    def to_settle(self, now: datetime) -> Self:
        """Those that are over and of which nobody said whether they took place."""
        return self.filter(status__in=EXPECTED, ends_at__lte=now).order_by("starts_at", "pk")

    def between(self, first: datetime, last: datetime) -> Self:
        """Those that begin or last within a time, its end left out."""
        return self.filter(starts_at__lt=last, ends_at__gt=first)

    def in_region(self, region) -> Self:
        """Those at a place of one region."""
        return self.filter(location__region=region)

    def near(self, point: Point, radius: D) -> Self:
        """Those at most `radius` away, the soonest first, each with a `distance` (geodesic)."""
        return (
            self.filter(location__point__dwithin=(point, radius))
            .annotate(distance=Distance("location__point", point))
            .order_by("starts_at", "distance", "pk")
        )

    def answering(self, code: str) -> Self:
        """Those that answer a need: by their own topics, else by the needs of their service."""
        wanted = Q(term__code=code) | Q(term__parent__code=code)
        links = objects("ServiceNeed").filter(wanted, service=OuterRef("tour__service"))
        topics = objects("MobileStop").model.topics.through.objects.filter(
            mobilestop=OuterRef("pk")
        )
        meant = topics.filter(Q(needterm__code=code) | Q(needterm__parent__code=code))
        return self.filter(Exists(meant) | (~Exists(topics) & Exists(links)))

    def on_calendar(self, now: datetime) -> Self:
        """Those that a calendar holds: to come, and those that were to end in the last 30 days.

        A cancelled one stays for as long as it would have been there. So does one that was moved
        out of sight: its successor is not public, so the entry that people have is cancelled. Of
        what is over, a stop that was only planned is left out: nobody said that it took place.
        """
        entries = (
            objects("MobileStop")
            .public()
            .filter(
                ~Q(pk=OuterRef("pk")),
                calendar_uid=OuterRef("calendar_uid"),
                sequence__gte=OuterRef("sequence"),
            )
        )
        return self.filter(
            Q(status=StopStatus.PLANNED, ends_at__gt=now)
            | Q(status__in=[StopStatus.CONFIRMED, StopStatus.CANCELLED, StopStatus.DONE])
            | (Q(status=StopStatus.MOVED) & ~Exists(entries)),
            ends_at__gt=now - KEPT,
        ).order_by("starts_at", "pk")

    def with_details(self) -> Self:
        """With all that a page, an entry of a calendar or a feature shows."""
        return self.select_related(
            "source",
            "tour__service__organization",
            "location__municipality",
            "location__region",
        ).prefetch_related(
            Prefetch(
                "tour__service__phones",
                queryset=objects("Phone").trusted().select_related("source"),
                to_attr="trusted_phones",
            ),
            Prefetch(
                "tour__service__service_needs",
                queryset=objects("ServiceNeed").select_related("term__parent").order_by("rank"),
            ),
            "topics__parent",
        )
