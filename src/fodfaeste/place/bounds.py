"""What prices prove: no plan is worth more than all room at its price and each unit at its best place, room paid for.

This is the plain reading of a certificate, in double precision and block by block, so that scores are never formed
whole. Method: Lagrangian relaxation of the capacities (Everett 1963; Geoffrion 1974); any prices prove a bound, the
dual of the linear programme the lowest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.objective import compatriots, slopes
from fodfaeste.place.problem import NOWHERE, Goal, Ints
from fodfaeste.place.scores import blocks
from fodfaeste.place.units import Units

Floats = NDArray[np.float64]


def lagrangian_bound(units: Units, prices: Floats, unplaced_price: float) -> float:
    """Bound what the open units can be worth, from prices of room.

    Parameters
    ----------
    units : Units
    prices : ndarray of float64, shape (places, dimensions)
        Prices of zero or more count with the capacity. Below zero, those of persons count with the minimum, and those
        of other dimensions with nothing.
    unplaced_price : float
        Taken off per person left unplaced; infinite where nobody who has a place to go to may be left.

    Returns
    -------
    float
        At least the value of every plan that keeps the capacities and minimums, less `unplaced_price` per person it
        leaves unplaced.
    """
    paid = float((np.maximum(prices, 0) * units.capacity).sum())
    paid += float((np.minimum(prices[:, units.person_dimension], 0) * units.minimum).sum())
    return paid + float(sum(best.sum() for best in _best(units, np.asarray(prices, np.float64), unplaced_price)))


def _best(units: Units, prices: Floats, unplaced_price: float) -> Iterator[Floats]:
    """Give what each unit has left when it pays for its best place, or stays unplaced if that is better."""
    for rows, scores in blocks(units.scores):
        may = units.may(rows)
        left = np.where(may, scores - units.sizes[rows] @ prices.T, -np.inf).max(axis=1, initial=-np.inf)
        persons = units.persons[rows]
        # A unit that is nobody, and one that has no place to go to, may be left whatever the price.
        free = (persons == 0) | (~may.any(axis=1) & np.isinf(unplaced_price))
        yield np.maximum(left, np.where(free, 0.0, -unplaced_price * np.maximum(persons, 1)))


def certified_bound(units: Units, goal: Goal, prices: Floats, unplaced_price: float, persons_placed: int) -> float:
    """Bound the objective of every plan of the whole problem that places at least so many persons.

    `lagrangian_bound`, with the value of the locked, and what the goal adds at most: deviations and floors only ever
    take away, compatriots add at most their first step. Under `unplaced="first"` a finite `unplaced_price` is the
    price of the condition that so many are placed, and is given back for those who need not be.

    Parameters
    ----------
    units : Units
    goal : Goal
    prices : ndarray of float64, shape (places, dimensions)
        Where minimums are soft, what lies below minus their price is read as minus their price.
    unplaced_price : float
        Under a price for the unplaced, that price.
    persons_placed : int
    """
    persons = units.problem.persons
    minimum = units.minimum
    bound = units.value(locked_places(units)) + _most_bonus(units, goal)
    if goal.short_price is not None:
        # What a place has no room for is paid in any plan: prices need not ask for it.
        beyond = np.maximum(minimum - units.capacity[:, units.person_dimension], 0)
        bound -= goal.short_price * float(beyond.sum())
        minimum = minimum - beyond
        prices = np.maximum(prices, -goal.short_price)
    bound += lagrangian_bound(replace(units, minimum=minimum), prices, unplaced_price)
    if goal.unplaced == "first" and np.isfinite(unplaced_price):
        bound += unplaced_price * float(persons.sum() - persons_placed)
    return float(bound)


def locked_places(units: Units) -> Ints:
    """Give the places of the households that are locked, or tied to one that is; `NOWHERE` for the others."""
    return units.spread(np.full(units.shape[0], NOWHERE))


def _most_bonus(units: Units, goal: Goal) -> float:
    """Bound what compatriots add: each of a known network at the place where one more is worth most."""
    if goal.network is None:
        return 0.0
    network, problem = goal.network, units.problem
    slope = slopes(network)
    total = 0.0
    for of, persons in zip(compatriots(problem, network), problem.persons.tolist(), strict=True):
        if not of:
            continue
        stocks = (network.stock.get((place, of), 0) for place in problem.places)
        total += persons * max(0.0, *(slope[min(stock // network.step, slope.size - 1)] for stock in stocks))
    return total
