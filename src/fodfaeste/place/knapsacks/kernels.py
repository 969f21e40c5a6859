"""Knapsacks: what each place would choose if households had prices, by dynamic programming over its room."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def fill(begins: Ints, unit: Ints, size: Ints, gain: Floats, room: Ints, price: Floats, chosen: Bools) -> float:
    """Let every place choose the units that are worth most to it beyond their prices and that it has room for.

    Parameters
    ----------
    begins : ndarray of int64, shape (places + 1,)
        The pairs of each place are those from `begins` of it to that of the next.
    unit, size, gain : ndarray, shape (pairs,)
    room : ndarray of int64, shape (places,)
    price : ndarray, shape (units,)
    chosen : ndarray of bool, shape (pairs,)
        Filled in.

    Returns
    -------
    float
        Sum over places of what they gain beyond the prices.
    """
    largest, longest = 0, 0
    for j in range(room.size):
        largest = max(largest, room[j])
        longest = max(longest, begins[j + 1] - begins[j])
    worth = np.empty(largest + 1)
    taken = np.empty((longest, largest + 1), np.bool_)
    total = 0.0
    for j in range(room.size):
        whole = room[j]
        worth[: whole + 1] = 0.0
        for pair in range(begins[j], begins[j + 1]):
            chosen[pair] = False
            net = gain[pair] - price[unit[pair]]
            row = taken[pair - begins[j]]
            row[: whole + 1] = False
            if net <= 0:
                continue
            for free in range(whole, size[pair] - 1, -1):
                with_it = worth[free - size[pair]] + net
                if with_it > worth[free]:
                    worth[free] = with_it
                    row[free] = True
        total += worth[whole]
        free = whole
        for pair in range(begins[j + 1] - 1, begins[j] - 1, -1):
            if taken[pair - begins[j], free]:
                chosen[pair] = True
                free -= size[pair]
    return total


@njit(cache=True, nogil=True)
def loss_with(begins: Ints, unit: Ints, size: Ints, gain: Floats, room: Ints, price: Floats, loss: Floats) -> None:
    """Say of each pair how much its place would lose if it had to choose it; `loss` (pairs,) is filled in."""
    for j in range(room.size):
        whole, many = room[j], begins[j + 1] - begins[j]
        before = np.zeros((many + 1, whole + 1))
        behind = np.zeros((many + 1, whole + 1))
        for k in range(many):
            pair = begins[j] + k
            net = gain[pair] - price[unit[pair]]
            for free in range(whole + 1):
                before[k + 1, free] = before[k, free]
                if net > 0 and free >= size[pair]:
                    before[k + 1, free] = max(before[k, free], before[k, free - size[pair]] + net)
        for k in range(many - 1, -1, -1):
            pair = begins[j] + k
            net = gain[pair] - price[unit[pair]]
            for free in range(whole + 1):
                behind[k, free] = behind[k + 1, free]
                if net > 0 and free >= size[pair]:
                    behind[k, free] = max(behind[k + 1, free], behind[k + 1, free - size[pair]] + net)
        for k in range(many):
            pair = begins[j] + k
            rest = whole - size[pair]
            best = -np.inf
            for free in range(rest + 1):
                best = max(best, before[k, free] + behind[k + 1, rest - free])
            loss[pair] = before[many, whole] - best - (gain[pair] - price[unit[pair]])
