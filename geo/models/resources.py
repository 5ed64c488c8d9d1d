"""What the map and the list show."""

from django.contrib.gis.db import models

from geo.models.areas import AdminArea
from geo.models.directory import Location, Organization, Service
from geo.models.needs import NeedTerm
from geo.models.tours import MobileStop
from geo.querysets import ResourceQuerySet


class Resource(models.Model):
    """A way to get help: a public service at one of its places, or a service by its area.

    A view of the database, so it is never out of step: one row for each place where an active,
    accepted service is given (its id is that of the `ServiceAtLocation`); one for the next
    public stop of each tour at each place (its id is that of the `MobileStop`); and one
    `is_remote` row, without a position, for each such service that covers an area (its id is that
    of the `Service`). A service that has both appears once in an answer: see `ResourceQuerySet`.
    """

    id = models.UUIDField(primary_key=True)
    service = models.ForeignKey(Service, on_delete=models.DO_NOTHING, related_name="resources")
    organization = models.ForeignKey(
        Organization, on_delete=models.DO_NOTHING, related_name="resources"
    )
    location = models.ForeignKey(
        Location, on_delete=models.DO_NOTHING, null=True, related_name="resources"
    )
    region = models.ForeignKey(
        AdminArea, on_delete=models.DO_NOTHING, null=True, related_name="resources"
    )
    point = models.PointField(geography=True, null=True)
    is_remote = models.BooleanField()
    stop = models.ForeignKey(
        MobileStop, on_delete=models.DO_NOTHING, null=True, related_name="resources"
    )

    objects = ResourceQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "geo_resource"
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.service)

    @property
    def terms(self) -> list[NeedTerm]:
        """The needs answered here, the main one first: those of the stop, else of the service."""
        topics = list(self.stop.topics.all()) if self.stop else []
        return topics or [link.term for link in self.service.service_needs.all()]
