"""The end of a residence rule beside what R says of the same persons; `make_release.R` asked it.

`poisson.test` and `binom.test`, `survival::survfit` with each person's influence, `glm` with `sandwich::vcovCL`, `lm`.
"""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fodfaeste.measure.release import release_test

HERE = Path(__file__).parent
ARGUMENTS = {"bound": "bound", "free": "free", "rule": 12, "window": 3, "horizons": (15, 18, 24, 30), "seed": 1}


@pytest.fixture(scope="module")
def said():
    return json.loads((HERE / "answers" / "release.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def both_ways():
    persons = HERE / "inputs" / "release.csv"
    return {
        unit: release_test(
            persons, "month", "event", "cohort", **ARGUMENTS, unit=unit, covariates=["permit", "age"], bootstraps=100
        )
        for unit in (None, "municipality")
    }


@pytest.fixture(params=[None, "municipality"], ids=["persons", "municipalities"])
def unit(request):
    return request.param


@pytest.fixture
def ours(both_ways, unit):
    return both_ways[unit]


def same(frame, rows, *names, rtol=1e-10):
    theirs = pl.DataFrame(rows)
    for name in names:
        np.testing.assert_allclose(frame[name].to_numpy(), theirs[name].to_numpy(), rtol=rtol, err_msg=name)


def test_the_answers_name_their_software(said):
    assert set(said["software"]) == {"R", "survival", "sandwich"}


def test_observed_against_expected_is_what_poisson_test_says(ours, said):
    windows = ours.release.filter(compared_with="the free cohort in the same months")
    same(windows, said["release"], "events", "expected", "ratio")
    same(windows, said["release"], "lower", "upper", "p_value", rtol=1e-9)


def test_the_shape_is_a_conditional_binomial_test(ours, said):
    same(ours.shape, said["shape"], "events", "later_events", "ratio")
    same(ours.shape, said["shape"], "lower", "upper", "p_value", rtol=1e-9)


def test_shares_moved_and_their_errors_are_those_of_survfit(both_ways, said):
    theirs = pl.DataFrame(said["incidence"])
    both = theirs.join(both_ways[None].curve, on=["cohort", "month"], maintain_order="left", suffix="_ours")
    assert both.height == 10
    np.testing.assert_allclose(both["incidence_ours"], both["incidence"], rtol=1e-12)
    np.testing.assert_allclose(both["se_ours"], both["se"], rtol=1e-12)


def test_the_catch_up_share_has_the_error_of_its_influence(ours, said, unit):
    same(ours.catch_up, said["catch_up"], "month", "gap", "estimate")
    theirs = pl.DataFrame(said["catch_up"])
    np.testing.assert_allclose(ours.catch_up["se"], theirs["se_by_town" if unit else "se"], rtol=1e-10)
    if not unit:
        same(ours.catch_up, said["catch_up"], "se_gap")


def test_the_regression_is_glm_with_clustered_errors(ours, said, unit):
    theirs = pl.DataFrame(said["regression"])
    ours_of = {"family": "permit=family", "other": "permit=other"}
    names = theirs["term"].str.replace(r"^\(", "bound × (").replace(ours_of)
    both = theirs.with_columns(term=names).join(ours.regression, on="term", maintain_order="left", suffix="_ours")
    assert both["estimate_ours"].null_count() == 0
    np.testing.assert_allclose(both["estimate_ours"], both["estimate"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(both["se"], both["se_by_town" if unit else "se_by_person"], rtol=1e-7)


def test_the_polynomial_is_a_weighted_regression(ours, said):
    bunched = pl.concat([ours.bunching, ours.placebo.drop("p_holm")])
    same(bunched, said["bunching"], "expected", rtol=1e-9)
    # The excess is a small difference: what is lost in it is lost in both.
    np.testing.assert_allclose(bunched["estimate"], [row["estimate"] for row in said["bunching"]], atol=1e-9)
