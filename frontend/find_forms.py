"""What a caseworker asks: who can take a person. Codes only, and nothing of the person."""

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from geo.choices import SERVICE_LANGUAGES, Urgency
from geo.models import AdminArea, NeedTerm
from geo.querysets.resources import ANY_LANGUAGE
from geo.referrals.receivers import Question
from geo.translation import wording


class FindForm(forms.Form):
    """A need, a region, a language and an urgency."""

    need = forms.ChoiceField(label=_("Need"), error_messages={"required": _("Choose a need.")})
    region = forms.ChoiceField(
        label=_("Region where the person is"), error_messages={"required": _("Choose a region.")}
    )
    language = forms.ChoiceField(
        label=_("Language that the person speaks"),
        required=False,
        choices=[
            ("", _("Any language")),
            *((code, name) for code, name in SERVICE_LANGUAGES.items() if code != ANY_LANGUAGE),
        ],
    )
    urgency = forms.ChoiceField(
        label=_("By when"), choices=Urgency.choices, initial=Urgency.THIS_WEEK
    )

    def __init__(self, data: QueryDict) -> None:
        """Read an address; a question of nothing at all is no question yet."""
        asks = any(name in data for name in self.base_fields)
        # This week, unless it is said otherwise; the field then shows it too.
        said = data.copy()
        said.setdefault("urgency", str(Urgency.THIS_WEEK))
        super().__init__(said if asks else None, auto_id="%s")
        self.terms = {}
        groups = [("", _("Choose"))]
        for tile in NeedTerm.objects.tiles():
            leaves = list(tile.children.all())
            self.terms |= {term.code: term for term in (tile, *leaves)}
            every = (tile.code, _("%(need)s: all") % {"need": _name(tile)})
            groups.append((_name(tile), [every, *((leaf.code, _name(leaf)) for leaf in leaves)]))
        self.fields["need"].choices = groups
        # With their outlines, which the answer wants of one of them.
        self.regions = {region.code: region for region in AdminArea.objects.regions()}
        self.fields["region"].choices = [
            ("", _("Choose")),
            *((region.code, region.name) for region in self.regions.values()),
        ]
        for name, field in self.fields.items():
            if self.is_bound and name in self.errors:
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"{name}-error"}

    @property
    def question(self) -> Question:
        """The question, of a valid form."""
        asked = self.cleaned_data
        return Question(
            self.terms[asked["need"]],
            self.regions[asked["region"]],
            asked["language"],
            asked["urgency"],
        )

    @property
    def tile(self) -> NeedTerm:
        """The need of level 1, of a valid form: all that a referral says of it."""
        term = self.terms[self.cleaned_data["need"]]
        return (
            term
            if term.parent_id is None
            else next(tile for tile in self.terms.values() if tile.pk == term.parent_id)
        )


def _name(term: NeedTerm) -> str:
    return wording(term.name, get_language()).text
