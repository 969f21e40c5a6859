"""League tables that say how little a place means: the distribution of each unit's rank, and sets of ranks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import betaincinv, betaln, digamma, log_expit, logit, polygamma

from fodfaeste.errors import BadInput, Problem, Refused, UnknownName
from fodfaeste.measure._kernels import count_below, fisher_pairs, largest_differences, panel_demand, rank_distribution
from fodfaeste.measure.counts import counts
from fodfaeste.measure.intervals import interval
from fodfaeste.measure.multiplicity import holm
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.measure.shrink import ShrinkResult, check_share, selected_note
from fodfaeste.tables import Data
from fodfaeste.values import Good

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GRADES = ("better than average", "as expected", "worse than average")


@dataclass(frozen=True, eq=False, kw_only=True)
class RankResult(Result):
    """The posterior distribution of every unit's rank; rank 1 is best.

    Attributes
    ----------
    pmf : ndarray of float, shape (n_units, n_units)
        Row i, column r: P(rank of unit i is r + 1).
    p_better : ndarray of float, shape (n_units, n_units)
        Row i, column j: P(unit i is better than unit j); one half on the diagonal.
    """

    pmf: Floats
    p_better: Floats


def rank(
    shrunk: ShrinkResult,
    good: Good,
    top: int = 15,
    *,
    method: Literal["exact", "simulate"] = "exact",
    level: float = 0.95,
    seed: int | None = None,
    nodes: int | None = None,
    draws: int = 20_000,
    certainty: float = 0.95,
) -> RankResult:
    """Compute how each unit ranks when its rate is known only as well as its persons allow.

    Given that a unit's rate is t, its rank is 1 plus a Poisson-binomial number: how many of the others are better
    than t. This is integrated over the posteriors of all units on one grid of t. No simulation is needed; with
    integrated hyperparameters it is done for each of their values, given which the units are independent.

    Parameters
    ----------
    shrunk : ShrinkResult
        Posteriors of the rates, from `shrink`.
    good : {"low", "high"}
        Which rates are best: low for out-migration, high for employment.
    top : int
        Length m of the lists that `p_top`, `p_bottom` and the expected true members are about.
    method : {"exact", "simulate"}
        Integrate, or draw `draws` times with `seed`; the simulation prints its Monte Carlo error.
    level : float
        Posterior probability of the intervals of rates and ranks.
    seed : int, optional
        Needed to simulate.
    nodes : int, optional
        Gauss-Legendre nodes in each panel of the grid; 8 by default, which leaves errors below 1e-6 of a rank.
    draws : int
        Simulated draws.
    certainty : float
        Posterior probability from which a unit gets a grade and a pair counts as ordered.

    Returns
    -------
    RankResult
        `table`: unit, n, events, rate, shrunk, lower, upper, level, rank (as it would be printed; equal rates share
        the best place), expected_rank, sd, median_rank, rank_lower, rank_upper, p_top, p_bottom, p_first, p_better
        (than the target of `shrunk`), grade. `summary`: share_of_pairs_ordered (P above `certainty` either way),
        expected_true_top and expected_true_bottom (members of the printed lists that belong there).

    Raises
    ------
    Refused
        If there is no n to say how sure a rank is, or no seed to simulate with.

    Notes
    -----
    Units of equal rate at the end of a printed list share its last places. Time grows as n_units squared times the
    nodes, memory as n_units squared.

    References
    ----------
    Laird, Louis (1989), J. Educ. Stat. 14, 29-46; Goldstein, Spiegelhalter (1996), J. R. Stat. Soc. A 159, 385-443.
    """
    if not isinstance(shrunk, ShrinkResult):
        raise Refused(
            "A rank needs each unit's n and interval. Call shrink(data, events, n, unit) and rank its result."
        )
    check_direction(good)
    if method not in ("exact", "simulate"):
        raise UnknownName("no method", method, ("exact", "simulate"))
    check_share("level", level)
    check_share("certainty", certainty)
    rate = shrunk.table["rate"].to_numpy()
    check_top(top, rate.size)

    if method == "exact":
        pmf, below = _integrated(shrunk, nodes or 8)
        error: tuple[Note, ...] = ()
    else:
        pmf, below = _simulated(shrunk, needed_seed(seed, "Simulated ranks"), draws)
        error = (_monte_carlo_error(pmf, top, draws),)
    np.fill_diagonal(below, 0.5)
    p_above = shrunk.table["p_above_target"].to_numpy()
    if good == "high":
        # Ranks were counted from the lowest rate.
        pmf, p_better, p_good = pmf[:, ::-1], below.T, p_above
    else:
        p_better, p_good = below, 1 - p_above

    places = np.arange(1, rate.size + 1)
    expected = pmf @ places
    at_most = np.cumsum(pmf, axis=1)
    lower, upper = shrunk.quantile([(1 - level) / 2, (1 + level) / 2]).T
    p_top, p_bottom = pmf[:, :top].sum(axis=1), pmf[:, -top:].sum(axis=1)
    in_top, in_bottom = printed_share(rate, good, top), printed_share(-rate, good, top)
    apart = p_better[np.triu_indices(rate.size, 1)]
    summary = {
        "units": rate.size,
        "top": top,
        "share_of_pairs_ordered": float(np.mean((apart > certainty) | (apart < 1 - certainty))),
        "expected_true_top": float(in_top @ p_top),
        "expected_true_bottom": float(in_bottom @ p_bottom),
    }
    table = shrunk.table.select("unit", "n", "events", "rate", "shrunk").with_columns(
        lower=lower,
        upper=upper,
        level=pl.lit(level),
        rank=printed_ranks(rate, good),
        expected_rank=expected,
        sd=np.sqrt(np.maximum(pmf @ places**2 - expected**2, 0)),
        median_rank=_first_reaching(at_most, 0.5),
        rank_lower=_first_reaching(at_most, (1 - level) / 2),
        rank_upper=_first_reaching(at_most, (1 + level) / 2),
        p_top=p_top,
        p_bottom=p_bottom,
        p_first=pmf[:, 0],
        p_better=p_good,
        grade=pl.Series(
            [GRADES[0] if p > certainty else GRADES[2] if p < 1 - certainty else GRADES[1] for p in p_good]
        ),
    )
    params = {
        name: value for name, value in shrunk.params.items() if name not in ("data", "version", "level", "method")
    }
    return RankResult(
        table=table,
        summary=summary,
        notes=(*shrunk.notes, *_tie_notes(in_top, in_bottom, top), *error),
        method=Method(
            f"Posterior ranks, {'integrated' if method == 'exact' else 'simulated'}, after {shrunk.method.name}",
            "Laird, Louis 1989, J. Educ. Stat. 14; Goldstein, Spiegelhalter 1996, J. R. Stat. Soc. A 159",
        ),
        params=provenance(
            str(shrunk.params["data"]),
            **params,
            good=good,
            top=top,
            method=method,
            level=level,
            seed=seed,
            nodes=nodes,
            draws=draws if method == "simulate" else None,
            certainty=certainty,
        ),
        pmf=pmf,
        p_better=p_better,
    )


# What ranks, sets and stability share


def check_direction(good: str) -> None:
    """Stop where it is not said which way is good."""
    if good not in ("low", "high"):
        raise UnknownName("no direction", str(good), ("low", "high"))


def check_top(top: int, units: int) -> None:
    """Stop at a list that is empty or has everybody in it."""
    if not 0 < top < units:
        raise BadInput(
            Problem(f"top={top} of {units} units", f"a list of 1 to {units - 1}", "Say how long the list is: top=.")
        )


def needed_seed(seed: int | None, what: str) -> int:
    """Stop where something random is asked for without a seed."""
    if seed is None:
        raise Refused(f"{what} differ from call to call unless they are seeded. Give seed= a whole number.")
    return seed


def printed_ranks(rate: Floats, good: Good) -> Ints:
    """Rank raw rates as a printed list would, 1 the best; equal rates share the best place."""
    best_first = rate if good == "low" else -rate
    return np.asarray(np.searchsorted(np.sort(best_first), best_first) + 1, dtype=np.int64)


def printed_share(rate: Floats, good: Good, top: int) -> Floats:
    """Say how much of each unit stands in the printed top: 1 or 0, or a share where equal rates meet its end."""
    rank_ = printed_ranks(rate, good)
    tied = np.bincount(rank_)[rank_]
    return np.clip((top + 1 - rank_) / tied, 0.0, 1.0)


def _tie_notes(in_top: Floats, in_bottom: Floats, top: int) -> list[Note]:
    return [
        Note(
            "tie-at-the-cut",
            f"{int(np.sum((share > 0) & (share < 1)))} units of equal rate meet the end of the {side} {top}; each "
            "counts as the share of the places left.",
        )
        for side, share in (("top", in_top), ("bottom", in_bottom))
        if np.any((share > 0) & (share < 1))
    ]


def _first_reaching(at_most: Floats, p: float) -> Ints:
    return np.asarray(np.argmax(at_most >= p - 1e-12, axis=1) + 1, dtype=np.int64)


# Ranks by integration


def _integrated(shrunk: ShrinkResult, nodes: int) -> tuple[Floats, Floats]:
    """Give the pmf of ranks counted from the lowest rate, and P(unit of the row < unit of the column)."""
    by_weight = np.argsort(-shrunk.weights)
    # What is left out moves no expected rank by more than a few 1e-5.
    enough = int(np.searchsorted(np.cumsum(shrunk.weights[by_weight]), 1 - 1e-5)) + 1
    used = by_weight[:enough]
    units = shrunk.posterior_alpha.shape[0]
    pmf, below = np.zeros((units, units)), np.zeros((units, units))

    def conditional(component: np.intp) -> tuple[Floats, Floats]:
        cdf, mass = _on_one_grid(shrunk.posterior_alpha[:, component], shrunk.posterior_beta[:, component], nodes)
        order = np.argsort((cdf < 0.5).sum(axis=1), kind="stable")
        lower = rank_distribution(np.ascontiguousarray(cdf[order].T), np.ascontiguousarray(mass[order].T))
        return lower.T[np.argsort(order)], mass @ (1 - cdf).T

    # Nearly all of the time is spent in compiled code that lets other threads run; the sum keeps its order.
    with ThreadPoolExecutor() as pool:
        shares = shrunk.weights[used] / shrunk.weights[used].sum()
        for (lower, lies_below), weight in zip(pool.map(conditional, used), shares, strict=True):
            pmf += weight * lower
            below += weight * lies_below
    # Dividing out leaves rounding of some 1e-16 on either side of 0.
    return np.maximum(pmf, 0.0), below


def _on_one_grid(a: Floats, b: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Evaluate beta posteriors on Gauss-Legendre nodes in the logit of the rate.

    Returns
    -------
    cdf, mass : ndarray of float, shape (n_units, n_points)
        P(rate <= node), and density times quadrature weight (sum 1 for each unit).
    """
    at, weight = np.polynomial.legendre.leggauss(nodes)
    edges = _panels(a, b)
    half = np.diff(edges)[:, None] / 2
    node = edges[:-1, None] + half * (1 + at)
    # On the logit scale the density is smooth even where alpha is below 1 and it has a pole at 0.
    density = np.exp(
        a[:, None, None] * log_expit(node) + b[:, None, None] * log_expit(-node) - betaln(a, b)[:, None, None]
    )
    mass = density * half * weight
    in_panel = mass.sum(axis=2)
    cdf = (np.cumsum(in_panel, axis=1) - in_panel)[:, :, None] + half * (density @ _from_left_edge(at).T)
    total = in_panel.sum(axis=1)[:, None]
    return np.clip(cdf.reshape(a.size, -1) / total, 0.0, 1.0), mass.reshape(a.size, -1) / total


