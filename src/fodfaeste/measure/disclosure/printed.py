"""Tables as they are printed: read from long form, with their totals, and written back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, UnknownName
from fodfaeste.measure.counts import counts, whole_numbers
from fodfaeste.tables import Data, as_frame, source_name

Array: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Label: TypeAlias = tuple[str | None, ...]
"""One category a dimension; `None` is the total over that dimension."""
Key: TypeAlias = frozenset[tuple[str, frozenset[str]]]
"""A cell whatever table prints it: each dimension with the categories summed; a dimension summed whole is left out."""
Relation: TypeAlias = tuple[Mapping[str, str], Sequence[Mapping[str, str]]]
"""A printed cell and those that add up to it, each as its category a dimension; what is left out is summed."""
Tables: TypeAlias = Data | Sequence[Data] | Mapping[str, Data]
"""One table in long form (a column a dimension, a column of counts, an empty category for a total), or several."""
Totals: TypeAlias = Literal["published", "hidden"] | Iterable[str]
Kind: TypeAlias = Literal["width", "exact"]

RESERVED = frozenset({"table", "count", "suppressed", "lower", "upper", "width", "protected", "flag"})


@dataclass(frozen=True, eq=False)
class PrintedTable:
    """A table as its readers have it.

    Attributes
    ----------
    name : str
    dimensions : tuple of str
    cells : mapping of label to int or None
        `None` is a suppressed cell; a total that is not there is not printed, and other cells that are not are empty.
    """

    name: str
    dimensions: tuple[str, ...]
    cells: Mapping[Label, int | None]

    def frame(self, count: str = "count") -> pl.DataFrame:
        """Give it in long form: a column a dimension (empty in totals), `count` (empty where suppressed)."""
        columns: dict[str, list[str | None]] = {
            name: [label[k] for label in self.cells] for k, name in enumerate(self.dimensions)
        }
        schema = dict.fromkeys(self.dimensions, pl.String)
        return pl.DataFrame(columns, schema=schema).with_columns(pl.Series(count, list(self.cells.values()), pl.Int64))


@dataclass(frozen=True, eq=False)
class Published:
    """What is out, or is to go out, all together.

    Attributes
    ----------
    tables : tuple of PrintedTable
    relations : tuple
        Sums that hold beside those inside each table.
    threshold : int
        Counts above 0 and below it are small.
    protection : {"width", "exact"}
    zeros : bool
        Whether 0 is small too.
    small : frozenset of (str, Label), optional
        Table and label of the small cells, where that is known. Not for print.
    """

    tables: tuple[PrintedTable, ...]
    relations: tuple[Relation, ...] = ()
    threshold: int = 5
    protection: Kind = "width"
    zeros: bool = False
    small: frozenset[tuple[str, Label]] | None = field(default=None, repr=False)

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """Each table in long form, suppressed counts empty."""
        return {table.name: table.frame() for table in self.tables}


def rate_table(data: Data, unit: str, n: str, events: str, by: str | None = None) -> pl.DataFrame:
    """Turn rates that are printed with their n into counts: those with the event, and those without.

    Parameters
    ----------
    data : frame, mapping or path
        One row a unit (and group): people `n` and `events` among them.
    unit, n, events : str
        Columns.
    by : str, optional
        Column of groups, such as the kind of municipality.

    Returns
    -------
    polars.DataFrame
        In long form for `protect`: by, unit, outcome (`events`, or "not " + `events`) and count.

    Raises
    ------
    BadInput
        If the counts are not possible.
    """
    checked = counts(data, events, n, unit, by)
    groups = {by: checked.group} if by else {}
    frame = pl.DataFrame(
        {**groups, unit: checked.unit, events: checked.events, f"not {events}": checked.n - checked.events}
    )
    keys = [*groups, unit]
    long = frame.unpivot([events, f"not {events}"], index=keys, variable_name="outcome", value_name="count")
    return long.with_columns(pl.col("count").cast(pl.Int64))


def read_tables(tables: Tables, count: str) -> tuple[PrintedTable, ...]:
    """Read one table or several; empty counts are suppressed cells, empty categories totals."""
    if isinstance(tables, Mapping) and count not in tables:
        named = {str(name): data for name, data in tables.items()}
    elif isinstance(tables, list | tuple):
        named = {f"table {k}": data for k, data in enumerate(tables, start=1)}
    else:
        named = {"table 1": tables}
    if not named:
        raise NotEnoughPeople(Problem("no table", "one or more tables", "Give a frame, or several in a list."))
    return tuple(_read(name, data, count) for name, data in named.items())


def _read(name: str, data: Data, count: str) -> PrintedTable:
    frame, file = as_frame(data), source_name(data) or name
    if count not in frame.columns:
        raise UnknownName("no column", count, frame.columns, file=file)
    dimensions = tuple(column for column in frame.columns if column != count)
    for column in RESERVED.intersection(dimensions):
        raise BadInput(
            Problem(
                f"a dimension {column!r}", "another name: the answer has this column", "Rename it.", file, 1, column
            )
        )
    if not dimensions or frame.height == 0:
        raise BadInput(
            Problem(
                f"{frame.height} rows of {', '.join(frame.columns)}", "categories and counts", "Use long form.", file
            )
        )
    problems: list[Problem] = []
    values = whole_numbers(frame[count], count, file, problems)
    cells: dict[Label, int | None] = {}
    for k, row in enumerate(frame.select(dimensions).iter_rows()):
        label = tuple(_category(cell) for cell in row)
        if label in cells:
            problems.append(Problem(f"{said(label)} again", "each cell once", "Add the rows together.", file, k + 2))
        cells[label] = None if np.isnan(values[k]) else int(values[k])
    if problems:
        raise BadInput(*problems)
    if all(None in label for label in cells):
        raise BadInput(
            Problem("totals only", "cells with a category in every column", "Leave out columns without one.", file)
        )
    return PrintedTable(name, dimensions, cells)


def _category(cell: object) -> str | None:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() or None if cell is not None else None


def said(label: Label) -> str:
    """Name a cell for a message."""
    return " × ".join(category or "total" for category in label)


def with_totals(table: PrintedTable, totals: Totals) -> PrintedTable:
    """Add the totals that are to be printed, from all cells; printed ones that differ are an error."""
    if totals not in ("published", "hidden") and isinstance(totals, str):
        raise UnknownName("no totals", totals, ["published", "hidden"])
    summed = set(table.dimensions) if totals == "published" else set() if totals == "hidden" else set(totals)
    empty = [said(label) for label, value in table.cells.items() if value is None]
    if empty:
        raise BadInput(
            Problem(
                f"no count for {empty[0]}", "all counts", "Protect what is known; audit what is printed.", table.name
            )
        )
    inner = {label: value for label, value in table.cells.items() if None not in label}
    parts: dict[Label, list[Label]] = {}
    for label in inner:
        for margin in margins(label, [k for k, name in enumerate(table.dimensions) if name in summed]):
            parts.setdefault(margin, []).append(label)
    given = {label for label in table.cells if None in label}
    cells: dict[Label, int | None] = dict(inner)
    for label in [*parts, *sorted(given - set(parts), key=str)]:
        below = parts.get(label) or [cell for cell in inner if _inside(cell, label)]
        added = sum(inner[cell] or 0 for cell in below)
        if table.cells.get(label, added) != added:
            raise BadInput(
                Problem(
                    f"the total {said(label)} = {table.cells[label]}",
                    f"{added}, the sum of its cells",
                    "Add the people who are missing as a category of their own.",
                    table.name,
                )
            )
        # A total of one cell is that cell again; it is printed only where the user prints it.
        if len(below) > 1 or label in given:
            cells[label] = added
    return PrintedTable(table.name, table.dimensions, cells)


def margins(label: Label, over: Sequence[int]) -> Iterator[Label]:
    """List the totals that a cell is part of, over some of its dimensions."""
    for size in range(1, len(over) + 1):
        for chosen in combinations(over, size):
            yield tuple(None if k in chosen else category for k, category in enumerate(label))


def _inside(cell: Label, total: Label) -> bool:
    return all(part is None or part == category for category, part in zip(cell, total, strict=True))


def long_table(tables: Sequence[PrintedTable]) -> pl.DataFrame:
    """Give all tables in one: table, a column a dimension (empty in totals), count, suppressed."""
    frames = [table.frame().insert_column(0, pl.lit(table.name).alias("table")) for table in tables]
    frame = pl.concat(frames, how="diagonal")
    return frame.select(pl.exclude("count"), "count", pl.col("count").is_null().alias("suppressed"))
