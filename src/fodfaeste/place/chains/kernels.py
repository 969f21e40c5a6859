"""The loops of the search for whole placements, compiled once and kept on disk.

A plan's distance from the bound is the sum of its units' regrets and of what unused room costs at the prices. Room that
is missing, and persons short of a minimum, are charged so much that it pays to mend them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Single = NDArray[np.float32]
Int32 = NDArray[np.int32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FAR = np.float32(1e30)
"""Farther than any walk of moves is long."""

CHEAPEST = 24
"""Walks between two places that are looked at together, at most."""

LEAST_GAIN = 1e-10
"""A plan is nearer to the bound only if by more than rounding."""


class Board(NamedTuple):
    """A plan while it is being changed; every array is changed in place.

    place, regret : shape (units, most)
        Each unit's named places, and how much worse than its best each is at the prices.
    named, kind, slot : shape (units,)
        How many are named; the unit's vector of sizes; which of its named places it is at.
    sizes : shape (kinds, dimensions)
    load, most, least, price, short : shape (places, dimensions)
        Room taken, room there is, what has to be taken, the prices, and what a person short of a minimum costs.
    room : shape (places,)
        What each place's unused, missing or unfilled room costs.
    first : shape (kinds, places); after, before : shape (units,)
        Who is where, as chains: the first unit of a kind at a place, and its neighbours.
    move, back : shape (kinds, places, places)
        The cheapest move of a unit of a kind from one place to another; `back` is `move` the other way round.
    settled : shape (places,)
        Places that nothing was found for.
    log : shape (length, 2)
        The moves made: the unit, and the slot that it left.
    """

    place: Int32
    regret: Floats
    named: Int32
    kind: Int32
    slot: Int32
    sizes: Ints
    load: Ints
    most: Ints
    least: Ints
    price: Floats
    short: Floats
    room: Floats
    first: Ints
    after: Ints
    before: Ints
    move: Single
    back: Single
    settled: Bools
    log: Ints


@njit(cache=True, nogil=True)
def room_cost(board: Board, at: int, size: Ints, times: int, charge: float) -> float:
    """Charge a place for its room as it would be with `times` more units of a size."""
    total = 0.0
    for d in range(size.size):
        there = board.load[at, d] + times * size[d]
        free = board.most[at, d] - there
        price = board.price[at, d]
        if free < 0:
            total -= charge * free
        elif price > 0:
            total += price * free
        if there < board.least[at, d]:
            total += board.short[at, d] * (board.least[at, d] - there)
        elif price < 0:
            total -= price * (there - board.least[at, d])
    return total


@njit(cache=True, nogil=True)
def _link(board: Board, i: int, at: int) -> None:
    head = board.first[board.kind[i], at]
    board.after[i], board.before[i] = head, -1
    if head >= 0:
        board.before[head] = i
    board.first[board.kind[i], at] = i


@njit(cache=True, nogil=True)
def _unlink(board: Board, i: int, at: int) -> None:
    if board.before[i] >= 0:
        board.after[board.before[i]] = board.after[i]
    else:
        board.first[board.kind[i], at] = board.after[i]
    if board.after[i] >= 0:
        board.before[board.after[i]] = board.before[i]


@njit(cache=True, nogil=True)
def _offers(board: Board, kind: int, at: int) -> None:
    """Note the cheapest move of a unit of one kind from one place to each other, where there is a table of moves."""
    places = board.move.shape[1]
    if places == 0:
        return
    for b in range(places):
        board.move[kind, at, b] = FAR
    i = board.first[kind, at]
    while i >= 0:
        here = board.regret[i, board.slot[i]]
        for k in range(board.named[i]):
            b = board.place[i, k]
            board.move[kind, at, b] = min(board.move[kind, at, b], np.float32(board.regret[i, k] - here))
        i = board.after[i]
    board.move[kind, at, at] = FAR
    for b in range(places):
        board.back[kind, b, at] = board.move[kind, at, b]


@njit(cache=True, nogil=True)
def set_out(board: Board, charge: float) -> float:
    """Fill in loads, chains, moves and costs of room from the units' slots; returns the distance from the bound."""
    kinds, places = board.first.shape
    total = 0.0
    for i in range(board.place.shape[0]):
        at = board.place[i, board.slot[i]]
        _link(board, i, at)
        total += board.regret[i, board.slot[i]]
        for d in range(board.load.shape[1]):
            board.load[at, d] += board.sizes[board.kind[i], d]
    for b in range(places):
        board.room[b] = room_cost(board, b, board.sizes[0], 0, charge)
        total += board.room[b]
    for s in range(kinds):
        for a in range(places):
            _offers(board, s, a)
    return total


