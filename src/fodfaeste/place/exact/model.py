"""The integer programme: a column for each unit and place where it may go, a row for each unit and each kind of room.

    maximise   sum_c gain_c x_c
    subject to sum of a unit's x = 1 or <= 1       rows of `units`
               sum size_d x <= capacity_jd         rows of `room`
               sum persons x + short >= minimum_j  rows of `least`
               what options add
               x_c in {0, 1}; columns that options add are continuous

Everything is built by whole arrays; 5,000 units by 98 places take a tenth of a second.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fodfaeste.place.problem import Bools, Goal, Ints
from fodfaeste.place.scores import blocks
from fodfaeste.place.units import Units

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pairs:
    """The pairs of unit and place that are columns, unit by unit.

    unit, place : ndarray of int64, shape (pairs,)
    score : ndarray of float64, shape (pairs,)
    """

    unit: Ints
    place: Ints
    score: Floats


@dataclass(frozen=True, eq=False)
class Programme:
    """A linear programme to be maximised, the first columns of which are pairs and whole.

    Attributes
    ----------
    matrix : sparse array, shape (rows, columns)
    low, high : ndarray of float64, shape (rows,)
    upper : ndarray of float64, shape (columns,)
        Every column starts at 0.
    gain : ndarray of float64, shape (columns,)
    constant : float
    pairs : int
        How many columns are pairs.
    """

    matrix: sparse.csr_array
    low: Floats
    high: Floats
    upper: Floats
    gain: Floats
    constant: float
    pairs: int

    def worth(self, point: Floats) -> float:
        """Value a point."""
        return float(self.gain @ point) + self.constant

    def row(self, columns: Floats, low: float, high: float) -> Programme:
        """Add one row."""
        extra = sparse.csr_array(columns[None])
        matrix = sparse.csr_array(sparse.vstack([self.matrix, extra], format="csr"))
        return replace(self, matrix=matrix, low=np.append(self.low, low), high=np.append(self.high, high))

    def only(self, columns: Ints) -> Programme:
        """Leave out all other columns, which are 0 then; `columns` ascend."""
        return replace(
            self,
            matrix=sparse.csr_array(self.matrix[:, columns]),
            upper=self.upper[columns],
            gain=self.gain[columns],
            pairs=int((columns < self.pairs).sum()),
        )


@dataclass(frozen=True, eq=False)
class Part:
    """Columns and rows that an option adds.

    Attributes
    ----------
    pairs : sparse array, shape (rows, pairs)
        What the pairs count in the rows.
    own : sparse array, shape (rows, own columns)
        What its own columns count there.
    low, high : ndarray of float64, shape (rows,)
    gain : ndarray of float64, shape (own columns,)
    upper : ndarray of float64, shape (own columns,)
    constant : float
    """

    pairs: sparse.csr_array
    own: sparse.csr_array
    low: Floats
    high: Floats
    gain: Floats
    upper: Floats
    constant: float = 0.0


def pairs_of(units: Units, candidates: Bools | tuple[Ints, Ints] | None = None) -> Pairs:
    """List the pairs that are allowed and fit, reading the scores once, block by block.

    Parameters
    ----------
    units : Units
    candidates : ndarray of bool of shape (units, places), or the positions of units and of places, optional
        Leave all other pairs out.
    """
    if isinstance(candidates, tuple):
        kept = np.zeros(units.shape, np.bool_)
        kept[candidates] = True
        candidates = kept
    found: list[tuple[Ints, Ints, Floats]] = []
    for rows, scores in blocks(units.scores):
        may = units.may(rows)
        if candidates is not None:
            may &= candidates[rows]
        unit, place = np.nonzero(may)
        found.append((unit + rows.start, place, scores[unit, place].astype(np.float64)))
    nothing = np.zeros(0, np.int64)
    unit, place, score = (
        np.concatenate(column) for column in zip((nothing, nothing, np.zeros(0)), *found, strict=True)
    )
    return Pairs(unit, place, score)


def capacities(units: Units, pairs: Pairs, goal: Goal) -> Programme:
    """Build the programme without options: units are placed at most once, and nothing holds more than its capacity.

    Rows of units come first, then those of the places in each dimension. Where the unplaced have a price, what is not
    paid for a unit is gained by placing it.
    """
    many, places = units.shape
    columns = np.arange(pairs.unit.size)
    rows = [_counted(np.ones(columns.size), pairs.unit, many)]
    rows += [_counted(units.sizes[pairs.unit, d], pairs.place, places) for d in range(units.sizes.shape[1])]
    price = 0.0 if goal.unplaced == "first" else float(goal.unplaced)
    room = units.capacity.T.ravel().astype(float)
    return Programme(
        matrix=sparse.csr_array(sparse.vstack(rows, format="csr")),
        low=np.full(many + room.size, -np.inf),
        high=np.append(np.ones(many), room),
        upper=np.ones(columns.size),
        gain=pairs.score + price * units.persons[pairs.unit],
        constant=-price * float(units.persons.sum()),
        pairs=columns.size,
    )


def persons_rows(units: Units, pairs: Pairs) -> sparse.csr_array:
    """Count persons by place; shape (places, pairs)."""
    return _counted(units.persons[pairs.unit], pairs.place, units.shape[1])


def attach(programme: Programme, part: Part) -> Programme:
    """Add an option's columns behind, and its rows below."""
    own = part.gain.size
    earlier = programme.matrix.shape[1] - programme.pairs
    between = sparse.csr_array((part.low.size, earlier))
    matrix = sparse.block_array(
        [
            [programme.matrix, sparse.csr_array((programme.matrix.shape[0], own))],
            [sparse.hstack([part.pairs, between]), part.own],
        ],
        format="csr",
    )
    return Programme(
        matrix=sparse.csr_array(matrix),
        low=np.append(programme.low, part.low),
        high=np.append(programme.high, part.high),
        upper=np.append(programme.upper, part.upper),
        gain=np.append(programme.gain, part.gain),
        constant=programme.constant + part.constant,
        pairs=programme.pairs,
    )


def _counted(amounts: NDArray[np.number], row: Ints, rows: int) -> sparse.csr_array:
    columns = np.arange(row.size)
    return sparse.csr_array((np.asarray(amounts, float), (row, columns)), shape=(rows, row.size))
