"""Prices of room read from a certificate, and what they prove about plans that were not chosen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.bounds import certified_bound
from fodfaeste.place.evaluation.worth import scores_of_rows
from fodfaeste.place.objective import deviation, network_bonus, persons_at
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, WISHES, Goal, Ints, Problem
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


def slack_of(plan: Plan) -> float:
    """Say how far the objective is below what the prices alone prove for plans that place as many persons."""
    certificate = plan.certificate
    units = units_of(plan.problem, plan.goal)
    prices, left = certificate.prices, certificate.unplaced_price
    return max(0.0, certified_bound(units, plan.goal, prices, left, certificate.persons_placed) - certificate.objective)


def besides_scores(plan: Plan, rows: Ints, place: int) -> dict[str, float]:
    """Say what households add at a place besides their scores, all others staying: `network` and `balance`."""
    problem, goal = plan.problem, plan.goal
    there, away = plan.place.copy(), plan.place.copy()
    there[rows], away[rows] = place, NOWHERE
    told = {}
    if goal.network is not None:
        told["network"] = network_bonus(problem, goal.network, there) - network_bonus(problem, goal.network, away)
    if goal.balance is not None:
        uneven = [deviation(problem, goal.balance, persons_at(problem, one)) for one in (there, away)]
        told["balance"] = -goal.balance.weight * (uneven[0] - uneven[1])
    return told
