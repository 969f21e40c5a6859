"""Whom a proposal is good for: each household's own best place, lots, the rule of today, groups, and who is protected.

All is computed by `fodfaeste.place`; here its answers are put together. What a place costs those who come later decides
about the plan, and is nothing that a household gets: here it is left out. No database, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from fodfaeste.errors import Refused
from fodfaeste.place import NOWHERE, Plan
from fodfaeste.place.evaluation.baselines import Chance, today_placement
from fodfaeste.place.evaluation.own_best import own_best
from fodfaeste.place.evaluation.small import SMALLEST
from fodfaeste.place.evaluation.worth import has_doubt, value_by_household
from fodfaeste.place.fairness import SCORE, fairness
from fodfaeste.place.near_ties import near_ties
from fodfaeste.place.no_harm import harm, no_worse_than
from fodfaeste.web.placement.desk.computing import Desk
from fodfaeste.web.placement.desk.models import Proposal
from fodfaeste.web.placement.desk.own_side import DRAWS, SEED, TOLERANCE, by_lot, own_side, without_later

ROUNDED = 6
"""Decimals that a record keeps."""

WITHIN = 1.0
"""Standard errors of a difference that count as no difference, as in the explanation of a household's place."""


@dataclass(frozen=True)
class One:
    """What a proposal does for one household, in units of the goal's score.

    Attributes
    ----------
    place, best : str or None
        Where it is proposed, and its own best place that is allowed and large enough.
    loss : float
        What it would get more at its own best place.
    equal : bool
        Whether that is within the error, or nothing.
    held_by, held_gain : int, float
        How many others hold room there because it is their best place, and what they gain by it together: who profits.
    equals : tuple of str
        Other places that are as good within the error, price of room counted.
    chance, today : float
        What it gets more here than on average by lot, and than by the rule of today.
    below_chance, below_today : bool
        Whether it gets less, by more than anybody would notice.
    silent : bool
        Whether it has said no wish.
    """

    household: str
    place: str | None
    best: str | None
    loss: float
    equal: bool
    held_by: int
    held_gain: float
    equals: tuple[str, ...]
    chance: float
    today: float
    below_chance: bool
    below_today: bool
    silent: bool


@dataclass(frozen=True)
class Group:
    """A group beside what lots would give it, and what it could have alone: means a household."""

    column: str
    value: str
    outcome: str
    households: int
    achieved: float
    random: float
    alone: float
    gain: tuple[float, float | None, float | None]
    below_random: float


@dataclass(frozen=True)
class Safeguards:
    """Whom a proposal is good for.

    Attributes
    ----------
    clearly_below_today : int or None
        Households whose loss against the rule of today is more than the error; None where no error is known.
    groups : tuple of Group
        None of fewer than ten households; empty where there are not ten in all.
    """

    households: tuple[One, ...]
    clearly_below_today: int | None
    groups: tuple[Group, ...]

    @property
    def below_chance(self) -> int:
        """Households that get less than on average by lot."""
        return sum(one.below_chance for one in self.households)

    @property
    def below_today(self) -> int:
        """Households that get less than by the rule of today."""
        return sum(one.below_today for one in self.households)

    @property
    def silent_below_today(self) -> int:
        """Of those who have said no wish, who get less than by the rule of today."""
        return sum(one.below_today for one in self.households if one.silent)

    @property
    def with_equals(self) -> int:
        """Households for which another place is as good within the error."""
        return sum(bool(one.equals) for one in self.households)

    @property
    def share_below_today(self) -> float:
        """The share of the households that get less than by the rule of today."""
        return self.below_today / len(self.households)


def safeguards_of(desk: Desk, plan: Plan, chances: Mapping[str, Chance] | None = None) -> Safeguards:
    """Judge a plan for households of the desk; `plan` may have been solved with fewer places allowed.

    `chances` is what `by_lot` says, where it is known already.
    """
    chances = chances or by_lot(desk)
    today = by_rule_of_today(desk)
    equals = _equals(plan)
    plan = own_side(plan)
    told = own_best(plan, tuple("" for _one in desk.arrivals), chances[SCORE].mean)
    hurt = harm(plan, today, tolerance=TOLERANCE, within=WITHIN)
    mine, theirs = (value_by_household(plan.problem, plan.goal, where) for where in (plan.place, today))
    worse = set(hurt.table["household"])
    said = _said(desk)
    ones = [
        One(
            household=row["household"],
            place=row["place"],
            best=row["best_place"],
            loss=row["difference"],
            equal=_is_equal(row),
            held_by=row["held_by"],
            held_gain=row["held_gain"],
            equals=equals.get(row["household"], ()),
            chance=row["score"] - row["random_score"],
            today=float(mine[at] - theirs[at]),
            below_chance=row["score"] < row["random_score"] - TOLERANCE,
            below_today=row["household"] in worse,
            silent=not said[at],
        )
        for at, row in enumerate(told.iter_rows(named=True))
    ]
    clearly = None if hurt.clearly is None else round(hurt.clearly * hurt.households)
    return Safeguards(tuple(ones), clearly, tuple(_groups(plan, chances)))


