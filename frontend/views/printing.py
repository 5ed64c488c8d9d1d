"""What people print: leaflets, cards, the poster. PDF, made when it is asked for."""

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from frontend.printing import card, poster
from frontend.printing.contents import card_of, leaflet_of
from frontend.printing.leaflet import draw_leaflet
from frontend.printing.poster_contents import poster_of
from geo.models import AdminArea, Resource
from geo.translation import LANGUAGES

# Copies kept on the way are asked for again after an hour; the ETag then spares the drawing.
KEPT_S = 3600


@require_safe
def region_leaflet(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The leaflet of a region in two languages, `?with=es` beside that of the address."""
    area = get_object_or_404(AdminArea.objects.regions(), code=code)
    return _leaflet(request, area, slug, "region-leaflet", code)


@require_safe
def mrc_leaflet(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The leaflet of an MRC in two languages."""
    area = get_object_or_404(AdminArea.objects.mrcs().select_related("parent"), code=code)
    return _leaflet(request, area, slug, "mrc-leaflet", f"mrc-{code}")


def _leaflet(
    request: HttpRequest, area: AdminArea, slug: str, name: str, file: str
) -> HttpResponse:
    if slug != area.slug:
        return moved(request, name, area)
    languages = _languages(request)
    leaflet = leaflet_of(area, languages, site(request))
    return sent(
        request, f"{file}-{'-'.join(languages)}", leaflet.version, lambda: draw_leaflet(leaflet)
    )


@require_safe
def resource_card(request: HttpRequest, resource_id: UUID) -> HttpResponse:
    """The card of a service, from its own id or from that of one of its places."""
    size = _choice(request, "size", tuple(card.SIZES))
    languages = _languages(request)
    rows = Resource.objects.filter(Q(pk=resource_id) | Q(service=resource_id)).with_details()
    shown = next((row for row in rows if row.pk == resource_id), next(iter(rows), None))
    if shown is None:
        raise Http404
    content = card_of(shown, languages, site(request))
    return sent(
        request,
        f"{str(shown.pk)[:8]}-{'-'.join(languages)}-{size}",
        f"{content.version}-{size}",
        lambda: card.draw_card(content, size),
    )


@require_safe
def province_poster(request: HttpRequest) -> HttpResponse:
    """The poster of all Québec, in the language of the address."""
    size = _choice(request, "size", tuple(poster.SIZES))
    language = get_language()
    content = poster_of(language, site(request))
    return sent(
        request,
        f"{language}-{size}",
        f"{content.version}-{size}",
        lambda: poster.draw_poster(content, size),
    )


def _choice(request: HttpRequest, name: str, known: tuple[str, ...]) -> str:
    """The value of a parameter; the first known one where it is absent.

    Raises:
        BadRequest: it is given twice, or is none of those that are known.
    """
    given = request.GET.getlist(name) or [known[0]]
    if len(given) > 1 or given[0] not in known:
        raise BadRequest(f"{name} wants one of {', '.join(known)}.")
    return given[0]


def _languages(request: HttpRequest) -> tuple[str, str]:
    """The language of the address and another one: Spanish, or French beside Spanish."""
    own = get_language()
    others = [language for language in LANGUAGES if language != own]
    others.sort(key=lambda language: language != "es")
    return own, _choice(request, "with", tuple(others))


def moved(request: HttpRequest, name: str, area: AdminArea) -> HttpResponse:
    """To the address with the area's own name, with the question."""
    response = redirect(name, code=area.code, slug=area.slug, permanent=True)
    if question := request.META.get("QUERY_STRING"):
        response["Location"] += f"?{question}"
    return response


def site(request: HttpRequest) -> str:
    """Scheme and host, as the codes of the paper bear them."""
    return request.build_absolute_uri("/").rstrip("/")


def sent(request: HttpRequest, name: str, version: str, draw: Callable[[], bytes]) -> HttpResponse:
    """A PDF with a name that tells nobody what it is about; drawn only where it has changed."""
    etag = quote_etag(version)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(
            draw(),
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="repere-{name}.pdf"'},
        )
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=KEPT_S)
    return response
