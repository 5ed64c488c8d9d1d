"""What SQL knows and the ORM does not say by itself."""

from typing import Any

from django.apps import apps
from django.contrib.gis.db import models as gis
from django.contrib.gis.db.models.functions import GeomOutputGeoFunc
from django.db import models
from django.db.models import Case, Func, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce

from geo.choices import Severity


def gravity() -> Case:
    """How grave a notice is, to order by: danger before warnings before information."""
    return Case(
        When(severity=Severity.CRITICAL, then=Value(0)),
        When(severity=Severity.WARN, then=Value(1)),
        default=Value(2),
    )


def objects(name: str) -> Any:
    """The manager of another model: models import this module, so it cannot import them."""
    return apps.get_model("geo", name).objects


class Fold(Func):
    """Lower case without accents, hyphens and apostrophes; St and Ste written out."""

    function = "geo_fold"
    output_field = models.TextField()


class Simplified(GeomOutputGeoFunc):
    """An outline with fewer corners, still valid: none further off than a tolerance in degrees."""

    function = "ST_SimplifyPreserveTopology"


class Texts(Func):
    """All the wordings of a translated text, in all its languages."""

    function = "geo_texts"
    output_field = models.TextField()


class Joined(Func):
    """Texts joined by a space; missing ones are passed over."""

    function = "concat_ws"
    template = "%(function)s(' ', %(expressions)s)"
    output_field = models.TextField()


class WordSimilarity(Func):
    """How much of the first text is found in the second, 0 to 1 (`pg_trgm`)."""

    function = "word_similarity"
    output_field = models.FloatField()


class Similarity(Func):
    """How much two texts have in common, 0 to 1 (`pg_trgm`)."""

    function = "similarity"
    output_field = models.FloatField()


class RegionAt(Func):
    """The key of the region of a position (see migration 0002)."""

    function = "geo_region_at"
    output_field = models.UUIDField()


class Outline(Func):
    """An outline as geography, cut every 0.1 degree: see the regions of migration 0002."""

    template = "ST_Segmentize(%(expressions)s, 0.1)::geography"
    output_field = gis.MultiPolygonField(geography=True)


class IsWithin(Func):
    """Whether two geographies are at most so many metres apart."""

    function = "ST_DWithin"
    output_field = models.BooleanField()


def wording_of(path: str) -> Coalesce:
    """The French wording of a translated text, else the English or the Spanish one, to sort by."""
    return Coalesce(
        *(KeyTextTransform("text", KeyTransform(language, path)) for language in ("fr", "en", "es"))
    )
