"""Simulated registers of past arrivals, where the truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fodfaeste.place.backtest import History


@dataclass(frozen=True)
class Past:
    """A history and the expected outcome of each row at each place."""

    history: History
    truth: np.ndarray
    chance: np.ndarray


def past(seed, households=600, places=5, *, steered=0.0, logged=False, bent=0.0, sizes=1):
    """Households with two features; `steered` says how much features decide where they were placed.

    `bent` adds to the outcome what no straight line in the features can follow. With `sizes` above 1 a household is
    several rows whose outcomes go together.
    """
    rng = np.random.default_rng(seed)
    world = np.random.default_rng(1)  # places are the same in every simulation
    effect, slope = 0.15 * world.standard_normal(places), 0.1 * world.standard_normal((2, places))
    pull = world.standard_normal((2, places))
    x = rng.standard_normal((households, 2))
    chance = np.exp(steered * x @ pull)
    chance /= chance.sum(axis=1, keepdims=True)
    place = (chance.cumsum(axis=1) > rng.random(households)[:, None]).argmax(axis=1)
    truth = 0.5 + effect + x @ slope + 0.1 * x[:, :1] + bent * (x[:, :1] ** 2 - 1) * np.sign(pull[0])
    rows = np.repeat(np.arange(households), sizes)
    shared = 0.2 * rng.standard_normal(households) if sizes > 1 else np.zeros(households)
    outcome = truth[rows, place[rows]] + shared[rows] + 0.3 * rng.standard_normal(rows.size)
    history = History(
        households=tuple(f"h{row:04}" for row in rows),
        places=tuple(f"p{place}" for place in range(places)),
        place=place[rows],
        outcome=outcome,
        features=x[rows],
        feature_names=("x1", "x2"),
        groups=tuple(np.where(x[rows, 0] > 0, "high", "low")),
        propensity=chance[rows] if logged else None,
    )
    return Past(history, truth[rows], chance[rows])
