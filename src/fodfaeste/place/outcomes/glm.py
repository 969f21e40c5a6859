"""A regularised logistic regression of persons x places, with an effect a place that is pulled towards the others.

    eta_ij = b0 + x_i b + z_j c + x_i G z_j + v_ij d + u_j,      u_j ~ N(0, tau^2),   G ~ N(0, s^2)

The variances tau^2 and s^2 come from the data, so that places of few persons, and interactions that the data do not
show, are pulled to zero by as much as the rest says. Main effects have a normal prior of sd 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from scipy.special import expit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAIN_SD = 2.5
"""Prior sd of main effects (log-odds a standard deviation): Gelman et al. (2008), Ann. Appl. Stat. 2, 1360-1383."""

FREE = 1e-6
"""Prior precision of the intercept."""

ROUNDS, ENOUGH = 40, 1e-5
VARIANCE_ROUNDS, VARIANCE_ENOUGH = 200, 1e-3
FEW_DETERMINED = 2.0
SMALLEST, LARGEST = 1e-3, 4.0
"""Limits of the sds that are estimated."""


@dataclass(frozen=True, eq=False)
class Design:
    """Numbers of the rows, sorted by place.

    Attributes
    ----------
    x : ndarray, shape (rows, terms)
        1, person, place, person x place, pair.
    place : ndarray of int, shape (rows,)
        Not decreasing; -1 never occurs.
    places : int
    persons, features, pairs : int
        Columns of each kind.
    order : ndarray of int, shape (rows,)
        The rows as they were given.
    """

    x: Floats
    place: Ints
    places: int
    persons: int
    features: int
    pairs: int
    order: Ints

    @property
    def cross(self) -> slice:
        """Which terms are products of a person's and a place's numbers."""
        first = 1 + self.persons + self.features
        return slice(first, first + self.persons * self.features)

    def by_place(self, values: Floats) -> Floats:
        """Sum rows by place, shape (places, ...)."""
        return by_place(values, self.place, self.places)


@dataclass(frozen=True, eq=False)
class Glm:
    """A fit.

    Attributes
    ----------
    beta : ndarray, shape (terms,)
    u : ndarray, shape (places,)
    tau, s : float
        Sd of the places' effects, and of the interactions' coefficients.
    persons, features, pairs : int
    beta_draws : ndarray, shape (draws, terms)
    u_draws : ndarray, shape (draws, places)
    """

    beta: Floats
    u: Floats
    tau: float
    s: float
    persons: int
    features: int
    pairs: int
    beta_draws: Floats
    u_draws: Floats

    def drawn(self, draw: int) -> Glm:
        """Give the fit with the coefficients of one draw."""
        return replace(self, beta=self.beta_draws[draw], u=self.u_draws[draw])

    def log_odds(self, x: Floats, z: Floats, u: Floats, pair: Floats | None) -> Floats:
        """Give log-odds of all persons at all places.

        Parameters
        ----------
        x : ndarray, shape (n, persons)
        z : ndarray, shape (m, features)
        u : ndarray, shape (m,)
            The places' effects.
        pair : ndarray, shape (n, m, pairs), or None

        Returns
        -------
        ndarray, shape (n, m)
        """
        one, p, q = self.beta[0], self.persons, self.features
        main_x, main_z = self.beta[1 : 1 + p], self.beta[1 + p : 1 + p + q]
        cross = self.beta[1 + p + q : 1 + p + q + p * q].reshape(p, q)
        eta = (x @ cross) @ z.T + (one + x @ main_x)[:, None] + (z @ main_z + u)[None, :]
        return np.asarray(eta if pair is None else eta + pair @ self.beta[1 + p + q + p * q :])


def by_place(values: Floats, place: Ints, places: int) -> Floats:
    """Sum rows that are sorted by place."""
    total = np.zeros((places, *values.shape[1:]))
    if place.size:
        first = np.flatnonzero(np.r_[True, place[1:] != place[:-1]])
        total[place[first]] = np.add.reduceat(values, first, axis=0)
    return total


def design(x: Floats, z: Floats, pair: Floats, place: Ints, places: int) -> Design:
    """Put persons' and their places' numbers side by side, row by row, with all products."""
    order = np.argsort(place, kind="stable")
    x, z, pair = x[order], z[order], pair[order]
    cross = (x[:, :, None] * z[:, None, :]).reshape(x.shape[0], -1)
    all_ = np.hstack([np.ones((x.shape[0], 1)), x, z, cross, pair])
    return Design(all_, place[order], places, x.shape[1], z.shape[1], pair.shape[1], order)


def fit_glm(
    rows: Design,
    y: Floats,
    weight: Floats,
    *,
    household: Ints | None = None,
    draws: int = 0,
    seed: int = 0,
    sds: tuple[float, float] | None = None,
) -> Glm:
    """Fit by Newton steps, with variances by MacKay's fixed point on the Laplace approximation.

    Parameters
    ----------
    rows : Design
    y, weight : ndarray, shape (rows,)
        In the order given to `design`.
    household : ndarray of int, optional
        Who belongs together, for draws.
    draws : int
        Draws of the coefficients: one Newton step from the fit under households' random weights (exponential, mean 1)
        and under a random prior mean. Their covariance is H^-1 (J + prior precision) H^-1, J the clustered
        information: the posterior where rows are independent, and wider where a household's members go together.
    seed : int
    sds : (tau, s), optional
        Fixed, instead of estimated.

    References
    ----------
    MacKay (1992), Neural Comput. 4, 415-447; Newton, Raftery (1994), J. R. Stat. Soc. B 56, 3-48; for the random
    prior mean: Papandreou, Yuille (2010), NeurIPS 23.
    """
    y, weight = y[rows.order], weight[rows.order]
    beta, u, tau, s, hessian, prior = _modes(rows, y, weight, sds)
    fitted = Glm(beta, u, tau, s, rows.persons, rows.features, rows.pairs, beta[None][:0], u[None][:0])
    if not draws:
        return fitted
    own = np.arange(y.size) if household is None else household[rows.order]
    moved = _moves(
        rows, weight * (y - expit(rows.x @ beta + u[rows.place])), own, draws, prior=prior, tau=tau, seed=seed
    )
    step_beta, step_u = hessian.solve(*moved)
    shift = _other_spreads(u, hessian.diagonal - tau**-2, tau, draws, seed) if sds is None else 0.0
    return replace(fitted, beta_draws=beta + step_beta.T, u_draws=u + step_u.T + shift)


def _modes(
    rows: Design, y: Floats, weight: Floats, sds: tuple[float, float] | None
) -> tuple[Floats, Floats, float, float, _Hessian, Floats]:
    """Find the mode: in each round the variances are found for the weights of the last, without the rows."""
    tau, s = sds or (0.3, 0.1)
    beta, u = np.zeros(rows.x.shape[1]), np.zeros(rows.places)
    common = float(np.clip(weight @ y / weight.sum(), 1e-4, 1 - 1e-4))
    beta[0] = np.log(common / (1 - common))
    for _ in range(ROUNDS):
        p = expit(rows.x @ beta + u[rows.place])
        normal = _normal(rows, weight * (y - p), weight * p * (1 - p), beta, u)
        if sds is None:
            tau, s = _variances(rows, normal, tau, s)
        prior = _prior(rows, s)
        hessian = normal.hessian(prior, tau)
        aim_beta, aim_u = hessian.solve(normal.g, normal.h)
        size = _step(rows, y, weight, at=(beta, u), aim=(aim_beta, aim_u), prior=prior, tau=tau)
        change = size * max(np.abs(aim_beta - beta).max(), np.abs(aim_u - u).max(initial=0.0))
        beta, u = beta + size * (aim_beta - beta), u + size * (aim_u - u)
        if change < ENOUGH:
            break
    return beta, u, tau, s, hessian, prior


def _prior(rows: Design, s: float) -> Floats:
    """Give the prior precision of each coefficient."""
    prior = np.full(rows.x.shape[1], MAIN_SD**-2)
    prior[0] = FREE
    prior[rows.cross] = s**-2
    return prior


def _variances(rows: Design, normal: _Normal, tau: float, s: float) -> tuple[float, float]:
    for _ in range(VARIANCE_ROUNDS):
        hessian = normal.hessian(_prior(rows, s), tau)
        beta, u = hessian.solve(normal.g, normal.h)
        var_beta, var_u = hessian.variances()
        before = np.log([tau, s])
        tau, s = _away_from_zero(u, var_u, tau), _fixed_point(beta[rows.cross], var_beta[rows.cross], s)
        if np.abs(np.log([tau, s]) - before).max() < VARIANCE_ENOUGH:
            break
    return tau, s


def _fixed_point(values: Floats, variances: Floats, sd: float) -> float:
    """Give the sd for which the values' squares are what is expected of those that the data determine."""
    if values.size == 0:
        return sd
    determined = max(float(np.sum(1 - variances / sd**2)), 1e-6)
    return float(np.clip(np.sqrt(values @ values / determined), SMALLEST, LARGEST))


