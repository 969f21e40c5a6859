"""Tables of a problem's folder: found by name, read as text or Parquet, and every wrong cell of a file told at once."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Problem
from fodfaeste.tables import read_text

DESCRIPTOR = "datapackage.json"
LONG = ("scores", "allowed")
"""Tables with a row for each pair of household and place; the others have a row for each household or place at most."""

SHOWN = 20


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


def some(names: Sequence[str], shown: int = 5) -> str:
    """List names, the first few of many."""
    rest = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {rest} more" if rest > 0 else "")
