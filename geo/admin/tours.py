"""Tours and their stops: dates, a map, and what becomes of each stop."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from geo import models
from geo.admin.directory import DirectoryAdmin, SourcedInline
from geo.admin.stop_forms import MoveForm, RepeatForm, StopForm, StopFormSet
from geo.choices import StopStatus
from geo.errors import TransitionNotAllowed


class StopInline(SourcedInline):
    """Stops of a tour that are not over, and those that are and that nobody settled."""

    model = models.MobileStop
    form = StopForm
    formset = StopFormSet
    autocomplete_fields = ["location", "source", "topics"]
    show_change_link = True
    classes = ()
    ordering = ("starts_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Leave out what is history."""
        now = timezone.now()
        found = super().get_queryset(request).select_related("location__municipality")
        return found.filter(
            Q(ends_at__gt=now) | Q(status__in=[StopStatus.PLANNED, StopStatus.CONFIRMED])
        ).exclude(status=StopStatus.MOVED)


@admin.register(models.MobileTour)
class MobileTourAdmin(DirectoryAdmin):
    """Tours, with their stops."""

    list_display = ("__str__", "service", "next_stop", "on_a_map")
    search_fields = ("name", "service__name", "service__organization__name")
    autocomplete_fields = ("service", "source")
    list_select_related = ("service",)
    inlines = (StopInline,)
    change_form_template = "admin/geo/mobiletour/change_form.html"

    @admin.display(description=_("next stop"))
    def next_stop(self, tour: models.MobileTour) -> str:
        """The first of those to come, whoever may know of it."""
        stop = tour.stops.upcoming(timezone.now()).select_related("location__municipality").first()
        return f"{stop.when} – {stop.location.town}" if stop else ""

    @admin.display(description=_("map"))
    def on_a_map(self, tour: models.MobileTour) -> str:
        """To the map of its stops."""
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:geo_mobiletour_map", args=[tour.pk]),
            gettext("Map"),
        )

    def get_urls(self) -> list[URLPattern]:
        """The usual addresses, and the map."""
        view = self.admin_site.admin_view(self.map_view)
        return [
            path("<uuid:tour_id>/map/", view, name="geo_mobiletour_map"),
            *super().get_urls(),
        ]

    def map_view(self, request: HttpRequest, tour_id: Any) -> HttpResponse:
        """The stops to come of one tour on one map, and a click for a new place."""
        tour = models.MobileTour.objects.select_related("service").filter(pk=tour_id).first()
        if tour is None:
            raise Http404
        if not self.has_view_permission(request, tour):
            raise PermissionDenied
        stops = (
            tour.stops.filter(ends_at__gt=timezone.now())
            .exclude(status=StopStatus.MOVED)
            .select_related("location__municipality")
            .order_by("starts_at", "pk")
        )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": tour,
            "title": gettext("Stops on a map"),
            "stops": stops,
            "may_add_places": request.user.has_perm("geo.add_location"),
        }
        return TemplateResponse(request, "admin/geo/mobiletour/map.html", context)


