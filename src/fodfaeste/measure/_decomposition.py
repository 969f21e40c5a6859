"""Regressions of two groups, and the parts of the difference between their means that follow from them.

Everything is computed on cells, so that a resample is only another number of persons in each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.linalg import block_diag
from scipy.special import expit, logit

from fodfaeste.errors import BadInput, Problem, Refused
from fodfaeste.measure.two_groups import TwoGroups, errors

Array = NDArray[np.float64]

INTERCEPT = "(intercept)"
REFERENCES: dict[str, tuple[float, float, float]] = {
    "pooled": (0.0, 0.0, 1.0),
    "average": (0.5, 0.5, 0.0),
    "first": (1.0, 0.0, 0.0),
    "second": (0.0, 1.0, 0.0),
}
"""How the reference is mixed of the coefficients of the first group, of the second, and pooled."""

PARTS = (
    ("difference", "difference"),
    ("two-fold", "composition"),
    ("two-fold", "level"),
    ("three-fold", "composition"),
    ("three-fold", "level"),
    ("three-fold", "interaction"),
)

# Rows of influences that are held at a time: with 50 columns 26 MB.
ROWS_AT_A_TIME = 65_536
# A column of whose variation the columns before it leave less than this share says nothing of its own.
SAME = 1e-10
# Fitted odds of exp(30) mean that the likelihood has no maximum: some persons are told apart without error.
LARGEST_LOGIT = 30.0
STEPS = 60


# The columns of the regression


@dataclass(frozen=True, eq=False)
class Block:
    """A covariate's columns: a number itself, or an indicator of each category."""

    name: str
    terms: tuple[str, ...]
    columns: Array
    is_number: bool

    @property
    def centre(self) -> float:
        """Where a number is centred for the fit, so that years are no near copy of the intercept."""
        return 0.0 if self.name == INTERCEPT else float(self.columns.mean())

    @property
    def fitted_terms(self) -> tuple[str, ...]:
        """The first category is left out of the fit: the intercept stands for it."""
        return self.terms if self.is_number else self.terms[1:]

    def fitted(self) -> Array:
        """Give the columns that are fitted."""
        return self.columns - self.centre if self.is_number else self.columns[:, 1:]

    def normalised(self) -> tuple[Array, Array]:
        """Turn coefficients as fitted into those of all columns, with mean 0; and say what the intercept gains."""
        size = len(self.terms)
        if self.is_number:
            return np.eye(1), np.array([-self.centre])
        return np.eye(size)[:, 1:] - 1 / size, np.full(size - 1, 1 / size)


@dataclass(frozen=True, eq=False)
class Design:
    """Columns of the regression.

    Attributes
    ----------
    blocks : tuple of Block
        The intercept and the covariates.
    full : ndarray of float, shape (cells, terms)
        All their columns.
    fitted : ndarray of float, shape (cells, coefficients)
        Without the first category of each covariate, and numbers centred.
    normalise : ndarray of float, shape (terms, coefficients)
        Turns coefficients of `fitted` into those of `full`.
    of : ndarray of float, shape (blocks, terms)
        1 where a term belongs to a block.
    """

    blocks: tuple[Block, ...]
    full: Array
    fitted: Array
    normalise: Array
    of: Array

    @property
    def terms(self) -> list[str]:
        """Names of the columns of `full`."""
        return [term for block in self.blocks for term in block.terms]

    @property
    def fitted_terms(self) -> list[str]:
        """Names of the columns of `fitted`."""
        return [term for block in self.blocks for term in block.fitted_terms]


