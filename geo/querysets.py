"""Every question that we ask of the database."""

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
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, RowNumber

from geo.choices import AreaLevel, PhoneTrust
from geo.spatial import REGION_REACH_M

# `mul` stands for an interpreter of many languages: it answers a question about any of them.
ANY_LANGUAGE = "mul"

# A word is taken for a misspelt place name from this trigram similarity on (0 to 1): it lets
# "chiboogamau" find Chibougamau, and keeps "xyz" from finding anything.
SIMILAR_ENOUGH = 0.45


def _objects(name: str) -> Any:
    """The manager of another model: models import this module, so it cannot import them."""
    return apps.get_model("geo", name).objects


class Fold(Func):
    """Lower case without accents, hyphens and apostrophes; St and Ste written out."""

    function = "geo_fold"
    output_field = models.TextField()


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


class AdminAreaQuerySet(models.QuerySet):
    """Questions about administrative areas."""

    def province(self) -> Self:
        """Québec."""
        return self.filter(level=AreaLevel.PROVINCE)

    def regions(self) -> Self:
        """The 17 administrative regions, by code."""
        return self.filter(level=AreaLevel.REGION).order_by("code")

    def municipalities(self) -> Self:
        """The municipalities, by name."""
        return self.filter(level=AreaLevel.MUNICIPALITY).order_by("name", "pk")

    def region_of(self, point: Point):
        """The region of a position, or None.

        Outside every outline it is the nearest region within 30 km, and none beyond. The spatial
        index on the outlines answers.
        """
        return (
            self.regions().filter(pk=RegionAt(Value(point, gis.PointField(geography=True)))).first()
        )

    def in_region(self, region) -> Self:
        """A region and all that lies in it: MRC and municipalities."""
        return self.filter(Q(pk=region.pk) | Q(parent=region) | Q(parent__parent=region))

    def covering(self, point: Point) -> Self:
        """The areas a position lies in, the province always among them.

        MRC and municipalities have no outline: the nearest municipality of the region, and its
        MRC, stand for them.
        """
        region = _objects("AdminArea").region_of(point)
        if region is None:
            return self.province()
        nearest = (
            _objects("AdminArea")
            .in_region(region)
            .filter(level=AreaLevel.MUNICIPALITY, point__dwithin=(point, D(m=REGION_REACH_M)))
            .annotate(distance=Distance("point", point))
            .order_by("distance", "pk")
            .first()
        )
        found = {region.pk}
        if nearest is not None:
            found |= {nearest.pk, nearest.parent_id}
        return self.filter(Q(level=AreaLevel.PROVINCE) | Q(pk__in=found))

    def meeting(self, viewport: Polygon) -> Self:
        """The areas that a rectangle touches, the province always among them."""
        regions = list(
            _objects("AdminArea")
            .regions()
            .filter(outline__intersects=viewport)
            .values_list("pk", flat=True)
        )
        return self.filter(
            Q(level=AreaLevel.PROVINCE)
            | Q(pk__in=regions)
            | Q(parent__in=regions)
            | Q(parent__parent__in=regions)
        )

    def serving(self, region) -> Self:
        """The areas whose services serve somebody in `region`: the province, and all inside it."""
        return self.filter(
            Q(level=AreaLevel.PROVINCE)
            | Q(pk=region.pk)
            | Q(parent=region)
            | Q(parent__parent=region)
        )

    def beside(self, region) -> Self:
        """The regions that share a border with `region`.

        The borders of a loaded file may not meet to the metre: 500 m apart is still a border.
        """
        return self.regions().exclude(pk=region.pk).filter(outline__dwithin=(region.outline, 0.005))

    def with_listed(self) -> Self:
        """Each region with what is listed there.

        `places`: services at places; `services_at_places`: different services among them;
        `services_by_area`: services that cover it, but not the whole province, from elsewhere.
        """
        resources = _objects("Resource")
        inside = resources.filter(region=OuterRef("pk")).order_by().values("region")
        covers = _objects("ServiceArea").filter(
            Q(area=OuterRef("pk"))
            | Q(area__parent=OuterRef("pk"))
            | Q(area__parent__parent=OuterRef("pk")),
            Exists(resources.filter(service=OuterRef("service"))),
            ~Exists(resources.filter(service=OuterRef("service"), region=OuterRef(OuterRef("pk")))),
        )
        return self.annotate(
            places=Coalesce(Subquery(inside.annotate(n=Count("pk")).values("n")), 0),
            services_at_places=Coalesce(
                Subquery(inside.annotate(n=Count("service", distinct=True)).values("n")), 0
            ),
            services_by_area=Coalesce(
                Subquery(
                    # One group for the whole subquery: without it, a row for each service.
                    covers.order_by()
                    .annotate(whole=Value(1))
                    .values("whole")
                    .annotate(n=Count("service", distinct=True))
                    .values("n")
                ),
                0,
            ),
        )

    def with_region(self) -> Self:
        """Each area with the `region_code` and `region_name` it lies in; null for the province."""
        codes = [
            When(level=AreaLevel.REGION, then=F("code")),
            When(parent__level=AreaLevel.REGION, then=F("parent__code")),
            When(parent__parent__level=AreaLevel.REGION, then=F("parent__parent__code")),
        ]
        names = [
            When(level=AreaLevel.REGION, then=F("name")),
            When(parent__level=AreaLevel.REGION, then=F("parent__name")),
            When(parent__parent__level=AreaLevel.REGION, then=F("parent__parent__name")),
        ]
        return self.annotate(region_code=Case(*codes), region_name=Case(*names))

    def named_like(self, text: str) -> Self:
        """Areas whose name is, begins with, contains or resembles `text`, the best first.

        Accents, case, hyphens, St and Ste do not matter. A town comes before a region that bears
        the same name; then, among names that are or begin with the text, the most people first,
        and among the others, the likest.
        """
        asked = Fold(Value(text))
        return (
            self.annotate(folded=Fold("name"), asked=asked)
            .exclude(asked="")
            .annotate(
                resemblance=WordSimilarity(F("asked"), F("folded")),
                likeness=Similarity(F("asked"), F("folded")),
            )
            .annotate(
                match=Case(
                    When(folded=F("asked"), then=Value(0)),
                    When(folded__startswith=F("asked"), then=Value(1)),
                    When(
                        folded__contains=Func(
                            Value(" "),
                            F("asked"),
                            function="concat",
                            output_field=models.TextField(),
                        ),
                        then=Value(2),
                    ),
                    When(resemblance__gte=SIMILAR_ENOUGH, then=Value(3)),
                    default=None,
                    output_field=models.IntegerField(),
                )
            )
            .filter(match__isnull=False)
            .order_by(
                "match",
                Case(When(match=0, level=AreaLevel.REGION, then=Value(1)), default=Value(0)),
                Case(When(match__gte=2, then=F("resemblance")), default=1.0).desc(),
                Case(When(match__gte=2, then=F("likeness")), default=1.0).desc(),
                F("population").desc(nulls_last=True),
                "pk",
            )
        )


