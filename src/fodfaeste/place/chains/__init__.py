"""Whole placements near the bound: chains of moves under the prices.

At prices p a plan is below the bound by the regrets of its units (how much worse each one's place is than its best at
the prices) and by the price of the room that it leaves unused. Both are seen place by place, so a search can go where
most is lost and knows when it is near enough.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.chains.kernels import FAR, LEAST_GAIN, Board, search, set_out, shake, shifts, take_back
from fodfaeste.place.prices.kernels import regrets
from fodfaeste.place.prices.market import Lists, Market
from fodfaeste.place.problem import NOWHERE, Bools, Ints

Floats = NDArray[np.float64]

HOPS = 6
"""The longest walk that is looked at. Long walks at once end nearer to the bound than short ones first."""

WORTH_IT = 0.005
"""Share of the distance that a round of walks has to win for another."""

CROWDED, MANY = 300, 600
"""Units a place, and places, from which on walks go on from where single moves end."""

SHAKEN = 2
"""Units moved at once when walks find nothing more."""

SHAKES, FEWEST_SHAKES, MOST_SHAKES = 2_000_000, 10, 200
"""Shakes, divided by the square of the places, and how few and how many there are at least and at most."""

FEW_KINDS = 10
"""Kinds of units up to which a shake takes about as long: of more, fewer shakes are made."""

SLICE = 100
"""Places looked at before the caller hears of it: a tenth of a second or so."""

TABLE = 2 * 10**7
"""The most entries of a table of moves; for more only single moves are tried."""

LOG = 100_000
"""Moves that are remembered so that they can be taken back."""

__all__ = ["Board", "board_of", "improve", "places_of", "shake_up", "too_full"]

Told = Callable[[float], None]
"""Hears the distance from the bound; may raise to stop the search, which leaves the board whole."""


def board_of(market: Market, lists: Lists, prices: Floats, start: Ints | None = None) -> Board:
    """Put every unit at its best place at the prices, or where `start` has it if that is on its list."""
    units, places = market.shape
    kinds = market.sizes.shape[0]
    regret, slot = np.zeros_like(lists.gain), np.zeros(units, np.int32)
    regrets(lists.place, lists.gain, lists.count, lists.kind, market.costs(prices), regret, slot)
    if start is not None:
        there = (lists.place == start[:, None]) & (np.arange(lists.place.shape[1]) < lists.count[:, None])
        slot = np.where(there.any(axis=1), there.argmax(axis=1), slot).astype(np.int32)
    table = places if kinds * places * places <= TABLE else 0
    return Board(
        place=lists.place,
        regret=regret,
        named=lists.count,
        kind=lists.kind,
        slot=slot,
        sizes=market.sizes,
        load=np.zeros(market.most.shape, np.int64),
        most=market.most,
        least=market.least,
        price=np.ascontiguousarray(prices),
        # A minimum that may be bought out costs its price, of which the price of room is already paid.
        short=np.where(np.isinf(market.lowest), 2 * market.highest, prices - market.lowest),
        room=np.zeros(places),
        first=np.full((kinds, places), NOWHERE),
        after=np.full(units, NOWHERE),
        before=np.full(units, NOWHERE),
        move=np.full((kinds, table, table), FAR, np.float32),
        back=np.full((kinds, table, table), FAR, np.float32),
        settled=np.zeros(places, np.bool_),
        log=np.zeros((LOG, 2), np.int64),
    )


def improve(board: Board, *, enough: float, charge: float, told: Told, anew: bool = True) -> float:
    """Search until the plan is near enough, or nothing more is found; returns its distance from the bound.

    Single moves first, which take next to no time. Where they are not enough, walks begin anew: from where single
    moves end they come less near, unless there are so many units or places that it makes no difference.

    Parameters
    ----------
    board : Board
        Changed in place; its slots are the plan.
    enough : float
        Distance to stop at.
    charge : float
        What a person too many costs.
    anew : bool
        Whether walks may begin anew; a plan that is nearly there already is better gone on with.
    """
    places, start = board.room.size, board.slot.copy()
    distance = _shift(board, set_out(board, charge), enough, charge, told)
    if distance <= enough or board.move.size == 0:
        return distance
    if anew and places <= MANY and board.slot.size <= CROWDED * places:
        _clear(board)
        board.slot[:] = start
        distance = set_out(board, charge)
    distance = _walk(board, distance, enough, charge, costly_only=True, told=told)
    while distance > enough:
        before = distance
        distance = _walk(board, distance, enough, charge, costly_only=False, told=told)
        if distance > before * (1 - WORTH_IT):
            break
    return distance


def _walk(board: Board, distance: float, enough: float, charge: float, *, costly_only: bool, told: Told) -> float:
    """Look at every place until nothing is found for any."""
    board.settled[:] = False
    left = 0
    while distance > enough and left == 0:
        distance, _, left = search(board, distance, enough, 0, HOPS, costly_only, charge, SLICE)
        told(distance)
    return distance


def _clear(board: Board) -> None:
    """Take everybody off the board."""
    board.load[:] = 0
    for chain in (board.first, board.after, board.before):
        chain[:] = NOWHERE


def shake_up(
    board: Board, distance: float, *, enough: float, charge: float, seed: int, told: Told, part: float = 1.0
) -> float:
    """Search on from plans in which a few units were moved at random; returns the distance from the bound.

    `part` is the share of all shakes to make.
    """
    movable = np.flatnonzero(board.named > 1)
    if board.move.size == 0 or movable.size < SHAKEN:
        return distance
    rng = np.random.Generator(np.random.PCG64(seed))
    slower = max(1.0, board.sizes.shape[0] / FEW_KINDS) * board.room.size**2
    for _ in range(int(part * np.clip(SHAKES // slower, FEWEST_SHAKES, MOST_SHAKES))):
        if distance <= enough:
            break
        who = rng.choice(movable, SHAKEN)
        shaken = distance + shake(board, who, rng.random(SHAKEN), charge)
        shaken, logged, _ = search(board, shaken, enough, SHAKEN, HOPS, False, charge, SLICE)
        if shaken < distance - LEAST_GAIN:
            distance = shaken
        else:
            take_back(board, 0, logged, charge)
            board.settled[:] = True
        told(distance)
    return distance


def _shift(board: Board, distance: float, enough: float, charge: float, told: Told) -> float:
    named = np.arange(board.place.shape[1]) < board.named[:, None]
    unit, at = np.nonzero(named)
    place = board.place[unit, at]
    order = np.argsort(place, kind="stable")
    begins = np.searchsorted(place[order], np.arange(board.room.size + 1))
    units, slots = unit[order].astype(np.int32), at[order].astype(np.int32)
    left = 0
    while distance > enough and left == 0:
        distance, left = shifts(board, distance, enough, charge, begins, units, slots, 100 * SLICE)
        told(distance)
    return distance


def places_of(board: Board) -> Ints:
    """Give each unit's place, `NOWHERE` for the unplaced; shape (units,)."""
    at = board.place[np.arange(board.slot.size), board.slot].astype(np.int64)
    return np.where(at == board.room.size - 1, NOWHERE, at)


def too_full(board: Board) -> Bools:
    """Say which places have more at them than they have room for; shape (places,)."""
    return np.asarray((board.load > board.most).any(axis=1))
