"""How pages for planners say what a run has found."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from frontend import coverage_figures
from geo.choices import SERVICE_LANGUAGES, AreaLevel, CoverageClass, CoverageStatus
from geo.coverage.legend import REASONS, Measure
from geo.coverage.reading import Matrix, Moment, Pair, Row, Seen
from geo.models import AdminArea, CoverageArea, CoverageCell, NeedTerm
from geo.translation import FALLBACK, wording

register = template.Library()

# One sentence for each class: what it claims, and what not.
_MEANINGS = {
    CoverageClass.LOCAL: gettext_lazy("A service that was verified has a place in the area."),
    CoverageClass.ITINERANT: gettext_lazy(
        "None has a place here, but one that was verified comes."
    ),
    CoverageClass.WITHIN_REACH: gettext_lazy(
        "None is here nor comes, but a verified place outside is near enough."
    ),
    CoverageClass.REMOTE_ONLY: gettext_lazy(
        "Nobody in person: only a verified line, by phone or online."
    ),
    CoverageClass.STALE: gettext_lazy("Services are listed, but nobody has verified them in time."),
    CoverageClass.NONE: gettext_lazy("Nothing is listed. That is not proof that nothing exists."),
}


@register.simple_tag
def class_sign(code: str, style: str = "") -> SafeString:
    """The sign of a class on its colour; decoration only, words stand beside it.

    `style` is `hollow` for what would be if all were confirmed.
    """
    return format_html(
        '<span class="tile k-{0} {1}"><svg aria-hidden="true" focusable="false">'
        '<use href="#k-{0}"/></svg></span>',
        code,
        style,
    )


@register.filter
def class_name(code: str) -> str:
    """A class in words."""
    return str(CoverageClass(code).label)


@register.filter
def class_in_sentence(code: str) -> str:
    """The same inside a sentence."""
    name = class_name(code)
    return name[:1].lower() + name[1:]


@register.filter
def class_meaning(code: str) -> str:
    """What a class claims."""
    return str(_MEANINGS[CoverageClass(code)])


@register.filter
def status_name(code: str) -> str:
    """A status in words."""
    return str(CoverageStatus(code).label)


@register.filter
def reason(code: str) -> str:
    """Why a status holds."""
    return str(REASONS[code])


@register.simple_tag
def cell_words(area: AdminArea, need: NeedTerm | None, pair: Pair) -> str:
    """A cell in words: "Gaspésie, health: listed, not verified; if confirmed: in the area"."""
    said = {
        "area": area.name,
        "need": wording(need.name, get_language()) if need else pgettext("coverage", "Any need"),
        "honest": class_in_sentence(pair.honest.coverage_class),
        "listed": class_in_sentence(pair.listed.coverage_class),
    }
    if not pair.differ:
        return _("%(area)s, %(need)s: %(honest)s") % said
    return _("%(area)s, %(need)s: %(honest)s; if confirmed: %(listed)s") % said


@register.filter
def named(texts: Mapping[str, str]) -> SafeString | str:
    """A name as a run froze it, marked with its language where that is not the page's."""
    reader = get_language()
    language = next(code for code in (*FALLBACK[reader], *texts) if code in texts)
    if language == reader:
        return texts[language]
    return format_html('<span lang="{}">{}</span>', language, texts[language])


@register.filter
def has_own_name(seen: Seen) -> bool:
    """The service bears another name than its organization."""
    facts = seen.service.facts
    return facts["name"] != facts["organization"]


@register.filter
def day(text: str) -> str:
    """`2021-06-30` in words."""
    return formats.date_format(date.fromisoformat(text))


@register.filter
def verification(seen: Seen) -> str:
    """When somebody has verified a service, and whether that was in time."""
    verified_on = seen.service.facts["verified_on"]
    if not verified_on:
        return _("Never verified")
    said = {"day": day(verified_on)}
    if seen.service.is_verified:
        return _("Verified on %(day)s") % said
    return _("Not verified since %(day)s") % said


@register.filter
def spoken_languages(seen: Seen) -> str:
    """The languages of a service in one line."""
    codes = seen.service.facts["languages"]
    if not codes:
        return _("languages not known")
    return ", ".join(language_named(code) for code in codes)


@register.filter
def language_named(code: str) -> str:
    """A language inside a sentence."""
    name = str(SERVICE_LANGUAGES.get(code, code))
    return name if get_language() == "en" else name[:1].lower() + name[1:]


@register.filter
def card_key(seen: Seen) -> str:
    """The key of the public card of a service at its place, or of a line."""
    return seen.place or str(seen.service.service_id)


@register.filter
def percent(value: float | None) -> str:
    """A share, 0 to 1."""
    return coverage_figures.share(value)


@register.filter
def kilometres(value: float | None) -> str:
    """Kilometres by road."""
    return coverage_figures.km(value)


@register.filter
def plain(value: float) -> str:
    """A number without useless zeros: 1.3, 60."""
    return formats.number_format(f"{value:g}", use_l10n=True)


@register.filter
def near_share(cell: CoverageCell) -> str:
    """The share of workers with help near, where enough workers are known."""
    within = cell.measures.get("within")
    return coverage_figures.share(within["middle"] if within else None)


@register.filter
def rounded(value: float) -> str:
    """A number with one decimal."""
    return coverage_figures.decimal(value, 1)


@register.simple_tag
def told(measure: Measure, value: Any) -> str:
    """A value of a map in words."""
    if measure.kind == "class":
        return class_name(value)
    if measure.kind == "status":
        return status_name(value)
    if value is None:
        return coverage_figures.UNKNOWN
    if measure.kind == "share":
        return coverage_figures.share(value)
    if measure.kind == "km":
        return coverage_figures.km(None if math.isinf(value) else value)
    return coverage_figures.decimal(value, 0 if measure.kind == "count" else 1)


@register.filter
def workers(seen: CoverageArea, sector: str = "all") -> str:
    """The demand of an area as it may be told: rounded to five, or withheld."""
    number = seen.demand.get(sector)
    if number is None:
        return _("withheld")
    return formats.number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def robustness(cell: CoverageCell) -> str:
    """Whether other assumptions would change the status."""
    if cell.is_robust is None:
        return coverage_figures.UNKNOWN
    return _("robust") if cell.is_robust else _("depends on assumptions")


@register.filter
def by_need(row: Row, matrix: Matrix) -> list[tuple[NeedTerm | None, Pair]]:
    """The cells of a row with their needs; None is any need."""
    return list(zip([None, *matrix.needs], row.cells, strict=True))


@register.simple_tag(takes_context=True)
def cell_url(context, area: AdminArea, need: str) -> str:
    """The explanation of a cell, for the day and the language that the page shows.

    `area` is a region or an MRC, `need` a code, empty for any need.
    """
    region = area.parent if area.level == AreaLevel.MRC else area
    path = reverse("coverage-cell", args=[region.code, region.slug, need or context["any_need"]])
    query = context["carried"].removeprefix("?")
    if region is not area:
        query = f"{query}&mrc={area.code}" if query else f"mrc={area.code}"
    return f"{path}?{query}" if query else path


@register.filter
def on(pair: Pair, basis: str) -> CoverageCell:
    """One of the two answers."""
    return pair.on(basis)


@register.simple_tag
def moment_pair(moment: Moment) -> Pair:
    """Both answers of an earlier run."""
    return Pair(moment.cell, moment.listed)
