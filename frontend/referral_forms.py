"""What people of the network choose about a referral: coded answers, nothing written freely."""

from collections.abc import Sequence
from datetime import date, timedelta

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from frontend.filters import Choices, Filters
from geo import moments
from geo.choices import (
    SERVICE_LANGUAGES,
    ConsentMethod,
    Handover,
    ReferralOutcome,
    ReferralStatus,
    RefusalReason,
    Urgency,
)
from geo.models import AdminArea, NeedTerm, Organization, Partner, Referral, Service
from geo.referrals.sending import latest_end
from geo.translation import wording

SPOKEN: Choices = [(code, name) for code, name in SERVICE_LANGUAGES.items() if code != "mul"]

# Other ends of a consent than the last one that is possible, in days.
SHORTER_ENDS = (30, 60)


def receiving(without: Organization) -> QuerySet[Organization]:
    """Organizations that take referrals, but for one."""
    partners = Partner.objects.receiving()
    return Organization.objects.filter(partner__in=partners).exclude(pk=without.pk)


def need_words(need: NeedTerm) -> str:
    """A need in the language of the page."""
    return str(wording(need.name, get_language()))


class WriteForm(forms.Form):
    """A new referral: what is needed, where, by when, and who is asked."""

    need = forms.ChoiceField(
        label=_("What does the person need?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is needed.")},
    )
    language = forms.ChoiceField(
        label=_("In which language?"),
        error_messages={"required": _("Choose a language.")},
    )
    interpreter_needed = forms.BooleanField(label=_("An interpreter is needed"), required=False)
    region = forms.ChoiceField(
        label=_("In which region is the person?"),
        error_messages={"required": _("Choose a region.")},
    )
    urgency = forms.ChoiceField(
        label=_("By when?"),
        widget=forms.RadioSelect,
        choices=Urgency.choices,
        error_messages={"required": _("Choose by when.")},
    )
    handover = forms.ChoiceField(
        label=_("How will they meet?"),
        widget=forms.RadioSelect,
        choices=Handover.choices,
        error_messages={"required": _("Choose how they will meet.")},
    )
    organization = forms.ModelChoiceField(
        label=_("Which organization is asked?"),
        queryset=Organization.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("This organization takes no referrals.")},
    )
    service = forms.ModelChoiceField(
        label=_("For which service?"), queryset=Service.objects.none(), required=False
    )
    sandbox = forms.BooleanField(label=_("This is an exercise: it counts nowhere"), required=False)

    def __init__(
        self,
        data: object,
        *,
        sender: Organization,
        needs: Sequence[NeedTerm],
        regions: Sequence[AdminArea],
        initial: dict | None = None,
    ) -> None:
        """Offer the needs of level 1, the regions, and whoever takes referrals."""
        super().__init__(data, auto_id="%s", initial=initial)
        self._sender = sender
        self._needs = {need.code: need for need in needs}
        self._regions = {region.code: region for region in regions}
        self.fields["need"].choices = [(need.code, need_words(need)) for need in needs]
        self.fields["language"].choices = [("", _("Choose")), *SPOKEN]
        self.fields["region"].choices = [
            ("", _("Choose")),
            *((region.code, region.name) for region in regions),
        ]
        self.fields["organization"].queryset = receiving(sender)
        self.fields["service"].queryset = Service.objects.public()

    def clean(self) -> dict:
        """A service of another organization than the one that is asked is none."""
        cleaned = super().clean()
        service = cleaned.get("service")
        if service and service.organization_id != getattr(cleaned.get("organization"), "pk", None):
            cleaned["service"] = None
        return cleaned

    def referral(self) -> Referral:
        """The referral, not written down yet, of a valid form."""
        asked = self.cleaned_data
        return Referral(
            from_org=self._sender,
            to_org=asked["organization"],
            to_service=asked["service"],
            need=self._needs[asked["need"]],
            language_needed=asked["language"],
            interpreter_needed=asked["interpreter_needed"],
            worker_region=self._regions[asked["region"]],
            urgency=asked["urgency"],
            handover=asked["handover"],
            sandbox=asked["sandbox"],
        )


class ConsentForm(forms.Form):
    """The person said yes: to whom, how, in which language, until when."""

    organizations = forms.ModelMultipleChoiceField(
        queryset=Organization.objects.none(), required=False
    )
    language = forms.ChoiceField(label=_("Language in which the text is read"), choices=SPOKEN)
    method = forms.ChoiceField(
        label=_("How did the person say yes?"),
        widget=forms.RadioSelect,
        choices=ConsentMethod.choices,
        error_messages={"required": _("Choose how the person said yes.")},
    )
    until = forms.TypedChoiceField(label=_("The consent holds until"), coerce=date.fromisoformat)
    agreed = forms.BooleanField(
        label=_("The person has heard the text and said yes"),
        error_messages={"required": _("Without a yes, nothing is sent.")},
    )

    def __init__(self, data: object, referral: Referral) -> None:
        """Offer whoever takes referrals, and the ends that the rules allow."""
        super().__init__(data, auto_id="%s", initial={"method": ConsentMethod.ORAL})
        self._referral = referral
        self.fields["organizations"].queryset = receiving(referral.from_org)
        ends = _ends(referral)
        today = timezone.localdate()
        self.fields["until"].choices = [
            (end.isoformat(), moments.day_words(end, today)) for end in ends
        ]
        self.fields["until"].initial = ends[-1].isoformat()

    def clean_organizations(self) -> list[Organization]:
        """The receiver and whoever else was ticked."""
        chosen = list(self.cleaned_data["organizations"])
        receiver = self._referral.to_org
        if receiver and receiver not in chosen:
            chosen.insert(0, receiver)
        if not chosen:
            raise forms.ValidationError(_("Choose at least one organization that may hear of it."))
        return chosen


def _ends(referral: Referral) -> list[date]:
    """Days on which a consent may end, the latest last."""
    today, latest = timezone.localdate(), latest_end(referral)
    shorter = [today + timedelta(days=days) for days in SHORTER_ENDS]
    return [end for end in shorter if end < latest] + [latest]


class RefusalForm(forms.Form):
    """Why a referral is refused."""

    reason = forms.ChoiceField(
        label=_("Why?"), widget=forms.RadioSelect, choices=RefusalReason.choices
    )


class OutcomeForm(forms.Form):
    """How a referral ended."""

    outcome = forms.ChoiceField(
        label=_("How did it end?"), widget=forms.RadioSelect, choices=ReferralOutcome.choices
    )


class BoxFilters(Filters):
    """Which referrals of a list are shown."""

    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", pgettext_lazy("referral", "Any state")), *ReferralStatus.choices],
    )
    need = forms.ChoiceField(label=_("Need"), required=False)
    region = forms.ChoiceField(label=_("Region of the person"), required=False)
    urgency = forms.ChoiceField(
        label=_("By when?"),
        required=False,
        choices=[("", pgettext_lazy("referral", "Any time")), *Urgency.choices],
    )
