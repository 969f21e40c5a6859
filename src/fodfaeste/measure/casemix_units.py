"""What a fitted case-mix model says of each unit: arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.chebyshev import chebpts1, chebvander
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtri
from scipy.stats import rankdata

from fodfaeste.measure.casemix_fit import Floats, Grouped, Ints, Mixed


def predicted(data: Grouped, mixed: Mixed) -> Floats:
    """Give each unit's expected events at its own intercept."""
    return data.by_unit(data.n * expit(mixed.modes.eta))


def at_average(data: Grouped, mixed: Mixed, intercept: float = 0.0) -> Floats:
    """Give each unit's expected events if it had the given intercept."""
    return data.expected(expit(data.x @ mixed.beta + intercept))


def average_intercept(data: Grouped, mixed: Mixed) -> float:
    """Find the intercept at which all persons together have the events that they have."""
    eta, events = data.x @ mixed.beta, data.y.sum()

    def excess(u: float) -> float:
        return float(data.pattern_n @ expit(eta + u) - events)

    # With every predictor at its largest, or its smallest, the events would be too many, or too few.
    middle = logit(events / data.n.sum())
    return float(brentq(excess, middle - eta.max() - 1e-6, middle - eta.min() + 1e-6, xtol=1e-13))


def ratio_draws(data: Grouped, mixed: Mixed, rng: np.random.Generator, draws: int) -> Floats:
    """Draw predicted over expected of each unit, shape (draws, units).

    Coefficients are drawn from their normal distribution and log tau from its own; each unit's intercept then from a
    normal distribution about the mode that these would give it, to first order in the coefficients and exactly in the
    factor by which tau shrinks it.
    """
    modes, terms, cells = mixed.modes, data.x.shape[1], np.diff(data.start)
    apart = rng.standard_normal((draws, terms)) @ np.linalg.cholesky(mixed.covariance).T
    taus = mixed.tau * np.exp(mixed.log_tau_se * rng.standard_normal(draws))
    noise = rng.standard_normal((draws, data.units))
    ratios, without = np.empty((draws, data.units)), np.empty(data.n.size)
    for k in range(draws):
        size = 1 + taus[k] * modes.weight
        pull = taus[k] * modes.size / (mixed.tau * size)
        u = pull * (modes.u + mixed.by_beta @ apart[k]) + np.sqrt(taus[k] / size) * noise[k]
        odds = _odds(data.x @ (mixed.beta + apart[k]))
        # In place: with a million cells, fresh memory would cost more than the sums.
        np.take(odds, data.pattern, out=without, mode="clip")
        without *= np.repeat(_odds(u), cells)
        without += 1
        np.divide(data.n, without, out=without)
        ratios[k] = (data.unit_n - data.by_unit(without)) / data.expected(odds / (1 + odds))
    return ratios


def _odds(eta: Floats) -> Floats:
    # Two such odds can be multiplied without overflow, and 1 is reached long before.
    return np.exp(np.minimum(eta, 350.0))


def standard_rates(data: Grouped, mixed: Mixed) -> tuple[Floats, Floats]:
    """Give the rate of all persons if they had a unit's intercept, and its standard error on the logit scale."""
    modes = mixed.modes
    curve = standard_curve(data, mixed.beta, modes.u)
    rate, slope, by_terms = curve[:, 0], curve[:, 1], curve[:, 2:]
    by_beta = by_terms + slope[:, None] * mixed.by_beta
    variance = np.einsum("ij,jk,ik->i", by_beta, mixed.covariance, by_beta) + (slope * modes.se) ** 2
    if mixed.tau > 0:
        variance += (slope * modes.u / modes.size * mixed.log_tau_se) ** 2
    return rate, np.sqrt(variance) / (rate * (1 - rate))


def standard_curve(data: Grouped, beta: Floats, u: Floats) -> Floats:
    """Average over all persons, at each intercept u: p, w = p(1 - p), and w times each covariate; shape (u, 2 + terms).

    These are smooth curves in u (analytic up to an imaginary part of pi), so Chebyshev interpolation at some twenty
    points is exact to the last digits, however many units there are (Trefethen 2013, Approximation Theory, ch. 8).
    """
    middle, half = (u.max() + u.min()) / 2, max((u.max() - u.min()) / 2, 0.1)
    nearest = np.pi / half
    points = int(np.ceil(36 / np.log(nearest + np.sqrt(nearest**2 + 1)))) + 1
    nodes, share, eta = chebpts1(points), data.pattern_n / data.n.sum(), data.x @ beta
    values = []
    for node in nodes:
        p = expit(eta + middle + half * node)
        w = share * p * (1 - p)
        values.append([share @ p, w.sum(), *(w @ data.x)])
    basis = chebvander(nodes, points - 1)
    coefficients = basis.T @ np.array(values) * (2 / points)
    coefficients[0] /= 2
    return np.asarray(chebvander((u - middle) / half, points - 1) @ coefficients)


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Distance of each unit from the overall rate, in parts that add up to it."""

    distance: Floats
    composition: Floats
    level: Floats
    rest: Floats

    def shares(self) -> dict[str, float] | None:
        """Give each part's covariance with the distance over the units, as a share of the distance's variance."""
        about = self.distance - self.distance.mean()
        if np.abs(about).max() < 1e-12:
            return None
        parts = {"composition": self.composition, "level": self.level, "rest": self.rest}
        return {name: float(about @ part / (about @ about)) for name, part in parts.items()}


def decomposed(data: Grouped, mixed: Mixed) -> Decomposition:
    """Split each unit's distance from the overall rate."""
    n, overall = data.unit_n, data.y.sum() / data.n.sum()
    average = at_average(data, mixed, average_intercept(data, mixed)) / n
    own = predicted(data, mixed) / n
    rate = data.unit_y / n
    return Decomposition(rate - overall, average - overall, own - average, rate - own)


def c_statistic(score: Floats, n: Floats, y: Floats) -> float:
    """Give the share of pairs, one with and one without the outcome, in which the first has the higher score.

    Ties count half. `score` stands for n persons, y of them with the outcome.
    """
    _, tied = np.unique(score, return_inverse=True)
    events, others = np.bincount(tied, y), np.bincount(tied, n - y)
    below = np.cumsum(others) - others / 2
    return float(events @ below / (events.sum() * others.sum()))


def risk_groups(p: Floats, n: Floats, groups: int = 10) -> Ints:
    """Number patterns by predicted risk so that groups have about equally many persons; equal risks stay together."""
    risks, which = np.unique(p, return_inverse=True)
    persons = np.bincount(which, n, risks.size)
    middle = (np.cumsum(persons) - persons / 2) / persons.sum()
    return np.asarray(np.minimum((middle * groups).astype(np.int64), groups - 1)[which])


def size_groups(n: Floats, groups: int = 5) -> Ints:
    """Number units by persons so that groups have about equally many units; equal sizes stay together."""
    return np.asarray(np.minimum(((rankdata(n) - 0.5) / n.size * groups).astype(np.int64), groups - 1))


def normal_scores(values: Floats) -> Floats:
    """Give the expected normal order statistics of values (Blom 1958)."""
    return np.asarray(ndtri((rankdata(values) - 0.375) / (values.size + 0.25)))
