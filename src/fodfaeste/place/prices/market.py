"""The placement problem as a market: units that choose places at prices, and lists of what each may choose.

Being unplaced is one more place, the last, with room for everybody at no price.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.prices.device import Asked, Named, Reader
from fodfaeste.place.prices.kernels import choose
from fodfaeste.place.problem import Bools, Goal, Ints
from fodfaeste.place.scores import LowRank, Scores, block
from fodfaeste.place.units import Units

Floats = NDArray[np.float64]

EVERYBODY = np.int64(2) ** 40
"""Room of the place that stands for being unplaced."""

DEAR = 2.0
"""The highest price, as a multiple of what a person can gain by being placed."""

WORKERS = max(1, os.cpu_count() or 1)

PIECE_BYTES = 16 * 2**20
"""How much of the scores one worker looks through at a time."""

Told = Callable[[float], None]
"""Hears the share of 1 of a pass that is done."""


@dataclass(frozen=True, eq=False)
class Market:
    """Units by their kind (vector of sizes), and places with the one for being unplaced at the end.

    Attributes
    ----------
    scores, allowed : as in `Units`
    sizes : ndarray of int64, shape (kinds, dimensions)
    kind : ndarray of int32, shape (units,)
    most, least : ndarray of int64, shape (places, dimensions)
        Room, and what has to be taken of it.
    lowest : ndarray of float64, shape (places, dimensions)
        How far below zero a price may go; below zero only where something has to be taken.
    highest : float
        No price has to be higher: at it nobody would stay who can be elsewhere, or nowhere.
    unplaced : ndarray of float64, shape (units,)
        What being unplaced is worth.
    persons : ndarray of int64, shape (units,)
    reader : Reader or None
        Who reads the scores instead of the processor.
    """

    scores: Scores
    allowed: Bools | None
    sizes: Ints
    kind: NDArray[np.int32]
    most: Ints
    least: Ints
    lowest: Floats
    highest: float
    unplaced: Floats
    persons: Ints
    reader: Reader | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Units and places, with the place for being unplaced."""
        return self.kind.size, self.most.shape[0]

    def costs(self, prices: Floats) -> Floats:
        """Say what the room of each kind costs at each place, infinite where it cannot fit; (kinds, places)."""
        cost = self.sizes @ prices.T
        for dimension in range(self.sizes.shape[1]):
            cost[self.sizes[:, dimension][:, None] > self.most[:, dimension]] = np.inf
        return np.asarray(cost)


@dataclass(frozen=True, eq=False)
class Lists:
    """The places that each unit may choose among: `place`, `gain` (units, most) and how many they are."""

    place: NDArray[np.int32]
    gain: Floats
    count: NDArray[np.int32]
    kind: NDArray[np.int32]

    @property
    def mean(self) -> float:
        """How many places a unit names on average."""
        return float(self.count.mean()) if self.count.size else 0.0


def market_of(units: Units, goal: Goal, penalty: float, apart: float, reader: Reader | None = None) -> Market:
    """Set the market up; `penalty` is taken off per person unplaced, scores are `apart` at most, or about."""
    sizes, kind = np.unique(units.sizes, axis=0, return_inverse=True)
    dimensions = units.sizes.shape[1]
    nobody = np.zeros((1, dimensions), np.int64)
    least = np.zeros_like(units.capacity)
    # What a place has no room for cannot be asked of it; where minimums are soft, `place.solve` pays for it.
    least[:, units.person_dimension] = np.minimum(units.minimum, units.capacity[:, units.person_dimension])
    floor = -np.inf if goal.short_price is None else -goal.short_price
    return Market(
        scores=units.scores,
        allowed=units.allowed,
        sizes=np.ascontiguousarray(sizes),
        kind=kind.reshape(-1).astype(np.int32),
        most=np.vstack([units.capacity, nobody + EVERYBODY]),
        least=np.vstack([least, nobody]),
        lowest=np.where(np.vstack([least, nobody]) > 0, floor, 0.0),
        highest=DEAR * (apart + penalty),
        unplaced=-penalty * units.persons.astype(np.float64),
        persons=units.persons,
        reader=reader,
    )


def look(
    market: Market,
    prices: Floats,
    slack: Floats,
    most: int,
    *,
    rows: Ints | None = None,
    told: Told | None = None,
) -> tuple[float, Lists, int]:
    """Read the scores once, of all units or of those in `rows`, and let each name its best places at the prices.

    Parameters
    ----------
    prices : ndarray, shape (places, dimensions)
    slack : ndarray, shape (kinds,)
        How much worse than the best a place may be and still be named.
    most : int
        Places that a unit may name.

    Returns
    -------
    total : float
        Sum over the units of their best at the prices.
    lists : Lists
    left_out : int
        How many places were within the slack and not named for want of room.
    """
    units = market.shape[0] if rows is None else rows.size
    real = market.shape[1] - 1
    most = min(most, real + 1)
    kind = market.kind if rows is None else np.ascontiguousarray(market.kind[rows])
    lists = Lists(np.zeros((units, most), np.int32), np.zeros((units, most)), np.zeros(units, np.int32), kind)
    cost = np.ascontiguousarray(market.costs(prices)[:, :real])
    step = _step(market)
    pieces = [slice(start, min(start + step, units)) for start in range(0, units, step)]
    done = 0

    def piece(part: slice) -> tuple[float, int]:
        nonlocal done
        which = part if rows is None else rows[part]
        named = Named(lists.place[part], lists.gain[part], lists.count[part])
        asked = Asked(kind[part], cost, market.unplaced[which], slack[kind[part]])
        if market.reader is None:
            allowed = np.zeros((0, real), np.bool_) if market.allowed is None else market.allowed[which]
            found = choose(block(market.scores, which), allowed, market.allowed is not None, *asked, *named)
        else:
            found = market.reader.choose(which, asked, named)
        done += 1
        if told:
            told(done / len(pieces))
        return float(found[0]), int(found[1])

    found = together(piece, pieces) if market.reader is None else [piece(part) for part in pieces]
    return float(sum(total for total, _ in found)), lists, sum(left for _, left in found)


def _step(market: Market) -> int:
    """Say how many units' scores are read at a time."""
    bytes_each = max(1, (market.shape[1] - 1) * market.scores.dtype.itemsize)
    if market.reader is not None:
        return max(64, market.reader.at_a_time // bytes_each)
    # Where scores are formed on the way, large blocks are formed faster.
    return max(64, PIECE_BYTES // bytes_each) * (4 if isinstance(market.scores, LowRank) else 1)


Part = TypeVar("Part")
Found = TypeVar("Found")


def together(call: Callable[[Part], Found], parts: Sequence[Part]) -> list[Found]:
    """Call on each part, several at a time where that pays; the answers come in the order of the parts."""
    if len(parts) == 1 or WORKERS == 1:
        return [call(part) for part in parts]
    with ThreadPoolExecutor(WORKERS) as workers:
        return list(workers.map(call, parts))
