"""The two cohorts of a residence rule, month by month: who is at risk, who moves, what each person adds to an estimate.

Everything is a table of (cohort, month, outcome), small enough to be drawn a thousand times over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.measure.histories import CAUSES, Value, histories
from fodfaeste.measure.result import Note
from fodfaeste.tables import Data

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BOUND, FREE = 0, 1
STAYED, MOVED, LEFT = 0, 1, 2
"""Outcomes of a cell: watched to its month, moved in it, or left in it for another reason."""

LARGEST_DRAW = 4_000_000


@dataclass(frozen=True)
class Columns:
    """Where the histories stand: the columns of time, event, cohort and (optional) unit, and what they hold."""

    time: str
    event: str
    cohort: str
    bound: Value
    free: Value
    unit: str | None = None
    causes: Mapping[Value, str] | None = None
    count: str | None = None


@dataclass(frozen=True, eq=False)
class Cohorts:
    """Cells of persons; index k runs over cells.

    Attributes
    ----------
    side : ndarray of int64, shape (cells,)
        BOUND or FREE.
    month : ndarray of int64, shape (cells,)
        The month of the outcome, from 1; those watched beyond month `last` have last + 1 and the outcome STAYED.
    outcome : ndarray of int64, shape (cells,)
        STAYED, MOVED or LEFT.
    unit : ndarray of int64, shape (cells,)
        Number of the unit, from 0; all 0 if none was given.
    units : int
        How many units there are, 0 if none was given.
    persons : ndarray of float64, shape (cells,)
    columns : polars.DataFrame
        The other columns asked for, a row a cell.
    last : int
    followed : tuple of int
        The last month in which anybody of the bound and of the free cohort is watched.
    ended : tuple of bool
        Whether nobody of the cohort is still there when its watching ends: all have left.
    persons_in : int
        Persons given; `notes` says which are left out.
    notes : tuple of Note
    data : str
        Fingerprint of the cells.
    """

    side: Integers
    month: Integers
    outcome: Integers
    unit: Integers
    units: int
    persons: Floats
    columns: pl.DataFrame
    last: int
    followed: tuple[int, int]
    ended: tuple[bool, bool]
    persons_in: int
    notes: tuple[Note, ...]
    data: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cohorts, months (the one beyond the last included) and outcomes."""
        return 2, self.last + 1, 3

    @property
    def flat(self) -> Integers:
        """Position of each cell in the table of `counts`, laid out in one row."""
        return np.ravel_multi_index((self.side, self.month - 1, self.outcome), self.shape).astype(np.int64)

    @cached_property
    def counts(self) -> Floats:
        """Persons in each cohort, month and outcome, shape (2, last + 1, 3)."""
        return np.asarray(
            np.bincount(self.flat, self.persons, int(np.prod(self.shape))).reshape(self.shape), np.float64
        )

    @cached_property
    def tally(self) -> Tally:
        """At risk, moved and left in each cohort and month, shape (2, last)."""
        return tallied(self.counts)

    @property
    def both(self) -> int:
        """The last month told apart in which both cohorts are watched."""
        return min(self.last, *self.followed)

    def part(self, kept: NDArray[np.bool_]) -> Cohorts:
        """Keep some cells."""
        fields = {name: getattr(self, name)[kept] for name in ("side", "month", "outcome", "unit", "persons")}
        followed = [int(fields["month"].max(initial=0, where=fields["side"] == side)) for side in (BOUND, FREE)]
        ends = (followed[BOUND], followed[FREE])
        return replace(self, columns=self.columns.filter(pl.Series(kept)), followed=ends, **fields)

    def variance(self, influence: Floats) -> Floats:
        """Give the variance of an estimate from what a person of each cell adds to it.

        Parameters
        ----------
        influence : ndarray of float64, shape (..., 2, last + 1, 3)
            What one person of the cell adds; the sum over all persons is 0.

        Returns
        -------
        ndarray of float64, shape (...)
            Persons are independent; where units were given, only units are.
        """
        each = influence.reshape(-1, int(np.prod(self.shape)))
        if not self.units:
            return np.asarray((each**2 @ self.counts.ravel()).reshape(influence.shape[:-3]))
        # One estimate at a time: a table of units and estimates would outgrow the memory where units are households.
        squares = np.array([((self.by_unit @ one) ** 2).sum() for one in each])
        return squares.reshape(influence.shape[:-3]) * self.units / (self.units - 1)

    @cached_property
    def by_unit(self) -> sparse.csr_array:
        """Persons of each unit (row) in each cohort, month and outcome (column)."""
        shape = (self.units, int(np.prod(self.shape)))
        return sparse.csr_array((self.persons, (self.unit, self.flat)), shape=shape)

    def redrawn_persons(self, draws: int, rng: np.random.Generator) -> Floats:
        """Draw each cohort's persons anew, with replacement: tables of counts, shape (draws, 2, last + 1, 3)."""
        sides = [rng.multinomial(int(side.sum()), side.ravel() / side.sum(), size=draws) for side in self.counts]
        return np.stack(sides, axis=1).reshape(draws, *self.shape).astype(np.float64)

    def redrawn_units(self, draws: int, rng: np.random.Generator) -> Iterator[Floats]:
        """Draw the units anew, with replacement and whole: tables of counts, some of the draws at a time."""
        at_once = max(1, LARGEST_DRAW // self.units)
        for first in range(0, draws, at_once):
            size = min(at_once, draws - first)
            drawn = rng.integers(self.units, size=(size, self.units)) + np.arange(size)[:, None] * self.units
            times = np.bincount(drawn.ravel(), minlength=size * self.units).reshape(size, self.units)
            yield np.asarray((self.by_unit.T @ times.T.astype(np.float64)).T).reshape(size, *self.shape)


@dataclass(frozen=True, eq=False)
class Tally:
    """Persons at risk in each month, those of them who moved in it, and all who left in it; shape (..., 2, last)."""

    at_risk: Floats
    moved: Floats
    left: Floats

    @cached_property
    def hazard(self) -> Floats:
        """Share of those at risk who move in the month; 0 where nobody is at risk."""
        return over(self.moved, self.at_risk)

    @cached_property
    def leaving(self) -> Floats:
        """Share of those at risk who leave in the month for any reason."""
        return over(self.left, self.at_risk)

    @cached_property
    def there_before(self) -> Floats:
        """Share still there as each month begins."""
        stay = np.cumprod(1 - self.leaving, axis=-1)
        return np.concatenate((np.ones((*stay.shape[:-1], 1)), stay[..., :-1]), axis=-1)

    @cached_property
    def incidence(self) -> Floats:
        """Share who have moved by the end of each month (Aalen and Johansen)."""
        return np.cumsum(self.there_before * self.hazard, axis=-1)


def tallied(counts: Floats) -> Tally:
    """Count who is at risk from a table of outcomes, shape (..., 2, last + 1, 3)."""
    everybody = counts.sum(axis=-1)
    at_risk = np.flip(np.cumsum(np.flip(everybody, axis=-1), axis=-1), axis=-1)
    moved, left = counts[..., MOVED], counts[..., MOVED] + counts[..., LEFT]
    return Tally(at_risk[..., :-1], moved[..., :-1], left[..., :-1])


def over(part: Floats, whole: Floats) -> Floats:
    """Divide, with 0 where nobody is there to divide by."""
    return np.divide(part, whole, out=np.zeros(np.broadcast_shapes(part.shape, whole.shape)), where=whole > 0)


def incidence_influence(tally: Tally, side: int, months: Sequence[int]) -> Floats:
    """Give what a person of each cell adds to the share who have moved by some months.

    Parameters
    ----------
    tally : Tally
        Of shape (2, last).
    side : int
        BOUND or FREE: whose share.
    months : sequence of int
        From 1 to last.

    Returns
    -------
    ndarray of float64, shape (months, 2, last + 1, 3)
        0 for the persons of the other cohort.

    Notes
    -----
    The derivative of the Aalen-Johansen estimate in the weight of a person: its squares sum to the infinitesimal
    jackknife variance, which equals multistate Greenwood (Andersen, Borgan, Gill, Keiding 1993).
    """
    hazard, leaving, incidence = tally.hazard[side], tally.leaving[side], tally.incidence[side]
    until = np.asarray(months)[:, None]
    within = np.arange(1, hazard.size + 1) <= until
    at_risk = tally.at_risk[side]
    of_move = within * over(tally.there_before[side], at_risk)
    # A month in which everybody leaves has nobody after it whose moves it could prevent.
    to_come = np.where(within, incidence[until - 1] - incidence, 0.0)
    of_leaving = over(to_come, (1 - leaving) * at_risk)
    risk = -np.cumsum(of_move * hazard - of_leaving * leaving, axis=1)
    influence = np.zeros((len(months), 2, hazard.size + 1, 3))
    influence[:, side, :-1, :] = risk[:, :, None]
    influence[:, side, -1, :] = risk[:, -1:]
    influence[:, side, :-1, MOVED] += of_move - of_leaving
    influence[:, side, :-1, LEFT] -= of_leaving
    return influence


def read_cohorts(data: Data, names: Columns, last: int, columns: Sequence[str] = ()) -> Cohorts:
    """Read the histories of the two cohorts, counted in cells.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a person, or a cell with its number of persons.
    names : Columns
    last : int
        Months beyond this one are not told apart.
    columns : sequence of str
        Other columns to keep.

    Raises
    ------
    UnknownName
        If a column, or one of the two cohorts, is not there.
    """
    asked = [names.cohort, *([names.unit] if names.unit else []), *columns]
    # With all causes named, the first is the move also where nobody moved.
    causes = CAUSES if names.causes is None else names.causes
    read = histories(data, names.time, names.event, asked, causes=causes, count=names.count)
    side = _sides(read.columns[names.cohort], names)
    kept = side >= 0
    month = np.ceil(read.time[kept]).astype(np.int64)
    outcome = np.minimum(read.cause[kept], LEFT)
    side, persons = side[kept], read.persons[kept]
    ends = [_end(month[side == of], outcome[side == of]) for of in (BOUND, FREE)]
    frame = read.columns.filter(pl.Series(kept))
    unit = _numbered(frame[names.unit]) if names.unit else np.zeros(side.size, dtype=np.int64)
    return Cohorts(
        side,
        np.minimum(month, last + 1),
        np.where(month > last, STAYED, outcome),
        unit,
        int(unit.max()) + 1 if names.unit else 0,
        persons,
        frame.select(list(dict.fromkeys(columns))),
        last,
        (ends[BOUND][0], ends[FREE][0]),
        (ends[BOUND][1], ends[FREE][1]),
        read.persons_in,
        (*read.notes, *_of_no_cohort(read.persons[~kept], names)),
        read.data,
    )


def _sides(column: pl.Series, names: Columns) -> Integers:
    values = column.unique().sort().to_list()
    for value in (names.bound, names.free):
        if value not in values:
            raise UnknownName(f"no persons with {names.cohort}", str(value), map(str, values))
    code = {value: BOUND if value == names.bound else FREE if value == names.free else -1 for value in values}
    return column.replace_strict(code, return_dtype=pl.Int64).to_numpy()


def _end(month: Integers, outcome: Integers) -> tuple[int, bool]:
    last = int(month.max())
    return last, bool((outcome[month == last] != STAYED).all())


def _numbered(column: pl.Series) -> Integers:
    return column.rank("dense").cast(pl.Int64).to_numpy() - 1


def _of_no_cohort(persons: Floats, names: Columns) -> tuple[Note, ...]:
    if not persons.size:
        return ()
    text = f"{persons.sum():.0f} persons are in neither cohort ({names.cohort} is not {names.bound} or {names.free})."
    return (Note("other-cohorts", text),)


def check_names(names: Columns) -> None:
    """Stop where the two cohorts are one, or there is no event that could be a move."""
    if names.bound == names.free:
        found = f"bound and free are both {names.bound!r}"
        raise BadInput(Problem(found, "two cohorts", "Name the cohort under the rule and the one free of it."))
    if names.causes is not None and not names.causes:
        raise BadInput(Problem("no cause", "at least the move", "Write causes={value: name}, the move first."))
