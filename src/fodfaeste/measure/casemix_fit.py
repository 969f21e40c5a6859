"""Logistic regression with and without a random intercept a unit, by maximum likelihood, on cells of persons.

Conventions: index k runs over patterns (different rows of covariates), i over units, c over cells (patterns in units).
`tau` is the variance of the intercepts, sigma^2; all formulas hold at tau = 0, where every intercept is 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logit, logsumexp

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NODES = 25
# A standard deviation of 5 puts odds 150 times apart: beyond, most units have the outcome for all or for none.
LARGEST_TAU = 25.0
MOST_STEPS = 40


@dataclass(frozen=True, eq=False)
class Grouped:
    """Persons counted in cells.

    Attributes
    ----------
    x : ndarray of float, shape (patterns, terms)
        Covariates; the first column is 1.
    pattern : ndarray of int, shape (cells,)
    start : ndarray of int, shape (units + 1,)
        The cells of unit i are start[i] to start[i + 1] - 1; every unit has one.
    n, y : ndarray of float, shape (cells,)
        Persons, and those of them with the outcome.
    """

    x: Floats
    pattern: Ints
    start: Ints
    n: Floats
    y: Floats

    @property
    def units(self) -> int:
        """Number of units."""
        return self.start.size - 1

    @cached_property
    def unit(self) -> Ints:
        """Unit of each cell."""
        return np.repeat(np.arange(self.units), np.diff(self.start))

    @cached_property
    def pattern_n(self) -> Floats:
        """Persons with each pattern."""
        return self.by_pattern(self.n)

    @cached_property
    def pattern_y(self) -> Floats:
        """Persons with each pattern and the outcome."""
        return self.by_pattern(self.y)

    @cached_property
    def unit_n(self) -> Floats:
        """Persons in each unit."""
        return self.by_unit(self.n)

    @cached_property
    def unit_y(self) -> Floats:
        """Persons in each unit with the outcome."""
        return self.by_unit(self.y)

    def by_unit(self, values: Floats) -> Floats:
        """Sum over the cells of each unit."""
        return np.add.reduceat(values, self.start[:-1])

    def by_pattern(self, values: Floats) -> Floats:
        """Sum over the cells of each pattern."""
        return np.bincount(self.pattern, values, self.x.shape[0]).astype(np.float64, copy=False)

    def unit_terms(self, values: Floats) -> Floats:
        """Sum values times covariates over the cells of each unit, shape (units, terms)."""
        shape = (self.units, self.x.shape[0])
        return np.asarray(sparse.csr_array((values, self.pattern, self.start), shape=shape) @ self.x)

    def expected(self, of_pattern: Floats) -> Floats:
        """Sum a figure of each pattern over the persons of each unit."""
        return self.by_unit(self.n * of_pattern[self.pattern])


@dataclass(frozen=True, eq=False)
class Fixed:
    """A logistic regression.

    Attributes
    ----------
    beta : ndarray of float, shape (terms,)
    covariance : ndarray of float, shape (terms, terms)
        Inverse of the information.
    log_likelihood : float
        Of persons one by one (no binomial coefficients).
    runaway : ndarray of float, shape (terms,), or None
        The direction in which the likelihood rises for ever, when covariates separate the outcomes; then there is no
        maximum and the other figures mean nothing.
    """

    beta: Floats
    covariance: Floats
    log_likelihood: float
    runaway: Floats | None = None


def fit_fixed(x: Floats, n: Floats, y: Floats) -> Fixed:
    """Fit a logistic regression by damped Newton steps.

    Parameters
    ----------
    x : ndarray of float, shape (patterns, terms)
        Of full column rank, the first column 1.
    n, y : ndarray of float, shape (patterns,)
        0 < sum of y < sum of n.

    Notes
    -----
    The curvature along a step changes at most by the factor exp(|change of the linear predictor|), so a step shortened
    to log(1 + r)/r, r its largest change, never passes the top of the likelihood (Bach 2010, Electron. J. Stat. 4,
    384-414): no line search, and no start from which it fails. Where covariates separate the outcomes, steps do not
    become smaller.
    """
    beta = np.zeros(x.shape[1])
    beta[0] = logit(y.sum() / n.sum())
    for _step in range(MOST_STEPS):
        step, covariance, value = _newton(x, n, y, beta)
        reach = float(np.abs(x @ step).max())
        beta = beta + step * (np.log1p(reach) / reach if reach > 0 else 1.0)
        if reach < 1e-8:
            return Fixed(beta, covariance, value)
    return Fixed(beta, covariance, value, runaway=step)


def _newton(x: Floats, n: Floats, y: Floats, beta: Floats) -> tuple[Floats, Floats, float]:
    eta = x @ beta
    p = expit(eta)
    covariance = _inverse(x.T @ ((n * p * expit(-eta))[:, None] * x))
    return covariance @ (x.T @ (y - n * p)), covariance, float(_log_likelihood(n, y, eta).sum())


def _inverse(information: Floats) -> Floats:
    return np.asarray(linalg.cho_solve(linalg.cho_factor(information), np.eye(information.shape[0])))


def _log_likelihood(n: Floats, y: Floats, eta: Floats) -> Floats:
    return np.asarray(y * eta + n * log_expit(-eta))


@dataclass(frozen=True, eq=False)
class Modes:
    """The most likely intercept of each unit, given the coefficients and tau, and sums over its cells at it.

    With p = expit(eta) of the cells and w = n p (1 - p): `residual` = sum (y - n p), `weight` = sum w, and `size` =
    1 + tau `weight`, which is tau times the curvature h of the text-books.
    """

    tau: float
    u: Floats
    eta: Floats
    residual: Floats
    weight: Floats
    size: Floats

    @property
    def se(self) -> Floats:
        """Standard error of each intercept, the coefficients and tau being known."""
        return np.sqrt(self.tau / self.size)


def find_modes(data: Grouped, beta: Floats, tau: float, start: Floats) -> Modes:
    """Find each unit's mode by steps that approach it from one side (see `fit_fixed`), beginning at `start`."""
    fixed, u = (data.x @ beta)[data.pattern], start if tau > 0 else np.zeros(data.units)
    rounding = 1e-14 * tau * data.unit_n
    while True:
        eta = fixed + u[data.unit]
        p = expit(eta)
        np_ = data.n * p
        residual, weight = data.by_unit(data.y - np_), data.by_unit(np_ * (1 - p))
        size = 1 + tau * weight
        step = (tau * residual - u) / size
        if np.all(np.abs(step) < 1e-9 + rounding / size):
            return Modes(tau, u, eta, residual, weight, size)
        u = u + np.sign(step) * np.log1p(np.abs(step))


