"""Parts of a problem: some of its households, with the room that the others leave."""

from __future__ import annotations

import numpy as np

from fodfaeste.place.plan import used_room
from fodfaeste.place.problem import NOWHERE, Bools, Ints, Problem, Wishes
from fodfaeste.place.scores import LowRank, Scores, block


def part_of(problem: Problem, rows: Ints, *, others: Ints | None = None) -> Problem:
    """Make the problem of some households.

    Parameters
    ----------
    problem : Problem
    rows : ndarray of int64
        The households that stay, by position, in the order wanted.
    others : ndarray of int64, shape (households,), optional
        Where the households left out are placed; they take their room and count for the minimums. None: nowhere.

    Returns
    -------
    Problem
        With all places. Ties keep who of them stays; room never falls below 0.
    """
    capacity, minimum = problem.capacity, problem.minimum
    if others is not None:
        left = np.array(others)
        left[rows] = NOWHERE
        used = used_room(problem, left)
        capacity = np.maximum(capacity - used, 0)
        minimum = np.maximum(minimum - used[:, problem.person_dimension], 0)
    position = {int(row): new for new, row in enumerate(rows)}
    ties = (tuple(position[one] for one in tie if one in position) for tie in problem.ties)
    return Problem(
        households=tuple(problem.households[row] for row in rows),
        places=problem.places,
        sizes=problem.sizes[rows],
        capacity=capacity,
        outcomes={name: _rows(scores, rows) for name, scores in problem.outcomes.items()},
        sds={name: _rows(scores, rows) for name, scores in problem.sds.items()},
        dimensions=problem.dimensions,
        allowed=None if problem.allowed is None else problem.allowed[rows],
        minimum=minimum,
        ties=tuple(tie for tie in ties if len(tie) > 1),
        locks=problem.locks[rows],
        groups={name: tuple(values[row] for row in rows) for name, values in problem.groups.items()},
        arrival=None if problem.arrival is None else problem.arrival[rows],
        wishes=None if problem.wishes is None else Wishes(problem.wishes.rank[rows]),
    )


def together(problem: Problem, household: int) -> Ints:
    """Give the households that go where this one goes, itself first, by position."""
    for tie in problem.ties:
        if household in tie:
            return np.array([household, *(one for one in tie if one != household)], np.int64)
    return np.array([household], np.int64)


def numbered_together(problem: Problem) -> Ints:
    """Number what goes together: tied households share a number, every other has its own; shape (households,)."""
    number = np.arange(len(problem.households))
    for tie in problem.ties:
        number[list(tie)] = min(tie)
    return np.unique(number, return_inverse=True)[1].astype(np.int64)


def may_at_all(problem: Problem, rows: Ints) -> Bools:
    """Say where households that go together may go: allowed to each, and room for them if nobody else came."""
    fits = (problem.sizes[rows].sum(axis=0) <= problem.capacity).all(axis=1)
    for row in rows.tolist():
        fits &= problem.may(row)
    return np.asarray(fits)


def _rows(scores: Scores, rows: Ints) -> Scores:
    return LowRank(scores.left[rows], scores.right) if isinstance(scores, LowRank) else block(scores, rows)
