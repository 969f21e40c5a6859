"""A sampled future as a transportation problem that is kept optimal while households come and room goes.

Nodes are the places and, last, "unplaced", which has room for everybody. A household is as many units as persons; its
units may part, which makes the future a linear programme with one capacity dimension. Its optimum is kept by shortest
augmenting paths (Ahuja, Magnanti, Orlin 1993, chapter 9): to move a unit from place a to place b costs the least that
any household at a loses by going to b. An optimum has no cycle of moves that gains, and pushing along a shortest path
makes none, so that one more household, or one place of room less, costs a few paths instead of a new solution.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

TOLERANCE = 1e-10
"""Below it a path is not shorter: sums of the same scores in another order differ by less."""
ENOUGH = 1 << 40
"""Room for everybody."""

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


class Known(NamedTuple):
    """What is known of households that may come or have come, and the room that is left.

    worth : ndarray of float64, shape (known, places + 1)
        Per person; minus infinity where not allowed. The last column is 0: unplaced.
    size : ndarray of int64, shape (known,)
    room : ndarray of int64, shape (places + 1,)
        Left of each place's capacity; the last is `ENOUGH`.
    """

    worth: Array
    size: Ints
    room: Ints


class Future(NamedTuple):
    """Households that may still come, optimally placed in the room left, in parts where that is better.

    many, persons : ndarray of int64, shape (1,)
        How many members there are, and of how many persons in all.
    member : ndarray of int64, shape (slots,)
        Which known household each is; the first `many` are in use.
    flow : ndarray of int16, shape (places + 1, slots)
        Persons of each member at each node.
    free : ndarray of int64, shape (places + 1,)
        Room that no member uses.
    move : ndarray of float64, shape (places + 1, places + 1)
        What it costs to move a person from one node to another; infinite where nobody can.
    via : ndarray of int64, of the same shape
        Which member moves at that cost.
    """

    many: Ints
    persons: Ints
    member: Ints
    flow: NDArray[np.int16]
    free: Ints
    move: Array
    via: Ints


@njit(cache=True, nogil=True)
def renew_row(node: int, known: Known, future: Future) -> None:
    """Find again what the cheapest move from a node to each other costs, and who makes it."""
    nodes = future.free.size
    move, via = future.move, future.via
    for other in range(nodes):
        move[node, other] = np.inf
    for slot in range(future.many[0]):
        if future.flow[node, slot] > 0:
            household = future.member[slot]
            here, size = known.worth[household, node], known.size[household]
            for other in range(nodes):
                if other != node and size <= known.room[other]:
                    cost = here - known.worth[household, other]
                    if cost < move[node, other]:
                        move[node, other] = cost
                        via[node, other] = slot


@njit(cache=True, nogil=True)
def distances(base: Array, move: Array, distance: Array, after: Ints) -> None:
    """Compute the shortest path from each node to any of those whose `base` is finite (Bellman and Ford).

    Parameters
    ----------
    base : ndarray of float64, shape (nodes,)
        What it costs to end in each node; infinite where a path may not end.
    move : ndarray of float64, shape (nodes, nodes)
    distance, after : ndarray, shape (nodes,)
        Written: the cost from each node, and the next node on the way; -1 at the end.
    """
    nodes = base.size
    distance[:] = base
    after[:] = -1
    for _ in range(nodes):
        shorter = False
        for other in range(nodes):
            rest = distance[other]
            if rest == np.inf:
                continue
            for node in range(nodes):
                cost = move[node, other] + rest
                if cost < distance[node] - TOLERANCE:
                    distance[node] = cost
                    after[node] = other
                    shorter = True
        if not shorter:
            break


@njit(cache=True, nogil=True)
def losses_of_room(future: Future, distance: Array, after: Ints) -> None:
    """Compute what one unit of room less would lose at each place: the shortest path to a free place, or to none."""
    base = np.empty(future.free.size)
    for node in range(base.size):
        base[node] = 0.0 if future.free[node] > 0 else np.inf
    distances(base, future.move, distance, after)


@njit(cache=True, nogil=True)
def gain_of_room(place: int, future: Future, distance: Array, after: Ints) -> int:
    """Find who would come if a unit of room at a place became free: the start of the path that gains most, or -1."""
    base = np.full(future.free.size, np.inf)
    base[place] = 0.0
    distances(base, future.move, distance, after)
    best, start = -TOLERANCE, -1
    for node in range(base.size):
        if node != place and distance[node] < best:
            best, start = distance[node], node
    return start


@njit(cache=True, nogil=True)
def pushed(start: int, most: int, future: Future, after: Ints) -> tuple[int, int]:
    """Move as many persons along a path as its members and the free room at its end allow; give how many, and the end.

    The path is that of `after` from `start`. Free room is not changed.
    """
    flow, via = future.flow, future.via
    amount, node = most, start
    while after[node] >= 0:
        amount = min(amount, flow[node, via[node, after[node]]])
        node = after[node]
    end = node
    node = start
    while after[node] >= 0:
        slot = via[node, after[node]]
        flow[node, slot] -= amount
        flow[after[node], slot] += amount
        node = after[node]
    return amount, end


@njit(cache=True, nogil=True)
def path_end(start: int, after: Ints) -> int:
    """Give the last node of a path."""
    node = start
    while after[node] >= 0:
        node = after[node]
    return node


@njit(cache=True, nogil=True)
def renew_path(start: int, known: Known, future: Future, after: Ints) -> None:
    """Renew the moves from every node of a path."""
    node = start
    while node >= 0:
        renew_row(node, known, future)
        node = after[node]


@njit(cache=True, nogil=True)
def insert(household: int, known: Known, future: Future, distance: Array, after: Ints) -> None:
    """Add a household to a future, each of its persons where that gains most, moving others."""
    nodes = future.free.size
    slot = future.many[0]
    size = known.size[household]
    future.many[0] += 1
    future.persons[0] += size
    future.member[slot] = household
    future.flow[:, slot] = 0
    left = size
    while left > 0:
        losses_of_room(future, distance, after)
        best, entry = np.inf, nodes - 1
        for node in range(nodes):
            cost = distance[node] - known.worth[household, node]
            if size <= known.room[node] and cost < best - TOLERANCE:
                best, entry = cost, node
        most = min(left, future.free[path_end(entry, after)])
        amount, end = pushed(entry, most, future, after)
        future.flow[entry, slot] += amount
        future.free[end] -= amount
        left -= amount
        renew_path(entry, known, future, after)


@njit(cache=True, nogil=True)
def settle(place: int, known: Known, future: Future, distance: Array, after: Ints) -> None:
    """Let those come who gain by the room that became free at a place."""
    while future.free[place] > 0:
        start = gain_of_room(place, future, distance, after)
        if start < 0:
            break
        amount, _ = pushed(start, future.free[place], future, after)
        future.free[place] -= amount
        future.free[start] += amount
        renew_path(start, known, future, after)


@njit(cache=True, nogil=True)
def remove(slot: int, known: Known, future: Future, distance: Array, after: Ints) -> None:
    """Take a member out of a future; others move into the room that it leaves. The last member gets its slot."""
    nodes = future.free.size
    flow = future.flow
    future.persons[0] -= known.size[future.member[slot]]
    node = nodes - 1
    while node >= 0:
        if flow[node, slot] > 0:
            future.free[node] += flow[node, slot]
            flow[node, slot] = 0
            renew_row(node, known, future)
            if node < nodes - 1:
                settle(node, known, future, distance, after)
            # Its other persons may have moved into the room, so look from the start again.
            node = nodes
        node -= 1
    last = future.many[0] - 1
    future.many[0] = last
    if slot == last:
        return
    future.member[slot] = future.member[last]
    for node in range(nodes):
        flow[node, slot] = flow[node, last]
        flow[node, last] = 0
    for node in range(nodes):
        if flow[node, slot] > 0:
            renew_row(node, known, future)


@njit(cache=True, nogil=True)
def evict(place: int, persons: int, known: Known, future: Future, distance: Array, after: Ints) -> float:
    """Take room away from a place and move those who had it; give what that loses."""
    loss = 0.0
    unused = min(future.free[place], persons)
    future.free[place] -= unused
    left = persons - unused
    while left > 0:
        losses_of_room(future, distance, after)
        most = min(left, future.free[path_end(place, after)])
        amount, end = pushed(place, most, future, after)
        loss += amount * distance[place]
        future.free[end] -= amount
        left -= amount
        renew_path(place, known, future, after)
    return loss


@njit(cache=True, nogil=True)
def shrink(place: int, persons: int, known: Known, future: Future, distance: Array, after: Ints) -> None:
    """Follow the room of a place, already lowered in `known`, by some persons; who is now too large moves away."""
    evict(place, persons, known, future, distance, after)
    for node in range(future.free.size):
        renew_row(node, known, future)
    slot = 0
    while slot < future.many[0]:
        household = future.member[slot]
        if future.flow[place, slot] > 0 and known.size[household] > known.room[place]:
            remove(slot, known, future, distance, after)
            insert(household, known, future, distance, after)
        else:
            slot += 1