class PostalPointQuerySet(models.QuerySet):
    """Questions about postal codes."""

    def for_code(self, code: str) -> Self:
        """What is known of a postal code: itself if it is rural, else its first half.

        `code` is upper case, `G4X` or `G4X 1A1`; a beginning of a rural code finds all that
        begin so.
        """
        return self.filter(Q(code__startswith=code) | Q(code=code[:3])).order_by("code")


class NeedTermQuerySet(models.QuerySet):
    """Questions about needs."""

    def tiles(self) -> Self:
        """The needs of level 1, in their order, with their leaves."""
        return (
            self.filter(parent=None)
            .order_by("order", "code")
            .prefetch_related(
                Prefetch("children", queryset=_objects("NeedTerm").order_by("order", "code"))
            )
        )

    def under(self, code: str) -> Self:
        """A need and its children."""
        return self.filter(Q(code=code) | Q(parent__code=code))


class OrganizationQuerySet(models.QuerySet):
    """Questions about organizations."""

    def offering(self) -> Self:
        """Organizations of which the public sees at least one service."""
        resources = _objects("Resource")
        return self.filter(Exists(resources.filter(organization=OuterRef("pk")))).order_by(
            Fold(wording_of("name")), "pk"
        )


class ServiceQuerySet(models.QuerySet):
    """Questions about services."""

    def public(self) -> Self:
        """Services that the public may see: active, accepted, of a public organization.

        The view `geo_resource` holds the rule; a service without a place and without an area has
        no way to be reached and is not public.
        """
        resources = _objects("Resource")
        return self.filter(Exists(resources.filter(service=OuterRef("pk"))))

    def to_verify(self) -> Self:
        """The queue of what editors have to check, oldest source first."""
        return self.filter(review_status="to_verify").order_by("as_of", "pk")


