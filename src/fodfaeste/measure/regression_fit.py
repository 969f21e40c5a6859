"""Least squares and quasi-binomial logistic regression, one fit or thousands of reweighted ones at a time.

Conventions: `design` has shape (units, terms), its first column all ones; `y` is the outcome, for counts the share
events / n; `weight` is 1 for least squares and n for counts. Both families have their canonical link, so one Newton
iteration serves both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, xlogy

from fodfaeste.errors import Refused

Floats = NDArray[np.float64]

ITERATIONS = 60
# A rate within 1e-13 of 0 or 1 is where a likelihood without a maximum runs to, not an estimate.
FARTHEST_LOGIT = 30.0
SINGULAR = 1e-9


@dataclass(frozen=True)
class Family:
    """How the mean of an outcome follows from a linear predictor, and how far outcomes lie from it.

    Attributes
    ----------
    name : str
        As in `regress`.
    link, mean : callable
        From mean to linear predictor, and back.
    slope : callable
        Variance of the outcome at a mean, which with a canonical link is also d mean / d predictor.
    deviance : callable
        Deviance of one outcome from a linear predictor, for weight 1.
    farthest : float
        Largest linear predictor that is an estimate.
    """

    name: str
    link: Callable[[float], float]
    mean: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    deviance: Callable[[Floats, Floats], Floats]
    farthest: float


def _logistic_deviance(y: Floats, eta: Floats) -> Floats:
    # Through softplus of the predictor, which stays finite where the mean itself rounds to 0 or 1.
    apart = xlogy(y, y) + xlogy(1 - y, 1 - y) + y * np.logaddexp(0, -eta) + (1 - y) * np.logaddexp(0, eta)
    return np.asarray(2 * np.maximum(apart, 0))


OLS = Family("ols", float, np.asarray, np.ones_like, lambda y, eta: (y - eta) ** 2, np.inf)
QUASIBINOMIAL = Family("quasibinomial", logit, expit, lambda mu: mu * (1 - mu), _logistic_deviance, FARTHEST_LOGIT)


@dataclass(frozen=True, eq=False)
class Model:
    """Outcome, weights and design of one regression.

    `basis` has the columns of `design` made orthonormal and `back` turns its coefficients into those of `design`, so
    that thousands of inhabitants beside shares of 1 cost no digits.
    """

    family: Family
    design: Floats
    y: Floats
    weight: Floats
    basis: Floats
    back: Floats


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    Attributes
    ----------
    coefficients : ndarray of float, shape (terms,)
    eta, mu : ndarray of float, shape (units,)
        Linear predictor and mean.
    hat : ndarray of float, shape (units,)
        Leverage.
    unscaled : ndarray of float, shape (terms, terms)
        Inverse of X'WX.
    working : ndarray of float, shape (units,)
        The weights W.
    pearson : ndarray of float, shape (units,)
        Pearson residuals; for least squares the residuals.
    dispersion : float
        Sum of squared Pearson residuals over units - terms.
    covariance : ndarray of float, shape (terms, terms)
        HC3 for least squares, dispersion times `unscaled` for counts.
    deviance, null_deviance : float
        Of the fit, and of a fit of the intercept alone; for least squares the sums of squares.
    """

    coefficients: Floats
    eta: Floats
    mu: Floats
    hat: Floats
    unscaled: Floats
    working: Floats
    pearson: Floats
    dispersion: float
    covariance: Floats
    deviance: float
    null_deviance: float


def model(family: Family, predictors: Floats, y: Floats, weight: Floats) -> Model:
    """Put an intercept before the predictors, shape (units, predictors), and make the columns orthonormal."""
    design = np.column_stack([np.ones(y.size), predictors])
    length = np.linalg.norm(design, axis=0)
    basis, triangle = np.linalg.qr(design / length)
    return Model(family, design, y, weight, basis, np.linalg.inv(triangle) / length[:, None])


