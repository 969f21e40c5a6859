"""Groups too small to be shown alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.problem import Ints

SMALLEST = 10
"""Fewer households than this are not shown as a group of their own."""

POOLED = "other"
"""The name of the pool of small groups."""


def pooled(values: NDArray[Any]) -> dict[str, Ints]:
    """Give the households of each group, by position, the small ones together.

    Where all small groups together are still too few, the smallest of the others joins them: a figure for what is left
    over could be worked out from the total. With fewer than ten households in all there is no group to show.
    """
    text = values.astype(str)
    found = {str(value): np.flatnonzero(text == value) for value in sorted(set(text.tolist()))}
    small = [value for value, who in found.items() if who.size < SMALLEST or value == POOLED]
    large = sorted((value for value in found if value not in small), key=lambda value: (found[value].size, value))
    while small and large and sum(found[value].size for value in small) < SMALLEST:
        small.append(large.pop(0))
    together = sum(found[value].size for value in small)
    told = {value: who for value, who in found.items() if value not in small}
    if together >= SMALLEST:
        told[POOLED] = np.sort(np.concatenate([found[value] for value in small]))
    return told
