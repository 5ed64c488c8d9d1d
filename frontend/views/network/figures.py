"""How referring goes: an organization's own figures, and those of the network."""

from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from frontend import referral_words
from frontend.access import network_page
from frontend.filters import Choices, Filters
from geo.coverage import tables
from geo.referrals import measure, statistics
from geo.referrals.figures import MINIMUM
from geo.referrals.measure import Measures

COLUMNS = [
    "month",
    "region_of_person",
    "region_of_receiver",
    "need",
    "outcome",
    "refusal_reason",
    "count",
    "is_withheld",
    "median_hours",
]

# A file travels alone: each row says what its numbers are.
ABOUT = {
    "note": (
        "Referrals between organizations, by the month in which they were written. Empty stands "
        "for all. A withheld count is fewer than 5, or a way to such a count, and never zero; what "
        "has no row is zero."
    )
}


class MonthFilters(Filters):
    """A month of which figures are kept."""

    month = forms.ChoiceField(label=_("Month"), required=False)

    @property
    def chosen(self) -> str:
        """The month that is asked for, else the latest."""
        return self.asked("month") or self.fields["month"].choices[0][0]


@require_safe
@network_page(to="belong")
def figures(request: HttpRequest) -> HttpResponse:
    """The organization's own referrals that still live, and the published months of the network."""
    names = referral_words.Names.load()
    months = measure.months()
    form = MonthFilters(request.GET, month=_month_choices(months))
    context = {
        "form": form,
        "query": form.query(),
        "ends": referral_words.ends_in_words(),
        "own": _own(request, names),
        "months": months,
        "network": _network(form, names) if months else None,
        "minimum": MINIMUM,
    }
    return render(request, "network/figures.html", context)


@require_safe
@network_page(to="belong")
def figures_csv(request: HttpRequest) -> HttpResponse:
    """All published figures, as they are kept."""
    rows = [
        [
            f"{month:%Y-%m}",
            figure.cell.from_region,
            figure.cell.to_region,
            figure.cell.need,
            figure.cell.outcome,
            figure.cell.reason,
            figure.count,
            figure.count is None,
            figure.median_hours,
        ]
        for month, kept in statistics.kept().items()
        for figure in kept
    ]
    table = tables.Table(columns=COLUMNS, rows=rows, notes=[], about=ABOUT)
    response = HttpResponse(tables.to_csv(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="repere-referrals.csv"'
    return response


def _own(request: HttpRequest, names: referral_words.Names) -> list[dict]:
    organization = request.staff.organization
    if organization is None:
        return []
    return [
        _part("sent", _("Sent by you"), measure.sent_by(organization), names),
        _part("received", _("Received by you"), measure.received_by(organization), names),
    ]


def _network(form: MonthFilters, names: referral_words.Names) -> dict:
    month = date.fromisoformat(f"{form.chosen}-01")
    title = date_format(month, "YEAR_MONTH_FORMAT")
    return _part("network", title, measure.network(month, month), names)


def _part(key: str, title: str, measures: Measures, names: referral_words.Names) -> dict:
    return {
        "key": key,
        "title": title,
        "tables": referral_words.tables(measures, names),
        "reasons": referral_words.reasons(measures),
    }


def _month_choices(months: list[date]) -> Choices:
    return [(f"{month:%Y-%m}", date_format(month, "YEAR_MONTH_FORMAT")) for month in months]
