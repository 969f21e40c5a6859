"""Units drawn again, or left out one at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fodfaeste.errors import BadInput
from fodfaeste.measure.bootstrap import bca_limits, check_bootstraps, left_out, percentile_limits, resampled


def test_every_draw_has_as_many_units_as_there_are():
    drawn = np.concatenate(list(resampled(7, 50, np.random.default_rng(1))))
    assert drawn.shape == (50, 7)
    assert (drawn.sum(axis=1) == 7).all()


def test_each_unit_is_left_out_once_however_many_there_are():
    for units in (5, 1600):
        blocks = list(left_out(units))
        assert len(blocks) == (1 if units == 5 else 2)
        assert np.array_equal(1 - np.concatenate(blocks), np.eye(units))


def test_draws_do_not_depend_on_how_they_are_cut_into_blocks():
    many = np.concatenate(list(resampled(3000, 900, np.random.default_rng(5))))
    assert len(list(resampled(3000, 900, np.random.default_rng(5)))) == 2
    assert np.array_equal(many, np.random.default_rng(5).multinomial(3000, np.full(3000, 1 / 3000), size=900))


def test_limits_stand_at_their_share_of_draws_and_one():
    draws = np.arange(1.0, 1000)[:, None]
    assert percentile_limits(draws, 0.95)[:, 0] == pytest.approx([25, 975])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.5, 0.99))
def test_without_bias_and_skewness_bca_is_the_percentile_interval(seed, level):
    half = np.abs(np.random.default_rng(seed).normal(size=(400, 1))) + 0.01
    draws, jackknife = np.concatenate([half, -half]), np.array([[-1.0], [1.0], [2.0], [-2.0]])
    np.testing.assert_allclose(
        bca_limits(np.zeros(1), draws, jackknife, level), percentile_limits(draws, level), atol=1e-9
    )


def test_bca_of_a_mean_is_scipys():
    rng = np.random.default_rng(3)
    data = rng.gamma(1, size=30)
    said = stats.bootstrap((data,), np.mean, n_resamples=20_000, rng=rng, method="BCa", batch=1000)
    jackknife = np.array([np.delete(data, k).mean() for k in range(30)])[:, None]
    found = bca_limits(np.array([data.mean()]), said.bootstrap_distribution[:, None], jackknife, 0.95)[:, 0]
    # SciPy takes quantiles at k/R and counts ties by half: at 20,000 draws a neighbour or two apart.
    assert found == pytest.approx([said.confidence_interval.low, said.confidence_interval.high], abs=2e-3)


def test_an_estimate_beyond_all_draws_has_no_bca_interval():
    draws = np.column_stack([np.arange(1.0, 101), np.arange(-50.0, 50)])
    jackknife = np.random.default_rng(1).normal(size=(20, 2))
    limits = bca_limits(np.zeros(2), draws, jackknife, 0.9)
    assert np.isnan(limits[:, 0]).all()
    assert np.isfinite(limits[:, 1]).all()


def test_the_level_says_how_many_draws_are_needed():
    check_bootstraps(39, 0.95)
    check_bootstraps(999, 0.998)
    with pytest.raises(BadInput, match="bootstraps=998, expected at least 999"):
        check_bootstraps(998, 0.998)
