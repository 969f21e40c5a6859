"""Who would rather be where somebody else is, and would fit there."""

from __future__ import annotations

import numpy as np

from fodfaeste.place.evaluation.worth import scores_of_rows
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, Ints

CLEARLY = 1e-9


def envied(plan: Plan) -> Ints:
    """Count, for each household, the others whose place is worth more to it and whose room would do for it.

    Room that is free there counts as well. Who is unplaced values that at 0. Shape (households,).
    """
    problem, place = plan.problem, plan.place
    free = problem.capacity - plan.used()
    kinds = [_kinds(plan, where) for where in range(len(problem.places))]
    told = np.zeros(place.size, np.int64)
    for household in range(place.size):
        scores = scores_of_rows(problem, plan.goal, np.array([household]))[0]
        mine = scores[place[household]] if place[household] != NOWHERE else 0.0
        better = np.flatnonzero(problem.may(household) & (scores > mine + CLEARLY))
        for where in better[better != place[household]].tolist():
            sizes, times = kinds[where]
            fits = (problem.sizes[household] <= sizes + free[where]).all(axis=1)
            told[household] += int(times[fits].sum())
    return told


def _kinds(plan: Plan, where: int) -> tuple[Ints, Ints]:
    """Give the different sizes of the households at a place, and how many there are of each."""
    sizes, times = np.unique(plan.problem.sizes[plan.place == where], axis=0, return_counts=True)
    return sizes.reshape(-1, plan.problem.sizes.shape[1]), times
