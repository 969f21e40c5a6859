"""Units drawn again with replacement, or left out one at a time, and the intervals that follow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from fodfaeste.errors import BadInput, Problem

Floats = NDArray[np.float64]

BLOCK = 2**21


def needed_draws(level: float) -> int:
    """Count the draws below which percentile limits would lie outside them all."""
    return int(np.ceil(2 / (1 - level) - 1e-9)) - 1


def check_bootstraps(bootstraps: int, level: float) -> None:
    """Stop at too few draws for limits at a level."""
    if bootstraps < (needed := needed_draws(level)):
        found, expected = f"bootstraps={bootstraps}", f"at least {needed} for the level {level:g}, better 1000"
        raise BadInput(Problem(found, expected, "Draw more."))


def resampled(units: int, draws: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Draw units with replacement: blocks of how often each was drawn, shape (draws in the block, units)."""
    for size in _blocks(units, draws):
        yield rng.multinomial(units, np.full(units, 1 / units), size=size).astype(np.float64)


def left_out(units: int) -> Iterator[Floats]:
    """Leave each unit out in turn: blocks of ones with one 0 a row, shape (rows in the block, units)."""
    first = 0
    for size in _blocks(units, units):
        block = np.ones((size, units))
        block[np.arange(size), np.arange(first, first + size)] = 0
        yield block
        first += size


def _blocks(units: int, rows: int) -> Iterator[int]:
    # Memory stays the same however many units there are; the size is no setting, so that a seed means one draw.
    at_once = max(1, BLOCK // units)
    for first in range(0, rows, at_once):
        yield min(at_once, rows - first)


def percentile_limits(replicates: Floats, level: float) -> Floats:
    """Give percentile limits, shape (2, terms), of replicates, shape (draws, terms).

    The k-th smallest of R stands at k/(R+1) (Davison, Hinkley 1997, Bootstrap Methods, section 5.3).
    """
    return np.asarray(np.quantile(replicates, [(1 - level) / 2, (1 + level) / 2], axis=0, method="weibull"))


def bca_limits(estimate: Floats, replicates: Floats, jackknife: Floats, level: float) -> Floats:
    """Give bias-corrected and accelerated limits, shape (2, terms).

    Parameters
    ----------
    estimate : ndarray of float, shape (terms,)
    replicates : ndarray of float, shape (draws, terms)
    jackknife : ndarray of float, shape (units, terms)
        Estimates with each unit left out.
    level : float

    Returns
    -------
    ndarray of float
        NaN where all replicates lie on one side of the estimate: the correction is then unbounded.

    References
    ----------
    Efron (1987), J. Am. Stat. Assoc. 82, 171-185; acceleration: Efron, Tibshirani (1993), An Introduction to the
    Bootstrap, (14.15).
    """
    bias = ndtri(np.mean(replicates < estimate, axis=0))
    apart = jackknife.mean(axis=0) - jackknife
    acceleration = np.sum(apart**3, axis=0) / (6 * np.sum(apart**2, axis=0) ** 1.5)
    limits = np.full((2, estimate.size), np.nan)
    for k in np.flatnonzero(np.isfinite(bias)):
        moved = bias[k] + ndtri([(1 - level) / 2, (1 + level) / 2])
        shares = ndtr(bias[k] + moved / (1 - acceleration[k] * moved))
        limits[:, k] = np.quantile(replicates[:, k], shares, method="weibull")
    return limits
