"""What an administrator of an organization types for its software."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from geo.choices import TokenScope

# Days that a key can live; the longest is that of the model.
LIVES = (30, 90, 180, 365)


def _lives() -> list[tuple[int, str]]:
    """In the language of the page: asked for each form."""
    return [
        (days, ngettext("%(days)d day", "%(days)d days", days) % {"days": days}) for days in LIVES
    ]


class KeyForm(forms.Form):
    """A new key."""

    label = forms.CharField(
        label=_("What it is for"),
        max_length=60,
        help_text=_("The name of the software, never of a person."),
        error_messages={"required": _("Say what the key is for.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=TokenScope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one box.")},
    )
    days = forms.TypedChoiceField(
        label=_("Good for"),
        coerce=int,
        choices=_lives,
        initial=180,
    )

    @property
    def life(self) -> timedelta:
        """How long the key is to live."""
        return timedelta(days=self.cleaned_data["days"])


class WebhookForm(forms.Form):
    """A new webhook."""

    url = forms.CharField(
        label=_("Address that we call"),
        max_length=500,
        help_text=_("It begins with https://."),
        widget=forms.TextInput({"inputmode": "url", "autocapitalize": "none"}),
        error_messages={"required": _("Give the address.")},
    )
