"""What was understood of a question in a person's own words."""

from collections.abc import Iterable
from typing import Any

from django.contrib.gis.measure import D
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from api.params import DEFAULT_RADIUS_KM
from api.v1.serializers import NeedRefSerializer, PlacePropertiesSerializer, need_of
from geo.models import AdminArea, NeedTerm
from geo.places import Place
from geo.search import Understanding
from geo.understanding import only_words, place_of, understand


class HeardNeedSerializer(NeedRefSerializer):
    """A need that the words may mean."""

    score = serializers.FloatField(help_text="How much of the question it explains, 0 to 1.")
    answered = serializers.BooleanField(help_text="Its services are in the answer.")


@extend_schema_serializer(component_name="Understood")
class UnderstoodSerializer(serializers.Serializer):
    """What was understood of `q`; null without it."""

    needs = HeardNeedSerializer(many=True, help_text="The best first.")
    place = PlacePropertiesSerializer(
        allow_null=True, help_text="The place that the words name, if any."
    )
    words = serializers.ListField(
        child=serializers.CharField(),
        help_text="The words that are looked for in names and descriptions; misspellings mended.",
    )


class Heard:
    """A question in words, understood, with the place that it names."""

    def __init__(self, asked: dict[str, Any]) -> None:
        """Understand `q`; nothing is understood without it."""
        self.language = asked["lang"]
        self.question = Understanding()
        if text := asked.get("q"):
            listen = only_words if asked.get("words") == "true" else understand
            self.question = listen(text, self.language)
        self.has_question = "q" in asked
        self.place: Place | None = place_of(self.question)

    def where(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`near`, `viewport` and `region` of the question; parameters win over the words."""
        where = {
            "near": asked.get("near"),
            "viewport": asked.get("bbox"),
            "region": asked.get("region"),
        }
        if any(where.values()) or self.place is None:
            return where
        if self.place.point:
            return where | {"near": (self.place.point, D(km=DEFAULT_RADIUS_KM))}
        region = AdminArea.objects.regions().filter(code=self.place.region_code).first()
        return where | {"region": region}

    def told(self) -> dict[str, Any] | None:
        """As `UnderstoodSerializer` describes it."""
        if not self.has_question:
            return None
        codes = [need.code for need in self.question.needs]
        terms = (
            NeedTerm.objects.filter(code__in=codes)
            .select_related("parent")
            .in_bulk(field_name="code")
        )
        return {
            "needs": [
                need_of(terms[need.code], self.language)
                | {"score": need.score, "answered": need.code in self.question.best_codes}
                for need in self.question.needs
            ],
            "place": self.place and told_place(self.place),
            "words": list(self.question.words),
        }


def told_place(place: Place) -> dict[str, Any]:
    """As `PlacePropertiesSerializer` describes it."""
    return {
        "kind": place.kind,
        "code": place.code,
        "name": place.name,
        "label": place.label,
        "region_code": place.region_code,
        "region_name": place.region_name,
        "precision": place.precision or None,
    }


def ranked(tiles: Iterable[NeedTerm], question: Understanding) -> list[NeedTerm]:
    """The tiles that a question may mean, the best first."""
    places = _places(question)
    best = {
        tile: min(places.get(term.code, len(places)) for term in (tile, *tile.children.all()))
        for tile in tiles
    }
    return sorted((tile for tile in best if best[tile] < len(places)), key=best.__getitem__)


def _places(question: Understanding) -> dict[str, int]:
    return {need.code: place for place, need in enumerate(question.needs)}
