"""Sampled futures stay optimal whatever happens to them: HiGHS says what the optimum is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from fodfaeste.place.online import batch_kernels as kernels
from fodfaeste.place.online.kernels import ENOUGH, Known

from .years import a_year


def worths(problem):
    return np.where(problem.allowed, problem.outcomes["work"] / problem.sizes, -np.inf)


def made(room, worth, size, futures=2):
    """Futures with nobody in them."""
    places, slots = room.size, 3 * size.size + 1
    known = Known(np.hstack([worth, np.zeros((size.size, 1))]), size.copy(), np.append(room, ENOUGH))
    nodes = places + 1
    return known, kernels.Futures(
        np.zeros((futures, 1), np.int64),
        np.zeros((futures, 1), np.int64),
        np.zeros((futures, slots), np.int64),
        np.zeros((futures, nodes, slots), np.int16),
        np.tile(known.room, (futures, 1)),
        np.full((futures, nodes, nodes), np.inf),
        np.zeros((futures, nodes, nodes), np.int64),
    )


def worth_of(known, futures, number=0):
    """Add up what the members are worth where they are, and check that the room and the members add up."""
    future = kernels.future_of(futures, number)
    members = future.member[: future.many[0]]
    flow = future.flow[:, : members.size].astype(int)
    assert (flow >= 0).all()
    assert flow.sum(axis=0).tolist() == known.size[members].tolist()
    assert (flow.sum(axis=1) + future.free).tolist() == known.room.tolist()
    assert (future.free >= 0).all()
    assert future.persons[0] == known.size[members].sum()
    return float((np.where(flow[:-1] > 0, known.worth[members, :-1].T, 0) * flow[:-1]).sum())


def best_of_programme(known, members):
    """The linear programme: households may be divided, those too large for a place are not placed there."""
    size, worth, room = known.size[members], known.worth[members, :-1], known.room[:-1]
    unit, place = np.nonzero(np.isfinite(worth) & (size[:, None] <= room))
    if unit.size == 0:
        return 0.0
    rows = np.zeros((members.size + room.size, unit.size))
    rows[unit, np.arange(unit.size)] = 1
    rows[members.size + place, np.arange(unit.size)] = 1
    solved = optimize.linprog(-worth[unit, place], A_ub=rows, b_ub=np.concatenate([size, room]), method="highs")
    return -solved.fun


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), steps=st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_a_future_is_optimal_after_households_come_and_go_and_room_is_taken(seed, steps):
    rng = np.random.Generator(np.random.PCG64(seed))
    year = a_year(seed, households=14, places=4)
    known, futures = made(rng.integers(0, 14, 4), worths(year), year.persons, futures=1)
    kernels.come(futures, known, 0, 7)
    following = 7
    for step in steps:
        if step == 0 and following < 14:
            kernels.come(futures, known, following, following + 1)
            following += 1
        elif step == 1 and futures.many[0, 0] > 0:
            kernels.go(futures, known, int(futures.member[0, rng.integers(futures.many[0, 0])]))
        else:
            place = int(rng.integers(4))
            kernels.take_room(futures, known, place, int(rng.integers(0, known.room[place] + 1)))
        members = futures.member[0, : futures.many[0, 0]]
        assert worth_of(known, futures) == pytest.approx(best_of_programme(known, members), abs=1e-7)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_price_of_room_is_what_one_unit_less_loses_and_one_more_gains(seed):
    rng = np.random.Generator(np.random.PCG64(seed))
    year = a_year(seed, households=10, places=4)
    # Room of eight and more, so that no household becomes too large by one unit.
    known, futures = made(rng.integers(8, 12, 4), worths(year), year.persons, futures=1)
    kernels.come(futures, known, 0, 10)
    members = futures.member[0, :10].copy()
    now = best_of_programme(known, members)
    less, more = (kernels.prices(futures, known, share)[0, :-1] for share in (1.0, 0.0))
    for place in range(4):
        for change, price in ((-1, less[place]), (1, more[place])):
            known.room[place] += change
            then = best_of_programme(known, members)
            known.room[place] -= change
            assert abs(then - now) == pytest.approx(price, abs=1e-7)


def test_a_place_without_room_has_the_price_of_what_room_there_would_gain():
    known, futures = made(np.array([0, 3]), np.array([[2.0, 0.5]]), np.array([3]), futures=1)
    kernels.come(futures, known, 0, 1)
    # Three persons do not fit into one unit: the household would not come.
    assert kernels.prices(futures, known, 0.5)[0].tolist() == [0.0, 0.25, 0.0]


def test_room_that_is_revised_is_used_anew():
    year = a_year(3, households=8, places=3)
    known, futures = made(np.array([2, 2, 2]), worths(year), year.persons)
    kernels.come(futures, known, 0, 8)
    known.room[:-1] = [9, 0, 4]
    kernels.rebuild(futures, known)
    for number in range(2):
        members = futures.member[number, :8]
        assert worth_of(known, futures, number) == pytest.approx(best_of_programme(known, members), abs=1e-9)


def best_whole(known, members, place, room, price):
    """Whole households for one place by trying every subset, each beyond its best other place."""
    size, worth = known.size[members], known.worth[members]
    net = np.where(size[:, None] <= known.room[:-1], worth[:, :-1] - price[:-1], -np.inf)
    net[:, place] = -np.inf
    gain = size * (worth[:, place] - np.maximum(net.max(axis=1), 0))
    best = 0.0
    for subset in range(2**members.size):
        chosen = [one for one in range(members.size) if subset >> one & 1]
        if size[chosen].sum() <= room and np.isfinite(gain[chosen]).all():
            best = max(best, float(gain[chosen].sum()))
    return best


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_loss_of_a_household_is_that_of_the_best_whole_households_without_its_room(seed):
    rng = np.random.Generator(np.random.PCG64(seed))
    year = a_year(seed, households=8, places=3)
    known, futures = made(rng.integers(0, 9, 3), worths(year), year.persons, futures=1)
    kernels.come(futures, known, 0, 8)
    price = kernels.prices(futures, known, 0.5)
    household = int(rng.integers(8))
    size = int(known.size[household])
    may = known.room[:-1] >= size
    loss = kernels.knapsack_losses(futures, known, household, price, may)
    others = np.array([one for one in range(8) if one != household])
    for place in range(3):
        room = known.room[place]
        if may[place]:
            without = best_whole(known, others, place, room - size, price[0])
            assert loss[place] == pytest.approx(best_whole(known, others, place, room, price[0]) - without, abs=1e-9)
        else:
            assert loss[place] == 0


def test_a_future_holds_about_as_many_persons_as_are_to_come_and_keeps_who_is_certain():
    year = a_year(5, households=30, places=4)
    known, futures = made(np.full(4, 20), worths(year), year.persons, futures=60)
    rng = np.random.Generator(np.random.PCG64(1))
    cumulative = np.arange(1.0, 21.0)
    for to_come in (40, 17, 0):
        kernels.resize(rng, futures, known, cumulative, np.full(60, to_come), 31)
        assert abs(futures.persons.mean() - to_come) < 0.8
        assert (np.abs(futures.persons - to_come) < 5).all()
    kernels.come(futures, known, 20, 23)
    certain = int(known.size[20:23].sum())
    kernels.resize(rng, futures, known, cumulative, np.full(60, 10), 20)
    kernels.resize(rng, futures, known, cumulative, np.full(60, 0), 20)
    assert (futures.persons == certain).all()
    worth_of(known, futures, 7)


def test_households_that_came_are_drawn_by_their_weight():
    """After one of weight 3 came beside 20 of weight 1, each member is it with 3 chances in 23."""
    year = a_year(6, households=21, places=4)
    size = np.ones(21, np.int64)
    known, futures = made(np.full(4, 20), worths(year), size, futures=400)
    rng = np.random.Generator(np.random.PCG64(2))
    kernels.resize(rng, futures, known, np.arange(1.0, 21.0), np.full(400, 20), 22)
    kernels.learn(rng, futures, known, 20, 3 / 23)
    drawn = futures.member[:, :20].ravel()
    shares = np.bincount(drawn, minlength=21) / drawn.size
    assert shares[20] == pytest.approx(3 / 23, abs=0.012)
    assert shares[:20].tolist() == pytest.approx([1 / 23] * 20, abs=0.012)


def test_nobody_is_drawn_where_nobody_is_known():
    known, futures = made(np.array([5]), np.zeros((3, 1)), np.array([2, 0, 1]))
    rng = np.random.Generator(np.random.PCG64(2))
    for cumulative in (np.zeros(0), np.zeros(3)):
        kernels.resize(rng, futures, known, cumulative, np.full(2, 9), 4)
        assert futures.many.tolist() == [[0], [0]]
    kernels.come(futures, known, 0, 3)
    assert futures.many.tolist() == [[2], [2]]
