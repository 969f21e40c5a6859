"""What a regression rests on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from fodfaeste.measure import bootstrap
from fodfaeste.measure.diagnostics import (
    breusch_pagan,
    condition,
    influence,
    left_out_r2,
    left_out_range,
    variance_inflation,
)
from fodfaeste.measure.regression_fit import OLS, QUASIBINOMIAL, fit, model, refits


def measured(seed, units=20):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(units, 2))
    return model(OLS, x, x[:, 0] + rng.normal(size=units), np.ones(units))


def without_each(of, found):
    return refits(of, bootstrap.left_out(of.y.size), found.coefficients)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_vif_is_what_the_others_tell_of_a_column(seed):
    x = np.random.default_rng(seed).normal(size=(30, 4))
    x[:, 3] += x[:, 0]
    for j, vif in enumerate(variance_inflation(x)):
        others = np.column_stack([np.ones(30), np.delete(x, j, axis=1)])
        left = x[:, j] - others @ np.linalg.lstsq(others, x[:, j], rcond=None)[0]
        r2 = 1 - left @ left / np.sum((x[:, j] - x[:, j].mean()) ** 2)
        assert vif == pytest.approx(1 / (1 - r2))


def test_only_columns_that_follow_from_others_have_an_endless_vif():
    x = np.random.default_rng(1).normal(size=(30, 4))
    x[:, 2] = x[:, 0] - 3 * x[:, 1]
    vif = variance_inflation(x)
    assert (vif[:3] > 1e12).all()
    assert vif[3] < 2


def test_columns_at_right_angles_have_condition_index_1():
    x = np.column_stack([np.ones(4), [1, 1, -1, -1], [5, -5, 5, -5]])
    found = condition(x)
    assert found.index == pytest.approx([1, 1, 1])
    assert found.proportions.sum(axis=0) == pytest.approx([1, 1, 1])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_measures_of_influence_are_what_leaving_the_unit_out_does(seed):
    of = measured(seed)
    found = fit(of)
    coefficients = without_each(of, found)
    said = influence(of, found, coefficients)
    for i in (0, 7, 19):
        rest = np.arange(20) != i
        alone = fit(model(OLS, of.design[rest, 1:], of.y[rest], np.ones(19)))
        change = found.coefficients - alone.coefficients
        np.testing.assert_allclose(coefficients[i], alone.coefficients, rtol=1e-8, atol=1e-12)
        s = np.sqrt(alone.dispersion)
        assert said.dfbetas[i] == pytest.approx(change / (s * np.sqrt(np.diag(found.unscaled))))
        assert said.dffits[i] == pytest.approx(of.design[i] @ change / (s * np.sqrt(found.hat[i])))
        assert said.cook[i] == pytest.approx(change @ np.linalg.solve(found.unscaled, change) / 3 / found.dispersion)
        told = of.y[i] - of.design[i] @ alone.coefficients
        assert said.student[i] == pytest.approx(told * np.sqrt(1 - found.hat[i]) / s)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_that_holds_for_counts_too(seed):
    rng = np.random.default_rng(seed)
    x, n = rng.normal(size=(20, 2)), rng.integers(20, 200, 20).astype(float)
    of = model(QUASIBINOMIAL, x, rng.binomial(n.astype(int), expit(0.5 * x[:, 0] + rng.normal(0, 0.3, 20))) / n, n)
    found = fit(of)
    said = influence(of, found, without_each(of, found))
    for i in (0, 7, 19):
        rest = np.arange(20) != i
        alone = fit(model(QUASIBINOMIAL, x[rest], of.y[rest], n[rest]))
        change = found.coefficients - alone.coefficients
        se = np.sqrt(alone.dispersion * np.diag(found.unscaled))
        np.testing.assert_allclose(said.dfbetas[i], change / se, rtol=1e-6, atol=1e-9)
        assert abs(said.student[i]) == pytest.approx(
            np.sqrt((found.deviance - alone.deviance) / alone.dispersion), rel=1e-6, abs=1e-6
        )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_leave_one_out_r2_is_one_minus_press_over_the_sum_of_squares(seed):
    of = measured(seed)
    found = fit(of)
    press = np.sum((found.pearson / (1 - found.hat)) ** 2)
    expected = 1 - press / np.sum((of.y - of.y.mean()) ** 2)
    assert left_out_r2(of, found, without_each(of, found)) == pytest.approx(expected)


def test_a_fit_that_does_not_exist_is_passed_over_in_the_range_but_not_in_r2():
    of = measured(1)
    found = fit(of)
    without = without_each(of, found)
    without[4] = np.nan
    said = left_out_range(found.coefficients, without)
    assert np.isfinite([said.least, said.greatest]).all()
    assert not said.changes[4].any()
    assert np.isnan(left_out_r2(of, found, without))
    influenced = influence(of, found, without)
    assert np.isnan([influenced.student[4], influenced.cook[4], influenced.dffits[4]]).all()
    assert np.isfinite(np.delete(influenced.student, 4)).all()


def test_a_unit_that_alone_lies_off_the_line_is_infinitely_far_from_it():
    x, y = np.arange(9.0), np.arange(9.0)
    y[4] += 1
    of = model(OLS, x[:, None], y, np.ones(9))
    said = influence(of, fit(of), without_each(of, fit(of)))
    assert said.student[4] > 1e6


def test_an_even_spread_has_no_breusch_pagan_statistic():
    design = np.column_stack([np.ones(8), [0, 0, 0, 0, 1, 1, 1, 1]])
    assert breusch_pagan(np.array([1, -2, 1, -2, 1, -2, 1, -2.0]), design)[0] == pytest.approx(0, abs=1e-12)
    statistic, degrees, p_value = breusch_pagan(np.array([1, -1, 1, -1, 2, -2, 2, -2.0]), design)
    assert (statistic, degrees) == (pytest.approx(8), 1)
    assert p_value == pytest.approx(0.004678, abs=1e-6)
