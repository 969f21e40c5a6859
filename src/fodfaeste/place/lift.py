"""Groups lifted to a floor in a plan that is there already, by the cheapest moves and exchanges; quick at any size.

The exact solver keeps floors while it searches (`Goal.floors`), which takes long where room is scarce. Here a plan made
without them is mended: most plans keep every floor as they are, and are given back untouched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import Refused
from fodfaeste.place.evaluation.worth import at_places
from fodfaeste.place.exact.floors import GroupFloor
from fodfaeste.place.plan import Plan, relative_gap
from fodfaeste.place.problem import NOWHERE, Bools, Goal, Ints
from fodfaeste.place.scores import Scores, block
from fodfaeste.place.solve import needs_search
from fodfaeste.place.units import Units, units_of

Floats = NDArray[np.float64]

STEPS = 1000
"""Moves and exchanges after which it ends; each brings the groups nearer, so that few problems take a tenth of it."""

NOTHING = 1e-9
"""A lift, as a share of all that is lacking at first, that is none."""


@dataclass(frozen=True)
class Lift:
    """What a group got before and after, and the floor; sums of the scores of its households."""

    floor: GroupFloor
    before: float
    after: float

    @property
    def short(self) -> float:
        """By how much the group still lacks its floor."""
        return max(0.0, self.floor.least - self.after)


@dataclass(frozen=True, eq=False)
class Lifted:
    """A plan in which groups were lifted to their floors, as far as moves and exchanges reach.

    Attributes
    ----------
    plan : Plan
        The plan given, where every floor held.
    groups : tuple of Lift
    moved : ndarray of int64
        Households that are elsewhere than before, by position.
    price : float
        What the plan's value fell by; below 0 where the plan given could be bettered besides.
    """

    plan: Plan
    groups: tuple[Lift, ...]
    moved: Ints
    price: float

    @property
    def holds(self) -> bool:
        """Whether every group has its floor."""
        return all(one.short <= NOTHING * max(1.0, abs(one.floor.least)) for one in self.groups)


@dataclass(frozen=True, eq=False)
class _State:
    """Where every unit is, with the pseudo-place `places` for who is nowhere, and what each group has."""

    place: Ints
    free: Ints
    got: Floats


@dataclass(frozen=True, eq=False)
class _Steps:
    """Candidates: a unit goes to a place, and a partner (or nobody, -1) to where it was; what each does."""

    unit: Ints
    to: Ints
    partner: Ints
    gain: Floats
    got: Floats


@dataclass(frozen=True, eq=False)
class _Setting:
    """What does not change: units, what each place is worth to them, and to each group; a column more for nowhere."""

    units: Units
    may: Bools
    worth: Floats
    of_group: Floats
    least: Floats
    minimum: Ints
    may_unplace: bool


def lift(plan: Plan, floors: Sequence[GroupFloor], scores: Scores, *, may_unplace: bool = True) -> Lifted:
    """Lift groups to their floors by the moves and exchanges that cost the plan least for what they lift.

    A household moves to free room, or two exchange places; rules, ties, locks, room and minimums hold, no fewer persons
    are placed, and no group that has its floor falls below it. What needs a chain of more than two stays short.

    Parameters
    ----------
    plan : Plan
    floors : sequence of GroupFloor
        What each group has to get, as a sum of `scores` over its households; who has no place counts 0.
    scores : Scores of shape (households, places)
        What households get, which need not be all that the goal weighs.
    may_unplace : bool
        Whether somebody may lose their place to somebody who has none and is at least as many persons.

    Returns
    -------
    Lifted
        With a certificate of the same bound: no plan is worth more, with floors or without.

    Raises
    ------
    Refused
        If the goal weighs more than a sum of scores.
    """
    problem, goal = plan.problem, replace(plan.goal, floors=())
    if needs := needs_search(problem, goal):
        raise Refused(f"Floors are kept here for sums of scores alone, not beside {needs}. Use Goal(floors=...).")
    before = at_places(scores, plan.place)
    got = np.array([before[list(floor.members)].sum() for floor in floors])
    least = np.array([floor.least for floor in floors])
    place = plan.place
    if (got < least - NOTHING * np.maximum(1.0, np.abs(least))).any():
        place = _mended(_setting(plan, goal, floors, scores, may_unplace), plan, floors, scores)
    after = at_places(scores, place)
    lifts = tuple(
        Lift(floor, float(had), float(after[list(floor.members)].sum())) for floor, had in zip(floors, got, strict=True)
    )
    moved = np.flatnonzero(place != plan.place)
    if not moved.size:
        return Lifted(plan, lifts, moved, 0.0)
    units = units_of(problem, goal)
    change = units.value(place) - units.value(plan.place)
    told = plan.certificate
    objective = told.objective + change
    certificate = replace(
        told,
        value=told.value + change,
        objective=objective,
        bound=max(told.bound, objective),
        gap=relative_gap(max(told.bound, objective), objective),
        persons_placed=int(problem.persons[place != NOWHERE].sum()),
        method=f"{told.method}+lift",
    )
    mended = replace(plan, place=place, reasons=units.reasons(place), certificate=certificate)
    return Lifted(mended, lifts, moved, -change)


def _mended(setting: _Setting, plan: Plan, floors: Sequence[GroupFloor], scores: Scores) -> Ints:
    units = setting.units
    many, places = units.shape
    where = np.full(many, places)
    open_ = np.flatnonzero(units.unit_of != NOWHERE)
    where[units.unit_of[open_]] = np.where(plan.place[open_] == NOWHERE, places, plan.place[open_])
    locked = np.flatnonzero(units.unit_of == NOWHERE)
    of_locked = at_places(scores, plan.place)
    fixed = np.array([of_locked[np.intersect1d(locked, floor.members)].sum() for floor in floors])
    free = np.vstack([units.capacity, np.full((1, units.capacity.shape[1]), np.iinfo(np.int64).max // 2)])
    for unit, at in enumerate(where.tolist()):
        free[at] -= units.sizes[unit]
    got = fixed + setting.of_group[:, np.arange(many), where].sum(axis=1)
    state = _State(where, free, got)
    lacking = _lacking(setting, got)
    for _ in range(STEPS):
        step = _cheapest(setting, state, NOTHING * max(1.0, lacking))
        if step is None:
            break
        state = step
    return units.spread(np.where(state.place == places, NOWHERE, state.place))


def _setting(plan: Plan, goal: Goal, floors: Sequence[GroupFloor], scores: Scores, may_unplace: bool) -> _Setting:
    units = units_of(plan.problem, goal)
    many, places = units.shape
    everybody = np.arange(len(plan.problem.households))
    own = np.asarray(block(scores, everybody), np.float64)
    of_group = np.zeros((len(floors), many, places + 1))
    for number, floor in enumerate(floors):
        inside = np.array([one for one in floor.members if units.unit_of[one] != NOWHERE], np.int64)
        np.add.at(of_group[number, :, :places], units.unit_of[inside], own[inside])
    worth = np.zeros((many, places + 1))
    worth[:, :places] = block(units.scores, np.arange(many))
    may = np.ones((many, places + 1), np.bool_)
    may[:, :places] = units.may(slice(0, many))
    least = np.array([floor.least for floor in floors])
    return _Setting(units, may, worth, of_group, least, np.append(units.minimum, 0), may_unplace)


def _lacking(setting: _Setting, got: Floats) -> float:
    return float(np.maximum(setting.least - got, 0.0).sum())


def _cheapest(setting: _Setting, state: _State, nothing: float) -> _State | None:
    """Take the step that costs least for what it lifts; None where every floor holds, or no step lifts."""
    short = np.maximum(setting.least - state.got, 0.0)
    if short.sum() <= nothing:
        return None
    lifted = np.flatnonzero(setting.of_group[short > 0].any(axis=(0, 2)))
    steps = _candidates(setting, state, lifted)
    left = np.maximum(setting.least[:, None] - steps.got, 0.0)
    lift = short.sum() - left.sum(axis=0)
    # No group that has its floor may lose it, nor one that lacks it get less.
    can = (lift > nothing) & (left <= short[:, None] + nothing).all(axis=0)
    if not can.any():
        return None
    # What costs nothing comes first, the most of it; then by what it costs for each unit of lift.
    price = -steps.gain
    order = np.where(price <= 0, price - 1.0, price / np.maximum(lift, nothing))
    best = int(np.flatnonzero(can)[order[can].argmin()])
    return _after(setting, state, int(steps.unit[best]), int(steps.to[best]), int(steps.partner[best]))


def _candidates(setting: _Setting, state: _State, lifted: Ints) -> _Steps:
    """List what units of the groups that lack something could do: move to free room, or exchange with another unit."""
    many, places = setting.units.shape
    sizes, persons, where = setting.units.sizes, setting.units.persons, state.place
    person = setting.units.person_dimension
    room = (sizes[lifted][:, None, :] <= state.free[None, :places]).all(axis=2) & setting.may[lifted][:, :places]
    # A place never falls below the minimum that it has.
    there = np.bincount(where, weights=persons, minlength=places + 1)
    spare = np.maximum(there - setting.minimum, 0)
    room &= (persons[lifted] <= spare[where[lifted]])[:, None] & (np.arange(places)[None, :] != where[lifted][:, None])
    row, to = np.nonzero(room)
    units, alone = [lifted[row]], [np.full(row.size, NOWHERE)]
    targets = [to]
    one, other = np.repeat(lifted, many), np.tile(np.arange(many), lifted.size)
    here, there_ = where[one], where[other]
    fits = (here != there_) & setting.may[one, there_] & setting.may[other, here]
    one, other, here, there_ = one[fits], other[fits], here[fits], there_[fits]
    fits = (state.free[there_] + sizes[other] - sizes[one] >= 0).all(axis=1)
    fits &= (state.free[here] + sizes[one] - sizes[other] >= 0).all(axis=1)
    more = sizes[other, person] - sizes[one, person]
    fits &= (spare[here] + more >= 0) & (spare[there_] - more >= 0)
    # Whoever takes the place of somebody who then has none is at least as many persons.
    out = setting.may_unplace
    fits &= ~((there_ == places) & ((more < 0) | (not out))) & ~((here == places) & ((more > 0) | (not out)))
    units.append(one[fits])
    targets.append(there_[fits])
    alone.append(other[fits])
    unit, target, partner = (np.concatenate(part) for part in (units, targets, alone))
    back = np.where(partner == NOWHERE, 0, partner)
    with_partner = partner != NOWHERE
    home = where[unit]
    gain = setting.worth[unit, target] - setting.worth[unit, home]
    gain += with_partner * (setting.worth[back, home] - setting.worth[back, target])
    change = setting.of_group[:, unit, target] - setting.of_group[:, unit, home]
    change += with_partner * (setting.of_group[:, back, home] - setting.of_group[:, back, target])
    return _Steps(unit, target, partner, gain, state.got[:, None] + change)


def _after(setting: _Setting, state: _State, unit: int, to: int, partner: int) -> _State:
    place, free = state.place.copy(), state.free.copy()
    sizes, home = setting.units.sizes, int(place[unit])
    got = state.got + setting.of_group[:, unit, to] - setting.of_group[:, unit, home]
    free[home] += sizes[unit]
    free[to] -= sizes[unit]
    place[unit] = to
    if partner != NOWHERE:
        got = got + setting.of_group[:, partner, home] - setting.of_group[:, partner, to]
        free[to] += sizes[partner]
        free[home] -= sizes[partner]
        place[partner] = home
    return _State(place, free, got)
