"""Questions of the map and of the list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from django.apps import apps
from django.contrib.gis.db import models as gis
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point, Polygon
from django.contrib.gis.measure import D
from django.contrib.postgres.search import SearchQuery
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
from django.db.models.functions import Cast, Coalesce, Now, RowNumber
from django.utils import timezone

from geo.choices import AreaLevel
from geo.querysets.functions import (
    Fold,
    IsWithin,
    Outline,
    objects,
    wording_of,
)
from geo.querysets.hours import hours_written, open_and_unknown
from geo.search import Understanding

# `mul` stands for an interpreter of many languages: it answers a question about any of them.
ANY_LANGUAGE = "mul"


# Needs that are answered by a seat in a vehicle; a bicycle or a driving licence is none.
RIDES = ("transport-bus", "transport-navette")

# A place further than this does not stand for a service that also covers where the person is.
CLOSE_BY = D(km=50)

# A stop of a tour is far ahead from so many days on, and then counts as so much further away.
FAR_AHEAD = timedelta(days=14)
LATER_IS_FURTHER = D(km=1)

# How a row answers a question in words, the best first; needs take the places from NEED on.
NAMED, NEED, NAME, TEXT, LIKE_NAME = 0, 1, 20, 21, 22

# Shorter words resemble too many names.
SHORTEST_RESEMBLING = 5


def _of_lines(key: F) -> OrderBy:
    """A key that orders services by area, and says nothing of places."""
    return Case(When(is_remote=True, then=key), default=None).asc(nulls_last=True)


def _all_of(words: tuple[str, ...]) -> str:
    """A query of full text for texts that have all of some folded words."""
    return " & ".join(f"'{word}'" for word in words)


class ResourceQuerySet(models.QuerySet):
    """Questions of the map and of the list.

    Two kinds of rows answer: a service at a place, and a service that covers an area, without a
    position (`is_remote`). A question about a place keeps both: places by their position, areas
    by what they cover. A service that answers at a place is not repeated by its area.
    """

    def answering(self, code: str) -> Self:
        """Those that answer a need, each with its `need_rank`: 1 if it is known for that need.

        A need of level 1 stands for all its leaves. A stop that names its topics answers these.
        """
        return self.filter(self._answers(code)).annotate(need_rank=self._rank([code]))

    def carrying_people(self) -> Self:
        """Buses, shuttles and shared rides: how to go somewhere without a car."""
        links = objects("ServiceNeed").filter(term__code__in=RIDES, service=OuterRef("service_id"))
        return self.filter(Exists(links))

    def of_kind(self, kind: str) -> Self:
        """Those of one kind of organization."""
        return self.filter(organization__kind=kind)

    def speaking(self, language: str) -> Self:
        """Those given in a language, by their staff, an interpreter, or on a trusted line.

        A stop that names its languages is given in these.
        """
        spoken = objects("ServiceLanguage").filter(
            code__in=[language, ANY_LANGUAGE], service=OuterRef("service_id")
        )
        on_the_line = (
            apps.get_model("geo", "Phone")
            .objects.trusted()
            .filter(languages__overlap=[language, ANY_LANGUAGE], service=OuterRef("service_id"))
        )
        as_always = Q(stop=None) | Q(stop__languages=[])
        return self.filter(
            Q(stop__languages__overlap=[language, ANY_LANGUAGE])
            | (as_always & (Exists(spoken) | Exists(on_the_line)))
        )

    def languages(self) -> set[str]:
        """Codes of the languages that these are given in, by people or on a trusted line."""
        services = self.order_by().values("service")
        spoken = objects("ServiceLanguage").filter(service__in=services)
        lines = (
            apps.get_model("geo", "Phone")
            .objects.trusted()
            .filter(service__in=services)
            .annotate(code=Func("languages", function="unnest", output_field=models.CharField()))
        )
        return set(spoken.values_list("code", flat=True).union(lines.values_list("code")))

    def delivered(self, mode: str) -> Self:
        """Those given in one way: on site, by phone and so on."""
        return self.filter(service__delivery_modes__contains=[mode])

    def open_now(self, now: datetime | None = None) -> Self:
        """Those that are not known to be closed now, each with its `open_group`.

        0: open, also if not for long, and by appointment. 1: nobody knows; `in_order` puts these
        after all others, for a page to say "call first". Each kind of hours is evaluated once,
        however many services have it.
        """
        now = now or timezone.now()
        written = hours_written(now.date())
        kinds = self.filter(stop=None).order_by().values_list(written, flat=True).distinct()
        is_open, is_unknown = open_and_unknown(kinds, now)
        is_there = Q(stop__starts_at__lte=now, stop__ends_at__gt=now)
        return (
            self.alias(hours_written=written)
            .annotate(
                open_group=Case(
                    When(is_there | Q(stop=None, hours_written__in=is_open), then=Value(0)),
                    When(Q(stop=None, hours_written__in=is_unknown), then=Value(1)),
                    default=None,
                    output_field=models.IntegerField(null=True),
                )
            )
            .filter(open_group__isnull=False)
        )

    def meant_by(self, question: Understanding, language: str) -> Self:
        """Those that a question in a person's own words means, each with its `match`.

        The smaller `match` is, the better: (0) those that bear all the words in their name, where
        one of the words is none of every day, so that the question may be that name; (1 and on)
        those that answer a need that was understood, the best need first; (20) those that bear
        all the words in their name; and where no need is sure, (21) those that bear all the words
        in their name or description, (22) those whose name resembles each word. Each has
        `need_rank` as after `answering`. A question of nothing but small words narrows nothing.

        Texts are compared by the stemmer of `language`, that of the page; the indexes on
        `geo_servicetext` answer.
        """
        codes, words = question.best_codes, question.words
        if not codes and not words:
            return self
        texts = objects("ServiceText").order_by()
        asked = SearchQuery(_all_of(words), config=f"repere_{language}", search_type="raw")
        is_named = Q(service__in=texts.filter(**{f"names_{language}": asked}).values("pk"))
        cases = [When(is_named, then=Value(NAMED))] if words and question.is_name else []
        cases += [
            When(self._answers(code), then=Value(NEED + place)) for place, code in enumerate(codes)
        ]
        if words:
            cases += [When(is_named, then=Value(NAME))]
        if words and not codes:
            said = texts.filter(**{f"all_{language}": asked})
            cases += [When(service__in=said.values("pk"), then=Value(TEXT))]
            if question.is_name and all(len(word) >= SHORTEST_RESEMBLING for word in words):
                alike = texts
                for word in words:
                    alike = alike.filter(names__trigram_strict_word_similar=word)
                cases += [When(service__in=alike.values("pk"), then=Value(LIKE_NAME))]
        found = self.annotate(
            match=Case(*cases, default=None, output_field=models.IntegerField())
        ).filter(match__isnull=False)
        return found.annotate(need_rank=self._rank(codes)) if codes else found

    def _answers(self, code: str) -> Q:
        """A row answers a need: by the topics of its stop, else by the needs of its service."""
        links = objects("ServiceNeed").filter(
            Q(term__code=code) | Q(term__parent__code=code), service=OuterRef("service_id")
        )
        topics = apps.get_model("geo", "MobileStop").topics.through.objects.filter(
            mobilestop=OuterRef("stop_id")
        )
        meant = topics.filter(Q(needterm__code=code) | Q(needterm__parent__code=code))
        return Q(Exists(meant)) | (~Q(Exists(topics)) & Q(Exists(links)))

    def _rank(self, codes: Sequence[str]) -> Coalesce:
        """How known a service is for one of some needs: 1 is the most."""
        links = objects("ServiceNeed").filter(
            Q(term__code__in=codes) | Q(term__parent__code__in=codes),
            service=OuterRef("service_id"),
        )
        return Coalesce(Subquery(links.order_by("rank").values("rank")[:1]), 1)

    def reached(
        self,
        *,
        near: tuple[Point, D] | None = None,
        viewport: Polygon | None = None,
        region=None,
        mrc=None,
    ) -> Self:
        """Those that a person can reach, by all the conditions given.

        Args:
            near: a position and a radius; places within it, and every area that covers it.
            viewport: a rectangle; places inside, and every area that it touches.
            region: an `AdminArea`; places in it, and every area that serves it.
            mrc: an `AdminArea`; places in its municipalities, and every area that serves it. It
                has no outline, so a place whose municipality is not known is left out.

        Services of the whole province are in every answer. A service that covers an area is not
        repeated if one of its places answers too; around a position, only if that place is near,
        so that a wide radius does not send its far office to the end of the list instead.
        A stop of a tour does not stand for its service: it is there on one day only.
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
        if mrc is not None:
            at_place &= Q(location__municipality__parent=mrc)
            by_area &= Q(Exists(covers.filter(area__in=areas.serving(mrc))))
        resources = self.alias(plane_point=Cast("point", gis.PointField()))
        places = (
            objects("Resource")
            .alias(plane_point=Cast("point", gis.PointField()))
            .filter(at_place, close_by, stop=None, service=OuterRef("service_id"))
        )
        return resources.filter(at_place | (by_area & ~Q(Exists(places))))

    def kept_for(self, region, around: D) -> Self:
        """All that a question asked inside `region` may find, for a phone to keep.

        Places in the region or at most `around` from its outline. Every service that covers it or
        an area in it, also one that answers at a place of the region: far from that place, it is
        the area that answers.
        """
        covers = objects("ServiceArea").filter(service=OuterRef("service_id"))
        by_area = Q(Exists(covers.filter(area__in=objects("AdminArea").serving(region))))
        outline = objects("AdminArea").filter(pk=region.pk).values_list(Outline("outline"))
        at_place = Q(region=region) | Q(IsWithin(F("point"), Subquery(outline), Value(around.m)))
        return self.filter(Q(is_remote=False) & at_place | Q(is_remote=True) & by_area)

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
        position; a stop of a tour more than 14 days ahead counts as 1 km further than it is, so
        that it does not stand before a place where somebody can go today. Services by area: short
        numbers (211, 811, 911) first, then those with a number to call; among them those known
        for the need that was asked, then those of a smaller area than the province, then by name.
        When one kind runs out the other goes on. After `meant_by`, what answers the question
        better comes before what answers it less, however near, and each kind of answer is in
        this order. After `open_now`, those whose hours nobody knows come after all others, in
        the same order among themselves.
        """
        known = self.query.annotations
        groups = [F(name) for name in ("open_group", "match") if name in known]
        for_need = [_of_lines(F("need_rank"))] if "need_rank" in known else []
        phones = objects("Phone").trusted().filter(service=OuterRef("service_id"))
        province_wide = objects("ServiceArea").filter(
            service=OuterRef("service_id"), area__level=AreaLevel.PROVINCE
        )
        is_far_ahead = Q(stop__starts_at__gt=Now() + FAR_AHEAD)
        detour = Case(When(is_far_ahead, then=Value(LATER_IS_FURTHER.m)), default=Value(0.0))
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
                partition_by=[F("is_remote"), *groups],
                order_by=[
                    *(
                        [(Cast("distance", models.FloatField()) + detour).asc(nulls_last=True)]
                        if point
                        else []
                    ),
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
        ).order_by(*groups, "slot", "is_remote", "pk")

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
            "stop__tour",
            "stop__location",
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
            Prefetch(
                "service__schedule_exceptions",
                queryset=objects("ScheduleException").around(timezone.localdate()),
                to_attr="exceptions_around",
            ),
            "service__eligibility_rules",
            "stop__topics__parent",
        )
