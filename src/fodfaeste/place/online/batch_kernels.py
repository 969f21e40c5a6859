"""What is done to all sampled futures at once: draw them, let a batch come, weigh places, learn from who came."""

# numba's decorators carry no types; what they decorate is typed by hand.
# mypy: disallow-untyped-decorators=False

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from fodfaeste.place.online.kernels import (
    TOLERANCE,
    Array,
    Future,
    Ints,
    Known,
    gain_of_room,
    insert,
    losses_of_room,
    remove,
    shrink,
)


class Futures(NamedTuple):
    """Several futures over the same known households and the same room: each field of `Future`, one a row."""

    many: Ints
    persons: Ints
    member: Ints
    flow: NDArray[np.int16]
    free: Ints
    move: Array
    via: Ints


@njit(cache=True, nogil=True)
def future_of(futures: Futures, number: int) -> Future:
    """Give one of the futures; what is changed in it is changed in them."""
    return Future(
        futures.many[number],
        futures.persons[number],
        futures.member[number],
        futures.flow[number],
        futures.free[number],
        futures.move[number],
        futures.via[number],
    )


@njit(cache=True, nogil=True)
def resize(  # noqa: PLR0917 (numba knows no keywords)
    rng: np.random.Generator, futures: Futures, known: Known, cumulative: Array, to_come: Ints, certain: int
) -> None:
    """Draw households into each future, or take some out, until as many persons are in it as are to come.

    The last household is drawn or left by lot, so that the number is right on average.

    Parameters
    ----------
    rng : numpy.random.Generator
    futures : Futures
    known : Known
    cumulative : ndarray of float64, shape (drawable,)
        Summed weights of the known households that may be drawn; empty: nobody is.
    to_come : ndarray of int64, shape (futures,)
        Persons, beyond those that are certain.
    certain : int
        Known households from this one on have come; they are never taken out here.
    """
    nodes = known.room.size
    distance, after = np.empty(nodes), np.empty(nodes, np.int64)
    drawable = cumulative.size > 0 and cumulative[-1] > 0
    for number in range(futures.many.shape[0]):
        future = future_of(futures, number)
        uncertain = 0
        for slot in range(future.many[0]):
            if future.member[slot] < certain:
                uncertain += known.size[future.member[slot]]
        while uncertain > to_come[number]:
            slot = rng.integers(0, future.many[0])
            if future.member[slot] >= certain:
                continue
            size = known.size[future.member[slot]]
            if uncertain - to_come[number] < size and rng.random() * size >= uncertain - to_come[number]:
                break
            uncertain -= size
            remove(slot, known, future, distance, after)
        while drawable and uncertain < to_come[number]:
            household = np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right")
            size = known.size[household]
            if to_come[number] - uncertain < size and rng.random() * size >= to_come[number] - uncertain:
                break
            uncertain += size
            insert(household, known, future, distance, after)


@njit(cache=True, nogil=True)
def come(futures: Futures, known: Known, first: int, stop: int) -> None:
    """Put the households of a batch, `first` to before `stop`, into every future: they are certain."""
    nodes = known.room.size
    distance, after = np.empty(nodes), np.empty(nodes, np.int64)
    for number in range(futures.many.shape[0]):
        future = future_of(futures, number)
        for household in range(first, stop):
            if known.size[household] > 0:
                insert(household, known, future, distance, after)


@njit(cache=True, nogil=True)
def go(futures: Futures, known: Known, household: int) -> None:
    """Take a certain household out of every future: it is being decided."""
    nodes = known.room.size
    distance, after = np.empty(nodes), np.empty(nodes, np.int64)
    for number in range(futures.many.shape[0]):
        future = future_of(futures, number)
        for slot in range(future.many[0]):
            if future.member[slot] == household:
                remove(slot, known, future, distance, after)
                break


@njit(cache=True, nogil=True)
def take_room(futures: Futures, known: Known, place: int, persons: int) -> None:
    """Take room from a place, in what is known and in every future."""
    nodes = known.room.size
    distance, after = np.empty(nodes), np.empty(nodes, np.int64)
    known.room[place] -= persons
    for number in range(futures.many.shape[0]):
        shrink(place, persons, known, future_of(futures, number), distance, after)


