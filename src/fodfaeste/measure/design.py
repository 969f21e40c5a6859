"""From columns to a design matrix: text becomes categories against the most common one, numbers keep their units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Problem, UnknownName

Floats = NDArray[np.float64]
Value = str | bool

# A category a person tells persons apart, not groups; a matrix with as many columns would fill the memory first.
MOST_VALUES = 2_000
# Share of a column's variance that the others must leave unexplained: below it, digits are noise.
LEAST_OF_ITS_OWN = 1e-9


@dataclass(frozen=True)
class Term:
    """One column of the matrix: a number in its own units (`value` is None), or 1 for one category and 0 for others."""

    column: str
    value: Value | None = None

    @property
    def name(self) -> str:
        """`age`, or `sex=male`; a truth value is `true` or `false`."""
        return self.column if self.value is None else f"{self.column}={_shown(self.value)}"


@dataclass(frozen=True, eq=False)
class Design:
    """How columns become a matrix, the same for the persons of a fit and for patterns to predict.

    Attributes
    ----------
    columns : tuple of str
    terms : tuple of Term
        One a column of the matrix, shape (rows, terms).
    categories : mapping of str to tuple
        For each column of categories its values, the reference (most common) first.
    centre : ndarray of float64, shape (terms,)
        The mean of a number, 0 for a category: the row of the person that a baseline describes.
    """

    columns: tuple[str, ...]
    terms: tuple[Term, ...]
    categories: Mapping[str, tuple[Value, ...]]
    centre: Floats

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the terms."""
        return tuple(term.name for term in self.terms)

    @property
    def baseline(self) -> dict[str, Value | float]:
        """The values of the person that a baseline describes: reference categories and mean numbers."""
        means = {term.column: float(at) for term, at in zip(self.terms, self.centre, strict=True) if term.value is None}
        return {name: self.categories[name][0] if name in self.categories else means[name] for name in self.columns}

    def members(self, column: str) -> NDArray[np.intp]:
        """Positions of the terms of a column."""
        return np.flatnonzero([term.column == column for term in self.terms])

    def matrix(self, frame: pl.DataFrame) -> Floats:
        """Turn rows into a matrix of shape (rows, terms).

        Raises
        ------
        UnknownName
            If a column is not there, or has a category that the design does not know.
        BadInput
            If a cell is empty, or text stands where numbers are expected.
        """
        for name in self.columns:
            self._check(frame, name)
        if not self.terms:
            return np.empty((frame.height, 0))
        return np.column_stack([_values(frame[term.column], term.value) for term in self.terms])

    def _check(self, frame: pl.DataFrame, name: str) -> None:
        if name not in frame.columns:
            raise UnknownName("no column", name, frame.columns)
        column = frame[name]
        if column.null_count():
            raise BadInput(Problem("an empty cell", "a value", "Fill it in, or leave the row out.", column=name))
        if name not in self.categories:
            _finite(column)
            return
        known = self.categories[name]
        if strangers := [value for value in column.unique().sort().to_list() if value not in known]:
            raise UnknownName(f"no persons with {name}", _shown(strangers[0]), map(_shown, known))


def design(frame: pl.DataFrame, columns: Sequence[str], persons: Floats) -> Design:
    """Decide how columns become a matrix.

    Parameters
    ----------
    frame : polars.DataFrame
        No cell of `columns` is empty.
    columns : sequence of str
        Text, truth values and categoricals become categories, numbers stay numbers.
    persons : ndarray of float64, shape (rows,)
        Persons of each row, above 0: the most common category is the reference; of equally common ones the first in
        order.

    Raises
    ------
    BadInput
        If a column is neither number nor category, has one value only, has names that differ only in letter case or
        blanks, has a category for nearly every person, or can be computed from the others.
    """
    names = tuple(dict.fromkeys(columns))
    problems: list[Problem] = []
    categories = {
        name: _by_frequency(frame[name], persons, problems) for name in names if not frame[name].dtype.is_numeric()
    }
    if problems:
        raise BadInput(*problems)
    terms = tuple(
        term
        for name in names
        for term in ([Term(name, value) for value in categories[name][1:]] if name in categories else [Term(name)])
    )
    numeric = np.array([term.value is None for term in terms])
    draft = Design(names, terms, categories, np.zeros(len(terms)))
    matrix = draft.matrix(frame)
    mean = persons @ matrix / persons.sum()
    _refuse_constant(frame, names)
    _refuse_dependent(matrix - mean, persons, draft)
    return Design(names, terms, categories, np.where(numeric, mean, 0.0))


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(column: pl.Series, value: Value | None) -> Floats:
    chosen = column if value is None else column == value
    return chosen.cast(pl.Float64).to_numpy()


