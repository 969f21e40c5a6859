"""Outcomes as they might truly be if the forecasts are off in one stated way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.problem import Bools, Problem
from fodfaeste.place.scores import Scores, block

Floats = NDArray[np.float64]


def noisy(problem: Problem, noise: float, rng: np.random.Generator) -> dict[str, Floats]:
    """Add independent normal errors: the outcome's sds, or a share of the spread of its scores."""
    told = {}
    for name, scores in problem.outcomes.items():
        values = formed(scores)
        sd = formed(problem.sds[name]) if name in problem.sds else noise * float(np.nanstd(_finite(values)))
        told[name] = values + sd * rng.standard_normal(values.shape)
    return told


def halved_place_effects(problem: Problem) -> dict[str, Floats]:
    """Move each place's mean over the households half-way to the mean over all."""
    return {name: _moved(formed(scores), 0.5, None) for name, scores in problem.outcomes.items()}


def without_effect_of(problem: Problem, place: int) -> dict[str, Floats]:
    """Move one place's mean over the households to the mean over all."""
    return {name: _moved(formed(scores), 1.0, place) for name, scores in problem.outcomes.items()}


def biased_group(problem: Problem, who: Bools, factor: float) -> dict[str, Floats]:
    """Multiply all outcomes of some households."""
    return {name: formed(scores) * np.where(who, factor, 1.0)[:, None] for name, scores in problem.outcomes.items()}


def formed(scores: Scores) -> Floats:
    """Form scores as one array in double precision."""
    return np.asarray(block(scores, slice(None)), np.float64)


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def _moved(values: Floats, share: float, place: int | None) -> Floats:
    """Take a share of the place effects away; scores that are no number (never allowed) stay out of the means."""
    known = _finite(values)
    effect = np.nanmean(known, axis=0) - np.nanmean(known)
    if place is not None:
        effect = np.where(np.arange(effect.size) == place, effect, 0.0)
    return np.asarray(values - share * effect)
