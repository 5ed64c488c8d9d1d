"""Rows that an operator gives: new ones created, changed ones updated, all or nothing."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import models, transaction

from geo.choices import Confidence
from geo.imports.tables import Issue
from geo.models import Source
from geo.models.provenance import Sourced

BATCH = 2_000  # rows of one statement


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the operator has a table from.

    Attributes:
        citation: what is shown as the source.
        as_of: a year, a month or a day.
        confidence: A or B; C for what is to be checked.
        licence: empty if not known.
        url: where it can be read; empty if nowhere.
    """

    citation: str
    as_of: str
    confidence: str = Confidence.B
    licence: str = ""
    url: str = ""

    @property
    def key(self) -> str:
        """The key of its source: the same citation is the same source."""
        return f"operator-{hashlib.sha256(self.citation.encode()).hexdigest()[:16]}"


@dataclass
class LoadReport:
    """What a load found and changed. With an issue, nothing was changed."""

    issues: list[Issue] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    unchanged: int = 0


@transaction.atomic
def write_rows(
    rows: Sequence[Sourced],
    provenance: Provenance,
    *,
    identity: Sequence[str],
    facts: Sequence[str],
    write: bool,
) -> LoadReport:
    """Create the rows that are missing, update those whose facts differ; all or nothing.

    Args:
        rows: rows of one model, each identity once; their source is set here.
        provenance: where all of them are from.
        identity: the columns by which a row is found again, under a unique constraint; the first
            narrows the search.
        facts: the columns that may change, besides source, date and confidence.
        write: False only reports; nothing stays changed.
    """
    model = type(rows[0])
    source, _created = Source.objects.update_or_create(
        key=provenance.key,
        defaults={
            "citation": provenance.citation,
            "licence": provenance.licence,
            "urls": [provenance.url] if provenance.url else [],
        },
    )
    facts = [*facts, "source_id", "as_of", "confidence"]
    for row in rows:
        row.source_id = source.pk
        row.as_of = provenance.as_of
        row.confidence = provenance.confidence
    there = _stored(model, rows, identity, facts)

    def values(row: models.Model, columns: Sequence[str]) -> tuple:
        return tuple(getattr(row, column) for column in columns)

    new = [row for row in rows if values(row, identity) not in there]
    changed = [
        row
        for row in rows
        if there.get(values(row, identity), values(row, facts)) != values(row, facts)
    ]
    manager = model._default_manager
    manager.bulk_create(new, batch_size=BATCH)
    # One statement for many rows, where an update would be one branch of a CASE for each. The key
    # of the stored row stays.
    manager.bulk_create(
        changed,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=_names(model, identity),
        update_fields=_names(model, facts),
    )
    if not write:
        transaction.set_rollback(True)
    return LoadReport(
        created=len(new), updated=len(changed), unchanged=len(rows) - len(new) - len(changed)
    )


def _stored(
    model: type[Sourced], rows: Sequence[Sourced], identity: Sequence[str], facts: Sequence[str]
) -> dict[tuple, tuple]:
    """Facts by identity of the rows that may be the same as those given."""
    first = identity[0]
    wanted = {getattr(row, first) for row in rows}
    stored: Iterator[tuple] = (
        model._default_manager.filter(**{f"{first}__in": wanted})
        .order_by()
        .values_list(*identity, *facts)
        .iterator(chunk_size=BATCH)
    )
    width = len(identity)
    return {tuple(row[:width]): tuple(row[width:]) for row in stored}


def _names(model: type[models.Model], columns: Sequence[str]) -> list[str]:
    """Names of fields, from those of their columns (`source_id` to `source`)."""
    by_column = {column.attname: column.name for column in model._meta.concrete_fields}
    return [by_column[column] for column in columns]