def _from_left_edge(at: Floats) -> Floats:
    """Give the matrix that takes values at the nodes to integrals of their polynomial from -1 to each node."""
    legendre = np.polynomial.legendre
    integrals = legendre.legval(at, legendre.legint(np.eye(at.size), lbnd=-1))
    return np.asarray(np.linalg.solve(legendre.legvander(at, at.size - 1).T, integrals).T)


def _panels(a: Floats, b: Floats, width: float = 1.5) -> Floats:
    """Choose panels so narrow that what is integrated is smooth in each.

    Two lengths matter: the standard deviation of the narrowest posterior with mass there, and how far the rate has to
    move until the number of units below it moves by its own standard deviation. A panel is `width` of the shorter.
    """
    middle, sd = digamma(a) - digamma(b), np.sqrt(polygamma(1, a) + polygamma(1, b))
    low, high = _logit_quantile(a, b, 1e-12), -_logit_quantile(b, a, 1e-12)
    # Farther out than this the density is a plain exponential in the logit, however steep it turns at 0.
    turn = 8 + np.log1p(a + b)
    points = np.concatenate([low, high, -turn, turn, *(middle + z * sd for z in (-2, -1, 0, 1, 2))])
    points = np.unique(np.clip(points, low.min(), high.max()))
    points = points[np.linspace(0, points.size - 1, min(points.size, 800)).astype(np.intp)]
    left, right = points[:-1], points[1:]
    demand = panel_demand(left, right, np.column_stack([low, high, middle, sd, turn]))
    so_far = np.concatenate([[0.0], np.cumsum(demand * (right - left))])
    return np.asarray(np.interp(np.linspace(0, so_far[-1], int(np.ceil(so_far[-1] / width)) + 1), so_far, points))


