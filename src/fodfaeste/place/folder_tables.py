"""Tables of a problem's folder: found by name, read as text or Parquet, and every wrong cell of a file told at once."""

from __future__ import annotations

import csv
import difflib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Problem
from fodfaeste.place.problem import Ints
from fodfaeste.tables import number, read_text

DESCRIPTOR = "datapackage.json"
LONG = ("scores", "allowed")
"""Tables with a row for each pair of household and place; the others have a row for each household or place at most."""

SHOWN = 20
LARGEST = 2.0**53
MARKS = 64
COMPARED = 10_000
"""Among more names than this the nearest is not looked for: that would take longer than reading the file."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table of the folder: its cells as text, or as Parquet typed them."""

    path: Path
    frame: pl.DataFrame

    @property
    def file(self) -> str:
        """The file's name, for messages."""
        return self.path.name

    @cached_property
    def _lines(self) -> tuple[int, ...]:
        return read_text(self.path).lines

    def row(self, position: int) -> int:
        """Say where a row stands: the line of a CSV file, its header being line 1; in Parquet the row, from 1."""
        return self._lines[position] if self.path.suffix == ".csv" else position + 1

    def cell(self, position: int, column: str) -> str | None:
        """Give one cell as text, for messages; None where it is empty."""
        value = self.frame[column][position]
        return None if value is None else str(value).strip() or None

    def texts(self, column: str) -> pl.Series:
        """Give a column as text without spaces around it; an empty cell is null."""
        text = self.frame[column].cast(pl.String).str.strip_chars()
        return text.replace("", None)


class Faults:
    """What is wrong with the files of a folder, gathered while they are read."""

    def __init__(self) -> None:
        self._found: dict[str, list[Problem]] = {}
        self._count: dict[str, int] = {}

    def add(self, problem: Problem, times: int = 1) -> None:
        """Keep a problem; `times` counts those like it that are not spelled out."""
        file = problem.file or ""
        self._found.setdefault(file, []).append(problem)
        self._count[file] = self._count.get(file, 0) + times

    def rows(
        self,
        sheet: Sheet,
        rows: NDArray[np.integer[Any]],
        column: str,
        found: Callable[[int], str],
        said: tuple[str, str],
    ) -> None:
        """Keep one problem for each row at fault, the first ones spelled out.

        Parameters
        ----------
        found : function of a row's position
            What stands there.
        said : (expected, todo)
        """
        for row in rows[:SHOWN].tolist():
            self.add(Problem(found(row), *said, sheet.file, sheet.row(row), column))
        self._count[sheet.file] = self._count.get(sheet.file, 0) + max(0, rows.size - SHOWN)

    def stop(self) -> None:
        """Raise everything gathered: of each file the first `SHOWN`, in the order of its lines, and how many more.

        Raises
        ------
        BadInput
            If anything was gathered.
        """
        told: list[Problem] = []
        for file, problems in self._found.items():
            told += sorted(problems, key=lambda problem: problem.row or 0)[:SHOWN]
            more = self._count[file] - min(len(problems), SHOWN)
            if more > 0:
                said = ("none", "Correct those above, then check again.")
                told.append(Problem(f"{more} more like these", *said, file))
        if told:
            raise BadInput(*told)


# Finding and reading


def find_tables(folder: Path, names: Sequence[str]) -> dict[str, Path]:
    """Find each table as CSV or Parquet, where datapackage.json says or under its own name.

    Raises
    ------
    BadInput
        If there is no such folder, a table is there twice, or the descriptor cannot be read.
    """
    if not folder.is_dir():
        found = "a file" if folder.exists() else "no such folder"
        todo = "Check the path; households.csv and places.csv have to lie in it."
        raise BadInput(Problem(found, "the folder of a placement problem", todo, str(folder)))
    named = _described(folder)
    files: dict[str, Path] = {}
    faults = Faults()
    for name in names:
        there = [path for kind in ("csv", "parquet") if (path := folder / f"{name}.{kind}").is_file()]
        if name in named:
            there = [named[name]]
        if len(there) > 1:
            both = " and ".join(path.name for path in there)
            faults.add(Problem(both, f"one table of {name}", "Remove the one that is out of date.", str(folder)))
        if there:
            files[name] = there[0]
    faults.stop()
    return files


def _described(folder: Path) -> dict[str, Path]:
    """Read which files the descriptor names, where there is one."""
    path = folder / DESCRIPTOR
    if not path.is_file():
        return {}
    said = ("a data package descriptor", "Correct it, or remove it: the tables are also found by their names.")
    try:
        descriptor = json.loads(path.read_text(encoding="utf-8-sig"))
        resources = {one["name"]: one["path"] for one in descriptor["resources"]}
    except (ValueError, LookupError, TypeError) as error:
        raise BadInput(
            Problem(f"no JSON with resources that have a name and a path ({error})", *said, DESCRIPTOR)
        ) from None
    found: dict[str, Path] = {}
    for name, where in resources.items():
        inside = isinstance(where, str) and (folder / where).resolve().is_relative_to(folder.resolve())
        if not inside or not (folder / where).is_file():
            expected, todo = "a file in this folder", "Correct the path, or remove the resource."
            raise BadInput(Problem(f"the path {where!r} of {name!r}", expected, todo, DESCRIPTOR))
        if where.endswith((".csv", ".parquet")):
            found[name] = folder / where
    return found


def read_sheet(path: Path, *, long: bool = False, empty: bool = False) -> Sheet:
    """Read a table.

    Parameters
    ----------
    long : bool
        Read it fast; what is odd about the file is then looked at again with care.
    empty : bool
        Whether a header without rows is a table without rows, and no error.

    Raises
    ------
    BadInput
        As `tables.read_text` does.
    """
    if path.suffix == ".parquet":
        try:
            return Sheet(path, pl.read_parquet(path))
        except (pl.exceptions.PolarsError, OSError) as error:
            said = ("a Parquet file", "Export the table again.")
            raise BadInput(Problem(f"a file that cannot be read ({error})", *said, path.name)) from None
    if empty and (header := _header_alone(path)):
        return Sheet(path, pl.DataFrame(schema=dict.fromkeys(header, pl.String)))
    return Sheet(path, _long(path) if long else _careful(path))


def _careful(path: Path) -> pl.DataFrame:
    table = read_text(path)
    cells = zip(*table.rows, strict=True)
    return pl.DataFrame({name: list(column) for name, column in zip(table.header, cells, strict=True)})


def _long(path: Path) -> pl.DataFrame:
    """Read a long CSV file in parallel; if its form is odd in any way, `read_text` says how."""
    header = _first_line(path)
    if not header or "" in header or len(set(header)) < len(header):
        return _careful(path)
    try:
        frame = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError):
        return _careful(path)
    frame.columns = header
    # Blank lines are rows of nothing; read_text passes them over as well.
    frame = frame.filter(~pl.all_horizontal(pl.all().str.strip_chars().fill_null("") == ""))
    return frame if frame.height else _careful(path)


def _first_line(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [cell.strip() for cell in next(csv.reader(file), [])]
    except UnicodeDecodeError:
        return []


def _header_alone(path: Path) -> list[str]:
    """Give the header of a file that holds nothing else."""
    with path.open("rb") as file:
        filled = (line for line in file if line.strip(b' ,"\t\r\n'))
        next(filled, None)
        return [] if next(filled, None) is not None else [name for name in _first_line(path) if name]


# Cells


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


def some(names: Sequence[str], shown: int = 5) -> str:
    """List names, the first few of many."""
    rest = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {rest} more" if rest > 0 else "")
