"""What solvers see: units that are never divided. Tied households are one unit, locked ones have taken their room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fodfaeste.errors import Refused
from fodfaeste.place.plan import Reason, used_room
from fodfaeste.place.problem import NOWHERE, WISHES, Bools, Goal, Ints, Problem
from fodfaeste.place.scores import Scores, block, pairs, weighted


@dataclass(frozen=True, eq=False)
class Units:
    """The part of a problem that is still open.

    Attributes
    ----------
    problem : Problem
    scores : Scores of shape (units, places)
        The weighted sum of outcomes, summed over the households of a unit.
    household_scores : Scores of shape (households, places)
    allowed : ndarray of bool, shape (units, places), or None
    sizes : ndarray of int64, shape (units, dimensions)
    capacity : ndarray of int64, shape (places, dimensions)
        What is left when the locked have taken their room.
    minimum : ndarray of int64, shape (places,)
        Persons still to come.
    unit_of : ndarray of int64, shape (households,)
        Each household's unit; `NOWHERE` for the locked.
    person_dimension : int
    """

    problem: Problem
    scores: Scores
    household_scores: Scores
    allowed: Bools | None
    sizes: Ints
    capacity: Ints
    minimum: Ints
    unit_of: Ints
    person_dimension: int

    @property
    def shape(self) -> tuple[int, int]:
        """Units and places."""
        return self.sizes.shape[0], self.capacity.shape[0]

    @property
    def persons(self) -> Ints:
        """How many people each unit is; shape (units,)."""
        return np.asarray(self.sizes[:, self.person_dimension])

    def may(self, rows: slice | Ints) -> Bools:
        """Say where some units may go: allowed by rule, and not larger than the room; shape (units, places)."""
        fits = (self.sizes[rows][:, None, :] <= self.capacity[None]).all(axis=2)
        return np.asarray(fits if self.allowed is None else fits & self.allowed[rows])

    def spread(self, unit_place: Ints) -> Ints:
        """Turn the places of units into places of households; shape (households,)."""
        free = self.unit_of != NOWHERE
        place = _locks_of_ties(self.problem)
        place[free] = unit_place[self.unit_of[free]]
        return place

    def value(self, place: Ints) -> float:
        """Sum the weighted scores of the households placed, the locked among them."""
        placed = np.flatnonzero(place != NOWHERE)
        return float(pairs(self.household_scores, placed, place[placed]).sum())

    def reasons(self, place: Ints) -> tuple[Reason, ...]:
        """Say of each household why it is unplaced."""
        told: list[Reason] = [""] * place.size
        room = self.problem.capacity - used_room(self.problem, place)
        for household in np.flatnonzero(place == NOWHERE).tolist():
            unit = int(self.unit_of[household])
            rows = np.array([unit])
            size = self.sizes[unit]
            rule = np.ones(self.shape[1], np.bool_) if self.allowed is None else self.allowed[unit]
            if not rule.any():
                told[household] = "no_place_allowed"
            elif not self.may(rows)[0].any():
                told[household] = "too_large"
            elif not (rule & (size <= room).all(axis=1)).any():
                told[household] = "no_room"
            else:
                told[household] = "costs_more_than_it_gains"
        return tuple(told)


def units_of(problem: Problem, goal: Goal) -> Units:
    """Fold ties into units, take the locked out, and weigh the outcomes.

    Raises
    ------
    Refused
        If locks break a rule, ask for more room than there is, or part a tie; `place.conflicts` says it with names.
    """
    scores = household_scores(problem, goal)
    households, places = problem.shape
    _check_locks(problem)
    capacity, minimum = problem.capacity, problem.minimum
    if not problem.ties and not (problem.locks != NOWHERE).any():
        unit_of = np.arange(households)
        return Units(
            problem,
            scores,
            scores,
            problem.allowed,
            problem.sizes,
            capacity,
            minimum,
            unit_of,
            problem.person_dimension,
        )
    locks = _locks_of_ties(problem)
    locked = locks != NOWHERE
    used = used_room(problem, locks)
    unit_of, members = _members(problem, locked)
    sizes = np.zeros((len(members), len(problem.dimensions)), np.int64)
    np.add.at(sizes, unit_of[~locked], problem.sizes[~locked])
    allowed = None
    if problem.allowed is not None:
        allowed = np.ones((len(members), places), np.bool_)
        np.logical_and.at(allowed, unit_of[~locked], problem.allowed[~locked])
    first = np.array([rows[0] for rows in members], np.int64)
    summed = np.array(block(scores, first)) if members else np.zeros((0, places), scores.dtype)
    for unit, rows in enumerate(members):
        if len(rows) > 1:
            summed[unit] = block(scores, np.array(rows)).sum(axis=0)
    persons = used[:, problem.person_dimension]
    return Units(
        problem=problem,
        scores=summed,
        household_scores=scores,
        allowed=allowed,
        sizes=sizes,
        capacity=capacity - used,
        minimum=np.maximum(minimum - persons, 0),
        unit_of=unit_of,
        person_dimension=problem.person_dimension,
    )


def household_scores(problem: Problem, goal: Goal) -> Scores:
    """Weigh the outcomes of each household at each place; wishes are one more where they have a weight.

    With caution the forecasts' standard deviations count against them, with the weight of their outcome.
    """
    weights = goal.weights_for(problem)
    parts: dict[str, Scores] = dict(problem.outcomes)
    if problem.wishes is not None:
        parts[WISHES] = problem.wishes.share()
    if goal.caution:
        for name, sd in problem.sds.items():
            parts[f"{name}_sd"] = sd
            weights[f"{name}_sd"] = -goal.caution * abs(weights.get(name, 0.0))
    return weighted(parts, weights, problem.shape)


def _locks_of_ties(problem: Problem) -> Ints:
    """Lock whoever is tied to somebody locked."""
    locks = problem.locks.copy()
    for tie in problem.ties:
        there = {int(locks[one]) for one in tie} - {NOWHERE}
        if there:
            locks[list(tie)] = there.pop()
    return locks


def _check_locks(problem: Problem) -> None:
    locks = _locks_of_ties(problem)
    for tie in problem.ties:
        if len({int(problem.locks[one]) for one in tie} - {NOWHERE}) > 1:
            names = ", ".join(problem.households[one] for one in tie)
            raise Refused(f"The tied households {names} are locked to different places. Free one, or untie them.")
    for household in np.flatnonzero(locks != NOWHERE).tolist():
        if not problem.may(household)[locks[household]]:
            name, place = problem.households[household], problem.places[locks[household]]
            raise Refused(
                f"Household {name} is locked to {place}, where it is not allowed. Free it, or allow the place."
            )
    over = used_room(problem, locks) > problem.capacity
    if over.any():
        place, dimension = (int(position[0]) for position in np.nonzero(over))
        raise Refused(
            f"The households locked to {problem.places[place]} need {used_room(problem, locks)[place, dimension]} "
            f"{problem.dimensions[dimension]}, and it has {problem.capacity[place, dimension]}. Free some."
        )


def _members(problem: Problem, locked: Bools) -> tuple[Ints, list[list[int]]]:
    """Number the units in the order of their first household."""
    tie_of = np.full(len(problem.households), NOWHERE)
    for number, tied in enumerate(problem.ties):
        tie_of[list(tied)] = number
    unit_of = np.full(len(problem.households), NOWHERE)
    members: list[list[int]] = []
    unit_of_tie: dict[int, int] = {}
    for household in np.flatnonzero(~locked).tolist():
        tie = int(tie_of[household])
        if tie == NOWHERE or tie not in unit_of_tie:
            unit_of_tie[tie] = len(members)
            unit_of[household] = len(members)
            members.append([household])
        else:
            unit_of[household] = unit_of_tie[tie]
            members[unit_of[household]].append(household)
    return unit_of, members
