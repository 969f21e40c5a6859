"""Persons and their covariates, as a logistic regression takes them: checked, counted in cells, and scaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from fodfaeste.errors import BadInput, Problem
from fodfaeste.measure.casemix_fit import Floats, Grouped, Ints
from fodfaeste.measure.cells import Cells, count_cells
from fodfaeste.tables import Data

MOST_CATEGORIES = 200
# A covariate of which the others explain all but this share: its coefficient would be noise times a thousand.
UNEXPLAINED = 1e-9
LARGEST_KEY = 2**40

Kind = Literal["intercept", "person", "context"]


@dataclass(frozen=True)
class Covariate:
    """A column that the outcome is regressed on."""

    column: str
    kind: Kind


@dataclass(frozen=True)
class Term:
    """A coefficient: of a number as it stands, or of a category against the column's most common one."""

    name: str
    kind: Kind
    column: str
    reference: str | None = None


INTERCEPT = Term("(intercept)", "intercept", "")


@dataclass(frozen=True, eq=False)
class Design:
    """Cells with scaled covariates (mean 0, standard deviation 1), and the way back.

    Attributes
    ----------
    data : Grouped
    units : tuple of str
    terms : tuple of Term
    unscale : ndarray of float, shape (terms, terms)
        `unscale @ beta` are the coefficients of the covariates in their natural units.
    """

    data: Grouped
    units: tuple[str, ...]
    terms: tuple[Term, ...]
    unscale: Floats


def read_cases(data: Data, outcome: str, unit: str, covariates: Sequence[Covariate], count: str | None) -> Cells:
    """Count persons by unit, covariates and outcome, and check what the outcome and each covariate are.

    Raises
    ------
    BadInput
        If the outcome is not 0 or 1, or a covariate is neither a number nor a category, has an infinite value or too
        many categories.
    """
    columns = [covariate.column for covariate in covariates]
    cells = count_cells(data, [unit, *columns, outcome], count)
    problems = [*_outcome_problems(cells.frame[outcome], cells.file)]
    for name in columns:
        problems += _covariate_problems(cells.frame[name], cells.file)
    if problems:
        raise BadInput(*problems)
    return cells


def build_design(cells: Cells, outcome: str, unit: str, covariates: Sequence[Covariate]) -> Design:
    """Lay out cells for the covariates given, which may be fewer than `cells` has.

    Raises
    ------
    BadInput
        If a covariate has one value only, or is determined by others.
    """
    coded = [_coded(cells.frame[covariate.column]) for covariate in covariates]
    key = _combined([codes for _, codes in coded], cells.frame.height)
    first, pattern = np.unique(key, return_index=True, return_inverse=True)[1:]
    units, unit_codes = _coded(cells.frame[unit])
    at, cell = np.unique(unit_codes * first.size + pattern, return_index=True, return_inverse=True)[1:]
    persons = cells.persons
    n, y = _sums(cell, persons), _sums(cell, persons * cells.frame[outcome].cast(pl.Float64).to_numpy())
    pattern_n = _sums(pattern[at], n)
    raw, terms = _raw_columns(covariates, [(levels, codes[first]) for levels, codes in coded], pattern_n, cells.file)
    x, unscale = _scaled(raw, pattern_n)
    _refuse_dependence(x, pattern_n, terms, cells.file)
    start = np.searchsorted(unit_codes[at], np.arange(len(units) + 1))
    return Design(Grouped(x, pattern[at], start, n, y), unit_names(units), terms, unscale)


def _sums(codes: Ints, values: Floats) -> Floats:
    return np.bincount(codes, values).astype(np.float64, copy=False)


def _coded(column: pl.Series) -> tuple[pl.Series, Ints]:
    """Number the values of a column in their order."""
    if column.dtype.is_numeric():
        values, codes = np.unique(column.to_numpy(), return_inverse=True)
        return pl.Series(values), codes.astype(np.int64)
    text = column.cast(pl.String)
    levels = text.unique().sort()
    return levels, text.cast(pl.Enum(levels)).to_physical().to_numpy().astype(np.int64)


def _combined(codes: Sequence[Ints], rows: int) -> Ints:
    """Number the combinations of several columns."""
    key, size = np.zeros(rows, dtype=np.int64), 1
    for one in codes:
        levels = int(one.max()) + 1
        if size * levels > LARGEST_KEY:
            key = np.unique(key, return_inverse=True)[1]
            size = int(key.max()) + 1
        key, size = key * levels + one, size * levels
    return key


