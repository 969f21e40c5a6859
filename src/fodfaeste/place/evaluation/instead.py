"""What it would take to place a household elsewhere: who has to make way, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import Refused
from fodfaeste.place.evaluation.part import part_of
from fodfaeste.place.evaluation.worth import at_places
from fodfaeste.place.objective import worth
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, Goal, Ints, Problem
from fodfaeste.place.solve import solve
from fodfaeste.place.units import units_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Instead:
    """A plan in which some households go to another place and those who are in their way make room.

    Attributes
    ----------
    place : ndarray of int64, shape (households,)
        Where everybody would be.
    change : ndarray of float64, shape (households,)
        What each household's value changes by; below zero is a loss.
    cost : float
        What the objective is lower by.
    """

    place: Ints
    change: Floats
    cost: float


def make_way(plan: Plan, rows: Ints, place: int) -> Instead | None:
    """Send households to a place and let only those who are there now make room for them, at the least loss.

    All others stay, so the loss is one that is certainly enough; the best answer for everybody (`solve_instead`) never
    costs more. Floors, balance and network are not weighed: who would move is judged by scores alone.

    Returns
    -------
    Instead or None
        None where it cannot be done: locked households fill the place, or a minimum would be missed.
    """
    problem, now = plan.problem, plan.place
    there = np.flatnonzero((now == place) & (problem.locks == NOWHERE))
    there = np.setdiff1d(there, rows)
    part = part_of(problem, np.concatenate([rows, there]), others=now)
    free = part.locks.copy()
    free[: rows.size] = place
    part = replace(part, locks=free)
    goal = replace(plan.goal, wish_tolerance=None, floors=(), balance=None, network=None)
    if not _can_stay(plan, rows, place):
        moved = _solved(part, goal, plan.certificate.seed)
        if moved is None:
            return None
        after = now.copy()
        after[np.concatenate([rows, there])] = moved
    else:
        after = now.copy()
        after[rows] = place
    return _told(plan, after)


def solve_instead(plan: Plan, rows: Ints, place: int, *, gap: float) -> Instead | None:
    """Send households to a place and solve the whole problem again round them; None where that is infeasible."""
    locks = plan.problem.locks.copy()
    locks[rows] = place
    after = _solved(replace(plan.problem, locks=locks), plan.goal, plan.certificate.seed, gap)
    return None if after is None else _told(plan, after)


def _can_stay(plan: Plan, rows: Ints, place: int) -> bool:
    """Say whether the place has room for them beside everybody who is there, and theirs can spare them."""
    problem = plan.problem
    room = problem.capacity[place] - plan.used()[place]
    persons = problem.persons[rows].sum()
    left = np.unique(plan.place[rows][plan.place[rows] != NOWHERE])
    after = plan.used()[left, problem.person_dimension] - persons
    spared = (after >= problem.minimum[left]) | (left == place)
    return bool((problem.sizes[rows].sum(axis=0) <= room).all() and spared.all())


def _solved(problem: Problem, goal: Goal, seed: int, gap: float = 0.0) -> Ints | None:
    try:
        return solve(problem, goal, gap=gap, seed=seed).place
    except Refused:
        return None


def _told(plan: Plan, after: Ints) -> Instead:
    units = units_of(plan.problem, plan.goal)
    before = at_places(units.household_scores, plan.place)
    cost = plan.certificate.objective - worth(units, plan.goal, after).objective
    return Instead(after, at_places(units.household_scores, after) - before, cost)
