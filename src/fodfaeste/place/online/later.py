"""What room is worth to those who come later in the year: the price of a place, before anybody takes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fodfaeste.place.online.arrivals import ArrivalModel
from fodfaeste.place.online.futures import OF_LESS, Floats
from fodfaeste.place.online.outlook import SAMPLES, outlook_of, shown
from fodfaeste.place.problem import Goal, Problem
from fodfaeste.place.units import units_of

NO_PRICE = 1e-9
"""Below it room is wanted by nobody."""


@dataclass(frozen=True, eq=False)
class Later:
    """What the rest of the year asks of each place.

    Attributes
    ----------
    price : ndarray of float64, shape (places,)
        What room for a person is worth to others, those who wait and those to come, on average over futures; in units
        of the goal's score.
    wanted : ndarray of float64, shape (places,)
        In which share of the futures all room there finds somebody who gains by it.
    persons : float
        Still to come besides those of the problem, on average.
    samples : int
        How many futures.
    """

    price: Floats
    wanted: Floats
    persons: float
    samples: int


def needed_later(
    problem: Problem, goal: Goal, arrivals: ArrivalModel, *, samples: int = SAMPLES, seed: int = 0
) -> Later:
    """Price the room of each place by who may still come this year.

    Futures are drawn from the households of the arrival model; each holds all who wait now, and places everybody so
    that the most is gained. Room is counted in persons: what else a place lacks is kept where households are placed,
    by `place.solve`.

    Parameters
    ----------
    problem : Problem
        All who wait now, with the room that is left.
    goal : Goal
    arrivals : ArrivalModel
        `persons` counts those who wait and those still to come.
    samples : int
    seed : int

    Returns
    -------
    Later

    Raises
    ------
    BadInput
        If earlier years have other places or dimensions.
    """
    units = units_of(problem, goal)
    everybody = np.arange(units.shape[0])
    outlook = outlook_of(units, goal, arrivals, everybody, samples)
    room = units.capacity[:, [problem.person_dimension]]
    futures = outlook.futures(room, samples, outlook.own_weight, np.random.Generator(np.random.PCG64(seed)))
    waiting = shown(units, everybody)
    futures.begin(outlook.worth(waiting), waiting.persons)
    prices = futures.prices_by_future(OF_LESS)
    return Later(prices.mean(axis=0), (prices > NO_PRICE).mean(axis=0), futures.to_come, samples)