@njit(cache=True, nogil=True)
def rebuild(futures: Futures, known: Known) -> None:
    """Place the members of every future anew, after the room of places was revised."""
    nodes = known.room.size
    distance, after = np.empty(nodes), np.empty(nodes, np.int64)
    for number in range(futures.many.shape[0]):
        future = future_of(futures, number)
        members = future.member[: future.many[0]].copy()
        future.many[0] = 0
        future.persons[0] = 0
        future.flow[:] = 0
        future.free[:] = known.room
        future.move[:] = np.inf
        for household in members:
            insert(household, known, future, distance, after)


@njit(cache=True, nogil=True)
def learn(rng: np.random.Generator, futures: Futures, known: Known, household: int, share: float) -> None:
    """Let a household that came stand for members of the futures, each with its share of all weights.

    If every member was drawn by the weights before, every member is now drawn by the weights with it.
    """
    nodes = known.room.size
    distance, after = np.empty(nodes), np.empty(nodes, np.int64)
    for number in range(futures.many.shape[0]):
        future = future_of(futures, number)
        for _ in range(rng.binomial(future.many[0], share)):
            slot = rng.integers(0, future.many[0])
            while future.member[slot] == household:
                slot = rng.integers(0, future.many[0])
            remove(slot, known, future, distance, after)
            insert(household, known, future, distance, after)


@njit(cache=True, nogil=True)
def prices(futures: Futures, known: Known, of_less: float) -> Array:
    """Say what a unit of room is worth at each place, on average over futures.

    Parameters
    ----------
    futures : Futures
    known : Known
    of_less : float
        Between what one unit more would gain (0) and what one unit less would lose (1).

    Returns
    -------
    ndarray of float64, shape (futures, places + 1)
    """
    nodes = known.room.size
    distance, after = np.empty(nodes), np.empty(nodes, np.int64)
    price = np.zeros((futures.many.shape[0], nodes))
    for number in range(futures.many.shape[0]):
        future = future_of(futures, number)
        losses_of_room(future, distance, after)
        price[number] = distance
        for place in range(nodes - 1):
            # Where nobody can lose room, because there is none, only what more of it would gain is known.
            share = of_less if price[number, place] < np.inf else 0.0
            if share < 1 and future.free[place] == 0:
                start = gain_of_room(place, future, distance, after)
                gain = -distance[start] if start >= 0 else 0.0
                less = share * price[number, place] if share > 0 else 0.0
                price[number, place] = less + (1 - share) * gain
    price[:, nodes - 1] = 0.0
    return price


@njit(cache=True, nogil=True)
def knapsack_losses(futures: Futures, known: Known, household: int, price: Array, may: NDArray[np.bool_]) -> Array:
    """Say what the others to come lose on average if a household takes its room at each place.

    In each future the best whole households for the room of the place are found by dynamic programming, each gaining
    what it has there beyond its best other place at that future's prices; once with the room, once without it.

    Parameters
    ----------
    futures : Futures
    known : Known
    household : int
        Left out of the futures if it is certain in them.
    price : ndarray of float64, shape (futures, places + 1)
    may : ndarray of bool, shape (places,)
        Where the household may go, and has room to.

    Returns
    -------
    ndarray of float64, shape (places,)
    """
    number_of, places = futures.many.shape[0], known.room.size - 1
    loss = np.zeros(places)
    size = known.size[household]
    slots = futures.member.shape[1]
    first, second, favourite = np.empty(slots), np.empty(slots), np.empty(slots, np.int64)
    best = np.zeros(known.room[:places].max() + 1)
    for number in range(number_of):
        count, members = futures.many[number, 0], futures.member[number]
        for slot in range(count):
            other = members[slot]
            first[slot], second[slot], favourite[slot] = 0.0, 0.0, places
            for place in range(places):
                if known.size[other] <= known.room[place]:
                    left = known.worth[other, place] - price[number, place]
                    if left > first[slot]:
                        second[slot] = first[slot]
                        first[slot], favourite[slot] = left, place
                    elif left > second[slot]:
                        second[slot] = left
        for place in range(places):
            room = known.room[place]
            if not may[place]:
                continue
            best[: room + 1] = 0.0
            for slot in range(count):
                other = members[slot]
                persons = known.size[other]
                if other == household:
                    continue
                elsewhere = second[slot] if favourite[slot] == place else first[slot]
                gain = persons * (known.worth[other, place] - elsewhere)
                if persons <= room and gain > TOLERANCE:
                    for used in range(room, persons - 1, -1):
                        best[used] = max(best[used], best[used - persons] + gain)
            loss[place] += (best[room] - best[room - size]) / number_of
    return loss
