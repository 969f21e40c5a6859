"""Prices in stages: from a sample, from a larger one, from everybody; each stage lists places near the last prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.prices.dual import Sample, State, boxed_in, sample_of, settle, steepness
from fodfaeste.place.prices.kernels import regrets
from fodfaeste.place.prices.market import Lists, Market, look
from fodfaeste.place.problem import Ints
from fodfaeste.place.scores import block

Floats = NDArray[np.float64]

FIRST, ENOUGH = 4, 40
"""Units in the first sample, per place, and in the last."""

FEWEST, MOST = 500, 2500
"""Units in the first sample, at least and at most. It lists every place: lists cut short leave households without a
way out of places that are too full, and prices without a bound."""

GROWTH = 10
"""How many times larger each sample is than the one before, at most."""

NAMES, LONGEST = 30_000_000, 1024
"""Names on all lists of a later sample, and on one of them, at most."""

LONG, SHORT = 32, 24
"""Places on a unit's list while prices are found, and while places are."""

COARSE, MIDDLE, FINE = 0.05, 0.015, 2e-4
"""Smoothing, as a share of how much scores differ: at the end of a sample of `FIRST` units a place, where prices are
looked at again, and at the end of all."""

WIDE = 0.1
"""How far prices of a problem that is nearly the same may be off, as a share of how much scores differ."""

ATTEMPTS = 4
"""Times that everybody's lists are made, at most; the bound holds whatever they left out."""

SURE = 2.5
"""Standard errors of a price that a list has to reach."""

USUAL = 0.75
"""Which of the places' errors lists are made for: this quantile."""

BOX = 6.0
"""How many times farther prices may go than lists are made for: far enough to follow where they should go, not so far
that a place runs off whose units have no other on their lists."""

TOLERATED = 0.1
"""Share of the distance asked for that the bound itself may be off."""

ALTERNATIVES, MOST_OF_THEM = 250, 4.0
"""Names besides their units' best, in each dimension, that each place should have on the last lists for the search to
choose among, and that each unit should give at most."""

Told = Callable[[str, float], None]
"""Hears what is being done, and the share of 1 of it that is done."""


@dataclass(frozen=True, eq=False)
class Priced:
    """Prices with their bound, and lists for whole placement.

    Attributes
    ----------
    prices : ndarray of float64, shape (places, dimensions)
        With the place for being unplaced at the end.
    bound : float
        The dual at the prices: no plan's value less what its unplaced cost is higher.
    lists : Lists
    reads : float
        How many times the scores were read.
    """

    prices: Floats
    bound: float
    lists: Lists
    reads: float