@dataclass(frozen=True, eq=False)
class Value:
    """A log-likelihood with its gradient by beta and by tau, and the modes behind it."""

    value: float
    by_beta: Floats
    by_tau: float
    modes: Modes


def laplace(data: Grouped, beta: Floats, tau: float, start: Floats) -> Value:
    """Compute the Laplace approximation of the log-likelihood with its exact gradient.

    A unit's part is log-likelihood - u^2/(2 tau) - log(1 + tau W)/2 at its mode u, W the sum of w. The mode moves with
    the parameters, by du/dbeta = -tau sum(w x)/(1 + tau W) and du/dtau = sum(y - n p)/(1 + tau W).

    References
    ----------
    Breslow, Clayton (1993), J. Am. Stat. Assoc. 88, 9-25.
    """
    modes = find_modes(data, beta, tau, start)
    p = expit(modes.eta)
    w = data.n * p * (1 - p)
    w3 = w * (1 - 2 * p)
    skew, size = data.by_unit(w3), modes.size
    penalty = float(modes.u @ modes.u) / (2 * tau) if tau > 0 else 0.0
    value = float(_log_likelihood(data.n, data.y, modes.eta).sum()) - penalty - float(np.log(size).sum()) / 2
    of_cells = data.y - data.n * p - w3 * (tau / (2 * size))[data.unit]
    by_beta = data.x.T @ data.by_pattern(of_cells) + (skew * (tau / size) ** 2 / 2) @ data.unit_terms(w)
    by_tau = (modes.residual**2 - (modes.weight + tau * skew * modes.residual / size) / size).sum() / 2
    return Value(value, by_beta, float(by_tau), modes)