def _logit_quantile(a: Floats, b: Floats, p: float) -> Floats:
    """Give the logit of a low beta quantile, also where the quantile itself is too small for a float."""
    value = betaincinv(a, b, p)
    tiny = value < 1e-290
    power_law = (np.log(p * a) + betaln(a, b)) / a
    return np.asarray(np.where(tiny, power_law, logit(np.where(tiny, 0.5, value))))


# Ranks by simulation


def _simulated(shrunk: ShrinkResult, seed: int, draws: int) -> tuple[Floats, Floats]:
    """Give what `_integrated` gives, from seeded draws; equal rates are ordered by lot."""
    ranks = ranks_by_lot(shrunk.draw(rng := np.random.default_rng(seed), draws), rng)
    units = ranks.shape[1]
    cells = np.bincount((ranks + units * np.arange(units)).ravel(), minlength=units * units)
    return cells.reshape(units, units) / draws, count_below(ranks) / draws


def ranks_by_lot(values: Floats, rng: np.random.Generator) -> Ints:
    """Rank each row from 0 for the lowest, equal values in random order."""
    order = np.lexsort((rng.random(values.shape), values), axis=-1)
    ranks = np.empty(values.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, np.arange(values.shape[1])[None, :], axis=1)
    return ranks


def _monte_carlo_error(pmf: Floats, top: int, draws: int) -> Note:
    places = np.arange(pmf.shape[1])
    of_rank = np.sqrt(np.max(pmf @ places**2 - (pmf @ places) ** 2) / draws)
    p_end = np.concatenate([pmf[:, :top].sum(axis=1), pmf[:, -top:].sum(axis=1)])
    of_share = np.sqrt(np.max(p_end * (1 - p_end)) / draws)
    return Note(
        "monte-carlo-error",
        f"Simulated with {draws} draws: standard error up to {of_rank:.2g} for an expected rank and {of_share:.2g} for "
        "a probability. The exact method has none.",
    )


