"""A list of services that somebody chose for a person: a page to print, and a link to give."""

from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from geo.models import Resource

# More would be a directory, and nobody reads it on a phone.
MOST = 12


@require_safe
def handout(request: HttpRequest) -> HttpResponse:
    """The services of `?ids=…&ids=…`, in that order: what the public may know, and no more.

    An id is that of a service or of one of its places; what the public may not see is left out.
    """
    keys = list(dict.fromkeys(_keys(request)))[:MOST]
    rows = list(
        Resource.objects.filter(Q(pk__in=keys) | Q(service__in=keys)).with_details().order_by("pk")
    )
    chosen = []
    for key in keys:
        exact = [row for row in rows if row.pk == key]
        found = exact or [row for row in rows if row.service_id == key]
        if found and found[0] not in chosen:
            chosen.append(found[0])
    if not chosen:
        raise Http404
    return render(
        request,
        "handout.html",
        {
            "resources": chosen,
            "query": request.GET,
            "url": request.build_absolute_uri(),
        },
    )


def _keys(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(text) for text in request.GET.getlist("ids")]
    except ValueError as error:
        raise Http404 from error
