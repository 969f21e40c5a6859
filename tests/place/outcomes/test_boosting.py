from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit
from sklearn.ensemble import HistGradientBoostingClassifier

from fodfaeste.place.outcomes.boosting import (
    FEWEST_IN_A_LEAF,
    LEAVES,
    MOST_VALUES,
    PENALTY,
    RATE,
    TREES,
    cut_points,
    drawn_levels,
    extracted,
    folds_of,
    grow,
    held_out_levels,
    place_levels,
    trees_from_arrays,
    trees_to_arrays,
)
from fodfaeste.place.outcomes.fitting import one_thread
from fodfaeste.place.outcomes.kernels import sum_of_trees
from fodfaeste.place.outcomes.places import shrunken_rates


def test_the_trees_taken_out_sum_to_what_scikit_learn_predicts() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    x = rng.standard_normal((800, 4))
    x[:, 3] = rng.integers(0, 3, 800)
    y = (rng.random(800) < 1 / (1 + np.exp(-x[:, 0] * x[:, 1] - x[:, 3]))).astype(float)
    with one_thread():
        model = HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=9, early_stopping=False).fit(x, y)
    trees = extracted(model, np.zeros(1), 0.0)
    ours = trees.log_odds(x[:, :2], np.zeros((1, 0)), np.zeros(1), None)
    assert ours.shape == (800, 1)
    none = np.zeros((1, 0)), np.zeros((800, 1, 0))
    nodes = (trees.root, trees.feature, trees.threshold, trees.left, trees.right, trees.value)
    total = trees.base + sum_of_trees(np.ascontiguousarray(x), *none, *nodes)[:, 0]
    assert total == pytest.approx(logit(model.predict_proba(x)[:, 1]), abs=1e-9)


def test_persons_places_and_pairs_are_read_where_they_stand() -> None:
    """Two people, three places: leaves by person (feature 0), by place (1), by pair (2)."""
    feature = np.array([0, -1, -1, 1, -1, -1, 2, -1, -1])
    left, right = np.array([1, 0, 0, 4, 0, 0, 7, 0, 0]), np.array([2, 0, 0, 5, 0, 0, 8, 0, 0])
    value = np.array([0, 1, 2, 0, 10, 20, 0, 100, 200.0])
    person, place = np.array([[0.0], [1.0]]), np.array([[0.0], [0.5], [1.0]])
    pair = np.zeros((2, 3, 1))
    pair[1, 2] = 1
    total = sum_of_trees(person, place, pair, np.array([0, 3, 6]), feature, np.full(9, 0.5), left, right, value)
    assert total.tolist() == [[111, 111, 121], [112, 112, 222]]


def test_trees_over_codes_are_scikit_learns_over_the_values() -> None:
    rng = np.random.Generator(np.random.PCG64(6))
    n = 600
    place, x = rng.integers(0, 4, n), rng.integers(0, 9, (n, 2)).astype(float)
    z, none = rng.standard_normal((4, 1))[place], np.zeros((n, 0))
    y, weight = (rng.random(n) < 0.2 + 0.05 * x[:, 0]).astype(float), rng.uniform(0.5, 2, n)
    people = {"place": place, "places": 4, "y": y, "weight": weight, "household": np.arange(n)}
    levels = held_out_levels(y, weight, place, 4, household=np.arange(n), seed=1)
    columns = np.column_stack([x, z, levels])
    given = {"max_iter": TREES, "max_leaf_nodes": LEAVES, "learning_rate": RATE, "l2_regularization": PENALTY}
    with one_thread():
        trees = grow(x=x, z=z, pair=none, seed=1, **people)
        peer = HistGradientBoostingClassifier(
            **given, min_samples_leaf=FEWEST_IN_A_LEAF, early_stopping=False, random_state=1
        ).fit(columns, y, weight)
    nodes = (trees.root, trees.feature, trees.threshold, trees.left, trees.right, trees.value)
    total = sum_of_trees(np.ascontiguousarray(columns), np.zeros((1, 0)), np.zeros((n, 1, 0)), *nodes)[:, 0]
    assert trees.base + total == pytest.approx(logit(peer.predict_proba(columns)[:, 1]), abs=1e-9)


def test_a_column_of_many_values_is_split_between_its_quantiles() -> None:
    column = np.random.Generator(np.random.PCG64(7)).exponential(size=5000)
    cuts = cut_points(column)
    assert cuts.size == MOST_VALUES - 1
    assert np.bincount(np.searchsorted(cuts, column)).max() < 2.5 * column.size / MOST_VALUES
    assert cut_points(np.array([3.0, 1.0, 1.0, 2.0])).tolist() == [1.5, 2.5]
    assert cut_points(np.ones(5)).size == 0


def test_the_level_of_a_place_is_pulled_to_all_by_its_size() -> None:
    events, persons = np.array([8.0, 80.0, 300.0, 100.0]), np.array([10.0, 100.0, 1000.0, 1000.0])
    rates, M = shrunken_rates(events, persons)
    common = events.sum() / persons.sum()
    assert rates == pytest.approx((events + M * common) / (persons + M))
    assert abs(rates[0] - 0.8) > abs(rates[1] - 0.8)


def test_nobodys_own_outcome_is_among_the_features() -> None:
    """Changing one household's outcome changes the level of others, never its own."""
    rng = np.random.Generator(np.random.PCG64(2))
    place, household = rng.integers(0, 5, 300), np.repeat(np.arange(150), 2)
    y = (rng.random(300) < 0.4).astype(float)
    changed = y.copy()
    changed[household == 7] = 1 - changed[household == 7]
    place[household == 7] = 0
    levels, moved = (held_out_levels(one, np.ones(300), place, 5, household=household, seed=1) for one in (y, changed))
    assert (levels[household == 7] == moved[household == 7]).all()
    assert (levels != moved).any()


def test_members_of_a_household_are_in_one_fold_and_folds_are_even() -> None:
    household = np.repeat(np.arange(100), 3)
    folds = folds_of(household, 5, 3)
    assert all(np.unique(folds[household == one]).size == 1 for one in range(100))
    assert np.bincount(folds).tolist() == [60] * 5


def test_trees_survive_being_written_as_arrays_and_refits_differ() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    n = 400
    place = rng.integers(0, 4, n)
    arguments = {
        "x": rng.standard_normal((n, 2)),
        "z": rng.standard_normal((4, 1))[place],
        "pair": np.zeros((n, 0)),
        "place": place,
        "places": 4,
        "y": (rng.random(n) < 0.3 + 0.1 * place).astype(float),
        "weight": np.ones(n),
        "household": np.arange(n),
    }
    with one_thread():
        trees, refit = grow(**arguments, seed=1), grow(**arguments, seed=1, draw=0)
    back = trees_from_arrays(trees_to_arrays(trees))
    x, z = arguments["x"][:5], np.zeros((4, 1))
    assert (back.log_odds(x, z, back.place_level, None) == trees.log_odds(x, z, trees.place_level, None)).all()
    assert (refit.place_level != trees.place_level).all()


def test_drawn_levels_scatter_around_the_shrunken_ones() -> None:
    y, place = np.tile([1.0, 0.0, 0.0, 0.0], 100), np.repeat([0, 1], 200)
    rng = np.random.Generator(np.random.PCG64(4))
    levels, common = place_levels(y, np.ones(400), place, 3)
    drawn = np.array([drawn_levels(y, np.ones(400), place, 3, rng) for _ in range(200)])
    assert drawn.mean(axis=0)[:2] == pytest.approx(levels[:2], abs=0.05)
    assert levels[2] == pytest.approx(common)
