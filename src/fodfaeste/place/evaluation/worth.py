"""What placements are worth to the goal, outcome by outcome, and how unsure that is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.problem import NOWHERE, WISHES, Goal, Ints, Problem, Wishes
from fodfaeste.place.scores import Draws, Scores, block, pairs
from fodfaeste.place.units import household_scores

Floats = NDArray[np.float64]


def value_by_household(problem: Problem, goal: Goal, place: Ints) -> Floats:
    """Give what each household's place is worth to the goal; 0 for who has none. Shape (households,)."""
    return at_places(household_scores(problem, goal), place)


def at_places(scores: Scores, place: Ints) -> Floats:
    """Give the score of each household at its place, 0 where it has none; shape (households,)."""
    placed = np.flatnonzero(place != NOWHERE)
    told = np.zeros(place.size)
    told[placed] = pairs(scores, placed, place[placed])
    return told


def weighed(problem: Problem, goal: Goal) -> dict[str, float]:
    """Give the weight of each outcome that counts, and of wishes where they have one; zeros are left out."""
    return {name: weight for name, weight in goal.weights_for(problem).items() if weight != 0}


def scores_of_rows(problem: Problem, goal: Goal, rows: Ints) -> Floats:
    """Give the scores of some households at all places, reading no others; shape (rows, places)."""
    total = np.zeros((len(rows), len(problem.places)))
    for name, weight in weighed(problem, goal).items():
        if name == WISHES and problem.wishes is not None:
            total += weight * Wishes(problem.wishes.rank[rows]).share()
        else:
            total += weight * block(problem.outcomes[name], rows)
    if goal.caution:
        weights = goal.weights_for(problem)
        for name, sd in problem.sds.items():
            total -= goal.caution * abs(weights.get(name, 0.0)) * block(sd, rows)
    return total


def parts_of_score(problem: Problem, goal: Goal, households: Ints, places: Ints) -> dict[str, Floats]:
    """Split the score of single pairs into its terms, which add up to it.

    One term an outcome that has a weight, `wishes` where they have one, and `caution`, what is taken off for doubt.
    """
    parts: dict[str, Floats] = {}
    for name, weight in weighed(problem, goal).items():
        if name == WISHES and problem.wishes is not None:
            parts[name] = weight * _wished(problem.wishes, households, places)
        else:
            parts[name] = weight * pairs(problem.outcomes[name], households, places)
    if goal.caution and problem.sds:
        doubt = [
            abs(goal.weights_for(problem).get(name, 0.0)) * pairs(sd, households, places)
            for name, sd in problem.sds.items()
        ]
        parts["caution"] = -goal.caution * np.sum(doubt, axis=0)
    return parts


def has_doubt(problem: Problem, goal: Goal) -> bool:
    """Say whether any outcome that counts has a standard deviation."""
    return bool(set(weighed(problem, goal)) & set(problem.sds))


def score_sd(problem: Problem, goal: Goal, households: Ints, places: Ints) -> Floats:
    """Give the standard deviation of the score of single pairs: outcomes err independently; without any sds, 0."""
    variance = np.zeros(np.shape(households))
    for name, weight in weighed(problem, goal).items():
        if name in problem.sds:
            variance += (weight * pairs(problem.sds[name], households, places)) ** 2
    return np.asarray(np.sqrt(variance))


def difference_sd(
    problem: Problem, goal: Goal, households: Ints, between: tuple[Ints, Ints], draws: Draws | None = None
) -> Floats:
    """Give the standard deviation of how much a household's score differs between two places.

    With draws it is that of the drawn differences, so what errs in common at both places cancels. Without, the errors
    at two places are taken as independent, which is too wide where they are not: the cautious side for telling apart.
    Where the two places are the same it is 0.
    """
    first, second = between
    if draws is None:
        both = score_sd(problem, goal, households, first) ** 2 + score_sd(problem, goal, households, second) ** 2
        return np.where(first == second, 0.0, np.sqrt(both))
    drawn = np.array(
        [
            score_of(draws.outcomes(draw), problem, goal, households, first)
            - score_of(draws.outcomes(draw), problem, goal, households, second)
            for draw in range(draws.count)
        ]
    )
    return np.asarray(drawn.std(axis=0, ddof=1))


def score_of(outcomes: Mapping[str, Scores], problem: Problem, goal: Goal, households: Ints, places: Ints) -> Floats:
    """Weigh other values of the outcomes (drawn, or true) for single pairs; wishes as they are, doubt not at all."""
    total = np.zeros(np.shape(households))
    for name, weight in weighed(problem, goal).items():
        if name in outcomes:
            total += weight * pairs(outcomes[name], households, places)
        elif name == WISHES and problem.wishes is not None:
            total += weight * _wished(problem.wishes, households, places)
    return total


def plan_worth(outcomes: Mapping[str, Scores], problem: Problem, goal: Goal, place: Ints) -> float:
    """Sum what a placement is worth under other values of the outcomes."""
    placed = np.flatnonzero(place != NOWHERE)
    return float(score_of(outcomes, problem, goal, placed, place[placed]).sum())


def _wished(wishes: Wishes, households: Ints, places: Ints) -> Floats:
    """Say how far single places are single households' wishes."""
    rows, back = np.unique(households, return_inverse=True)
    return np.asarray(Wishes(wishes.rank[rows]).share()[back, places])
