"""Small years of made-up households, with another year of the same places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fodfaeste.place import Problem


def a_year(seed: int, households: int = 40, places: int = 5, *, room: float = 1.0, dimensions: int = 1) -> Problem:
    """Draw households of one to five people, whose gains go with the household, the place and both."""
    rng = np.random.Generator(np.random.PCG64(seed))
    of_place = np.random.Generator(np.random.PCG64(places)).normal(0, 0.7, places)
    sizes = rng.integers(1, 6, (households, 1))
    gains = sizes / (
        1 + np.exp(-rng.normal(-1, 1, (households, 1)) - of_place - rng.normal(0, 0.7, (households, places)))
    )
    if dimensions > 1:
        sizes = np.hstack([sizes, rng.binomial(sizes, 0.4)])
    share = np.floor(sizes.sum(axis=0) * room / places).astype(int)
    capacity = np.tile(share, (places, 1))
    capacity[: int(sizes[:, 0].sum() * room) - int(capacity[:, 0].sum()), 0] += 1
    return Problem(
        households=tuple(f"h{number}" for number in range(households)),
        places=tuple(f"p{number}" for number in range(places)),
        dimensions=("persons", "school_children")[:dimensions],
        sizes=sizes,
        capacity=capacity + (np.arange(dimensions) > 0),
        outcomes={"work": gains},
        allowed=rng.random((households, places)) < 0.85,
        arrival=np.datetime64("2026-01-05") + np.sort(rng.integers(0, 90, households)),
    )


def with_another_future(problem: Problem, after: int, seed: int) -> Problem:
    """Let other households come from a position on: of other sizes, gains and rules."""
    rng = np.random.Generator(np.random.PCG64(seed))
    rest = slice(after, None)
    sizes, gains, allowed = problem.sizes.copy(), problem.outcomes["work"].copy(), problem.allowed.copy()
    sizes[rest] = rng.integers(1, 9, sizes[rest].shape)
    gains[rest] = rng.random(gains[rest].shape) * 50
    allowed[rest] = rng.random(allowed[rest].shape) < 0.5
    return replace(problem, sizes=sizes, outcomes={"work": gains}, allowed=allowed)


def cut(problem: Problem, households: int) -> Problem:
    """Keep only the first households."""
    keep = slice(0, households)
    return replace(
        problem,
        households=problem.households[keep],
        sizes=problem.sizes[keep],
        outcomes={"work": problem.outcomes["work"][keep]},
        allowed=problem.allowed[keep],
        locks=problem.locks[keep],
        arrival=problem.arrival[keep],
    )