def unit_names(column: pl.Series) -> tuple[str, ...]:
    """Name units; codes that a CSV file made into 101.0 are 101 again."""
    whole = column.dtype.is_float() and bool((column % 1 == 0).all())
    return tuple(column.cast(pl.Int64).cast(pl.String) if whole else column.cast(pl.String))


def is_category(dtype: pl.DataType) -> bool:
    """Tell columns that become categories (text, true or false) from numbers."""
    return dtype in (pl.String, pl.Categorical, pl.Enum, pl.Boolean)


def _outcome_problems(column: pl.Series, file: str | None) -> list[Problem]:
    if column.dtype == pl.Boolean:
        return []
    values = column.unique().sort()
    wrong = [value for value in values if not (column.dtype.is_numeric() and value in (0, 1))]
    todo = "Make a column that is 1 for persons with the outcome and 0 for those without, empty where it is unknown."
    return [Problem(repr(value), "0 or 1, or true or false", todo, file, None, column.name) for value in wrong[:3]]


def _covariate_problems(column: pl.Series, file: str | None) -> list[Problem]:
    name, dtype = column.name, column.dtype
    if dtype.is_numeric():
        finite = bool(column.cast(pl.Float64).is_finite().all())
        todo = "Leave the cell empty if it is unknown."
        return [] if finite else [Problem("an infinite number", "a finite number", todo, file, None, name)]
    if not is_category(dtype):
        todo = "Make a number of it (a year, an age in years), or a few classes as text."
        return [Problem(f"values of type {dtype}", "numbers or text", todo, file, None, name)]
    if (values := column.n_unique()) > MOST_CATEGORIES:
        todo = "Merge categories, or give numbers as numbers."
        return [Problem(f"{values} categories", f"at most {MOST_CATEGORIES}", todo, file, None, name)]
    return []


def _raw_columns(
    covariates: Sequence[Covariate], coded: Sequence[tuple[pl.Series, Ints]], n: Floats, file: str | None
) -> tuple[Floats, tuple[Term, ...]]:
    columns, terms, problems = [np.ones(n.size)], [INTERCEPT], list[Problem]()
    for covariate, (levels, codes) in zip(covariates, coded, strict=True):
        name, kind = covariate.column, covariate.kind
        if len(levels) == 1:
            todo = "Leave the column out: it cannot tell persons apart."
            found = f"one value for everybody ({levels[0]})"
            problems.append(Problem(found, "a covariate that differs", todo, file, None, name))
        elif levels.dtype == pl.String:
            # The most common category; of equally common ones the first.
            reference = int(_sums(codes, n).argmax())
            others = [k for k in range(len(levels)) if k != reference]
            columns += [(codes == k).astype(np.float64) for k in others]
            terms += [Term(f"{name}={levels[k]}", kind, name, levels[reference]) for k in others]
        else:
            columns.append(levels.cast(pl.Float64).to_numpy()[codes])
            terms.append(Term(name, kind, name))
    if problems:
        raise BadInput(*problems)
    return np.column_stack(columns), tuple(terms)


def _scaled(raw: Floats, n: Floats) -> tuple[Floats, Floats]:
    mean = n @ raw / n.sum()
    sd = np.sqrt(n @ (raw - mean) ** 2 / n.sum())
    mean[0], sd[0] = 0.0, 1.0
    unscale = np.diag(1 / sd)
    unscale[0, 1:] = -mean[1:] / sd[1:]
    return (raw - mean) / sd, unscale


def _refuse_dependence(x: Floats, n: Floats, terms: Sequence[Term], file: str | None) -> None:
    correlation = x.T @ (n[:, None] * x) / n.sum()
    kept: list[int] = []
    problems = []
    for k in range(len(terms)):
        shares = np.linalg.solve(correlation[np.ix_(kept, kept)], correlation[kept, k])
        if 1 - correlation[k, kept] @ shares > UNEXPLAINED:
            kept.append(k)
            continue
        by = " and ".join(terms[j].name for j, share in zip(kept, shares, strict=True) if abs(share) > 1e-6)
        todo = "Leave one of these out: their coefficients cannot be told apart."
        found = f"{terms[k].name}, which {by} determine{'' if ' and ' in by else 's'}"
        problems.append(Problem(found, "covariates that each add something", todo, file, None, terms[k].column))
    if problems:
        raise BadInput(*problems)
