"""Placement by prices of room: for size, with a bound that anybody can recompute.

1. Prices from samples of units, then from everybody's lists of places near those prices (`stages`, `dual`).
2. A last pass over all scores: the bound at the final prices, and lists for whole placement.
3. Every unit at its best place, then chains of moves until the plan is near enough to the bound (`place.chains`).
4. Who is still where there is no room goes where there is some, or stays unplaced.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.chains import Board, board_of, improve, places_of, shake_up, too_full
from fodfaeste.place.knapsacks import Choices, choices_of, tighten, useful
from fodfaeste.place.prices.device import PROCESSOR, Reader, reader_on
from fodfaeste.place.prices.market import Market, market_of
from fodfaeste.place.prices.stages import Priced, confirm, price
from fodfaeste.place.problem import NOWHERE, Goal, Ints
from fodfaeste.place.scores import block, pairs
from fodfaeste.place.units import Units

Floats = NDArray[np.float64]

Progress = Callable[[str, float], None]
"""Hears what is being done, with the gap so far where there is one, and the share of 1 that is done."""

KNAPSACKS = 2_000_000
"""Pairs of unit and place up to which a closer bound is looked for."""

LOOKED_AT, TINY = 500, 1e-6
"""Units whose scores are looked at to see how far they lie apart, and the least that is taken for it."""

AT_A_TIME = 10_000
"""Units whose places are looked through at a time."""

ROUNDS = 3
"""Turns of a closer bound and of shaking."""

FARTHER = 1.5
"""How much farther the bound is tried to be brought down than it has to be."""

DEARER = 10.0
"""What the price of leaving a person unplaced is multiplied with while somebody is left who might have room."""

RAISED = 3
"""Rounds with that price, each dearer, at most."""

FIRST_PENALTY = 4.0
"""That price to begin with, as a multiple of how far scores lie apart."""

PROVEN = 1e-9
"""A gap that is nothing but rounding."""


@dataclass(frozen=True, eq=False)
class Found:
    """What the price solver found for units.

    Attributes
    ----------
    place : ndarray of int64, shape (units,)
    prices : ndarray of float64, shape (places, dimensions)
    bound : float
        No plan's value, less `penalty` per person unplaced, is higher.
    penalty : float
    reads : float
    interrupted : bool
    choices : Choices or None
        Where prices of units were needed: the pairs that count,
    unit_prices : ndarray of float64, shape (units,), or None
        and the prices of units that prove the bound over them.
    whole : bool
        Whether every pair that a better plan could use is among them.
    persons_bound : int or None
        How many persons of the units any plan could place, where more is known than that room limits it.
    """

    place: Ints
    prices: Floats
    bound: float
    penalty: float
    reads: float
    interrupted: bool
    choices: Choices | None = None
    unit_prices: Floats | None = None
    whole: bool = False
    persons_bound: int | None = None


@dataclass(frozen=True, eq=False)
class Start:
    """What is known from a problem that is nearly the same: `prices` (places, dimensions), `place` (units,)."""

    prices: Floats
    place: Ints


def solve_units(
    units: Units,
    goal: Goal,
    *,
    gap: float,
    seed: int,
    warm: Start | None = None,
    progress: Progress | None = None,
    device: str = PROCESSOR,
    rounds: int = RAISED,
) -> Found:
    """Place units by prices.

    Persons are placed before anything else where the goal says so: the price of leaving one unplaced is raised until
    nobody is left who could have been placed, or raising it changes nothing, in so many `rounds` at most.
    """
    say = progress or (lambda _doing, _share: None)
    apart = apart_of(units)
    reader = reader_on(device, units.scores, units.allowed)
    if goal.unplaced != "first":
        return _solve(units, goal, float(goal.unplaced), apart, gap=gap, seed=seed, warm=warm, say=say, reader=reader)
    penalty, found = FIRST_PENALTY * apart, None
    for _ in range(rounds):
        before = found
        try:
            found = _solve(units, goal, penalty, apart, gap=gap, seed=seed, warm=warm, say=say, reader=reader)
        except KeyboardInterrupt:
            if before is None:
                raise
            return replace(before, interrupted=True)
        left = _left(units, found)
        if found.interrupted or left == 0 or (before is not None and left >= _left(units, before)):
            break
        if left <= int(units.persons.sum() - units.capacity[:, units.person_dimension].sum()):
            break
        penalty *= DEARER
    assert found is not None
    return found


def _left(units: Units, found: Found) -> int:
    """Count the persons left who may be somewhere: at no price would the others be placed."""
    rows = np.flatnonzero(found.place == NOWHERE)
    parts = (rows[first : first + AT_A_TIME] for first in range(0, rows.size, AT_A_TIME))
    return int(sum(units.persons[part][units.may(part).any(axis=1)].sum() for part in parts))


def apart_of(units: Units) -> float:
    """Say how far apart the scores of some units lie, from nothing too; a little where they are all the same."""
    rows = np.linspace(0, units.shape[0] - 1, min(units.shape[0], LOOKED_AT)).astype(np.int64)
    scores = np.array(block(units.scores, rows), np.float64)
    scores[~units.may(rows)] = 0.0
    return max(float(scores.max(initial=0.0) - scores.min(initial=0.0)), TINY)


def _solve(
    units: Units,
    goal: Goal,
    penalty: float,
    apart: float,
    *,
    gap: float,
    seed: int,
    warm: Start | None,
    say: Progress,
    reader: Reader | None,
) -> Found:
    market = market_of(units, goal, penalty, apart, reader)
    prices = None
    if warm is not None:
        # Where yesterday had a minimum and today has none, or one that may be bought out, prices do not go as low.
        prices = np.vstack([warm.prices, np.zeros((1, market.most.shape[1]))])
        prices = np.clip(prices, market.lowest, market.highest)
        found = _as_before(market, warm, prices, penalty, gap=gap, seed=seed, say=say)
        if found is not None:
            return found
    priced = price(market, gap=gap, seed=seed, warm=prices, told=lambda doing, share: say(doing, 0.1 + 0.5 * share))
    board = board_of(market, priced.lists, priced.prices)
    scale = max(abs(priced.bound), 1e-9)
    charge = _charge(market, priced, penalty)
    found = Found(places_of(board), priced.prices[:-1], priced.bound, penalty, priced.reads, interrupted=False)
    enough, nearer = max(gap, PROVEN) * scale, 0.0

    def told(distance: float) -> None:
        say(f"place whole households, gap {100 * (distance - nearer) / scale:.4f} %", 0.8)

    try:
        distance = improve(board, enough=enough, charge=charge, told=told)
        # A proven best takes one closer bound, at the end; a gap may be reached from both sides by turns.
        rounds = 1 if gap == 0 else ROUNDS
        for turn in range(rounds):
            if gap > 0:
                found, nearer = _nearer(units, goal, found, board, distance, gap=gap, bound=priced.bound)
            if distance <= enough + nearer:
                break
            distance = shake_up(
                board, distance, enough=enough + nearer, charge=charge, seed=seed + turn, told=told, part=1 / rounds
            )
        found, nearer = _nearer(units, goal, found, board, distance, gap=gap, bound=priced.bound)
    except KeyboardInterrupt:
        found = replace(found, interrupted=True)
    return replace(found, place=_made_whole(market, board))


def _charge(market: Market, priced: Priced, penalty: float) -> float:
    """Say what a person too many at a place costs: more than anything that could be gained by it."""
    least = 1e-3 * abs(priced.bound) / max(1, market.shape[0])
    return 4 * max(float(priced.prices.max(initial=0.0)), penalty, least, 1e-9)


def _quiet(_distance: float) -> None:
    """Say nothing."""


def _as_before(
    market: Market, warm: Start, prices: Floats, penalty: float, *, gap: float, seed: int, say: Progress
) -> Found | None:
    """Try whether earlier prices still prove enough, and earlier places with a few moves are good enough by them."""
    say("look at earlier prices and places", 0.1)
    priced = confirm(market, prices, seed=seed)
    board = board_of(market, priced.lists, prices, np.where(warm.place == NOWHERE, market.shape[1] - 1, warm.place))
    enough = max(gap, PROVEN) * max(abs(priced.bound), 1e-9)
    distance = improve(board, enough=enough, charge=_charge(market, priced, penalty), told=_quiet, anew=False)
    if distance > enough or too_full(board).any():
        return None
    return Found(places_of(board), prices[:-1], priced.bound, penalty, priced.reads, interrupted=False)


def _nearer(
    units: Units, goal: Goal, found: Found, board: Board, distance: float, *, gap: float, bound: float
) -> tuple[Found, float]:
    """Bring the bound nearer if the plan keeps its rooms; returns also by how much it is below that of the prices."""
    if distance <= max(gap, PROVEN) * abs(bound) + bound - found.bound or too_full(board).any():
        return found, bound - found.bound
    of_prices = replace(found, place=places_of(board), bound=bound, choices=None, unit_prices=None, whole=False)
    tightened = _tightened(units, goal, of_prices, distance, gap=gap)
    if tightened.bound < found.bound:
        found = tightened
    return found, bound - found.bound


def _tightened(units: Units, goal: Goal, found: Found, distance: float, *, gap: float) -> Found:
    """Look for a closer bound by prices of units, where these can be had."""
    pairs = units.shape[0] * units.shape[1]
    everybody = bool((found.place != NOWHERE).all())
    if units.sizes.shape[1] > 1 or units.minimum.any() or pairs > KNAPSACKS:
        return found
    if goal.unplaced == "first" and not everybody:
        return found
    # Pairs that lose more than the bound has to come down need not be looked at: a plan with one is below that anyway.
    wanted = distance - gap * abs(found.bound)
    reach = distance if gap == 0 else min(distance, FARTHER * wanted)
    may, left = useful(units, found.prices, reach)
    choices = choices_of(units, may, np.inf if goal.unplaced == "first" else found.penalty)
    known = found.bound - distance
    enough = known + gap * abs(found.bound)
    bounded = tighten(choices, left, known=known, enough=enough)
    bound = max(bounded.bound, known, found.bound - reach)
    if bound >= found.bound:
        return found
    return replace(found, bound=bound, choices=choices, unit_prices=bounded.prices, whole=reach == distance)


def _made_whole(market: Market, board: Board) -> Ints:
    """Take out of places that are too full whoever has to go, and put them where there is room; else nowhere."""
    place = places_of(board)
    room = (market.most - board.load)[:-1]
    over = np.flatnonzero(too_full(board)[:-1])
    out: list[int] = []
    for at in over.tolist():
        there = np.flatnonzero(place == at)
        regret = board.regret[there, board.slot[there]]
        sizes = market.sizes[market.kind[there]]
        # The smallest first, and of those the least content.
        leaving = iter(
            sorted(
                zip(there.tolist(), sizes, strict=True),
                key=lambda one: (one[1].sum(), -regret[there.searchsorted(one[0])]),
            )
        )
        while (room[at] < 0).any():
            unit, size = next(leaving)
            room[at] += size
            place[unit] = NOWHERE
            out.append(unit)
    waiting = sorted(set(out) | set(np.flatnonzero(place == NOWHERE).tolist()))
    return _put_where_room_is(market, place, room, np.array(waiting, np.int64))


def _put_where_room_is(market: Market, place: Ints, room: Ints, waiting: Ints) -> Ints:
    """Give each who waits, the largest first, the best place that has room, if it is worth more than none."""
    order = waiting[np.argsort(-market.persons[waiting], kind="stable")]
    for unit in order.tolist():
        rows = np.array([unit])
        size = market.sizes[market.kind[unit]]
        may = (room >= size).all(axis=1)
        if market.allowed is not None:
            may &= market.allowed[unit]
        there = np.flatnonzero(may)
        if not there.size:
            continue
        scores = pairs(market.scores, np.repeat(rows, there.size), there)
        best = int(scores.argmax())
        if scores[best] >= market.unplaced[unit]:
            place[unit] = there[best]
            room[there[best]] -= size
    return place
