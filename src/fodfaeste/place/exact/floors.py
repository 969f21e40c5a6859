"""Floors: no group gets less than a share of what chance, or being alone, would give it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fodfaeste.errors import UnknownName
from fodfaeste.place.bounds import locked_places
from fodfaeste.place.evaluation.baselines import random_placements
from fodfaeste.place.exact.core import best
from fodfaeste.place.exact.model import Pairs, Part, capacities
from fodfaeste.place.exact.search import Watch
from fodfaeste.place.problem import NOWHERE, Floor, Goal, Ints, Problem
from fodfaeste.place.scores import pairs as scores_of
from fodfaeste.place.units import Units

Floats = NDArray[np.float64]

DRAWS = 500
"""Random placements that the reference "random" is the mean of (placement-methods 5.6)."""


@dataclass(frozen=True)
class GroupFloor:
    """What one group has to get.

    Attributes
    ----------
    column, group : str
    members : tuple of int
        Its households, by position.
    least : float
        Sum of the scores of its members that the plan has to reach.
    """

    column: str
    group: str
    members: tuple[int, ...]
    least: float


def floors_of(units: Units, goal: Goal, *, gap: float, seed: int, watch: Watch) -> tuple[GroupFloor, ...]:
    """Work out the floor of every group; households whose group is not known (empty) belong to none.

    Where the reference is below zero, the tolerance lowers it all the same.
    """
    told: list[GroupFloor] = []
    for floor in goal.floors:
        members = members_of(units.problem, floor)
        if floor.reference == "random":
            references = at_random(units, members, seed)
        else:
            references = [_alone(units, households, gap=gap, seed=seed, watch=watch) for households in members.values()]
        for (group, households), reference in zip(members.items(), references, strict=True):
            least = reference - floor.tolerance * abs(reference)
            told.append(GroupFloor(floor.group, group, tuple(households.tolist()), least))
    return tuple(told)


def members_of(problem: Problem, floor: Floor) -> dict[str, Ints]:
    """Give the households of each group, by position, groups in the order of their names.

    Raises
    ------
    UnknownName
        If the problem has no such group column.
    """
    if floor.group not in problem.groups:
        raise UnknownName("the group column", floor.group, problem.groups)
    of = np.asarray(problem.groups[floor.group])
    return {str(name): np.flatnonzero(of == name) for name in np.unique(of) if name}


def at_random(units: Units, members: dict[str, Ints], seed: int) -> list[float]:
    """Average what each group gets over random feasible placements; who finds no room gets nothing."""
    got = np.zeros(len(units.problem.households))
    for place in random_placements(units.problem, DRAWS, seed):
        placed = np.flatnonzero(place != NOWHERE)
        got[placed] += scores_of(units.household_scores, placed, place[placed])
    return [float(got[households].sum()) / DRAWS for households in members.values()]


def _alone(units: Units, households: Ints, *, gap: float, seed: int, watch: Watch) -> float:
    """Find the most that some households could get if only they, and who is tied to them, came besides the locked."""
    locked = locked_places(units)
    inside = households[locked[households] != NOWHERE]
    theirs = float(scores_of(units.household_scores, inside, locked[inside]).sum())
    unit, place = np.nonzero(units.may(slice(0, units.shape[0])))
    every = Pairs(unit, place, np.zeros(unit.size))
    score = np.asarray(_counted(units, every, (households,)).sum(axis=0)).ravel()
    kept = np.isin(unit, units.unit_of[households])
    programme = capacities(units, Pairs(unit[kept], place[kept], score[kept]), Goal(unplaced=0.0))
    found = best(programme, "floors", watch, gap=gap, seed=seed)
    return theirs + (0.0 if found.point is None else programme.worth(found.point))


def floor_part(units: Units, pairs: Pairs, floors: tuple[GroupFloor, ...]) -> Part:
    """Ask for every floor: one row a group, and a column for what it is short of, which costs nothing here.

    Rows are divided by the largest score, so that what HiGHS neglects is as small beside the scores.
    """
    locked = locked_places(units)
    least = []
    for floor in floors:
        inside = np.array([one for one in floor.members if locked[one] != NOWHERE], np.int64)
        least.append(floor.least - float(scores_of(units.household_scores, inside, locked[inside]).sum()))
    many = len(floors)
    scale = row_scale(pairs)
    return Part(
        pairs=sparse.csr_array(scale * _counted(units, pairs, tuple(np.array(floor.members) for floor in floors))),
        own=sparse.csr_array(scale * sparse.eye_array(many, format="csr")),
        low=scale * np.array(least),
        high=np.full(many, np.inf),
        gain=np.zeros(many),
        upper=np.full(many, np.inf),
    )


def row_scale(pairs: Pairs) -> float:
    """Give the power of two that brings the largest score near 1,000."""
    largest = float(np.abs(pairs.score).max(initial=0.0))
    return 2.0 ** np.floor(np.log2(1024.0 / largest)) if largest > 0 else 1.0


def _counted(units: Units, pairs: Pairs, groups: tuple[Ints, ...]) -> sparse.csr_array:
    """Sum the scores of each group's members in each pair; shape (groups, pairs)."""
    first = np.searchsorted(pairs.unit, np.arange(units.shape[0] + 1))
    rows, columns, values = [], [], []
    for row, members in enumerate(groups):
        free = members[units.unit_of[members] != NOWHERE]
        unit = units.unit_of[free]
        times = first[unit + 1] - first[unit]
        ends = np.cumsum(times)
        column = np.arange(int(times.sum())) + np.repeat(first[unit] - (ends - times), times)
        household = np.repeat(free, times)
        values.append(scores_of(units.household_scores, household, pairs.place[column]))
        columns.append(column)
        rows.append(np.full(column.size, row))
    shape = len(groups), pairs.unit.size
    return sparse.csr_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
