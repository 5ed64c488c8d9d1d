"""Questions of planners: where help should go next, and what would change."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from geo.choices import SERVICE_LANGUAGES, CoverageBasis
from geo.coverage import reading, whatif
from geo.coverage.plans import Objective
from geo.coverage.proposals import Pin, check_position
from geo.coverage.situation import Question
from geo.coverage.whatif import Changes, Counting
from geo.errors import ImpossibleChange
from geo.models import AdminArea, CoverageRun, NeedTerm
from geo.translation import wording

# More would take the solver minutes, and nobody opens more places at once.
MOST_ON_PAGE = 5

# Coordinates to about 10 m, as the map sends them.
PIN_DECIMALS = 4


class PlannerForm(forms.Form):
    """A need, a region, a language and what counts of what is listed."""

    region = forms.ChoiceField(
        label=_("Region"), error_messages={"required": _("Choose a region.")}
    )
    need = forms.ChoiceField(label=_("Need"), required=False)
    language = forms.ChoiceField(label=_("Language of the service"), required=False)
    basis = forms.ChoiceField(
        label=_("What counts of what exists"),
        required=False,
        choices=CoverageBasis.choices,
        initial=CoverageBasis.VERIFIED,
    )

    def __init__(self, data: QueryDict, run: CoverageRun) -> None:
        """Read an address; a question of nothing at all is no question yet."""
        super().__init__(data if self._asks(data) else None, auto_id="%s")
        self.run = run
        self.regions = list(AdminArea.objects.regions().defer("outline"))
        self.fields["region"].choices = [
            ("", _("Choose")),
            *((region.code, region.name) for region in self.regions),
        ]
        self.fields["need"].choices = [
            ("", pgettext_lazy("coverage", "Any need")),
            *(
                (term.code, wording(term.name, get_language()).text)
                for term in NeedTerm.objects.tiles()
            ),
        ]
        measured = reading.languages(run)
        self.fields["language"].choices = [
            ("", _("Any language")),
            *((code, name) for code, name in SERVICE_LANGUAGES.items() if code in measured),
        ]

    def _asks(self, data: QueryDict) -> bool:
        return any(name in data for name in self.base_fields)

    def clean_basis(self) -> str:
        """What is verified, unless it is said otherwise."""
        return self.cleaned_data["basis"] or str(CoverageBasis.VERIFIED)

    @property
    def question(self) -> Question:
        """The question, of a valid form."""
        asked = self.cleaned_data
        return Question(asked["need"], asked["language"], asked["basis"])

    @property
    def area(self) -> AdminArea:
        """The region, of a valid form."""
        code = self.cleaned_data["region"]
        return next(region for region in self.regions if region.code == code)


class PlanForm(PlannerForm):
    """Where the next places should be."""

    k = forms.TypedChoiceField(
        label=_("New places, at most"),
        required=False,
        coerce=int,
        choices=[(number, str(number)) for number in range(1, MOST_ON_PAGE + 1)],
        initial=3,
        empty_value=3,
    )
    objective = forms.ChoiceField(
        label=_("Best at"),
        required=False,
        choices=[
            (str(Objective.COVER), _("bringing the most workers within reach")),
            (str(Objective.DISTANCE), _("shortening the way of all workers")),
        ],
        initial=str(Objective.COVER),
    )

    def clean_objective(self) -> str:
        """Within reach, unless it is said otherwise."""
        return self.cleaned_data["objective"] or str(Objective.COVER)


class WhatIfForm(PlannerForm):
    """Help that comes, leaves or moves.

    A position wins over a municipality. Places that another question offered are forgotten.
    """

    town = forms.ChoiceField(label=_("A new place in this municipality"), required=False)
    lat = forms.FloatField(label=_("Latitude"), required=False)
    lon = forms.FloatField(label=_("Longitude"), required=False)
    visits = forms.IntegerField(
        label=_("Visits a month, if it is a stop of a tour"),
        required=False,
        min_value=1,
        max_value=60,
    )
    remove = forms.MultipleChoiceField(
        label=_("What if these closed?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    move = forms.ChoiceField(label=_("What if this one moved…"), required=False)
    move_to = forms.ChoiceField(label=_("…to this municipality?"), required=False)

    def __init__(self, data: QueryDict, run: CoverageRun) -> None:
        """Offer the municipalities of the region and the places that count there."""
        super().__init__(data, run)
        question = PlannerForm(data, run)
        self.towns: dict[str, tuple[float, float]] = {}
        self.places: Sequence[Counting] = []
        if question.is_valid():
            self._offer(question, run)

    def _offer(self, asked: PlannerForm, run: CoverageRun) -> None:
        region = asked.cleaned_data["region"]
        here = [town for town in whatif.situation_of(run).towns if town.region == region]
        self.towns = {town.code: town.position for town in here if town.position}
        named = sorted(((town.code, town.name) for town in here), key=lambda pair: pair[1])
        self.places = whatif.counting(run, asked.question, region)
        places = [(place.site.place_id, _name_of(place)) for place in self.places]
        for name, choices in (("town", named), ("move_to", named), ("move", places)):
            self.fields[name].choices = [("", "—"), *choices]
        self.fields["remove"].choices = places
        self.data = self._without_others(self.data)

    def _without_others(self, data: QueryDict) -> QueryDict:
        kept = data.copy()
        for name in ("town", "move", "move_to", "remove"):
            offered = {code for code, _label in self.fields[name].choices}
            kept.setlist(name, [value for value in data.getlist(name) if value in offered])
        return kept

    def clean(self) -> dict:
        """Both numbers of a position, near Québec; both ends of a move."""
        cleaned = super().clean()
        longitude, latitude = cleaned.get("lon"), cleaned.get("lat")
        if not self.has_error("lon") and not self.has_error("lat"):
            if (longitude is None) != (latitude is None):
                self.add_error("lat", _("A position needs a latitude and a longitude."))
            elif longitude is not None:
                try:
                    check_position(longitude, latitude)
                except ImpossibleChange as error:
                    self.add_error("lat", str(error))
        if cleaned.get("move") and not cleaned.get("move_to"):
            self.add_error("move_to", _("Choose the municipality that it moves to."))
        if cleaned.get("move") and cleaned["move"] in cleaned.get("remove", []):
            self.add_error("move", _("A place cannot close and move at once."))
        return cleaned

    @property
    def changes(self) -> Changes:
        """What is tried, of a valid form."""
        asked = self.cleaned_data
        moved = {asked["move"]: self.towns[asked["move_to"]]} if asked["move"] else {}
        return Changes(
            added=tuple(Pin(*position, visits_per_month=asked["visits"]) for position in self.pins),
            removed=frozenset(asked["remove"]),
            moved=moved,
        )

    @property
    def pins(self) -> list[tuple[float, float]]:
        """The position of the new place, longitude first; nothing where none is tried."""
        asked = self.cleaned_data
        if asked["lon"] is not None:
            return [(round(asked["lon"], PIN_DECIMALS), round(asked["lat"], PIN_DECIMALS))]
        return [self.towns[asked["town"]]] if asked["town"] else []


def _name_of(place: Counting) -> str:
    name = wording_of(place.service.name)
    if place.is_outside:
        return _("%(name)s, %(town)s (next door)") % {"name": name, "town": place.site.town}
    return f"{name}, {place.site.town}"


def wording_of(texts: dict[str, str]) -> str:
    """A text of a run in the reader's language, else in French, else in any."""
    return texts.get(get_language()) or texts.get("fr") or next(iter(texts.values()), "")
