"""The release in other forms: a Poisson regression of monthly moves, and bunching with its placebos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse, special

from fodfaeste.errors import Refused
from fodfaeste.measure.design import Design, design
from fodfaeste.measure.intervals import normal_quantile
from fodfaeste.measure.multiplicity import holm
from fodfaeste.measure.release_cells import BOUND, FREE, MOVED, Cohorts, Tally
from fodfaeste.measure.release_parts import Window

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

REGRESSION_COLUMNS: Mapping[str, Any] = {
    "term": pl.String,
    "estimate": pl.Float64,
    "se": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "level": pl.Float64,
    "z": pl.Float64,
    "p_value": pl.Float64,
    "p_holm": pl.Float64,
    "method": pl.String,
    "note": pl.String,
}
BUNCHING_COLUMNS: Mapping[str, Any] = {
    "unit": pl.String,
    "cohort": pl.String,
    "n": pl.Int64,
    "events": pl.Int64,
    "expected": pl.Float64,
    "estimate": pl.Float64,
    "se": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "level": pl.Float64,
    "z": pl.Float64,
    "p_value": pl.Float64,
    "method": pl.String,
    "note": pl.String,
}

# Names that no column of a register has.
PERSONS, NUMBER = "persons of a pattern", "number of a pattern"
CONTRAST = "release minus later"
DEGREE = 3


# Poisson regression


@dataclass(frozen=True, eq=False)
class Months:
    """Moves and persons at risk by cohort, pattern of covariates and month.

    With P patterns, L months, q1 periods and q2 terms of covariates:

    Attributes
    ----------
    moved, at_risk : ndarray of float64, shape (2, P, L)
        0 where a period or a category has nobody who moves to compare with.
    period : ndarray of float64, shape (2, L, q1)
        1 in the bound cohort's months of a period.
    z : ndarray of float64, shape (P, q2)
        Covariates, less their means.
    pattern : ndarray of int64, shape (cells,)
        Pattern of each cell of the cohorts.
    names, notes : tuple of str
        Of all q1 + q2 terms asked for.
    known : ndarray of bool
        Which of them can be estimated; the arrays hold only those.
    """

    moved: Floats
    at_risk: Floats
    period: Floats
    z: Floats
    pattern: Integers
    names: tuple[str, ...]
    notes: tuple[str, ...]
    known: NDArray[np.bool_]

    @property
    def last(self) -> int:
        """Months."""
        return int(self.moved.shape[2])


@dataclass(frozen=True, eq=False)
class Moments:
    """The likelihood of one set of coefficients with its derivatives, month effects taken out.

    `score` (q,) and `information` (q, q); `mean` (L, q) is the mean of the terms over the moves expected in a month
    and `base` (L,) the month's hazard where all terms are 0.
    """

    likelihood: float
    score: Floats
    information: Floats
    mean: Floats
    base: Floats


def regress_moves(cohorts: Cohorts, periods: Sequence[Window], level: float) -> pl.DataFrame:
    """Fit monthly moves by Poisson regression: month effects, cohort by period, covariates of persons.

    Parameters
    ----------
    cohorts : Cohorts
        Its `columns` are the covariates.
    periods : sequence of Window
        Under the rule, the release, and later ones; they follow each other from month 0.
    level : float
        Two-sided.

    Returns
    -------
    polars.DataFrame
        One row a term, and the contrast of the release with the last period; estimates are logarithms of rate ratios,
        standard errors robust (HC0) and clustered by unit, or by person where none was given.

    Raises
    ------
    Refused
        If terms cannot be told apart.

    Notes
    -----
    Month effects are taken out by their closed form, which leaves the score of Breslow (1974), Biometrics 30, 89-99.
    Robust variance: Liang, Zeger (1986), Biometrika 73, 13-22.
    """
    months = _months(cohorts, periods)
    theta, fit = _maximum(months)
    covariance = _robust(cohorts, months, theta, fit)
    contrast = _contrast(months.known, len(periods))
    terms = np.eye(months.known.size)[:, months.known]
    with_contrast = np.vstack((terms, contrast[months.known]))
    known = np.append(months.known, contrast.any())
    estimate = np.where(known, with_contrast @ theta, np.nan)
    variance = np.einsum("iq,qr,ir->i", with_contrast, covariance, with_contrast)
    notes = (*months.notes, "" if known[-1] else "Not estimated: a period has no moves to compare.")
    method = f"Poisson, HC0 by {'unit' if cohorts.units else 'person'}"
    return _terms(
        (*months.names, CONTRAST),
        estimate,
        np.where(known, np.sqrt(variance), np.nan),
        notes=notes,
        level=level,
        method=method,
    )


def _contrast(known: NDArray[np.bool_], periods: int) -> Floats:
    """Weigh the terms to the contrast of the release with the last period; all 0 if one of them is unknown."""
    weights = np.zeros(known.size)
    if known[1] and known[periods - 1]:
        weights[1], weights[periods - 1] = 1.0, -1.0
    return weights


def _months(cohorts: Cohorts, periods: Sequence[Window]) -> Months:
    last = cohorts.both
    pattern, z, made = _patterns(cohorts)
    at_risk, moved = _by_pattern(cohorts, pattern, z.shape[0], last)
    period = np.zeros((2, last, len(periods)))
    period[BOUND] = np.stack([one.inside(last) for one in periods], axis=1)
    compared = _compared_periods(moved, period[BOUND])
    moves = np.asarray(moved.sum(axis=(0, 2)))
    moving = (moves @ (z != 0)) > 0
    moving |= np.array([term.value is None for term in made.terms], dtype=bool) if made else moving
    if made:
        _refuse_still_reference(made, z, moves)
    dropped_months = period[BOUND][:, ~compared].any(axis=1)
    dropped_patterns = (z[:, ~moving] != 0).any(axis=1)
    for values in (at_risk, moved):
        values[BOUND][:, dropped_months] = 0.0
        values[:, dropped_patterns] = 0.0
    centre = made.centre if made else np.zeros(0)
    known = np.concatenate((compared, moving))
    notes = ["" if one else "Not estimated: a cohort has no moves in these months." for one in compared]
    return Months(
        moved,
        at_risk,
        period[:, :, compared],
        (z - centre)[:, moving],
        pattern,
        (*(f"bound × {one}" for one in periods), *(made.names if made else ())),
        (*notes, *_against(made, moving)),
        known,
    )


def _patterns(cohorts: Cohorts) -> tuple[Integers, Floats, Design | None]:
    columns = cohorts.columns.columns
    if not columns:
        return np.zeros(cohorts.persons.size, dtype=np.int64), np.empty((1, 0)), None
    each = cohorts.columns.with_columns(pl.Series(PERSONS, cohorts.persons))
    patterns = each.group_by(columns, maintain_order=True).agg(pl.col(PERSONS).sum()).with_row_index(NUMBER)
    made = design(patterns, columns, patterns[PERSONS].to_numpy())
    number = each.join(patterns, on=columns, how="left", maintain_order="left")[NUMBER]
    return number.cast(pl.Int64).to_numpy(), made.matrix(patterns), made


def _by_pattern(cohorts: Cohorts, pattern: Integers, patterns: int, last: int) -> tuple[Floats, Floats]:
    shape = (2, patterns, cohorts.last + 1)
    flat = np.ravel_multi_index((cohorts.side, pattern, cohorts.month - 1), shape)
    size = int(np.prod(shape))
    everybody = np.bincount(flat, cohorts.persons, size).reshape(shape)
    moved = np.bincount(flat, cohorts.persons * (cohorts.outcome == MOVED), size).reshape(shape)
    at_risk = np.flip(np.cumsum(np.flip(everybody, axis=-1), axis=-1), axis=-1)
    return np.array(at_risk[..., :last]), np.array(moved[..., :last], np.float64)


def _compared_periods(moved: Floats, inside: Floats) -> NDArray[np.bool_]:
    """Say in which periods both cohorts have moves: without, the ratio of their rates is 0 or has no end."""
    return np.asarray(((moved.sum(axis=1) @ inside) > 0).all(axis=0))


def _refuse_still_reference(made: Design, z: Floats, moves: Floats) -> None:
    for column, values in made.categories.items():
        reference = (z[:, made.members(column)] == 0).all(axis=1)
        if not moves[reference].any():
            raise Refused(
                f"Nobody with {column}={values[0]} moves, the most common group: the other groups cannot be compared "
                "with it. Merge groups, or leave the column out."
            )


def _against(made: Design | None, moving: NDArray[np.bool_]) -> list[str]:
    if made is None:
        return []
    known = dict(zip(made.terms, moving, strict=True))
    return [
        ("" if term.value is None else f"against {term.column}={made.categories[term.column][0]}")
        if known[term]
        else "Not estimated: nobody in it moves."
        for term in made.terms
    ]


def _maximum(months: Months, rounds: int = 60) -> tuple[Floats, Moments]:
    """Climb by Newton's steps, halved where they overshoot."""
    theta = np.zeros(months.period.shape[2] + months.z.shape[1])
    here = _moments(months, theta)
    _refuse_dependent(here.information, months)
    for _ in range(rounds):
        step = np.linalg.solve(here.information, here.score)
        if not step.size or here.score @ step < 1e-18 * max(1.0, float(months.moved.sum())):
            _refuse_endless(months, theta)
            return theta, here
        there = _moments(months, theta + step)
        while not there.likelihood >= here.likelihood - 1e-9 * abs(here.likelihood):
            step = step / 2
            there = _moments(months, theta + step)
        theta, here = theta + step, there
    raise Refused(_ENDLESS)


