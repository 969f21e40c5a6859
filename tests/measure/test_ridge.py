"""All predictors, none selected."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.measure.ridge import ridge


def invented(seed, signal=1.0, units=25, terms=4):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(units, terms)) * 10.0 ** np.arange(terms)
    return x, signal * x[:, 0] + rng.normal(size=units)


def penalised(x, y, penalty):
    """Least squares with rows added for the penalty, the plain way; predictors standardised beforehand."""
    design = np.column_stack([np.ones(len(y)), x])
    added = np.sqrt(penalty) * np.eye(design.shape[1])[1:]
    return np.linalg.lstsq(np.vstack([design, added]), np.append(y, np.zeros(len(added))), rcond=None)[0]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_leave_one_out_is_that_of_fits_without_each_unit(seed):
    x, y = invented(seed)
    found = ridge(x, y)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    told = [np.append(1, z[i]) @ penalised(np.delete(z, i, 0), np.delete(y, i), found.penalty) for i in range(25)]
    assert found.loo_r2 == pytest.approx(1 - np.sum((y - told) ** 2) / np.sum((y - y.mean()) ** 2))
    np.testing.assert_allclose(found.coefficients * x.std(axis=0), penalised(z, y, found.penalty)[1:], rtol=1e-6)
    assert found.loo_r2 == found.loo_r2s.max()


def test_in_noise_next_to_nothing_is_left_of_the_predictors():
    x, y = invented(1, signal=0, units=30, terms=12)
    found = ridge(x, y)
    assert found.degrees < 2
    assert found.loo_r2 < 0.1


def test_a_strong_predictor_is_hardly_shrunk():
    x, y = invented(2, signal=20, units=200)
    found = ridge(x, y)
    assert found.coefficients[0] == pytest.approx(20, rel=0.02)
    assert found.degrees == pytest.approx(4, abs=0.1)
