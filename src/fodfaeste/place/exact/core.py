"""The core of a programme: the few columns that any best plan can use, found by the duals of the linear programme.

A plan that uses a column with reduced gain r < 0 is worth at most the linear programme's bound plus r. So the search
goes over the columns with the largest reduced gains; if it ends with a plan worth at least bound + r of the best column
left out, no other column was needed, and the plan is proven. Otherwise the columns that could still matter come in.
After Balas and Zemel (1980), Operations Research 28, 1130-1154, on the core of knapsack problems.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.exact.model import Programme
from fodfaeste.place.exact.search import Ended, Found, Watch, reduced_gains, relaxed, whole
from fodfaeste.place.plan import relative_gap

Floats = NDArray[np.float64]

FIRST_CORE = 2
"""Columns in the first core, as a multiple of the rows."""

NOISE = 1e-9
"""What rounding may make of a whole number or of 0."""


@dataclass(frozen=True, eq=False)
class Best:
    """The best point of a programme.

    Attributes
    ----------
    ended : {"optimal", "infeasible", "interrupted"}
    point : ndarray of float64, shape (columns,), or None
    bound : float
        No point is worth more.
    duals : ndarray of float64, shape (rows,)
        Of the linear programme; empty where it was not solved.
    """

    ended: Ended
    point: Floats | None
    bound: float
    duals: Floats


def best(programme: Programme, step: str, watch: Watch, *, gap: float, seed: int, start: Floats | None = None) -> Best:
    """Maximise a programme to a gap, relative to the bound.

    Parameters
    ----------
    programme : Programme
    step : str
        What progress is told of.
    watch : Watch
    gap : float
    seed : int
    start : ndarray of float64, shape (columns,), optional
        A point that keeps all rows; the answer is never worse.
    """
    linear = relaxed(programme, step, watch)
    if linear.point is None:
        return Best(linear.ended, start, linear.bound, linear.duals)
    if _is_whole(linear.point[: programme.pairs]):
        point = linear.point.copy()
        point[: programme.pairs] = np.round(point[: programme.pairs])
        return Best("optimal", point, linear.bound, linear.duals)
    return _over_cores(programme, linear, step, watch, gap=gap, seed=seed, start=start)


def _over_cores(
    programme: Programme, linear: Found, step: str, watch: Watch, *, gap: float, seed: int, start: Floats | None
) -> Best:
    """Search core after core, until no column left out could matter."""
    loss = np.zeros(programme.matrix.shape[1])
    loss[: programme.pairs] = -reduced_gains(programme, linear.duals)[: programme.pairs]
    point, objective = start, -np.inf if start is None else programme.worth(start)
    reach = _reach(loss, FIRST_CORE * programme.matrix.shape[0])
    while True:
        used = loss <= reach
        if point is not None:
            used |= point > 0
        core = np.flatnonzero(used)
        found = whole(
            programme.only(core), step, watch, gap=gap, seed=seed, start=None if point is None else point[core]
        )
        if found.point is not None and (value := programme.only(core).worth(found.point)) > objective:
            point, objective = np.zeros(loss.size), value
            point[core] = found.point
        outside = linear.bound - loss[~used].min(initial=np.inf)
        bound = max(min(linear.bound, max(found.bound, outside)), objective)
        if found.ended == "interrupted" or used.all() or outside <= objective or relative_gap(bound, objective) <= gap:
            return Best(
                "optimal" if found.ended == "infeasible" and point is not None else found.ended,
                point,
                bound,
                linear.duals,
            )
        reach = linear.bound - objective if point is not None else _reach(loss, 4 * core.size)


def _reach(loss: Floats, columns: int) -> float:
    """Say how large a loss lets so many columns in."""
    return float(np.partition(loss, columns)[columns]) if columns < loss.size else np.inf


def _is_whole(point: Floats) -> bool:
    return bool((np.abs(point - np.round(point)) < NOISE).all())
