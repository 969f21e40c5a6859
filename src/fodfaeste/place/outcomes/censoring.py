"""Weights for those whose outcome could be seen, so that they also stand for who died or left the country before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LARGEST_WEIGHT = 10.0
FEWEST = 50
"""A stratum of fewer persons is weighted with all others."""


def censoring_weights(months: Ints, censored: Bools, strata: Ints) -> Floats:
    """Give 1/G to whose outcome is known and 0 to whom it is not, G the chance of having been seen so long.

    Parameters
    ----------
    months : ndarray of int, shape (persons,)
        Month, from 1, of the move that decided the outcome, or in which the watching ended; one more than the months
        asked for where neither happened by then.
    censored : ndarray of bool, shape (persons,)
        Whether the watching ended, by death, emigration or a lost address, before the outcome was known.
    strata : ndarray of int, shape (persons,)
        Who is comparable in how fast the watching ends.

    Notes
    -----
    Kaplan-Meier estimates of the censoring, by stratum and by month. A move in a month comes before a censoring in the
    same one. Weights above 10 are cut off, which leaves a small bias and bounds the variance.

    References
    ----------
    Robins, Rotnitzky (1992), AIDS Epidemiology, 297-331; Graf et al. (1999), Stat. Med. 18, 2529-2545, (12).
    """
    weights = np.zeros(months.size)
    counts = np.bincount(strata) if strata.size else np.zeros(1, np.int64)
    pooled = np.where(counts[strata] < FEWEST, -1, strata)
    for stratum in np.unique(pooled):
        here = np.flatnonzero(pooled == stratum)
        seen = _seen(months[here], censored[here])
        # A move in month t is known of whom nobody lost before t; the rest, of whom nobody lost by the last month.
        chance = np.maximum(seen[months[here] - 1], 1 / LARGEST_WEIGHT)
        weights[here] = np.where(censored[here], 0.0, 1 / chance)
    return weights


def _seen(months: Ints, censored: Bools) -> Floats:
    """Give G(t): the chance of not being censored through month t, for t = 0, 1, 2 ..."""
    last = int(months.max())
    ended = np.bincount(months, minlength=last + 1)
    lost = np.bincount(months[censored], minlength=last + 1)
    at_risk = ended[::-1].cumsum()[::-1]
    # Who had the event in a month is no longer at risk of being lost in it.
    exposed = at_risk - (ended - lost)
    return np.asarray(np.cumprod(1 - lost / np.maximum(exposed, 1)))
