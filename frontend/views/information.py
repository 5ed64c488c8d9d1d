"""Pages that explain."""

from functools import reduce
from operator import or_

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from geo.choices import OutlineKind
from geo.models import (
    AdminArea,
    Alert,
    DemandEstimate,
    MobileStop,
    MobileTour,
    Phone,
    Resource,
    Schedule,
    ServiceArea,
    ServiceAtLocation,
    ServiceLanguage,
    Source,
    TravelCost,
)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What Repère is, and who the organizations are."""
    return render(request, "about.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of a visit: nothing here, the history there."""
    return render(request, "privacy.html")


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every data set with its licence, and every page that was read."""
    shown = Resource.objects.all()
    services = shown.values("service")
    facts = [
        shown.values("service__source"),
        shown.values("organization__source"),
        shown.values("location__source"),
        MobileTour.objects.public().values("source"),
        MobileStop.objects.public().values("source"),
        Alert.objects.public().current(timezone.now()).values("source"),
        *(
            facts.filter(service__in=services).values("source")
            for facts in (
                Phone.objects.trusted(),
                Schedule.objects,
                ServiceArea.objects,
                ServiceAtLocation.objects,
                ServiceLanguage.objects,
            )
        ),
    ]
    read = Source.objects.filter(reduce(or_, (Q(pk__in=fact) for fact in facts)))
    outlines = AdminArea.objects.regions().filter(outline_kind=OutlineKind.OFFICIAL)
    figures = Q(pk__in=DemandEstimate.objects.values("source"))
    roads = Q(pk__in=TravelCost.objects.values("source"))
    context = {
        "read": read.order_by("citation", "pk"),
        # The page words the lists that the product carries itself.
        "loaded": Source.objects.filter(figures | roads)
        .exclude(key="esdc-positive-lmia")
        .order_by("citation", "pk"),
        "outlines": Source.objects.filter(pk__in=outlines.values("outline_source")),
    }
    return render(request, "sources.html", context)
