"""Prices of room: the smoothed dual of the placement problem, solved by Newton steps while the smoothing is taken away.

At prices p the dual is the worth of all room plus, for each unit, the best place when it pays for what it takes. Its
maximum over places is smoothed to tau log sum exp(. / tau), which is convex and has a Hessian that is cheap to multiply
with; each step is found by conjugate gradients. As tau falls the prices become those of the linear programme.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.prices.kernels import curvature, curved, spread, trim
from fodfaeste.place.prices.market import WORKERS, Lists, Market, together
from fodfaeste.place.problem import Ints

Floats = NDArray[np.float64]

STEPS, GRADIENTS = 30, 40
"""Newton steps a smoothing, and conjugate gradients a step, at most."""

BALANCED = 1e-3
"""Room out of balance, as a share of all, at which a smoothing is done with."""

IDLE = 0.5
"""What room out of balance may cost besides, as a share of what smoothing costs or of the distance asked for."""

ALONE = 100_000
"""Names on lists up to which one worker is quicker than several."""

FADE = 0.3
"""What the smoothing is multiplied with from one round to the next."""

REACH = 20.0
"""Places worse than the best by more than this many tau have no part in a round."""


@dataclass(frozen=True, eq=False)
class State:
    """The smoothed dual at some prices.

    value : float
    taken : ndarray, shape (places, dimensions)
        Expected room taken.
    distance : float
        How far the lot's expected plan is from the exact dual at these prices: no linear programme is farther.
    idle : float
        The part of it that is room out of balance, at its price.
    chance : ndarray, shape (units, most)
    """

    value: float
    taken: Floats
    distance: float
    idle: float
    chance: Floats


@dataclass(frozen=True, eq=False)
class Sample:
    """Units whose lists are at hand, and the room that is theirs: all of it, or the part of a sample.

    market, lists
    most, least : ndarray, shape (places, dimensions)
    persons : float
    lowest, highest : ndarray, shape (places, dimensions)
        The box that prices stay in: beyond it units would want places that are not on their lists.
    """

    market: Market
    lists: Lists
    most: Floats
    least: Floats
    persons: float
    lowest: Floats
    highest: Floats

    @property
    def pieces(self) -> list[slice]:
        """Parts of the units for one worker each."""
        units = self.lists.count.size
        parts = WORKERS if units * self.lists.mean > ALONE else 1
        edges = np.linspace(0, units, parts + 1).astype(int)
        return [slice(int(low), int(high)) for low, high in pairwise(edges)]


def sample_of(market: Market, lists: Lists, rows: Ints | None, prices: Floats, box: Floats) -> Sample:
    """Give a sample its share of the room; prices stay within `box` of `prices`.

    Of each dimension it has the share that its units need of what all need, so that room is as scarce as it is for all.
    """
    persons, share = float(market.persons.sum()), np.ones(market.most.shape[1])
    if rows is not None:
        persons = float(market.persons[rows].sum())
        many = np.bincount(market.kind, minlength=market.sizes.shape[0])
        here = np.bincount(market.kind[rows], minlength=market.sizes.shape[0])
        share = (here @ market.sizes) / np.maximum(many @ market.sizes, 1)
    room, least = np.asarray(market.most * share, np.float64), np.asarray(market.least * share, np.float64)
    lowest, highest = np.maximum(prices - box, market.lowest), np.minimum(prices + box, market.highest)
    return Sample(market, lists, room, least, persons, lowest, highest)


def settle(
    sample: Sample,
    prices: Floats,
    tau: float,
    *,
    enough: float,
    finest: float,
    told: Callable[[float], None] | None = None,
) -> tuple[Floats, float, State]:
    """Find the prices at which room is in balance, and take the smoothing away until the dual is exact enough.

    Parameters
    ----------
    prices : ndarray, shape (places, dimensions)
        To begin with.
    tau : float
        Smoothing to begin with, in the unit of scores.
    enough : float
        Distance from the linear programme at which to stop.
    finest : float
        Smoothing at which to stop all the same.

    Returns
    -------
    prices, tau, state
    """
    while True:
        prices, state = _balance(sample, prices, tau, enough)
        if told:
            told(state.distance)
        if state.distance <= enough or tau * FADE < finest:
            return prices, tau, state
        tau *= FADE
        lists = sample.lists
        slack = np.full(sample.market.sizes.shape[0], REACH * tau / FADE)
        cost = sample.market.costs(prices)

        def cut(part: slice, lists: Lists = lists, cost: Floats = cost, slack: Floats = slack) -> None:
            trim(
                lists.place[part], lists.gain[part], lists.count[part], lists.kind[part], cost, slack[lists.kind[part]]
            )

        together(cut, sample.pieces)


def _balance(sample: Sample, prices: Floats, tau: float, enough: float) -> tuple[Floats, State]:
    """Take Newton steps at one smoothing until room is in balance, and costs little beside the smoothing itself."""
    state = _state(sample, prices, tau)
    for _ in range(STEPS):
        slope = _slope(sample, prices, state.taken)
        little = IDLE * max(enough, state.distance - state.idle)
        if not slope.any() or (np.abs(slope).sum() <= BALANCED * sample.persons and state.idle <= little):
            break
        step = _newton(sample, state, slope, tau)
        # At its bend a price goes the way that its own slope says or not at all: on the other side the dual rises.
        step = np.where((prices == 0) & (slope * step > 0), 0.0, step)
        moved = _line(sample, prices, step, slope=slope, state=state, tau=tau)
        if moved is None:
            break
        prices, state = moved
    return prices, state


def _state(sample: Sample, prices: Floats, tau: float) -> State:
    market, lists = sample.market, sample.lists
    cost = market.costs(prices)
    chance = np.empty_like(lists.gain)

    def piece(part: slice) -> tuple[float, float, Floats]:
        taken = np.zeros_like(cost)
        smoothed, given_up = spread(
            lists.place[part], lists.gain[part], lists.count[part], lists.kind[part], cost, tau, chance[part], taken
        )
        return smoothed, given_up, taken

    found = together(piece, sample.pieces)
    numbers = sum(taken for _, _, taken in found)
    taken = np.asarray(np.asarray(numbers).T @ market.sizes, np.float64)
    worth = np.where(prices > 0, prices * sample.most, prices * sample.least)
    lost = np.where(prices > 0, prices * (sample.most - taken), prices * (sample.least - taken))
    idle = float(np.abs(lost).sum())
    return State(
        value=float(sum(smoothed for smoothed, _, _ in found) + worth.sum()),
        taken=taken,
        distance=idle + sum(given_up for _, given_up, _ in found),
        idle=idle,
        chance=chance,
    )


def _slope(sample: Sample, prices: Floats, taken: Floats) -> Floats:
    """Give the derivative by each price, 0 where the price is at a bend that it should stay at."""
    over, under = sample.most - taken, sample.least - taken
    at_zero = np.where(over < 0, over, np.where(under > 0, under, 0.0))
    slope = np.where(prices > 0, over, np.where(prices < 0, under, at_zero))
    held = ((prices <= sample.lowest) & (slope > 0)) | ((prices >= sample.highest) & (slope < 0))
    slope = np.where(held, 0.0, slope)
    slope[-1] = 0.0
    return np.asarray(slope)


def boxed_in(sample: Sample, prices: Floats) -> bool:
    """Say whether a price is at an edge of its box that is there for the lists' sake alone."""
    low = (prices <= sample.lowest) & (sample.lowest > sample.market.lowest)
    high = (prices >= sample.highest) & (sample.highest < sample.market.highest)
    return bool((low | high)[:-1].any())


