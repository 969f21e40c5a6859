"""The loop that NumPy cannot vectorise: every pair of person and place down every tree."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def sum_of_trees(
    person: Floats,
    place: Floats,
    pair: Floats,
    root: Ints,
    feature: Ints,
    threshold: Floats,
    left: Ints,
    right: Ints,
    value: Floats,
) -> Floats:
    """Sum the leaves that each pair of person and place ends in; numbers at or below a threshold go left.

    Parameters
    ----------
    person : ndarray, shape (n, p)
    place : ndarray, shape (m, q)
    pair : ndarray, shape (n, m, r); r may be 0
    root : ndarray, shape (trees,)
        First node of each tree.
    feature : ndarray, shape (nodes,)
        Position among person, place and pair numbers, in this order; -1 for a leaf.
    threshold, left, right, value : ndarray, shape (nodes,)
        `left` and `right` are nodes.

    Returns
    -------
    ndarray, shape (n, m)
    """
    n, p = person.shape
    m, q = place.shape
    total = np.zeros((n, m))
    for i in range(n):
        for tree in root:
            for j in range(m):
                node = tree
                while feature[node] >= 0:
                    f = feature[node]
                    if f < p:
                        x = person[i, f]
                    elif f < p + q:
                        x = place[j, f - p]
                    else:
                        x = pair[i, j, f - p - q]
                    node = left[node] if x <= threshold[node] else right[node]
                total[i, j] += value[node]
    return total
