"""Quotas that must be filled: hard, or soft at a price."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from fodfaeste.place.exact.model import Pairs, Part, persons_rows
from fodfaeste.place.problem import Goal
from fodfaeste.place.units import Units


def minimums(units: Units, pairs: Pairs, goal: Goal) -> Part:
    """Ask for each place's minimum: one row a place, and where it has a price a column for who is missing."""
    least = units.minimum.astype(float)
    counted = persons_rows(units, pairs)
    unlimited = np.full(least.size, np.inf)
    if goal.short_price is None:
        none = np.zeros(0)
        return Part(counted, sparse.csr_array((least.size, 0)), least, unlimited, none, none)
    # What a place has no room for is missing in any plan: a constant, so that the row's price is that of what can be
    # done about it.
    beyond = np.maximum(least - units.capacity[:, units.person_dimension], 0)
    return Part(
        pairs=counted,
        own=sparse.csr_array(sparse.eye_array(least.size, format="csr")),
        low=least - beyond,
        high=unlimited,
        gain=np.full(least.size, -goal.short_price),
        upper=least - beyond,
        constant=-goal.short_price * float(beyond.sum()),
    )
