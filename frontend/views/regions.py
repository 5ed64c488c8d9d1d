"""The 17 regions, and what exists in each."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from geo.alerts import alerts_for
from geo.models import AdminArea, MobileStop, NeedTerm, Resource

# Lines of the whole province below the answers of a region to a need.
MOST_LINES = 3

# Dates of services that move: those of this week and the next.
DATES_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class NeedInRegion:
    """What a region has for one need of level 1.

    Attributes:
        term: the need.
        places: resources at a place in the region.
        lines: resources by phone, online or coming to people, those with a number first.
    """

    term: NeedTerm
    places: list[Resource]
    lines: list[Resource]

    @property
    def local_lines(self) -> list[Resource]:
        """The lines of a smaller area than the province: they are there for this region."""
        return [line for line in self.lines if not line.is_province_wide]

    @property
    def answers(self) -> list[Resource]:
        """What the region has of its own: places, then lines."""
        return self.places + self.local_lines

    @property
    def lines_to_call(self) -> list[Resource]:
        """The lines of the whole province that help first, among those whose number is known."""
        known = [
            line for line in self.lines if line.is_province_wide and line.service.trusted_phones
        ]
        return sorted(known, key=self._rank)[:MOST_LINES]

    @property
    def line_to_call(self) -> Resource | None:
        """The line that helps first with this need, among those whose number is known."""
        known = [line for line in self.lines if line.service.trusted_phones]
        return min(known, key=self._rank, default=None)

    def _rank(self, line: Resource) -> int:
        ranks = [
            link.rank
            for link in line.service.service_needs.all()
            if self.term.pk in {link.term_id, link.term.parent_id}
        ]
        return min(ranks)


# Fewer places than this, and the page says that little is known.
THIN_PLACES = 10


@require_safe
def region_list(request: HttpRequest) -> HttpResponse:
    """The regions, each with the number of places of help that are listed there."""
    counted = (
        Resource.objects.filter(is_remote=False)
        .order_by()
        .values_list("region")
        .annotate(Count("location", distinct=True))
    )
    places = dict(counted)
    regions = [
        (region, places.get(region.pk, 0))
        for region in AdminArea.objects.regions().defer("outline")
    ]
    return render(request, "region_list.html", {"regions": regions})


@require_safe
def region(request: HttpRequest, code: str, slug: str = "") -> HttpResponse:
    """One region: help by need, lines, municipalities, neighbours; its name may be left out."""
    area = get_object_or_404(AdminArea.objects.regions(), code=code)
    if slug != area.slug:
        return redirect("region", code=area.code, slug=area.slug, permanent=True)
    resources = list(Resource.objects.reached(region=area).in_order().with_details())
    lines = [resource for resource in resources if resource.is_remote]
    municipalities = AdminArea.objects.in_region(area).municipalities()
    now = timezone.now()
    stops = MobileStop.objects.public().upcoming(now).in_region(area)
    needs = _by_need(resources)
    on_site = [resource for resource in resources if not resource.is_remote]
    places = len({resource.location_id for resource in on_site})
    context = {
        "area": area,
        "needs": needs,
        "missing": [need for need in needs if not need.answers],
        "places": places,
        "is_thin": places < THIN_PLACES,
        "organizations": len({resource.organization_id for resource in on_site}),
        "lines": lines,
        "municipalities": municipalities.defer("outline"),
        "neighbours": AdminArea.objects.beside(area).defer("outline"),
        "language": get_language(),
        "stops": stops.between(now, now + DATES_AHEAD).with_details(),
        "alerts": alerts_for(area, now),
    }
    return render(request, "region.html", context)


def _by_need(resources: list[Resource]) -> list[NeedInRegion]:
    found: dict[str, list[Resource]] = {}
    for resource in resources:
        needs = resource.service.service_needs.all()
        for code in {(need.term.parent or need.term).code for need in needs}:
            found.setdefault(code, []).append(resource)
    return [
        NeedInRegion(
            term=tile,
            places=[row for row in found.get(tile.code, []) if not row.is_remote],
            lines=[row for row in found.get(tile.code, []) if row.is_remote],
        )
        for tile in NeedTerm.objects.tiles()
    ]
