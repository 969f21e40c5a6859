"""The core of a programme: the few columns that any best plan can use, found by the duals of the linear programme.

A plan that uses a column with reduced gain r < 0 is worth at most the linear programme's bound plus r. So the search
goes over the columns with the largest reduced gains; if it ends with a plan worth at least bound + r of the best column
left out, no other column was needed, and the plan is proven. Otherwise the columns that could still matter come in.
After Balas and Zemel (1980), Operations Research 28, 1130-1154, on the core of knapsack problems.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.exact.model import Programme
from fodfaeste.place.exact.search import Ended, Found, Watch, reduced_gains, relaxed, whole
from fodfaeste.place.plan import relative_gap

Floats = NDArray[np.float64]

FIRST_CORE = 2
"""Columns in the first core, as a multiple of the rows."""

NOISE = 1e-9
"""What rounding may make of a whole number, or of no gap."""


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


def best(
    programme: Programme,
    step: str,
    watch: Watch,
    *,
    gap: float,
    seed: int,
    start: Floats | None = None,
    known: float = np.inf,
) -> Best:
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
    known : float
        A bound known from elsewhere.
    """
    linear = relaxed(programme, step, watch)
    if linear.point is None:
        return Best(linear.ended, start, min(linear.bound, known), linear.duals)
    limit = min(linear.bound, known)
    far = np.inf if start is None else relative_gap(limit, programme.worth(start))
    watch.tell(step, far)
    if far <= max(gap, NOISE):
        return Best("optimal", start, limit, linear.duals)
    if _is_whole(linear.point[: programme.pairs]):
        point = linear.point.copy()
        point[: programme.pairs] = np.round(point[: programme.pairs])
        watch.tell(step, 0.0)
        return Best("optimal", point, limit, linear.duals)
    return _over_cores(
        programme,
        replace(linear, bound=limit),
        lambda core, point, outside: whole(
            core, step, watch, gap=gap, seed=seed, start=point, known=known, outside=outside
        ),
        lambda far: watch.tell(step, far),
        gap=gap,
        start=start,
    )


def _over_cores(
    programme: Programme,
    linear: Found,
    search: Callable[[Programme, Floats | None, float], Found],
    tell: Callable[[float], None],
    *,
    gap: float,
    start: Floats | None,
) -> Best:
    """Search core after core, until no column left out could matter."""
    loss = np.zeros(programme.gain.size)
    loss[: programme.pairs] = -reduced_gains(programme, linear.duals)[: programme.pairs]
    point, objective = start, -np.inf if start is None else programme.worth(start)
    reach = _reach(loss, FIRST_CORE * programme.low.size)
    while True:
        used = (loss <= reach) | (False if point is None else point > 0)
        core = np.flatnonzero(used)
        smaller = programme.only(core)
        outside = linear.bound - loss[~used].min(initial=np.inf)
        found = search(smaller, None if point is None else point[core], outside)
        if found.point is not None and (value := smaller.worth(found.point)) > objective:
            point, objective = np.zeros(loss.size), value
            point[core] = found.point
        bound = max(min(linear.bound, max(found.bound, outside)), objective)
        far = relative_gap(bound, objective)
        tell(far)
        if found.ended == "interrupted":
            return Best("interrupted", point, bound, linear.duals)
        if outside <= objective or far <= gap:
            return Best("infeasible" if point is None else "optimal", point, bound, linear.duals)
        # What loses more than the best plan lacks to the bound cannot be in a better one.
        reach = _reach(loss, 4 * core.size) if point is None else linear.bound - objective


def _reach(loss: Floats, columns: int) -> float:
    """Say how large a loss lets so many columns in."""
    return float(np.partition(loss, columns)[columns]) if columns < loss.size else np.inf


def _is_whole(point: Floats) -> bool:
    return bool((np.abs(point - np.round(point)) < NOISE).all())