@njit(cache=True, nogil=True)
def put(board: Board, i: int, to: int, charge: float) -> float:
    """Move a unit to one of its slots; returns how much farther from the bound the plan is."""
    s, a, b = board.kind[i], board.place[i, board.slot[i]], board.place[i, to]
    change = board.regret[i, to] - board.regret[i, board.slot[i]] - board.room[a] - board.room[b]
    _unlink(board, i, a)
    board.slot[i] = to
    _link(board, i, b)
    for d in range(board.load.shape[1]):
        board.load[a, d] -= board.sizes[s, d]
        board.load[b, d] += board.sizes[s, d]
    board.room[a] = room_cost(board, a, board.sizes[s], 0, charge)
    board.room[b] = room_cost(board, b, board.sizes[s], 0, charge)
    _offers(board, s, a)
    _offers(board, s, b)
    return float(change + board.room[a] + board.room[b])


@njit(cache=True, nogil=True)
def take_back(board: Board, to: int, logged: int, charge: float) -> float:
    """Undo the moves of the log beyond `to`, the last first; returns how much farther from the bound the plan is."""
    change = 0.0
    for t in range(logged - 1, to - 1, -1):
        change += put(board, board.log[t, 0], board.log[t, 1], charge)
    return change


@njit(cache=True, nogil=True)
def _mover(board: Board, kind: int, a: int, b: int) -> tuple[int, int]:
    """Name the unit of a kind that moves from a to b most cheaply, and the slot that b is for it."""
    who, to, least = -1, -1, np.inf
    i = board.first[kind, a]
    while i >= 0:
        here = board.regret[i, board.slot[i]]
        for k in range(board.named[i]):
            if board.place[i, k] == b and board.regret[i, k] - here < least:
                who, to, least = i, k, board.regret[i, k] - here
        i = board.after[i]
    return who, to


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz", "nnan"})
def _nearer(so_far: np.float32, row: Single, out: Single) -> None:
    for b in range(row.size):
        out[b] = min(out[b], so_far + row[b])


@njit(cache=True, nogil=True)
def _walks(start: int, hops: int, move: Single, away: Single, nearest: Single) -> None:
    """Find the cheapest walks of so many hops from `start` to each place; `away` (hops + 1, places)."""
    nearest[:] = FAR
    for hop in range(hops + 1):
        for b in range(move.shape[0]):
            away[hop, b] = FAR
    away[0, start] = np.float32(0.0)
    for hop in range(hops):
        for a in range(move.shape[0]):
            # Who was as near by fewer hops has nothing to add.
            if away[hop, a] < nearest[a]:
                nearest[a] = away[hop, a]
                _nearer(away[hop, a], move[a], away[hop + 1])


@njit(cache=True, nogil=True)
def _retrace(end: int, hop: int, back: Single, away: Single, route: Ints) -> None:
    """Write the places of a walk from its start to its end into `route`."""
    b = end
    for h in range(hop, 0, -1):
        route[h] = b
        nearest, via = np.float32(np.inf), 0
        for a in range(back.shape[0]):
            so_far = away[h - 1, a] + back[b, a]
            if so_far < nearest:
                nearest, via = so_far, a
        b = via
    route[0] = b


@njit(cache=True, nogil=True)
def _look(
    board: Board, j: int, hops: int, charge: float, away: Single, near: Single, promise: Floats, end: Ints, length: Ints
) -> None:
    """Find for each kind the best walk out of a place (even positions) and into it (odd ones).

    `promise` is what the walk costs in regret and in room at its other end, infinite where there is none; `near` is
    what walks to each place cost in regret.
    """
    places = board.room.size
    for w in range(promise.size):
        s, outward = w // 2, w % 2 == 0
        promise[w] = np.inf
        near[w] = FAR
        if outward and board.first[s, j] < 0:
            continue
        _walks(j, hops, board.move[s] if outward else board.back[s], away[w], near[w])
        for b in range(places):
            nearest, at = FAR, 0
            for hop in range(1, hops + 1):
                if away[w, hop, b] < nearest:
                    nearest, at = away[w, hop, b], hop
            near[w, b] = nearest
            # What the other end costs falls by no more than all that it costs.
            if b == j or at == 0 or nearest - board.room[b] >= promise[w]:
                continue
            cost = nearest + room_cost(board, b, board.sizes[s], 1 if outward else -1, charge) - board.room[b]
            if cost < promise[w]:
                promise[w], end[w], length[w] = cost, b, at


