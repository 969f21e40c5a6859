"""Count cells once: rows of persons become the few combinations that occur, each with how many persons it has.

Registers are discrete. Every estimator of the register works on cells, so a million rows cost one count where they are
kept (in DuckDB, in Spark through Ibis, in a Parquet file), and what follows costs what the cells cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, UnknownName
from fodfaeste.measure.counts import whole_numbers
from fodfaeste.measure.parquet_cells import count_parquet
from fodfaeste.measure.result import Note
from fodfaeste.tables import Data, as_frame, fingerprint, source_name

PERSONS = "persons"


@dataclass(frozen=True, eq=False)
class Cells:
    """The combinations of some columns that occur, and in `frame["persons"]` how many persons have each.

    Attributes
    ----------
    frame : polars.DataFrame
        The columns asked for and `persons` (Int64, above 0), sorted by the columns; no cell is empty.
    persons_in : int
        Persons given, those left out included.
    notes : tuple of Note
        Persons left out for an empty cell, counted by column.
    data : str
        The fingerprint of the cells.
    file : str or None
        The file they came from, for messages.
    """

    frame: pl.DataFrame
    persons_in: int
    notes: tuple[Note, ...]
    data: str
    file: str | None = None

    @property
    def persons(self) -> NDArray[np.float64]:
        """Persons in each cell."""
        return self.frame[PERSONS].to_numpy().astype(np.float64)

    @property
    def persons_used(self) -> int:
        """Persons that are counted."""
        return int(self.frame[PERSONS].sum())


def count_cells(data: Data, columns: Sequence[str], count: str | None = None) -> Cells:
    """Count how many persons have each combination of some columns.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path to CSV or Parquet
        One row a person, or one row a cell with how many persons it has. Relations and Ibis tables are counted where
        they are; a Parquet file is streamed.
    columns : sequence of str
        What tells cells apart; a name may be repeated.
    count : str, optional
        Column with the number of persons of each row. Without it every row is one person.

    Raises
    ------
    UnknownName
        If a column is not there.
    BadInput
        If a count is not a whole number of 0 or more, or a column that tells cells apart holds the counts or is called
        "persons".
    NotEnoughPeople
        If nobody is left.

    Notes
    -----
    Persons with an empty cell in one of the columns are left out, counted in a note: they are nobody's group.
    """
    file = source_name(data)
    wanted = list(dict.fromkeys(columns))
    lazy = _lazy(data)
    known = lazy.collect_schema().names()
    for name in [*wanted, *([count] if count else [])]:
        if name not in known:
            raise UnknownName("no column", name, known, file=file)
    if taken := [name for name in wanted if name in (count, PERSONS)]:
        todo = "Give it as count= alone if it holds numbers of persons, or rename it."
        raise BadInput(Problem("a column of that name", "columns that tell cells apart", todo, file, None, taken[0]))
    if count:
        counted = _added(lazy.select(*wanted, count).collect("polars").to_native(), wanted, count, file)
    else:
        counted = _rows_counted(data, lazy, wanted)
    counted = counted.select(*wanted, pl.col(PERSONS).cast(pl.Int64))
    persons_in = int(counted[PERSONS].sum())
    full = counted.drop_nulls(wanted).filter(pl.col(PERSONS) > 0)
    floats = [name for name in wanted if full.schema[name].is_float()]
    full = full.filter(*(pl.col(name).is_not_nan() for name in floats)) if floats else full
    if full.height == 0:
        todo = "Check the filter before, and the columns for empty cells."
        raise NotEnoughPeople(Problem("nobody", f"at least one person with {', '.join(wanted)}", todo, file))
    left_out = persons_in - int(full[PERSONS].sum())
    notes = (_left_out(counted, wanted, left_out),) if left_out else ()
    return Cells(full, persons_in, notes, fingerprint(full), file)


def _lazy(data: Data) -> nw.LazyFrame[pl.LazyFrame]:
    if _is_parquet(data):
        return nw.from_native(pl.scan_parquet(data))
    try:
        native = nw.from_native(data)
    except TypeError:
        native = nw.from_native(as_frame(data))
    # pandas and Arrow first become Polars: theirs group by rows with empty cells in other ways.
    return native if isinstance(native, nw.LazyFrame) else nw.from_native(native.to_polars().lazy())


def _rows_counted(data: Data, lazy: nw.LazyFrame[pl.LazyFrame], wanted: list[str]) -> pl.DataFrame:
    counted = count_parquet(Path(data), wanted, PERSONS) if _is_parquet(data) else None
    if counted is not None:
        return counted
    grouped: pl.DataFrame = lazy.group_by(*wanted).agg(nw.len().alias(PERSONS)).collect("polars").to_native()
    return grouped.sort(wanted)


def _is_parquet(data: Data) -> bool:
    return isinstance(data, str | Path) and Path(data).suffix == ".parquet" and Path(data).is_file()


def _added(frame: pl.DataFrame, wanted: list[str], count: str, file: str | None) -> pl.DataFrame:
    problems: list[Problem] = []
    values = whole_numbers(frame[count], count, file, problems)
    if problems:
        raise BadInput(*problems)
    # A row without a count is a row of nobody knows how many: it cannot be counted, nor can it be passed over.
    if np.isnan(values).any():
        row = int(np.flatnonzero(np.isnan(values))[0]) + 2
        raise BadInput(Problem("an empty cell", "a number of persons", "Write 0 for nobody.", file, row, count))
    summed = pl.Series(PERSONS, values.astype(np.int64))
    return frame.select(wanted).with_columns(summed).group_by(wanted).agg(pl.col(PERSONS).sum()).sort(wanted)


def _left_out(counted: pl.DataFrame, wanted: list[str], left_out: int) -> Note:
    empty = {name: int(counted.filter(pl.col(name).is_null())[PERSONS].sum()) for name in wanted}
    named = ", ".join(f"{name} ({persons})" for name, persons in empty.items() if persons)
    return Note("persons-left-out", f"{left_out} persons are left out for an empty cell: {named}.", "warning")
