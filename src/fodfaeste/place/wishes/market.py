"""Wishes and priorities as mechanisms take them, and their outcome as a plan with an honest certificate."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fodfaeste.errors import BadInput, Refused
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.objective import worth
from fodfaeste.place.plan import Certificate, Plan, Reason, relative_gap
from fodfaeste.place.problem import NOWHERE, Goal, Ints, Problem
from fodfaeste.place.scores import block
from fodfaeste.place.units import Units, units_of
from fodfaeste.place.wishes.kernels import Int32s

ROWS = 4096
"""How many units' scores are formed at a time."""


@dataclass(frozen=True, eq=False)
class Wishing:
    """A problem as a mechanism sees it.

    Attributes
    ----------
    problem : Problem
    goal : Goal
    units : Units
        Tied households are one unit; the locked have taken their room.
    order : ndarray of int32, shape (units, places)
        Places from the one a unit wants most; `NOWHERE` behind the last that it may have.
    best : ndarray of float64, shape (units,)
        The highest score of a place that it may have; -inf where there is none.
    seed : int
    began : float
        When the work began, by the performance counter.
    """

    problem: Problem
    goal: Goal
    units: Units
    order: Int32s
    best: NDArray[np.float64]
    seed: int
    began: float


def wishing(problem: Problem, goal: Goal | None, mechanism: str, seed: int) -> Wishing:
    """Put each unit's places in the order in which it wants them.

    First those it named, in its order (of tied households: by how far they are wishes of them together,
    `Wishes.share`); then the others that it may have, by their score, as long as a weight or outcome is there. Places
    that are not allowed or too small for it are never among them.

    Raises
    ------
    Refused
        If nobody could say a wish, or the problem or goal asks for what the mechanism cannot keep.
    """
    began = time.perf_counter()
    aim = goal or Goal()
    if problem.wishes is None:
        raise Refused(f"{mechanism} puts wishes first, and the problem has none. Ask for them, or use place.solve.")
    _refuse(problem, aim, mechanism)
    units = units_of(problem, aim)
    many, places = units.shape
    share = _shares(units)
    order = np.full((many, places), NOWHERE, np.int32)
    best = np.full(many, -np.inf)
    for start in range(0, many, ROWS):
        rows = slice(start, min(start + ROWS, many))
        may = units.may(rows)
        scores = np.asarray(block(units.scores, rows), np.float64)
        ranked = np.lexsort((-scores, -share[rows], ~may), axis=1)
        order[rows] = np.where(np.take_along_axis(may, ranked, axis=1), ranked, NOWHERE)
        best[rows] = np.where(may, scores, -np.inf).max(axis=1, initial=-np.inf)
    return Wishing(problem, aim, units, order, best, seed, began)


def _refuse(problem: Problem, goal: Goal, mechanism: str) -> None:
    asked = {
        "places' minimums": bool(problem.minimum.any()),
        "group floors": bool(goal.floors),
        "a balance over places": goal.balance is not None,
        "a bonus for compatriots": goal.network is not None,
    }
    kept = [what for what, there in asked.items() if there]
    if kept:
        raise Refused(
            f"{mechanism} cannot keep {' or '.join(kept)}. place.solve does, and place.constrained_priority lets "
            "households choose within what it leaves open."
        )


def _shares(units: Units) -> NDArray[np.float64]:
    """Add up how far each place is a wish of the households of a unit; shape (units, places)."""
    wishes = units.problem.wishes
    assert wishes is not None
    share = wishes.share()
    if units.unit_of.size == units.shape[0] and (units.unit_of == np.arange(units.unit_of.size)).all():
        return share
    summed = np.zeros(units.shape)
    free = units.unit_of != NOWHERE
    np.add.at(summed, units.unit_of[free], share[free])
    return summed


