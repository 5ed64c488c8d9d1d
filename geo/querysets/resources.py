"""Questions of the map and of the list."""

from typing import Any, Self

from django.apps import apps
from django.contrib.gis.db import models as gis
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point, Polygon
from django.contrib.gis.measure import D
from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast, Coalesce, Concat, RowNumber

from geo.choices import AreaLevel
from geo.querysets.functions import (
    Fold,
    Joined,
    Texts,
    objects,
    wording_of,
)

# `mul` stands for an interpreter of many languages: it answers a question about any of them.
ANY_LANGUAGE = "mul"


# A place further than this does not stand for a service that also covers where the person is.
CLOSE_BY = D(km=50)

# Words of so many letters, such as bus, NAS, EI, must be found whole.
SHORT_WORD = 3

SPACE = Value(" ")


def _between_spaces(*texts: Any) -> Concat:
    """Folded texts with a space before the first word and after the last."""
    return Concat(SPACE, Fold(Joined(*texts)), SPACE, output_field=models.TextField())


def _of_lines(key: F) -> OrderBy:
    """A key that orders services by area, and says nothing of places."""
    return Case(When(is_remote=True, then=key), default=None).asc(nulls_last=True)


class ResourceQuerySet(models.QuerySet):
    """Questions of the map and of the list.

    Two kinds of rows answer: a service at a place, and a service that covers an area, without a
    position (`is_remote`). A question about a place keeps both: places by their position, areas
    by what they cover. A service that answers at a place is not repeated by its area.
    """

    def answering(self, code: str) -> Self:
        """Those that answer a need, each with its `need_rank`: 1 if it is known for that need.

        A need of level 1 stands for all its leaves.
        """
        links = objects("ServiceNeed").filter(
            Q(term__code=code) | Q(term__parent__code=code), service=OuterRef("service_id")
        )
        rank = links.order_by("rank").values("rank")[:1]
        return self.filter(Exists(links)).annotate(need_rank=Subquery(rank))

    def of_kind(self, kind: str) -> Self:
        """Those of one kind of organization."""
        return self.filter(organization__kind=kind)

    def speaking(self, language: str) -> Self:
        """Those given in a language, by their staff, an interpreter, or on a trusted line."""
        spoken = objects("ServiceLanguage").filter(
            code__in=[language, ANY_LANGUAGE], service=OuterRef("service_id")
        )
        on_the_line = (
            apps.get_model("geo", "Phone")
            .objects.trusted()
            .filter(languages__overlap=[language, ANY_LANGUAGE], service=OuterRef("service_id"))
        )
        return self.filter(Exists(spoken) | Exists(on_the_line))

    def delivered(self, mode: str) -> Self:
        """Those given in one way: on site, by phone and so on."""
        return self.filter(service__delivery_modes__contains=[mode])

    def matching(self, text: str) -> Self:
        """Those in which a word begins with each word of `text`, accents and case aside.

        Short words are taken whole, or "bus" would find abuse and "sin" nothing but "since".
        Each has `is_named`: all the words are in the names of the service and its organization.
        Looks at names, descriptions, needs with their synonyms, and towns, in all languages.
        """
        terms = objects("NeedTerm").filter(service_needs__service=OuterRef("service_id"))
        needs = Func(
            terms.annotate(
                words=Joined(
                    Texts("name"),
                    Texts("parent__name"),
                    Cast("synonyms", models.TextField()),
                )
            ).values("words"),
            function="array_to_string",
            template="array_to_string(ARRAY(%(expressions)s), ' ')",
            output_field=models.TextField(),
        )
        names = [
            Texts("service__name"),
            Texts("organization__name"),
            "organization__alternate_name",
        ]
        others = [
            Texts("service__description"),
            "location__municipality__name",
            "location__locality",
            needs,
        ]
        is_found, is_named = Q(), Q()
        for word in text.split():
            end = SPACE if len(word) <= SHORT_WORD else Value("")
            beginning = Concat(SPACE, Fold(Value(word)), end, output_field=models.TextField())
            is_found &= Q(all_words__contains=beginning)
            is_named &= Q(name_words__contains=beginning)
        return (
            self.alias(name_words=_between_spaces(*names))
            .alias(all_words=_between_spaces(*names, *others))
            .filter(is_found)
            .annotate(is_named=Case(When(is_named, then=Value(True)), default=Value(False)))
        )

    def reached(
        self,
        *,
        near: tuple[Point, D] | None = None,
        viewport: Polygon | None = None,
        region=None,
    ) -> Self:
        """Those that a person can reach, by all the conditions given.

        Args:
            near: a position and a radius; places within it, and every area that covers it.
            viewport: a rectangle; places inside, and every area that it touches.
            region: an `AdminArea`; places in it, and every area that serves it.

        Services of the whole province are in every answer. A service that covers an area is not
        repeated if one of its places answers too; around a position, only if that place is near,
        so that a wide radius does not send its far office to the end of the list instead.
        """
        areas = objects("AdminArea")
        covers = objects("ServiceArea").filter(service=OuterRef("service_id"))
        at_place = Q(is_remote=False)
        by_area = Q(is_remote=True)
        close_by = Q()
        if near is not None:
            point, radius = near
            at_place &= Q(point__dwithin=(point, radius))
            close_by = Q(point__dwithin=(point, min(radius, CLOSE_BY)))
            by_area &= Q(Exists(covers.filter(area__in=list(areas.covering(point)))))
        if viewport is not None:
            at_place &= Q(plane_point__intersects=viewport)
            by_area &= Q(Exists(covers.filter(area__in=areas.meeting(viewport))))
        if region is not None:
            at_place &= Q(region=region)
            by_area &= Q(Exists(covers.filter(area__in=areas.serving(region))))
        resources = self.alias(plane_point=Cast("point", gis.PointField()))
        places = (
            objects("Resource")
            .alias(plane_point=Cast("point", gis.PointField()))
            .filter(at_place, close_by, service=OuterRef("service_id"))
        )
        return resources.filter(at_place | (by_area & ~Q(Exists(places))))

    def counted_by_tile(self) -> dict[str, dict[str, int]]:
        """How many services answer each need of level 1: code to `at_places` and `by_area`."""
        term = "service__service_needs__term__"
        counted = (
            self.order_by()
            .annotate(tile=Coalesce(f"{term}parent__code", f"{term}code"))
            .values("tile", "is_remote")
            .annotate(n=Count("service", distinct=True))
        )
        counts: dict[str, dict[str, int]] = {}
        for row in counted:
            if row["tile"]:
                tile = counts.setdefault(row["tile"], {"at_places": 0, "by_area": 0})
                tile["by_area" if row["is_remote"] else "at_places"] = row["n"]
        return counts

    def in_order(self, point: Point | None = None) -> Self:
        """In the order of the list: after each two places, one service by area.

        Places: nearest first, each with a `distance` (geodesic metres), or by name without a
        position. Services by area: short numbers (211, 811, 911) first, then those with a number
        to call; among them those known for the need that was asked, then those of a smaller area
        than the province, then by name. When one kind runs out the other goes on. After
        `matching`, those that bear the words in their name come before all others, but for places
        around a position, which stay nearest first.
        """
        known = self.query.annotations
        named = [F("is_named").desc()] if "is_named" in known else []
        for_need = [_of_lines(F("need_rank"))] if "need_rank" in known else []
        phones = objects("Phone").trusted().filter(service=OuterRef("service_id"))
        province_wide = objects("ServiceArea").filter(
            service=OuterRef("service_id"), area__level=AreaLevel.PROVINCE
        )
        ordered = self.annotate(
            distance=Distance("point", point) if point else Value(None, models.FloatField()),
            folded_name=Fold(wording_of("service__name")),
            has_phone=Exists(phones),
            call=Case(
                When(Exists(phones.filter(number__regex=r"^\d{3}$")), then=Value(0)),
                When(has_phone=True, then=Value(1)),
                default=Value(2),
            ),
            is_province_wide=Exists(province_wide),
        ).annotate(
            number=Window(
                RowNumber(),
                partition_by=F("is_remote"),
                order_by=[
                    *([F("distance").asc(nulls_last=True)] if point else []),
                    *named,
                    _of_lines(F("call")),
                    *for_need,
                    _of_lines(F("is_province_wide")),
                    F("folded_name").asc(),
                    F("pk").asc(),
                ],
            )
        )
        # Places take the slots 0 1 · 3 4 · 6 7 …, services by area the slots 2 5 8 …
        return ordered.annotate(
            slot=Case(
                When(is_remote=True, then=F("number") * 3 - 1),
                default=F("number") - 1 + (F("number") - 1) / 2,
                output_field=models.IntegerField(),
            )
        ).order_by("slot", "is_remote", "pk")

    def with_details(self) -> Self:
        """With all that a card or a feature shows, in a fixed number of queries."""
        return self.select_related(
            "service__source",
            "service__program",
            "organization",
            "location__municipality",
            "location__source",
            "location__position_source",
            "region",
        ).prefetch_related(
            Prefetch(
                "service__phones",
                queryset=objects("Phone").trusted().select_related("source"),
                to_attr="trusted_phones",
            ),
            Prefetch(
                "service__service_needs",
                queryset=objects("ServiceNeed").select_related("term__parent").order_by("rank"),
            ),
            Prefetch(
                "service__service_areas",
                queryset=objects("ServiceArea")
                .select_related("area")
                .order_by("area__level", "area__code"),
            ),
            "service__languages",
            "service__schedules",
        )
