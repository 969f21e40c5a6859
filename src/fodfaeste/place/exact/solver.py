"""From a problem and a goal to a plan with its certificate."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.bounds import certified_bound
from fodfaeste.place.exact.model import pairs_of
from fodfaeste.place.exact.order import Halted, Last, Search, in_order
from fodfaeste.place.exact.search import Progress, Watch
from fodfaeste.place.exact.start import by_name, starts
from fodfaeste.place.objective import Worth, worth
from fodfaeste.place.plan import Certificate, Plan, Stopped, relative_gap
from fodfaeste.place.problem import NOWHERE, Bools, Goal, Ints, Problem
from fodfaeste.place.units import units_of

Floats = NDArray[np.float64]

READS = 4.0
"""Of the score matrix: by two quick plans, by the programme, and by the bound that its prices prove."""

NOISE = 1e-9
"""How far a bound may lie from an objective, as a share, for the two to be the same but for rounding."""


def solve_exactly(
    problem: Problem,
    goal: Goal | None = None,
    *,
    gap: float = 0.0,
    seed: int = 0,
    warm: Plan | None = None,
    progress: Progress | None = None,
    start: Ints | None = None,
    bound: float | None = None,
    candidates: Bools | tuple[Ints, Ints] | None = None,
    outside: float | None = None,
) -> Plan:
    """Place households as one integer programme, with every option of the goal.

    The order of the goal is kept by steps (`place.exact.order`); each is solved over a core of columns
    (`place.exact.core`) to its bound. Ctrl-C, or a `KeyboardInterrupt` from `progress`, ends it with the best plan so
    far. Nothing depends on the clock.

    Parameters
    ----------
    problem : Problem
    goal : Goal, optional
    gap : float
        How far below the bound the plan may stay, relative to the bound. Steps before the last are solved to the same
        gap, but for the number of persons placed, which is always the largest.
    seed : int
        For HiGHS, and for the random placements of floors.
    warm : Plan, optional
        An earlier plan to start from; households and places are known by their names.
    progress : callable, optional
        Called with the step and its gap so far, infinite before there is any plan.
    start : ndarray of int64, shape (households,), optional
        A plan to start from.
    bound : float, optional
        A bound on the objective that is known from elsewhere.
    candidates : ndarray of bool of shape (units, places), or positions of units and of places, optional
        Look no further than these pairs.
    outside : float, optional
        With candidates: no plan that uses a pair left out is worth more, for which the caller answers. None: no more
        than `start`; without that nothing is known of them, and only prices and `bound` count for the certificate.

    Returns
    -------
    Plan

    Raises
    ------
    Refused
        If locks break rules, or hard minimums cannot be reached.
    KeyboardInterrupt
        If it is stopped before any plan is known.
    """
    began = time.perf_counter()
    goal = goal or Goal()
    units = units_of(problem, goal)
    watch = Watch(progress)
    known = (start, None if warm is None else by_name(problem, warm))
    search = Search(units, pairs_of(units, candidates), goal, gap, seed, watch, met=list(starts(units, goal, known)))
    limit = np.inf if bound is None else bound
    last: Last | None = None
    with watch.listening(), suppress(Halted):
        watch.tell("start", np.inf)
        last = in_order(search, limit)
    place = units.spread(search.met[-1])
    if outside is None:
        outside = np.inf if start is None and candidates is not None else -np.inf
    proven = _proven(search, last, place, known=limit, beyond=outside)
    placed = int(problem.persons[place != NOWHERE].sum())
    locked = int(problem.persons[units.unit_of == NOWHERE].sum())
    certificate = Certificate(
        value=proven.worth.value,
        objective=proven.worth.objective,
        bound=proven.bound,
        gap=relative_gap(proven.bound, proven.worth.objective),
        prices=proven.prices,
        unplaced_price=proven.unplaced_price,
        persons=int(problem.persons.sum()),
        persons_placed=placed,
        persons_bound=locked + (int(units.persons.sum()) if last is None else last.persons_bound),
        proof=proven.proof,
        stopped=_why(proven, last),
        method="exact",
        seconds=time.perf_counter() - began,
        reads=READS,
        seed=seed,
    )
    return Plan(problem, goal, place, units.reasons(place), certificate, tuple(search.notes))


@dataclass(frozen=True, eq=False)
class Proven:
    """What a plan is worth, and what is proven of all others."""

    worth: Worth
    bound: float
    prices: Floats
    unplaced_price: float
    proof: Literal["prices", "search", "none"]


def _proven(search: Search, last: Last | None, place: Ints, *, known: float, beyond: float) -> Proven:
    """Take the lowest of what the search, the prices and the caller prove; `beyond` bounds what was not searched."""
    units, goal = search.units, search.goal
    told = worth(units, goal, place)
    prices, unplaced_price = _prices(search, last)
    placed = int(units.problem.persons[place != NOWHERE].sum())
    by_prices = certified_bound(units, goal, prices, unplaced_price, placed)
    by_search = min(known, np.inf if last is None else max(last.best.bound, beyond))
    bound = max(min(by_prices, by_search), told.objective)
    if by_prices > bound + NOISE * abs(bound):
        proof: Literal["prices", "search", "none"] = "search"
    else:
        proof = "prices" if last is not None and last.best.duals.size else "none"
    return Proven(told, bound, prices, unplaced_price, proof)


def _prices(search: Search, last: Last | None) -> tuple[Floats, float]:
    """Read the prices of room, and of a person unplaced, from the duals of the last step's linear programme.

    A place's minimum takes from its price of persons: at a full place nothing, at one that has to be filled all.
    """
    units, goal = search.units, search.goal
    many, places = units.shape
    prices = np.zeros(units.capacity.shape)
    priced = 0.0 if goal.unplaced == "first" else float(goal.unplaced)
    if last is None or not last.best.duals.size:
        return prices, priced
    duals, end = last.best.duals, many + prices.size
    prices = np.maximum(duals[many:end], 0).reshape(prices.T.shape).T.copy()
    if units.minimum.any():
        prices[:, units.person_dimension] += np.minimum(duals[end : end + places], 0)
    if goal.unplaced == "first":
        priced = np.inf if last.persons_row is None else max(0.0, -float(duals[last.persons_row]))
    return prices, priced


def _why(proven: Proven, last: Last | None) -> Stopped:
    if relative_gap(proven.bound, proven.worth.objective) <= NOISE:
        return "optimal"
    return "interrupted" if last is None or last.best.ended == "interrupted" else "gap"
