"""Prices of room read from a certificate, and what they prove about plans that were not chosen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.evaluation.worth import scores_of_rows
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import WISHES, Goal, Ints, Problem
from fodfaeste.place.scores import block, blocks
from fodfaeste.place.units import units_of

Floats = NDArray[np.float64]


def has_prices(plan: Plan) -> bool:
    """Say whether the certificate prices room at all."""
    return bool(plan.certificate.prices.any())


def summed_scores(problem: Problem, goal: Goal, rows: Ints) -> Floats:
    """Sum the scores of households that go together; shape (places,)."""
    return np.asarray(scores_of_rows(problem, goal, rows).sum(axis=0))


def room_price(plan: Plan, rows: Ints) -> Floats:
    """Say what the room that some households need costs at each place; shape (places,)."""
    return np.asarray(plan.certificate.prices @ plan.problem.sizes[rows].sum(axis=0))


def wishes_come_first(problem: Problem, goal: Goal) -> bool:
    """Say whether wishes are fulfilled before outcomes are looked at."""
    return problem.wishes is not None and goal.wish_tolerance is not None and not goal.weights_for(problem).get(WISHES)


def only_scores_count(plan: Plan) -> bool:
    """Say whether the goal is the sum of scores alone, so that prices bound every other plan."""
    goal = plan.goal
    extra = goal.floors or goal.balance or goal.network or goal.short_price is not None
    return not extra and not wishes_come_first(plan.problem, goal)


def slack_of(plan: Plan) -> float:
    """Say how far the value is below what the prices alone prove for plans that place as many persons.

    Notes
    -----
    With prices p (capacity c, minimum m) and M a person unplaced, no such plan is worth more than ``sum(c * max(p, 0) +
    m * min(p, 0))`` plus each unit's best of ``score - p * size`` and ``-M * persons``, plus M for each person the plan
    leaves unplaced: weak duality of the programme in `place.problem`.
    """
    certificate = plan.certificate
    if certificate.proof == "prices":
        return max(0.0, certificate.bound - certificate.objective)
    units = units_of(plan.problem, plan.goal)
    prices, person = certificate.prices, units.person_dimension
    bound = float((units.capacity * np.maximum(prices, 0)).sum())
    bound += float((units.minimum * np.minimum(prices[:, person], 0)).sum())
    for rows, scores in blocks(units.scores):
        net = np.where(units.may(rows), np.asarray(scores, np.float64) - units.sizes[rows] @ prices.T, -np.inf)
        best = net.max(axis=1, initial=-np.inf)
        left = -certificate.unplaced_price * units.persons[rows]
        bound += float(np.maximum(best, left).sum())
    free = units.unit_of == -1
    locked = plan.place[free]
    bound += float(block(units.household_scores, np.flatnonzero(free))[np.arange(locked.size), locked].sum())
    unplaced = certificate.persons - certificate.persons_placed
    if unplaced:
        bound += certificate.unplaced_price * unplaced
    return max(0.0, bound - certificate.value)
