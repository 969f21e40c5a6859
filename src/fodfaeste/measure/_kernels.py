"""The loops that NumPy cannot vectorise, compiled once and kept on disk."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True)
def concordance_sweep(
    x: NDArray[np.int64], y: NDArray[np.int64], weight: NDArray[np.int64], below: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count, for each non-empty cell, the observations concordant and discordant with it.

    One sweep along x over a Fenwick tree (Fenwick 1994) of what has been passed, on the ranks of y:
    what lies ahead is what there is in all, less what has been passed and what is tied on x.

    Parameters
    ----------
    x, y : ndarray of int64, shape (cells,)
        Ranks from 0 without gaps, sorted by x and then by y, each pair once.
    weight : ndarray of int64, shape (cells,)
        Observations in each cell.
    below : ndarray of int64, shape (ranks of y + 1,)
        Observations with a smaller y; the last is all of them.

    Returns
    -------
    concordant, discordant : ndarray of int64, shape (cells,)
    """
    ranks = below.size - 1
    everybody = below[ranks]
    tree = np.zeros(ranks + 1, np.int64)
    passed_at = np.zeros(ranks, np.int64)
    concordant = np.empty(x.size, np.int64)
    discordant = np.empty(x.size, np.int64)
    passed = 0
    start = 0
    while start < x.size:
        end = start
        tied = 0
        while end < x.size and x[end] == x[start]:
            tied += weight[end]
            end += 1
        tied_less = 0
        for cell in range(start, end):
            rank = y[cell]
            less = 0
            node = rank
            while node > 0:
                less += tree[node]
                node -= node & -node
            greater = passed - less - passed_at[rank]
            ahead_less = below[rank] - less - tied_less
            ahead_greater = everybody - below[rank + 1] - greater - (tied - tied_less - weight[cell])
            concordant[cell] = less + ahead_greater
            discordant[cell] = greater + ahead_less
            tied_less += weight[cell]
        for cell in range(start, end):
            passed_at[y[cell]] += weight[cell]
            node = y[cell] + 1
            while node <= ranks:
                tree[node] += weight[cell]
                node += node & -node
        passed += tied
        start = end
    return concordant, discordant


