"""Cells of a problem's tables, brought from text to names, figures and days; whatever is wrong becomes a problem."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import Problem
from fodfaeste.place.folder_tables import Faults, Sheet
from fodfaeste.place.problem import Ints
from fodfaeste.tables import number

LARGEST = 2.0**53
"""Whole numbers up to here are exact in double precision."""
MARKS = 64
"""Keys are marked rather than hashed where there are at most so many possible ones a row."""
COMPARED = 10_000
"""Among more names than this the nearest is not looked for: that would take longer than reading the file."""


def has_columns(sheet: Sheet, needed: Iterable[str], faults: Faults) -> bool:
    """Say whether a table has all columns needed; those missing become problems with the nearest names there are."""
    there = sheet.frame.columns
    missing = [name for name in needed if name not in there]
    for name in missing:
        near = difflib.get_close_matches(name, there, n=1)
        todo = f"Is it {near[0]!r}? Then rename that." if near else "Add it."
        if len(there) == 1 and ";" in there[0]:
            todo = "The file has semicolons: save it with commas between the columns."
        faults.add(Problem(f"the columns {', '.join(there)}", f"a column {name}", todo, sheet.file, None, name))
    return not missing


def names_of(sheet: Sheet, column: str, faults: Faults) -> tuple[str, ...]:
    """Read the column that names a table's rows: filled in everywhere, each name once."""
    names = sheet.texts(column)
    empty = np.flatnonzero(names.is_null().to_numpy())
    faults.rows(sheet, empty, column, lambda _row: "an empty cell", (f"a {column}", "Fill it in, or remove the row."))
    twice = np.flatnonzero((names.is_not_null() & ~names.is_first_distinct()).to_numpy())
    first = {name: row for row, name in reversed(list(enumerate(names.to_list())))} if twice.size else {}
    faults.rows(
        sheet,
        twice,
        column,
        lambda row: f"{names[row]!r}, which stands in row {sheet.row(first[names[row]])} already",
        (f"each {column} once", "Rename one, or remove it."),
    )
    return tuple(names.fill_null("").to_list())


def positions_of(sheet: Sheet, column: str, known: Sequence[str], file: str, faults: Faults) -> Ints:
    """Read a column of names as positions in another table; -1 where the name is not there.

    Parameters
    ----------
    known : sequence of str
        The names of the other table, each once.
    file : str
        That table, for messages.
    """
    given = sheet.frame[column]
    if given.dtype not in (pl.String, pl.Categorical, pl.Enum):
        given = given.cast(pl.String)
    kind = pl.Enum(list(known))
    positions = given.cast(kind, strict=False).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    rest = np.flatnonzero(positions < 0)
    if rest.size:
        # Only names that are not there as they stand are looked at again without the spaces around them.
        bare = sheet.texts(column).gather(rest)
        positions = positions.copy()
        positions[rest] = bare.cast(kind, strict=False).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()

    def found(row: int) -> str:
        name = sheet.cell(row, column)
        near = difflib.get_close_matches(name or "", known, n=1) if len(known) <= COMPARED else []
        return ("an empty cell" if name is None else repr(name)) + (f" (is it {near[0]!r}?)" if near else "")

    said = (f"a {column} of the table {file}", "Correct the name, or remove the row.")
    faults.rows(sheet, np.flatnonzero(positions < 0), column, found, said)
    return positions


def numbers_of(sheet: Sheet, column: str, faults: Faults) -> NDArray[np.floating[Any]]:
    """Read a column of figures; float32 stays float32. What is wrong is a problem, and NaN in the answer."""
    values = figures(sheet, column)
    expected = ("a number", "Fill it in; a pair that has no forecast is left out, row and all.")
    wrong = np.flatnonzero(~np.isfinite(values))
    faults.rows(sheet, wrong, column, lambda row: _words(sheet.cell(row, column)), expected)
    return values


def whole_of(
    sheet: Sheet, column: str, faults: Faults, *, least: int = 0, most: float = LARGEST, blank: int | None = None
) -> Ints:
    """Read a column of whole numbers from `least` to `most`; an empty cell is `blank`, or a problem."""
    values = figures(sheet, column)
    with np.errstate(invalid="ignore"):
        right = (values >= least) & (values <= most) & (np.floor(values) == values) & (values < LARGEST)
    if blank is not None:
        empty = sheet.texts(column).is_null().to_numpy()
        values, right = np.where(empty, blank, values), right | empty
    span = f"a whole number from {least}" if most == LARGEST else f"{least} or {most:g}"
    said = (span, "Correct the figure.")
    wrong = np.flatnonzero(~right)
    faults.rows(sheet, wrong, column, lambda row: _words(sheet.cell(row, column), whole=True), said)
    return np.where(right, values, least).astype(np.int64)


def days_of(sheet: Sheet, column: str, faults: Faults) -> NDArray[np.datetime64]:
    """Read a column of days; a time of day behind them is cut off."""
    given = sheet.frame[column]
    if given.dtype.is_temporal():
        days = given.cast(pl.Date)
    else:
        bare = sheet.texts(column).str.extract(r"^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.*)?$")
        days = bare.str.to_date("%Y-%m-%d", strict=False)
    expected = ("a day such as 2026-03-01", "Write year, month and day; estimate the day where it is not known.")
    wrong = np.flatnonzero(days.is_null().to_numpy())
    faults.rows(sheet, wrong, column, lambda row: _words(sheet.cell(row, column)), expected)
    return days.to_numpy().astype("datetime64[D]")


def twice_in(
    sheet: Sheet, keys: Ints, faults: Faults, column: str, told: tuple[Callable[[int], str], str, str]
) -> None:
    """Tell rows whose key an earlier row has; keys below 0 are of rows that are wrong already.

    Parameters
    ----------
    keys : ndarray of int64
        One a row.
    told : (found, expected, todo)
    """
    right = keys[keys >= 0]
    most = int(right.max(initial=0))
    # Marking is much faster than hashing; it takes a byte for each key that there could be.
    if most <= MARKS * keys.size:
        marked = np.zeros(most + 1, np.bool_)
        marked[right] = True
        if np.count_nonzero(marked) == right.size:
            return
    column_of_keys = pl.Series(keys)
    again = ~column_of_keys.is_first_distinct() & (column_of_keys >= 0)
    found, *said = told
    faults.rows(sheet, np.flatnonzero(again.to_numpy()), column, found, (said[0], said[1]))


def figures(sheet: Sheet, column: str) -> NDArray[np.floating[Any]]:
    """Give a column as numbers, NaN where there is none."""
    given = sheet.frame[column]
    if given.dtype.is_numeric() or given.dtype == pl.Boolean:
        kind = pl.Float32 if given.dtype == pl.Float32 else pl.Float64
        return given.cast(kind).fill_null(np.nan).to_numpy()
    values = given.cast(pl.String).cast(pl.Float64, strict=False)
    if values.null_count():
        values = sheet.texts(column).cast(pl.Float64, strict=False)
    return values.fill_null(np.nan).to_numpy()


def _words(cell: str | None, *, whole: bool = False) -> str:
    """Say what is wrong with a cell that should be a number."""
    if cell is None:
        return "an empty cell"
    said = number(cell, whole=whole)
    return said if isinstance(said, str) else repr(cell)


def packed(household: Ints, place: Ints, places: int) -> Ints:
    """Number pairs of household and place; -1 where either is not known."""
    return np.where((household < 0) | (place < 0), -1, household * places + place)
