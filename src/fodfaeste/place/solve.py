"""One way in: `solve` looks at the problem, takes the method that fits it, and always returns a certificate."""

from __future__ import annotations

from collections.abc import Callable

from fodfaeste.place.exact import solve_exactly
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import Goal, Problem


def solve(
    problem: Problem,
    goal: Goal | None = None,
    *,
    gap: float = 1e-3,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
) -> Plan:
    """Propose a place for each household; `progress` hears the step and its gap so far."""
    return solve_exactly(problem, goal or Goal(), gap=gap, seed=seed, progress=progress)
