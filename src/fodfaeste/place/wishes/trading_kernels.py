"""Top trading cycles, compiled: the loops that NumPy cannot vectorise."""

# numba's decorators carry no types; what they decorate is typed by hand.
# mypy: disallow-untyped-decorators=False

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from fodfaeste.place.wishes.kernels import NONE, Bools, Ints, Market


@njit(cache=True, nogil=True)
def trade(market: Market) -> tuple[Ints, int]:
    """Match cycles: each unit points at the best place that can still take it, each place at a unit without a place.

    A path is followed until it closes. What hangs before the cycle stays: no place of it took part in the cycle, so
    nothing that it points by has changed but the last step, which is looked up again.

    Returns
    -------
    place : ndarray of int64, shape (units,)
    cycles : int
    """
    units, places = market.order.shape
    place = np.full(units, NONE, np.int64)
    done = np.zeros(units, np.bool_)
    next_wish = np.zeros(units, np.int64)
    first = np.zeros(places, np.int64)
    room = market.capacity.copy()
    path = np.empty(places + 1, np.int64)
    step_of = np.full(units, NONE, np.int64)
    cycles = 0
    for start in range(units):
        length = 0
        while not done[start]:
            if length == 0:
                path[0], step_of[start], length = start, 0, 1
            unit = path[length - 1]
            p = _best_left(market, unit, next_wish, room)
            if p == NONE:
                # Nothing can take it any more, and the place that pointed at it points on.
                done[unit] = True
                length -= 1
                continue
            while done[market.at[p, first[p]]]:
                first[p] += 1
            pointed_at = market.at[p, first[p]]
            if step_of[pointed_at] == NONE:
                path[length], step_of[pointed_at] = pointed_at, length
                length += 1
                continue
            cycles += 1
            opens = step_of[pointed_at]
            for member in path[opens:length]:
                q = market.order[member, next_wish[member]]
                place[member], done[member] = q, True
                room[q] -= market.sizes[member]
            length = opens
    return place, cycles


@njit(cache=True, nogil=True)
def _best_left(market: Market, unit: int, next_wish: Ints, room: Ints) -> int:
    """Give the best place that a unit still fits into; what it does not fit into now it never will."""
    places = market.order.shape[1]
    while next_wish[unit] < places and market.order[unit, next_wish[unit]] != NONE:
        p = market.order[unit, next_wish[unit]]
        if (market.sizes[unit] <= room[p]).all():
            return int(p)
        next_wish[unit] += 1
    return NONE


class State(NamedTuple):
    """How far trading away from a default plan has come.

    Attributes
    ----------
    endowment : ndarray of int64, shape (units,)
        The default plan's place, `NONE` for none.
    place : ndarray of int64, shape (units,)
        Where each is now.
    done : ndarray of bool, shape (units,)
        Whether it stays there for good.
    given_up : ndarray of bool, shape (units, places)
    next_wish : ndarray of int64, shape (units,)
    target : ndarray of int64, shape (units,)
        The place that a unit points at.
    first, pointed_at : ndarray of int64, shape (places,)
        The unit that a place points at, by its rank and itself.
    there, settled : ndarray of int64, shape (places, dimensions)
        Needs of all who are at a place, and of those who stay there for good.
    """

    endowment: Ints
    place: Ints
    done: Bools
    given_up: Bools
    next_wish: Ints
    target: Ints
    first: Ints
    pointed_at: Ints
    there: Ints
    settled: Ints


@njit(cache=True, nogil=True)
def trade_endowments(market: Market, endowment: Ints, turn: Ints) -> tuple[Ints, int]:
    """Match cycles that the places can carry out; where there is none, somebody gives up what it cannot get now.

    Parameters
    ----------
    market : Market
        ``at`` says in which order a place points at units: first those that the default plan sends there.
    endowment : ndarray of int64, shape (units,)
        The default plan's place, `NONE` for none.
    turn : ndarray of int64, shape (units,)
        The smallest is the first to give up; nobody's wishes may decide it.

    Returns
    -------
    place : ndarray of int64, shape (units,)
    cycles : int
    """
    units, places = market.order.shape
    state = State(
        endowment,
        endowment.copy(),
        np.zeros(units, np.bool_),
        np.zeros((units, places), np.bool_),
        np.zeros(units, np.int64),
        np.full(units, NONE, np.int64),
        np.zeros(places, np.int64),
        np.full(places, NONE, np.int64),
        np.zeros_like(market.capacity),
        np.zeros_like(market.capacity),
    )
    for unit in range(units):
        if endowment[unit] != NONE:
            state.there[endowment[unit]] += market.sizes[unit]
    cycles = 0
    while _point(market, state):
        carried_out = _carry_out(market, state)
        cycles += carried_out
        if not carried_out:
            _give_up(market, state, turn)
    return state.place, cycles


