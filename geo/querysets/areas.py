"""Questions about administrative areas and postal codes."""

from typing import Self

from django.contrib.gis.db import models as gis
from django.contrib.gis.db.models.functions import AsGeoJSON, Distance
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
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from geo.choices import AreaLevel
from geo.querysets.functions import (
    Fold,
    RegionAt,
    Similarity,
    Simplified,
    WordSimilarity,
    objects,
)
from geo.spatial import REGION_REACH_M

# A word is taken for a misspelt place name from this trigram similarity on (0 to 1): it lets
# "chiboogamau" find Chibougamau, and keeps "xyz" from finding anything.
SIMILAR_ENOUGH = 0.45

# Degrees, about 200 m: less than a line on a map of a region is wide.
DRAWN_TOLERANCE = 0.002
# 4 decimals of a degree are 11 m.
DRAWN_DECIMALS = 4


class AdminAreaQuerySet(models.QuerySet):
    """Questions about administrative areas."""

    def province(self) -> Self:
        """Québec."""
        return self.filter(level=AreaLevel.PROVINCE)

    def regions(self) -> Self:
        """The 17 administrative regions, by code."""
        return self.filter(level=AreaLevel.REGION).order_by("code")

    def mrcs(self) -> Self:
        """The regional county municipalities, by name."""
        return self.filter(level=AreaLevel.MRC).order_by("name", "pk")

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
        region = objects("AdminArea").region_of(point)
        if region is None:
            return self.province()
        nearest = (
            objects("AdminArea")
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
            objects("AdminArea")
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

    def serving(self, area) -> Self:
        """The areas whose services serve somebody in a region or an MRC.

        The province, what `area` lies in, itself, and all inside it.
        """
        return self.filter(
            Q(level=AreaLevel.PROVINCE)
            | Q(pk__in=[area.pk, area.parent_id])
            | Q(parent=area)
            | Q(parent__parent=area)
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
        resources = objects("Resource")
        inside = resources.filter(region=OuterRef("pk")).order_by().values("region")
        covers = objects("ServiceArea").filter(
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

    def with_drawing(self) -> Self:
        """Each area with its outline as GeoJSON text for a map, `drawing`; null without one."""
        return self.annotate(
            drawing=AsGeoJSON(Simplified("outline", DRAWN_TOLERANCE), precision=DRAWN_DECIMALS)
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