def design(persons: TwoGroups) -> Design:
    """Lay out the columns of the regression.

    Raises
    ------
    Refused
        If a category has nobody in one of the groups.
    BadInput
        If a covariate is a date, or infinite.
    """
    blocks = (
        Block(INTERCEPT, (INTERCEPT,), np.ones((persons.y.size, 1)), True),
        *(_block(column) for column in persons.covariates),
    )
    if empty := [text for block in blocks for text in _empty(block, persons)]:
        raise Refused(
            f"A coefficient is unknown where nobody is: {', '.join(empty)}. Merge these categories with others, or ask "
            "nopo(), which keeps apart the people whom the other group has none of."
        )
    normalised = [block.normalised() for block in blocks]
    normalise = block_diag(*(of_terms for of_terms, _ in normalised))
    normalise[0] += np.concatenate([of_intercept for _, of_intercept in normalised])
    return Design(
        blocks,
        np.hstack([block.columns for block in blocks]),
        np.hstack([block.fitted() for block in blocks]),
        normalise,
        block_diag(*(np.ones((1, len(block.terms))) for block in blocks)),
    )


def _block(column: pl.Series) -> Block:
    name = column.name
    if column.dtype.is_temporal():
        todo = "Turn it into a number such as the year, or into text to make categories of it."
        raise BadInput(Problem(f"{column.dtype}", "numbers or categories", todo, column=name))
    if column.dtype.is_numeric():
        values = column.cast(pl.Float64).to_numpy()
        if not np.isfinite(values).all():
            raise BadInput(Problem("an infinite value", "finite numbers", "Leave the cell empty.", column=name))
        return Block(name, (name,), values[:, None], True)
    categories = column.unique().sort().to_list()
    columns = np.column_stack([(column == category).to_numpy() for category in categories])
    return Block(name, tuple(f"{name}: {category}" for category in categories), columns.astype(np.float64), False)