def _away_from_zero(values: Floats, variances: Floats, sd: float) -> float:
    """Give the sd whose marginal likelihood times the sd itself is largest.

    The factor keeps the estimate off zero, where chance puts it in one of many samples although places differ, and
    where every place would be claimed to be known for sure.

    References
    ----------
    Chung et al. (2013), Psychometrika 78, 685-709: the gamma(2, 0) prior.
    """
    determined = float(np.sum(1 - variances / sd**2))
    if determined > FEW_DETERMINED:
        found = values @ values / (determined - 1)
    else:
        # A step of expectation and maximisation: slower, and sure.
        found = (values @ values + variances.sum()) / max(values.size - 1, 1)
    return float(np.clip(np.sqrt(found), SMALLEST, LARGEST))


@dataclass(frozen=True, eq=False)
class _Normal:
    """Normal equations without the prior: [[a, across], [across', diag(d)]] and the right sides g and h."""

    a: Floats
    across: Floats
    d: Floats
    g: Floats
    h: Floats

    def hessian(self, prior: Floats, tau: float) -> _Hessian:
        diagonal = self.d + tau**-2
        schur = self.a + np.diag(prior) - (self.across / diagonal) @ self.across.T
        return _Hessian((linalg.cholesky(schur, lower=True), True), self.across, diagonal)