_ENDLESS = "The regression has no end: a combination of covariates has no moves. Merge groups, or leave one out."
LARGEST_LOG_RATIO = 20.0


def _refuse_endless(months: Months, theta: Floats) -> None:
    """Stop where the steps only ended since the rate of some group had come close enough to 0."""
    if (np.abs(theta) * _reach(months) > LARGEST_LOG_RATIO).any():
        raise Refused(_ENDLESS)


def _reach(months: Months) -> Floats:
    """Give the distance between the least and the largest value of each term."""
    return np.concatenate((np.ones(months.period.shape[2]), np.ptp(months.z, axis=0)))


def _moments(months: Months, theta: Floats) -> Moments:
    periods = months.period.shape[2]
    with np.errstate(over="ignore", invalid="ignore"):
        weight = months.at_risk * np.exp(months.z @ theta[periods:])[:, None]
        rise = np.exp(months.period @ theta[:periods])
        s0, s1, s2 = _sums(months, weight, rise)
        moves = months.moved.sum(axis=(0, 1))
        some = moves > 0
        base, mean = np.zeros(moves.size), np.zeros(s1.shape)
        base[some], mean[some] = moves[some] / s0[some], s1[some] / s0[some, None]
        of_moves = np.concatenate(
            (np.einsum("spl,slq->q", months.moved, months.period), months.moved.sum(axis=(0, 2)) @ months.z)
        )
        likelihood = float(of_moves @ theta - moves[some] @ np.log(s0[some]))
        information = np.tensordot(base, s2, 1) - (mean * moves[:, None]).T @ mean
        return Moments(likelihood, of_moves - moves @ mean, information, mean, base)