def price(market: Market, *, gap: float, seed: int, warm: Floats | None, told: Told) -> Priced:
    """Find prices whose bound is exact to a part of `gap`, and lists of places for each unit.

    Parameters
    ----------
    warm : ndarray, shape (places, dimensions), optional
        Prices of a problem that is nearly the same.
    """
    units, places = market.shape
    rng = np.random.Generator(np.random.PCG64(seed))
    order = rng.permutation(units)
    sigma = differing(market, order[:FEWEST])
    reads = 0.0
    prices, tau, reach = np.zeros(market.most.shape), sigma, np.full(market.most.shape, np.inf)
    if warm is not None:
        prices, tau = warm, sigma * MIDDLE
        reach = np.full(market.most.shape, sigma * WIDE)
    else:
        for size in _sizes(units, places):
            rows = np.sort(order[:size])
            # Of fewer units than places need, only what is smoother can be learnt.
            finest = sigma * COARSE * float(np.sqrt(FIRST * places / max(size, 1)))
            most = places if reads == 0 else int(np.clip(NAMES // max(size, 1), LONG, LONGEST))
            prices, tau, reach = _sampled(market, prices, tau, reach, rows=rows, most=most, finest=finest)
            told(f"prices from a sample of {size:,}", 0.0)
            reads += size / max(units, 1)
    return _refined(market, prices, tau, reach, sigma=sigma, gap=gap, reads=reads, rows=order[:2000], told=told)


def _sizes(units: int, places: int) -> list[int]:
    """Say of how many units each sample is: growing, until there are enough for each place, or nearly all are in it."""
    sizes = [min(units, int(np.clip(FIRST * places, FEWEST, MOST)))]
    while True:
        larger = min(GROWTH * sizes[-1], ENOUGH * places)
        if larger < 2 * sizes[-1] or larger * 1.5 >= units:
            return sizes
        sizes.append(larger)


def confirm(market: Market, prices: Floats, *, seed: int) -> Priced:
    """Give the bound that known prices prove, and lists for whole placement, in one pass over the scores."""
    rows = np.random.Generator(np.random.PCG64(seed)).permutation(market.shape[0])[:2000]
    slack = _last_slack(market, prices, differing(market, rows[:FEWEST]), rows)
    total, lists, _ = look(market, prices, slack, SHORT)
    return Priced(prices, total + _worth(market, prices), lists, 1.0 + rows.size / max(market.shape[0], 1))


def _sampled(
    market: Market, prices: Floats, tau: float, reach: Floats, *, rows: Ints, most: int, finest: float
) -> tuple[Floats, float, Floats]:
    """Price with the lists of some units; returns prices, smoothing, and how far the prices may be off."""
    _, lists, _ = look(market, prices, _slack(market, reach, tau), most, rows=rows)
    sample = sample_of(market, lists, rows, prices, _box(reach, tau))
    prices, tau, state = settle(sample, prices, tau, enough=0.0, finest=finest)
    return prices, tau, _errors(sample, state, tau)


def _refined(
    market: Market,
    prices: Floats,
    tau: float,
    reach: Floats,
    *,
    sigma: float,
    gap: float,
    reads: float,
    rows: Ints,
    told: Told,
) -> Priced:
    """Price with everybody's lists until a last pass over all scores confirms the bound."""
    attempts = 0
    while True:
        attempts += 1
        _, lists, _ = look(market, prices, _slack(market, reach, tau), LONG, told=lambda s: told("read all scores", s))
        sample = sample_of(market, lists, None, prices, _box(reach, tau))
        worth = abs(_worth(market, prices))
        enough = TOLERATED * gap * max(worth, _listed(sample, prices))
        prices, tau, state = settle(
            sample, prices, tau, enough=enough, finest=sigma * FINE, told=lambda _: told("prices from all", 0.0)
        )
        if state.distance > enough and attempts < ATTEMPTS and boxed_in(sample, prices):
            # Some prices want to go farther than these lists hold for: look again around where they are now.
            del sample, lists
            reads += 1
            reach, tau = reach * 2, max(tau, sigma * MIDDLE / 3)
            continue
        listed = _listed(sample, prices)
        del sample, lists
        slack = _last_slack(market, prices, sigma, rows)
        total, last, _ = look(market, prices, slack, SHORT, told=lambda share: told("read for the bound", share))
        reads += 2
        bound = total + _worth(market, prices)
        if bound - listed <= 2 * enough or attempts == ATTEMPTS:
            return Priced(prices, bound, last, reads)
        # Somebody's best place was on no list: look farther around these prices.
        reach, tau = np.maximum(reach, 0.0) * 2 + 4 * tau, max(tau, sigma * MIDDLE / 3)


def differing(market: Market, rows: Ints) -> float:
    """Say how much a unit's scores differ between places: the mean standard deviation over those allowed."""
    rows = np.sort(rows)
    scores = np.array(block(market.scores, rows), np.float64)
    if market.allowed is not None:
        scores[~market.allowed[rows]] = np.nan
    seen = np.isfinite(scores)
    many = np.maximum(seen.sum(axis=1), 1)
    scores[~seen] = 0.0
    mean = scores.sum(axis=1) / many
    variance = (np.where(seen, scores - mean[:, None], 0.0) ** 2).sum(axis=1) / many
    found = float(np.sqrt(variance).mean()) if rows.size else 0.0
    return max(found, 1e-6 * max(1.0, float(np.abs(scores).max(initial=0.0))))


def _worth(market: Market, prices: Floats) -> float:
    return float(np.where(prices > 0, prices * market.most, prices * market.least).sum())


def _listed(sample: Sample, prices: Floats) -> float:
    """Give the exact dual over the lists."""
    lists = sample.lists
    regret, slot = np.zeros_like(lists.gain), np.zeros(lists.count.size, np.int32)
    cost = sample.market.costs(prices)
    regrets(lists.place, lists.gain, lists.count, lists.kind, cost, regret, slot)
    at = np.arange(slot.size)
    best = lists.gain[at, slot] - cost[lists.kind, lists.place[at, slot]]
    return float(best.sum()) + _worth(sample.market, prices)


def _slack(market: Market, reach: Floats, tau: float) -> Floats:
    """Say how much worse a place may be and still be listed: it may be best once prices have moved within reach."""
    usual = np.quantile(reach[:-1], USUAL, axis=0, method="nearest") if reach.shape[0] > 1 else np.zeros(reach.shape[1])
    return np.asarray((market.sizes * np.where(market.sizes > 0, usual, 0.0)).sum(axis=1) + 6 * tau)


def _box(reach: Floats, tau: float) -> Floats:
    """Say how far from where they were prices may go with the lists that `_slack` makes."""
    return BOX * (reach + tau)


def _errors(sample: Sample, state: State, tau: float) -> Floats:
    """Say how far the prices of a sample may be off, `SURE` times their standard error; shape (places, dimensions)."""
    whole, part = max(1.0, float(sample.market.persons.sum())), sample.persons
    steep = steepness(sample, state, tau)
    sizes = sample.market.sizes.astype(np.float64)
    mean_square = (sizes**2).sum(axis=0) / np.maximum(sizes.sum(axis=0), 1.0)
    chance = np.sqrt(state.taken * mean_square * max(0.0, 1 - part / whole))
    used = (state.taken > 0) & (steep > 0)
    error = np.where(used, chance / np.where(used, steep, 1.0), 0.0)
    for d in range(error.shape[1]):
        seen = used[:-1, d]
        error[~used[:, d], d] = np.quantile(error[:-1][seen, d], USUAL) if seen.any() else 0.0
    return SURE * error


def _last_slack(market: Market, prices: Floats, sigma: float, rows: Ints) -> Floats:
    """Choose how long the last lists are: each place shall have some names to choose among."""
    units, places = market.shape
    persons = np.maximum(market.sizes.max(axis=1), 1).astype(np.float64)
    rows = np.sort(rows)
    _, lists, _ = look(market, prices, persons * sigma, SHORT, rows=rows)
    regret, slot = np.zeros_like(lists.gain), np.zeros(rows.size, np.int32)
    regrets(lists.place, lists.gain, lists.count, lists.kind, market.costs(prices), regret, slot)
    named = np.arange(regret.shape[1]) < lists.count[:, None]
    each = np.sort((regret / persons[lists.kind][:, None])[named])
    wanted = market.most.shape[1] * np.clip(ALTERNATIVES * places / max(units, 1), 0.2, MOST_OF_THEM)
    last = min(each.size - 1, int(rows.size * (1 + wanted)))
    return np.asarray(persons * max(float(each[last]) if each.size else 0.0, 1e-9))
