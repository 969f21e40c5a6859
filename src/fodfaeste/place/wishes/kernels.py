"""Deferred acceptance, compiled: the loops that NumPy cannot vectorise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Int32s = NDArray[np.int32]
Bools = NDArray[np.bool_]

NONE = -1


class Market(NamedTuple):
    """Who wants to go where, and whom places look at first; in arrays that compiled code takes.

    Attributes
    ----------
    order : ndarray of int32, shape (units, places)
        The place that a unit likes best, second best and so on; `NONE` behind the last. Nobody asks for a place that
        it may not have, or that it would not fit into if it were empty.
    rank : ndarray of int32, shape (units, places)
        How many units come before it at each place.
    at : ndarray of int32, shape (places, units)
        The unit of each rank.
    sizes : ndarray of int64, shape (units, dimensions)
    capacity : ndarray of int64, shape (places, dimensions)
    """

    order: Int32s
    rank: Int32s
    at: Int32s
    sizes: Ints
    capacity: Ints


@njit(cache=True, nogil=True)
def accept_cumulatively(market: Market) -> tuple[Ints, int]:
    """Let units ask for places; a place turns down whom it cannot take beside all of higher priority who ever asked.

    ``cut[p, d]`` is the rank from which place p turns down whoever needs dimension d: the first at which the needs of
    all who asked, added up by priority, pass its capacity. Asking only adds needs, so a cut only falls; so it does not
    matter in which order units ask, and each cut goes through the ranks of its place once in all.

    Returns
    -------
    place : ndarray of int64, shape (units,)
    asked : int
        How many times a unit asked a place.
    """
    units, places = market.order.shape
    dimensions = market.sizes.shape[1]
    place = np.full(units, NONE, np.int64)
    next_wish = np.zeros(units, np.int64)
    has_asked = np.zeros((places, units), np.bool_)
    cut = np.full((places, dimensions), units, np.int64)
    need = np.zeros((places, dimensions), np.int64)
    # Who still has to ask; nobody is on it twice, so it never grows beyond all units.
    waiting = np.arange(units - 1, -1, -1)
    top, asked = units, 0
    while top:
        top -= 1
        unit = int(waiting[top])
        if next_wish[unit] == places or market.order[unit, next_wish[unit]] == NONE:
            continue
        p = int(market.order[unit, next_wish[unit]])
        next_wish[unit] += 1
        asked += 1
        has_asked[p, market.rank[unit, p]] = True
        place[unit] = NONE if _cut_off(market, unit, p, cut[p]) else p
        for d in range(dimensions):
            if market.rank[unit, p] < cut[p, d]:
                need[p, d] += market.sizes[unit, d]
            while need[p, d] > market.capacity[p, d]:
                cut[p, d] -= 1
                other = market.at[p, cut[p, d]]
                if not has_asked[p, cut[p, d]]:
                    continue
                need[p, d] -= market.sizes[other, d]
                if market.sizes[other, d] and place[other] == p:
                    place[other] = NONE
                    if other != unit:
                        waiting[top] = other
                        top += 1
        if place[unit] == NONE:
            waiting[top] = unit
            top += 1
    return place, asked


@njit(cache=True, nogil=True)
def _cut_off(market: Market, unit: int, p: int, cut: Ints) -> bool:
    """Say whether a unit needs something of which higher priorities have asked for all there is."""
    off = False
    for d in range(cut.size):
        off |= market.sizes[unit, d] > 0 and market.rank[unit, p] >= cut[d]
    return off


class Kinds(NamedTuple):
    """The sizes that occur in each dimension.

    Attributes
    ----------
    values : ndarray of int64, shape (dimensions, kinds)
        Rising; filled up with 0 behind the last.
    of : ndarray of int64, shape (units, dimensions)
        Position of each unit's size among them.
    all_need : bool
        Whether every unit needs something.
    """

    values: Ints
    of: Ints
    all_need: bool


@njit(cache=True, nogil=True)
def accept_by_threshold(market: Market, kinds: Kinds) -> tuple[Ints, int]:
    """Let units ask for places in rounds; a place turns down whoever stands behind its threshold among those asking.

    The threshold of a unit is one more than the number of units of higher priority that it could surely be taken
    beside, whoever they are, as long as those asking now are among them; and none above anybody of higher priority.

    Returns
    -------
    place : ndarray of int64, shape (units,)
    asked : int
        How many times a unit asked a place.
    """
    units, places = market.order.shape
    place = np.full(units, NONE, np.int64)
    next_wish = np.zeros(units, np.int64)
    might_ask = np.zeros((places, units), np.bool_)
    for unit in range(units):
        for p in market.order[unit]:
            if p != NONE:
                might_ask[p, market.rank[unit, p]] = True
    asks = np.zeros((places, units), np.bool_)
    changed = np.ones(places, np.bool_)
    asked = 0
    while changed.any():
        for unit in range(units):
            if place[unit] == NONE and next_wish[unit] < places:
                p = market.order[unit, next_wish[unit]]
                if p == NONE:
                    continue
                place[unit] = p
                next_wish[unit] += 1
                asked += 1
                asks[p, market.rank[unit, p]] = True
                changed[p] = True
        for p in range(places):
            if changed[p]:
                accepted = _within_threshold(market, p, asks[p], might_ask[p], kinds)
                changed[p] = accepted.sum() < asks[p].sum()
                for r in np.flatnonzero(asks[p] & ~accepted):
                    place[market.at[p, r]] = NONE
                asks[p] = accepted
    return place, asked


@njit(cache=True, nogil=True)
def _within_threshold(market: Market, p: int, asks: Bools, might_ask: Bools, kinds: Kinds) -> Bools:
    """Say by rank who of those asking at one place does not stand behind its threshold."""
    units, dimensions = market.sizes.shape
    capacity = market.capacity[p]
    asking = np.zeros(dimensions, np.int64)
    above = np.zeros(dimensions, np.int64)
    idle = np.zeros(kinds.values.shape, np.int64)
    accepted = np.zeros(units, np.bool_)
    threshold, before = units + 1, 0
    for r in range(units):
        if not might_ask[r]:
            continue
        unit = market.at[p, r]
        size = market.sizes[unit]
        if _fits(size, above, capacity):
            accepted[r] = asks[r]
        else:
            if not _fits(size, asking, capacity):
                threshold = 0
            elif threshold > before:
                threshold = min(threshold, before + _surely(size, asking, idle, kinds.values, capacity))
            accepted[r] = asks[r] and before < threshold
            if threshold <= before and kinds.all_need and _full(above, capacity):
                # From here on nobody is sure to fit, and all stand behind a threshold.
                break
        before += asks[r]
        for d in range(dimensions):
            above[d] += size[d]
            if asks[r]:
                asking[d] += size[d]
            else:
                idle[d, kinds.of[unit, d]] += 1
    return accepted


@njit(cache=True, nogil=True)
def _full(above: Ints, capacity: Ints) -> bool:
    """Say whether nothing is left in any dimension."""
    full = True
    for d in range(capacity.size):
        full &= above[d] >= capacity[d]
    return full


@njit(cache=True, nogil=True)
def _fits(size: Ints, others: Ints, capacity: Ints) -> bool:
    """Say whether there is room beside others in every dimension that a unit needs."""
    fits = True
    for d in range(size.size):
        fits &= size[d] == 0 or size[d] + others[d] <= capacity[d]
    return fits


@njit(cache=True, nogil=True)
def _surely(size: Ints, asking: Ints, idle: Ints, values: Ints, capacity: Ints) -> int:
    """Count how many, taken from the largest, it takes to pass the room left in a dimension that a unit needs."""
    fewest = 1 << 60
    for d in range(size.size):
        taken, left = 0, capacity[d] - size[d] - asking[d]
        for k in range(values.shape[1] - 1, -1, -1):
            if not size[d] or not values[d, k] or not idle[d, k]:
                continue
            fitting = left // values[d, k]
            if fitting < idle[d, k]:
                fewest = min(fewest, taken + fitting + 1)
                break
            taken += idle[d, k]
            left -= idle[d, k] * values[d, k]
    return fewest