class PhoneQuerySet(models.QuerySet):
    """Questions about phone numbers."""

    def trusted(self) -> Self:
        """Numbers that may be shown. Anything public asks this and nothing else."""
        return self.filter(trust=PhoneTrust.TRUSTED)


def wording_of(path: str) -> Coalesce:
    """The French wording of a translated text, else the English or the Spanish one, to sort by."""
    return Coalesce(
        *(KeyTextTransform("text", KeyTransform(language, path)) for language in ("fr", "en", "es"))
    )


class ResourceQuerySet(models.QuerySet):
    """Questions of the map and of the list.

    Two kinds of rows answer: a service at a place, and a service that covers an area, without a
    position (`is_remote`). A question about a place keeps both: places by their position, areas
    by what they cover. A service that answers at a place is not repeated by its area.
    """

    def answering(self, code: str) -> Self:
        """Those that answer a need; a need of level 1 stands for all its leaves."""
        links = _objects("ServiceNeed").filter(
            Q(term__code=code) | Q(term__parent__code=code), service=OuterRef("service_id")
        )
        return self.filter(Exists(links))

    def of_kind(self, kind: str) -> Self:
        """Those of one kind of organization."""
        return self.filter(organization__kind=kind)

    def speaking(self, language: str) -> Self:
        """Those given in a language, by their staff, an interpreter, or on a trusted line."""
        spoken = _objects("ServiceLanguage").filter(
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
        """Those in which every word of `text` is found, accents and case aside.

        Looks at names, descriptions, needs with their synonyms, and towns, in all languages.
        """
        terms = _objects("NeedTerm").filter(service_needs__service=OuterRef("service_id"))
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
        found = self.annotate(
            haystack=Fold(
                Joined(
                    Texts("service__name"),
                    Texts("service__description"),
                    Texts("organization__name"),
                    "organization__alternate_name",
                    "location__municipality__name",
                    "location__locality",
                    needs,
                )
            )
        )
        for word in text.split():
            found = found.filter(haystack__contains=Fold(Value(word)))
        return found

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

        Services of the whole province are in every answer.
        """
        areas = _objects("AdminArea")
        covers = _objects("ServiceArea").filter(service=OuterRef("service_id"))
        at_place = Q(is_remote=False)
        by_area = Q(is_remote=True)
        if near is not None:
            point, radius = near
            at_place &= Q(point__dwithin=(point, radius))
            by_area &= Q(Exists(covers.filter(area__in=list(areas.covering(point)))))
        if viewport is not None:
            at_place &= Q(plane_point__intersects=viewport)
            by_area &= Q(Exists(covers.filter(area__in=areas.meeting(viewport))))
        if region is not None:
            at_place &= Q(region=region)
            by_area &= Q(Exists(covers.filter(area__in=areas.serving(region))))
        resources = self.alias(plane_point=Cast("point", gis.PointField()))
        places = (
            _objects("Resource")
            .alias(plane_point=Cast("point", gis.PointField()))
            .filter(at_place)
            .filter(service=OuterRef("service_id"))
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
        to call, then those of a smaller area than the province, then by name. When one kind runs
        out the other goes on.
        """
        phones = _objects("Phone").trusted().filter(service=OuterRef("service_id"))
        province_wide = _objects("ServiceArea").filter(
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
                    Case(When(is_remote=True, then=F("call")), default=None).asc(nulls_last=True),
                    Case(When(is_remote=True, then=F("is_province_wide")), default=None).asc(
                        nulls_last=True
                    ),
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
                queryset=_objects("Phone").trusted().select_related("source"),
                to_attr="trusted_phones",
            ),
            Prefetch(
                "service__service_needs",
                queryset=_objects("ServiceNeed").select_related("term__parent").order_by("rank"),
            ),
            Prefetch(
                "service__service_areas",
                queryset=_objects("ServiceArea")
                .select_related("area")
                .order_by("area__level", "area__code"),
            ),
            "service__languages",
            "service__schedules",
        )
