"""Fits one at a time and thousands at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from scipy.special import expit

from fodfaeste.measure import bootstrap
from fodfaeste.measure.regression_fit import OLS, QUASIBINOMIAL, fit, flat_start, model, refit, refits


def counted(seed, units=25, terms=2):
    rng = np.random.default_rng(seed)
    x, n = rng.normal(size=(units, terms)), rng.integers(10, 80, units).astype(float)
    return model(QUASIBINOMIAL, x, rng.binomial(n.astype(int), expit(0.5 * x[:, 0] - 0.3)) / n, n)


def measured(seed, units=25, terms=2):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(units, terms)) * [1, 1e4][:terms] + [0, 3e4][:terms]
    return model(OLS, x, x[:, 0] + rng.normal(size=units), np.ones(units))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_no_other_coefficients_are_more_likely(seed):
    of = counted(seed)

    def deviance(b):
        return of.weight @ of.family.deviance(of.y, of.design @ b)

    found = fit(of)
    best = optimize.minimize(deviance, np.zeros(3), method="BFGS")
    assert found.deviance <= best.fun + 1e-9
    np.testing.assert_allclose(found.coefficients, best.x, atol=1e-4)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([counted, measured]))
def test_drawing_a_unit_twice_is_having_it_twice(seed, invent):
    of = invent(seed)
    cases = next(bootstrap.resampled(25, 3, np.random.default_rng(seed)))
    found = refit(of, cases, fit(of).coefficients)
    for drawn, coefficients in zip(cases, found, strict=True):
        rows = np.repeat(np.arange(25), drawn.astype(int))
        alone = fit(model(of.family, of.design[rows, 1:], of.y[rows], of.weight[rows]))
        np.testing.assert_allclose(coefficients, alone.coefficients, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("invent", [counted, measured])
def test_thousands_at_once_are_those_one_at_a_time(invent):
    of = invent(1)
    start = fit(of).coefficients
    cases = next(bootstrap.resampled(25, 1000, np.random.default_rng(1)))
    together = refit(of, cases, start)
    np.testing.assert_allclose(together, refits(of, cases[:, None], start), rtol=1e-9)


@pytest.mark.parametrize("invent", [counted, measured])
def test_the_start_decides_nothing(invent):
    of = invent(2)
    away = flat_start(of)
    away[0] += 3
    found = [refit(of, np.ones((1, 25)), start) for start in (flat_start(of), away)]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-8)


def test_units_that_do_not_tell_terms_apart_give_no_estimate():
    of = counted(3)
    three = np.zeros((2, 25))
    three[0, :2] = 1
    three[1] = 1
    found = refit(of, three, flat_start(of))
    assert np.isnan(found).all(axis=1).tolist() == [True, False]


def test_hats_sum_to_the_number_of_terms_and_residuals_leave_the_score_at_zero():
    for of in (counted(5), measured(5)):
        found = fit(of)
        assert found.hat.sum() == pytest.approx(3)
        assert of.design.T @ (of.weight * (of.y - found.mu)) == pytest.approx(np.zeros(3), abs=1e-4)


def test_a_deviance_is_finite_where_the_mean_rounds_to_one():
    assert QUASIBINOMIAL.deviance(np.array([0.5, 1, 0]), np.array([800.0, 800, -800])) == pytest.approx(
        [800 - 2 * np.log(2), 0, 0]
    )
