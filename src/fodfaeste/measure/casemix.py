"""Case mix: units compared as if they had the same people, and what then remains between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from scipy.special import expit, logit, ndtr, ndtri
from scipy.stats import chi2

from fodfaeste.errors import BadInput, Problem, Refused, UnknownName
from fodfaeste.measure.casemix_design import Covariate, Design, Term, build_design, read_cases
from fodfaeste.measure.casemix_fit import ENGINES, LARGEST_TAU, Fixed, Floats, Grouped, Mixed, fit_fixed, fit_mixed
from fodfaeste.measure.casemix_units import (
    at_average,
    c_statistic,
    decomposed,
    normal_scores,
    predicted,
    ratio_draws,
    risk_groups,
    size_groups,
    standard_rates,
)
from fodfaeste.measure.cells import Cells
from fodfaeste.measure.counts import one_level, whole
from fodfaeste.measure.intervals import few_note, interval, poisson_interval
from fodfaeste.measure.multiplicity import benjamini_hochberg, holm
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.measure.shrink import FEW_UNITS
from fodfaeste.measure.standardise import Standardised
from fodfaeste.tables import Data

SMALL_UNITS = 10
# Of the largest part of a direction without end: what is less belongs to covariates that only follow.
RUNS_AWAY = 0.05

FIXED = Method("Logistic regression", "Breslow, Day 1987, Statistical Methods in Cancer Research II")
MIXED = {
    "laplace": Method(
        "Logistic regression with a normal intercept a unit, Laplace approximation",
        "Breslow, Clayton 1993, J. Am. Stat. Assoc. 88, 9-25",
    ),
    "agq": Method(
        "Logistic regression with a normal intercept a unit, adaptive Gauss-Hermite quadrature",
        "Pinheiro, Bates 1995, J. Comput. Graph. Stat. 4, 12-35",
    ),
}
OE = Method(
    "Observed over expected, exact Poisson interval",
    "Breslow, Day 1987, Statistical Methods in Cancer Research II, 65-72; Ulm 1990, Am. J. Epidemiol. 131, 373-375",
)
PE = Method(
    "Predicted over expected, parametric bootstrap",
    "Normand, Glickman, Gatsonis 1997, J. Am. Stat. Assoc. 92, 803-814; Ash et al. 2012, COPSS-CMS white paper",
)
DIRECT = Method(
    "All persons at each unit's shrunken level, delta method on the logit scale",
    "Lane, Nelder 1982, Biometrics 38, 613-621; Normand et al. 1997, J. Am. Stat. Assoc. 92, 803-814",
)
CALIBRATION = Method(
    "Observed and expected by predicted risk and by size of unit",
    "Hosmer, Lemeshow 1980, Commun. Stat. A 9, 1043-1069; c: Harrell et al. 1982, J. Am. Med. Assoc. 247, 2543-2546",
)
DECOMPOSE = Method(
    "Distance from the overall rate as composition, level and rest",
    "Kitagawa 1955, J. Am. Stat. Assoc. 50, 1168-1194; shares by covariance: Shorrocks 1982, Econometrica 50, 193-211",
)


@dataclass(frozen=True, eq=False, kw_only=True)
class CaseMix(Result):
    """A case-mix model, and what follows from it for each unit.

    Attributes
    ----------
    units : polars.DataFrame
        One row a unit: unit, n, events, rate; with random intercepts also u (the mode, on the log-odds scale), u_se,
        lower, upper, level, odds_ratio (exp u) and normal_score (where u would be expected, in standard deviations, if
        the intercepts are normal).
    sigma : float or None
        Standard deviation of the intercepts; None without them.
    context : CaseMix or None
        The same model with the context covariates as well, for the same persons.
    design, fixed, mixed
        The cells, the regression without units and the one with random intercepts (None without them), covariates
        scaled to mean 0 and standard deviation 1.
    """

    units: pl.DataFrame
    sigma: float | None
    context: CaseMix | None
    design: Design
    fixed: Fixed
    mixed: Mixed | None

    def oe(self) -> Standardised:
        """Compare each unit's events with those expected from its people (indirect standardisation).

        The expected are sums of fitted probabilities of the regression without units.

        Returns
        -------
        Standardised
            `table`: unit, n, events, rate, expected, ratio (O/E), ratio_lower, ratio_upper (exact Poisson),
            standardised (O/E times the overall rate), lower, upper, level, z = (O - E)/sqrt(sum p(1 - p)), p_value,
            p_holm, q_bh, method, flag ("more than expected", "fewer than expected", "as expected", by Holm at the
            level), note. `summary`: units, rate, events, expected, flagged.

        Notes
        -----
        Two units' ratios weigh covariates by their own people, so they compare with all persons, not with each other.
        Poisson limits are wider than chance where events are common; z has the binomial variance.
        """
        data, level = self.design.data, float(self.params["level"])
        p = expit(data.x @ self.fixed.beta)
        expected, variance = data.expected(p), data.expected(p * (1 - p))
        lower, upper = poisson_interval(data.unit_y, expected, level=level)
        tests = _tests((data.unit_y - expected) / np.sqrt(variance))
        flags = _flags(tests, level)
        table = self._of_units(
            expected=expected,
            **self._ratio_columns(data.unit_y / expected, lower, upper),
            **tests,
            method=["indirect"] * data.units,
            flag=flags,
        )
        summary = {
            "expected": float(expected.sum()),
            "flagged": int((flags != _AS_EXPECTED).sum()),
        }
        return self._answer(OE, table, summary, _EXPECTED_KNOWN)

    def pe(self, *, seed: int, draws: int = 1000) -> Standardised:
        """Compare what is predicted for each unit's people there and at an average intercept (P/E).

        Parameters
        ----------
        seed : int
            Of the parametric bootstrap: coefficients, sigma and intercepts are drawn.
        draws : int, default 1000

        Returns
        -------
        Standardised
            `table`: unit, n, events, rate, predicted, expected, ratio (P/E), ratio_lower, ratio_upper, standardised
            (P/E times the overall rate), lower, upper, level, direct (see `direct`), difference (standardised minus
            direct), method, note.

        Raises
        ------
        Refused
            If the model has no random intercepts.
        """
        mixed, data = self._random("P/E"), self.design.data
        if draws < 2:
            raise BadInput(Problem(f"draws={draws}", "at least 2, better 1000", "Ask for more draws."))
        ours, theirs = predicted(data, mixed), at_average(data, mixed)
        if mixed.tau > 0:
            ratios = ratio_draws(data, mixed, np.random.default_rng(seed), draws)
            tail = (1 - float(self.params["level"])) / 2
            lower, upper = np.quantile(ratios, [tail, 1 - tail], axis=0)
        else:
            lower = upper = np.full(data.units, np.nan)
        columns = self._ratio_columns(ours / theirs, lower, upper)
        direct = standard_rates(data, mixed)[0]
        table = self._of_units(
            predicted=ours,
            expected=theirs,
            **columns,
            direct=direct,
            difference=columns["standardised"] - direct,
            method=["predicted over expected"] * data.units,
        )
        summary = {"largest_difference": float(np.abs(columns["standardised"] - direct).max())}
        return self._answer(PE, table, summary, params={"seed": seed, "draws": draws})

    def direct(self) -> Standardised:
        """Give the rate of all persons together if they had each unit's shrunken intercept.

        Returns
        -------
        Standardised
            `table`: unit, n, events, rate, standardised, lower, upper, level, method, note.

        Raises
        ------
        Refused
            If the model has no random intercepts.
        """
        mixed, level = self._random("The direct form"), float(self.params["level"])
        rate, se = standard_rates(self.design.data, mixed)
        reach = float(ndtri((1 + level) / 2)) * se
        middle = logit(rate)
        table = self._of_units(
            standardised=rate,
            lower=expit(middle - reach),
            upper=expit(middle + reach),
            level=np.full(rate.size, level),
            method=["direct"] * rate.size,
        )
        return self._answer(DIRECT, table, {})

    def side_by_side(self) -> Result:
        """Lay the direct rates with person covariates beside those with person and context covariates.

        Returns
        -------
        Result
            `table`: unit, n, events, rate, person, person_lower, person_upper, context, context_lower, context_upper,
            change (context minus person), level, method, note. `summary`: sigma of both, and
            `variance_with_context`, the share of the variance between units that goes with the context.

        Raises
        ------
        Refused
            If no context was given, or the model has no random intercepts.
        """
        if self.context is None:
            raise Refused("There is no context to compare with. Give casemix() its columns in context=[...].")
        one, two = (model.direct().table for model in (self, self.context))
        table = self._of_units(
            **{f"person{tail}": one[name] for tail, name in _SIDES.items()},
            **{f"context{tail}": two[name] for tail, name in _SIDES.items()},
            change=two["standardised"] - one["standardised"],
            level=one["level"],
            method=one["method"],
        )
        person, context = self._random("").tau, self.context._random("").tau
        summary = {
            "sigma_person": self.sigma,
            "sigma_context": self.context.sigma,
            "variance_with_context": 1 - context / person if person > 0 else None,
        }
        answer = self._answer(DIRECT, table, summary)
        return Result(answer.table, answer.summary, answer.notes, answer.method, answer.params)

    def calibration(self) -> Result:
        """Compare observed with expected by tenths of persons by risk, and by fifths of units by size.

        Returns
        -------
        Result
            `table`: grouping ("risk" or "size"), group, n, events, rate, expected, predicted (its rate), lower, upper
            (Wilson, of the rate), level, z, p_value, p_holm, q_bh, method. Persons of equal risk, and units of equal
            size, stay together, so there may be fewer groups. `summary`: c_statistic, c_statistic_with_units.
        """
        data, level = self.design.data, float(self.params["level"])
        p = expit(data.x @ self.fixed.beta)
        by_risk = _grouped_counts(risk_groups(p, data.pattern_n), data.pattern_n, data.pattern_y, p)
        of_unit = data.expected(p), data.expected(p * (1 - p))
        sizes = size_groups(data.unit_n)
        by_size = _summed(sizes, data.unit_n, data.unit_y, *of_unit)
        names = [*_risk_names(by_risk.shape[1]), *_size_names(sizes, data.unit_n)]
        n, y, expected, variance = np.concatenate((by_risk, by_size), axis=1)
        lower, upper = interval(y, n, "wilson", level)
        table = pl.DataFrame(
            {
                "grouping": ["risk"] * by_risk.shape[1] + ["size"] * by_size.shape[1],
                "group": names,
                "n": whole(n),
                "events": whole(y),
                "rate": y / n,
                "expected": expected,
                "predicted": expected / n,
                "lower": lower,
                "upper": upper,
                "level": np.full(n.size, level),
                **_tests((y - expected) / np.sqrt(variance)),
                "method": ["wilson"] * n.size,
            }
        )
        summary = {name: self.summary[name] for name in ("c_statistic", "c_statistic_with_units")}
        return Result(table, summary, self.notes, CALIBRATION, self.params)

    def decompose(self) -> Result:
        """Split each unit's distance from the overall rate into composition, level and rest.

        Composition is what the model expects of the unit's people at an average unit (the one with which all persons
        together have the overall rate), less the overall rate. Level is the difference that its own, shrunken intercept
        makes to that. Rest is what is left: chance, and what the model does not explain.

        Returns
        -------
        Result
            `table`: unit, n, events, rate, distance, composition, level, rest, method, note; the three parts add up to
            the distance. `summary`: rate, and `composition_share`, `level_share`, `rest_share`, their covariances with
            the distance over the units as shares of its variance (they add up to 1; one may be negative; None where
            all units have one rate).

        Raises
        ------
        Refused
            If the model has no random intercepts.

        Notes
        -----
        The level holds everything that differs between units and is not in the covariates: it is an upper limit for
        what a unit itself does.
        """
        parts = decomposed(self.design.data, self._random("The level"))
        table = self._of_units(
            distance=parts.distance,
            composition=parts.composition,
            level=parts.level,
            rest=parts.rest,
            method=["shrunken level"] * self.design.data.units,
        )
        shares = parts.shares() or dict.fromkeys(("composition", "level", "rest"))
        answer = self._answer(
            DECOMPOSE, table, {f"{name}_share": share for name, share in shares.items()}, _UPPER_LIMIT
        )
        return Result(answer.table, answer.summary, answer.notes, answer.method, answer.params)

    def _random(self, what: str) -> Mixed:
        if self.mixed is None:
            raise Refused(f"{what} needs each unit's intercept. Fit the model with random=True.")
        return self.mixed

    def _of_units(self, **columns: Any) -> pl.DataFrame:
        few = self.design.data.unit_n < self.params["min_n"]
        note = np.where(few, f"n is below {self.params['min_n']}", "")
        counted = self.units.select("unit", "n", "events", "rate")
        return counted.hstack(pl.DataFrame({**columns, "note": note})).with_columns(pl.selectors.float().fill_nan(None))

    def _ratio_columns(self, ratio: Floats, lower: Floats, upper: Floats) -> dict[str, Floats]:
        rate = float(self.summary["rate"])
        return {
            "ratio": ratio,
            "ratio_lower": lower,
            "ratio_upper": upper,
            "standardised": ratio * rate,
            "lower": lower * rate,
            "upper": upper * rate,
            "level": np.full(ratio.size, float(self.params["level"])),
        }

    def _answer(
        self,
        method: Method,
        table: pl.DataFrame,
        summary: dict[str, Any],
        *notes: Note,
        params: dict[str, Any] | None = None,
    ) -> Standardised:
        shared = {name: self.summary[name] for name in ("units", "persons", "events", "rate")}
        return Standardised(
            table, {**shared, **summary}, (*self.notes, *notes), method, {**self.params, **(params or {})}
        )


_SIDES = {"": "standardised", "_lower": "lower", "_upper": "upper"}
_AS_EXPECTED = "as expected"
_EXPECTED_KNOWN = Note("expected-known", "The expected events are taken as known; their own uncertainty is not in it.")
_UPPER_LIMIT = Note(
    "level-is-an-upper-limit",
    "The level holds everything that differs between units and is not among the covariates; what a unit itself does is "
    "at most a part of it.",
    "warning",
)
_NOT_BY_LOT = Note(
    "not-by-lot",
    "People did not come to the units by lot. What remains between units after correction goes with everything that "
    "was not measured as well.",
    "warning",
)


def casemix(
    data: Data,
    outcome: str,
    *,
    unit: str,
    person: Sequence[str] = (),
    context: Sequence[str] = (),
    random: bool = True,
    engine: Literal["laplace", "agq"] = "laplace",
    count: str | None = None,
    forbidden: Sequence[str] = (),
    level: float = 0.95,
    min_n: int = 5,
) -> CaseMix:
    """Model an outcome by who people are, and by the unit that they live in.

    logit P(outcome) = covariates + u, with u normal between units (mean 0, standard deviation sigma), by maximum
    likelihood. Text and true-or-false columns become categories, compared with the most common one; numbers stay
    numbers, in their own units.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a person, or one a cell with its number of persons in `count`.
    outcome : str
        Column of 0 and 1, or of true and false.
    unit : str
        Column of names, such as municipalities.
    person : sequence of str
        Columns that say who a person is: corrected for.
    context : sequence of str
        Columns that say what a unit is like (unemployment, rental housing). They are in `.context`, a second model with
        person and context, and never in the first.
    random : bool, default True
        Without it, only the regression that the indirect form (`oe`) needs is fitted.
    engine : {"laplace", "agq"}
        Laplace approximation, or adaptive Gauss-Hermite quadrature with 25 nodes (slower; a check where units are
        small).
    count : str, optional
        Column with the number of persons of each row.
    forbidden : sequence of str
        Columns that a unit itself can influence: a covariate among them is refused.
    level : float, default 0.95
        Two-sided level of all intervals.
    min_n : int, default 5
        Units of fewer persons are noted.

    Returns
    -------
    CaseMix
        `table`: one row a coefficient with term, kind (intercept, person, context), reference, estimate (log odds, a
        number's per unit of it), se, lower, upper, level, z, p_value, p_holm, q_bh (over all but the intercept),
        odds_ratio, method. `summary`: persons, events, rate, units, cells, patterns, log_likelihood,
        log_likelihood_without_units, c_statistic, c_statistic_with_units, sigma, sigma_lower, sigma_upper,
        sigma_p_value (likelihood ratio at the boundary), latent_share = sigma^2/(sigma^2 + pi^2/3),
        median_odds_ratio = exp(0.954 sigma), normal_correlation (of u with its normal scores; 1 if perfectly normal).
        What needs random intercepts is None without them.

    Raises
    ------
    Refused
        If there is one unit, the outcome is the same for everybody, covariates separate the outcomes, a covariate is
        forbidden, or (with random intercepts) the units are all or none.
    BadInput
        If the outcome is not 0 or 1, a covariate is unfit, has one value only, or is determined by others.
    UnknownName
        If a column is not there.

    References
    ----------
    Breslow, Clayton (1993), J. Am. Stat. Assoc. 88, 9-25; Pinheiro, Bates (1995), J. Comput. Graph. Stat. 4, 12-35;
    Larsen, Merlo (2005), Am. J. Epidemiol. 161, 81-88 (median odds ratio); Self, Liang (1987), J. Am. Stat. Assoc. 82,
    605-610 (test at the boundary).
    """
    if engine not in ENGINES:
        raise UnknownName("no engine", engine, ENGINES)
    one_level(level)
    covariates = [*(Covariate(name, "person") for name in person), *(Covariate(name, "context") for name in context)]
    _check_roles(covariates, outcome, unit, forbidden)
    cells = read_cases(data, outcome, unit, covariates, count)
    params = provenance(
        cells.data,
        outcome=outcome,
        unit=unit,
        person=list(person),
        context=list(context),
        random=random,
        engine=engine,
        count=count,
        forbidden=list(forbidden),
        level=level,
        min_n=min_n,
    )
    model = _fitted(cells, covariates[: len(person)], params)
    return replace(model, context=_fitted(cells, covariates, params)) if context else model


def _check_roles(covariates: Sequence[Covariate], outcome: str, unit: str, forbidden: Sequence[str]) -> None:
    names = [covariate.column for covariate in covariates]
    found = [name for name in dict.fromkeys(names) if name in forbidden]
    if found:
        raise Refused(
            f"{' and '.join(found)}: forbidden as a covariate, for a unit can influence it. To correct for what a unit "
            "does would hide what is to be measured."
        )
    for name in names:
        if names.count(name) > 1 or name in (outcome, unit):
            role = "a covariate twice" if names.count(name) > 1 else "the outcome or the unit as well"
            raise BadInput(Problem(f"{name}, {role}", "each column in one role", "Take it out of one.", column=name))


def _fitted(cells: Cells, covariates: Sequence[Covariate], params: dict[str, Any]) -> CaseMix:
    design = build_design(cells, params["outcome"], params["unit"], covariates)
    data, random, level = design.data, params["random"], params["level"]
    _refuse_what_tells_nothing(data, params["outcome"], random)
    fixed = fit_fixed(data.x, data.pattern_n, data.pattern_y)
    if fixed.runaway is not None:
        raise Refused(_separated(design, fixed.runaway, params["outcome"]))
    mixed = fit_mixed(data, fixed, params["engine"]) if random else None
    if mixed is not None and mixed.tau > 0.99 * LARGEST_TAU:
        raise Refused(_SPREAD_WITHOUT_END)
    few = data.unit_n < params["min_n"]
    beta, covariance = (fixed.beta, fixed.covariance) if mixed is None else (mixed.beta, mixed.covariance)
    return CaseMix(
        table=_coefficients(design, beta, covariance, level, params["engine"] if random else "logistic"),
        summary=_summary(data, fixed, mixed, level),
        notes=(*cells.notes, *_notes(design, mixed, params), *few_note(few, params["min_n"])),
        method=MIXED[params["engine"]] if random else FIXED,
        params=params,
        units=_units(design, mixed, level),
        sigma=None if mixed is None else float(np.sqrt(mixed.tau)),
        context=None,
        design=design,
        fixed=fixed,
        mixed=mixed,
    )


def _refuse_what_tells_nothing(data: Grouped, outcome: str, random: bool) -> None:
    if data.units == 1:
        raise Refused("One unit: there is nothing to compare it with. Give an interval for its rate instead.")
    if data.y.sum() in (0, data.n.sum()):
        whom = "Nobody" if data.y.sum() == 0 else "Everybody"
        raise Refused(f"{whom} has {outcome}: there is nothing to model. Give an interval for each rate instead.")
    if not random:
        return
    if data.unit_n.max() == 1:
        raise Refused(
            "One person in each unit: chance and differences between units cannot be told apart. Merge units first, "
            "or ask for random=False."
        )
    if np.all((data.unit_y == 0) | (data.unit_y == data.unit_n)):
        raise Refused(_SPREAD_WITHOUT_END)


_SPREAD_WITHOUT_END = (
    "In nearly every unit all or none have the outcome, so the spread between units has no end. Merge units, or ask "
    "for random=False."
)


def _separated(design: Design, runaway: Floats, outcome: str) -> str:
    size = np.abs(runaway)
    named = [
        term.name
        for term, one in zip(design.terms, size, strict=True)
        if term.kind != "intercept" and one > RUNS_AWAY * size[1:].max()
    ]
    return (
        f"All or none have {outcome} at some values of {', '.join(named)}, so these coefficients have no end. Merge "
        "such categories with others, or leave the column out."
    )


def _coefficients(design: Design, beta: Floats, covariance: Floats, level: float, method: str) -> pl.DataFrame:
    estimate = design.unscale @ beta
    se = np.sqrt(np.diag(design.unscale @ covariance @ design.unscale.T))
    reach = float(ndtri((1 + level) / 2)) * se
    tests = _tests(estimate / se, family=np.array([term.kind != "intercept" for term in design.terms]))
    return pl.DataFrame(
        {
            "term": [term.name for term in design.terms],
            "kind": [term.kind for term in design.terms],
            "reference": pl.Series([term.reference for term in design.terms], dtype=pl.String),
            "estimate": estimate,
            "se": se,
            "lower": estimate - reach,
            "upper": estimate + reach,
            "level": np.full(se.size, level),
            **tests,
            "odds_ratio": np.exp(estimate),
            "method": [method] * se.size,
        }
    ).with_columns(pl.col("p_holm", "q_bh").fill_nan(None))


def _summary(data: Grouped, fixed: Fixed, mixed: Mixed | None, level: float) -> dict[str, Any]:
    eta = data.x @ fixed.beta
    return {
        "persons": int(data.n.sum()),
        "events": int(data.y.sum()),
        "rate": float(data.y.sum() / data.n.sum()),
        "units": data.units,
        "cells": data.n.size,
        "patterns": data.x.shape[0],
        "log_likelihood": fixed.log_likelihood if mixed is None else mixed.log_likelihood,
        "log_likelihood_without_units": fixed.log_likelihood,
        "c_statistic": c_statistic(eta, data.pattern_n, data.pattern_y),
        "c_statistic_with_units": None if mixed is None else c_statistic(mixed.modes.eta, data.n, data.y),
        **(dict.fromkeys(_OF_SPREAD) if mixed is None else _spread(fixed, mixed, level)),
    }


_OF_SPREAD = (
    "sigma",
    "sigma_lower",
    "sigma_upper",
    "sigma_p_value",
    "latent_share",
    "median_odds_ratio",
    "normal_correlation",
)


def _spread(fixed: Fixed, mixed: Mixed, level: float) -> dict[str, float | None]:
    sigma = float(np.sqrt(mixed.tau))
    factor = float(np.exp(ndtri((1 + level) / 2) * mixed.log_tau_se / 2)) if sigma > 0 else None
    gain = 2 * (mixed.log_likelihood - fixed.log_likelihood)
    u = mixed.modes.u
    return {
        "sigma": sigma,
        "sigma_lower": sigma / factor if factor else None,
        "sigma_upper": sigma * factor if factor else None,
        # Where the variance is 0, half of all samples have no gain at all.
        "sigma_p_value": float(chi2.sf(gain, 1) / 2) if sigma > 0 else 1.0,
        "latent_share": mixed.tau / (mixed.tau + np.pi**2 / 3),
        "median_odds_ratio": float(np.exp(np.sqrt(2) * ndtri(0.75) * sigma)),
        "normal_correlation": float(np.corrcoef(u, normal_scores(u))[0, 1]) if sigma > 0 else None,
    }


def _units(design: Design, mixed: Mixed | None, level: float) -> pl.DataFrame:
    data = design.data
    table = pl.DataFrame(
        {
            "unit": list(design.units),
            "n": whole(data.unit_n),
            "events": whole(data.unit_y),
            "rate": data.unit_y / data.unit_n,
        }
    )
    if mixed is None:
        return table
    u, se = mixed.modes.u, mixed.modes.se
    reach = float(ndtri((1 + level) / 2)) * se
    return table.with_columns(
        u=u,
        u_se=se,
        lower=u - reach,
        upper=u + reach,
        level=pl.lit(level),
        odds_ratio=np.exp(u),
        normal_score=normal_scores(u),
    )


def _notes(design: Design, mixed: Mixed | None, params: dict[str, Any]) -> list[Note]:
    notes = [_NOT_BY_LOT, *_reading(design.terms)]
    if mixed is None:
        return notes
    if mixed.tau == 0:
        text = (
            "The units vary no more than chance would make them, given the covariates: sigma is 0, and every unit has "
            "the same intercept. This does not show that they are equal."
        )
        notes.append(Note("no-variation", text, "warning"))
    elif design.data.units < FEW_UNITS:
        text = (
            f"With {design.data.units} units sigma is itself uncertain; the intervals of pe() and direct() count it in."
        )
        notes.append(Note("few-units", text, "warning"))
    typical = float(np.median(design.data.unit_n))
    if params["engine"] == "laplace" and typical < SMALL_UNITS:
        text = (
            f'Half of the units have {typical:g} persons or fewer: check the Laplace approximation with engine="agq".'
        )
        notes.append(Note("small-units", text, "warning"))
    return notes


def _reading(terms: Sequence[Term]) -> list[Note]:
    categories = {term.column: term.reference for term in terms if term.reference is not None}
    numbers = [term.column for term in terms[1:] if term.reference is None]
    notes = []
    if categories:
        listed = ", ".join(f"{column} with {reference}" for column, reference in categories.items())
        notes.append(Note("references", f"Categories are compared with the most common one: {listed}."))
    if numbers:
        notes.append(Note("numbers", f"Taken as numbers, per unit of them: {', '.join(numbers)}."))
    return notes


def _tests(z: Floats, family: Any = True) -> dict[str, Floats]:
    p = 2 * ndtr(-np.abs(z))
    counted = np.where(family, p, np.nan)
    return {"z": z, "p_value": p, "p_holm": holm(counted), "q_bh": benjamini_hochberg(counted)}


def _flags(tests: dict[str, Floats], level: float) -> Any:
    sides = np.where(tests["z"] > 0, "more than expected", "fewer than expected")
    return np.where(tests["p_holm"] < 1 - level, sides, _AS_EXPECTED)


def _grouped_counts(groups: Any, n: Floats, y: Floats, p: Floats) -> Floats:
    return _summed(groups, n, y, n * p, n * p * (1 - p))


def _summed(groups: Any, *values: Floats) -> Floats:
    _, place = np.unique(groups, return_inverse=True)
    return np.stack([np.bincount(place, one) for one in values])


def _risk_names(groups: int) -> list[str]:
    return [f"{k + 1} of {groups}" for k in range(groups)]


def _size_names(groups: Any, n: Floats) -> list[str]:
    members = [n[groups == group] for group in np.unique(groups)]
    return [f"{one.min():.0f} to {one.max():.0f} persons" for one in members]
