"""The linear programme that peers are handed, and what their answers are worth, from arrays alone.

All households of the instances can be placed, so their rows say that they are: no penalty that would stand for it, and
widen tolerances that are relative to the objective. Loads neither HiGHS nor `fodfaeste.place`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.place.instances import Arrays

Floats = NDArray[np.float64]
WHOLE = 1e-6
BLOCK = 64 * 2**20


@dataclass(frozen=True, eq=False)
class Lp:
    """Maximise ``gain @ x`` over ``0 <= x <= 1`` with ``low <= matrix @ x <= high``; a column a pair that is allowed.

    matrix : sparse array, a row a household, then a row a place and dimension
    household, place : ndarray of int64, shape (columns,)
    """

    gain: Floats
    matrix: Any
    low: Floats
    high: Floats
    household: NDArray[np.int64]
    place: NDArray[np.int64]
    capacity: NDArray[np.int64]

    def capacity_prices(self, of_rows: NDArray[Any]) -> Floats:
        """Take the prices of room from those of all rows, without sign; shape (places, dimensions)."""
        households = self.low.size - self.capacity.size
        return np.abs(np.asarray(of_rows, np.float64)[households:]).reshape(self.capacity.T.shape).T


def lp_of(arrays: Arrays) -> Lp:
    """Write an instance out as a linear programme."""
    assert arrays.scores is not None
    households, places = arrays.scores.shape
    household, place = pairs_of(arrays)
    columns = household.size
    each = np.arange(columns)
    rows = [sparse.csr_array((np.ones(columns), (household, each)), shape=(households, columns))]
    for size in arrays.sizes.T:
        taken = size[household].astype(np.float64)
        rows.append(sparse.csr_array((taken, (place, each)), shape=(places, columns)))
    room = arrays.capacity.T.ravel().astype(np.float64)
    return Lp(
        gain=arrays.scores[household, place].astype(np.float64),
        matrix=sparse.vstack(rows, format="csr"),
        low=np.concatenate([np.ones(households), np.full(room.size, -np.inf)]),
        high=np.concatenate([np.ones(households), room]),
        household=household,
        place=place,
        capacity=arrays.capacity,
    )


def pairs_of(arrays: Arrays) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the pairs that are allowed and fit."""
    assert arrays.allowed is not None
    household, place = np.nonzero(np.asarray(arrays.allowed) & fitting(arrays, slice(None)))
    return household, place


def fitting(arrays: Arrays, rows: slice) -> NDArray[np.bool_]:
    """Say where there is room for the whole of each household; one value stands for all where everybody fits."""
    if (arrays.sizes.max(axis=0) <= arrays.capacity.min(axis=0)).all():
        return np.ones((1, 1), np.bool_)
    return np.asarray((arrays.sizes[rows][:, None, :] <= arrays.capacity[None]).all(axis=2))


def answer(arrays: Arrays, lp: Lp, x: NDArray[Any], row_prices: NDArray[Any] | None) -> dict[str, Any]:
    """Say what a solution is worth, how many households it divides, and what its prices prove."""
    x = np.asarray(x, np.float64)
    divided = np.unique(lp.household[(x > WHOLE) & (x < 1 - WHOLE)]).size
    told = {"value": float(lp.gain @ x), "divided": int(divided), "amiss": _amiss(lp, x)}
    if row_prices is None:
        return told
    return {**told, "bound": price_bound(arrays, lp.capacity_prices(row_prices))}


def _amiss(lp: Lp, x: Floats) -> float:
    """Say by how much a row is broken at most."""
    rows = lp.matrix @ x
    return float(max((rows - lp.high).max(), (lp.low - rows).max(), 0.0))


def price_bound(arrays: Arrays, prices: Floats, unplaced: float = np.inf, placed: int | None = None) -> float:
    """Bound the value of every plan by prices of room: room at its price, and each household's best after it has paid.

    With a finite price per person `unplaced`, of every plan that places at least `placed` persons.
    """
    total = float((arrays.capacity * prices).sum())
    sizes = arrays.sizes.astype(np.float64)
    for rows, scores, allowed in parts(arrays):
        left = np.where(allowed, scores - sizes[rows] @ prices.T, -np.inf)
        best = left.max(axis=1)
        if np.isfinite(unplaced):
            best = np.maximum(best + unplaced * sizes[rows, 0], 0.0)
        total += float(best.sum())
    if np.isfinite(unplaced):
        total -= unplaced * float(arrays.persons.sum() if placed is None else placed)
    return total


def parts(arrays: Arrays) -> Iterator[tuple[slice, Floats, NDArray[np.bool_]]]:
    """Go through the scores and where each may go, some households at a time, in double precision."""
    households, places = arrays.sizes.shape[0], arrays.capacity.shape[0]
    step = max(1, BLOCK // (8 * places))
    for start in range(0, households, step):
        rows = slice(start, min(start + step, households))
        if arrays.factors is not None:
            left, right = arrays.factors
            yield rows, left[rows].astype(np.float64) @ right.T.astype(np.float64), fitting(arrays, rows)
        else:
            assert arrays.scores is not None
            assert arrays.allowed is not None
            yield rows, arrays.scores[rows].astype(np.float64), arrays.allowed[rows] & fitting(arrays, rows)