def quadrature(data: Grouped, beta: Floats, tau: float, start: Floats) -> Value:
    """Compute the log-likelihood by adaptive Gauss-Hermite quadrature with 25 nodes about each mode.

    The gradient is the posterior mean of that of the joint density, E sum((y - n p) x) and E(u sum(y - n p))/(2 tau),
    over the same nodes.

    References
    ----------
    Liu, Pierce (1994), Biometrika 81, 624-629; Pinheiro, Bates (1995), J. Comput. Graph. Stat. 4, 12-35.
    """
    if tau == 0:
        return laplace(data, beta, 0.0, start)
    modes = find_modes(data, beta, tau, start)
    nodes, weights = np.polynomial.hermite.hermgauss(NODES)
    u = modes.u[:, None] + np.sqrt(2) * modes.se[:, None] * nodes
    fixed = modes.eta - modes.u[data.unit]
    log_likelihood = [data.by_unit(_log_likelihood(data.n, data.y, fixed + one[data.unit])) for one in u.T]
    log_density = np.stack(log_likelihood, axis=1) - u**2 / (2 * tau) + np.log(weights) + nodes**2
    total = logsumexp(log_density, axis=1)
    posterior = np.exp(log_density - total[:, None])
    mean, by_tau = np.zeros(data.n.size), 0.0
    for at, share in zip(u.T, posterior.T, strict=True):
        residual = data.y - data.n * expit(fixed + at[data.unit])
        mean += share[data.unit] * residual
        by_tau += float((share * at) @ data.by_unit(residual)) / (2 * tau)
    value = float((total + np.log(modes.se / np.sqrt(np.pi * tau))).sum())
    return Value(value, data.x.T @ data.by_pattern(mean), by_tau, modes)


Objective = Callable[[Grouped, Floats, float, Floats], Value]
ENGINES: dict[str, Objective] = {"laplace": laplace, "agq": quadrature}


@dataclass(frozen=True, eq=False)
class Mixed:
    """A logistic regression with a normal random intercept a unit.

    Attributes
    ----------
    beta, covariance : ndarray of float, shapes (terms,) and (terms, terms)
        The covariance is the inverse of the information with the intercepts eliminated.
    tau : float
        Variance of the intercepts; 0 at the boundary.
    log_tau_se : float
        Standard error of log tau; infinite at the boundary.
    log_likelihood : float
    modes : Modes
    by_beta : ndarray of float, shape (units, terms)
        How each mode moves with the coefficients.
    gradient : float
        Length of the gradient at the end, in standard errors.
    """

    beta: Floats
    covariance: Floats
    tau: float
    log_tau_se: float
    log_likelihood: float
    modes: Modes
    by_beta: Floats
    gradient: float


