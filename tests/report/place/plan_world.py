"""Small placement problems, the plans made of them, and everything that can be evaluated of one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fodfaeste.place import Goal, Problem, Wishes
from fodfaeste.place.evaluation.baselines import greedy_placement, random_placements
from fodfaeste.place.fairness import fairness
from fodfaeste.place.frontier import frontier
from fodfaeste.place.gains import expected_gain
from fodfaeste.place.near_ties import near_ties
from fodfaeste.place.no_harm import harm
from fodfaeste.place.sensitivity import sensitivity
from fodfaeste.report.place.evaluation import Evaluation, Promise

PLACES = ("Aarup", "Blåvand", "Christiansfeld", "Dragør", "Ebeltoft", "Faxe", "Gedser", "Hals")


def town(households=48, seed=3, **changes):
    """Draw a problem of two dimensions with wishes, groups, rules and doubts; nobody in it exists."""
    rng = np.random.Generator(np.random.PCG64(seed))
    persons = rng.integers(1, 6, households)
    sizes = np.stack([persons, np.maximum(persons - 2, 0)], axis=1)
    shape = (households, len(PLACES))
    room = rng.multinomial(int(persons.sum() * 1.05), np.ones(len(PLACES)) / len(PLACES))
    work = np.minimum(persons, 2)[:, None] * np.clip(rng.beta(2, 4, shape) + rng.normal(0, 0.1, len(PLACES)), 0, 1)
    staying = persons[:, None] * rng.beta(6, 2, shape)
    rank = np.zeros(shape, np.int64)
    for household in range(0, households, 2):
        rank[household, rng.permutation(len(PLACES))[:3]] = (1, 2, 3)
    allowed = rng.random(shape) > 0.1
    allowed[7] = False
    given = {
        "households": tuple(f"H{one:03d}" for one in range(households)),
        "places": PLACES,
        "sizes": sizes,
        "capacity": np.stack([room, room], axis=1),
        "outcomes": {"work_24": work, "staying_12": staying},
        "sds": {"work_24": 0.1 * np.sqrt(work), "staying_12": 0.2 * np.sqrt(staying)},
        "dimensions": ("persons", "school_children"),
        "allowed": allowed,
        "groups": {
            "household_type": tuple("single" if one == 1 else "family" for one in persons),
            "language": tuple(rng.choice(["Arabic", "Dari", "Tigrinya"], households)),
        },
        "wishes": Wishes(rank),
    }
    return Problem(**{**given, **changes})


@dataclass(frozen=True)
class Scattered:
    """Draws around a truth in which scores differ less than forecast."""

    problem: Problem
    count: int = 100

    def outcomes(self, draw):
        rng = np.random.Generator(np.random.PCG64([5, draw]))
        return {
            name: 0.5 * scores + 0.5 * scores.mean() + rng.normal(0, 1, scores.shape) * self.problem.sds[name]
            for name, scores in self.problem.outcomes.items()
        }


def evaluated(plan):
    """Evaluate a plan in every way that the report shows."""
    problem = plan.problem
    others = {
        "random": next(random_placements(problem, 1, 0)),
        "greedy": greedy_placement(problem, Goal(wish_tolerance=None)),
    }
    promises = []
    for outcome, truth in (("work_24", 0.0), ("staying_12", 1.5)):
        alone = replace(plan, goal=Goal(weights={outcome: 1.0}))
        for against, other in others.items():
            gain = expected_gain(alone, other, Scattered(problem))
            promises.append(Promise(outcome, against, gain, 0.04, truth, gain.baseline_value))
    return Evaluation(
        promises=tuple(promises),
        fairness=tuple(fairness(plan, group, random_draws=50) for group in ("household_type", "language")),
        harm={"greedy": harm(plan, others["greedy"])},
        frontier=frontier(problem, "work_24", "staying_12", points=5, goal=Goal(wish_tolerance=None)),
        near_ties=near_ties(plan),
        sensitivity=sensitivity(plan, repeats=2, random_draws=20, places=1),
    )
