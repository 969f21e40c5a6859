"""Where a search starts: plans that are known, and plans that are quickly made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.evaluation.baselines import greedy_placement
from fodfaeste.place.exact.model import Pairs, Programme
from fodfaeste.place.exact.search import Watch, relaxed
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, Goal, Ints, Problem
from fodfaeste.place.scores import block
from fodfaeste.place.units import Units

Floats = NDArray[np.float64]


def starts(units: Units, goal: Goal, known: tuple[Ints | None, ...]) -> Iterator[Ints]:
    """Go through places of units to start from; shape (units,) each."""
    for place in known:
        if place is not None:
            yield by_unit(units, place)
    yield by_unit(units, greedy_placement(units.problem, goal))
    yield largest_first(units)


def by_unit(units: Units, place: Ints) -> Ints:
    """Give each unit the place of its households; nowhere where those differ."""
    free = units.unit_of != NOWHERE
    lowest, highest = np.full(units.shape[0], np.iinfo(np.int64).max), np.full(units.shape[0], NOWHERE)
    np.minimum.at(lowest, units.unit_of[free], place[free])
    np.maximum.at(highest, units.unit_of[free], place[free])
    return np.where(lowest == highest, highest, NOWHERE)


def by_name(problem: Problem, plan: Plan) -> Ints:
    """Read the places of an earlier plan for the households and places that are there today; shape (households,)."""
    position = {name: number for number, name in enumerate(problem.places)}
    where = plan.where()
    return np.array([position.get(where.get(name) or "", NOWHERE) for name in problem.households], np.int64)


def largest_first(units: Units) -> Ints:
    """Let the largest choose first, and those with few places before others, each the best place with room."""
    room, place = units.capacity.copy(), np.full(units.shape[0], NOWHERE)
    choice = units.may(slice(0, units.shape[0])).sum(axis=1)
    for unit in np.lexsort((choice, -units.persons)).tolist():
        row = np.array([unit])
        open_ = units.may(row)[0] & (units.sizes[unit] <= room).all(axis=1)
        if open_.any():
            place[unit] = int(np.where(open_, np.asarray(block(units.scores, row), np.float64)[0], -np.inf).argmax())
            room[place[unit]] -= units.sizes[unit]
    return place


def completed(programme: Programme, pairs: Pairs, unit_place: Ints) -> Floats | None:
    """Make a point of places of units, with the options' columns at their best; None if a row is not kept."""
    point = np.zeros(programme.matrix.shape[1])
    chosen = unit_place[pairs.unit] == pairs.place
    if int(chosen.sum()) != int((unit_place != NOWHERE).sum()):
        return None
    point[: programme.pairs] = chosen
    used = programme.matrix @ point
    own = np.arange(programme.pairs, point.size)
    rest = replace(programme.only(own), low=programme.low - used, high=programme.high - used)
    if own.size:
        # Whoever stops the search gets its best plan, so this is not stopped.
        found = relaxed(rest, "start", Watch())
        if found.point is None:
            return None
        point[own] = found.point
        return point
    return point if ((rest.low <= SLACK) & (rest.high >= -SLACK)).all() else None


SLACK = 1e-9
"""Rounding in sums of scores; counts of persons are whole and leave none."""
