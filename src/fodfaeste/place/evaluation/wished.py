"""How far a placement is what households said they want."""

from __future__ import annotations

import numpy as np

from fodfaeste.place.problem import NOWHERE, Ints, Problem


def ranks_got(problem: Problem, place: Ints) -> Ints:
    """Give each household's rank of its place, 0 where it did not wish for it; shape (households,)."""
    told = np.zeros(place.size, np.int64)
    if problem.wishes is not None:
        placed = np.flatnonzero(place != NOWHERE)
        told[placed] = problem.wishes.rank[placed, place[placed]]
    return told


def wishes_met(problem: Problem, place: Ints) -> tuple[float | None, float | None]:
    """Give the share of the households with wishes that got one, and that got their first; None without any wishes."""
    if problem.wishes is None or not problem.wishes.said.any():
        return None, None
    got = ranks_got(problem, place)[problem.wishes.said]
    return float((got > 0).mean()), float((got == 1).mean())
