"""How a batch is decided under each rule: it sees the batch, the room left, and what is expected; nobody later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.problem import NOWHERE, Bools, Ints

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Units that came together, in the order they came.

    Attributes
    ----------
    scores : ndarray of float64, shape (units, places)
    may : ndarray of bool, shape (units, places)
        Allowed by rule, whatever the room.
    sizes : ndarray of int64, shape (units, dimensions)
    persons : ndarray of int64, shape (units,)
    """

    scores: Floats
    may: Bools
    sizes: Ints
    persons: Ints

    def fits(self, unit: int, room: Ints) -> Bools:
        """Say where a unit may go and has room; shape (places,)."""
        return np.asarray(self.may[unit] & (self.sizes[unit] <= room).all(axis=1))


def joined(parts: list[Arrivals]) -> Arrivals:
    """Put units one after the other."""
    return Arrivals(
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.may for part in parts]),
        np.concatenate([part.sizes for part in parts]),
        np.concatenate([part.persons for part in parts]),
    )


def picked(units: Arrivals, rows: Ints) -> Arrivals:
    """Give some units, one as often as it is named."""
    return Arrivals(units.scores[rows], units.may[rows], units.sizes[rows], units.persons[rows])


class Rule(Protocol):
    """Decides batches in turn."""

    @property
    def to_come(self) -> float:
        """Persons still expected after the last batch."""

    def prices(self) -> Floats:
        """What room was worth when the last batch was decided; shape (places, dimensions)."""

    def decide(self, batch: Arrivals, room: Ints) -> Ints:
        """Give the place of each unit of a batch, or `NOWHERE`, within the room; `room` is not changed."""

    def revise(self, room: Ints) -> None:
        """Take note that the room was revised."""


def best_of(values: Floats, fits: Bools, *, least: float = -np.inf) -> int:
    """Give the place of most value of those that fit and are worth more than `least`; `NOWHERE` if there is none."""
    left = np.where(fits, values, -np.inf)
    place = int(left.argmax())
    return place if fits.any() and left[place] > least else NOWHERE


class Greedy:
    """Each unit goes where it is worth most and there is room: what is done where nobody looks ahead."""

    def __init__(self, expected: float, shape: tuple[int, int]) -> None:
        self.to_come = expected
        self._shape = shape

    def prices(self) -> Floats:
        """Nothing has a price."""
        return np.zeros(self._shape)

    def decide(self, batch: Arrivals, room: Ints) -> Ints:
        """See `Rule.decide`."""
        left = room.copy()
        place = np.full(batch.persons.size, NOWHERE)
        for unit in range(place.size):
            self.to_come = max(0.0, self.to_come - float(batch.persons[unit]))
            place[unit] = best_of(batch.scores[unit], self.open(batch, unit, left))
            if place[unit] != NOWHERE:
                left[place[unit]] -= batch.sizes[unit]
        return place

    def open(self, batch: Arrivals, unit: int, left: Ints) -> Bools:
        """Say which places a unit is weighed at; shape (places,)."""
        return batch.fits(unit, left)

    def revise(self, room: Ints) -> None:
        """Nothing was planned."""


class Reserve(Greedy):
    """Greedy, but room is released as the year goes: of each place as much as of all persons expected have come.

    Where nothing that is released fits, all that is left may be used.
    """

    def __init__(self, expected: float, room: Ints) -> None:
        super().__init__(expected, room.shape)
        self._expected, self._room = expected, room.copy()

    def open(self, batch: Arrivals, unit: int, left: Ints) -> Bools:
        """See `Greedy.open`."""
        held_back = np.floor(self._room * (self.to_come / max(self._expected, 1.0))).astype(np.int64)
        released = batch.fits(unit, left - held_back)
        return released if released.any() else batch.fits(unit, left)

    def revise(self, room: Ints) -> None:
        """Release the revised room in the same way: what is left is for those still to come."""
        self._room = room.copy()
        self._expected = max(self.to_come, 1.0)
