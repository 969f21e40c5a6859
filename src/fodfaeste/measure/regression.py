"""Regression on units such as municipalities, with everything a reader needs to judge it: `regress`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.measure import bootstrap, diagnostics, regression_fit
from fodfaeste.measure.counts import one_level, whole
from fodfaeste.measure.diagnostics import LARGE_CONDITION, LARGE_VIF
from fodfaeste.measure.multiplicity import benjamini_hochberg, holm
from fodfaeste.measure.regression_data import Units, read_units
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data

Floats = NDArray[np.float64]

INTERCEPT = "(intercept)"
FAMILIES = {"quasibinomial": regression_fit.QUASIBINOMIAL, "ols": regression_fit.OLS}
METHODS = {
    "quasibinomial": Method(
        "Quasi-binomial logistic regression, Pearson dispersion",
        "Wedderburn 1974, Biometrika 61, 439-447; McCullagh, Nelder 1989, Generalized Linear Models, ch. 4",
    ),
    "ols": Method(
        "Ordinary least squares with HC3 standard errors",
        "MacKinnon, White 1985, J. Econometrics 29, 305-325; Long, Ervin 2000, Am. Stat. 54, 217-224",
    ),
}
NAMED = 12
FEW = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Regression(Result):
    """Coefficients of a regression on units, and what they rest on.

    Attributes
    ----------
    influence : polars.DataFrame
        One row a unit: unit, n (persons, where counts were given), outcome, fitted, student (externally studentised
        residual), hat, cook, dffits, a column dfbetas_... for each term, and flag: "outlier" (the residual, by Holm
        over the units at the level of the call), "leverage" (hat above 3 terms/units), "influence" (Cook's distance
        beyond the median of F(terms, units - terms), |DFFITS| above 3 sqrt(terms/(units - terms)), a |DFBETAS| above
        1, or no estimate without the unit), joined by commas, or "none". All of it comes from fits without the unit,
        for counts too, where other programs take one step towards them.
    collinearity : polars.DataFrame
        Belsley's table, one row a dimension and term: dimension, condition_index, term, proportion (of the variance of
        that coefficient). Two proportions above a half in a dimension with an index of 30 or more are columns that
        this table cannot tell apart.
    """

    influence: pl.DataFrame
    collinearity: pl.DataFrame


@dataclass(frozen=True, eq=False)
class _Parts:
    """A fit and everything computed from it."""

    model: regression_fit.Model
    fit: regression_fit.Fit
    influence: diagnostics.Influence
    condition: diagnostics.Condition
    vif: Floats
    breusch_pagan: tuple[float, int, float]
    jackknife: Floats
    left_out: diagnostics.LeftOut
    replicates: Floats

    @property
    def degrees(self) -> int:
        """Units less terms."""
        return int(self.model.design.shape[0] - self.model.design.shape[1])


def regress(
    data: Data,
    outcome: str | None = None,
    predictors: Sequence[str] = (),
    *,
    events: str | None = None,
    n: str | None = None,
    unit: str | None = None,
    family: Literal["quasibinomial", "ols"] = "quasibinomial",
    level: float = 0.95,
    bootstraps: int = 1000,
    seed: int,
) -> Regression:
    """Regress the rates of units on their circumstances.

    Parameters
    ----------
    data : frame, mapping or path
        One row a unit.
    outcome : str, optional
        Column with the outcome, for `family="ols"`.
    predictors : sequence of str
        Columns of numbers, all of them in the model: chosen before the outcome was looked at.
    events, n : str, optional
        Instead of `outcome`: columns of whole numbers of persons, 0 <= events <= n.
    unit : str, optional
        Column of names; each may occur once. Without it the rows are numbered from 1.
    family : {"quasibinomial", "ols"}
        Logistic regression on the counts, with a variance of `dispersion` times the binomial one; or ordinary least
        squares on the outcome or the shares, as the report of 2002 did, for comparison with it.
    level : float
        Confidence level.
    bootstraps : int
        Draws of units with replacement, for the percentile and BCa intervals.
    seed : int
        Of the draws.

    Returns
    -------
    Regression
        `table`: one row a term with estimate (log odds; for "ols" in units of the outcome), se, lower, upper, level, t,
        p_value (Student's t with units - terms degrees of freedom), p_holm, q_bh (over the predictors),
        percentile_lower, percentile_upper, bca_lower, bca_upper, loo_min, loo_max (range when one unit is left out),
        sign_changes (units without which the sign is another), vif, method.
        `summary`: n (units), k (predictors), df, units_given, persons, r2, adjusted_r2, loo_r2, dispersion, deviance,
        null_deviance, breusch_pagan, bp_df, bp_p_value, condition_index, bootstraps, bootstraps_without_estimate.

    Raises
    ------
    UnknownName
        If a column or the family is not there.
    BadInput
        If a cell is no number, a column is constant, follows from others (VIF above 1000), or differs in one unit only.
    Refused
        If there are fewer than four units more than predictors, the outcome is the same everywhere or reproduced
        exactly, or a likelihood has no maximum.

    Notes
    -----
    For counts R2 is the deviance explained, 1 - D/D0; adjusted R2 divides each by its degrees of freedom, and
    leave-one-out R2 is one minus the sum of the units' deviances from fits without them over D0. For "ols" they are the
    sums of squares, and leave-one-out R2 is 1 - PRESS/SST. VIF and condition index tell of the predictors as they
    stand, not weighted by persons.

    References
    ----------
    Wedderburn (1974), Biometrika 61, 439-447; MacKinnon, White (1985), J. Econometrics 29, 305-325 (HC3); Belsley, Kuh,
    Welsch (1980), Regression Diagnostics; Koenker (1981), J. Econometrics 17, 107-112; Cook (1977), Technometrics 19,
    15-18; Allen (1974), Technometrics 16, 125-127 (PRESS); Efron (1987), J. Am. Stat. Assoc. 82, 171-185 (BCa).
    """
    if family not in FAMILIES:
        raise UnknownName("no family", family, FAMILIES)
    one_level(level)
    bootstrap.check_bootstraps(bootstraps, level)
    if family == "quasibinomial" and outcome is not None:
        raise BadInput(
            Problem(
                f"outcome={outcome!r} for family='quasibinomial'",
                "events= and n=, the counts that the rate is made of",
                "Give the counts; family='ols' takes an outcome without them, for comparison.",
            )
        )
    units = read_units(data, outcome, predictors, events=events, n=n, unit=unit)
    parts = _computed(units, FAMILIES[family], bootstraps, seed)
    influence = _influence_table(units, parts, _outliers(parts, level))
    summary = _summary(units, parts, bootstraps)
    return Regression(
        table=_table(units, parts, level, METHODS[family].name),
        summary=summary,
        notes=(*units.notes, *_notes(units, parts, influence, summary, level)),
        method=METHODS[family],
        params=provenance(
            units.data,
            outcome=outcome,
            predictors=list(predictors),
            events=events,
            n=n,
            unit=unit,
            family=family,
            level=level,
            bootstraps=bootstraps,
            seed=seed,
        ),
        influence=influence,
        collinearity=_collinearity_table(units, parts),
    )


def _computed(units: Units, family: regression_fit.Family, bootstraps: int, seed: int) -> _Parts:
    many = units.outcome.size
    weight = np.ones(many) if family is regression_fit.OLS or units.persons is None else units.persons
    model = regression_fit.model(family, units.predictors, units.outcome, weight)
    fit = regression_fit.fit(model)
    drawn = bootstrap.resampled(many, bootstraps, np.random.default_rng(seed))
    jackknife = regression_fit.refits(model, bootstrap.left_out(many), fit.coefficients)
    replicates = regression_fit.refits(model, drawn, fit.coefficients)
    return _Parts(
        model=model,
        fit=fit,
        influence=diagnostics.influence(model, fit, jackknife),
        condition=diagnostics.condition(model.design),
        vif=diagnostics.variance_inflation(units.predictors),
        breusch_pagan=diagnostics.breusch_pagan(fit.pearson, model.design),
        jackknife=jackknife,
        left_out=diagnostics.left_out_range(fit.coefficients, jackknife),
        replicates=replicates[~np.isnan(replicates[:, 0])],
    )


def _table(units: Units, parts: _Parts, level: float, method: str) -> pl.DataFrame:
    estimate, se = parts.fit.coefficients, np.sqrt(np.diag(parts.fit.covariance))
    t = estimate / se
    p_value = 2 * special.stdtr(parts.degrees, -np.abs(t))
    # The intercept is no finding: whether it is 0 depends on where the predictors have theirs.
    tested = np.where(np.arange(t.size) > 0, p_value, np.nan)
    reach = float(special.stdtrit(parts.degrees, (1 + level) / 2)) * se
    kept = parts.jackknife[~np.isnan(parts.jackknife[:, 0])]
    percentile, bca = np.full((2, 2, t.size), np.nan)
    if len(parts.replicates) >= bootstrap.needed_draws(level):
        percentile = bootstrap.percentile_limits(parts.replicates, level)
        bca = bootstrap.bca_limits(estimate, parts.replicates, kept, level)
    return pl.DataFrame(
        {
            "term": [INTERCEPT, *units.terms],
            "estimate": estimate,
            "se": se,
            "lower": estimate - reach,
            "upper": estimate + reach,
            "level": np.full(t.size, level),
            "t": t,
            "p_value": p_value,
            "p_holm": holm(tested),
            "q_bh": benjamini_hochberg(tested),
            "percentile_lower": percentile[0],
            "percentile_upper": percentile[1],
            "bca_lower": bca[0],
            "bca_upper": bca[1],
            "loo_min": parts.left_out.least,
            "loo_max": parts.left_out.greatest,
            "sign_changes": parts.left_out.changes.sum(axis=0),
            "vif": np.concatenate([[np.nan], parts.vif]),
            "method": [method] * t.size,
        }
    ).fill_nan(None)


def _summary(units: Units, parts: _Parts, bootstraps: int) -> dict[str, Any]:
    many, k, fit = units.outcome.size, len(units.terms), parts.fit
    statistic, bp_df, bp_p = parts.breusch_pagan
    loo_r2 = diagnostics.left_out_r2(parts.model, fit, parts.jackknife)
    return {
        "n": many,
        "k": k,
        "df": parts.degrees,
        "units_given": units.given,
        "persons": None if units.persons is None else int(units.persons.sum()),
        "r2": 1 - fit.deviance / fit.null_deviance,
        "adjusted_r2": 1 - fit.deviance / parts.degrees / (fit.null_deviance / (many - 1)),
        "loo_r2": None if np.isnan(loo_r2) else loo_r2,
        "dispersion": fit.dispersion,
        "deviance": fit.deviance,
        "null_deviance": fit.null_deviance,
        "breusch_pagan": statistic,
        "bp_df": bp_df,
        "bp_p_value": bp_p,
        "condition_index": float(parts.condition.index[-1]),
        "bootstraps": bootstraps,
        "bootstraps_without_estimate": bootstraps - len(parts.replicates),
    }


def _outliers(parts: _Parts, level: float) -> NDArray[np.bool_]:
    student = np.nan_to_num(parts.influence.student, nan=0.0)
    p_value = 2 * special.stdtr(parts.degrees - 1, -np.abs(student))
    return np.asarray(holm(p_value) < 1 - level)


def _influence_table(units: Units, parts: _Parts, outliers: NDArray[np.bool_]) -> pl.DataFrame:
    measured, terms = parts.influence, parts.fit.coefficients.size
    persons = {} if units.persons is None else {"n": whole(units.persons)}
    marks = {
        "outlier": outliers,
        "leverage": measured.hat > 3 * terms / units.outcome.size,
        "influence": _influential(parts),
    }
    flags = [[name for name, mark in marks.items() if mark[k]] for k in range(units.outcome.size)]
    named = zip([INTERCEPT, *units.terms], measured.dfbetas.T, strict=True)
    return pl.DataFrame(
        {
            "unit": list(units.unit),
            **persons,
            "outcome": units.outcome,
            "fitted": parts.fit.mu,
            "student": measured.student,
            "hat": measured.hat,
            "cook": measured.cook,
            "dffits": measured.dffits,
            **{f"dfbetas_{term}": values for term, values in named},
            "flag": [", ".join(flag) or "none" for flag in flags],
        }
    ).fill_nan(None)


def _influential(parts: _Parts) -> NDArray[np.bool_]:
    measured, terms, degrees = parts.influence, parts.fit.coefficients.size, parts.degrees
    median = special.fdtri(terms, degrees, 0.5)
    far = np.abs(measured.dffits) > 3 * np.sqrt(terms / degrees)
    decisive = np.isnan(measured.cook) | (np.abs(measured.dfbetas) > 1).any(axis=1)
    return np.asarray((measured.cook > median) | far | decisive)


def _collinearity_table(units: Units, parts: _Parts) -> pl.DataFrame:
    terms = [INTERCEPT, *units.terms]
    many = len(terms)
    return pl.DataFrame(
        {
            "dimension": np.repeat(np.arange(1, many + 1), many),
            "condition_index": np.repeat(parts.condition.index, many),
            "term": terms * many,
            "proportion": parts.condition.proportions.ravel(),
        }
    )


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:NAMED]) + (f" and {len(every) - NAMED} more" if len(every) > NAMED else "")


def _notes(
    units: Units, parts: _Parts, influence: pl.DataFrame, summary: Mapping[str, Any], level: float
) -> list[Note]:
    return [
        *_reading_notes(units, parts),
        *_predictor_notes(units, parts),
        *_unit_notes(units, parts, influence),
        *_spread_notes(parts, level),
        *_sample_notes(summary),
    ]


def _sample_notes(summary: Mapping[str, Any]) -> list[Note]:
    notes = []
    if (loo_r2 := summary["loo_r2"]) is not None and loo_r2 <= 0:
        text = (
            f"Leave-one-out R2 is {loo_r2:.2f}: for a unit not seen before, the common rate tells more than this fit."
        )
        notes.append(Note("tells-nothing-new", text, "warning"))
    if lost := summary["bootstraps_without_estimate"]:
        text = (
            f"{lost} of {summary['bootstraps']} bootstraps drew units that allow no finite estimate; percentile and "
            "BCa limits are those of the others, and too narrow."
        )
        notes.append(Note("bootstraps-without-estimate", text, "warning"))
    return notes


def _reading_notes(units: Units, parts: _Parts) -> list[Note]:
    notes = [
        Note(
            "units-not-persons",
            "Coefficients tell how units differ. The same need not hold for the persons in them (Robinson 1950, "
            "American Sociological Review 15, 351-357).",
        )
    ]
    if parts.model.family is regression_fit.QUASIBINOMIAL:
        text = "R2 is the share of the deviance explained, leave-one-out R2 that of units the fit has not seen."
        notes.append(Note("r2-is-deviance", text))
    elif units.persons is None or np.ptp(units.persons) > 0:
        text = (
            "Least squares counts a unit with few persons as much as one with many. It is here for comparison with the "
            "report of 2002; for shares of unequal numbers of persons give events= and n= and leave out family=."
        )
        notes.append(Note("ols-for-comparison", text, "warning"))
    if units.outcome.size < 10 * len(units.terms):
        text = (
            f"{units.outcome.size} units for {len(units.terms)} predictors: below ten units a predictor, coefficients "
            "and R2 are mostly chance. Read loo_r2."
        )
        notes.append(Note("few-units", text, "warning"))
    return notes


def _predictor_notes(units: Units, parts: _Parts) -> list[Note]:
    notes = []
    if large := [f"{term} ({vif:.0f})" for term, vif in zip(units.terms, parts.vif, strict=True) if vif >= LARGE_VIF]:
        text = f"Mostly told by the other predictors (VIF of {LARGE_VIF:.0f} or more): {_listed(large)}."
        notes.append(Note("large-vif", text, "warning"))
    index = float(parts.condition.index[-1])
    if index >= LARGE_CONDITION:
        text = (
            f"The condition index is {index:.0f} ({LARGE_CONDITION:.0f} or more): some predictors hardly vary beside "
            "each other or beside the intercept; .collinearity says which."
        )
        notes.append(Note("large-condition-index", text, "warning"))
    return notes


def _unit_notes(units: Units, parts: _Parts, influence: pl.DataFrame) -> list[Note]:
    notes = []
    told = {
        "influence": ("influential-units", "Coefficients rest on single units, look at these first"),
        "outlier": ("outlying-units", "Far from what their predictors tell"),
    }
    for mark, (code, text) in told.items():
        if names := influence.filter(pl.col("flag").str.contains(mark))["unit"].to_list():
            notes.append(Note(code, f"{text}: {_listed(names)}.", "warning"))
    changing = [
        f"{term} ({_without(units, changes)})"
        for term, changes in zip(units.terms, parts.left_out.changes[:, 1:].T, strict=True)
        if changes.any()
    ]
    if changing:
        text = f"The sign is another when one unit is left out: {_listed(changing)}."
        notes.append(Note("sign-changes", text, "warning"))
    if gone := [units.unit[row] for row in np.flatnonzero(np.isnan(parts.jackknife[:, 0]))]:
        text = f"Without one of these there is no finite estimate, so leave-one-out R2 is not known: {_listed(gone)}."
        notes.append(Note("no-estimate-without", text, "warning"))
    return notes


def _without(units: Units, changes: NDArray[np.bool_]) -> str:
    rows = np.flatnonzero(changes)
    return f"without any of {rows.size} units" if rows.size > FEW else f"without {_listed(units.unit[k] for k in rows)}"


def _spread_notes(parts: _Parts, level: float) -> list[Note]:
    notes = []
    dispersion = parts.fit.dispersion
    if parts.model.family is regression_fit.QUASIBINOMIAL:
        text = f"The variance around the fit is {dispersion:.2g} times that of chance among persons"
        if dispersion < 1:
            text += ", which is less than chance leaves: standard errors are smaller than binomial ones"
        notes.append(Note("dispersion", f"{text}.", "warning" if dispersion < 1 else "info"))
    p_value = parts.breusch_pagan[2]
    if p_value < 1 - level:
        text = (
            f"The spread is not even over the predictors (Breusch-Pagan p = {p_value:.2g}): trust the bootstrap's "
            "intervals rather than t."
        )
        notes.append(Note("uneven-spread", text, "warning"))
    return notes