# Sets of ranks


def rank_sets(
    data: Data,
    events: str,
    n: str,
    unit: str | None = None,
    *,
    good: Good,
    method: Literal["holm", "bootstrap"] = "holm",
    sets: Literal["simultaneous", "marginal"] = "simultaneous",
    level: float = 0.95,
    seed: int | None = None,
    draws: int = 2000,
    selected: bool = False,
) -> Result:
    """Say which ranks each unit can have, with a promised probability that the sets hold the true ranks.

    A unit ranks behind those that are significantly better and before those that are significantly worse.

    Parameters
    ----------
    data : frame, mapping or path
        One row a unit.
    events, n, unit : str
        Columns of whole numbers of persons, and of names.
    good : {"low", "high"}
        Which rates are best.
    method : {"holm", "bootstrap"}
        Fisher's exact test of each pair with Holm's adjustment, exact for small n; or the stepwise bootstrap of the
        largest difference in standard errors, shorter sets when n is large.
    sets : {"simultaneous", "marginal"}
        All sets are right together with probability `level`, or each set by itself is.
    level : float
        The probability.
    seed, draws : int
        For the bootstrap.
    selected : bool
        Say True if the rows were chosen by their rates.

    Returns
    -------
    Result
        `table`: unit, n, events, rate, lower, upper (Wilson), level, rank, rank_lower, rank_upper. `summary`:
        share_of_pairs_ordered by the tests (for marginal sets: of the comparisons made for each unit).

    Raises
    ------
    Refused
        If the bootstrap is asked for without a seed.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6, 65-70; Mogstad, Romano, Shaikh, Wilhelm (2024), Rev. Econ. Stud. 91, 476-518.
    """
    check_direction(good)
    if sets not in ("simultaneous", "marginal"):
        raise UnknownName("no kind of sets called", sets, ("simultaneous", "marginal"))
    check_share("level", level)
    people = counts(data, events, n, unit)
    units = len(people.unit)
    if units == 1:
        raise Refused("One unit has no rank among others. Give an interval for its rate instead.")
    if method == "holm":
        higher, lower_ = _by_fisher(people.events, people.n, sets, 1 - level)
    elif method == "bootstrap":
        rng = np.random.default_rng(needed_seed(seed, "Bootstrapped rank sets"))
        higher, lower_ = _by_bootstrap(people.events, people.n, sets, 1 - level, rng.standard_normal((draws, units)))
    else:
        raise UnknownName("no method", method, _SETS)

    better, worse = (lower_, higher) if good == "low" else (higher, lower_)
    lower, upper = interval(people.events, people.n, level=level)
    return Result(
        table=pl.DataFrame(people.columns()).with_columns(
            lower=lower,
            upper=upper,
            level=pl.lit(level),
            rank=printed_ranks(people.rate, good),
            rank_lower=1 + better.sum(axis=1),
            rank_upper=units - worse.sum(axis=1),
        ),
        summary={
            "units": units,
            "share_of_pairs_ordered": float((better | worse).sum() / (units * (units - 1))),
        },
        notes=(*people.notes, *([selected_note(units)] if selected else [])),
        method=Method(f"{sets.capitalize()} rank sets, {_SETS[method][0]}", _SETS[method][1]),
        params=provenance(
            people.data,
            events=events,
            n=n,
            unit=unit,
            good=good,
            method=method,
            sets=sets,
            level=level,
            seed=seed,
            draws=draws if method == "bootstrap" else None,
            selected=selected,
        ),
    )


