"""What a person keeps, which only the phone knows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def favourites(request: HttpRequest) -> HttpResponse:
    """The frame of the list; the script fills it from what the phone keeps, and sends nothing."""
    return render(request, "favourites.html")
