"""Gradient boosted trees: grown by scikit-learn, kept and read as plain arrays, so that loading runs no code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from fodfaeste.place.outcomes.kernels import sum_of_trees
from fodfaeste.place.outcomes.places import shrunken_rates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TREES, LEAVES, RATE, FEWEST_IN_A_LEAF, PENALTY = 80, 8, 0.08, 60, 10.0
"""Small trees, slowly: some thousand rows of noisy yes and no carry no more."""

INNER_FOLDS = 5

MOST_VALUES = 255
"""Values of a column that splits are looked for between: what scikit-learn's histograms hold."""


@dataclass(frozen=True, eq=False)
class Trees:
    """An ensemble, as arrays over nodes; see `kernels.sum_of_trees`.

    Attributes
    ----------
    base : float
        Log-odds before the first tree.
    root : ndarray, shape (trees,)
    feature, threshold, left, right, value : ndarray, shape (nodes,)
    place_level : ndarray, shape (places,)
        Log-odds of each place's shrunken rate: one more number of the place.
    common : float
        The same of everybody, for places without any training row.
    """

    base: float
    root: Ints
    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    value: Floats
    place_level: Floats
    common: float

    def log_odds(self, x: Floats, z: Floats, level: Floats, pair: Floats | None) -> Floats:
        """Give log-odds of all persons at all places; `level` has the shape (places,). See `Glm.log_odds`."""
        places = np.ascontiguousarray(np.column_stack([z, level]))
        apart = np.zeros((x.shape[0], z.shape[0], 0)) if pair is None else np.ascontiguousarray(pair)
        nodes = (self.root, self.feature, self.threshold, self.left, self.right, self.value)
        total: Floats = sum_of_trees(np.ascontiguousarray(x), places, apart, *nodes)
        return self.base + total


def place_levels(y: Floats, weight: Floats, place: Ints, places: int) -> tuple[Floats, float]:
    """Give each place's shrunken rate, and everybody's, as log-odds."""
    events, persons = _sums(y, weight, place, places)
    rates, _ = shrunken_rates(events, persons)
    return _as_log_odds(rates), float(_as_log_odds(events.sum() / persons.sum()))


def drawn_levels(y: Floats, weight: Floats, place: Ints, places: int, rng: np.random.Generator) -> Floats:
    """Draw each place's rate from its beta posterior, as log-odds."""
    events, persons = _sums(y, weight, place, places)
    rates, M = shrunken_rates(events, persons)
    total = persons + M
    return _as_log_odds(rng.beta(np.maximum(rates * total, 1e-3), np.maximum((1 - rates) * total, 1e-3)))


def _sums(y: Floats, weight: Floats, place: Ints, places: int) -> tuple[Floats, Floats]:
    events, persons = (np.bincount(place, part, places).astype(np.float64) for part in (weight * y, weight))
    return events, persons


def _as_log_odds(rates: Floats) -> Floats:
    return np.asarray(logit(np.clip(rates, 1e-4, 1 - 1e-4)))


def held_out_levels(y: Floats, weight: Floats, place: Ints, places: int, *, household: Ints, seed: int) -> Floats:
    """Give each row its place's level from the other households only: nobody's own outcome is among the features."""
    folds = folds_of(household, INNER_FOLDS, seed)
    levels = np.zeros(y.size)
    for fold in range(INNER_FOLDS):
        out = folds == fold
        found, _ = place_levels(y[~out], weight[~out], place[~out], places)
        levels[out] = found[place[out]]
    return levels


def folds_of(household: Ints, folds: int, seed: int) -> Ints:
    """Deal households to folds, all members to the same, by how the numbers of the households happen to fall."""
    _, number = np.unique(household, return_inverse=True)
    dealt = np.random.Generator(np.random.PCG64(seed)).permutation(number.max() + 1) % folds
    return np.asarray(dealt[number])


