from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.special import expit
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from fodfaeste.place.outcomes.drift import drift, reference
from fodfaeste.place.outcomes.metrics import Told, auc, calibration_table, figures, recalibration


def told(seed: int, n: int = 600) -> Told:
    rng = np.random.Generator(np.random.PCG64(seed))
    p = np.round(rng.uniform(0.05, 0.95, n), 2)
    return Told(p, (rng.random(n) < p).astype(float), rng.uniform(0.5, 2, n), np.repeat(np.arange(n // 2), 2))


def test_the_figures_are_those_of_scikit_learn() -> None:
    one = told(1)
    found = figures(one, 1)
    assert found["auc"]["value"] == pytest.approx(roc_auc_score(one.y, one.p, sample_weight=one.weight))
    assert found["log_loss"]["value"] == pytest.approx(log_loss(one.y, one.p, sample_weight=one.weight))
    assert found["brier"]["value"] == pytest.approx(brier_score_loss(one.y, one.p, sample_weight=one.weight))


def test_intervals_hold_the_figure_and_the_truth() -> None:
    found = figures(told(2, 2000), 1)
    for one in found.values():
        assert one["low"] < one["value"] < one["high"]
    assert found["slope"]["low"] < 1 < found["slope"]["high"]
    assert found["intercept"]["low"] < 0 < found["intercept"]["high"]


def test_forecasts_twice_as_bold_as_they_ought_to_be_have_half_the_slope() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    eta = rng.standard_normal(20_000)
    y = (rng.random(20_000) < expit(eta)).astype(float)
    slope, intercept = recalibration(expit(2 * eta + 1), y, np.ones(y.size))
    assert slope == pytest.approx(0.5, abs=0.02)
    assert intercept == pytest.approx(-0.5, abs=0.04)


def test_where_all_or_none_have_it_nothing_can_be_ranked() -> None:
    assert np.isnan(auc(np.array([0.1, 0.2]), np.ones(2), np.ones(2)))


def test_calibration_is_shown_by_tenths_and_groups_and_small_groups_are_not() -> None:
    one = told(4)
    kind = pl.Series(["a"] * 300 + ["b"] * 291 + ["few"] * 9)
    table = calibration_table(one, {"kind": kind})
    assert table.filter(pl.col("by") == "tenth").height == 10
    assert table.filter(pl.col("by") == "kind")["group"].to_list() == ["a", "b"]
    apart = (table["observed"] - table["forecast"]) / table["error"]
    assert apart.abs().max() < 4  # type: ignore[operator]


def test_the_same_mix_has_not_drifted_and_another_one_has() -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    then = pl.DataFrame({"x": rng.standard_normal(2000), "s": rng.choice(["a", "b"], 2000)})
    now = pl.DataFrame({"x": rng.standard_normal(2000), "s": rng.choice(["a", "b"], 2000)})
    assert {one.verdict for one in drift(reference(then, ["x", "s"]), now)} == {"same"}
    moved = {one.feature: one for one in drift(reference(then, ["x", "s"]), now.with_columns(pl.col("x") + 0.8))}
    assert moved["x"].verdict == "another"
    slightly = drift(reference(then, ["x"]), now.with_columns(pl.col("x") + 0.4))
    assert slightly[0].verdict == "moved"


def test_what_was_never_seen_is_outside() -> None:
    then = pl.DataFrame(
        {"x": [0.0, 1.0] * 50, "s": ["a", "b"] * 50, "none": [None] * 100}, schema_overrides={"none": pl.Float64}
    )
    now = pl.DataFrame(
        {"x": [0.5] * 9 + [7.0], "s": ["a"] * 9 + ["c"], "none": [None] * 10}, schema_overrides={"none": pl.Float64}
    )
    found = {one.feature: one for one in drift(reference(then, ["x", "s", "none"]), now)}
    assert found["x"].outside == pytest.approx(0.1)
    assert found["s"].outside == pytest.approx(0.1)
    assert {found["x"].verdict, found["s"].verdict} == {"outside"}
    assert found["none"].psi == 0
    assert drift(reference(then, ["x"]), now.clear()) == ()


def test_the_stability_index_is_siddiqis() -> None:
    then = pl.DataFrame({"s": ["a"] * 50 + ["b"] * 50})
    now = pl.DataFrame({"s": ["a"] * 70 + ["b"] * 30})
    by_hand = 0.2 * np.log(0.7 / 0.5) - 0.2 * np.log(0.3 / 0.5)
    assert drift(reference(then, ["s"]), now)[0].psi == pytest.approx(by_hand)