@njit(cache=True, nogil=True)
def rank_distribution(cdf: NDArray[np.float64], mass: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integrate, for each unit, the distribution of how many others lie below it.

    Given its own value at a node, the number of others below is Poisson-binomial. That of all units is built once a
    node and each unit divided out again, along whichever recursion does not amplify rounding (forward while its
    probability is at most one half, backward otherwise).

    Parameters
    ----------
    cdf : ndarray of float64, shape (nodes, units)
        P(unit lies below the node), the units sorted so that those above one half come first at every node.
    mass : ndarray of float64, shape (nodes, units)
        Quadrature weight times density of each unit at the node.

    Returns
    -------
    ndarray of float64, shape (units, units)
        Row k, column i: P(k others lie below unit i).
    """
    nodes, units = cdf.shape
    answer = np.zeros((units, units))
    everybody = np.empty(units + 1)
    before = np.empty(units + 1)
    others = np.empty(units)
    scale = np.empty(units)
    odds = np.empty(units)
    for node in range(nodes):
        below = cdf[node]
        weight = mass[node]
        everybody[0] = 1.0
        for unit in range(units):
            p = below[unit]
            before[: unit + 1] = everybody[: unit + 1]
            before[unit + 1] = 0.0
            everybody[0] = before[0] * (1.0 - p)
            for k in range(1, unit + 2):
                everybody[k] = before[k] * (1.0 - p) + before[k - 1] * p

        low = 0
        while everybody[low] < 1e-18:
            low += 1
        high = units
        while everybody[high] < 1e-18:
            high -= 1
        first = 0
        while first < units and weight[first] < 1e-16:
            first += 1
        last = units
        while last > first and weight[last - 1] < 1e-16:
            last -= 1
        half = first
        while half < last and below[half] > 0.5:
            half += 1

        others[:] = 0.0
        for unit in range(first, half):
            scale[unit] = 1.0 / below[unit]
            odds[unit] = (1.0 - below[unit]) / below[unit]
        for unit in range(half, last):
            scale[unit] = 1.0 / (1.0 - below[unit])
            odds[unit] = below[unit] / (1.0 - below[unit])
        for k in range(high - 1, max(low - 2, -1), -1):
            for unit in range(first, half):
                others[unit] = everybody[k + 1] * scale[unit] - odds[unit] * others[unit]
                answer[k, unit] += weight[unit] * others[unit]
        for k in range(low, min(high + 1, units)):
            for unit in range(half, last):
                others[unit] = everybody[k] * scale[unit] - odds[unit] * others[unit]
                answer[k, unit] += weight[unit] * others[unit]
    return answer


@njit(cache=True)
def fisher_pairs(events: NDArray[np.int64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Test every pair of units by Fisher's exact test, two-sided: the tables not more probable than the one seen.

    Returns
    -------
    ndarray of float64, shape (units * (units - 1) / 2,)
        p values of the pairs (0, 1), (0, 2), ..., (1, 2), ...
    """
    units = events.size
    p = np.empty(units * (units - 1) // 2)
    pair = 0
    for i in range(units):
        for j in range(i + 1, units):
            here, there, all_events = n[i], n[j], events[i] + events[j]
            lowest = max(0, all_events - there)
            highest = min(all_events, here)
            mode = (all_events + 1) * (here + 1) // (here + there + 2)
            mode = min(max(mode, lowest), highest)
            # Relative to the most probable table nothing overflows, and what underflows does not matter.
            seen = 1.0
            k = mode
            while k < events[i]:
                seen *= (all_events - k) / (k + 1) * ((here - k) / (there - all_events + k + 1))
                k += 1
            while k > events[i]:
                seen *= k / (all_events - k + 1) * ((there - all_events + k) / (here - k + 1))
                k -= 1
            # Tables equally probable as the one seen must count in spite of rounding.
            limit = seen * (1.0 + 1e-7)
            total = 0.0
            rare = 0.0
            table = 1.0
            for k in range(mode, highest + 1):
                total += table
                if table <= limit:
                    rare += table
                table *= (all_events - k) / (k + 1) * ((here - k) / (there - all_events + k + 1))
            table = 1.0
            for k in range(mode, lowest, -1):
                table *= k / (all_events - k + 1) * ((there - all_events + k) / (here - k + 1))
                total += table
                if table <= limit:
                    rare += table
            p[pair] = min(rare / total, 1.0)
            pair += 1
    return p


@njit(cache=True)
def largest_differences(
    draws: NDArray[np.float64],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    precision: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Find in each draw the largest of (first - second) * precision over the pairs given.

    Parameters
    ----------
    draws : ndarray of float64, shape (draws, units)
    first, second : ndarray of int64, shape (pairs,)
        Positions of the units.
    precision : ndarray of float64, shape (pairs,)
        One over the standard error of the difference.

    Returns
    -------
    ndarray of float64, shape (draws,)
    """
    largest = np.full(draws.shape[0], -np.inf)
    for draw in range(draws.shape[0]):
        values = draws[draw]
        for pair in range(first.size):
            difference = (values[first[pair]] - values[second[pair]]) * precision[pair]
            if difference > largest[draw]:  # noqa: PLR1730 (faster than max in compiled code)
                largest[draw] = difference
    return largest


@njit(cache=True)
def count_below(ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count in how many draws the unit of the row lies below the unit of the column.

    Parameters
    ----------
    ranks : ndarray of int64, shape (draws, units)

    Returns
    -------
    ndarray of int64, shape (units, units)
    """
    units = ranks.shape[1]
    below = np.zeros((units, units), np.int64)
    for draw in range(ranks.shape[0]):
        for i in range(units):
            for j in range(units):
                below[i, j] += ranks[draw, i] < ranks[draw, j]
    return below


@njit(cache=True, nogil=True)
def panel_demand(
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    posterior: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Say how many panels a unit of length needs in each interval, so that ranks integrate smoothly there.

    Parameters
    ----------
    left, right : ndarray of float64, shape (intervals,)
        Sorted edges, in logits.
    posterior : ndarray of float64, shape (units, 5)
        For each unit the lowest and highest logit it reaches, its middle and standard deviation, and how far from 0
        its density turns into a plain exponential.

    Returns
    -------
    ndarray of float64, shape (intervals,)
        The larger of two demands: that of the narrowest posterior with mass there, and that of the number of units
        below, by its own standard deviation.
    """
    demand = np.empty(left.size)
    for interval in range(left.size):
        sharp = crowd = variance = 0.0
        for unit in range(posterior.shape[0]):
            low, high, middle, sd, turn = posterior[unit]
            # Every interval that the unit reaches into, however wide: a narrow posterior must not slip through.
            if right[interval] <= low or left[interval] >= high:
                continue
            z = ((left[interval] + right[interval]) / 2 - middle) / sd
            below = 0.5 * math.erfc(-z / math.sqrt(2.0))
            crowd += math.exp(-z * z / 2) / (math.sqrt(2 * math.pi) * sd)
            variance += below * (1 - below)
            turning = right[interval] > -turn and left[interval] < turn
            sharp = max(sharp, 1 / min(sd, 1.0) if turning else 1 / sd)
        demand[interval] = max(sharp, crowd / math.sqrt(max(variance, 0.25)))
    return demand
