"""Small numbers that subtraction cannot undo (pure).

A count of fewer than ten workers in a place tells of persons, some of whom can lose their permit
when an employer learns of a complaint. Hiding the small cells is not enough: a total minus its
other parts is the hidden one. Further cells are hidden until no small count can be narrowed to
fewer than `minimum` whole numbers.

The attacker is taken to know every published cell as it was counted, every sum that holds, which
cells are hidden, and that a hidden cell is not zero, since zeros are published. What such a person
can say of a small cell is that it lies between two bounds, and we show two tables that agree with
everything published, one near each bound, at least `minimum - 1` apart. As long as these two
tables stand, no arithmetic of any kind brings the bounds closer.

Tables of places, one inside the other, by kinds that add up to a total are networks: their bounds
are whole numbers, and every whole number between them is possible. For other shapes the two tables
may hold fractions.

What is not defended: an attacker who reasons about how this module chose, or who knows some hidden
counts from elsewhere (an employer knows its own workers). Publish the mask, never which cells of
it were the small ones.

Sources:
    Fischetti & Salazar-González (2001), Management Science 47(7): cell suppression with linear
    constraints. Kelly, Golden & Assad (1992), Networks 22(4): suppression as flows in a network.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.optimize import linprog

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Sum = tuple[int, tuple[int, ...]]  # the cell of a total, the cells of its parts

UNTOUCHED = 1e-7  # of a count: the solver's zero
NEARLY_FREE = 1e-3  # the weight of a hidden cell: without any, all of them may move for nothing

SHARE_STEPS = (
    0.001,
    0.005,
    0.01,
    0.05,
    0.1,
    0.25,
    0.5,
)  # what shares are rounded to, the finest that is safe


class Unprotected(RuntimeError):
    """The solver found no way to hide a small count."""


@dataclass(frozen=True)
class Protection:
    """What must be hidden. All shapes (m,), as the counts.

    Attributes:
        mask: the cells to hide; the only one of the three that may be published.
        primary: those with a small count.
        complementary: those that would give a small count away.
    """

    mask: Mask
    primary: Mask
    complementary: Mask


def protect(counts: ArrayLike, sums: Sequence[Sum], *, minimum: int = 10) -> Protection:
    """Choose the cells to hide.

    A cell is small if 0 < count < `minimum`. Zero is published: it tells of nobody. Zero cells
    are never hidden, or an empty place would look like one with somebody in it.

    For each small cell, the hardest first, a linear program finds the two tables of the module's
    docstring that move the least, each cell weighing as much as it counts, hidden ones next to
    nothing; the cells that move are hidden too. That prefers small harmless cells to large ones
    and totals. Then each of these, the largest first, is published again if the small cells can
    do without.

    Args:
        counts: >= 0. Shape (m,).
        sums: each total with its parts, by index. Every sum that readers can know must be among
            them, or subtraction along it is not foreseen.
        minimum: the smallest count that may be read, >= 2.

    Raises:
        ValueError: a count is negative or no number, a sum does not add up, an index is wrong.
        Unprotected: the solver failed; nothing may be published.
    """
    values = _counts(counts)
    _check_sums(values, sums)
    if minimum < 2:
        raise ValueError("The minimum must be at least two: a count of one is a person.")
    primary = (values > 0) & (values < minimum)
    tables = _Tables(values, sums, minimum)
    mask = primary.copy()
    witnesses: dict[int, frozenset[int]] = {}
    for cell in sorted(np.flatnonzero(primary).tolist(), key=lambda cell: (values[cell], cell)):
        moved = tables.witness(cell, free=mask, allowed=values > 0)
        if moved is None:
            raise Unprotected(f"No table hides cell {cell}.")
        witnesses[cell] = moved
        mask[list(moved)] = True
    _release(tables, mask, primary, witnesses)
    return Protection(mask=mask, primary=primary, complementary=mask & ~primary)


def published(counts: ArrayLike, mask: ArrayLike, *, base: int = 5) -> list[int | None]:
    """The counts as they may be read: rounded to `base`, None where hidden.

    Each cell is rounded by itself, halves upward, so totals need not equal the sum of their parts;
    the reader is to be told. Rounding can only widen what an attacker can conclude: whoever has
    the exact published cells can round them, and so knows at least as much, and `protect` holds
    against that person.

    Raises:
        ValueError: the shapes differ, a count is negative or no number, `base` is below 1.
    """
    values = _counts(counts)
    hidden = np.asarray(mask, dtype=bool)
    if hidden.shape != values.shape:
        raise ValueError(f"A mask of shape {hidden.shape} does not fit counts of {values.shape}.")
    if base < 1:
        raise ValueError("Counts are rounded to a base of one or more.")
    return [
        None if is_hidden else base * math.floor(value / base + 0.5)
        for value, is_hidden in zip(values.tolist(), hidden.tolist(), strict=True)
    ]


def crossed(
    areas: int, area_sums: Sequence[Sum], kinds: int, kind_sums: Sequence[Sum]
) -> list[Sum]:
    """The sums of a table of areas by kinds: those of areas in each kind, and the other way round.

    Cell `area * kinds + kind` holds the count of `kind` in `area`.
    """
    down = [
        (total * kinds + kind, tuple(part * kinds + kind for part in parts))
        for total, parts in area_sums
        for kind in range(kinds)
    ]
    across = [
        (area * kinds + total, tuple(area * kinds + part for part in parts))
        for area in range(areas)
        for total, parts in kind_sums
    ]
    return down + across


def ledger(
    counts: Sequence[int], *, minimum: int = 5, base: int = 1
) -> tuple[list[int | None], int | None]:
    """Monthly counts and their total as they may be read, None where hidden.

    The total is published too, if that hides as much: a month is hidden before it.

    Args:
        counts: of each month, >= 0; the total is reckoned here.
        minimum: the smallest count that may be read.
        base: what counts are rounded to; 1 leaves them as they are.

    Raises:
        ValueError: as `protect` and `published`.
    """
    cells = [*counts, sum(counts)]
    protection = protect(cells, [(len(counts), tuple(range(len(counts))))], minimum=minimum)
    *months, total = published(cells, protection.mask, base=base)
    return months, total


def rounded_count(count: float, minimum: int = 10, *, base: int = 5) -> int | None:
    """A single count for an answer that anybody may ask again and again: None where it is small.

    Nothing protects a count whose complement can be asked for too: use it where the sum is rounded
    as coarsely.
    """
    if count < 1e-6:  # floats that should be zero
        return 0
    return None if count < minimum else base * math.floor(count / base + 0.5)


def rounded_share(share: float, everybody: float, minimum: int = 10) -> float:
    """A share, so coarse that one step of it is at least `minimum` people.

    Whoever moves a place by one municipality sees a step, and not how many live there.

    Args:
        share: 0 to 1.
        everybody: the people that it is a share of, above 0.
        minimum: the smallest count that may be read.
    """
    step = next((step for step in SHARE_STEPS if step * everybody >= minimum), SHARE_STEPS[-1])
    return min(1.0, round(round(share / step) * step, 3))


def _counts(counts: ArrayLike) -> Array:
    values = np.asarray(counts, dtype=float)
    if values.ndim != 1:
        raise ValueError("Counts must be a list of numbers.")
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("Counts must be numbers, zero or more.")
    return values


def _check_sums(values: Array, sums: Sequence[Sum]) -> None:
    for total, parts in sums:
        cells = [total, *parts]
        if len(set(cells)) < len(cells) or min(cells) < 0 or max(cells) >= len(values):
            raise ValueError(f"The sum of cell {total} names a cell twice or one that is not.")
        if not math.isclose(values[total], math.fsum(values[list(parts)]), abs_tol=1e-6):
            raise ValueError(f"Cell {total} does not equal the sum of its parts.")


class _Tables:
    """Tables that agree with all sums and with the published cells."""

    def __init__(self, values: Array, sums: Sequence[Sum], minimum: int) -> None:
        self.values = values
        self.width = minimum - 1.0
        # Hidden counts of persons are one or more; of estimates, more than nothing.
        self.least = 1.0 if (values == np.floor(values)).all() else 0.0
        table = sparse.lil_matrix((len(sums), len(values)))
        for row, (total, parts) in enumerate(sums):
            table[row, total] = -1.0
            table[row, list(parts)] = 1.0
        self.sums = table.tocsc()
        self.within = abs(self.sums).tocsr()  # sums by cells, 1 where a cell stands in a sum
        self.costs = values * (1 + 1e-6 * np.arange(len(values)) / max(1, len(values)))

    def connected(self, cell: int, allowed: Mask) -> NDArray[np.intp]:
        """The allowed cells that sums tie to `cell`, directly or through others; itself too."""
        found = np.zeros(len(self.values), dtype=bool)
        found[cell] = True
        while True:
            more = allowed & (self.within.T @ (self.within @ found > 0) > 0) | found
            if (more == found).all():
                return np.flatnonzero(found)
            found = more

    def gives_away(self, mask: Mask, some: Mask) -> bool:
        """Whether one of `some` follows by subtraction, one hidden cell after the other.

        A quick answer of yes; no means that the program has to be asked.
        """
        hidden = mask.copy()
        while True:
            alone = self.within @ hidden == 1
            known = hidden & (self.within.T @ alone > 0)
            if (known & some).any():
                return True
            if not known.any():
                return False
            hidden &= ~known

    def witness(self, cell: int, *, free: Mask, allowed: Mask) -> frozenset[int] | None:
        """The cells that differ between two tables whose `cell` is `width` apart, or None.

        Args:
            cell: the small one; it is allowed.
            free: cells that move at next to no cost.
            allowed: cells that may move at all.
        """
        cells = self.connected(cell, allowed)
        count = len(cells)
        sums = self.sums[:, cells]
        sums = sums[np.flatnonzero(sums.getnnz(axis=1))]
        # Of each table: what its cells have more, and what they have less.
        moves = sparse.hstack([sums, -sums])
        both = sparse.block_diag([moves, moves], format="csc")
        apart = np.zeros(4 * count)
        own = int(np.searchsorted(cells, cell))
        apart[[own, own + 3 * count]] = -1.0
        apart[[own + count, own + 2 * count]] = 1.0
        cost = np.tile(np.where(free[cells], NEARLY_FREE, self.costs[cells]), 4)
        more = np.full(count, np.inf)
        less = np.maximum(self.values[cells] - self.least, 0.0)
        result = linprog(  # type: ignore[call-overload]  # the stubs know no sparse rows
            cost,
            A_ub=apart[None, :],
            b_ub=[-self.width],
            A_eq=both if both.shape[0] else None,
            b_eq=np.zeros(both.shape[0]) if both.shape[0] else None,
            bounds=np.column_stack([np.zeros(4 * count), np.tile(np.append(more, less), 2)]),
            method="highs-ds",
        )
        if result.status == 2:
            return None
        if result.status != 0:
            raise Unprotected(f"The solver stopped: {result.message}")
        moved = result.x.reshape(4, count)
        differs = (np.abs(moved[0] - moved[1]) > UNTOUCHED) | (
            np.abs(moved[2] - moved[3]) > UNTOUCHED
        )
        return frozenset(cells[differs].tolist())


def _release(
    tables: _Tables, mask: Mask, primary: Mask, witnesses: dict[int, frozenset[int]]
) -> None:
    """Publish again what the small cells can do without; changes `mask`."""
    values = tables.values
    complementary = np.flatnonzero(mask & ~primary).tolist()
    for cell in sorted(complementary, key=lambda cell: (-values[cell], cell)):
        without = mask.copy()
        without[cell] = False
        if tables.gives_away(without, primary):
            continue
        others = {}
        for small, moved in sorted(witnesses.items(), key=lambda item: len(item[1])):
            if cell in moved:
                other = tables.witness(small, free=without, allowed=without)
                if other is None:
                    break
                others[small] = other
        else:
            mask[cell] = False
            witnesses.update(others)
