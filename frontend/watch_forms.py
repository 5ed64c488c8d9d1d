"""A search to save, as members of the network write it."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from frontend import network_choices
from frontend.access import Staff
from frontend.bulletin_forms import home_region
from geo.models import AdminArea, NeedTerm


class WatchForm(forms.Form):
    """Where, for which need, in which language."""

    region = forms.ChoiceField(
        label=_("Region"), error_messages={"required": _("Choose a region.")}
    )
    need = forms.ChoiceField(label=_("Need"), required=False)
    language = forms.ChoiceField(label=_("Language of the service"), required=False)

    def __init__(self, data: QueryDict | None, staff: Staff) -> None:
        """An empty form proposes the region of the account."""
        home = home_region(staff)
        super().__init__(data, auto_id="new-%s", initial={"region": home.code if home else ""})
        self.fields["region"].choices = [("", _("Choose")), *network_choices.regions()]
        self.fields["need"].choices = [
            ("", _("All needs")),
            *network_choices.needs_and_leaves(),
        ]
        self.fields["language"].choices = [
            ("", _("Any language")),
            *network_choices.languages(),
        ]

    @property
    def asked(self) -> dict:
        """What `geo.referrals.watching.save_search` takes, of a valid form."""
        sent = self.cleaned_data
        return {
            "region": AdminArea.objects.regions().get(code=sent["region"]),
            "need": NeedTerm.objects.filter(code=sent["need"] or None).first(),
            "language": sent["language"],
        }
