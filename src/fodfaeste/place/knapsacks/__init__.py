"""A closer bound than prices of room give: prices of households, and a knapsack for every place.

Prices of room let a place sell halves of households. If instead each household has a price, and each place chooses
whole ones that fit, the bound is the prices and what all places gain beyond them; it is never farther than that of the
linear programme, and nearer where households are of different sizes (Geoffrion 1974; for this problem Fisher, Jaikumar
and Van Wassenhove 1986). It also says what any pair of household and place would cost at least, so that most can be
left out of a search.

One dimension, and no minimums.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.knapsacks.kernels import fill, loss_with
from fodfaeste.place.problem import Bools, Ints
from fodfaeste.place.scores import block
from fodfaeste.place.units import Units

Floats = NDArray[np.float64]

STEPS, WORK = 600, 1_500_000
"""Times that the prices are changed, at most, and times pairs, so that many pairs are not looked at for long."""

PATIENCE, SHORTER, SHORTEST = 12, 0.6, 2e-3
"""Steps without a better bound after which they are made shorter, by how much, and how short they get."""

INERTIA = 0.7
"""How much of the last direction a step keeps."""

Told = Callable[[float], None]
"""Hears the bound so far; may raise to stop."""


@dataclass(frozen=True, eq=False)
class Choices:
    """Pairs of unit and place, place by place.

    begins : ndarray of int64, shape (places + 1,)
    unit, place, size : ndarray of int64, shape (pairs,)
    gain : ndarray of float64, shape (pairs,)
    room : ndarray of int64, shape (places,)
    lowest : ndarray of float64, shape (units,)
        What being unplaced is worth: a unit's price is no lower. Minus infinity where it has to be placed.
    """

    begins: Ints
    unit: Ints
    place: Ints
    size: Ints
    gain: Floats
    room: Ints
    lowest: Floats


@dataclass(frozen=True, eq=False)
class Bounded:
    """Prices of units with the bound that they prove over the choices."""

    bound: float
    prices: Floats


def useful(units: Units, prices: Floats, worse: float) -> tuple[Bools, Floats]:
    """Say which pairs a plan can use that is better than one by so much worse than the bound of these prices.

    Returns
    -------
    may : ndarray of bool, shape (units, places)
        Pairs that lose no more at the prices than there is to gain.
    left : ndarray, shape (units,)
        What each unit has left at its best place when it pays for its room.
    """
    everybody = slice(0, units.shape[0])
    net = np.asarray(block(units.scores, everybody), np.float64) - units.sizes @ prices.T
    net[~units.may(everybody)] = -np.inf
    left = net.max(axis=1, initial=-np.inf)
    slack = worse * (1 + 1e-9) + 1e-12
    lowest = np.where(np.isfinite(left), left, 0.0) - slack
    return np.isfinite(net) & (net >= lowest[:, None]), left


def choices_of(units: Units, pairs: Bools, penalty: float) -> Choices:
    """Gather the pairs that may be chosen; `penalty` per person unplaced is infinite where all have to be placed."""
    place, unit = np.nonzero(pairs.T)
    scores = np.asarray(block(units.scores, slice(0, units.shape[0])), np.float64)
    return Choices(
        begins=np.searchsorted(place, np.arange(units.shape[1] + 1)),
        unit=unit,
        place=place,
        size=units.sizes[unit, 0],
        gain=scores[unit, place],
        room=units.capacity[:, 0],
        # A unit that is nobody may stay away at no cost.
        lowest=np.where(units.persons > 0, -penalty * np.maximum(units.persons, 1), 0.0),
    )


def tighten(choices: Choices, prices: Floats, *, known: float, enough: float, told: Told | None = None) -> Bounded:
    """Lower the bound by changing the prices of units: dearer where several places choose one, cheaper where none does.

    Parameters
    ----------
    choices : Choices
    prices : ndarray, shape (units,)
        To begin with; what each unit has left at prices of room proves no more than those.
    known : float
        The worth of a plan: the length of steps goes by how far the bound is above it (Polyak 1969).
    enough : float
        A bound to stop at.

    Returns
    -------
    Bounded
    """
    prices = np.maximum(prices, choices.lowest)
    best, chosen = Bounded(np.inf, prices), np.zeros(choices.unit.size, np.bool_)
    way, length, waited = np.zeros_like(prices), 1.0, 0
    for _ in range(min(STEPS, max(1, WORK // max(1, choices.unit.size)))):
        gained = fill(choices.begins, choices.unit, choices.size, choices.gain, choices.room, prices, chosen)
        bound = float(prices.sum()) + gained
        waited += 1
        if bound < best.bound:
            waited = 0 if bound < best.bound - 1e-7 * abs(bound) else waited
            best = Bounded(bound, prices)
            if told:
                told(bound)
        if best.bound <= enough or length < SHORTEST:
            break
        if waited >= PATIENCE:
            prices, length, waited = best.prices, length * SHORTER, 0
        slope = 1.0 - np.bincount(choices.unit[chosen], minlength=prices.size)
        slope[(prices <= choices.lowest) & (slope > 0)] = 0.0
        square = float((slope**2).sum())
        if square == 0:
            break
        way = INERTIA * way + (1 - INERTIA) * slope
        prices = np.maximum(prices - length * max(bound - known, 0.0) / square * way, choices.lowest)
    return best


def losses(choices: Choices, prices: Floats) -> Floats:
    """Say by how much the bound of these prices of units falls at least if a pair is used; shape (pairs,)."""
    loss = np.zeros(choices.unit.size)
    loss_with(choices.begins, choices.unit, choices.size, choices.gain, choices.room, prices, loss)
    return loss