class DatesFilter(admin.SimpleListFilter):
    """Where stops stand in time."""

    title = _("dates")
    parameter_name = "dates"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """To come, to settle, over."""
        return [
            ("to_come", _("To come")),
            ("to_settle", _("Past and still planned: done or cancelled?")),
            ("over", _("Over")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        """Narrow the list."""
        now = timezone.now()
        if self.value() == "to_come":
            return queryset.upcoming(now)
        if self.value() == "to_settle":
            return queryset.to_settle(now)
        if self.value() == "over":
            return queryset.filter(ends_at__lte=now)
        return queryset


@admin.register(models.MobileStop)
class MobileStopAdmin(DirectoryAdmin):
    """Stops, and what becomes of them."""

    form = StopForm
    list_display = ("when_there", "tour", "location", "status", "announce_to", "changed_at")
    list_filter = (DatesFilter, "status", "announce_to", "tour", "location__region")
    search_fields = ("tour__name", "location__municipality__name", "location__locality")
    autocomplete_fields = ("tour", "location", "source", "topics")
    list_select_related = ("tour", "location__municipality")
    readonly_fields = ("replaces", "changed_at")
    actions = ("confirm", "cancel", "finish", "move_one", "repeat_one")
    change_form_template = "admin/geo/mobilestop/change_form.html"

    @admin.display(description=_("when, at the place"), ordering="starts_at")
    def when_there(self, stop: models.MobileStop) -> str:
        """By the clock of the place, with its zone."""
        return f"{stop.when} ({stop.local_start:%Z})"

    @admin.action(description=_("Confirm"), permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet) -> None:
        """They take place."""
        self._turn(request, queryset, StopStatus.CONFIRMED)

    @admin.action(description=_("Cancel: calendars will say so"), permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet) -> None:
        """They do not take place."""
        self._turn(request, queryset, StopStatus.CANCELLED)

    @admin.action(description=_("Mark as done"), permissions=["change"])
    def finish(self, request: HttpRequest, queryset: QuerySet) -> None:
        """They took place."""
        self._turn(request, queryset, StopStatus.DONE)

    @admin.action(description=_("Move to another time or place (one stop)"), permissions=["change"])
    def move_one(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """To the form of a move."""
        return self._one(request, queryset, "move")

    @admin.action(description=_("Repeat every few weeks (one stop)"), permissions=["add"])
    def repeat_one(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """To the form of a repetition."""
        return self._one(request, queryset, "repeat")

    def _one(self, request: HttpRequest, queryset: QuerySet, step: str) -> HttpResponse | None:
        if queryset.count() != 1:
            self.message_user(request, gettext("Choose one stop."), messages.ERROR)
            return None
        url = reverse(f"admin:geo_mobilestop_{step}", args=[queryset.get().pk])
        return HttpResponseRedirect(url)

    def _turn(self, request: HttpRequest, queryset: QuerySet, status: StopStatus) -> None:
        """All of them or none."""
        try:
            with transaction.atomic():
                for stop in queryset:
                    stop.turn(status)
                    self.log_change(request, stop, str(status.label))
        except (TransitionNotAllowed, ValidationError) as error:
            words = " ".join([gettext("Nothing was changed."), *words_of(error)])
            self.message_user(request, words, messages.ERROR)
            return
        number = queryset.count()
        self.message_user(
            request,
            ngettext("%(number)s stop changed.", "%(number)s stops changed.", number)
            % {"number": number},
        )

    def get_urls(self) -> list[URLPattern]:
        """The usual addresses, a move and a repetition."""
        steps = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"geo_mobilestop_{name}",
            )
            for name, view in (("move", self.move_view), ("repeat", self.repeat_view))
        ]
        return [*steps, *super().get_urls()]

    def move_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give a stop another time or place; calendars move their entry."""
        stop = self._stop(request, object_id)
        if not self.has_change_permission(request, stop):
            raise PermissionDenied
        form = MoveForm(request.POST or None, stop=stop)

        def move() -> models.MobileStop:
            asked = form.cleaned_data
            return stop.move(**{name: asked[name] for name in ("location", "starts_at", "ends_at")})

        return self._step(request, stop, form, gettext("Move a stop"), move)

    def repeat_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Plan a stop again, every few weeks."""
        stop = self._stop(request, object_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RepeatForm(request.POST or None)

        def repeat() -> models.MobileStop:
            return stop.repeat(**form.cleaned_data)[0]

        return self._step(request, stop, form, gettext("Repeat a stop"), repeat)

    def _stop(self, request: HttpRequest, object_id: str) -> models.MobileStop:
        stop = self.get_object(request, unquote(object_id))
        if stop is None:
            raise Http404
        return stop

    def _step(
        self,
        request: HttpRequest,
        stop: models.MobileStop,
        form: forms.Form,
        title: str,
        step: Callable[[], models.MobileStop],
    ) -> HttpResponse:
        """Show the form of a step, or take it and go to the stop that it made."""
        if request.method == "POST" and form.is_valid():
            try:
                made = step()
            except (TransitionNotAllowed, ValidationError) as error:
                form.add_error(None, list(words_of(error)))
            else:
                self.log_change(request, stop, title)
                self.message_user(request, gettext("Saved: %(stop)s.") % {"stop": made.when})
                return HttpResponseRedirect(reverse("admin:geo_mobilestop_change", args=[made.pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": stop,
            "title": title,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/geo/mobilestop/step.html", context)


def words_of(error: Exception) -> list[str]:
    """What an editor reads of a refusal."""
    return error.messages if isinstance(error, ValidationError) else [str(error)]
