"""Forms of stops: times are those that the clock of the place shows."""

from datetime import date, datetime, time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext_lazy as _

from geo.choices import StopStatus
from geo.models import Location, MobileStop
from geo.models.tours import NEXT_STATUSES, STANDING
from geo.moments import at_wall_clock

# Where no place is chosen yet: the clock of most of Québec.
USUAL_ZONE = ZoneInfo("America/Toronto")

TIMES = ("starts_at", "ends_at")


class WallClockField(forms.SplitDateTimeField):
    """A day and a time of the clock on the wall, without a zone: the place has it."""

    widget = AdminSplitDateTime

    def compress(self, data_list: tuple[date, time] | None) -> datetime | None:
        """A day and a time to a moment without a zone."""
        if not data_list:
            return None
        day, moment = data_list
        if not day:
            raise ValidationError(self.error_messages["invalid_date"], code="invalid_date")
        if not moment:
            raise ValidationError(self.error_messages["invalid_time"], code="invalid_time")
        return datetime.combine(day, moment)


class AtPlaceForm(forms.BaseForm):
    """A form with a place and two times: they become instants by the clock of the place."""

    def place_times(self, cleaned: dict[str, Any]) -> None:
        """Give the times of `cleaned` the zone of its place; says which of them is none."""
        location = cleaned.get("location")
        zone = ZoneInfo(location.timezone) if location else USUAL_ZONE
        for name in TIMES:
            moment = cleaned.get(name)
            if moment is None or moment.tzinfo:
                continue
            try:
                cleaned[name] = at_wall_clock(moment, zone)
            except ValidationError as error:
                self.add_error(name, error)

    def show_times_of(self, stop: MobileStop) -> None:
        """Begin with the times of a stop at its place, and say which clock they are of."""
        for name, moment in zip(TIMES, (stop.local_start, stop.local_end), strict=True):
            self.initial[name] = moment.replace(tzinfo=None)
            self.fields[name].help_text = _("By the clock of the place: %(zone)s.") % {
                "zone": stop.location.timezone
            }


class StopForm(AtPlaceForm, forms.ModelForm):
    """A stop. Others who change stops of the same tour wait until it is saved or refused."""

    starts_at = WallClockField(label=_("from"), help_text=_("By the clock of the place."))
    ends_at = WallClockField(label=_("to"), help_text=_("By the clock of the place."))

    class Meta:
        model = MobileStop
        fields = (
            "tour",
            "location",
            "starts_at",
            "ends_at",
            "status",
            "announce_to",
            "public_precision",
            "partner_note",
            "topics",
            "languages",
            "capacity",
            "message",
            "source",
            "as_of",
            "confidence",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the statuses that can follow; what was moved is history."""
        super().__init__(*args, **kwargs)
        stop = self.instance
        if stop._state.adding:
            statuses = set(STANDING)
        else:
            statuses = {StopStatus(stop.status), *map(StopStatus, NEXT_STATUSES[stop.status])}
            self.show_times_of(stop)
        if isinstance(status := self.fields.get("status"), forms.ChoiceField):
            status.choices = [choice for choice in StopStatus.choices if choice[0] in statuses]
        if stop.status == StopStatus.MOVED:
            for field in self.fields.values():
                field.disabled = True

    def clean(self) -> dict[str, Any]:
        """Times at the place; then nobody else books the tour until this is done."""
        cleaned = super().clean() or self.cleaned_data
        self.place_times(cleaned)
        tour = cleaned.get("tour")
        if tour is not None:
            tour.hold()
        return cleaned


class StopFormSet(forms.BaseInlineFormSet):
    """The stops of a tour: the database compares each with those stored, this with one another."""

    def clean(self) -> None:
        """Refuse two that overlap."""
        super().clean()
        standing = sorted(
            (
                form
                for form in self.forms
                if form.is_valid()
                and form.has_changed()
                and not form.cleaned_data.get(DELETION_FIELD_NAME)
                and form.instance.status in STANDING
            ),
            key=lambda form: form.instance.starts_at,
        )
        for earlier, later in pairwise(standing):
            if later.instance.starts_at < earlier.instance.ends_at:
                later.add_error(
                    "starts_at",
                    _("The tour is then still at the stop before: change one of the two."),
                )


class MoveForm(AtPlaceForm, forms.Form):
    """Where and when a stop takes place instead."""

    location = forms.ModelChoiceField(
        label=_("location"),
        queryset=Location.objects.all(),
        widget=AutocompleteSelect(MobileStop._meta.get_field("location"), admin.site),
    )
    starts_at = WallClockField(label=_("from"))
    ends_at = WallClockField(label=_("to"))

    def __init__(self, *args: Any, stop: MobileStop, **kwargs: Any) -> None:
        """Begin with where and when `stop` is."""
        super().__init__(*args, **kwargs)
        self.initial["location"] = stop.location_id
        self.show_times_of(stop)

    def clean(self) -> dict[str, Any]:
        """Times at the place, and something that differs."""
        cleaned = super().clean() or self.cleaned_data
        self.place_times(cleaned)
        if not self.errors and not self.has_changed():
            raise ValidationError(_("Nothing differs: change the place or the time."))
        return cleaned


class RepeatForm(forms.Form):
    """How often a stop takes place again."""

    weeks = forms.IntegerField(label=_("every … weeks"), min_value=1, max_value=12, initial=1)
    times = forms.IntegerField(label=_("so many times"), min_value=1, max_value=26, initial=4)
