"""One batch as a small problem of its own: the best plan for it in the room left, where room has its price."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.exact import solve_exactly
from fodfaeste.place.online.decide import Arrivals, best_of
from fodfaeste.place.problem import Goal, Ints, Problem

Floats = NDArray[np.float64]


def solved(batch: Arrivals, prices: Floats, room: Ints, bonus: float, *, must_place: bool) -> Ints:
    """Place a batch so that its scores less the price of its room are largest.

    Parameters
    ----------
    batch : Arrivals
    prices : ndarray of float64, shape (places, dimensions)
    room : ndarray of int64, shape (places, dimensions)
    bonus : float
        Worth of placing a person.
    must_place : bool
        Whether as many persons as possible are placed before anything else.

    Returns
    -------
    ndarray of int64, shape (units,)
    """
    net = batch.scores - batch.sizes @ prices.T
    if batch.persons.size == 1:
        least = -np.inf if must_place else -bonus * float(batch.persons[0])
        return np.array([best_of(net[0], batch.fits(0, room), least=least)])
    units, places = net.shape
    dimensions = tuple(f"d{number}" for number in range(room.shape[1]))
    problem = Problem(
        households=tuple(map(str, range(units))),
        places=tuple(map(str, range(places))),
        dimensions=("persons", *dimensions),
        # People are counted beside the dimensions, whichever of those counts them, and have room everywhere.
        sizes=np.column_stack([batch.persons, batch.sizes]),
        capacity=np.column_stack([np.full(places, batch.persons.sum()), room]),
        outcomes={"net": net},
        allowed=batch.may,
    )
    return solve_exactly(problem, Goal(unplaced="first" if must_place else bonus)).place
