"""What households themselves get of a plan: without what their room is worth to those who come later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fodfaeste.place import Goal, Plan, Problem
from fodfaeste.place.evaluation.baselines import Chance, chances_of
from fodfaeste.place.evaluation.worth import value_by_household
from fodfaeste.place.fairness import SCORE
from fodfaeste.place.units import household_scores
from fodfaeste.web.placement.desk.computing import LATER, Desk

DRAWS, SEED = 500, 0
"""Random placements that what a household gets by lot is the average of."""

TOLERANCE = 0.02
"""A loss up to this share of an adult in work is none that anybody would notice."""


def own_side(plan: Plan) -> Plan:
    """Give a plan as it is for its households: without what it costs those who come later."""
    problem, goal = without_later(plan.problem, plan.goal)
    return replace(plan, problem=problem, goal=goal)


def without_later(problem: Problem, goal: Goal) -> tuple[Problem, Goal]:
    """Leave out of a problem and its goal what room is worth to those who come later."""
    if LATER not in problem.outcomes:
        return problem, goal
    outcomes = {name: scores for name, scores in problem.outcomes.items() if name != LATER}
    weights = {name: weight for name, weight in (goal.weights or {}).items() if name != LATER}
    return replace(problem, outcomes=outcomes), replace(goal, weights=weights)


def worth(plan: Plan) -> float:
    """Add up what a plan is worth to the households, in units of the goal's score."""
    own = own_side(plan)
    return float(value_by_household(own.problem, own.goal, own.place).sum())


def by_lot(desk: Desk) -> Mapping[str, Chance]:
    """Average what households get over random placements, each outcome and the score."""
    problem, goal = without_later(desk.problem, desk.goal)
    return chances_of(problem, {**problem.outcomes, SCORE: household_scores(problem, goal)}, DRAWS, SEED)
