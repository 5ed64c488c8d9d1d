"""What a reader must know beside any figure of a run: when, from what, by which rules.

Every export carries these lines inside, in the language of the reader.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from geo import translation
from geo.choices import DemandMeasure
from geo.models import CoverageRun

# What a label and its text are: a line of a table of notes.
Note = tuple[str, str]


def caveats(run: CoverageRun) -> list[str]:
    """What the figures of demand do not tell, in the active language."""
    language = get_language() or "fr"
    return [translation.plain(each, language) for each in run.vintages["demand"]["caveats"]]


def notes(run: CoverageRun) -> list[Note]:
    """The lines of a run, in the active language."""
    return [*_edition(run), *_demand(run), *_rules(run.parameters)]


def _edition(run: CoverageRun) -> Iterator[Note]:
    directory = run.vintages["directory"]
    yield _("What this is"), _("Coverage of help for temporary foreign workers in Québec (Repère)")
    yield _("For the day"), run.as_of.isoformat()
    yield _("Computed at"), run.computed_at.isoformat(timespec="seconds")
    yield (
        _("Directory as it was known at"),
        _("%(moment)s: %(services)s services, %(verified)s of them verified in time")
        % {
            "moment": run.known_at.isoformat(timespec="seconds"),
            "services": directory["services"],
            "verified": directory["verified"],
        },
    )
    yield _("Run"), f"{run.pk} {run.label}".strip()
    yield _("Version of the code"), run.code_version


def _demand(run: CoverageRun) -> Iterator[Note]:
    vintage = run.vintages["demand"]
    yield (
        _("Workers counted"),
        _("%(measure)s, from %(first)s to %(last)s")
        % {
            "measure": str(DemandMeasure(vintage["measure"]).label)
            if vintage["measure"]
            else _("unknown"),
            "first": vintage["starts_on"] or "?",
            "last": vintage["ends_on"] or "?",
        },
    )
    for source in vintage["sources"]:
        yield _("Source of the workers counted"), source
    for caveat in caveats(run):
        yield _("What these figures do not tell"), caveat
    left_out = run.vintages["without_position"]
    if left_out:
        yield (
            _("Left out"),
            ngettext(
                "%(count)s municipality whose position is not known: %(names)s",
                "%(count)s municipalities whose position is not known: %(names)s",
                len(left_out),
            )
            % {"count": len(left_out), "names": ", ".join(left_out)},
        )


def _rules(parameters: dict[str, Any]) -> Iterator[Note]:
    wide, short = parameters["catchment"], parameters["short_catchment"]
    yield (
        _("Class"),
        _(
            "The first that holds: a place of help in the area; help that comes to the area; a "
            "place outside it within %(reach)s km by road; a line or an online service only; "
            "something listed that was not verified in time; nothing known. A phone line alone is "
            "never counted as help in person."
        )
        % {"reach": _number(parameters["reach_km"])},
    )
    yield (
        _("Verified or listed"),
        _(
            "“class” counts only what was verified in time. “class_if_confirmed” is what it would "
            "be if everything that is listed were confirmed: it is not known to be true."
        ),
    )
    yield (
        _("Distances"),
        _(
            "Kilometres by road: those loaded, else %(circuity)s times the distance as the crow "
            "flies, never across the St. Lawrence below Québec City. Near, middle and far: "
            "%(wide)s km; for money: %(short)s km."
        )
        % {
            "circuity": _number(parameters["circuity"]),
            "wide": _bounds(wide),
            "short": _bounds(short),
        },
    )
    yield (
        _("What is not told"),
        _(
            "Numbers of workers are rounded to 5; one of fewer than %(count)s, and those it could "
            "be reckoned from, are withheld and left empty. Where fewer than %(demand)s workers are known there "
            "is no rate. Shares are rounded to the per cent, scores to two digits. An empty cell "
            "is not known, and is not zero."
        )
        % {
            "count": parameters["minimum_count"],
            "demand": _number(parameters["minimum_demand"]),
        },
    )
    yield _("Parameters"), json.dumps(parameters, sort_keys=True)


def _bounds(catchment: dict[str, Any]) -> str:
    return ", ".join(_number(catchment[name]) for name in ("near_km", "middle_km", "far_km"))


def _number(value: float) -> str:
    return f"{value:g}"
