"""Where help was looked for and not found, and how referrals between organizations ended."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend import referral_words
from frontend.filters import Choices, Filters
from geo.choices import GapKind
from geo.coverage import unmet
from geo.models import AdminArea, NeedTerm
from geo.referrals import measure


class PeriodFilters(Filters):
    """A month that is over, or a year."""

    period = forms.ChoiceField(label=gettext_lazy("Month or year"), required=False)

    @property
    def chosen(self) -> str:
        """The period that is asked for, else the first one that is offered."""
        return self.asked("period") or self.fields["period"].choices[0][0]

    @property
    def first_and_last_month(self) -> tuple[date, date]:
        """The first days of the first and of the last month of the chosen period."""
        year, _dash, month = self.chosen.partition("-")
        if month:
            return date(int(year), int(month), 1), date(int(year), int(month), 1)
        return date(int(year), 1, 1), date(int(year), 12, 1)


@dataclass(frozen=True, slots=True)
class Table:
    """The regions by needs of one kind of gap.

    Attributes:
        title: the kind, in words.
        needs: the columns.
        rows: a region, in words, with what is known of each need, None where nothing was counted.
    """

    title: str
    needs: list[NeedTerm]
    rows: list[tuple[str, list[unmet.Sum | None]]]


@require_safe
def unmet_needs(request: HttpRequest) -> HttpResponse:
    """Searches that found no place, by region and need, for a month or a year."""
    months = sorted({*unmet.months(), *measure.months()}, reverse=True)
    form = PeriodFilters(request.GET, period=_periods(months))
    context = {
        "form": form,
        "query": form.query(),
        "months": months,
        "tables": _tables(unmet.sums(*form.first_and_last_month)) if months else [],
        "referrals": _referrals(*form.first_and_last_month) if months else None,
        "minimum": unmet.MINIMUM,
    }
    return render(request, "coverage/unmet.html", context)


def _referrals(first_month: date, last_month: date) -> dict:
    """What is published of referrals: how they ended by need, and why they were refused."""
    measures = measure.network(first_month, last_month)
    names = referral_words.Names.load()
    return {
        "needs": referral_words.by_need(measures, names),
        "reasons": referral_words.reasons(measures),
        "ends": referral_words.ends_in_words(),
    }


def _periods(months: list[date]) -> Choices:
    """The years, then the months, the latest first."""
    years = sorted({month.year for month in months}, reverse=True)
    return [
        *((str(year), str(year)) for year in years),
        *((f"{month:%Y-%m}", date_format(month, "YEAR_MONTH_FORMAT")) for month in months),
    ]


def _tables(sums: list[unmet.Sum]) -> list[Table]:
    found = {(row.kind, row.region, row.need): row for row in sums}
    regions = {area.code: area.name for area in AdminArea.objects.regions().defer("outline")}
    regions[""] = _("Region not known")
    tiles = list(NeedTerm.objects.tiles())
    tables = []
    for kind in GapKind:
        asked = {row.need for row in sums if row.kind == kind}
        needs = [tile for tile in tiles if tile.code in asked]
        rows = [
            (name, [found.get((kind.value, code, need.code)) for need in needs])
            for code, name in regions.items()
            if any(row.kind == kind and row.region == code for row in sums)
        ]
        if rows:
            tables.append(Table(str(kind.label), needs, rows))
    return tables
