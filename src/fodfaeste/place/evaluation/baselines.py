"""What a plan is compared with: places drawn at random, households in turn at their best place, the rule of today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import BadInput
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.evaluation.kernels import fill_at_random
from fodfaeste.place.evaluation.worth import at_places
from fodfaeste.place.problem import NOWHERE, WISHES, Goal, Ints, Problem
from fodfaeste.place.scores import Scores, block
from fodfaeste.place.units import Units, units_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chance:
    """What households get on average when places are drawn at random.

    Attributes
    ----------
    mean : ndarray of float64, shape (households,)
        Mean over the draws in which the household got a place; 0 for who never did.
    totals : ndarray of float64, shape (draws,)
        Sum over the households placed, draw by draw.
    placed : ndarray of float64, shape (households,)
        Share of the draws in which it got a place.
    """

    mean: Floats
    totals: Floats
    placed: Floats


def random_placements(problem: Problem, draws: int, seed: int) -> Iterator[Ints]:
    """Draw feasible placements.

    Larger households draw first, those of one size in random order, so that few are left without room; each draws
    among the places that are allowed and have room for it, with chances in proportion to the room left for persons.
    Ties go together and locks stay. Minimums are not looked at.

    Parameters
    ----------
    problem : Problem
    draws : int
    seed : int
        The same seed gives the same placements.

    Yields
    ------
    ndarray of int64, shape (households,)
        Places by position, `NOWHERE` for who found no room.
    """
    if draws < 1:
        raise BadInput(Fault(f"{draws} draws", "at least 1, better 500", "Draw more."))
    rng = np.random.Generator(np.random.PCG64(seed))
    units = units_of(problem, Goal(weights={}))
    many = units.shape[0]
    may = units.may(slice(0, many))
    for _ in range(draws):
        order = np.lexsort((rng.random(many), -units.persons))
        drawn = fill_at_random((order, rng.random(many)), units.sizes, may, units.capacity, units.person_dimension)
        yield units.spread(drawn)


def chances_of(problem: Problem, scores: Mapping[str, Scores], draws: int, seed: int) -> dict[str, Chance]:
    """Average several scores of households over the same random placements."""
    households = len(problem.households)
    total = {name: np.zeros(households) for name in scores}
    totals = {name: np.zeros(draws) for name in scores}
    times = np.zeros(households)
    for draw, place in enumerate(random_placements(problem, draws, seed)):
        times += place != NOWHERE
        for name, of in scores.items():
            got = at_places(of, place)
            total[name] += got
            totals[name][draw] = got.sum()
    return {name: Chance(total[name] / np.maximum(times, 1), totals[name], times / draws) for name in scores}


def greedy_placement(problem: Problem, goal: Goal) -> Ints:
    """Give each household in turn (by arrival, or as listed) its best place with room; shape (households,)."""
    return _in_turn(problem, units_of(problem, goal), even=False)


def today_placement(problem: Problem) -> Ints:
    """Place as is done without forecasts: in turn, by what was wished for, else where most room is left.

    Each household in turn (by arrival, or as listed) goes to the place with room that it wished for most; among places
    that it wished for alike, or not at all, to the one with the largest share of its room left. Rules, ties and locks
    hold. Shape (households,).
    """
    weights = {} if problem.wishes is None else {WISHES: 1.0}
    return _in_turn(problem, units_of(problem, Goal(weights=weights)), even=True)


def _in_turn(problem: Problem, units: Units, *, even: bool) -> Ints:
    room, place = units.capacity.copy(), np.full(units.shape[0], NOWHERE)
    persons = units.person_dimension
    full = np.maximum(room[:, persons], 1)
    for unit in _turns(problem, units):
        row = np.array([unit])
        open_ = units.may(row)[0] & (units.sizes[unit] <= room).all(axis=1)
        if open_.any():
            scores = np.where(open_, np.asarray(block(units.scores, row), np.float64)[0], -np.inf)
            best = np.flatnonzero(scores == scores.max())
            share = room[best, persons] / full[best]
            place[unit] = int(best[share.argmax()] if even else best[0])
            room[place[unit]] -= units.sizes[unit]
    return units.spread(place)


def _turns(problem: Problem, units: Units) -> list[int]:
    turn = np.arange(units.shape[0])
    if problem.arrival is not None:
        first = np.full(turn.size, np.datetime64("9999-01-01"))
        free = np.flatnonzero(units.unit_of != NOWHERE)
        np.minimum.at(first, units.unit_of[free], problem.arrival[free].astype("datetime64[D]"))
        turn = np.argsort(first, kind="stable")
    return [int(one) for one in turn]