def _empty(block: Block, persons: TwoGroups) -> list[str]:
    if block.is_number:
        return []
    empty = [~np.any(block.columns[persons.of(side)], axis=0) for side in (0, 1)]
    return [
        f"{block.terms[term]} (nobody in {name})"
        for name, absent in zip(persons.names, empty, strict=True)
        for term in np.flatnonzero(absent)
    ]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two groups, the columns that describe their persons, and what they are compared at."""

    persons: TwoGroups
    design: Design
    group: str
    reference: str

    @property
    def with_group(self) -> Array:
        """The fitted columns, and as the last the indicator of the first group."""
        return np.column_stack((self.design.fitted, self.persons.is_first))

    @property
    def with_group_terms(self) -> list[str]:
        """Names of the columns of `with_group`."""
        return [*self.design.fitted_terms, f"{self.group}: {self.persons.names[0]}"]

    def part_name(self, fold: str, part: str) -> str:
        """Name a part for readers."""
        first, second = self.persons.names
        if part == "difference":
            return f"{first} minus {second}"
        if fold == "two-fold" or part == "interaction":
            return part
        return f"{part} at {second}'s {'level' if part == 'composition' else 'composition'}"


@dataclass(frozen=True, eq=False)
class Fit:
    """Estimates from some number of persons in each cell.

    Attributes
    ----------
    estimate : ndarray of float, shape (rows,)
        The parts and what they have in each covariate, in the order of the labels.
    persons : ndarray of float, shape (cells,)
    means : ndarray of float, shape (2, terms)
        Of all columns in each group.
    coefficients : ndarray of float, shape (models, terms)
        Normalised.
    solved : tuple of (ndarray, ndarray)
        Each model's coefficients as fitted, and the inverse of its information.
    """

    estimate: Array
    persons: Array
    means: Array
    coefficients: Array
    solved: tuple[tuple[Array, Array], ...]


@dataclass(frozen=True)
class Estimator:
    """How a family names its estimates, computes them, and says how sure they are.

    `by` gives the covariates in which a part is told, `models` the names of the rows of `Fit.coefficients`.
    """

    by: Callable[[Comparison, str], Sequence[str]]
    fit: Callable[[Comparison, Array], Fit]
    se: Callable[[Comparison, Fit], Array]
    models: tuple[str, ...]


def _means(compared: Comparison, persons: Array) -> Array:
    full, sides = compared.design.full, [compared.persons.of(side) for side in (0, 1)]
    return np.array([persons[own] @ full[own] / persons[own].sum() for own in sides])


def _influence_of_means(compared: Comparison, fit: Fit, rows: slice) -> list[Array]:
    blocks = []
    for side in (0, 1):
        own = compared.persons.of(side)
        distance = compared.design.full[rows] - fit.means[side]
        blocks.append(distance * own[rows, None] / fit.persons[own].sum())
    return blocks


def _errors(compared: Comparison, fit: Fit, gradient: Array, influence: Callable[[slice], Iterable[Array]]) -> Array:
    """Give standard errors by the delta method.

    Parameters
    ----------
    gradient : ndarray of float, shape (rows, parameters)
        Of the estimates.
    influence : callable
        What one person of each of some cells adds to the parameters: blocks of columns.
    """
    covariance = np.zeros((gradient.shape[1], gradient.shape[1]))
    for start in range(0, fit.persons.size, ROWS_AT_A_TIME):
        rows = slice(start, start + ROWS_AT_A_TIME)
        psi = np.column_stack(list(influence(rows)))
        covariance += psi.T @ (fit.persons[rows, None] * psi)
    variance = np.einsum("ij,jk,ik->i", gradient, covariance, gradient)
    return errors(variance, compared.persons)


def least_squares(columns: Array, y: Array, weight: Array, terms: Sequence[str], whom: str) -> tuple[Array, Array]:
    """Fit by weighted least squares.

    Returns
    -------
    coefficients, inverse : ndarray of float
        `inverse` is that of X'WX.

    Raises
    ------
    Refused
        If a column does not vary or follows from those before it; `whom` is named.
    """
    weighted = weight[:, None] * columns
    information = columns.T @ weighted
    length = np.sqrt(np.diag(information))
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    scaled = information * np.outer(scale, scale)
    if (same := np.abs(np.diag(np.linalg.qr(scaled)[1])) <= SAME).any():
        named = ", ".join(np.asarray(terms)[same])
        raise Refused(
            f"Among the persons of {whom} these columns do not vary, follow from others, or are more than so few "
            f"persons can tell apart: {named}. Leave them out, or merge categories."
        )
    inverse = np.linalg.inv(scaled) * np.outer(scale, scale)
    return np.asarray(inverse @ (weighted.T @ y)), np.asarray(inverse)


# Least squares in each group


def _forms(reference: str) -> list[Array]:
    """Give each of the parts as a bilinear form.

    Row g, column h: how often the mean of group g times coefficient h counts; the coefficients are those of the first
    group, of the second, and pooled.
    """
    difference = np.array([[1.0, 0, 0], [0, -1, 0]])
    composition = np.outer([1, -1], REFERENCES[reference])
    at_second = np.outer([1.0, -1], [0, 1, 0])
    of_level = np.outer([0, 1.0], [1, -1, 0])
    return [
        difference,
        composition,
        difference - composition,
        at_second,
        of_level,
        difference - at_second - of_level,
    ]


def _by_covariate(compared: Comparison, part: str) -> list[str]:
    # The intercept has the mean 1 in both groups: only a difference of coefficients can lie in it.
    first = {"difference": len(compared.design.blocks), "level": 0}.get(part, 1)
    return [block.name for block in compared.design.blocks[first:]]


def _shown(compared: Comparison, part: str) -> Array:
    """Give the terms that each row of a part sums: all of them, and then those of each covariate that is told."""
    of = compared.design.of
    told = len(_by_covariate(compared, part))
    return np.vstack([np.ones((1, of.shape[1])), of[of.shape[0] - told :]])


def _linear(compared: Comparison, persons: Array) -> Fit:
    data, columns = compared.persons, compared.design
    solved = []
    for side in (0, 1):
        own = data.of(side)
        terms, whom = columns.fitted_terms, data.names[side]
        solved.append(least_squares(columns.fitted[own], data.y[own], persons[own], terms, whom))
    solved.append(least_squares(compared.with_group, data.y, persons, compared.with_group_terms, "both groups"))
    b = [solved[0][0], solved[1][0], solved[2][0][:-1]]
    coefficients = np.array(b) @ columns.normalise.T
    means = _means(compared, persons)
    estimate = [
        _shown(compared, part) @ np.einsum("gh,gj,hj->j", form, means, coefficients)
        for (_, part), form in zip(PARTS, _forms(compared.reference), strict=True)
    ]
    return Fit(np.concatenate(estimate), persons, means, coefficients, tuple(solved))


def _linear_se(compared: Comparison, fit: Fit) -> Array:
    data, columns = compared.persons, compared.design
    gradient = []
    for (_, part), form in zip(PARTS, _forms(compared.reference), strict=True):
        slopes = np.vstack([form @ fit.coefficients, form.T @ fit.means])
        gradient.append(_shown(compared, part)[:, None, :] * slopes)
    flat = np.concatenate(gradient).reshape(-1, 5 * len(columns.terms))

    def influence(rows: slice) -> Iterable[Array]:
        yield from _influence_of_means(compared, fit, rows)
        for side, (b, inverse) in enumerate(fit.solved[:2]):
            x = columns.fitted[rows]
            residual = np.where(data.of(side)[rows], data.y[rows] - x @ b, 0.0)
            yield residual[:, None] * (x @ inverse) @ columns.normalise.T
        b, inverse = fit.solved[2]
        z = compared.with_group[rows]
        yield (data.y[rows] - z @ b)[:, None] * (z @ inverse)[:, :-1] @ columns.normalise.T

    return _errors(compared, fit, flat, influence)


LINEAR = Estimator(_by_covariate, _linear, _linear_se, ("first", "second", "pooled"))


# One logistic regression with an indicator of the group


def logistic_regression(columns: Array, y: Array, weight: Array, terms: Sequence[str]) -> tuple[Array, Array]:
    """Fit by maximum likelihood (iterated least squares); give the coefficients and the inverse information.

    Raises
    ------
    Refused
        If the likelihood has no maximum.
    """
    mean = (weight * y + 0.5) / (weight + 1)
    eta = logit(mean)
    for _ in range(STEPS):
        spread = mean * (1 - mean)
        b, inverse = least_squares(columns, eta + (y - mean) / spread, weight * spread, terms, "both groups")
        step, eta = eta, np.clip(columns @ b, -LARGEST_LOGIT, LARGEST_LOGIT)
        mean = expit(eta)
        # The next step would be as small as the square of this one.
        if (moved := np.abs(eta - step).max()) < 1e-8:
            break
    if moved >= 1e-8 or np.abs(eta[weight > 0]).max() >= LARGEST_LOGIT:
        steepest = np.asarray(terms)[np.argmax(np.abs(b))]
        raise Refused(
            f"The covariates tell persons with and without the outcome apart without error (see {steepest}), so that "
            "odds are infinite. Merge its categories, or leave it out."
        )
    return b, inverse


# Each part as sums of P(g, d), the mean chance of group g's persons if they were of group d: the first group's as
# first, the first's as second, the second's as first, the second's as second.
CHANCES = np.array(
    [[1, 0, 0, -1], [0.5, 0.5, -0.5, -0.5], [0.5, -0.5, 0.5, -0.5], [0, 1, 0, -1], [0, 0, 1, -1], [1, -1, -1, 1]]
)


def _as_first_and_second(compared: Comparison, b: Array) -> list[Array]:
    alone = compared.design.fitted @ b[:-1]
    return [np.asarray(expit(alone + b[-1])), np.asarray(expit(alone))]


def _chances(compared: Comparison, persons: Array, b: Array) -> Array:
    return np.array(
        [
            np.average(chance[own], weights=persons[own])
            for own in (compared.persons.of(0), compared.persons.of(1))
            for chance in _as_first_and_second(compared, b)
        ]
    )


def _by_covariate_or_group(compared: Comparison, part: str) -> list[str]:
    covariates = [block.name for block in compared.design.blocks[1:]]
    return {"composition": covariates, "level": [compared.group]}.get(part, [])


def linear_shares(compared: Comparison, means: Array, coefficients: Array) -> tuple[Array, float]:
    """Give each covariate's share of the composition in logits, and the sum of what is shared out (Yun 2004)."""
    told = compared.design.of[1:] @ ((means[0] - means[1]) * coefficients)
    total = float(told.sum())
    return np.divide(told, total, out=np.zeros_like(told), where=total != 0), total


