"""Forms of the people of the network: signing in, coming in, inviting, admitting."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from geo.choices import MemberRole
from geo.models import AdminArea, Organization, Partner, User
from geo.translation import wording

# What somebody types to find an organization of the directory.
LONGEST_SEARCH = 100
MOST_FOUND = 20


def regions():
    """The 17 regions, without their outlines."""
    return AdminArea.objects.regions().defer("outline")


class SignInForm(AuthenticationForm):
    """An address and a password. Unknown, closed and wrong are said in the same words."""

    error_messages = {
        "invalid_login": _("The address or the password is wrong, or the account is closed."),
        "inactive": _("The address or the password is wrong, or the account is closed."),
    }


class NewPasswordForm(SetPasswordForm):
    """A password, twice."""

    field_order = ["name", "new_password1", "new_password2"]


class AcceptForm(NewPasswordForm):
    """What a person who was invited says: a name for colleagues, and a password."""

    name = forms.CharField(label=_("Your name"), max_length=150)

    def clean_name(self) -> str:
        """Keep it with the account, so that the password is compared with it."""
        self.user.name = self.cleaned_data["name"]
        return self.user.name


class CodeForm(forms.Form):
    """The six digits of the phone, or a backup code."""

    token = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}
        ),
    )

    def clean_token(self) -> str:
        """As devices know it: people write codes with spaces."""
        return "".join(self.cleaned_data["token"].split()).lower()


class AccountForm(forms.ModelForm):
    """What a person decides for their own account."""

    class Meta:
        model = User
        fields = ["name", "language", "mail_frequency"]
        widgets = {"mail_frequency": forms.RadioSelect}

    def __init__(self, *args, **kwargs) -> None:
        """Name the languages by themselves."""
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = OWN_NAMES


# Languages by their own names.
OWN_NAMES = [("fr", "Français"), ("en", "English"), ("es", "Español")]


class InviteForm(forms.Form):
    """A colleague is asked to come in."""

    email = forms.EmailField(label=_("Work e-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=MemberRole.choices, initial=MemberRole.EDITOR)


class CoordinatorForm(forms.Form):
    """A coordinator is asked to come in."""

    email = forms.EmailField(label=_("Work e-mail address"))
    regions = forms.ModelMultipleChoiceField(
        label=_("Regions"), queryset=AdminArea.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs) -> None:
        """Offer the regions of today."""
        super().__init__(*args, **kwargs)
        self.fields["regions"].queryset = regions()
        self.fields["regions"].label_from_instance = lambda region: region.name


class ProposalForm(forms.Form):
    """An organization of the directory is proposed for the network."""

    region = forms.ModelChoiceField(
        label=_("Region"), queryset=AdminArea.objects.none(), empty_label=_("Choose")
    )
    mailbox = forms.EmailField(
        label=_("Shared e-mail address"),
        help_text=_("Of the organization, never of a person: signed links go there."),
    )
    language = forms.ChoiceField(
        label=_("Language of its e-mails"), choices=OWN_NAMES, initial="fr"
    )
    first_admin = forms.EmailField(
        label=_("Work e-mail address of its first administrator"),
        help_text=_("This person is invited once the organization is admitted."),
    )

    def __init__(self, *args, **kwargs) -> None:
        """Offer the regions of today."""
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions()
        self.fields["region"].label_from_instance = lambda region: region.name


class OrganizationSearch(forms.Form):
    """Public organizations that are not in the network yet, by a part of their name."""

    q = forms.CharField(
        label=_("Name of the organization"),
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput({"type": "search"}),
    )

    def found(self) -> list[Organization]:
        """The first few, by name."""
        outside = Organization.objects.filter(is_public=True).exclude(
            pk__in=Partner.objects.values("organization")
        )
        return list(outside.named(self.cleaned_data["q"])[:MOST_FOUND])


def name_of(organization: Organization) -> str:
    """An organization, in the language of the page."""
    return str(wording(organization.name, get_language()) or organization)
