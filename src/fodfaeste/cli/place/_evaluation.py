"""What `place solve --evaluate` compares a plan with: chance, greed, other weights, forecasts that are wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fodfaeste.cli._output import Progress

if TYPE_CHECKING:
    from fodfaeste.place import Plan
    from fodfaeste.place.fairness import Fairness
    from fodfaeste.place.frontier import Frontier
    from fodfaeste.report.place.evaluation import Evaluation, Promise

DRAWS = 40
"""Other forecasts that might have been made; from each the plan is made again."""

RANDOM = 100
"""Random placements that groups are compared with."""

POINTS = 8
"""Plans along the weights of two outcomes."""

ROUGH = 5e-3
"""Gap of the plans that are made to see how things move."""


def evaluated(plan: Plan, seed: int, show: Progress) -> Evaluation:
    """Evaluate a plan as far as its problem allows: gains need standard deviations, a frontier two outcomes."""
    from fodfaeste.place.near_ties import near_ties
    from fodfaeste.place.sensitivity import sensitivity
    from fodfaeste.report.place.evaluation import Evaluation

    show("gains over chance and greed", 0.0)
    found = _promises(plan, seed)
    show("groups", 0.5)
    groups = _groups(plan, seed)
    show("other weights", 0.6)
    line = _frontier(plan, seed)
    show("worlds in which the forecasts are wrong", 0.8)
    moved = sensitivity(plan, repeats=2, random_draws=20, places=1, seed=seed, gap=ROUGH) if plan.problem.sds else None
    return Evaluation(
        promises=found,
        fairness=groups,
        frontier=line,
        near_ties=near_ties(plan) if plan.problem.sds else None,
        sensitivity=moved,
    )


def _promises(plan: Plan, seed: int) -> tuple[Promise, ...]:
    """Say what is gained over a random and a greedy placement, the optimiser's curse taken off."""
    from fodfaeste.place.evaluation.baselines import greedy_placement, random_placements
    from fodfaeste.place.evaluation.normal import NormalDraws
    from fodfaeste.place.gains import expected_gain
    from fodfaeste.report.place.evaluation import Promise

    problem = plan.problem
    if not problem.outcomes or not set(plan.goal.weights_for(problem)) & set(problem.outcomes) <= set(problem.sds):
        return ()
    draws = NormalDraws(problem, DRAWS, seed)
    chance = next(random_placements(problem, 1, seed))
    greed = greedy_placement(problem, plan.goal)
    return (
        Promise("all", "random", expected_gain(plan, chance, draws, around="estimate", gap=ROUGH)),
        Promise("all", "greedy", expected_gain(plan, greed, draws, around="estimate", gap=ROUGH)),
    )


def _groups(plan: Plan, seed: int) -> tuple[Fairness, ...]:
    from fodfaeste.place.evaluation.small import SMALLEST
    from fodfaeste.place.fairness import fairness

    if not plan.problem.outcomes or len(plan.problem.households) < SMALLEST:
        return ()
    return tuple(fairness(plan, group, random_draws=RANDOM, seed=seed) for group in plan.problem.groups)


def _frontier(plan: Plan, seed: int) -> Frontier | None:
    from fodfaeste.place.frontier import frontier

    names = list(plan.problem.outcomes)[:2]
    if len(names) < 2:
        return None
    plain = replace(plan.goal, floors=(), weights=None)
    return frontier(plan.problem, names[0], names[1], points=POINTS, goal=plain, gap=ROUGH, seed=seed)