_SETS = {
    "holm": ("all pairs by Fisher's exact test with Holm's adjustment", "Holm 1979, Scand. J. Stat. 6, 65-70"),
    "bootstrap": ("stepwise bootstrap", "Mogstad, Romano, Shaikh, Wilhelm 2024, Rev. Econ. Stud. 91, 476-518"),
}

Bools = NDArray[np.bool_]


def _by_fisher(x: Floats, n: Floats, sets: str, alpha: float) -> tuple[Bools, Bools]:
    """Say for each unit (row) which others (columns) have a significantly higher, and a significantly lower rate."""
    p = np.full((x.size, x.size), np.nan)
    upper = np.triu_indices(x.size, 1)
    p[upper] = fisher_pairs(x.astype(np.int64), n.astype(np.int64))
    if sets == "simultaneous":
        p[upper] = holm(p[upper])
        p.T[upper] = p[upper]
    else:
        p.T[upper] = p[upper]
        p = np.array([holm(tests) for tests in p])
    rate = x / n
    apart = p <= alpha
    return apart & (rate > rate[:, None]), apart & (rate < rate[:, None])


def _by_bootstrap(x: Floats, n: Floats, sets: str, alpha: float, normal: Floats) -> tuple[Bools, Bools]:
    """Say what `_by_fisher` says, from tests in both directions of each pair; `normal` has a row a draw."""
    rate, middle = x / n, (x + 0.5) / (n + 1)
    variance = middle * (1 - middle) / n
    noise = normal * np.sqrt(variance)
    precision = 1 / np.sqrt(variance[:, None] + variance)
    difference = (rate[:, None] - rate) * precision
    pairs = ~np.eye(x.size, dtype=bool)
    if sets == "simultaneous":
        row_is_higher = _step_down(pairs, difference, precision, noise, alpha)
        return row_is_higher.T, row_is_higher
    higher, lower = np.zeros((2, x.size, x.size), dtype=bool)
    for unit in range(x.size):
        own = np.zeros_like(pairs)
        own[unit] = own[:, unit] = True
        row_is_higher = _step_down(own & pairs, difference, precision, noise, alpha)
        higher[unit], lower[unit] = row_is_higher[:, unit], row_is_higher[unit]
    return higher, lower


def _step_down(family: Bools, difference: Floats, precision: Floats, noise: Floats, alpha: float) -> Bools:
    """Test for each pair of a family that the row's rate is higher than the column's, all together at `alpha`.

    1. Take the 1 - alpha quantile of the largest standardised difference among the pairs still open.
    2. Reject where the difference exceeds it, and leave those out.
    3. Repeat until nothing more is rejected.
    """
    still_open = family.copy()
    while True:
        first, second = np.nonzero(still_open)
        largest = largest_differences(noise, first, second, precision[still_open])
        newly = still_open & (difference > np.quantile(largest, 1 - alpha, method="higher"))
        if not newly.any():
            return family & ~still_open
        still_open &= ~newly