def ranks(market: Wishing, priority: ArrayLike | None) -> tuple[Int32s, Int32s]:
    """Put units in each place's order: higher priority first, equal ones by one lot drawn for all places.

    Parameters
    ----------
    priority : array_like of float, shape (households,) or (households, places), or None
        Tied households have that of the highest among them. None: the lot alone.

    Returns
    -------
    at : ndarray of int32, shape (places, units)
        The unit of each rank.
    rank : ndarray of int32, shape (units, places)

    Raises
    ------
    BadInput
        If there is no finite priority for each household.
    """
    many, places = market.units.shape
    lot = np.random.Generator(np.random.PCG64(market.seed)).permutation(many)
    if priority is None:
        at = np.broadcast_to(np.argsort(lot).astype(np.int32), (places, many))
    else:
        given = _priority(market, priority)
        at = np.array([np.lexsort((lot, -given[:, place])) for place in range(given.shape[1])], np.int32)
        at = np.broadcast_to(at, (places, many))
    rank = np.empty((many, places), np.int32)
    rank[at.T, np.arange(places)] = np.arange(many, dtype=np.int32)[:, None]
    # A copy, since compiled code is compiled again for arrays that must not be written.
    return np.array(at, order="C"), rank


def _priority(market: Wishing, priority: ArrayLike) -> NDArray[np.float64]:
    """Give each unit the highest priority of its households; shape (units, places) or (units, 1)."""
    given = np.asarray(priority, np.float64)
    households, places = market.problem.shape
    given = given[:, None] if given.shape == (households,) else given
    if given.shape not in ((households, 1), (households, places)) or not np.isfinite(given).all():
        expected = f"a number for each of {households} households, or for each at each of {places} places"
        found = f"priorities of shape {np.shape(priority)}"
        raise BadInput(Fault(found, expected, "Give larger numbers to who comes first.", column="priority"))
    of_unit = np.full((market.units.shape[0], given.shape[1]), -np.inf)
    free = market.units.unit_of != NOWHERE
    np.maximum.at(of_unit, market.units.unit_of[free], given[free])
    return of_unit


def plan_of(market: Wishing, unit_place: Ints, method: str, reads: float = 1.0) -> Plan:
    """Turn the outcome of a mechanism into a plan.

    The bound is the sum of each unit's best place, which any plan stays below; it proves nothing closer, since a
    mechanism does not look for the most valuable plan.
    """
    units, problem = market.units, market.problem
    place = units.spread(unit_place)
    of = worth(units, market.goal, place)
    bound = _bound(market, place)
    placed = int(problem.persons[place != NOWHERE].sum())
    certificate = Certificate(
        value=of.value,
        objective=of.objective,
        bound=max(bound, of.objective),
        gap=relative_gap(max(bound, of.objective), of.objective),
        prices=np.zeros(problem.capacity.shape),
        unplaced_price=0.0,
        persons=int(problem.persons.sum()),
        persons_placed=placed,
        persons_bound=_most_persons(market, placed),
        proof="none",
        stopped="no_better_found",
        method=method,
        seconds=time.perf_counter() - market.began,
        reads=reads,
        seed=market.seed,
    )
    return Plan(problem, market.goal, place, _reasons(units, place), certificate, _notes(market, place))


def _bound(market: Wishing, place: Ints) -> float:
    """Add up what is best for each unit: its best place, or none where that is allowed to be better."""
    left = 0.0 if market.goal.unplaced == "first" else -float(market.goal.unplaced)
    locked = np.where(market.units.unit_of == NOWHERE, place, NOWHERE)
    return market.units.value(locked) + float(np.maximum(market.best, left * market.units.persons).sum())


def _most_persons(market: Wishing, placed: int) -> int:
    """Bound how many persons any plan could place: who may go anywhere, and all the room there is."""
    units = market.units
    somewhere = units.persons[market.order[:, :1].ravel() != NOWHERE].sum() if units.shape[1] else 0
    room = units.capacity[:, units.person_dimension].sum()
    locked = market.problem.persons[units.unit_of == NOWHERE].sum()
    return max(placed, int(locked + min(somewhere, room)))


def _reasons(units: Units, place: Ints) -> tuple[Reason, ...]:
    """Say why a household is unplaced; where there is room for it, the mechanism keeps it for others."""
    told: dict[Reason, Reason] = {"costs_more_than_it_gains": "kept_for_others"}
    return tuple(told.get(reason, reason) for reason in units.reasons(place))


def _notes(market: Wishing, place: Ints) -> tuple[str, ...]:
    wishes = market.problem.wishes
    assert wishes is not None
    silent = int((~wishes.said).sum())
    notes = []
    if silent:
        notes.append(
            f"{silent} of {wishes.said.size} households said no wish: they were put where their forecast is best of "
            "what was left."
        )
    left = int((place == NOWHERE).sum())
    if left:
        notes.append(f"{left} households have no place. To place them in the room left, lock the others and solve.")
    return tuple(notes)
