"""Figures of plans and of what would change, in words."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from frontend.coverage_forms import wording_of
from geo.choices import CoverageClass, CoverageStatus
from geo.coverage.legend import MEASURES
from geo.coverage.whatif import AreaChange

register = template.Library()

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@register.filter
def share_words(share: float | None) -> str:
    """A share in per cent, as exact as it was rounded."""
    if share is None:
        return _("unknown")
    return f"{_short(100 * share)}{NO_BREAK_SPACE}%"


@register.filter
def way_words(km: float | None) -> str:
    """Kilometres of those who have a way."""
    if km is None:
        return _("no help by road")
    return f"{_short(km)}{NO_BREAK_SPACE}km"


def _short(value: float) -> str:
    """One decimal, and none where it would be zero."""
    rounded = round(value, 1)
    return str(number_format(int(rounded) if rounded.is_integer() else rounded, use_l10n=True))


@register.filter
def count_words(count: int | None) -> str:
    """Workers, rounded; few are not counted."""
    return _("fewer than 10") if count is None else number_format(count, use_l10n=True)


@register.filter
def class_words(code: str) -> str:
    """The name of a class."""
    return str(CoverageClass(code).label)


@register.filter
def status_words(code: str | None) -> str:
    """The name of a status."""
    return str(CoverageStatus(code).label) if code else _("unknown")


@register.filter
def in_reader_language(texts: dict[str, str]) -> str:
    """A text of a run for the reader of the page."""
    return wording_of(texts)


@register.filter
def degrees(value: float) -> str:
    """A coordinate as addresses and scripts read it, whatever the language of the page."""
    return f"{value:.5f}"


@register.filter
def figure_rows(area: AreaChange) -> list[tuple[str, str, str, bool]]:
    """The rows of a table: what, before, after, and whether it differs."""
    before, after = area.before, area.after
    rows = [
        (
            MEASURES["class"].label,
            class_words(before.coverage_class),
            class_words(after.coverage_class),
        ),
        (
            _("Status by distance alone"),
            status_words(before.status_by_distance),
            status_words(after.status_by_distance),
        ),
    ]
    if before.within and after.within and before.second_within and after.second_within:
        rows += [
            (
                MEASURES[band].label,
                share_words(before.within[band]),
                share_words(after.within[band]),
            )
            for band in ("near", "middle", "far")
        ]
        rows += [
            (
                MEASURES["choice"].label,
                share_words(before.second_within["middle"]),
                share_words(after.second_within["middle"]),
            ),
            (
                MEASURES["median_km"].label,
                way_words(before.median_km),
                way_words(after.median_km),
            ),
            (MEASURES["p90_km"].label, way_words(before.p90_km), way_words(after.p90_km)),
            (
                MEASURES["access"].label,
                number_format(before.spar, use_l10n=True),
                number_format(after.spar, use_l10n=True),
            ),
        ]
    return [(label, old, new, old != new) for label, old, new in rows]
