"""How often search understands what people write, against a list of questions and answers."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from geo.translation import LANGUAGES
from geo.understanding import place_of, understand

QUESTIONS = settings.BASE_DIR / "tests" / "data" / "search_questions.csv"
PARTS = ("tuned", "held", "outside")


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody may write, and what should be understood.

    Attributes:
        written: language of the question.
        page: language of the page where it is asked.
        text: as a person writes it.
        needs: the codes that are right.
        place: name of the place that it names; empty without one.
        part: `tuned`; `held`: kept apart while the rules were made; `outside`: written by people
            who knew neither the rules nor the synonyms.
    """

    written: str
    page: str
    text: str
    needs: frozenset[str]
    place: str
    part: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was understood of a question: the needs, the best first, and the place."""

    question: Question
    needs: tuple[str, ...]
    place: str

    @property
    def rank(self) -> int | None:
        """The place of the first right need, from 1; None where there is none."""
        return next(
            (at for at, code in enumerate(self.needs, 1) if code in self.question.needs), None
        )

    def is_within(self, rank: int) -> bool:
        """A right need is among the first so many, and the place is right."""
        return self.rank is not None and self.rank <= rank and self.place == self.question.place


def read_questions(path: Path = QUESTIONS) -> list[Question]:
    """The questions of a file with the columns written, page, question, needs, place, part.

    Raises:
        KeyError: a column is missing.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Question(
                written=row["written"],
                page=row["page"],
                text=row["question"],
                needs=frozenset(row["needs"].split()),
                place=row["place"],
                part=row["part"],
            )
            for row in csv.DictReader(file)
        ]


def answer(question: Question) -> Answer:
    """What is understood of a question today."""
    heard = understand(question.text, question.page)
    place = place_of(heard)
    return Answer(question, tuple(need.code for need in heard.needs), place.name if place else "")


def table(answers: Iterable[Answer]) -> str:
    """The share understood at rank 1 and 3, by language, then what was not."""
    answers = list(answers)
    lines = ["language  questions  rank 1  rank 3"]
    for name, chosen in (
        *(
            (code, [each for each in answers if each.question.written == code])
            for code in LANGUAGES
        ),
        ("all", answers),
    ):
        if chosen:
            first, third = (share(chosen, rank) for rank in (1, 3))
            lines.append(f"{name:8}  {len(chosen):9}  {first:6.1%}  {third:6.1%}")
    for each in answers:
        if not each.is_within(1):
            wanted = " ".join(sorted(each.question.needs))
            place = f" @{each.question.place or '-'} ≠ {each.place or '-'}"
            lines.append(
                f"rank {each.rank or '-'}: {each.question.text!r} wants {wanted}, "
                f"got {' '.join(each.needs[:3]) or 'nothing'}"
                f"{place if each.place != each.question.place else ''}"
            )
    return "\n".join(lines)


def share(answers: list[Answer], rank: int) -> float:
    """The part of the questions that is understood within so many needs, 0 to 1."""
    return sum(each.is_within(rank) for each in answers) / len(answers)


class Command(BaseCommand):
    """Read the questions, ask them, print the table."""

    help = "Measure how often search understands the questions of a list. Writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """The list, and which part of it."""
        parser.add_argument("path", nargs="?", type=Path, default=QUESTIONS)
        parser.add_argument("--part", choices=PARTS, help="only this part of the list")

    def handle(self, *, path: Path, part: str | None, **options: Any) -> None:
        """Ask every question."""
        try:
            questions = read_questions(path)
        except (OSError, KeyError) as error:
            raise CommandError(f"No list of questions can be read from {path}: {error}") from error
        chosen = [each for each in questions if part in (None, each.part)]
        answers = [answer(question) for question in chosen]
        for name in PARTS:
            having = [each for each in answers if each.question.part == name]
            if having:
                self.stdout.write(f"{name}:\n{table(having)}\n")
