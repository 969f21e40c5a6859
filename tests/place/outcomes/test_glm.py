from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from fodfaeste.place.outcomes.glm import FREE, MAIN_SD, Design, design, fit_glm

Floats = NDArray[np.float64]


def made(seed: int, n: int = 1500, places: int = 12, tau: float = 0.6) -> tuple[Design, Floats, Floats, Floats]:
    rng = np.random.Generator(np.random.PCG64(seed))
    place = rng.integers(0, places, n)
    x, z = rng.standard_normal((n, 2)), rng.standard_normal((places, 2))[place]
    u = tau * rng.standard_normal(places)
    y = (rng.random(n) < expit(-0.5 + x[:, 0] + 0.5 * z[:, 0] + u[place])).astype(float)
    return design(x, z, np.zeros((n, 0)), place, places), y, rng.uniform(0.5, 1.5, n), u


def test_with_given_variances_it_is_the_ridge_regression_of_scikit_learn() -> None:
    """Columns scaled by their prior sd turn many penalties into one."""
    rows, y, weight, _ = made(1)
    tau, s = 0.5, 0.2
    fitted = fit_glm(rows, y, weight, sds=(tau, s))
    dummies = np.eye(rows.places)[rows.place]
    sd = np.full(rows.x.shape[1] - 1, MAIN_SD)
    sd[4:8] = s
    scaled = np.hstack([rows.x[:, 1:] * sd, dummies * tau])
    peer = LogisticRegression(C=1.0, tol=1e-10, max_iter=5000).fit(scaled, y[rows.order], weight[rows.order])
    assert FREE < 1e-3
    assert fitted.beta[1:] == pytest.approx(peer.coef_[0, : sd.size] * sd, abs=2e-4)
    assert fitted.u == pytest.approx(peer.coef_[0, sd.size :] * tau, abs=2e-4)
    assert fitted.beta[0] == pytest.approx(peer.intercept_[0], abs=2e-4)


def test_the_spread_of_places_is_found() -> None:
    found = [fit_glm(rows, y, np.ones(y.size)).tau for rows, y, _, _ in (made(s, 4000, 60, 0.6) for s in range(3))]
    assert np.mean(found) == pytest.approx(0.6, abs=0.08)


def test_where_places_do_not_differ_they_are_pulled_together() -> None:
    rows, y, _, _ = made(4, 4000, 60, 0.0)
    fitted = fit_glm(rows, y, np.ones(y.size))
    assert fitted.tau < 0.15
    assert np.abs(fitted.u).max() < 0.15


def test_a_place_without_rows_stays_at_zero_and_its_draws_spread_as_places_do() -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    place = rng.integers(0, 10, 1000)
    y = (rng.random(1000) < expit(rng.standard_normal(10)[place])).astype(float)
    rows = design(np.zeros((1000, 0)), np.zeros((1000, 0)), np.zeros((1000, 0)), place, 11)
    fitted = fit_glm(rows, y, np.ones(1000), draws=400)
    assert fitted.u[10] == 0
    assert fitted.u_draws[:, 10].std() == pytest.approx(fitted.tau, rel=0.15)


def test_draws_are_wider_where_a_household_goes_together() -> None:
    rows, y, weight, _ = made(6, 800)
    twice = Design(np.repeat(rows.x, 2, axis=0), np.repeat(rows.place, 2), rows.places, 2, 2, 0, np.arange(1600))
    y2, w2 = np.repeat(y[rows.order], 2), np.repeat(weight[rows.order], 2) / 2
    alone = fit_glm(twice, y2, w2, sds=(0.5, 0.2), draws=300)
    together = fit_glm(twice, y2, w2, sds=(0.5, 0.2), draws=300, household=np.repeat(np.arange(800), 2))
    assert together.beta_draws[:, 1].std() > 1.15 * alone.beta_draws[:, 1].std()


def test_pairs_and_all_pairs_at_once_agree() -> None:
    rng = np.random.Generator(np.random.PCG64(7))
    n, places = 600, 5
    place = rng.integers(0, places, n)
    x, z, v = rng.standard_normal((n, 2)), rng.standard_normal((places, 3)), rng.standard_normal((n, places, 1))
    y = (rng.random(n) < expit(x[:, 0])).astype(float)
    rows = design(x, z[place], v[np.arange(n), place], place, places)
    fitted = fit_glm(rows, y, np.ones(n), draws=2)
    every = fitted.log_odds(x, z, fitted.u, v)
    own = rows.x @ fitted.beta + fitted.u[rows.place]
    assert every[np.arange(n), place][rows.order] == pytest.approx(own, abs=1e-10)
    assert fitted.drawn(1).beta == pytest.approx(fitted.beta_draws[1])


def test_the_same_seed_draws_the_same_and_another_seed_others() -> None:
    rows, y, weight, _ = made(8, 400)
    first, again, other = (fit_glm(rows, y, weight, draws=3, seed=seed) for seed in (1, 1, 2))
    assert (first.beta_draws == again.beta_draws).all()
    assert (first.beta_draws != other.beta_draws).any()
