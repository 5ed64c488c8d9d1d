"""Who does what where: organizations, needs and regions, as a run of coverage saw them."""

from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_safe

from frontend.filters import Filters, need_choices, region_choices
from geo.choices import OrganizationKind
from geo.coverage import presence
from geo.coverage.presence import Count, Presence, Row
from geo.models import AdminArea, CoverageRun, NeedTerm, Service


class PresenceFilters(Filters):
    """A region, a need, both or none."""

    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    need = forms.ChoiceField(label=gettext_lazy("Need"), required=False)


@dataclass(frozen=True, slots=True)
class Offered:
    """A service in the list.

    Attributes:
        address: of its page, empty where the public does not see the service any more.
        needs: their names.
        where: how it is present, each with the names of the areas, which may be none.
    """

    row: Row
    address: str
    needs: list[str]
    where: list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Listed:
    """An organization with its services."""

    name: str
    kind: str
    services: list[Offered]


@require_safe
def who_does_what(request: HttpRequest) -> HttpResponse:
    """The matrix of regions by needs, then the organizations that answer what is asked."""
    regions = list(AdminArea.objects.regions().defer("outline"))
    tiles = list(NeedTerm.objects.tiles())
    form = _filters(request, regions, tiles)
    run = CoverageRun.objects.current()
    rows = presence.presence(run, get_language()) if run else []
    asked = _asked(rows, form)
    cells = presence.by_region_and_need(rows)
    needs = [tile for tile in tiles if not form.asked("need") or tile.code == form.asked("need")]
    context = {
        "form": form,
        "query": form.query(),
        "run": run,
        "needs": needs,
        "matrix": [
            (region, _line(cells, region.code, needs))
            for region in regions
            if not form.asked("region") or region.code == form.asked("region")
        ],
        "everywhere": _line(cells, "", needs),
        "total": presence.counted(asked),
    }
    # All organizations at once are a page that no phone scrolls through: the file has them.
    if form.asked("region") or form.asked("need"):
        context |= {
            "is_narrowed": True,
            "regional": _list([row for row in asked if row.is_regional]),
            "province_wide": _list([r for r in asked if r.presence == Presence.PROVINCE_WIDE]),
            "outside": _list([row for row in asked if row.presence == Presence.OUTSIDE]),
        }
    return render(request, "coverage/who_does_what.html", context)


def _filters(
    request: HttpRequest, regions: list[AdminArea], tiles: list[NeedTerm]
) -> PresenceFilters:
    return PresenceFilters(request.GET, region=region_choices(regions), need=need_choices(tiles))


def _asked(rows: list[Row], form: PresenceFilters) -> list[Row]:
    """The rows of a region, with what serves all of Québec, and of a need."""
    if need := form.asked("need"):
        rows = presence.of_need(rows, need)
    if region := form.asked("region"):
        wide = [row for row in rows if row.presence == Presence.PROVINCE_WIDE]
        rows = presence.of_region(rows, region) + wide
    return rows


def _line(
    cells: dict[tuple[str, str], Count], region: str, needs: list[NeedTerm]
) -> list[Count | None]:
    return [cells.get((region, need.code)) for need in needs]


def _list(rows: list[Row]) -> list[Listed]:
    """The organizations of rows, with their services and where these are; in the order of rows."""
    public = set(
        Service.objects.public()
        .filter(pk__in={UUID(row.service_id) for row in rows})
        .values_list("pk", flat=True)
    )
    found = []
    for _org_id, of_organization in groupby(rows, key=lambda row: row.org_id):
        services = [
            _offered(list(of_service), public)
            for _service_id, of_service in groupby(of_organization, key=lambda row: row.service_id)
        ]
        first = services[0].row
        kind = OrganizationKind(first.org_kind).label if first.org_kind else ""
        found.append(Listed(first.org_name, str(kind), services))
    return found


def _offered(rows: list[Row], public: set[UUID]) -> Offered:
    first = rows[0]
    is_public = UUID(first.service_id) in public
    where: dict[str, list[str]] = {}
    for row in rows:
        areas = where.setdefault(str(Presence(row.presence).label), [])
        name = f"{row.adm1_name} ({row.adm2_name})" if row.adm2_name else row.adm1_name
        if name and name not in areas:
            areas.append(name)
    return Offered(
        row=first,
        address=reverse("resource", args=[first.service_id]) if is_public else "",
        needs=sorted({row.need_name for row in rows if row.need_name}),
        where=list(where.items()),
    )