def _finite(column: pl.Series) -> None:
    if not column.dtype.is_numeric():
        todo = "Give numbers, as the persons of the fit have."
        raise BadInput(Problem(f"{column[0]!r}", "a number", todo, column=column.name))
    if (bad := column.filter(~column.cast(pl.Float64).is_finite())).len():
        raise BadInput(Problem(f"{bad[0]}", "a finite number", "Correct it, or empty the cell.", column=column.name))


def _by_frequency(column: pl.Series, persons: Floats, problems: list[Problem]) -> tuple[Value, ...]:
    if not (column.dtype in (pl.String, pl.Boolean) or isinstance(column.dtype, pl.Categorical | pl.Enum)):
        todo = "Turn a date into years or months as a number, or into text for categories."
        problems.append(Problem(f"a {column.dtype}", "numbers, text or truth values", todo, column=column.name))
        return ()
    plain = column if column.dtype == pl.Boolean else column.cast(pl.String)
    counted = pl.DataFrame({"value": plain, "persons": persons}).group_by("value").agg(pl.col("persons").sum())
    values = tuple(counted.sort("persons", "value", descending=[True, False])["value"].to_list())
    if len(values) > MOST_VALUES:
        todo = "Group the values, or give the column as a number."
        problems.append(
            Problem(f"{len(values)} different values", f"at most {MOST_VALUES} categories", todo, column=column.name)
        )
    problems += _alike(values, column.name)
    return values


def _alike(values: Sequence[Value], column: str) -> list[Problem]:
    first: dict[str, Value] = {}
    problems = []
    for value in values:
        key = str(value).strip().casefold()
        if key in first:
            found = f"the categories {first[key]!r} and {value!r}"
            todo = "Write the same thing the same way."
            problems.append(
                Problem(found, "names that differ in more than letter case and blanks", todo, column=column)
            )
        first.setdefault(key, value)
    return problems


def _refuse_constant(frame: pl.DataFrame, names: Sequence[str]) -> None:
    problems = [
        Problem(f"only the value {frame[name][0]!r}", "at least two values", "Leave the column out.", column=name)
        for name in names
        if frame[name].n_unique() == 1
    ]
    if problems:
        raise BadInput(*problems)


def _refuse_dependent(centred: Floats, persons: Floats, made: Design) -> None:
    """Name what can be computed from what stands before it: its coefficient could be anything."""
    problems: list[Problem] = []
    unit = centred / np.sqrt(persons @ centred**2)
    correlation = (unit * persons[:, None]).T @ unit
    kept: list[int] = []
    for j, term in enumerate(made.terms):
        share = np.linalg.lstsq(correlation[np.ix_(kept, kept)], correlation[kept, j])[0]
        if 1 - correlation[kept, j] @ share > LEAST_OF_ITS_OWN:
            kept.append(j)
            continue
        partners = [made.terms[k].name for k, part in zip(kept, share, strict=True) if abs(part) > 1e-6]
        found = f"{term.name}, which follows from {', '.join(partners)}"
        problems.append(Problem(found, "columns that each say something new", "Leave one out.", column=term.column))
    if problems:
        raise BadInput(*problems)
