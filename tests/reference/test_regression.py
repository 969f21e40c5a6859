"""What R and its packages answered about regressions on units; `make_regression.R` asked."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fodfaeste.measure.bootstrap import bca_limits, percentile_limits
from fodfaeste.measure.regression import regress
from fodfaeste.measure.ridge import ridge
from fodfaeste.measure.stepwise import stepwise_audit

HERE = Path(__file__).parent
TERMS = ["unemployment", "rental_share", "distance_km", "inhabitants", "foreign_share"]
EXACT = 1e-9  # what is left of 16 digits with inhabitants in tens of thousands beside an intercept


@pytest.fixture(scope="module")
def answers():
    return json.loads((HERE / "answers" / "regression.json").read_text(encoding="utf-8"))


def given(name):
    return HERE / "inputs" / f"{name}.csv"


@pytest.fixture(scope="module", params=["ols", "quasibinomial"])
def both(request, answers):
    """Our fit and R's, of one family."""
    fitted = regress(
        given("regression"), predictors=TERMS, events="events", n="n", unit="unit", family=request.param, seed=1
    )
    return fitted, answers[request.param]


def same_columns(ours, theirs, tolerance=EXACT):
    frame = pl.DataFrame(theirs, infer_schema_length=None).drop("_row", strict=False)
    for name in frame.columns:
        if frame[name].dtype == pl.String:
            assert ours[name].to_list() == frame[name].to_list()
        else:
            found, said = (column.cast(pl.Float64).fill_null(np.nan).to_numpy() for column in (ours[name], frame[name]))
            np.testing.assert_allclose(found, said, rtol=tolerance, atol=1e-12, err_msg=name)


def test_coefficients_errors_p_values_and_ranges_are_those_of_lm_glm_sandwich_and_car(both):
    fitted, said = both
    same_columns(fitted.table, said["table"], 1e-8)


def test_each_units_influence_is_that_of_influence_measures_and_of_glms_without_the_unit(both):
    fitted, said = both
    # glm's weights are those of the step before its last; a deviance less another leaves about eight digits.
    same_columns(fitted.influence, said["influence"], 1e-6)


def test_the_summary_is_rs(both):
    fitted, said = both
    found = {name: fitted.summary[name] for name in said["summary"]}
    assert found == pytest.approx(said["summary"], rel=EXACT)


def test_condition_indices_and_variance_proportions_come_from_the_same_singular_values(answers, both):
    fitted, _ = both
    collinearity = fitted.collinearity
    index = collinearity.group_by("dimension", maintain_order=True).first()["condition_index"]
    assert index.to_list() == pytest.approx(answers["ols"]["condition_index"], rel=EXACT)
    proportions = collinearity["proportion"].to_numpy().reshape(6, 6)
    np.testing.assert_allclose(proportions, answers["ols"]["proportions"], rtol=EXACT, atol=1e-12)


def test_percentile_limits_of_rs_draws_are_boot_cis(answers):
    said = answers["bootstrap"]
    found = percentile_limits(np.array(said["replicates"])[:, None], 0.95)[:, 0]
    assert found == pytest.approx(said["percentile"], rel=1e-12)


def test_bca_limits_of_rs_draws_are_boot_cis_to_within_the_gap_between_two_draws(answers):
    said = answers["bootstrap"]
    draws, jackknife = np.array(said["replicates"])[:, None], np.array(said["jackknife"])[:, None]
    found = bca_limits(np.array([said["estimate"]]), draws, jackknife, 0.95)[:, 0]
    # boot.ci interpolates between the same two draws along the normal quantile, we along the share.
    ordered = np.sort(draws[:, 0])
    assert np.searchsorted(ordered, found).tolist() == np.searchsorted(ordered, said["bca"]).tolist()


@pytest.mark.parametrize("which", ["municipalities", "with_removal"])
def test_stepwise_takes_the_steps_of_add1_and_drop1(answers, which):
    said = answers["stepwise"][which]
    if which == "municipalities":
        audit = stepwise_audit(
            given("regression"), predictors=TERMS, events="events", n="n", bootstraps=2, permutations=2, seed=1
        )
    else:
        terms = ["a", "b", "both", "d"]
        audit = stepwise_audit(given("regression_stepwise"), "outcome", terms, bootstraps=2, permutations=2, seed=1)
        assert "remove" in audit.path["action"]
    same_columns(audit.path, said["path"])
    chosen = audit.table.filter("selected")
    assert dict(chosen.select("term", "estimate").rows()) == pytest.approx(said["estimates"], rel=EXACT)
    for name in ("r2", "adjusted_r2", "loo_r2"):
        assert audit.summary[name] == pytest.approx(said[name], rel=EXACT)


def test_ridge_has_the_penalty_that_refits_without_each_unit_choose_and_lm_ridges_coefficients(answers):
    data, said = pl.read_csv(given("regression")), answers["ridge"]
    found = ridge(data.select(TERMS).to_numpy().astype(float), (data["events"] / data["n"]).to_numpy())
    assert found.penalty == pytest.approx(said["penalty"], rel=1e-9)
    assert found.loo_r2 == pytest.approx(said["loo_r2"], rel=EXACT)
    np.testing.assert_allclose(found.coefficients, said["coefficients"], rtol=EXACT)
