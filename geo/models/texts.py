"""The words of services, as full text search compares them."""

from django.contrib.postgres.search import SearchVectorField
from django.db import models

from geo.models.directory import Service


class ServiceText(models.Model):
    """The words of a service, in all languages, folded, and stemmed by those of each language.

    Written by the triggers of migration 0005 whenever the service or its organization changes,
    and by nothing else. `names` are those of the service and of its organization; `all` adds the
    description.
    """

    service = models.OneToOneField(
        Service, on_delete=models.DO_NOTHING, primary_key=True, related_name="text"
    )
    names = models.TextField()
    names_fr = SearchVectorField()
    names_en = SearchVectorField()
    names_es = SearchVectorField()
    all_fr = SearchVectorField()
    all_en = SearchVectorField()
    all_es = SearchVectorField()

    class Meta:
        managed = False
        db_table = "geo_servicetext"
        ordering = ["service"]

    def __str__(self) -> str:
        return str(self.service)