def _logistic(compared: Comparison, persons: Array) -> Fit:
    columns = compared.design
    b, inverse = logistic_regression(compared.with_group, compared.persons.y, persons, compared.with_group_terms)
    coefficients = columns.normalise @ b[:-1]
    means = _means(compared, persons)
    shares, _ = linear_shares(compared, means, coefficients)
    estimate: list[float] = []
    for (_, part), whole in zip(PARTS, CHANCES @ _chances(compared, persons, b), strict=True):
        by = {"composition": whole * shares, "level": [whole]}.get(part, [])
        estimate += [whole, *by]
    return Fit(np.array(estimate), persons, means, coefficients[None, :], ((b, inverse),))


def _logistic_se(compared: Comparison, fit: Fit) -> Array:
    data, (b, inverse), z = compared.persons, fit.solved[0], compared.with_group
    chances = _chances(compared, fit.persons, b)
    as_group = _as_first_and_second(compared, b)
    sides = [data.of(side) for side in (0, 1)]
    sizes = [fit.persons[own].sum() for own in sides]
    slopes = []
    for own, n in zip(sides, sizes, strict=True):
        for indicator, chance in zip((1.0, 0.0), as_group, strict=True):
            weight = (fit.persons * chance * (1 - chance))[own] / n
            slopes.append(np.append(weight @ compared.design.fitted[own], indicator * weight.sum()))

    def influence(rows: slice) -> Iterable[Array]:
        of_b = (data.y[rows] - expit(z[rows] @ b))[:, None] * (z[rows] @ inverse)
        cases = [(own, n, chance) for own, n in zip(sides, sizes, strict=True) for chance in as_group]
        for (own, n, chance), expected, slope in zip(cases, chances, slopes, strict=True):
            yield np.where(own[rows], chance[rows] - expected, 0.0) / n + of_b @ slope
        yield from _influence_of_means(compared, fit, rows)
        yield of_b[:, :-1] @ compared.design.normalise.T

    return _errors(compared, fit, _logistic_gradient(compared, fit, chances), influence)


def _logistic_gradient(compared: Comparison, fit: Fit, chances: Array) -> Array:
    """Give the gradient by the four chances, both groups' means and the coefficients."""
    columns, coefficients = compared.design, fit.coefficients[0]
    shares, total = linear_shares(compared, fit.means, coefficients)
    of = columns.of[1:]
    told = np.hstack([of * coefficients, -of * coefficients, of * (fit.means[0] - fit.means[1])])
    of_shares = (told - np.outer(shares, told.sum(axis=0))) / total if total else np.zeros_like(told)
    rows = []
    for (_, part), sums in zip(PARTS, CHANCES, strict=True):
        whole = np.append(sums, np.zeros(told.shape[1]))
        rows.append(whole)
        if part == "composition":
            rows += list(np.hstack([np.outer(shares, sums), (sums @ chances) * of_shares]))
        if part == "level":
            rows.append(whole)
    return np.array(rows)


LOGISTIC = Estimator(_by_covariate_or_group, _logistic, _logistic_se, ("pooled",))
