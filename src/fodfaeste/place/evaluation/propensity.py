"""With which chance people of some kind were placed where: estimated from where they were placed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.problem import Ints

Floats = NDArray[np.float64]

Propensities = Callable[[Floats, Ints, int], Callable[[Floats], Floats]]
"""Fits features, shape (rows, features), and places of that many kinds; gives a function from other features to
chances, shape (rows, places), that add up to 1."""

STRENGTH = 5.0
"""As many rows of prior knowledge: people of a kind are placed like all people."""


def multinomial(features: Floats, place: Ints, places: int) -> Callable[[Floats], Floats]:
    """Fit a multinomial logistic regression with an L2 penalty of 1 on standardised features."""
    from sklearn.linear_model import LogisticRegression

    mean, sd = features.mean(axis=0), features.std(axis=0)
    used = sd > 0
    seen = np.unique(place)
    if not used.any() or seen.size < 2:
        return by_kind(features[:, :0], place, places)
    scaled = (features[:, used] - mean[used]) / sd[used]
    model = LogisticRegression(C=1.0, max_iter=2000, tol=1e-6).fit(scaled, place)

    def predict(others: Floats) -> Floats:
        chances = np.zeros((others.shape[0], places))
        chances[:, model.classes_] = model.predict_proba((others[:, used] - mean[used]) / sd[used])
        return chances

    return predict


def by_kind(features: Floats, place: Ints, places: int) -> Callable[[Floats], Floats]:
    """Count where people with the very same features were placed, shrunk towards where all were."""
    overall = np.bincount(place, minlength=places) / max(1, place.size)
    kinds, of = np.unique(features, axis=0, return_inverse=True)
    counts = np.zeros((kinds.shape[0], places))
    np.add.at(counts, (of.reshape(-1), place), 1)
    chances = (counts + STRENGTH * overall) / (counts.sum(axis=1, keepdims=True) + STRENGTH)
    row_of = {kind.tobytes(): row for row, kind in enumerate(kinds)}

    def predict(others: Floats) -> Floats:
        return np.array(
            [chances[row_of[kind.tobytes()]] if kind.tobytes() in row_of else overall for kind in others]
        ).reshape(others.shape[0], places)

    return predict
