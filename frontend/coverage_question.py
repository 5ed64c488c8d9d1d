"""What a planner asks of a run: from the text of an address to a run and its cells."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import formats
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from geo.choices import SERVICE_LANGUAGES, AreaLevel, CoverageBasis
from geo.coverage import reading
from geo.coverage.legend import MEASURES
from geo.models import CoverageRun, NeedTerm
from geo.translation import wording

DEFAULT_MEASURE = "class"

# The two levels that a run draws.
LEVELS = {
    AreaLevel.REGION: pgettext_lazy("coverage", "17 regions"),
    AreaLevel.MRC: pgettext_lazy("coverage", "MRC"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A map of a run; every part has a value.

    Attributes:
        need: a code of level 1, empty for any need.
        language: of the service, empty for any.
        measure: a code of `MEASURES`.
    """

    run: CoverageRun
    need: str
    language: str
    measure: str
    basis: str
    level: str

    @property
    def address(self) -> str:
        """The same as the API is asked, without what is any."""
        parts = {
            "measure": self.measure,
            "basis": self.basis,
            "level": self.level,
            "as_of": self.run.as_of.isoformat(),
            "need": self.need,
            "language": self.language,
        }
        return urlencode({name: value for name, value in parts.items() if value})


class QuestionForm(forms.Form):
    """The selectors of the map and of the table; what cannot be read falls back, with a message.

    The day decides which run answers, the run and the level which languages it has measured.
    """

    as_of = forms.ChoiceField(label=pgettext_lazy("coverage", "Day"), required=False)
    language = forms.ChoiceField(label=_("Language of the service"), required=False)
    need = forms.ChoiceField(label=pgettext_lazy("coverage", "Need"), required=False)
    measure = forms.ChoiceField(
        label=pgettext_lazy("coverage", "What the map shows"),
        required=False,
        choices=[(measure.code, measure.label) for measure in MEASURES.values()],
    )
    basis = forms.ChoiceField(
        label=pgettext_lazy("coverage", "Which services count"),
        required=False,
        choices=CoverageBasis.choices,
    )
    level = forms.ChoiceField(
        label=pgettext_lazy("coverage", "Areas"), required=False, choices=list(LEVELS.items())
    )

    error_messages = {
        "as_of": _("There is no run for this day: the latest one is shown."),
        "language": _("This language was not measured here: any language is shown."),
        "need": _("This need is not known: any need is shown."),
        "measure": _("This measure is not known: the class is shown."),
        "basis": _("This choice is not known: only what is verified counts."),
        "level": _("These areas are not known: the regions are shown."),
    }

    def __init__(self, data: QueryDict, runs: list[CoverageRun]) -> None:
        """Read an address.

        Args:
            data: the question of the address.
            runs: the published ones, the latest first; at least one.
        """
        super().__init__(data)
        by_day: dict[str, CoverageRun] = {}
        for run in runs:
            by_day.setdefault(run.as_of.isoformat(), run)
        self.run = by_day.get(data.get("as_of", ""), runs[0])
        level = data.get("level", "")
        languages = reading.languages(self.run, level if level in LEVELS else AreaLevel.REGION)
        reader = get_language()
        needs = NeedTerm.objects.tiles().prefetch_related(None)
        choices = {
            "as_of": [(day, formats.date_format(run.as_of)) for day, run in by_day.items()],
            "need": [
                ("", pgettext_lazy("coverage", "Any need")),
                *((term.code, wording(term.name, reader)) for term in needs),
            ],
            "language": [("", _("Any language")), *languages_named(languages)],
        }
        for name, field in self.fields.items():
            field.choices = choices.get(name, field.choices)
            field.error_messages["invalid_choice"] = self.error_messages[name]
            # Some stand on the page before the form they belong to.
            field.widget.attrs |= {"form": "search", "aria-describedby": f"{name}-error"}

    def question(self) -> Question:
        """What is asked, with the defaults for what is missing or cannot be read."""
        self.is_valid()
        given = self.cleaned_data
        return Question(
            run=self.run,
            need=given.get("need", ""),
            language=given.get("language", ""),
            measure=given.get("measure") or DEFAULT_MEASURE,
            basis=given.get("basis") or CoverageBasis.VERIFIED,
            level=given.get("level") or AreaLevel.REGION,
        )


def languages_named(codes: list[str]) -> list[tuple[str, str]]:
    """Languages with their names, by name; `mul` is an answer to each of them and none itself."""
    named = [(code, str(SERVICE_LANGUAGES.get(code, code))) for code in codes if code != "mul"]
    return sorted(named, key=lambda pair: pair[1])
