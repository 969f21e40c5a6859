"""Two groups compared in a regression: how much of their difference goes with who they are, covariate by covariate."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Problem, Refused, UnknownName
from fodfaeste.measure._decomposition import (
    LINEAR,
    LOGISTIC,
    PARTS,
    REFERENCES,
    Comparison,
    Estimator,
    Fit,
    design,
    linear_shares,
)
from fodfaeste.measure.counts import one_level
from fodfaeste.measure.multiplicity import benjamini_hochberg, holm
from fodfaeste.measure.rank import needed_seed
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.measure.two_groups import ONE_BY_ONE, TwoGroups, shares, two_groups, with_intervals
from fodfaeste.tables import Data

Array = NDArray[np.float64]
Family = Literal["linear", "logistic"]
Reference = Literal["pooled", "average", "first", "second"]

ESTIMATORS = {"linear": LINEAR, "logistic": LOGISTIC}
METHODS = {
    "linear": Method(
        "Oaxaca-Blinder decomposition",
        "Oaxaca (1973), Int. Econ. Rev. 14, 693-709; Blinder (1973), J. Hum. Resour. 8, 436-455; Jann (2008), Stata J. "
        "8, 453-479; Yun (2005), Econ. Inq. 43, 766-772",
    ),
    "logistic": Method(
        "Logistic decomposition (Shapley average in a pooled model)",
        "Shorrocks (2013), J. Econ. Inequal. 11, 99-126; by covariate Yun (2004), Econ. Lett. 82, 275-280",
    ),
}
FEWEST_BOOTSTRAPS = 100
MOST_FAILED = 0.05
CANCELLED = 0.1


@dataclass(frozen=True, eq=False, kw_only=True)
class OaxacaResult(Result):
    """A difference in parts, and each part by covariate.

    Attributes
    ----------
    parts : polars.DataFrame
        One row a part: fold ("difference", "two-fold", "three-fold"), unit (its name), estimate, se, lower, upper,
        level, z, p_value, share (of the difference; empty where that is 0). The parts of a fold add up.
    coefficients : polars.DataFrame
        One row a term: term, mean_first, mean_second (of its column in each group), and its coefficient: `first`,
        `second` and `pooled` (linear), or `pooled` (logistic, logits). Those of a covariate's categories have mean 0.
    """

    parts: pl.DataFrame
    coefficients: pl.DataFrame


def oaxaca(
    data: Data,
    outcome: str,
    covariates: Sequence[str],
    group: str,
    *,
    groups: Sequence[Hashable] | None = None,
    reference: Reference = "pooled",
    family: Family = "linear",
    count: str | None = None,
    level: float = 0.95,
    bootstraps: int | None = None,
    seed: int | None = None,
) -> OaxacaResult:
    """Split the difference between the means of two groups into composition and level, by regression.

    Composition is what goes with the covariates: the difference there would be if one set of coefficients held for
    both groups. Level is the rest.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a person, or a cell with its number of persons in `count`.
    outcome : str
        Column of numbers, or of true and false; for `family="logistic"` of 0 and 1.
    covariates : sequence of str
        Columns: numbers are taken as they are; text, true and false, and Enum as categories.
    group : str
        Column that tells the groups apart.
    groups : sequence of two values, optional
        The first and the second group; a difference is the first minus the second. By default the two that there are,
        sorted.
    reference : {"pooled", "average", "first", "second"}
        Whose coefficients composition is counted with: those of both groups in one regression with an indicator of the
        group, the average of the two groups', or one group's. The logistic family knows "pooled" only.
    family : {"linear", "logistic"}
        Least squares in each group, or one logistic regression of both with an indicator of the group.
    count : str, optional
        Column with the number of persons of each row.
    level : float, default 0.95
        Two-sided level of the intervals.
    bootstraps : int, optional
        Take standard errors and intervals (percentiles) from so many resamples of each group's persons, at least 100.
        Without it: the delta method.
    seed : int, optional
        Needed to resample.

    Returns
    -------
    OaxacaResult
        `parts`: the difference; two-fold composition and level; three-fold composition at the second group's level,
        level at the second group's composition, and their interaction. `table`: what a part has in each covariate,
        with term, fold, part, estimate, se, lower, upper, level, z, p_value, p_holm, q_bh (over all rows), method; the
        terms of a part add up to it. `summary`: first, second, n_first, n_second, mean_first, mean_second, difference,
        composition, level, composition_share.

    Raises
    ------
    Refused
        If a category has nobody in one group (`nopo` keeps those apart), a covariate does not vary or follows from
        others, persons are told apart without error (logistic), there is no seed to resample with, or too many
        resamples have no answer.
    BadInput
        If there are not two groups, or the outcome is not what the family needs.
    UnknownName
        If a column, group, reference or family is not there.

    Notes
    -----
    Linear, with means x1, x2, coefficients b1, b2 and the reference b: composition = (x1 - x2) b and level =
    x1 (b1 - b) + x2 (b - b2). Logistic, with P(g, d) the mean fitted chance of group g's persons if they were of group
    d: composition = [P(1,1) - P(2,1) + P(1,2) - P(2,2)]/2 and level = [P(1,1) - P(1,2) + P(2,1) - P(2,2)]/2. The score
    equations make P(1,1) and P(2,2) the observed means, so the parts add up. The logistic composition is shared out
    among covariates in proportion to (x1 - x2) b.

    The delta method takes both covariates and outcomes as sampled and variances as they are: a variance is the sum of
    squares of the persons' influences. With one categorical covariate, the average reference and an outcome of 0 and 1
    the parts and their errors are those of `kitagawa`. Categories are coded as deviations from their mean, so that no
    choice of a base category changes a row; where a number has its 0 still decides how level is shared out.

    References
    ----------
    Oaxaca (1973), Int. Econ. Rev. 14, 693-709; Blinder (1973), J. Hum. Resour. 8, 436-455; Reimers (1983), Rev. Econ.
    Stat. 65, 570-579 (average); Jann (2008), Stata J. 8, 453-479 (pooled, errors); Yun (2004), Econ. Lett. 82, 275-280;
    Yun (2005), Econ. Inq. 43, 766-772; Shorrocks (2013), J. Econ. Inequal. 11, 99-126.
    """
    level = one_level(level)
    _check_options(reference, family, bootstraps)
    if bootstraps is not None:
        seed = needed_seed(seed, "Resamples")
    persons = two_groups(data, outcome, covariates, group, groups=groups, count=count)
    if family == "logistic":
        _only_0_and_1(persons, outcome)
    compared = Comparison(persons, design(persons), group, reference)
    estimator = ESTIMATORS[family]
    fit = estimator.fit(compared, persons.persons)
    if bootstraps is None:
        columns = with_intervals(fit.estimate, estimator.se(compared, fit), level)
        failed = 0
    else:
        draws, failed = _resampled(compared, estimator, bootstraps, np.random.default_rng(seed))
        columns = with_intervals(fit.estimate, draws.std(axis=0, ddof=1), level)
        lower, upper = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
        columns |= {"lower": pl.Series(lower), "upper": pl.Series(upper)}
    rows = pl.DataFrame(_labels(compared, estimator), schema=_LABELS, orient="row").with_columns(**columns)
    parts = rows.filter(pl.col("term").is_null()).select("fold", pl.col("part").alias("unit"), *columns)
    parts = parts.with_columns(share=shares(parts["estimate"].to_numpy()))
    return OaxacaResult(
        table=_by_covariate(rows.filter(pl.col("term").is_not_null()), METHODS[family].name),
        summary=_summary(persons, parts),
        notes=(*persons.notes, *_notes(compared, fit, family, failed), ONE_BY_ONE),
        method=METHODS[family],
        params=provenance(
            persons.data,
            outcome=outcome,
            covariates=list(covariates),
            group=group,
            groups=list(persons.names),
            reference=reference,
            family=family,
            count=count,
            level=level,
            bootstraps=bootstraps,
            seed=seed,
        ),
        parts=parts,
        coefficients=_coefficients(compared, estimator, fit),
    )


_LABELS = {"fold": pl.String, "part": pl.String, "term": pl.String}


def _check_options(reference: str, family: str, bootstraps: int | None) -> None:
    if family not in METHODS:
        raise UnknownName("no family", family, METHODS)
    if reference not in REFERENCES:
        raise UnknownName("no reference", reference, REFERENCES)
    if family == "logistic" and reference != "pooled":
        raise Refused(
            f'reference="{reference}" needs coefficients of each group, and the logistic decomposition has one pooled '
            'model. Take reference="pooled", or family="linear".'
        )
    if bootstraps is not None and bootstraps < FEWEST_BOOTSTRAPS:
        todo = "The ends of an interval lie in the tails: take 1000."
        raise BadInput(Problem(f"bootstraps={bootstraps}", f"{FEWEST_BOOTSTRAPS} or more", todo))


def _only_0_and_1(persons: TwoGroups, outcome: str) -> None:
    odd = persons.y[(persons.y != 0) & (persons.y != 1)]
    if odd.size:
        raise BadInput(Problem(f"{odd[0]:g}", "0 or 1", 'Other numbers need family="linear".', column=outcome))


def _labels(compared: Comparison, estimator: Estimator) -> list[tuple[str, str, str | None]]:
    return [
        (fold, compared.part_name(fold, part), term)
        for fold, part in PARTS
        for term in (None, *estimator.by(compared, part))
    ]


def _resampled(
    compared: Comparison, estimator: Estimator, bootstraps: int, rng: np.random.Generator
) -> tuple[Array, int]:
    """Give the estimates of resamples of each group's persons, and how many had none."""
    data = compared.persons
    drawn = np.empty((bootstraps, data.persons.size))
    for side in (0, 1):
        own = data.of(side)
        shares_of_cells = data.persons[own] / data.persons[own].sum()
        drawn[:, own] = rng.multinomial(data.size(side), shares_of_cells, size=bootstraps)
    draws = []
    for persons in drawn:
        try:
            draws.append(estimator.fit(compared, persons).estimate)
        except Refused:
            continue
    failed = bootstraps - len(draws)
    if failed > MOST_FAILED * bootstraps:
        raise Refused(
            f"{failed} of {bootstraps} resamples have a category with nobody, or with one outcome only. Merge small "
            "categories, or take the delta method (bootstraps=None)."
        )
    return np.array(draws), failed


