"""What a plan report counts before it tells: sums by outcome, each household's own best place, wishes met.

Nothing here chooses; it only adds up what the plan says. Score matrices are read a block of households at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place import NOWHERE, Plan, Problem
from fodfaeste.place.scores import LowRank, Scores, block, blocks, pairs
from fodfaeste.place.units import household_scores
from fodfaeste.report.place.shared import Z

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEXT = 2
"""How many places after the proposed one a household's row names."""

READABLE = 50_000_000
"""Pairs of household and place up to which every household's own best place is looked up."""


@dataclass(frozen=True)
class OutcomeSum:
    """An outcome of the plan: the forecasts of the placed, summed.

    `low` and `high` are None where the problem does not say how unsure the forecasts are.
    """

    name: str
    weight: float
    total: float
    per_household: float
    low: float | None
    high: float | None


def outcome_sums(plan: Plan) -> tuple[OutcomeSum, ...]:
    """Sum each outcome over the placed households, with a 95 % interval where standard deviations are known.

    The errors of forecasts are taken as shared by all at one place and independent between places: a place's
    standard deviations add up, and places add up by their squares.
    """
    problem, weights = plan.problem, plan.goal.weights_for(plan.problem)
    placed = np.flatnonzero(plan.placed)
    where = plan.place[placed]
    sums = []
    for name, scores in problem.outcomes.items():
        total = float(pairs(scores, placed, where).sum())
        half = None
        if name in problem.sds:
            by_place = np.bincount(where, pairs(problem.sds[name], placed, where), len(problem.places))
            half = Z * float(np.sqrt((by_place**2).sum()))
        sums.append(
            OutcomeSum(
                name,
                float(weights.get(name, 0.0)),
                total,
                total / max(placed.size, 1),
                None if half is None else total - half,
                None if half is None else total + half,
            )
        )
    return tuple(sums)


@dataclass(frozen=True, eq=False)
class Households:
    """What each household gets, could get, and would get next; by position.

    Attributes
    ----------
    value : ndarray of float64, shape (households,)
        Weighted score at the proposed place; nan for the unplaced.
    best : ndarray of int64, shape (households,)
        The allowed place that it fits and that is best for itself alone; `NOWHERE` where there is none.
    best_value : ndarray of float64, shape (households,)
        Its weighted score there.
    following : ndarray of int64, shape (households, NEXT)
        The places that come next once room is paid for at its price; `NOWHERE` where there are none.
    """

    value: Floats
    best: Ints
    best_value: Floats
    following: Ints

    @property
    def given_up(self) -> Floats:
        """What each gives up against its own best place; nan for the unplaced."""
        return np.asarray(self.best_value - self.value)


def look_up(plan: Plan) -> Households | None:
    """Look up every household's places; None where there are more pairs than a report reads."""
    problem = plan.problem
    if np.prod(problem.shape) > READABLE:
        return None
    scores = household_scores(problem, plan.goal)
    households, places = problem.shape
    value = np.full(households, np.nan)
    placed = np.flatnonzero(plan.placed)
    value[placed] = pairs(scores, placed, plan.place[placed])
    best = np.full(households, NOWHERE)
    best_value = np.full(households, np.nan)
    following = np.full((households, NEXT), NOWHERE)
    for rows, values in blocks(scores):
        open_to = may_go(problem, rows)
        own = np.where(open_to, values.astype(np.float64), -np.inf)
        first = own.argmax(axis=1)
        some = open_to.any(axis=1)
        best[rows] = np.where(some, first, NOWHERE)
        best_value[rows] = np.where(some, own[np.arange(first.size), first], np.nan)
        paid = own - problem.sizes[rows] @ plan.certificate.prices.T
        chosen = plan.place[rows]
        sitting = np.flatnonzero(chosen != NOWHERE)
        paid[sitting, chosen[sitting]] = -np.inf
        order = np.argsort(-paid, axis=1, kind="stable")[:, : min(NEXT, places)]
        left = np.isfinite(np.take_along_axis(paid, order, axis=1))
        following[rows, : order.shape[1]] = np.where(left, order, NOWHERE)
    return Households(value, best, best_value, following)


def may_go(problem: Problem, rows: slice) -> NDArray[np.bool_]:
    """Say where some households may go: allowed by rule, and not larger than the place; shape (rows, places)."""
    fits = np.ones((problem.sizes[rows].shape[0], len(problem.places)), np.bool_)
    for dimension in range(len(problem.dimensions)):
        fits &= problem.sizes[rows, dimension][:, None] <= problem.capacity[:, dimension][None]
    return fits if problem.allowed is None else fits & problem.allowed[rows]


@dataclass(frozen=True)
class WishesMet:
    """Which wish the households that said any get.

    said, households : int
    by_rank : mapping of rank to households that get it
    not_named : int
        Placed where they did not wish to go.
    unplaced : int
    """

    said: int
    households: int
    by_rank: Mapping[int, int]
    not_named: int
    unplaced: int

    @property
    def first(self) -> int:
        """Households that get their first wish."""
        return self.by_rank.get(1, 0)

    @property
    def any(self) -> int:
        """Households that get one of their wishes."""
        return sum(self.by_rank.values())


def wishes_met(plan: Plan) -> WishesMet | None:
    """Count which wishes the plan meets; None where the problem has none."""
    wishes = plan.problem.wishes
    if wishes is None:
        return None
    said = wishes.said
    placed = said & plan.placed
    got = wishes.rank[np.flatnonzero(placed), plan.place[placed]]
    ranks, counts = np.unique(got[got > 0], return_counts=True)
    return WishesMet(
        int(said.sum()),
        said.size,
        dict(zip(ranks.tolist(), counts.tolist(), strict=True)),
        int((got == 0).sum()),
        int((said & ~plan.placed).sum()),
    )


def fingerprint(problem: Problem) -> str:
    """Tell one problem from another by a short hash of names, sizes, room and a sample of the scores."""
    import hashlib

    told = hashlib.sha256()
    for names in (problem.households, problem.places, problem.dimensions):
        told.update("\n".join(names).encode())
    for numbers in (problem.sizes, problem.capacity, problem.minimum, problem.locks):
        told.update(np.ascontiguousarray(numbers).tobytes())
    for name, scores in problem.outcomes.items():
        told.update(name.encode())
        told.update(np.ascontiguousarray(_sample(scores)).tobytes())
    return told.hexdigest()[:12]


def _sample(scores: Scores) -> NDArray[np.floating]:
    """Give the scores of up to a thousand households, evenly spread: enough to tell two problems apart, quickly."""
    rows = np.unique(np.linspace(0, scores.shape[0] - 1, min(scores.shape[0], 1000)).astype(np.int64))
    return np.asarray(block(scores, rows) if not isinstance(scores, LowRank) else scores.left[rows])