def _sums(months: Months, weight: Floats, rise: Floats) -> tuple[Floats, Floats, Floats]:
    """Sum weights, weighted terms and their products over cohorts and patterns, by month."""
    terms = months.z.shape[1]
    flat = np.swapaxes(weight, 1, 2) * rise[:, :, None]
    m0, mz = flat.sum(axis=2), flat @ months.z
    products = (months.z[:, :, None] * months.z[:, None, :]).reshape(months.z.shape[0], terms * terms)
    zz = (flat.sum(axis=0) @ products).reshape(months.last, terms, terms)
    pp = np.einsum("sl,slq,slr->lqr", m0, months.period, months.period)
    pz = np.einsum("slq,slc->lqc", months.period, mz)
    first = np.concatenate((np.einsum("sl,slq->lq", m0, months.period), mz.sum(axis=0)), axis=1)
    return m0.sum(axis=0), first, np.block([[pp, pz], [np.swapaxes(pz, 1, 2), zz]])


def _refuse_dependent(information: Floats, months: Months) -> None:
    names, variance = np.array(months.names)[months.known], np.diag(information)
    alike = names[variance <= 1e-12 * months.moved.sum() * _reach(months) ** 2]
    if alike.size:
        raise Refused(f"{alike[0]} is the same for all who could move in each month. Leave the column out.")
    values, vectors = np.linalg.eigh(information / np.sqrt(np.outer(variance, variance)))
    if values.size and values[0] < 1e-10:
        names = names[np.abs(vectors[:, 0]) > 0.1]
        raise Refused(f"{', '.join(names)} cannot be told apart among those who could move. Leave one out.")


def _robust(cohorts: Cohorts, months: Months, theta: Floats, fit: Moments) -> Floats:
    scores = _scores(cohorts, months, theta, fit)
    if cohorts.units:
        members = sparse.csr_array((cohorts.persons, (cohorts.unit, np.arange(cohorts.unit.size))))
        summed = members @ scores
        meat = np.asarray(summed.T @ summed)
    else:
        meat = np.asarray((scores * cohorts.persons[:, None]).T @ scores)
    bread = np.linalg.inv(fit.information)
    return np.asarray(bread @ meat @ bread)


