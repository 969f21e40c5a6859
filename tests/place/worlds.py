"""Placement problems drawn by a seeded generator, with what explaining and evaluating looks at."""

from __future__ import annotations

import numpy as np

from fodfaeste.place import Problem, Wishes


def world(seed=0, households=40, places=5, *, sd=0.1, wishes=False, spare=1.03, dimensions=("persons",), **given):
    """Draw households of 1 to 5 persons, two outcomes, a tenth of the pairs forbidden, and two kinds of people."""
    rng = np.random.default_rng(seed)
    n, m = households, places
    sizes = np.column_stack([rng.integers(1, 6, n), *(rng.integers(0, 2, n) for _ in dimensions[1:])])
    capacity = np.tile(np.ceil(sizes.sum(axis=0) * spare / m).astype(int) + 1, (m, 1))
    rank = np.zeros((n, m), np.int64)
    if wishes:
        for one in range(0, n, 2):
            rank[one, rng.permutation(m)[:2]] = (1, 2)
    facts = {
        "households": tuple(f"h{i}" for i in range(n)),
        "places": tuple(f"p{j}" for j in range(m)),
        "sizes": sizes,
        "capacity": capacity,
        "outcomes": {"work": rng.random((n, m)), "staying": rng.random((n, m))},
        "sds": {"work": np.full((n, m), sd)} if sd else {},
        "dimensions": dimensions,
        "allowed": rng.random((n, m)) < 0.9,
        "groups": {"kind": tuple("ab"[i % 2] for i in range(n))},
        "wishes": Wishes(rank) if wishes else None,
    }
    return Problem(**{**facts, **given})


class Around:
    """Draws that scatter around some outcomes with one standard deviation for all pairs, by a seed."""

    def __init__(self, outcomes, sd, count=100, seed=0):
        self.centre, self.sd, self.count, self.seed = outcomes, sd, count, seed

    def outcomes(self, draw):
        rng = np.random.default_rng([self.seed, draw])
        return {name: scores + self.sd * rng.standard_normal(scores.shape) for name, scores in self.centre.items()}
