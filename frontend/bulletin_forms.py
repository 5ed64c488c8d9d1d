"""Bulletins as members of the network ask for them and write them."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from frontend import network_choices
from frontend.access import Staff
from geo.choices import Severity
from geo.models import AdminArea, Bulletin, NeedTerm
from geo.models.network import LONGEST_BULLETIN
from geo.personal import refuse_contact_details
from geo.referrals.bulletins import end_of
from geo.translation import LANGUAGES, compose

# A bulletin is read on a phone, between two calls.
LONGEST_TEXT = 600

USUAL_LENGTH = timedelta(days=14)

# What the select of regions says for all of them.
EVERYWHERE = "all"


def home_region(staff: Staff) -> AdminArea | None:
    """The region of an organization, else the first one that an account coordinates."""
    if staff.organization:
        return staff.organization.partner.region
    first = staff.user.coordinations.select_related("region").order_by("region__code").first()
    return first.region if first else None


def refuse_contacts(text: str) -> None:
    """Refuse numbers, addresses and links: a bulletin is copied into groups, and gets old there.

    Raises:
        ValidationError: says where they belong.
    """
    try:
        refuse_contact_details(text)
    except ValidationError as error:
        raise ValidationError(
            _("Take phone numbers, e-mail addresses and links out: they belong in the directory.")
        ) from error


def _text(language: str, label: str, **others) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_TEXT,
        validators=[refuse_contacts],
        widget=forms.Textarea(attrs={"rows": 3, "lang": language}),
        **others,
    )


class BulletinQuestion(forms.Form):
    """Which bulletins to show: those of a region, about a need."""

    region = forms.ChoiceField(label=_("Region"), required=False)
    need = forms.ChoiceField(label=_("Need"), required=False)

    def __init__(self, data: QueryDict, staff: Staff) -> None:
        """Read an address; without a region, it is that of the account."""
        home = home_region(staff)
        asked = {
            "region": data.get("region") or (home.code if home else EVERYWHERE),
            "need": data.get("need", ""),
        }
        super().__init__(asked, auto_id="asked-%s")
        self.fields["region"].choices = [
            (EVERYWHERE, _("All regions")),
            *network_choices.regions(),
        ]
        self.fields["need"].choices = [("", _("All needs")), *network_choices.needs()]

    @property
    def region_asked(self) -> AdminArea | None:
        """The region; None for all, and for one that does not exist."""
        code = self.cleaned_data.get("region")
        return AdminArea.objects.regions().defer("outline").filter(code=code).first()

    @property
    def need_asked(self) -> NeedTerm | None:
        """The need; None for all."""
        return NeedTerm.objects.filter(code=self.cleaned_data.get("need") or None).first()


class BulletinForm(forms.Form):
    """A bulletin, in one to three languages."""

    severity = forms.ChoiceField(
        label=_("How grave is it?"),
        choices=Severity.choices,
        initial=Severity.INFO,
        widget=forms.RadioSelect,
    )
    text_fr = _text("fr", _("Text in French"))
    text_en = _text("en", _("Text in English (if you have it)"), required=False)
    text_es = _text("es", _("Text in Spanish (if you have it)"), required=False)
    until = forms.DateField(
        label=_("Last day"),
        help_text=_("60 days at most. It then disappears by itself."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    regions = forms.MultipleChoiceField(
        label=_("Regions"),
        help_text=_("None: all."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    needs = forms.MultipleChoiceField(
        label=_("Needs"),
        help_text=_("None: all."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: QueryDict | None, staff: Staff) -> None:
        """An empty form proposes the region of the organization and two weeks."""
        home = home_region(staff)
        super().__init__(
            data,
            auto_id="new-%s",
            initial={
                "until": timezone.localdate() + USUAL_LENGTH,
                "regions": [home.code] if home else [],
            },
        )
        self.staff = staff
        self.fields["regions"].choices = network_choices.regions()
        self.fields["needs"].choices = network_choices.needs()

    def clean_until(self) -> date:
        """Today or later, and soon enough."""
        until, today = self.cleaned_data["until"], timezone.localdate()
        if not today <= until <= today + LONGEST_BULLETIN:
            raise ValidationError(_("Choose a day from today on, within 60 days."))
        return until

    @property
    def bulletin(self) -> Bulletin:
        """The bulletin of a valid form, not written down yet."""
        sent, now = self.cleaned_data, timezone.now()
        texts = {code: sent[f"text_{code}"] for code in LANGUAGES if sent[f"text_{code}"]}
        return Bulletin(
            organization=self.staff.organization,
            author=self.staff.user,
            severity=sent["severity"],
            text=compose(texts),
            starts_at=now,
            expires_at=end_of(sent["until"], now),
        )

    @property
    def regions_chosen(self) -> list[AdminArea]:
        """The regions of a valid form."""
        chosen = self.cleaned_data["regions"]
        return list(AdminArea.objects.regions().defer("outline").filter(code__in=chosen))

    @property
    def needs_chosen(self) -> list[NeedTerm]:
        """The needs of a valid form."""
        return list(NeedTerm.objects.filter(parent=None, code__in=self.cleaned_data["needs"]))