@njit(cache=True, nogil=True)
def _set_of_walks(board: Board, j: int, most: int, charge: float, promise: Floats) -> tuple[float, int]:
    """Choose one to `most` (at most three) walks; returns what they promise together, and which goes first."""
    best, first = np.inf, -1
    both = np.empty(board.load.shape[1], np.int64)
    for x in range(promise.size):
        if promise[x] == np.inf:
            continue
        size_x, sign_x = board.sizes[x // 2], -1 if x % 2 == 0 else 1
        cost = promise[x] + room_cost(board, j, size_x, sign_x, charge)
        if cost < best:
            best, first = cost, x
        for y in range(x + 1, promise.size if most > 1 else 0):
            pair = promise[x] + promise[y]
            if not pair < best:
                continue
            for d in range(both.size):
                both[d] = sign_x * size_x[d] + (-1 if y % 2 == 0 else 1) * board.sizes[y // 2, d]
            cost = pair + room_cost(board, j, both, 1, charge)
            if cost < best:
                best, first = cost, x if promise[x] <= promise[y] else y
            for z in range(y + 1, promise.size if most > 2 else 0):
                if not pair + promise[z] < best:
                    continue
                for d in range(both.size):
                    both[d] += (-1 if z % 2 == 0 else 1) * board.sizes[z // 2, d]
                cost = pair + promise[z] + room_cost(board, j, both, 1, charge)
                for d in range(both.size):
                    both[d] -= (-1 if z % 2 == 0 else 1) * board.sizes[z // 2, d]
                if cost < best:
                    best, first = cost, x
    return best - board.room[j], first


@njit(cache=True, nogil=True)
def _cheapest(near: Single, b: int, walks: Ints, costs: Floats) -> int:
    """Sort the cheapest walks to a place into `walks` and `costs`; returns how many there are."""
    found = 0
    for w in range(near.shape[0]):
        cost = near[w, b]
        if cost >= FAR or (found == walks.size and cost >= costs[found - 1]):
            continue
        found = min(found + 1, walks.size)
        k = found - 1
        while k > 0 and costs[k - 1] > cost:
            walks[k], costs[k] = walks[k - 1], costs[k - 1]
            k -= 1
        walks[k], costs[k] = w, cost
    return found


@njit(cache=True, nogil=True)
def _both_rooms(board: Board, j: int, b: int, walk: int, net: Ints, charge: float) -> float:
    """Add a walk to what leaves one place for another; returns what the rooms of both cost then."""
    for d in range(net.size):
        net[d] += (1 if walk % 2 == 0 else -1) * board.sizes[walk // 2, d]
    return room_cost(board, j, net, -1, charge) + room_cost(board, b, net, 1, charge)


@njit(cache=True, nogil=True)
def _exchange(board: Board, j: int, charge: float, near: Single, chosen: Ints) -> int:
    """Choose one to three walks between a place and one other, there or back.

    near : ndarray, shape (walks, places)
        What the walks cost in regret, as `_look` found it.
    chosen : ndarray of int64, shape (3,)
        Filled in, with -1 for fewer than three.

    Returns
    -------
    int
        The other place, or -1 where nothing promises to bring the plan nearer to the bound.
    """
    best, other = -LEAST_GAIN, -1
    walks, costs = np.empty(CHEAPEST, np.int64), np.empty(CHEAPEST)
    nets = np.zeros((4, board.load.shape[1]), np.int64)
    for b in range(board.room.size):
        if b == j:
            continue
        # No more can be won than what the rooms of both cost; so walks have to cost less than that together.
        most = board.room[j] + board.room[b]
        found = _cheapest(near, b, walks, costs)
        for x in range(found):
            if costs[x] >= 0 and costs[x] - most >= best:
                break
            nets[1] = nets[0]
            total = costs[x] - most + _both_rooms(board, j, b, walks[x], nets[1], charge)
            if total < best:
                best, other = total, b
                chosen[0], chosen[1], chosen[2] = walks[x], -1, -1
            for y in range(x + 1, found):
                two = costs[x] + costs[y] - most
                if costs[y] >= 0 and two >= best:
                    break
                nets[2] = nets[1]
                total = two + _both_rooms(board, j, b, walks[y], nets[2], charge)
                if total < best:
                    best, other = total, b
                    chosen[0], chosen[1], chosen[2] = walks[x], walks[y], -1
                for z in range(y + 1, found):
                    three = two + costs[z]
                    if three >= best:
                        break
                    nets[3] = nets[2]
                    total = three + _both_rooms(board, j, b, walks[z], nets[3], charge)
                    if total < best:
                        best, other = total, b
                        chosen[0], chosen[1], chosen[2] = walks[x], walks[y], walks[z]
    return other


@njit(cache=True, nogil=True)
def _make(
    board: Board, kind: int, route: Ints, hops: int, outward: bool, logged: int, charge: float
) -> tuple[float, int, bool]:
    """Make the moves of a walk; returns the change of distance, the moves logged, and whether all were made."""
    change = 0.0
    for step in range(hops):
        # The last hop first: nobody is moved twice.
        h = hops - step if outward else step + 1
        a, b = (route[h - 1], route[h]) if outward else (route[h], route[h - 1])
        i, to = _mover(board, kind, a, b)
        if i < 0 or logged >= board.log.shape[0]:
            return change, logged, False
        board.log[logged, 0], board.log[logged, 1] = i, board.slot[i]
        logged += 1
        change += put(board, i, to, charge)
    return change, logged, True


@njit(cache=True, nogil=True)
def _make_chosen(
    board: Board, b: int, chosen: Ints, near: Single, away: Single, route: Ints, logged: int, charge: float
) -> tuple[float, int]:
    """Make the walks that `_exchange` chose; returns the change of distance, and the moves logged."""
    total = 0.0
    for w in chosen:
        if b < 0 or w < 0:
            break
        outward, hops = w % 2 == 0, 1
        while away[w, hops, b] > near[w, b]:
            hops += 1
        _retrace(b, hops, board.back[w // 2] if outward else board.move[w // 2], away[w], route)
        change, logged, whole = _make(board, w // 2, route, hops, outward, logged, charge)
        total += change
        if not whole:
            break
    return total, logged


@njit(cache=True, nogil=True)
def search(
    board: Board,
    distance: float,
    enough: float,
    logged: int,
    hops: int,
    costly_only: bool,
    charge: float,
    steps: int,
) -> tuple[float, int, int]:
    """Bring a plan nearer to the bound by chains of moves.

    1. Take the place whose room costs most and that is not settled.
    2. For each kind of unit find the cheapest walk of at most `hops` moves out of it and into it: each move of a walk
       brings a unit of the same kind one place on, so that only the loads of the two ends change.
    3. Of all sets of one to three such walks take the one that promises most, and make its first walk; look again, up
       to three times in all.
    4. Where that brings the plan no nearer, undo it, and try the set of one to three walks between the place and one
       other, there or back, that promises most: these change the loads of two places only, or none.
    5. Keep what was done if the plan came nearer; otherwise undo it and settle the place.

    It ends when the distance is `enough` or less, all places are settled, or after so many steps. With `costly_only`
    places are left alone whose room costs nothing, and step 4 is left out.

    Returns
    -------
    distance, logged, steps left
    """
    kinds, places = board.first.shape
    away, near = np.empty((2 * kinds, hops + 1, places), np.float32), np.empty((2 * kinds, places), np.float32)
    chosen = np.empty(3, np.int64)
    promise, end = np.empty(2 * kinds), np.empty(2 * kinds, np.int64)
    length, route = np.empty(2 * kinds, np.int64), np.empty(hops + 1, np.int64)
    while steps > 0 and distance > enough and logged + 3 * hops < board.log.shape[0]:
        j, worst = -1, 1e-12 if costly_only else -1.0
        for b in range(places):
            if not board.settled[b] and board.room[b] > worst:
                j, worst = b, board.room[b]
        if j < 0:
            break
        steps -= 1
        before, undo_to = distance, logged
        for walk in range(3):
            _look(board, j, hops, charge, away, near, promise, end, length)
            change, w = _set_of_walks(board, j, 3 - walk, charge, promise)
            if w < 0 or not distance + change < before - LEAST_GAIN:
                break
            outward = w % 2 == 0
            toward = board.back[w // 2] if outward else board.move[w // 2]
            _retrace(end[w], length[w], toward, away[w], route)
            change, logged, whole = _make(board, w // 2, route, length[w], outward, logged, charge)
            distance += change
            if not whole or distance < before - LEAST_GAIN:
                break
        if not costly_only and not distance < before - LEAST_GAIN:
            distance += take_back(board, undo_to, logged, charge)
            logged = undo_to
            _look(board, j, hops, charge, away, near, promise, end, length)
            b = _exchange(board, j, charge, near, chosen)
            change, logged = _make_chosen(board, b, chosen, near, away, route, logged, charge)
            distance += change
        if distance < before - LEAST_GAIN:
            for t in range(undo_to, logged):
                i = board.log[t, 0]
                board.settled[board.place[i, board.log[t, 1]]] = False
                board.settled[board.place[i, board.slot[i]]] = False
        else:
            distance += take_back(board, undo_to, logged, charge)
            logged = undo_to
            board.settled[j] = True
    return distance, logged, steps


@njit(cache=True, nogil=True)
def shake(board: Board, who: Ints, lots: Floats, charge: float) -> float:
    """Move a few units whatever it costs, and look at their places again; returns the change of distance.

    who : ndarray of int64, shape (few,)
        Units with more than one place.
    lots : ndarray, shape (few,)
        From 0 to 1: which of its other places each goes to.
    """
    change = 0.0
    for few in range(who.size):
        i = who[few]
        to = int(lots[few] * (board.named[i] - 1))
        to += to >= board.slot[i]
        board.log[few, 0], board.log[few, 1] = i, board.slot[i]
        board.settled[board.place[i, board.slot[i]]] = False
        board.settled[board.place[i, to]] = False
        change += put(board, i, to, charge)
    return change


@njit(cache=True, nogil=True)
def shifts(
    board: Board, distance: float, enough: float, charge: float, begins: Ints, unit: Int32, at: Int32, steps: int
) -> tuple[float, int]:
    """Bring a plan nearer to the bound by single moves, for more places than a table of moves can hold.

    begins : ndarray of int64, shape (places + 1,); unit, at : ndarray of int32
        For each place, from `begins` of it to that of the next: the units that name it, and in which slot.

    Returns
    -------
    distance, steps left
    """
    places = board.room.size
    while steps > 0 and distance > enough:
        j, worst = -1, 1e-12
        for b in range(places):
            if not board.settled[b] and board.room[b] > worst:
                j, worst = b, board.room[b]
        if j < 0:
            break
        steps -= 1
        best, who, to = -LEAST_GAIN, -1, -1
        for t in range(begins[j], begins[j + 1]):
            i = unit[t]
            here = board.slot[i]
            a = board.place[i, here]
            size = board.sizes[board.kind[i]]
            if a != j:
                change = board.regret[i, at[t]] - board.regret[i, here] - worst - board.room[a]
                # Room costs nothing at least: what cannot pay even then need not be worked out.
                if change >= best:
                    continue
                change += room_cost(board, a, size, -1, charge) + room_cost(board, j, size, 1, charge)
                if change < best:
                    best, who, to = change, i, at[t]
                continue
            left = room_cost(board, j, size, -1, charge) - worst - board.regret[i, here]
            for k in range(board.named[i]):
                b = board.place[i, k]
                if b == j or left + board.regret[i, k] - board.room[b] >= best:
                    continue
                change = left + board.regret[i, k] + room_cost(board, b, size, 1, charge) - board.room[b]
                if change < best:
                    best, who, to = change, i, k
        if who < 0:
            board.settled[j] = True
            continue
        board.settled[board.place[who, board.slot[who]]] = False
        board.settled[board.place[who, to]] = False
        distance += put(board, who, to, charge)
    return distance, steps
