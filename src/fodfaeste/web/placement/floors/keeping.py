"""Keeps every group of a proposal at what lots would give it, and says what that costs: all by `fodfaeste.place`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fodfaeste.place import Floor, Plan
from fodfaeste.place.evaluation.baselines import Chance
from fodfaeste.place.evaluation.small import SMALLEST, pooled
from fodfaeste.place.exact.floors import GroupFloor
from fodfaeste.place.fairness import SCORE
from fodfaeste.place.lift import Lift, lift
from fodfaeste.place.units import household_scores
from fodfaeste.web.placement.desk.computing import Desk
from fodfaeste.web.placement.desk.own_side import TOLERANCE, without_later, worth
from fodfaeste.web.placement.floors.switching import floors_at

ROUNDED = 6


@dataclass(frozen=True)
class Floors:
    """What the floors did to a plan.

    Attributes
    ----------
    off : tuple of str
        Columns whose floor two persons have switched off.
    groups : tuple of Lift
        Every group that has a floor, with what it got before and after; none where there are not ten households.
    moved : tuple of str
        Households that are elsewhere for it.
    cost : float
        What the plan is worth less by it, as a share of what it is worth to the households; 0 where nobody moved.
    """

    off: tuple[str, ...] = ()
    groups: tuple[Lift, ...] = ()
    moved: tuple[str, ...] = ()
    cost: float = 0.0

    @property
    def lifted(self) -> tuple[Lift, ...]:
        """The groups that were below."""
        return tuple(one for one in self.groups if one.before < one.floor.least - self._nothing(one))

    @property
    def short(self) -> tuple[Lift, ...]:
        """The groups that still are below: no exchange of two brings them there."""
        return tuple(one for one in self.groups if one.short > self._nothing(one))

    def _nothing(self, one: Lift) -> float:
        return 1e-9 * max(1.0, abs(one.floor.least))

    def facts(self, household: str) -> dict[str, Any]:
        """Tell it as values that the record of a household keeps."""
        return {
            "off": list(self.off),
            "cost": round(self.cost, ROUNDED),
            "moved": household in self.moved,
            "groups": [
                {
                    "column": one.floor.column,
                    "group": one.floor.group,
                    "households": len(one.floor.members),
                    "floor": round(one.floor.least, ROUNDED),
                    "before": round(one.before, ROUNDED),
                    "after": round(one.after, ROUNDED),
                }
                for one in self.groups
            ],
        }


def with_floors(
    desk: Desk, plan: Plan, chances: Mapping[str, Chance], *, may_unplace: bool = True
) -> tuple[Plan, Floors]:
    """Lift each group of a plan for the desk's households to its floor, where it is below.

    The floor is the group's mean over random placements (`chances`), a household that finds no room counted as 0; what
    room is worth to those who come later is nothing that a group gets, and what nobody would notice (`TOLERANCE`, for
    each household) is not made up for. Groups of fewer than ten are pooled.
    """
    off = tuple(column for column, standing in floors_at(desk.round.organisation_id).items() if not standing.on)
    if len(desk.arrivals) < SMALLEST:
        return plan, Floors(off)
    problem, goal = without_later(desk.problem, desk.goal)
    by_lot = chances[SCORE].mean * chances[SCORE].placed
    floors = [
        GroupFloor(column, group, tuple(who.tolist()), float((by_lot[who] - TOLERANCE).sum()))
        for column, values in problem.groups.items()
        if column not in off
        for group, who in pooled(np.array(values, object)).items()
    ]
    found = lift(plan, floors, household_scores(problem, goal), may_unplace=may_unplace)
    moved = tuple(problem.households[row] for row in found.moved.tolist())
    total = max(abs(worth(plan)), 1e-9)
    told = Floors(off, found.groups, moved, max(0.0, found.price) / total if moved else 0.0)
    if not moved:
        return plan, told
    # Whoever asks what another place would cost is told that the floors bound it.
    kept = tuple(Floor(column) for column in problem.groups if column not in off)
    return replace(found.plan, goal=replace(found.plan.goal, floors=kept)), told