def own_best_of(plan: Plan, household: str) -> dict[str, Any]:
    """Give a household's own best place beside the proposed one, and who profits: as values that a record can keep."""
    many = len(plan.problem.households)
    told = own_best(own_side(plan), ("",) * many, np.zeros(many))
    row = told.row(plan.problem.households.index(household), named=True)
    return {
        "place": row["best_place"],
        "loss": round(row["difference"], ROUNDED),
        "equal": _is_equal(row),
        "held_by": row["held_by"],
        "held_gain": round(row["held_gain"], ROUNDED),
    }


def _is_equal(row: Mapping[str, Any]) -> bool:
    return bool(row["difference"] <= max(1e-9, WITHIN * (row["sd"] or 0.0)))


def by_rule_of_today(desk: Desk) -> NDArray[np.int64]:
    """Place households in the order of their arrival: where they wish to, else where most of the quota is left."""
    days = np.array([one.arrives for one in desk.arrivals], "datetime64[D]")
    return today_placement(replace(desk.problem, arrival=days))


def limited(desk: Desk, protects: str) -> Plan:
    """Propose places so that nobody gets less than a limit.

    Whoever has a place by the rule of today has one: where there is not room for all, only what these leave goes to the
    others.

    Raises
    ------
    Refused
        If somebody has no place that is as good, or what is locked cannot hold.
    """
    fair = protected(desk, protects)
    left_out = by_rule_of_today(desk) == NOWHERE
    if protects != str(Proposal.Protects.TODAY) or not left_out.any():
        return fair.plan()
    problem = fair.problem
    allowed = np.ones(problem.shape, np.bool_) if problem.allowed is None else problem.allowed
    first = replace(fair, problem=replace(problem, allowed=allowed & ~left_out[:, None])).plan()
    then = replace(fair, problem=replace(problem, locks=np.where(first.placed, first.place, problem.locks))).plan()
    return replace(then, problem=problem)


def protected(desk: Desk, protects: str) -> Desk:
    """Allow each household only places that give it no less than lots, or the rule of today, would.

    Raises
    ------
    Refused
        If somebody has no such place.
    """
    if not protects:
        return desk
    problem, goal = without_later(desk.problem, desk.goal)
    if protects == str(Proposal.Protects.TODAY):
        least = value_by_household(problem, goal, by_rule_of_today(desk))
    else:
        least = by_lot(desk)[SCORE].mean
    try:
        allowed = no_worse_than(problem, least, TOLERANCE, goal=goal).allowed
        return replace(desk, problem=replace(desk.problem, allowed=allowed))
    except Refused as nobody:
        raise Refused(
            _("Beskyttelsen kan ikke holde for alle: nogen har intet tilladt sted, der er så godt. Vælg en anden.")
        ) from nobody


def _said(desk: Desk) -> Sequence[bool]:
    wishes = desk.problem.wishes
    return [False] * len(desk.arrivals) if wishes is None else [bool(one) for one in wishes.said]


def _equals(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Give the places that are as good as the proposed one; who goes together has the same ones."""
    if not has_doubt(plan.problem, plan.goal) or not (plan.place != NOWHERE).any():
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for row in near_ties(plan, within=WITHIN).table.iter_rows(named=True):
        found[row["household"]] = (*found.get(row["household"], ()), row["other"])
    for tie in plan.problem.ties:
        first, *others = (plan.problem.households[row] for row in tie)
        found |= {one: found[first] for one in others if first in found}
    return found


def _groups(plan: Plan, chances: Mapping[str, Chance]) -> Any:
    if len(plan.problem.households) < SMALLEST:
        return
    # Whoever gets no place counts as 0 in the plan, and so by lot.
    counted = {name: replace(one, mean=one.mean * one.placed) for name, one in chances.items()}
    for column in plan.problem.groups:
        told = fairness(plan, column, random_draws=DRAWS, seed=SEED, method="prices", chances=counted).groups
        for row in told.iter_rows(named=True):
            yield Group(
                column,
                row["value"],
                row["outcome"],
                row["households"],
                row["achieved"],
                row["random"],
                row["alone"],
                (row["gain"], row["gain_lower"], row["gain_upper"]),
                row["below_random"],
            )
