"""Saved searches: what is new where an account refers people to."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontend.access import network_page
from frontend.watch_forms import WatchForm
from geo.errors import TooManySearches
from geo.models import SavedSearch, Service, User, WatchedService
from geo.referrals.watching import MOST_SEARCHES, NEWS, save_search


@network_page(to="belong")
@require_http_methods(["GET", "HEAD", "POST"])
def watches(request: HttpRequest) -> HttpResponse:
    """The searches of an account, each with the news of 30 days; and one more to save."""
    staff = request.staff
    if request.method != "POST":
        return _page(request, WatchForm(None, staff))
    form = WatchForm(request.POST, staff)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.BAD_REQUEST)
    try:
        save_search(staff.user, **form.asked)
    except TooManySearches as error:
        form.add_error(None, str(error))
        return _page(request, form, HTTPStatus.CONFLICT)
    messages.success(request, _("Saved. You will hear when something changes."))
    return redirect("network-watches")


@network_page(to="belong")
@require_POST
def remove(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """Forget a search; that of another account does not exist."""
    get_object_or_404(SavedSearch, pk=search_id, user=request.staff.user).delete()
    messages.success(request, _("The search is removed."))
    return redirect("network-watches")


def _page(
    request: HttpRequest, form: WatchForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    searches = list(_searches_of(request.staff.user))
    named = {row.service_id for search in searches for row in search.news}
    context = {
        "searches": searches,
        "public": set(Service.objects.public().filter(pk__in=named).values_list("pk", flat=True)),
        "form": form,
        "most": MOST_SEARCHES,
    }
    return render(request, "network/watches.html", context, status=status)


def _searches_of(user: User) -> QuerySet[SavedSearch]:
    news = WatchedService.objects.exclude(change="").filter(changed_at__gte=timezone.now() - NEWS)
    return (
        SavedSearch.objects.filter(user=user)
        .select_related("region", "need")
        .defer("region__outline")
        .prefetch_related(
            Prefetch("watched", queryset=news.order_by("-changed_at", "pk"), to_attr="news")
        )
    )
