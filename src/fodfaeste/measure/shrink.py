"""Empirical Bayes: what a unit's rate probably is, when the other units say how far rates spread beyond chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.optimize.elementwise import find_root
from scipy.special import betainc, betaincinv, betaln, digamma, expit, logit, xlog1py, xlogy

from fodfaeste.errors import BadInput, Problem, Refused, UnknownName
from fodfaeste.measure.counts import Counts, counts
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data

Floats = NDArray[np.float64]

# Beyond this M the units differ by less than a thousandth of their chance variation in any real table, and log-beta
# functions lose digits; a fit that ends here has found no spread.
LARGEST_M = 1e7
SMALLEST_M = 1e-4
FEW_UNITS = 30


@dataclass(frozen=True, eq=False, kw_only=True)
class ShrinkResult(Result):
    """The posterior of every unit's rate.

    A unit's posterior is a mixture of beta distributions, one component a point of the hyperparameter grid; with
    `hyper="plugin"` there is one component.

    Attributes
    ----------
    alpha, beta : float
        Parameters of the distribution of rates between units; infinite at the boundary.
    mu, M, rho : float
        Its mean alpha/(alpha+beta), its weight in persons alpha+beta, and the intraclass correlation 1/(M+1). With
        `hyper="integrated"` mu and rho are posterior means and M = 1/rho - 1 (the posterior mean of M is infinite).
    boundary : bool
        True when the units vary no more than chance: M is infinite, and every unit has the one common rate.
    target : float
        The rate that `p_above_target` compares with.
    posterior_alpha, posterior_beta : ndarray of float, shape (n_units, n_components)
        Parameters of the components.
    weights : ndarray of float, shape (n_components,)
        Their weights, the same for all units; sum 1.
    """

    alpha: float
    beta: float
    mu: float
    M: float
    rho: float
    boundary: bool
    target: float
    posterior_alpha: Floats
    posterior_beta: Floats
    weights: Floats

    def cdf(self, theta: ArrayLike) -> Floats:
        """Give P(rate <= theta), shape (n_units, n_points)."""
        points = np.atleast_1d(np.asarray(theta, dtype=np.float64))
        return self._mixed(lambda a, b: betainc(a, b, points))

    def pdf(self, theta: ArrayLike) -> Floats:
        """Give the posterior density at theta, shape (n_units, n_points); infinite where a beta density is."""
        points = np.atleast_1d(np.asarray(theta, dtype=np.float64))
        return self._mixed(lambda a, b: np.exp(xlogy(a - 1, points) + xlog1py(b - 1, -points) - betaln(a, b)))

    def quantile(self, p: ArrayLike) -> Floats:
        """Give the rate below which a share `p` of the posterior lies, shape (n_units, n_points)."""
        wanted = np.atleast_1d(np.asarray(p, dtype=np.float64))
        if self.weights.size == 1:
            return np.asarray(betaincinv(self.posterior_alpha, self.posterior_beta, wanted))

        def excess(theta: Floats, unit: Floats, share: Floats) -> Floats:
            row = unit.astype(np.intp)
            below = betainc(self.posterior_alpha[row], self.posterior_beta[row], theta[..., None])
            return np.asarray(below @ self.weights - share)

        units = np.arange(self.posterior_alpha.shape[0], dtype=np.float64)[:, None]
        return np.asarray(find_root(excess, (0.0, 1.0), args=(units, wanted[None, :])).x)

    def draw(self, rng: np.random.Generator, size: int) -> Floats:
        """Draw rates of all units jointly, shape (size, n_units).

        One draw takes one component for all units, so that what they share stays shared; at the boundary the units
        of one draw have the same rate.
        """
        units = self.posterior_alpha.shape[0]
        if self.boundary:
            common = rng.beta(self.posterior_alpha[0, 0], self.posterior_beta[0, 0], size=(size, 1))
            return np.repeat(common, units, axis=1)
        component = rng.choice(self.weights.size, size=size, p=self.weights)
        return rng.beta(self.posterior_alpha.T[component], self.posterior_beta.T[component])

    def _mixed(self, component: Callable[[Floats, Floats], Floats]) -> Floats:
        parts = zip(self.posterior_alpha.T, self.posterior_beta.T, self.weights, strict=True)
        return np.asarray(sum(weight * component(a[:, None], b[:, None]) for a, b, weight in parts))


def shrink(
    data: Data,
    events: str,
    n: str,
    unit: str | None = None,
    *,
    method: Literal["betabinomial"] = "betabinomial",
    hyper: Literal["plugin", "integrated"] = "plugin",
    level: float = 0.95,
    target: float | None = None,
    selected: bool = False,
) -> ShrinkResult:
    """Estimate each unit's rate from its own persons and from how much the units differ beyond chance.

    Events are beta-binomial: x ~ Binomial(n, theta), theta ~ Beta(mu M, (1-mu) M). A unit with n persons is pulled
    towards mu with the weight M/(M+n).

    Parameters
    ----------
    data : frame, mapping or path
        One row a unit.
    events, n : str
        Columns of whole numbers of persons, 0 <= events <= n.
    unit : str, optional
        Column of names.
    method : {"betabinomial"}
        The model.
    hyper : {"plugin", "integrated"}
        Take mu and M at their maximum likelihood, or integrate over them with mu uniform and p(M) = 1/(1+M)^2
        (that is, rho uniform): wider intervals, right also for few units.
    level : float
        Posterior probability of the equal-tail interval.
    target : float, optional
        Rate that `p_above_target` compares with; the pooled rate by default.
    selected : bool
        Say True if the rows were chosen by their rates (a top and bottom list).

    Returns
    -------
    ShrinkResult
        `table`: unit, n, events, rate, shrunk (posterior mean), lower, upper, level, weight M/(M+n), reliability
        n/(M+n), p_above_target.

    Raises
    ------
    Refused
        If the figures cannot tell how much the units differ: one unit, one person in each, or (plug-in) an event for
        nobody, for everybody, or for all or none of each unit.

    References
    ----------
    Griffiths (1973), Biometrics 29, 637-648; Morris (1983), J. Am. Stat. Assoc. 78, 47-55; for the prior Albert
    (2009), Bayesian Computation with R, 2nd ed., ch. 5.
    """
    if method != "betabinomial":
        raise UnknownName("no method", method, ("betabinomial",))
    if hyper not in ("plugin", "integrated"):
        raise UnknownName("no way to treat hyperparameters called", hyper, ("plugin", "integrated"))
    check_share("level", level)
    people = counts(data, events, n, unit)
    pooled = float(people.events.sum() / people.n.sum())
    if target is None:
        target = pooled
    else:
        check_share("target", target)
    _refuse_what_tells_nothing(people)

    if hyper == "plugin":
        a, b, weights, boundary = _plug_in(people)
        mu = pooled if boundary else float(a[0] / (a[0] + b[0]))
        rho = 0.0 if boundary else float(1 / (a[0] + b[0] + 1))
    else:
        a, b, weights = _hyper_grid(people.events, people.n)
        boundary = False
        mu, rho = float(weights @ (a / (a + b))), float(weights @ (1 / (a + b + 1)))
    M = 1 / rho - 1 if rho > 0 else np.inf

    if boundary:
        # One rate for all: its own posterior with Jeffreys' prior, so that the interval keeps what is not known of it.
        total = np.full((len(people.unit), 1), people.events.sum())
        posterior_alpha, posterior_beta = total + 0.5, people.n.sum() - total + 0.5
        shrunk = np.full(len(people.unit), pooled)
        reliability = np.zeros(len(people.unit))
    else:
        posterior_alpha = people.events[:, None] + a
        posterior_beta = (people.n - people.events)[:, None] + b
        shrunk = posterior_alpha / (posterior_alpha + posterior_beta) @ weights
        reliability = people.n[:, None] / (people.n[:, None] + a + b) @ weights

    fit = ShrinkResult(
        table=pl.DataFrame(people.columns()),
        summary={
            "units": len(people.unit),
            "pooled_rate": pooled,
            "target": target,
            "mu": mu,
            "M": M,
            "rho": rho,
            "boundary": boundary,
            "sd_between_units": float(np.sqrt(mu * (1 - mu) * rho)),
        },
        notes=(*people.notes, *_notes(people, hyper, boundary, selected)),
        method=Method(f"Beta-binomial shrinkage, hyperparameters {_HYPER[hyper]}", _REFERENCE),
        params=provenance(
            people.data,
            events=events,
            n=n,
            unit=unit,
            method=method,
            hyper=hyper,
            level=level,
            target=target,
            selected=selected,
        ),
        alpha=mu * M,
        beta=(1 - mu) * M,
        mu=mu,
        M=M,
        rho=rho,
        boundary=boundary,
        target=target,
        posterior_alpha=posterior_alpha,
        posterior_beta=posterior_beta,
        weights=weights,
    )
    lower, upper = fit.quantile([(1 - level) / 2, (1 + level) / 2]).T
    table = fit.table.with_columns(
        shrunk=shrunk,
        lower=lower,
        upper=upper,
        level=pl.lit(level),
        weight=1 - reliability,
        reliability=reliability,
        p_above_target=1 - fit.cdf(target)[:, 0],
    )
    return replace(fit, table=table)


_HYPER = {"plugin": "at maximum likelihood", "integrated": "integrated"}
_REFERENCE = "Griffiths 1973, Biometrics 29; Morris 1983, J. Am. Stat. Assoc. 78; Albert 2009"


def check_share(name: str, value: float) -> None:
    """Stop at a value that is not strictly between 0 and 1."""
    if not 0 < value < 1:
        raise BadInput(Problem(f"{name}={value:g}", "a share between 0 and 1, such as 0.95", "95 per cent is 0.95."))


def selected_note(units: int) -> Note:
    """Say what a list chosen by its rates cannot tell."""
    return Note(
        "selected-list",
        f"The {units} units were selected by their rates: spread, shrinkage and ranks describe this list and are no "
        "estimates for all units.",
        "warning",
    )


def _refuse_what_tells_nothing(people: Counts) -> None:
    if len(people.unit) == 1:
        raise Refused("One unit: there is no spread between units to shrink by. Give an interval for its rate instead.")
    if people.n.max() == 1:
        raise Refused(
            "One person in each unit: chance and differences between units cannot be told apart. Merge units first."
        )


def _notes(people: Counts, hyper: str, boundary: bool, selected: bool) -> list[Note]:
    notes = []
    if boundary:
        notes.append(
            Note(
                "no-variation",
                "The units vary no more than chance would make them: M is infinite, every unit is given the pooled "
                "rate, and the interval is that of the pooled rate. This does not show that they are equal.",
                "warning",
            )
        )
    elif hyper == "plugin" and len(people.unit) < FEW_UNITS:
        notes.append(
            Note(
                "few-units",
                f"With {len(people.unit)} units mu and M are themselves uncertain and the intervals are too short; "
                'hyper="integrated" counts that in.',
                "warning",
            )
        )
    if selected:
        notes.append(selected_note(len(people.unit)))
    return notes


def _plug_in(people: Counts) -> tuple[Floats, Floats, Floats, bool]:
    """Give alpha, beta, weight 1 and whether M went to infinity."""
    x, n = people.events, people.n
    for all_or_none, whom in ((x == 0, "nobody"), (x == n, "everybody"), ((x == 0) | (x == n), "all or none of each")):
        if all_or_none.all():
            raise Refused(
                f"An event for {whom}: maximum likelihood puts the spread between units at its limit and every "
                'interval at no width. Ask for hyper="integrated", which stays finite, or for intervals of each rate.'
            )
    eta, lam = _mode(x, n, log_prior=False)
    pooled = x.sum() / n.sum()
    binomial = float(np.sum(xlogy(x, pooled) + xlogy(n - x, 1 - pooled)))
    # Without overdispersion the likelihood rises towards the binomial one and has no maximum on the way.
    boundary = bool(np.exp(lam) > 0.99 * LARGEST_M or -_objective(np.array([eta, lam]), x, n, False)[0] < binomial)
    M = np.exp(lam)
    return np.array([expit(eta) * M]), np.array([expit(-eta) * M]), np.ones(1), boundary


def _objective(at: Floats, x: Floats, n: Floats, log_prior: bool) -> tuple[float, Floats]:
    """Minus the log-likelihood (plus log prior) at (logit mu, log M), with its gradient."""
    mu, M = expit(at[0]), np.exp(at[1])
    a, b = mu * M, expit(-at[0]) * M
    value = _log_likelihood(at[0], at[1], x, n)
    common = digamma(M) - digamma(n + M)
    by_a = np.sum(digamma(x + a) - digamma(a) + common)
    by_b = np.sum(digamma(n - x + b) - digamma(b) + common)
    gradient = np.array([(by_a - by_b) * M * mu * (1 - mu), by_a * a + by_b * b])
    if log_prior:
        value += _log_prior(at[0], at[1])
        gradient += np.array([1 - 2 * mu, (1 - M) / (1 + M)])
    return -float(value), -gradient


def _log_prior(eta: ArrayLike, lam: ArrayLike) -> Floats:
    """Log density of (logit mu, log M) when mu is uniform and p(M) = 1/(1+M)^2."""
    eta, lam = np.asarray(eta), np.asarray(lam)
    return np.asarray(-np.logaddexp(0, eta) - np.logaddexp(0, -eta) + lam - 2 * np.logaddexp(0, lam))


def _log_likelihood(eta: ArrayLike, lam: ArrayLike, x: Floats, n: Floats) -> Floats:
    """Give the log-likelihood at each (logit mu, log M), binomial coefficients left out."""
    eta, M = np.asarray(eta)[..., None], np.exp(np.asarray(lam))[..., None]
    a, b = expit(eta) * M, expit(-eta) * M
    return np.asarray(np.sum(betaln(x + a, n - x + b) - betaln(a, b), axis=-1))


def _mode(x: Floats, n: Floats, *, log_prior: bool) -> Floats:
    # Units weighted as they ought to be for each M (Kleinman 1973): the best of these is near enough that the search
    # cannot run off along the flat ends of the likelihood.
    M = np.geomspace(0.01, 1e5, 29)
    weight = n / (n + M[:, None])
    eta, lam = logit((weight @ (x / n) + 0.01) / (weight.sum(axis=1) + 0.02)), np.log(M)
    best = np.argmax(_log_likelihood(eta, lam, x, n) + (_log_prior(eta, lam) if log_prior else 0))
    found = minimize(
        _objective,
        [eta[best], lam[best]],
        args=(x, n, log_prior),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-40, 40), (np.log(SMALLEST_M), np.log(LARGEST_M))],
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500},
    )
    return np.asarray(found.x)


def _hyper_grid(x: Floats, n: Floats, step: float = 1.25) -> tuple[Floats, Floats, Floats]:
    """Spread (alpha, beta) over their posterior, with weights.

    The trapezoidal rule on a lattice along the axes of the posterior at its mode; steps of 1.25 standard deviations
    leave an error of 2 exp(-2 pi^2 / 1.25^2) = 7e-6 for a normal posterior. The lattice grows until its rim is empty.
    """
    mode = _mode(x, n, log_prior=True)
    h = 1e-4
    curvature = np.array(
        [(_objective(mode + e, x, n, True)[1] - _objective(mode - e, x, n, True)[1]) / (2 * h) for e in h * np.eye(2)]
    )
    axes = np.linalg.cholesky(np.linalg.inv((curvature + curvature.T) / 2))
    reach = 5
    while True:
        steps = np.arange(-reach, reach + 1)
        lattice = step * np.stack(np.meshgrid(steps, steps, indexing="ij"))
        eta, lam = mode[:, None, None] + np.tensordot(axes, lattice, axes=1)
        # Beyond the largest M the prior leaves 1e-7 and log-beta functions no digits.
        inside = lam < np.log(LARGEST_M)
        lam = np.where(inside, lam, 0.0)
        log_density = _log_likelihood(eta, lam, x, n) + _log_prior(eta, lam) + _objective(mode, x, n, True)[0]
        density = np.where(inside, np.exp(log_density), 0.0)
        if max(density[[0, -1]].max(), density[:, [0, -1]].max()) < 1e-7:
            break
        reach += 3
    kept = density > 1e-7
    M = np.exp(lam[kept])
    return expit(eta[kept]) * M, expit(-eta[kept]) * M, density[kept] / density[kept].sum()