@njit(cache=True, nogil=True)
def _point(market: Market, state: State) -> bool:
    """Let places point at units that still wish, and these at the best place left to them; say if there are any."""
    units, places = market.order.shape
    for p in range(places):
        state.pointed_at[p] = NONE
        while state.first[p] < units and state.pointed_at[p] == NONE:
            unit = market.at[p, state.first[p]]
            if not state.done[unit]:
                state.target[unit] = _best_possible(market, state, unit)
                state.done[unit] = state.target[unit] == NONE
            if state.done[unit]:
                state.first[p] += 1
            else:
                state.pointed_at[p] = unit
    return bool((state.pointed_at != NONE).any())


@njit(cache=True, nogil=True)
def _best_possible(market: Market, state: State, unit: int) -> int:
    """Give the best place not given up that fits beside who is settled there; the default plan's always does."""
    places = market.order.shape[1]
    while state.next_wish[unit] < places and market.order[unit, state.next_wish[unit]] != NONE:
        p = market.order[unit, state.next_wish[unit]]
        fits = (market.sizes[unit] + state.settled[p] <= market.capacity[p]).all()
        if p == state.endowment[unit] or (fits and not state.given_up[unit, p]):
            return int(p)
        state.next_wish[unit] += 1
    return NONE


@njit(cache=True, nogil=True)
def _can_move(market: Market, state: State, unit: int, p: int) -> bool:
    """Say whether a unit fits at a place beside all who are there now, but for the one whom the place points at."""
    leaves = state.pointed_at[p]
    need = state.there[p].copy()
    if state.endowment[unit] != p:
        need += market.sizes[unit]
    if leaves != unit and state.endowment[leaves] == p:
        need -= market.sizes[leaves]
    return bool((need <= market.capacity[p]).all())


@njit(cache=True, nogil=True)
def _carry_out(market: Market, state: State) -> int:
    """Match every cycle whose moves all fit; say how many there were.

    Whoever moves frees room at most outside its cycle, so that one cycle never stops another.
    """
    places = state.pointed_at.size
    seen = np.zeros(places, np.int64)
    opens = np.zeros(places, np.bool_)
    for start in range(places):
        p = start
        while seen[p] == 0:
            seen[p] = start + 1
            p = state.target[state.pointed_at[p]]
        if seen[p] == start + 1:
            opens[p] = _feasible(market, state, p)
    for opening in np.flatnonzero(opens):
        unit = state.pointed_at[opening]
        while not state.done[unit]:
            q = state.target[unit]
            if state.endowment[unit] != NONE:
                state.there[state.endowment[unit]] -= market.sizes[unit]
            state.there[q] += market.sizes[unit]
            state.settled[q] += market.sizes[unit]
            state.place[unit], state.done[unit] = q, True
            unit = state.pointed_at[q]
    return int(opens.sum())


@njit(cache=True, nogil=True)
def _feasible(market: Market, state: State, opens: int) -> bool:
    """Say whether all moves of a cycle fit."""
    p, closed = opens, False
    while not closed:
        unit = int(state.pointed_at[p])
        p = int(state.target[unit])
        if not _can_move(market, state, unit, p):
            return False
        closed = p == opens
    return True


@njit(cache=True, nogil=True)
def _give_up(market: Market, state: State, turn: Ints) -> None:
    """Let units that are pointed at give up every place they cannot get now, until one loses the one it points at."""
    places = state.pointed_at.size
    waiting = np.unique(state.pointed_at)
    for unit in waiting[np.argsort(turn[waiting])]:
        for p in range(places):
            if not state.given_up[unit, p] and not _can_move(market, state, unit, p):
                state.given_up[unit, p] = True
        if state.given_up[unit, state.target[unit]]:
            return
