"""Persons of two groups with an outcome: read once, for the decompositions of the difference between their means."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.measure.cells import count_cells
from fodfaeste.measure.result import Note
from fodfaeste.tables import Data

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TwoGroups:
    """Cells of persons of two groups.

    Attributes
    ----------
    covariates : polars.DataFrame
        The covariates of each cell.
    y : ndarray of float, shape (cells,)
        The outcome of each cell's persons.
    persons : ndarray of float, shape (cells,)
        How many they are.
    is_first : ndarray of bool, shape (cells,)
        Whether they belong to the first group; a difference is the first minus the second.
    names : tuple of str
        Names of the first and the second group.
    notes : tuple of Note
        Persons left out.
    data : str
        Fingerprint of the cells.
    """

    covariates: pl.DataFrame
    y: Array
    persons: Array
    is_first: NDArray[np.bool_]
    names: tuple[str, str]
    notes: tuple[Note, ...]
    data: str

    def of(self, side: int) -> NDArray[np.bool_]:
        """Mark the cells of the first (0) or the second (1) group."""
        return ~self.is_first if side else self.is_first

    def mean(self, side: int) -> float:
        """Give the mean outcome of a group."""
        own = self.of(side)
        return float(np.average(self.y[own], weights=self.persons[own]))

    def size(self, side: int) -> int:
        """Give the number of persons of a group."""
        return int(self.persons[self.of(side)].sum())


def two_groups(
    data: Data,
    outcome: str,
    covariates: Sequence[str],
    group: str,
    *,
    groups: Sequence[Hashable] | None = None,
    count: str | None = None,
) -> TwoGroups:
    """Read persons of two groups.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a person, or a cell with its number of persons in `count`.
    outcome : str
        Column of numbers, or of true and false.
    covariates : sequence of str
        Columns that tell who people are; at least one.
    group : str
        Column that tells the groups apart.
    groups : sequence of two values, optional
        The first and the second group, where `group` has more than two or another order is wanted. By default the two
        that there are, sorted.
    count : str, optional
        Column with the number of persons of each row.

    Raises
    ------
    UnknownName
        If a column or a group is not there.
    BadInput
        If there are not two groups, no covariate, a column serves twice, or the outcome is not a number.
    """
    columns = [group, *covariates, outcome]
    _each_once(columns)
    cells = count_cells(data, columns, count)
    first, second = _two_values(cells.frame[group], groups, cells.file)
    kept = cells.frame.filter(pl.col(group).is_in([first, second]))
    left_out = cells.persons_used - int(kept["persons"].sum())
    text = f"{left_out} persons belong to other groups than {first} and {second} and are left out."
    notes = (Note("other-groups", text),) if left_out else ()
    return TwoGroups(
        kept.select(covariates),
        _numbers(kept[outcome], cells.file),
        kept["persons"].to_numpy().astype(np.float64),
        (kept[group] == first).to_numpy(),
        (str(first), str(second)),
        (*cells.notes, *notes),
        cells.data,
    )


def _each_once(columns: Sequence[str]) -> None:
    if len(columns) < 3:
        raise BadInput(Problem("no covariate", "at least one column that tells who people are", "Name it."))
    if twice := [name for name in dict.fromkeys(columns) if columns.count(name) > 1]:
        todo = "Outcome, group and each covariate are different columns."
        raise BadInput(Problem(f"the column {twice[0]!r} twice", "each column once", todo))


def _two_values(column: pl.Series, groups: Sequence[Hashable] | None, file: str | None) -> tuple[Hashable, Hashable]:
    known = column.unique().sort().to_list()
    if groups is None:
        groups = known
    elif unknown := [value for value in groups if value not in known]:
        raise UnknownName("no group", str(unknown[0]), map(str, known), file=file)
    if len(set(groups)) != 2 or len(groups) != 2:
        shown = ", ".join(map(str, groups[:6])) + (" ..." if len(groups) > 6 else "")
        todo = "Name the two: groups=(first, second)."
        raise BadInput(
            Problem(f"{len(groups)} groups ({shown})", "two different groups", todo, file, None, column.name)
        )
    return groups[0], groups[1]


def _numbers(column: pl.Series, file: str | None) -> Array:
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        found, todo = f"{column.dtype} such as {column[0]!r}", "Write the outcome as 0 and 1, or as a number."
        raise BadInput(Problem(found, "numbers", todo, file, None, column.name))
    values = column.cast(pl.Float64).to_numpy()
    if not np.isfinite(values).all():
        raise BadInput(Problem("an infinite value", "finite numbers", "Leave it empty.", file, None, column.name))
    return values


def errors(variance: Array, persons: TwoGroups) -> Array:
    """Give standard errors; what rounding leaves of a variance of 0 is 0, and makes no z."""
    smallest = 1e-13 * np.abs(persons.y).max()
    return np.where(variance > smallest**2, np.sqrt(np.abs(variance)), 0.0)


def with_intervals(estimate: Array, se: Array, level: float) -> dict[str, pl.Series]:
    """Give the columns estimate, se, lower, upper, level, z and p_value of normal estimates; no z where se is 0."""
    reach = special.ndtri((1 + level) / 2) * se
    z = np.divide(estimate, se, out=np.full(se.size, np.nan), where=se > 0)
    columns = {
        "estimate": estimate,
        "se": se,
        "lower": estimate - reach,
        "upper": estimate + reach,
        "level": np.full(se.size, level),
        "z": z,
        "p_value": 2 * special.ndtr(-np.abs(z)),
    }
    return {name: pl.Series(values).fill_nan(None) for name, values in columns.items()}


def shares(estimate: Array) -> pl.Series:
    """Give each estimate as a share of the first, the difference; empty where that is 0."""
    share = np.divide(estimate, estimate[0], out=np.full(estimate.size, np.nan), where=estimate[0] != 0)
    return pl.Series(share).fill_nan(None)


ONE_BY_ONE = Note(
    "independent-persons",
    "Chance is counted as if persons were independent; households share what happens to them, so it is larger.",
)
