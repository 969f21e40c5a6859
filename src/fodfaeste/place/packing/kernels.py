"""The loop that seeks whole placements where not everybody can be placed, compiled once and kept on disk.

Here any unit may be unlike all others, so that nothing is won by looking at kinds of units, as `place.chains` does.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Int32 = NDArray[np.int32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLEARED = 3
"""Places that are cleared in a turn, at most, besides the one that the unit leaves."""

WAITING, BETTER = 0.4, 0.7
"""How often it is somebody's turn who waits for a place, and how often somebody asks for a better place only."""

ROUNDING = 1e-9
"""A plan is worth more only if by more than this."""


class Crowd(NamedTuple):
    """A plan while it is being changed: `slot` and `room` are changed in place.

    names, gain : shape (units, most)
        Each unit's possible places, those first that it should have first, and what each is worth.
    named : shape (units,)
        How many they are.
    sizes : shape (units, dimensions); persons : shape (units,)
    slot : shape (units,)
        Which of its places each unit has, -1 for those who wait.
    room : shape (places, dimensions)
        What is left.
    """

    names: Int32
    gain: Floats
    named: Int32
    sizes: Ints
    persons: Ints
    slot: Int32
    room: Ints


@njit(cache=True, nogil=True)
def has_room(crowd: Crowd, i: int, at: int) -> bool:
    """Say whether a place has room for a unit."""
    for d in range(crowd.sizes.shape[1]):  # noqa: SIM110 (numba knows no generators)
        if crowd.sizes[i, d] > crowd.room[at, d]:
            return False
    return True


@njit(cache=True, nogil=True)
def put(crowd: Crowd, i: int, slot: int) -> None:
    """Give a waiting unit one of its places."""
    crowd.slot[i] = slot
    for d in range(crowd.sizes.shape[1]):
        crowd.room[crowd.names[i, slot], d] -= crowd.sizes[i, d]


@njit(cache=True, nogil=True)
def take_out(crowd: Crowd, i: int) -> None:
    """Let a placed unit wait."""
    for d in range(crowd.sizes.shape[1]):
        crowd.room[crowd.names[i, crowd.slot[i]], d] += crowd.sizes[i, d]
    crowd.slot[i] = -1


@njit(cache=True, nogil=True)
def _whose_turn(crowd: Crowd, rng: np.random.Generator) -> int:
    """Draw a unit, often one that waits and has a place to go to."""
    if rng.random() < WAITING:
        found, seen = -1, 0
        for i in range(crowd.slot.size):
            if crowd.slot[i] < 0 and crowd.named[i] > 0:
                seen += 1
                if rng.random() * seen < 1.0:
                    found = i
        if found >= 0:
            return found
    return int(rng.random() * crowd.slot.size)


@njit(cache=True, nogil=True)
def _clear(crowd: Crowd, first: int, cleared: Bools, rng: np.random.Generator) -> int:
    """Mark the places to clear, as one asks for the place of the next; returns the slot that the first asked for."""
    asked, i = -1, first
    left = 1 + int(rng.random() * CLEARED)
    if crowd.slot[first] >= 0:
        cleared[crowd.names[first, crowd.slot[first]]] = True
    while left > 0 and i >= 0 and crowd.named[i] > 0:
        among = crowd.named[i]
        if crowd.slot[i] > 0 and rng.random() < BETTER:
            among = crowd.slot[i]
        slot = int(rng.random() * among)
        at = crowd.names[i, slot]
        if cleared[at]:
            break
        if i == first:
            asked = slot
        cleared[at] = True
        left -= 1
        i, seen = -1, 0
        for other in range(crowd.slot.size):
            if crowd.slot[other] >= 0 and crowd.names[other, crowd.slot[other]] == at:
                seen += 1
                if rng.random() * seen < 1.0:
                    i = other
    return asked


@njit(cache=True, nogil=True)
def _asks_for_any(crowd: Crowd, i: int, cleared: Bools) -> bool:
    """Say whether a place that was cleared is among those of a unit."""
    for k in range(crowd.named[i]):  # noqa: SIM110 (numba knows no generators)
        if cleared[crowd.names[i, k]]:
            return True
    return False


