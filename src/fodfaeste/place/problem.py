"""The placement problem: households that arrive, places with room, what each would gain where, and what must hold.

A `Problem` holds facts and hard rules, a `Goal` what is wanted. Both are frozen and checked once, when they are made;
`place.folder` reads and writes a problem as a data package.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.scores import Scores, check_scores

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NOWHERE = -1
"""The place of who has none: unplaced in a plan, not locked in a problem."""

PERSONS = "persons"
"""The dimension that counts people; without one of this name the first dimension does."""

WISHES = "wishes"
"""The name under which wishes are weighed as an outcome."""


@dataclass(frozen=True, eq=False)
class Wishes:
    """What households said they want; nobody's silence is read as a wish.

    rank : ndarray of int64, shape (households, places)
        1 for the place wished for most, 2 for the next; 0 where nothing was said.
    """

    rank: Ints

    @property
    def said(self) -> Bools:
        """Whether each household named any place; shape (households,)."""
        return np.asarray((self.rank > 0).any(axis=1))

    def share(self) -> NDArray[np.float64]:
        """Say how far a place is a household's wish: 1 for its first, less by equal steps for the next, else 0."""
        longest = self.rank.max(axis=1, keepdims=True)
        return np.where(self.rank > 0, (longest - self.rank + 1) / np.maximum(longest, 1), 0.0)


@dataclass(frozen=True, eq=False)
class Problem:
    """Households to place, and where they may go.

    Attributes
    ----------
    households, places : tuple of str
        Their names, each once.
    dimensions : tuple of str
        What takes room: persons, school children, treatment slots and so on.
    sizes : ndarray of int64, shape (households, dimensions)
        What each household takes of each.
    capacity : ndarray of int64, shape (places, dimensions)
        What each place has of each.
    outcomes : mapping of name to scores of shape (households, places)
        Arrays, memory-mapped arrays or `LowRank` factors. A household's score counts once, not per person. None are
        needed: wishes, needs and ties alone make a plan.
    sds : mapping of name to scores of shape (households, places)
        How unsure outcomes are: the standard deviation of each forecast, for any of the outcomes.
    allowed : ndarray of bool, shape (households, places), or None
        False where a hard rule forbids it: service missing, treatment only elsewhere, refused. None allows everything.
    minimum : ndarray of int64, shape (places,)
        Persons that each place has to get.
    ties : tuple of tuple of int
        Households, by position, that go to one place together.
    locks : ndarray of int64, shape (households,)
        The place, by position, that the officer locked each household to; `NOWHERE` for the others.
    groups : mapping of name to tuple of str, one a household
        What households are compared by, never placed by.
    arrival : ndarray of datetime64[D], shape (households,), or None
        The day each arrives.
    wishes : Wishes or None

    Raises
    ------
    BadInput
        If any of this does not fit together; all faults of one kind are named at once. What is consistent and still
        cannot be fulfilled is told by `place.conflicts`.
    """

    households: tuple[str, ...]
    places: tuple[str, ...]
    sizes: Ints
    capacity: Ints
    outcomes: Mapping[str, Scores] = field(default_factory=dict)
    sds: Mapping[str, Scores] = field(default_factory=dict)
    dimensions: tuple[str, ...] = (PERSONS,)
    allowed: Bools | None = None
    minimum: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    ties: tuple[tuple[int, ...], ...] = ()
    locks: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    arrival: NDArray[np.datetime64] | None = None
    wishes: Wishes | None = None

    def __post_init__(self) -> None:
        households, places = self.shape
        _set(self, "sizes", _whole("sizes", self.sizes, (households, len(self.dimensions))))
        _set(self, "capacity", _whole("capacity", self.capacity, (places, len(self.dimensions))))
        minimum = self.minimum if np.size(self.minimum) else np.zeros(places, np.int64)
        _set(self, "minimum", _whole("minimum", minimum, (places,)))
        locks = self.locks if np.size(self.locks) else np.full(households, NOWHERE)
        _set(self, "locks", _positions("locks", locks, households, places))
        _set(self, "outcomes", _arrays(self.outcomes))
        _set(self, "sds", _arrays(self.sds))
        if self.allowed is not None:
            # Mapped arrays stay mapped.
            _set(self, "allowed", np.asanyarray(self.allowed, np.bool_))
        _check_names("household", self.households)
        _check_names("place", self.places)
        _check_names("dimension", self.dimensions)
        _check_ties(self.ties, households)
        if self.allowed is not None:
            _check_shape("allowed", self.allowed, (households, places))
        if self.wishes is not None:
            _check_shape("wishes", self.wishes.rank, (households, places))
        for name, scores in self.outcomes.items():
            check_scores(name, scores, (households, places), self.allowed)
        for name, scores in self.sds.items():
            if name not in self.outcomes:
                raise UnknownName("a standard deviation of", name, self.outcomes)
            check_scores(f"{name}_sd", scores, (households, places), self.allowed)
        for name, values in self.groups.items():
            _check_shape(name, np.asarray(values, object), (households,))
        if self.arrival is not None:
            _check_shape("arrival", self.arrival, (households,))

    @property
    def shape(self) -> tuple[int, int]:
        """Households and places."""
        return len(self.households), len(self.places)

    @property
    def person_dimension(self) -> int:
        """Which dimension counts people."""
        return self.dimensions.index(PERSONS) if PERSONS in self.dimensions else 0

    @property
    def persons(self) -> Ints:
        """How many people each household is; shape (households,)."""
        return np.asarray(self.sizes[:, self.person_dimension])

    def may(self, household: int) -> Bools:
        """Say which places are allowed for one household; shape (places,)."""
        return np.ones(len(self.places), np.bool_) if self.allowed is None else self.allowed[household]


