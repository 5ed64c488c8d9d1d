"""What an organization says of itself on its own page of the network."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from frontend.bulletin_forms import refuse_contacts
from geo import phones
from geo.choices import CapacityLevel, ReferralRole, ServiceStatus
from geo.models import Organization, PartnerContact
from geo.models.partners import LANGUAGE_CHOICES
from geo.referrals.listing import NEVER_REFERRED_TO, SAYABLE

_LANGUAGE_NAMES = {"fr": _("French"), "en": _("English"), "es": _("Spanish")}


class CapacityForm(forms.Form):
    """One tap: how much room, and whether referrals are taken."""

    level = forms.ChoiceField(choices=CapacityLevel.choices)
    is_accepting = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda answer: answer == "yes"
    )


class StatusForm(forms.Form):
    """A service is given, closed for a while, or has ended."""

    status = forms.ChoiceField(
        label=_("Where does it stand?"),
        choices=[(status.value, status.label) for status in SAYABLE],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Why, or until when (if you wish)"),
        required=False,
        max_length=300,
        validators=[refuse_contacts],
    )

    @property
    def status_said(self) -> ServiceStatus:
        """The status of a valid form."""
        return ServiceStatus(self.cleaned_data["status"])


class AddressesForm(forms.Form):
    """The public addresses of the organization."""

    website = forms.URLField(
        label=_("Website"), required=False, max_length=500, assume_scheme="https"
    )
    email = forms.EmailField(
        label=_("Public e-mail address"),
        required=False,
        help_text=_("A shared mailbox, never that of a person. Everybody can read it."),
    )

    def __init__(self, data: QueryDict | None, organization: Organization) -> None:
        """An unsent form shows what stands now."""
        initial = {"website": organization.website, "email": organization.email}
        super().__init__(data, auto_id="public-%s", initial=initial)


class RoleForm(forms.Form):
    """What part the organization takes in referrals, and where its mails go."""

    role = forms.ChoiceField(
        label=_("Part in referrals"), choices=ReferralRole.choices, widget=forms.RadioSelect
    )
    mailbox = forms.EmailField(
        label=_("Shared e-mail address for referrals"),
        required=False,
        help_text=_("Of the organization, never of a person: signed links go there."),
    )
    language = forms.ChoiceField(
        label=_("Language of the mails"),
        choices=[(code, _LANGUAGE_NAMES[code]) for code, _code in LANGUAGE_CHOICES],
    )

    def __init__(self, data: QueryDict | None, organization: Organization) -> None:
        """An unsent form shows what stands now; some kinds of organizations have no choice."""
        partner = organization.partner
        initial = {
            "role": organization.referral_role,
            "mailbox": partner.mailbox,
            "language": partner.language,
        }
        super().__init__(data, auto_id="network-%s", initial=initial)
        if organization.kind in NEVER_REFERRED_TO:
            self.fields["role"].choices = [(ReferralRole.NONE.value, ReferralRole.NONE.label)]


class ContactForm(forms.Form):
    """A way to reach the organization that only the network sees."""

    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    extension = forms.CharField(
        label=_("Extension"),
        required=False,
        max_length=10,
        validators=[RegexValidator(r"^\d{1,10}$", _("Digits only."))],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Shared e-mail address"),
        required=False,
        help_text=_("A desk, never a person: no address with the name of somebody."),
    )

    def __init__(
        self, data: QueryDict | None = None, contact: PartnerContact | None = None
    ) -> None:
        """An unsent form shows what stands now."""
        initial = {}
        if contact:
            initial = {
                "phone": phones.spoken(contact.phone),
                "extension": contact.extension,
                "email": contact.email,
            }
        super().__init__(data, auto_id=f"{contact.pk if contact else 'desk'}-%s", initial=initial)

    def clean_phone(self) -> str:
        """The number as it is kept."""
        written = self.cleaned_data["phone"]
        if not written:
            return ""
        try:
            return phones.read_number(written)
        except ValueError as error:
            raise ValidationError(
                _("This number cannot be dialled. Write the extension in its own field.")
            ) from error

    def clean(self) -> dict:
        """There is some way to reach somebody."""
        cleaned = super().clean()
        if not self.errors and not (cleaned["phone"] or cleaned["email"]):
            raise ValidationError(_("Write a phone number or an e-mail address."))
        if cleaned.get("extension") and not cleaned.get("phone"):
            self.add_error("extension", _("An extension needs a number."))
        return cleaned