def grow(
    *,
    x: Floats,
    z: Floats,
    pair: Floats,
    place: Ints,
    places: int,
    y: Floats,
    weight: Floats,
    household: Ints,
    seed: int = 0,
    draw: int | None = None,
) -> Trees:
    """Fit by scikit-learn's `HistGradientBoostingClassifier`.

    With `draw`, households have random weights (exponential, mean 1) and the places' levels are drawn from their
    posterior: one refit of a household bootstrap.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    levels, common = place_levels(y, weight, place, places)
    rng = np.random.Generator(np.random.PCG64([seed, 0 if draw is None else draw + 1]))
    if draw is not None:
        _, number = np.unique(household, return_inverse=True)
        levels = drawn_levels(y, weight, place, places, rng)
        weight = weight * rng.exponential(size=number.max() + 1)[number]
    held_out = held_out_levels(y, weight, place, places, household=household, seed=seed)
    model = HistGradientBoostingClassifier(
        max_iter=TREES,
        max_leaf_nodes=LEAVES,
        learning_rate=RATE,
        min_samples_leaf=FEWEST_IN_A_LEAF,
        l2_regularization=PENALTY,
        early_stopping=False,
        random_state=seed,
    )
    columns = np.column_stack([x, z, held_out, pair])
    cuts = [cut_points(column) for column in columns.T]
    # Scikit-learn looks for weighted quantiles one by one, which takes longer than the trees; of codes it needs none.
    codes = np.column_stack([np.searchsorted(cut, column) for cut, column in zip(cuts, columns.T, strict=True)])
    model.fit(codes.astype(np.float64), y, sample_weight=weight)
    return cut_at(extracted(model, levels, common), cuts)


def cut_points(column: Floats) -> Floats:
    """Give where a column may be split: half way between its values, or between quantiles where there are many."""
    values = np.unique(column)
    if values.size > MOST_VALUES:
        values = np.unique(np.quantile(column, np.linspace(0, 1, MOST_VALUES), method="inverted_cdf"))
    return np.asarray((values[:-1] + values[1:]) / 2)


def cut_at(trees: Trees, cuts: Sequence[Floats]) -> Trees:
    """Turn trees over codes, the number of cut points below a value, into trees over the values."""
    threshold = np.zeros(trees.threshold.size)
    for node in np.flatnonzero(trees.feature >= 0):
        threshold[node] = cuts[trees.feature[node]][int(trees.threshold[node])]
    return replace(trees, threshold=threshold)


def extracted(model: Any, place_level: Floats, common: float) -> Trees:
    """Take an ensemble out of scikit-learn's estimator; tests hold the sums against its own predictions."""
    trees = [of_iteration[0].nodes for of_iteration in model._predictors]
    sizes = np.array([nodes.size for nodes in trees])
    root = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    shift = np.repeat(root, sizes)
    nodes = np.concatenate(trees)
    leaf = nodes["is_leaf"].astype(np.bool_)
    return Trees(
        base=float(np.ravel(model._baseline_prediction)[0]),
        root=root,
        feature=np.where(leaf, -1, nodes["feature_idx"]).astype(np.int64),
        threshold=nodes["num_threshold"].astype(np.float64),
        left=np.where(leaf, 0, nodes["left"].astype(np.int64) + shift),
        right=np.where(leaf, 0, nodes["right"].astype(np.int64) + shift),
        value=np.where(leaf, nodes["value"], 0.0).astype(np.float64),
        place_level=place_level,
        common=common,
    )


def trees_to_arrays(trees: Trees) -> Mapping[str, NDArray[Any]]:
    """Give the arrays that a file keeps."""
    names = ("root", "feature", "threshold", "left", "right", "value", "place_level")
    return {"base": np.array([trees.base, trees.common]), **{name: getattr(trees, name) for name in names}}


def trees_from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Trees:
    """Make an ensemble of the arrays that a file kept."""
    base, common = arrays["base"].tolist()
    rest = {name: np.asarray(values) for name, values in arrays.items() if name != "base"}
    return Trees(base=base, common=common, **rest)
