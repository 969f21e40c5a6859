"""What outcome people with some features may expect at each place: small places borrow from all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fodfaeste.measure.ridge import ridge
from fodfaeste.place.problem import Ints

Floats = NDArray[np.float64]

OutcomeFit = Callable[[Floats, Ints, Floats, int], Callable[[Floats], Floats]]
"""Fits features, shape (rows, features), places of that many kinds, and outcomes; gives a function from other features
to expected outcomes, shape (rows, places)."""

PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 1e9)
"""As many rows as speak for a place being like all places; the last says that it is."""


def shrunken_places(features: Floats, place: Ints, outcome: Floats, places: int) -> Callable[[Floats], Floats]:
    """Fit a ridge regression for all, and for each place a shrunken one of what that leaves.

    Each place has its own level and its own slopes, all drawn towards none by one penalty, which is the one whose
    leave-one-out error is least.

    References
    ----------
    Golub, Heath, Wahba (1979), Technometrics 21, 215-223 (the leave-one-out error of a ridge).
    """
    mean, sd = features.mean(axis=0), features.std(axis=0)
    used = sd > 1e-12
    scaled = (features[:, used] - mean[used]) / sd[used]
    common = ridge(scaled, outcome).coefficients if used.any() and np.ptp(outcome) > 0 else np.zeros(used.sum())
    level = float(outcome.mean())
    left = outcome - level - scaled @ common
    terms = np.column_stack([np.ones(outcome.size), scaled])
    rows = [np.flatnonzero(place == one) for one in range(places)]
    best = min(PENALTIES, key=lambda penalty: sum(_loo(terms[who], left[who], penalty) for who in rows))
    slopes = np.array([_fit(terms[who], left[who], best) for who in rows])

    def predict(others: Floats) -> Floats:
        known = (others[:, used] - mean[used]) / sd[used]
        own = np.column_stack([np.ones(known.shape[0]), known]) @ slopes.T
        return np.asarray(level + (known @ common)[:, None] + own)

    return predict


def _fit(terms: Floats, left: Floats, penalty: float) -> Floats:
    gram = terms.T @ terms + penalty * np.eye(terms.shape[1])
    return np.asarray(np.linalg.solve(gram, terms.T @ left))


def _loo(terms: Floats, left: Floats, penalty: float) -> float:
    gram = terms.T @ terms + penalty * np.eye(terms.shape[1])
    hat = np.einsum("ij,ji->i", terms, np.linalg.solve(gram, terms.T))
    return float((((left - terms @ _fit(terms, left, penalty)) / (1 - hat)) ** 2).sum())
