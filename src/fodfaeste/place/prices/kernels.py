"""The loops of the price solver that NumPy cannot vectorise, compiled once and kept on disk.

Shapes: `places` counts the last, made-up place too, which has room for everybody at no price and stands for being
unplaced. A unit's `kind` is its vector of sizes; ``cost[kind, place]`` is what its room costs there, infinite where it
cannot fit.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Int32 = NDArray[np.int32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz", "nnan"})
def _best_gain(scores: NDArray[np.floating], cost: Floats) -> float:
    best = -np.inf
    for j in range(scores.size):
        best = max(best, scores[j] - cost[j])
    return best


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz", "nnan"})
def _best_allowed_gain(scores: NDArray[np.floating], allowed: Bools, cost: Floats) -> float:
    best = -np.inf
    for j in range(scores.size):
        gain = scores[j] - cost[j] if allowed[j] else -np.inf
        best = max(best, gain)
    return best


@njit(cache=True, nogil=True)
def choose(
    scores: NDArray[np.floating],
    allowed: Bools,
    masked: bool,
    kind: Int32,
    cost: Floats,
    unplaced: Floats,
    slack: Floats,
    place: Int32,
    gain: Floats,
    count: Int32,
) -> tuple[float, int]:
    """Let each unit name the places that are best for it at the prices, and those nearly as good.

    Parameters
    ----------
    scores, allowed : ndarray, shape (units, places - 1)
        `allowed` counts only if `masked`.
    kind : ndarray of int32, shape (units,)
    cost : ndarray, shape (kinds, places - 1)
    unplaced : ndarray, shape (units,)
        What being unplaced is worth.
    slack : ndarray, shape (units,)
        How much worse than the best a place may be and still be named.
    place, gain, count : ndarray, shapes (units, most), (units, most), (units,)
        Filled in: the places named (the last one is being unplaced), their scores without prices, and how many; where
        there are more than `most`, the best of them, at least half as many.

    Returns
    -------
    total : float
        Sum over units of the best at the prices.
    left_out : int
        How many places were not named for want of room.
    """
    units, real = scores.shape
    most = place.shape[1]
    net_of = np.empty(most)
    total = 0.0
    left_out = 0
    for i in range(units):
        row = cost[kind[i]]
        best = _best_allowed_gain(scores[i], allowed[i], row) if masked else _best_gain(scores[i], row)
        named = 0
        if not best > -np.inf:
            best = -np.inf
        if unplaced[i] >= best - slack[i]:
            place[i, 0], gain[i, 0] = real, unplaced[i]
            named = 1
        best = max(best, unplaced[i])
        total += best
        least = best - slack[i]
        for j in range(real):
            net = scores[i, j] - row[j]
            if not net >= least or (masked and not allowed[i, j]):
                continue
            if named < most:
                place[i, named], gain[i, named] = j, scores[i, j]
                named += 1
                continue
            # The list is full: only the better half stays, and nobody worse is named from now on.
            for k in range(most):
                net_of[k] = gain[i, k] - (0.0 if place[i, k] == real else row[place[i, k]])
            middle = np.median(net_of)
            kept = 0
            for k in range(most):
                if net_of[k] > middle:
                    place[i, kept], gain[i, kept] = place[i, k], gain[i, k]
                    kept += 1
            # Where more than half of them are the best, it is the first of those that stay.
            for k in range(most if kept == 0 else 0):
                if kept < most // 2 and net_of[k] == middle:
                    place[i, kept], gain[i, kept] = place[i, k], gain[i, k]
                    kept += 1
            named = kept
            left_out += most - named
            least = max(least, middle)
            if net >= least:
                place[i, named], gain[i, named] = j, scores[i, j]
                named += 1
        count[i] = named
    return total, left_out


@njit(cache=True, nogil=True)
def spread(
    place: Int32, gain: Floats, count: Int32, kind: Int32, cost: Floats, tau: float, chance: Floats, taken: Floats
) -> tuple[float, float]:
    """Let each unit choose by lot, the better places the likelier: chances in proportion to exp(net gain / tau).

    Parameters
    ----------
    cost : ndarray, shape (kinds, places)
    chance : ndarray, shape (units, most)
        Filled in.
    taken : ndarray, shape (kinds, places)
        The expected number of each kind at each place is added.

    Returns
    -------
    smoothed : float
        Sum over units of tau log sum exp(net gain / tau).
    given_up : float
        Expected sum of what the lot's place is worse than the best.
    """
    smoothed, given_up = 0.0, 0.0
    for i in range(place.shape[0]):
        best = -np.inf
        row = cost[kind[i]]
        for k in range(count[i]):
            net = gain[i, k] - row[place[i, k]]
            chance[i, k] = net
            best = max(best, net)
        total, lost = 0.0, 0.0
        for k in range(count[i]):
            below = (chance[i, k] - best) / tau
            weight = math.exp(below) if below > -36.0 else 0.0
            lost -= weight * below
            chance[i, k] = weight
            total += weight
        smoothed += best + tau * math.log(total)
        given_up += tau * lost / total
        for k in range(count[i]):
            chance[i, k] /= total
            taken[kind[i], place[i, k]] += chance[i, k]
    return smoothed, given_up


@njit(cache=True, nogil=True)
def curvature(place: Int32, chance: Floats, count: Int32, kind: Int32, sizes: Ints, tau: float, out: Floats) -> None:
    """Add the diagonal of the smoothed dual's Hessian; `sizes` (kinds, dimensions), `out` (places, dimensions)."""
    for i in range(place.shape[0]):
        for k in range(count[i]):
            turn = chance[i, k] * (1.0 - chance[i, k]) / tau
            for d in range(sizes.shape[1]):
                out[place[i, k], d] += turn * sizes[kind[i], d] ** 2


@njit(cache=True, nogil=True)
def curved(place: Int32, chance: Floats, count: Int32, kind: Int32, shift: Floats, tau: float, taken: Floats) -> None:
    """Add how the expected numbers would fall if costs rose by `shift`; both of shape (kinds, places)."""
    for i in range(place.shape[0]):
        row = shift[kind[i]]
        mean = 0.0
        for k in range(count[i]):
            mean += chance[i, k] * row[place[i, k]]
        for k in range(count[i]):
            taken[kind[i], place[i, k]] += chance[i, k] * (row[place[i, k]] - mean) / tau


@njit(cache=True, nogil=True)
def trim(place: Int32, gain: Floats, count: Int32, kind: Int32, cost: Floats, slack: Floats) -> None:
    """Strike from each unit's places those that are worse than its best by more than its slack; order is kept."""
    for i in range(place.shape[0]):
        row = cost[kind[i]]
        best = -np.inf
        for k in range(count[i]):
            best = max(best, gain[i, k] - row[place[i, k]])
        kept = 0
        for k in range(count[i]):
            if gain[i, k] - row[place[i, k]] >= best - slack[i]:
                place[i, kept], gain[i, kept] = place[i, k], gain[i, k]
                kept += 1
        count[i] = kept


@njit(cache=True, nogil=True)
def regrets(place: Int32, gain: Floats, count: Int32, kind: Int32, cost: Floats, regret: Floats, slot: Int32) -> None:
    """Say how much worse each named place is than the best, and put each unit at its best."""
    for i in range(place.shape[0]):
        row = cost[kind[i]]
        best, at = -np.inf, 0
        for k in range(count[i]):
            regret[i, k] = gain[i, k] - row[place[i, k]]
            if regret[i, k] > best:
                best, at = regret[i, k], k
        for k in range(count[i]):
            regret[i, k] = best - regret[i, k]
        slot[i] = at