def _scores(cohorts: Cohorts, months: Months, theta: Floats, fit: Moments) -> Floats:
    """Give what a person of each cell adds to the score, month effects taken out; shape (cells, terms)."""
    periods = months.period.shape[2]
    used = months.at_risk.sum(axis=1) > 0
    level = fit.base * used * np.exp(months.period @ theta[:periods])
    until = np.cumsum(level, axis=1)
    until_period = np.cumsum(level[:, :, None] * months.period, axis=1)
    until_mean = np.cumsum(level[:, :, None] * fit.mean, axis=1)
    at = cohorts.side, np.minimum(cohorts.month, months.last) - 1
    z = months.z[months.pattern]
    in_fit = (months.at_risk.sum(axis=(0, 2)) > 0)[months.pattern]
    rise = in_fit * np.exp(z @ theta[periods:])
    moved = (cohorts.outcome == MOVED) & (cohorts.month <= months.last) & in_fit & used[at]
    terms = np.concatenate((months.period[at], z), axis=1)
    compensator = np.concatenate((until_period[at], z * until[at][:, None]), axis=1) - until_mean[at]
    return np.asarray(moved[:, None] * (terms - fit.mean[at[1]]) - rise[:, None] * compensator)


def _terms(
    names: Sequence[str], estimate: Floats, se: Floats, *, notes: Sequence[str], level: float, method: str
) -> pl.DataFrame:
    half = normal_quantile((1 + level) / 2) * se
    z = np.divide(estimate, se, out=np.full(se.shape, np.nan), where=se > 0)
    p = 2 * special.ndtr(-np.abs(z))
    columns = {
        "term": list(names),
        "estimate": estimate,
        "se": se,
        "lower": estimate - half,
        "upper": estimate + half,
        "level": np.full(se.size, level),
        "z": z,
        "p_value": p,
        "p_holm": holm(p),
        "method": [method] * se.size,
        "note": list(notes),
    }
    return pl.DataFrame(columns, schema=REGRESSION_COLUMNS).with_columns(pl.selectors.float().fill_nan(None))


# Bunching


