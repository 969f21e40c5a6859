"""Events among people, a row a unit: checked once at the border, then only arrays inside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, UnknownName
from fodfaeste.measure.result import Note
from fodfaeste.tables import Data, as_frame, fingerprint, number, source_name


@dataclass(frozen=True, eq=False)
class Counts:
    """Whole persons: `events[k]` among `n[k]` in `unit[k]` (of `group[k]`), with what was left out and why."""

    unit: tuple[str, ...]
    events: NDArray[np.float64]
    n: NDArray[np.float64]
    notes: tuple[Note, ...]
    rows_in: int
    data: str
    group: tuple[str, ...] = ()

    @property
    def rate(self) -> NDArray[np.float64]:
        """Share of 1 in each unit."""
        return self.events / self.n

    def columns(self) -> dict[str, object]:
        """Give the columns that every table of units starts with: unit, n, events, rate."""
        return {"unit": list(self.unit), "n": whole(self.n), "events": whole(self.events), "rate": self.rate}


def whole(values: NDArray[np.float64]) -> pl.Series:
    """Turn counts back into integers for a table."""
    return pl.Series(values.astype(np.int64))


def counts(data: Data, events: str, n: str, unit: str | None = None, by: str | None = None) -> Counts:
    """Check a table of events among people.

    Parameters
    ----------
    data : frame, mapping or path
        One row a unit.
    events, n : str
        Columns of whole numbers of persons, 0 <= events <= n.
    unit : str, optional
        Column of names; each may occur once. Without it the rows are numbered from 1.
    by : str, optional
        Column of groups; with it a name may occur once in each group.

    Raises
    ------
    BadInput
        With one problem a faulty row: text, decimal comma, negative, not whole, more events than people, a name twice.
    NotEnoughPeople
        If no row has anybody in it.

    Notes
    -----
    Rows with nobody (n = 0) or with an empty cell are left out, each named in a note: their rate is unknown, not 0.
    """
    frame, file = as_frame(data), source_name(data)
    asked = [events, n] + [name for name in (unit, by) if name]
    for name in asked:
        if name not in frame.columns:
            raise UnknownName("no column", name, frame.columns, file=file)
    if frame.height == 0:
        raise NotEnoughPeople(Problem("a table without rows", "at least one row", "Check the filter before.", file))

    problems: list[Problem] = []
    x = whole_numbers(frame[events], events, file, problems)
    people = whole_numbers(frame[n], n, file, problems)
    names = tuple(str(name) for name in frame[unit]) if unit else tuple(str(k + 1) for k in range(frame.height))
    problems += [
        Problem(
            f"{int(x[k])} of {int(people[k])}",
            f"at most as many {events} as {n}",
            "Check that the two columns are not exchanged.",
            file,
            int(k) + 2,
            events,
        )
        for k in np.flatnonzero(x > people)
    ]
    groups = tuple(str(group) for group in frame[by]) if by else ("",) * frame.height
    problems += _repeated(groups, names, unit, file)
    if problems:
        raise BadInput(*problems)

    known = np.isfinite(x) & np.isfinite(people)
    used = known & (people > 0)
    if not used.any():
        raise NotEnoughPeople(
            Problem("nobody in any row", f"a row with {n} above 0", "Widen the period, or merge units.", file)
        )
    notes = tuple(
        Note(
            "row-left-out",
            f"{names[k]}: {'nobody' if known[k] else 'an empty cell'}, so its rate is unknown.",
            "warning",
        )
        for k in np.flatnonzero(~used)
    )
    kept = np.flatnonzero(used)
    return Counts(
        tuple(names[k] for k in kept),
        x[kept],
        people[kept],
        notes,
        frame.height,
        fingerprint(frame.select(asked)),
        tuple(groups[k] for k in kept) if by else (),
    )


def whole_numbers(column: pl.Series, name: str, file: str | None, problems: list[Problem]) -> NDArray[np.float64]:
    """Read a column of counts, NaN where a cell is empty; what is wrong is added to `problems`, one a faulty row."""
    values, in_question = _plainly_counts(column)
    for k in in_question.tolist():
        cell = column[k]
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        value = number(str(cell), whole=True)
        if isinstance(value, str):
            problems.append(
                Problem(value, "a whole number of persons", "Write counts as digits only.", file, k + 2, name)
            )
        elif value < 0:
            problems.append(
                Problem(
                    f"{value:g}", "a count of 0 or more", "Leave the cell empty if it is unknown.", file, k + 2, name
                )
            )
        else:
            values[k] = value
    return values


def _plainly_counts(column: pl.Series) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Read the cells that need no words, NaN elsewhere; and say which rows are still in question."""
    if not (column.dtype.is_integer() or column.dtype.is_float()):
        return np.full(len(column), np.nan), np.arange(len(column))
    cells = column.cast(pl.Float64).to_numpy()
    plain = np.isfinite(cells) & (cells >= 0) & (cells == np.floor(cells))
    return np.where(plain, cells, np.nan), np.flatnonzero(~plain & column.is_not_null().to_numpy())


def filled_numbers(
    column: pl.Series, file: str | None, rows: Iterable[int], todo: str, problems: list[Problem]
) -> NDArray[np.float64]:
    """Read some rows of a column of counts in which an empty cell is a problem too; `todo` says what to write there."""
    name = column.name
    values = whole_numbers(column, name, file, problems)
    asked = list(rows)
    problems += [
        Problem("an empty cell", "a whole number of persons", todo, file, k + 2, name)
        for k in asked
        if np.isnan(values[k]) and (column[k] is None or not str(column[k]).strip())
    ]
    return values[asked]


def _repeated(groups: tuple[str, ...], names: tuple[str, ...], unit: str | None, file: str | None) -> list[Problem]:
    first: dict[tuple[str, str], int] = {}
    problems = []
    for k, name in enumerate(names):
        key = groups[k], name.strip().casefold()
        if key in first:
            problems.append(
                Problem(
                    f"{name!r} again (first on row {first[key] + 2}, letter case apart)",
                    "each unit once",
                    "Add the rows together, or tell the units apart by name.",
                    file,
                    k + 2,
                    unit,
                )
            )
        first.setdefault(key, k)
    return problems


def one_level(level: float) -> float:
    """Check one confidence level.

    Raises
    ------
    BadInput
        If it is not a share above 0 and below 1.
    """
    if not 0 < level < 1:
        raise BadInput(Problem(f"the level {level:g}", "a share above 0 and below 1", "Write 95 % as 0.95."))
    return float(level)
