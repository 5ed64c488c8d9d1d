"""`manage.py plan_stops`: where the next places of help would change the most."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from geo.choices import SERVICE_LANGUAGES, CoverageBasis
from geo.coverage.legend import FURTHEST_KM
from geo.coverage.plans import MOST_PLACES, Objective, Plan, PlanStep, plan
from geo.coverage.siting import Unsolved
from geo.coverage.situation import Question
from geo.errors import DomainError
from geo.models import NeedTerm

# Characters of a whole bar.
BAR = 40


class Command(BaseCommand):
    """Solve, print the table and the curve, keep nothing."""

    help = (
        "Find the municipalities where new places of help, or stops of a tour, would bring the "
        "most workers within reach (--objective cover) or shorten their way the most (distance). "
        "What exists stays. The answer is exact. Nothing is written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--need", default="", help="code of a need of level 1; any if left out")
        parser.add_argument(
            "--region", action="append", default=[], metavar="CODE",
            help="01 to 17, may be repeated; all Québec if left out",
        )  # fmt: skip
        parser.add_argument("--language", default="", help="of what exists; any if left out")
        parser.add_argument(
            "--basis", choices=CoverageBasis.values, default=str(CoverageBasis.VERIFIED),
            help="what exists: what is verified in time, or all that is listed",
        )  # fmt: skip
        parser.add_argument("-k", type=int, default=5, help=f"places, 1 to {MOST_PLACES}")
        parser.add_argument(
            "--objective", choices=[str(each) for each in Objective], default=str(Objective.COVER)
        )
        parser.add_argument(
            "--radius-km", type=float, help="by road; the middle bound of the need if left out"
        )
        parser.add_argument(
            "--candidates", type=Path, metavar="FILE.csv",
            help="municipalities to choose from: a column `code`; all of the regions if left out",
        )  # fmt: skip
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="DAY", help="2023-05-31; today if left out"
        )

    def handle(
        self,
        *,
        need: str,
        region: list[str],
        language: str,
        basis: str,
        k: int,
        objective: str,
        radius_km: float | None,
        candidates: Path | None,
        as_of: date | None,
        **options: Any,
    ) -> None:
        """Ask and print."""
        day = as_of or timezone.localdate()
        if day > timezone.localdate():
            raise CommandError(f"{day} is still to come: nothing is known of it.")
        needs = NeedTerm.objects.tiles().values_list("code", flat=True)
        if need and need not in needs:
            raise CommandError(f"There is no need “{need}”. The needs are: {', '.join(needs)}.")
        if language and language not in SERVICE_LANGUAGES:
            raise CommandError(
                f"“{language}” is no language of service: {', '.join(SERVICE_LANGUAGES)}."
            )
        try:
            found = plan(
                day,
                Question(need, language, basis),
                regions=region,
                k=k,
                objective=objective,
                candidates=None if candidates is None else codes_of(candidates),
                radius_km=radius_km,
            )
        except (DomainError, Unsolved) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(self.lines(found)))

    def lines(self, found: Plan) -> list[str]:
        """The answer as text."""
        where = ", ".join(found.regions) if found.regions else "all Québec"
        lines = [
            f"{found.day}, need {found.question.need or 'any'}, language "
            f"{found.question.language or 'any'}, basis {found.question.basis}, region {where}",
            f"{found.candidates} municipalities to choose from; within reach: "
            f"{found.radius_km:g} km by road.",
        ]
        if not found.has_rates:
            return [*lines, "Fewer than 20 workers are known there: no plan is made."]
        now = f"As it is: {found.share:.1%} of workers within reach"
        if found.mean_km is not None:
            now += f", {found.mean_km:g} km on the mean ({FURTHEST_KM:g} km where it is more)"
        lines += [f"{now}.", ""]
        if not found.steps:
            return [*lines, "No place gains anything."]
        lines.append("  k  within  newly  workers  gain")
        lines += [self._row(number, step) for number, step in enumerate(found.steps, 1)]
        lines += ["", "Gain curve: as it is, then with k places"]
        lines += [_bar(0, found.share)]
        lines += [_bar(number, step.share) for number, step in enumerate(found.steps, 1)]
        return [
            *lines,
            "",
            "Shares and counts are rounded; each line is the best plan of its size. Positions are "
            "those of municipalities, not of workers, and ways are estimated unless measured.",
        ]

    @staticmethod
    def _row(number: int, step: PlanStep) -> str:
        count = "< 10" if step.newly_count is None else str(step.newly_count)
        gain = f"{step.marginal:+.1%}" if step.mean_km is None else f"-{step.marginal:g} km"
        names = ", ".join(f"{town.name} ({town.code})" for town in step.towns)
        return f" {number:>2}  {step.share:>6.1%}  {step.newly:>5.1%}  {count:>7}  {gain}  {names}"


def _bar(number: int, share: float) -> str:
    return f" {number:>2}  {'#' * round(share * BAR):<{BAR}}  {share:.1%}"


def codes_of(path: Path) -> list[str]:
    """The column `code` of a CSV file.

    Raises:
        CommandError: it cannot be read, or has no such column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path.name} cannot be read as a CSV file in UTF-8.") from error
    if any("code" not in row for row in rows):
        raise CommandError(f"{path.name} has no column “code”, the five digits of a municipality.")
    return [(row["code"] or "").strip() for row in rows if (row["code"] or "").strip()]