def bunching_row(
    tally: Tally,
    side: int,
    window: Window,
    rule: Window,
    *,
    level: float,
    bootstraps: int,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Compare a cohort's moves in a window with a polynomial through its monthly hazards outside.

    Parameters
    ----------
    tally : Tally
        Of shape (2, last).
    side : int
        BOUND or FREE.
    window : Window
        Where the excess is asked for.
    rule : Window
        The months after the end of the rule. For the bound cohort they are left out of the polynomial too, and the
        hazard may step from one level to another where the rule ends, which only months after them can tell.
    level : float
        Two-sided.
    bootstraps : int
        Draws of residuals.
    rng : numpy.random.Generator

    Returns
    -------
    dict
        Columns of `BUNCHING_COLUMNS`: `estimate` is the excess as a share of the moves expected.

    Notes
    -----
    Months are weighted by those at risk and residuals are drawn in units of their standard deviation: months with few
    persons say little. Chetty, Friedman, Olsen, Pistaferri (2011), Q. J. Econ. 126, 749-804, without weights and step.
    """
    at_risk = tally.at_risk[side]
    months = int((at_risk > 0).sum())
    inside = window.inside(months)
    steps = side == BOUND
    outside = ~inside & ~rule.inside(months) if steps else ~inside
    row: dict[str, Any] = {
        "unit": str(window),
        "n": int(at_risk[min(window.start, at_risk.size - 1)]),
        "events": int(tally.moved[side, window.months].sum()),
        "level": level,
        "method": f"polynomial of degree {DEGREE}{', step at the rule' if steps else ''}, residual bootstrap",
        "note": "",
    }
    after = np.arange(1, months + 1) > rule.end
    terms = _terms_of_months(months, rule.start if steps and after[outside].any() else None)
    if steps and window == rule and after.sum() < rule.end - rule.start:
        return row | {"note": f"Too few months are watched after month {rule.end} to tell the level there."}
    if window.end > months or outside.sum() < terms.shape[1] + 4:
        return row | {"note": "Too few months are watched."}
    found = _excess(tally.hazard[side, :months], at_risk[:months], terms, inside, outside)
    if found.expected <= 0:
        return row | {"note": "The polynomial through the other months falls to 0 here: no share of it."}
    return row | {"expected": found.expected, "estimate": found.share} | _spread(found, level, bootstraps, rng)


@dataclass(frozen=True, eq=False)
class Excess:
    """Moves in a window and those expected there, with what is needed to draw them again.

    `to_expected` (outside months,) times hazards outside is `expected`; `fitted` and `residuals` (standardised) are of
    the months outside, `scale` and `inner_scale` the standard deviation of a unit residual outside and in the window.
    """

    moves: float
    expected: float
    to_expected: Floats
    fitted: Floats
    residuals: Floats
    scale: Floats
    inner_at_risk: Floats

    @property
    def share(self) -> float:
        """Excess as a share of the moves expected."""
        return self.moves / self.expected - 1


def _terms_of_months(months: int, step_after: int | None) -> Floats:
    month = np.arange(1, months + 1)
    # On -1 to 1 and orthogonal: powers of 84 would lose the digits.
    terms = np.polynomial.legendre.legvander(2 * month / months - 1, DEGREE)
    return np.asarray(terms if step_after is None else np.column_stack((terms, month > step_after)), np.float64)


def _excess(
    hazard: Floats, at_risk: Floats, terms: Floats, inside: NDArray[np.bool_], outside: NDArray[np.bool_]
) -> Excess:
    root = np.sqrt(at_risk[outside])
    solve = np.linalg.pinv(terms[outside] * root[:, None]) * root
    fitted = terms[outside] @ (solve @ hazard[outside])
    free_months = outside.sum() - terms.shape[1]
    residuals = (hazard[outside] - fitted) * root * np.sqrt(outside.sum() / free_months)
    to_expected = at_risk[inside] @ terms[inside] @ solve
    return Excess(
        float(at_risk[inside] @ hazard[inside]),
        float(to_expected @ hazard[outside]),
        to_expected,
        fitted,
        residuals - residuals.mean(),
        1 / root,
        at_risk[inside],
    )


def _spread(found: Excess, level: float, bootstraps: int, rng: np.random.Generator) -> dict[str, float | None]:
    size = found.residuals.size
    outside = found.fitted + rng.choice(found.residuals, (bootstraps, size)) * found.scale
    noise = rng.choice(found.residuals, (bootstraps, found.inner_at_risk.size)) @ np.sqrt(found.inner_at_risk)
    expected = outside @ found.to_expected
    share = np.divide(found.moves + noise, expected, out=np.full(bootstraps, np.nan), where=expected > 0) - 1
    lower, upper = np.nanquantile(share, [(1 - level) / 2, (1 + level) / 2])
    # The excess itself is a sum and nearly normal; the share, which divides by an estimate, need not be.
    se_excess = float(np.std(noise - expected))
    z = (found.moves - found.expected) / se_excess if se_excess > 0 else None
    return {
        "se": float(np.nanstd(share)),
        "lower": float(lower),
        "upper": float(upper),
        "z": z,
        "p_value": None if z is None else float(special.ndtr(-z)),
    }


def bunching_rows(
    tally: Tally, rule: Window, *, level: float, bootstraps: int, rng: np.random.Generator, names: tuple[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Estimate bunching after the rule and, as placebos, where no rule ends.

    Parameters
    ----------
    tally : Tally
        Of shape (2, last).
    rule : Window
        The months after the end of the rule.
    level : float
        Two-sided.
    bootstraps : int
    rng : numpy.random.Generator
    names : tuple of str
        Of the bound and the free cohort.

    Returns
    -------
    bunching, placebo : polars.DataFrame
        One row; and a row for each window three, two and one window's length before the end of the rule in the bound
        cohort (months 18, 24 and 30), and the rule's own in the free cohort, with p_holm over these.
    """

    def row(side: int, window: Window) -> dict[str, Any]:
        found = bunching_row(tally, side, window, rule, level=level, bootstraps=bootstraps, rng=rng)
        return {**found, "cohort": names[side]}

    length = rule.end - rule.start
    starts = [start for k in (3, 2, 1) if (start := rule.start - k * length) > 0]
    placebo = [*(row(BOUND, Window(start, start + length)) for start in starts), row(FREE, rule)]
    frame = pl.DataFrame(placebo, schema=BUNCHING_COLUMNS)
    p_holm = pl.Series(holm(frame["p_value"].fill_null(np.nan).to_numpy())).fill_nan(None)
    return pl.DataFrame([row(BOUND, rule)], schema=BUNCHING_COLUMNS), frame.with_columns(p_holm=p_holm)