def fit(of: Model) -> Fit:
    """Fit a model by maximum (quasi-)likelihood.

    Raises
    ------
    Refused
        If the likelihood has no maximum, or the outcome is reproduced exactly.

    References
    ----------
    Wedderburn (1974), Biometrika 61, 439-447; HC3: MacKinnon, White (1985), J. Econometrics 29, 305-325.
    """
    everybody = np.ones((1, of.y.size))
    coefficients = refit(of, everybody, flat_start(of))[0]
    if np.isnan(coefficients[0]):
        raise Refused(
            "Some sum of the predictors tells the units with nobody or everybody from all others exactly, so that its "
            "coefficient has no finite estimate. Take a predictor out, or put small units together."
        )
    eta = of.design @ coefficients
    deviance = float(of.weight @ of.family.deviance(of.y, eta))
    null = np.full(of.y.size, of.family.link(float(np.average(of.y, weights=of.weight))))
    null_deviance = float(of.weight @ of.family.deviance(of.y, null))
    if deviance <= 1e-12 * null_deviance:
        raise Refused(
            "The predictors reproduce the outcome exactly, as they do when it is computed from them. Take out those "
            "that it is computed from."
        )
    mu = of.family.mean(eta)
    working = of.weight * of.family.slope(mu)
    q, r = np.linalg.qr(np.sqrt(working)[:, None] * of.basis)
    half = of.back @ np.linalg.inv(r)
    pearson = (of.y - mu) * np.sqrt(of.weight / of.family.slope(mu))
    hat, unscaled = np.sum(q**2, axis=1), half @ half.T
    dispersion = float(pearson @ pearson) / (of.y.size - coefficients.size)
    if of.family is OLS:
        scores = unscaled @ (of.design * (pearson / (1 - hat))[:, None]).T
        covariance = scores @ scores.T
    else:
        covariance = dispersion * unscaled
    return Fit(coefficients, eta, mu, hat, unscaled, working, pearson, dispersion, covariance, deviance, null_deviance)


def flat_start(of: Model) -> Floats:
    """Give the coefficients that say the same of every unit, shape (terms,)."""
    start = np.zeros(of.design.shape[1])
    start[0] = of.family.link(float(np.average(of.y, weights=of.weight)))
    return start


def refits(of: Model, blocks: Iterable[Floats], start: Floats) -> Floats:
    """Refit block by block, shape (all cases, terms); see `refit`."""
    return np.concatenate([refit(of, cases, start) for cases in blocks])


def refit(of: Model, cases: Floats, start: Floats) -> Floats:
    """Fit a model many times, each time with other numbers of each unit.

    Parameters
    ----------
    of : Model
        Outcome and design.
    cases : ndarray of float, shape (fits, units)
        How many times each unit counts: all 1 is the model itself, a 0 leaves a unit out, a row of a bootstrap has
        whole numbers that sum to the number of units.
    start : ndarray of float, shape (terms,)
        Coefficients to begin at.

    Returns
    -------
    ndarray of float, shape (fits, terms)
        Coefficients; NaN in every term where the units drawn allow no finite estimate.
    """
    fits, terms = cases.shape[0], of.basis.shape[1]
    found = np.full((fits, terms), np.nan)
    squares = (of.basis[:, :, None] * of.basis[:, None, :]).reshape(-1, terms * terms)
    # The basis is orthonormal: a smallest eigenvalue near 0 means that these units do not tell all terms apart.
    smallest = np.linalg.eigvalsh((cases @ squares).reshape(-1, terms, terms))[:, 0]
    active = np.flatnonzero(smallest > SINGULAR)
    at = np.tile(np.linalg.solve(of.back, start), (active.size, 1))
    close = 1e-9 * np.abs(of.y).max()
    rounds = 0
    while active.size and rounds < ITERATIONS:
        rounds += 1
        eta = at @ of.basis.T
        weight = cases[active] * of.weight
        # What only units outside the draw would be predicted to be does not say that the draw has no estimate.
        near = np.max(np.where(weight > 0, np.abs(eta), 0), axis=1, initial=0) <= of.family.farthest
        active, at, eta, weight = active[near], at[near], eta[near], weight[near]
        mu = of.family.mean(eta)
        information = ((weight * of.family.slope(mu)) @ squares).reshape(-1, terms, terms)
        score = (weight * (of.y - mu)) @ of.basis
        step = np.linalg.solve(information, score[:, :, None])[:, :, 0]
        longest = np.abs(step @ of.basis.T).max(axis=1, initial=0)
        # Far from the maximum a full Newton step overshoots; nobody's logit has to change by more than 5 at once.
        at = at + step * np.minimum(1, of.family.farthest / 6 / np.maximum(longest, 1e-300))[:, None]
        done = longest <= close
        found[active[done]] = at[done] @ of.back.T
        active, at = active[~done], at[~done]
    return found