@njit(cache=True, nogil=True)
def _in_what_order(
    crowd: Crowd, before: Int32, cleared: Bools, order: Ints, key: Floats, rng: np.random.Generator
) -> int:
    """List who waits: by lot, the largest first, those with few places or those who gain most, with some lot in all.

    Who waited `before` is left out where no place of theirs was cleared: there is no room elsewhere now either.
    """
    how, many = int(rng.random() * 4), 0
    for i in range(crowd.slot.size):
        if crowd.slot[i] >= 0 or (before[i] < 0 and not _asks_for_any(crowd, i, cleared)):
            continue
        lot = rng.random()
        if how == 0:
            key[many] = lot
        elif how == 1:
            key[many] = -crowd.persons[i] * (0.75 + 0.5 * lot)
        elif how == 2:
            key[many] = crowd.named[i] * (0.5 + lot)
        else:
            key[many] = -crowd.gain[i, 0] * (0.8 + 0.4 * lot)
        order[many] = i
        many += 1
    order[:many] = order[:many][np.argsort(key[:many])]
    return many


@njit(cache=True, nogil=True)
def search(
    crowd: Crowd, best: Int32, record: Floats, price: float, heat: Floats, enough: Floats, rng: np.random.Generator
) -> None:
    """Place more persons, and then persons better, by turns of ruin and recreate.

    1. Draw a unit, and clear the places that it and those whom it displaces ask for.
    2. Put it where it asked to be, and then whoever waits, each at its first place that has room.
    3. Keep that if it is better; with the chance exp(-loss / heat) if it is worse, which is why it finds the way out
       of plans that no small change makes better.

    Method: Schrimpf, Schneider, Stamm-Wilbrandt and Dueck (2000), Record breaking optimization results using the ruin
    and recreate principle, Journal of Computational Physics 159, 139-171.

    Parameters
    ----------
    best : ndarray of int32, shape (units,)
        The slots of the best plan so far, changed in place: most persons first, then what it is worth.
    record : ndarray, shape (2,)
        Its persons and its worth, changed in place.
    price : float
        What a person placed counts, beside worth, for what is kept.
    heat : ndarray, shape (turns,)
        How much worse than before a plan may become in each turn, on average of those that do.
    enough : ndarray, shape (2,)
        Persons and worth at which to stop.
    """
    units, cleared = crowd.slot.size, np.zeros(crowd.room.shape[0], np.bool_)
    slot, room = crowd.slot.copy(), crowd.room.copy()
    order, key = np.empty(units, np.int64), np.empty(units)
    persons, worth = 0.0, 0.0
    for i in range(units):
        if crowd.slot[i] >= 0:
            persons += crowd.persons[i]
            worth += crowd.gain[i, crowd.slot[i]]
    for hot in heat:
        if record[0] >= enough[0] and record[1] >= enough[1]:
            break
        first = _whose_turn(crowd, rng)
        asked = _clear(crowd, first, cleared, rng)
        more, better = 0.0, 0.0
        for i in range(units):
            if crowd.slot[i] >= 0 and cleared[crowd.names[i, crowd.slot[i]]]:
                more -= crowd.persons[i]
                better -= crowd.gain[i, crowd.slot[i]]
                take_out(crowd, i)
        if asked >= 0 and crowd.slot[first] < 0 and has_room(crowd, first, crowd.names[first, asked]):
            put(crowd, first, asked)
            more += crowd.persons[first]
            better += crowd.gain[first, asked]
        for i in order[: _in_what_order(crowd, slot, cleared, order, key, rng)]:
            for k in range(crowd.named[i]):
                at = crowd.names[i, k]
                # Who waited before found no room where nothing was cleared.
                if (slot[i] >= 0 or cleared[at]) and has_room(crowd, i, at):
                    put(crowd, i, k)
                    more += crowd.persons[i]
                    better += crowd.gain[i, k]
                    break
        cleared[:] = False
        if price * more + better > hot * math.log(1.0 - rng.random()):
            persons, worth = persons + more, worth + better
            slot[:], room[:] = crowd.slot, crowd.room
            if persons > record[0] or (persons == record[0] and worth > record[1] + ROUNDING):
                record[0], record[1] = persons, worth
                best[:] = crowd.slot
        else:
            crowd.slot[:], crowd.room[:] = slot, room