Unplaced = Literal["first"] | float


@dataclass(frozen=True)
class Floor:
    """What a group has to get: at least ``(1 - tolerance)`` of its reference outcome, whoever else gains.

    Attributes
    ----------
    group : str
        A group column of the problem; each of its values is a group.
    reference : {"random", "alone"}
        Its mean over random feasible placements, or the best it could get if it alone were placed.
    tolerance : float
        The share of the reference that may be missing.
    """

    group: str
    reference: Literal["random", "alone"] = "random"
    tolerance: float = 0.0


@dataclass(frozen=True)
class Balance:
    """Keep each place near its share of all persons placed.

    Attributes
    ----------
    weight : float
        Taken off the value for each person above or below the share.
    share : tuple of float or None
        Each place's share; None: in proportion to capacity.
    placed : tuple of int or None
        Persons that each place got earlier in the period; None: nobody.
    """

    weight: float
    share: tuple[float, ...] | None = None
    placed: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Network:
    """A bonus for compatriots at a place, that grows ever more slowly and may turn into a loss.

    Attributes
    ----------
    group : str
        The group column that says who are compatriots; by language or network, where the rule set allows it.
    steps : tuple of float
        Worth of the first, second, third ... group of `step` persons placed together; not growing, so that the whole
        is concave. Behind the last there is nothing more to win.
    step : int
        Persons a step.
    stock : mapping of (place, group value) to persons, optional
        Those who live there already; they take up the first steps.
    """

    group: str
    steps: tuple[float, ...]
    step: int = 1
    stock: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Goal:
    """What is wanted of a plan.

    Attributes
    ----------
    weights : mapping of outcome to weight, or None
        The value of a placement is the weighted sum of its outcomes; None: each outcome counts 1. With a weight for
        `wishes`, wishes are one more outcome (`Wishes.share`).
    caution : float
        Standard deviations taken off each forecast before it is weighed: 0 takes forecasts as they are.
    unplaced : "first" or float
        `first`: place as many persons as possible before anything else. A number is taken off per person left
        unplaced, so 0 is the plain weighted sum.
    wish_tolerance : float or None
        Where wishes are known and have no weight of their own, they come before outcomes: only this share of what
        wishes could be fulfilled may be given up for outcomes. None: wishes count only with a weight.
    short_price : float or None
        Taken off per person that a place's minimum is short of; None: minimums are hard.
    floors : tuple of Floor
    balance : Balance or None
    network : Network or None
    """

    weights: Mapping[str, float] | None = None
    caution: float = 0.0
    unplaced: Unplaced = "first"
    wish_tolerance: float | None = 0.05
    short_price: float | None = None
    floors: tuple[Floor, ...] = ()
    balance: Balance | None = None
    network: Network | None = None

    def weights_for(self, problem: Problem) -> dict[str, float]:
        """Give each outcome its weight.

        Raises
        ------
        UnknownName
            If a weight is for no outcome of the problem.
        """
        if self.weights is None:
            return dict.fromkeys(problem.outcomes, 1.0)
        known = [*problem.outcomes, *([WISHES] if problem.wishes is not None else [])]
        for name in self.weights:
            if name not in known:
                raise UnknownName("the outcome", name, known)
        return dict(self.weights)