def fit_mixed(data: Grouped, fixed: Fixed, engine: str) -> Mixed:
    """Maximise the likelihood over coefficients and variance.

    L-BFGS in coordinates in which the information at the start is the unit matrix, tau kept at or above 0; then
    scoring, as long as that halves the gradient, for the digits that a likelihood of a million persons cannot show.

    Parameters
    ----------
    data : Grouped
        At least two units, not all of them with the outcome for all or for none.
    fixed : Fixed
        The regression without intercepts a unit: the start.
    engine : {"laplace", "agq"}
    """
    search = _Search(data, partial(ENGINES[engine], data))
    at = search.rise(fixed.beta, _first_tau(data, fixed.beta))
    while better := search.scored(at):
        at = better
    # Where the spread vanishes the likelihood may have a second, lower top away from 0.
    if at.value.value <= fixed.log_likelihood or at.tau < 1e-8:
        at = search.point(fixed.beta, 0.0)
    r = 1 - 1 / at.value.modes.size
    return Mixed(
        at.beta,
        at.covariance,
        float(at.tau),
        float(np.sqrt(2 / (r @ r))) if at.tau > 0 else np.inf,
        max(float(at.value.value), fixed.log_likelihood),
        at.value.modes,
        -(at.tau / at.value.modes.size)[:, None] * at.terms,
        at.gradient,
    )


def _first_tau(data: Grouped, beta: Floats) -> float:
    """Estimate tau by moments: residuals of units have variance W + tau W^2 as long as tau is small."""
    modes = find_modes(data, beta, 0.0, np.zeros(data.units))
    moment = (modes.residual**2 - modes.weight).sum() / (modes.weight**2).sum()
    return float(np.clip(moment, 0.02, 1.0))


@dataclass(frozen=True, eq=False)
class _Point:
    beta: Floats
    tau: float
    value: Value
    terms: Floats
    covariance: Floats
    tau_variance: float

    @property
    def step(self) -> tuple[Floats, float]:
        """The scoring step; tau does not go below 0."""
        return self.covariance @ self.value.by_beta, max(self.tau_variance * self.value.by_tau, -self.tau)

    @property
    def gradient(self) -> float:
        beta, tau = self.step
        return float(np.sqrt(beta @ self.value.by_beta + tau * tau / self.tau_variance))


class _Search:
    """Moves over (beta, tau), each time from the intercepts found last."""

    def __init__(self, data: Grouped, objective: Callable[[Floats, float, Floats], Value]) -> None:
        self.data, self.objective = data, objective
        self.u = np.zeros(data.units)

    def value(self, beta: Floats, tau: float) -> Value:
        found = self.objective(beta, tau, self.u)
        self.u = found.modes.u
        return found

    def point(self, beta: Floats, tau: float) -> _Point:
        value, data = self.value(beta, tau), self.data
        modes = value.modes
        w = data.n * expit(modes.eta) * expit(-modes.eta)
        terms = data.unit_terms(w)
        information = data.x.T @ (data.by_pattern(w)[:, None] * data.x)
        information -= terms.T @ ((tau / modes.size)[:, None] * terms)
        tau_variance = 2 / float(((modes.weight / modes.size) ** 2).sum())
        return _Point(beta, tau, value, terms, _inverse(information), tau_variance)

    def rise(self, beta: Floats, tau: float) -> _Point:
        first = self.point(beta, tau)
        root, scale = np.linalg.cholesky(first.covariance), np.sqrt(first.tau_variance)

        def unscaled(z: Floats) -> tuple[Floats, float]:
            return beta + root @ z[:-1], max(tau + scale * float(z[-1]), 0.0)

        def minus(z: Floats) -> tuple[float, Floats]:
            found = self.value(*unscaled(z))
            slope = np.append(root.T @ found.by_beta, scale * found.by_tau)
            return first.value.value - found.value, -slope

        limits = [(None, None)] * beta.size + [(-tau / scale, (LARGEST_TAU - tau) / scale)]
        options = {"ftol": 1e-15, "gtol": 1e-7, "maxiter": 500}
        end = minimize(minus, np.zeros(beta.size + 1), jac=True, method="L-BFGS-B", bounds=limits, options=options)
        return self.point(*unscaled(end.x))

    def scored(self, at: _Point) -> _Point | None:
        """Take a scoring step, if it leads to half the gradient or less."""
        by, of_tau = at.step
        if at.gradient < 1e-10:
            return None
        better = self.point(at.beta + by, min(at.tau + of_tau, LARGEST_TAU))
        return better if better.gradient < at.gradient / 2 else None