def _by_covariate(rows: pl.DataFrame, method: str) -> pl.DataFrame:
    p = rows["p_value"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    adjusted = rows.with_columns(p_holm=holm(p), q_bh=benjamini_hochberg(p), method=pl.lit(method))
    return adjusted.with_columns(pl.col("p_holm", "q_bh").fill_nan(None)).select("term", pl.exclude("term"))


def _summary(persons: TwoGroups, parts: pl.DataFrame) -> dict[str, object]:
    difference, composition, of_level = parts["estimate"].to_list()[:3]
    return {
        "first": persons.names[0],
        "second": persons.names[1],
        "n_first": persons.size(0),
        "n_second": persons.size(1),
        "mean_first": persons.mean(0),
        "mean_second": persons.mean(1),
        "difference": difference,
        "composition": composition,
        "level": of_level,
        "composition_share": parts["share"][1],
    }


def _notes(compared: Comparison, fit: Fit, family: str, failed: int) -> list[Note]:
    notes = [LEVEL]
    numbers = [block.name for block in compared.design.blocks[1:] if block.is_number]
    if family == "linear" and numbers:
        text = f"How level is shared out depends on where {', '.join(numbers)} has its 0; the sum does not."
        notes.append(Note("zero-of-a-number", text))
    if family == "logistic" and _cancels(compared, fit):
        text = "Covariates pull the composition in opposite directions, so its rows by covariate are large and unsure."
        notes.append(Note("covariates-cancel", text, "warning"))
    if failed:
        text = f"{failed} resamples had no answer (a category with nobody, or with one outcome only) and are left out."
        notes.append(Note("resamples-left-out", text, "warning"))
    return notes


LEVEL = Note(
    "level-is-the-rest",
    "Level is what the covariates leave: what the places differ in, and whatever else of who came is not among them.",
)


def _cancels(compared: Comparison, fit: Fit) -> bool:
    shares_of_covariates, _ = linear_shares(compared, fit.means, fit.coefficients[0])
    return bool(CANCELLED * np.abs(shares_of_covariates).sum() > 1)


def _coefficients(compared: Comparison, estimator: Estimator, fit: Fit) -> pl.DataFrame:
    models = dict(zip(estimator.models, fit.coefficients, strict=True))
    terms = {"term": compared.design.terms, "mean_first": fit.means[0], "mean_second": fit.means[1]}
    return pl.DataFrame({**terms, **models})