def _set(problem: Problem, name: str, value: object) -> None:
    object.__setattr__(problem, name, value)


def _arrays(parts: Mapping[str, Scores]) -> dict[str, Scores]:
    """Take lists as arrays; arrays, mapped ones among them, and factors stay what they are."""
    return {name: part if hasattr(part, "shape") else np.asarray(part, np.float64) for name, part in parts.items()}


def _whole(name: str, values: object, shape: tuple[int, ...]) -> Ints:
    array = np.asarray(values)
    if array.ndim == 1 and len(shape) == 2 and shape[1] == 1:
        array = array[:, None]
    _check_shape(name, array, shape)
    if array.size and (not np.issubdtype(array.dtype, np.number) or not np.isfinite(array).all()):
        raise BadInput(Fault("something that is no number", "whole numbers from 0", "Correct it.", column=name))
    wrong = (array < 0) | (array != np.floor(array))
    if wrong.any():
        where = tuple(int(position[0]) for position in np.nonzero(wrong))
        found = f"{array[where]} in position {', '.join(map(str, where))} (counted from 0)"
        raise BadInput(Fault(found, "whole numbers from 0", "Correct it.", column=name))
    # In one layout, whatever it came in: loops are compiled for each that they meet.
    return np.ascontiguousarray(array, np.int64)


def _positions(name: str, values: object, households: int, places: int) -> Ints:
    array = np.asarray(values, np.int64)
    _check_shape(name, array, (households,))
    if array.size and (array.min() < NOWHERE or array.max() >= places):
        found = f"place {int(array.max() if array.max() >= places else array.min())}"
        todo = "Lock households to places of the problem."
        raise BadInput(Fault(found, f"a position from {NOWHERE} to {places - 1}", todo, column=name))
    return array


def _check_shape(name: str, array: Any, shape: tuple[int, ...]) -> None:
    got = np.shape(array)
    if got != shape:
        expected = " x ".join(map(str, shape))
        todo = "Give one for each household, place and dimension, in their order."
        raise BadInput(Fault(f"a table of {' x '.join(map(str, got))}", expected, todo, column=name))


def _check_names(what: str, names: Sequence[str]) -> None:
    if not names:
        raise BadInput(Fault(f"no {what}", "at least one", "Fill the table in.", column=what))
    if len(set(names)) == len(names):
        return
    twice = [name for name, times in Counter(names).items() if times > 1]
    raise BadInput(
        *(Fault(f"the {what} {name!r} twice", "each once", "Rename one.", column=what) for name in twice[:20])
    )


def _check_ties(ties: Sequence[Sequence[int]], households: int) -> None:
    seen: set[int] = set()
    for tie in ties:
        for one in tie:
            if not 0 <= one < households:
                expected = f"a position from 0 to {households - 1}"
                raise BadInput(Fault(f"household {one}", expected, "Tie households of the problem.", column="ties"))
            if one in seen:
                todo = "Join the ties that share it into one."
                raise BadInput(
                    Fault(f"household {one} in two ties", "each household in at most one", todo, column="ties")
                )
            seen.add(one)
