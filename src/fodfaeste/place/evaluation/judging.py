"""How a policy is judged, row by row: what models say of it, corrected by those who really were sent where it sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fodfaeste.errors import BadInput, NotEnoughPeople
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.evaluation.history import History
from fodfaeste.place.evaluation.outcome_fit import OutcomeFit
from fodfaeste.place.evaluation.policies import Known
from fodfaeste.place.evaluation.propensity import Propensities
from fodfaeste.place.evaluation.small import pooled
from fodfaeste.place.problem import Ints

Floats = NDArray[np.float64]

Policy = ArrayLike | Callable[[Known], ArrayLike]
"""Where a rule would send each row: positions of places, shape (rows,), or chances, shape (rows, places); or a function
of what may be known. Arrays must not have been made from the outcomes that they are judged by."""

LEAST_EFFECTIVE = 30.0
"""Below this effective number of rows a policy is refused."""

TOLERATED = 0.05
"""Above this share of a policy's placements where people like them were hardly ever placed, it is refused."""


@dataclass(frozen=True, eq=False)
class Judged:
    """One policy, row by row: chances, doubly robust and direct values, weights, and what lacks support."""

    name: str
    chances: Floats
    psi: Floats
    direct: Floats
    weight: Floats
    unsupported: Floats
    effective: float
    refused: str | None


def judged_by(
    history: History,
    policies: Mapping[str, Policy],
    propensities: Propensities,
    outcome_fit: OutcomeFit,
    settings: tuple[int, float | None, int],
) -> tuple[list[Judged], float]:
    """Fit both models and judge each policy; give them with the least chance that is believed."""
    folds, bound, seed = settings
    rows, clusters = len(history.households), history.clusters
    households = int(clusters.max()) + 1 if rows else 0
    if folds < 2 or households < 2 * folds:
        found, expected = f"{households} households for {folds} folds", "at least two folds and two households in each"
        raise NotEnoughPeople(Fault(found, expected, "Take a longer history, or fewer folds."))
    if not policies:
        raise BadInput(Fault("no policy", "at least one", "Name what to compare with what was done."))
    rng = np.random.Generator(np.random.PCG64(seed))
    fold = (rng.permutation(households) % folds)[clusters]
    mu, chance = _cross_fitted(history, fold, propensities, outcome_fit)
    least = float(5 / (np.sqrt(rows) * np.log(rows))) if bound is None else bound
    known = Known(history, mu, fold)
    return [_judge(known, name, policy, chance, least) for name, policy in policies.items()], least


def _cross_fitted(
    history: History, fold: Ints, propensities: Propensities, outcome_fit: OutcomeFit
) -> tuple[Floats, Floats]:
    """Fit both models to the other folds; give outcomes and chances, each of shape (rows, places)."""
    places = len(history.places)
    mu = np.zeros((fold.size, places))
    chance = np.zeros((fold.size, places)) if history.propensity is None else history.propensity
    for one in range(int(fold.max()) + 1):
        test, train = fold == one, fold != one
        features, place = history.features[train], history.place[train]
        mu[test] = outcome_fit(features, place, history.outcome[train], places)(history.features[test])
        if history.propensity is None:
            chance[test] = propensities(features, place, places)(history.features[test])
    return mu, chance


def _chances(known: Known, name: str, policy: Policy) -> Floats:
    """Bring a policy into chances, shape (rows, places)."""
    rows, places = len(known.history.households), len(known.history.places)
    given = np.asarray(policy(known) if callable(policy) else policy)
    if given.shape == (rows,) and given.size and given.min() >= 0 and given.max() < places:
        told = np.zeros((rows, places))
        told[np.arange(rows), given.astype(np.int64)] = 1.0
        return told
    if given.shape == (rows, places) and (given >= 0).all() and np.allclose(given.sum(axis=1), 1, atol=1e-6):
        return given.astype(np.float64)
    expected = f"a place for each of {rows} rows, or chances that add up to 1 over {places} places"
    todo = "Say where the policy sends each of the households of the history."
    raise BadInput(Fault(f"the policy {name} of shape {given.shape}", expected, todo))


def _judge(known: Known, name: str, policy: Policy, chance: Floats, least: float) -> Judged:
    history = known.history
    chances = _chances(known, name, policy)
    there = np.arange(history.place.size), history.place
    if (chances[there] == 1).all():
        # What was done has no need of models: its value is what was seen.
        ones, none = np.ones(history.place.size), np.zeros_like(chances)
        return Judged(name, chances, history.outcome, history.outcome, ones, none, float(ones.size), None)
    weight = chances[there] / np.maximum(chance[there], least)
    direct = (chances * known.forecasts).sum(axis=1)
    psi = direct + weight * (history.outcome - known.forecasts[there])
    unsupported = chances * (chance < least)
    effective = float(weight.sum() ** 2 / (weight**2).sum()) if weight.any() else 0.0
    refused = "few_alike" if effective < LEAST_EFFECTIVE else None
    if unsupported.sum() > TOLERATED * history.place.size:
        refused = "no_support"
    return Judged(name, chances, psi, direct, weight, unsupported, effective, refused)


def refusal(history: History, policy: str, effective: float, unsupported: Floats) -> str:
    """Say in words why nothing can be said of a policy: where it would send people whose like never went there."""
    share = float(unsupported.sum()) / len(history.households)
    worst = np.argsort(-unsupported.sum(axis=0), kind="stable")
    places = [history.places[place] for place in worst if unsupported[:, place].sum() >= 0.5][:5]
    told = f"Policy {policy} is refused: what was really done bears on only {effective:.0f} rows of it"
    if share > TOLERATED:
        told += f", and {share:.0%} of it would go where people like them were hardly ever placed"
    if places:
        told += f" (most of all {', '.join(places)})"
    if history.groups is not None and share > TOLERATED:
        of = np.array(history.groups, object)
        sums = {value: float(unsupported[who].sum()) / who.size for value, who in pooled(of).items()}
        told += "; by group: " + ", ".join(f"{value} {part:.0%}" for value, part in sums.items() if part >= 0.01)
    return told + ". Weighting cannot tell what would have become of them; try it on a small part by lot first."