def _newton(sample: Sample, state: State, slope: Floats, tau: float) -> Floats:
    """Solve Hessian x step = -slope by conjugate gradients over the prices that may change."""
    market, lists = sample.market, sample.lists
    free = slope != 0
    pieces = sample.pieces
    scale = steepness(sample, state, tau)
    ridge = 1e-3 * float(scale[free].mean()) + 1e-9 if free.any() else 1.0
    scale = scale + ridge

    def times(shift: Floats) -> Floats:
        cost = market.sizes @ shift.T

        def piece(part: slice) -> Floats:
            taken = np.zeros_like(cost)
            curved(lists.place[part], state.chance[part], lists.count[part], lists.kind[part], cost, tau, taken)
            return taken

        turned = np.asarray(sum(together(piece, pieces))).T @ market.sizes
        return np.where(free, turned + ridge * shift, 0.0)

    step, rest = np.zeros_like(slope), -slope
    guess = np.where(free, rest / scale, 0.0)
    way, product = guess, float((rest * guess).sum())
    small = 0.1 * float(np.sqrt((rest * rest).sum()))
    for _ in range(GRADIENTS):
        turned = times(way)
        length = product / float((way * turned).sum())
        step, rest = step + length * way, rest - length * turned
        if float(np.sqrt((rest * rest).sum())) <= small:
            break
        guess = np.where(free, rest / scale, 0.0)
        product, before = float((rest * guess).sum()), product
        way = guess + product / before * way
    return step


def steepness(sample: Sample, state: State, tau: float) -> Floats:
    """Say by how much the expected room taken falls as each price alone rises; shape (places, dimensions)."""
    lists = sample.lists

    def piece(part: slice) -> Floats:
        out = np.zeros(state.taken.shape)
        sizes = sample.market.sizes
        curvature(lists.place[part], state.chance[part], lists.count[part], lists.kind[part], sizes, tau, out)
        return out

    return np.asarray(sum(together(piece, sample.pieces)))


def _line(
    sample: Sample, prices: Floats, step: Floats, *, slope: Floats, state: State, tau: float
) -> tuple[Floats, State] | None:
    """Go along the step as far as it lowers the dual; prices stop at zero before they change sign."""
    falls = float((slope * step).sum())
    length = 1.0
    while length > 1e-4:
        new = np.clip(prices + length * step, sample.lowest, sample.highest)
        new = np.where(prices * new < 0, 0.0, new)
        there = _state(sample, new, tau)
        if there.value <= state.value + 1e-4 * length * falls:
            return new, there
        length /= 2
    return None