@dataclass(frozen=True, eq=False)
class _Hessian:
    """[[A, B], [B', D]] with D diagonal, factored by its Schur complement."""

    factor: tuple[Floats, bool]
    across: Floats
    diagonal: Floats

    def solve(self, g: Floats, h: Floats) -> tuple[Floats, Floats]:
        """Solve for both parts; g has the shape (terms, ...) and h (places, ...)."""
        d = self.diagonal.reshape(-1, *(1,) * (h.ndim - 1))
        top = linalg.cho_solve(self.factor, g - self.across @ (h / d))
        return top, (h - self.across.T @ top) / d

    def variances(self) -> tuple[Floats, Floats]:
        """Give the diagonal of the inverse."""
        half = linalg.solve_triangular(self.factor[0], np.eye(self.factor[0].shape[0]), lower=True)
        through = half @ (self.across / self.diagonal)
        return np.sum(half**2, axis=0), 1 / self.diagonal + np.sum(through**2, axis=0)


def _other_spreads(u: Floats, curve: Floats, tau: float, draws: int, seed: int) -> Floats:
    """Draw how far the places' effects move if they differ by more or less than estimated; shape (draws, places).

    log tau is normal with information 2 sum b^2, b the share of a place's effect that its own rows decide; an effect
    grows and shrinks with its b. What all places share matters for a sum over many of them.
    """
    own = curve * tau**2 / (1 + curve * tau**2)
    sd = 1 / np.sqrt(2 * max(float(own @ own), 0.5))
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    drawn = tau * np.exp(sd * rng.standard_normal((draws, 1)))
    others = curve * drawn**2 / (1 + curve * drawn**2)
    return np.asarray(u * (np.divide(others, own, out=np.ones_like(others), where=own > 0) - 1))


def _normal(rows: Design, residual: Floats, curve: Floats, beta: Floats, u: Floats) -> _Normal:
    bent = rows.x * curve[:, None]
    a, across, d = rows.x.T @ bent, rows.by_place(bent).T, rows.by_place(curve)
    g = rows.x.T @ residual + a @ beta + across @ u
    return _Normal(a, across, d, g, rows.by_place(residual) + across.T @ beta + d * u)


def _step(
    rows: Design,
    y: Floats,
    weight: Floats,
    *,
    at: tuple[Floats, Floats],
    aim: tuple[Floats, Floats],
    prior: Floats,
    tau: float,
) -> float:
    """Halve the step until it does not lead uphill."""
    eta, aimed = (rows.x @ beta + u[rows.place] for beta, u in (at, aim))

    def loss(size: float) -> float:
        now = eta + size * (aimed - eta)
        beta, u = (a + size * (b - a) for a, b in zip(at, aim, strict=True))
        return float(weight @ (np.logaddexp(0, now) - y * now) + prior @ beta**2 / 2 + u @ u / (2 * tau**2))

    size, here = 1.0, loss(0.0)
    while loss(size) > here + 1e-9 * abs(here) and size > 1e-3:
        size /= 2
    return size


def _moves(
    rows: Design, residual: Floats, household: Ints, draws: int, *, prior: Floats, tau: float, seed: int
) -> tuple[Floats, Floats]:
    """Draw how far the gradient is from zero in other samples of households, and under other prior means."""
    rng = np.random.Generator(np.random.PCG64(seed))
    _, number = np.unique(household, return_inverse=True)
    g = np.sqrt(prior)[:, None] * rng.standard_normal((prior.size, draws))
    g[0] = 0.0
    h = rng.standard_normal((rows.places, draws)) / tau
    for draw in range(draws):
        drawn = residual * (rng.exponential(size=number.max() + 1) - 1)[number]
        g[:, draw] += rows.x.T @ drawn
        h[:, draw] += rows.by_place(drawn)
    return g, h
