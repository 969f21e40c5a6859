"""The loop over households that places them at random, one after another."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NOWHERE = -1


@njit(cache=True, nogil=True)
def fill_at_random(
    turns: tuple[NDArray[np.int64], NDArray[np.float64]],
    sizes: NDArray[np.int64],
    may: NDArray[np.bool_],
    capacity: NDArray[np.int64],
    persons: int,
) -> NDArray[np.int64]:
    """Let units in some order draw a place among those that are allowed and still have room.

    Parameters
    ----------
    turns : ndarray of int64 and ndarray of float64 in [0, 1), both of shape (units,)
        Whose turn it is, and each unit's lot.
    sizes : ndarray of int64, shape (units, dimensions)
    may : ndarray of bool, shape (units, places)
    capacity : ndarray of int64, shape (places, dimensions)
    persons : int
        The dimension whose remaining room is the chance of a place.

    Returns
    -------
    ndarray of int64, shape (units,)
        -1 where no place was left.
    """
    order, lots = turns
    room = capacity.copy()
    places, dimensions = room.shape
    chosen = np.full(order.size, NOWHERE, np.int64)
    chance = np.empty(places)
    for unit in order:
        total = 0.0
        for place in range(places):
            chance[place] = 0.0
            if not may[unit, place]:
                continue
            fits = True
            for dimension in range(dimensions):
                if sizes[unit, dimension] > room[place, dimension]:
                    fits = False
                    break
            if fits:
                # A unit that is nobody (size 0) fits in full places too, so each has a chance above zero.
                chance[place] = room[place, persons] + 1e-9
                total += chance[place]
        if total == 0.0:
            continue
        left = lots[unit] * total
        for place in range(places):
            if chance[place] == 0.0:
                continue
            chosen[unit] = place
            left -= chance[place]
            if left < 0.0:
                break
        for dimension in range(dimensions):
            room[chosen[unit], dimension] -= sizes[unit, dimension]
    return chosen
