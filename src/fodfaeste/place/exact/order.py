"""What comes before what: everybody placed, then floors, then wishes within their tolerance, then outcomes.

Each step maximises one thing and becomes a row that the next has to keep: an order, without weights large enough to
stand for one, which would cost the outcomes their digits (docs/decisions/0013).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import Refused
from fodfaeste.place.bounds import locked_places
from fodfaeste.place.exact.balance import balance_of
from fodfaeste.place.exact.core import Best, best
from fodfaeste.place.exact.floors import GroupFloor, floor_part, floors_of
from fodfaeste.place.exact.minimums import minimums
from fodfaeste.place.exact.model import Pairs, Programme, attach, capacities
from fodfaeste.place.exact.network import network_of
from fodfaeste.place.exact.search import Watch
from fodfaeste.place.exact.start import completed
from fodfaeste.place.problem import NOWHERE, WISHES, Goal, Ints, Wishes
from fodfaeste.place.units import Units

Floats = NDArray[np.float64]

NOISE = 1e-9
"""What rounding may take of a sum, as a share of it."""


class Halted(Exception):
    """Somebody stopped the search in a step before the last."""


@dataclass(frozen=True, eq=False)
class Search:
    """What all steps share.

    Attributes
    ----------
    units : Units
    pairs : Pairs
    goal : Goal
    gap : float
    seed : int
    watch : Watch
    met : list of ndarray of int64, shape (units,)
        Places of units to start from; each step adds its best, so the last is the plan.
    notes : list of str
    """

    units: Units
    pairs: Pairs
    goal: Goal
    gap: float
    seed: int
    watch: Watch
    met: list[Ints]
    notes: list[str] = field(default_factory=list)

    def step(self, name: str, programme: Programme, *, gap: float, known: float = np.inf) -> Best:
        """Take one step, from the best plan met that keeps all rows.

        Raises
        ------
        Refused
            If no plan keeps all rows.
        KeyboardInterrupt
            If it was stopped before any plan was found.
        """
        points = (completed(programme, self.pairs, place) for place in self.met)
        start = max((point for point in points if point is not None), key=programme.worth, default=None)
        found = best(programme, name, self.watch, gap=gap, seed=self.seed, start=start, known=known)
        if found.ended == "infeasible":
            raise Refused(
                "No plan keeps all rules: places have minimums that cannot all be reached. place.conflicts names what "
                "clashes; lower a minimum, or give minimums a price (short_price)."
            )
        if found.point is None:
            raise KeyboardInterrupt
        self.met.append(self._places(found.point))
        return found

    def step_before_the_last(self, name: str, programme: Programme, *, gap: float) -> Best:
        """Take a step that others follow.

        Raises
        ------
        Halted
            If it did not come to its end.
        """
        found = self.step(name, programme, gap=gap)
        if found.ended == "interrupted":
            raise Halted
        return found

    def _places(self, point: Floats) -> Ints:
        chosen = point[: self.pairs.unit.size] > 0.5
        place = np.full(self.units.shape[0], NOWHERE)
        place[self.pairs.unit[chosen]] = self.pairs.place[chosen]
        return place


@dataclass(frozen=True, eq=False)
class Last:
    """The last step.

    Attributes
    ----------
    best : Best
    persons_bound : int
        How many persons of open units any plan places at most.
    persons_row : int or None
        The row that asks for as many persons as possible; None where every unit has to be placed, or none has.
    """

    best: Best
    persons_bound: int
    persons_row: int | None


def in_order(search: Search, known: float) -> Last:
    """Take all steps; the plan is the last that `search` met.

    `known` is a bound on the objective from elsewhere.

    Raises
    ------
    Halted
        If somebody stopped it before the last step.
    """
    floors = floors_of(search.units, search.goal, gap=search.gap, seed=search.seed, watch=search.watch)
    programme = assembled(search.units, search.pairs, search.goal, floors)
    most, row = _persons_that_can(search), None
    if search.goal.unplaced == "first":
        programme, most, row = _everybody(search, programme)
    if floors:
        programme = _floors(search, programme, floors)
    if wishes := wishes_first(search):
        programme = _wishes(search, programme, wishes)
    return Last(search.step("outcomes", programme, gap=search.gap, known=known), most, row)


def assembled(units: Units, pairs: Pairs, goal: Goal, floors: tuple[GroupFloor, ...]) -> Programme:
    """Build the programme with all options that the goal has: minimums first, floors last."""
    programme = capacities(units, pairs, goal)
    programme = replace(programme, constant=programme.constant + units.value(locked_places(units)))
    if units.minimum.any():
        programme = attach(programme, minimums(units, pairs, goal))
    if goal.balance is not None:
        programme = attach(programme, balance_of(units, pairs, goal.balance))
    if goal.network is not None:
        programme = attach(programme, network_of(units, pairs, goal.network))
    return attach(programme, floor_part(units, pairs, floors)) if floors else programme


def _persons_that_can(search: Search) -> int:
    return int(search.units.persons[np.unique(search.pairs.unit)].sum())


def _everybody(search: Search, programme: Programme) -> tuple[Programme, int, int | None]:
    """Ask for as many persons as any plan can place.

    Mostly everybody fits, which a quick plan shows: then rows of units become equalities. Otherwise the largest number
    is an integer programme of its own, with whole gains.
    """
    units, pairs = search.units, search.pairs
    everybody = _persons_that_can(search)
    if not any(_places_all(search, programme, place) for place in search.met):
        persons = _of_pairs(programme, units.persons[pairs.unit].astype(float))
        found = search.step_before_the_last("persons", replace(programme, gain=persons, constant=0.0), gap=0.0)
        placed = int(units.persons[search.met[-1] != NOWHERE].sum())
        if placed < everybody:
            return programme.row(persons, placed, np.inf), int(found.bound + 0.5), programme.low.size
    low = programme.low.copy()
    low[np.unique(pairs.unit[units.persons[pairs.unit] > 0])] = 1.0
    return replace(programme, low=low), everybody, None


def _places_all(search: Search, programme: Programme, place: Ints) -> bool:
    """Say whether a plan places every person who has a place to go to, and keeps all rows."""
    placed = int(search.units.persons[place != NOWHERE].sum())
    return placed == _persons_that_can(search) and completed(programme, search.pairs, place) is not None


def _floors(search: Search, programme: Programme, floors: tuple[GroupFloor, ...]) -> Programme:
    """Keep the floors, or where they cannot all be kept, be short of them by the least sum."""
    missing = np.zeros(programme.gain.size)
    missing[-len(floors) :] = -1.0
    found = search.step_before_the_last("floors", replace(programme, gain=missing, constant=0.0), gap=search.gap)
    assert found.point is not None
    short = found.point[-len(floors) :]
    short = np.where(short > NOISE * np.maximum(np.abs([floor.least for floor in floors]), 1.0), short, 0.0)
    for floor, lack in zip(floors, short.tolist(), strict=True):
        if lack:
            search.notes.append(
                f"The floor of {floor.column} {floor.group} cannot be kept: its {len(floor.members)} households have "
                f"to reach {floor.least:.6g} and get {floor.least - lack:.6g} or more. The sum of what groups lack is "
                "the smallest there is."
            )
    upper = programme.upper.copy()
    upper[-len(floors) :] = short
    return replace(programme, upper=upper)


def wishes_first(search: Search) -> Wishes | None:
    """Give the wishes if they come before outcomes: somebody has any, and the goal has no weight for them."""
    goal, wishes = search.goal, search.units.problem.wishes
    if wishes is None or goal.wish_tolerance is None or WISHES in (goal.weights or {}) or not wishes.said.any():
        return None
    return wishes


def _wishes(search: Search, programme: Programme, wishes: Wishes) -> Programme:
    """Fulfil as many wishes as possible, and let outcomes give up no more of them than the tolerance.

    Wishes are counted by `Wishes.share`, over all households placed, the locked among them.
    """
    units, pairs, share = search.units, search.pairs, wishes.share()
    open_, locked = units.unit_of != NOWHERE, locked_places(units)
    by_unit = np.zeros(units.shape)
    np.add.at(by_unit, units.unit_of[open_], share[open_])
    inside = np.flatnonzero(locked != NOWHERE)
    theirs = float(share[inside, locked[inside]].sum())
    wished = _of_pairs(programme, by_unit[pairs.unit, pairs.place])
    found = search.step_before_the_last("wishes", replace(programme, gain=wished, constant=0.0), gap=search.gap)
    assert found.point is not None
    most = float(wished @ found.point) + theirs
    assert search.goal.wish_tolerance is not None
    least = (1 - search.goal.wish_tolerance) * most
    search.notes.append(
        f"Wishes come before outcomes: of {most:.6g} that could be fulfilled (a first wish counts 1) the plan fulfils "
        f"at least {least:.6g}."
    )
    return programme.row(wished, least - theirs - NOISE * most, np.inf)


def _of_pairs(programme: Programme, amounts: Floats) -> Floats:
    """Give an amount for each pair, and 0 for the options' columns; shape (columns,)."""
    told = np.zeros(programme.gain.size)
    told[: programme.pairs] = amounts
    return told
