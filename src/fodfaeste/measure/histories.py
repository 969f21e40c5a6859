"""Times to the first of several events, as the register has them: checked once, then only arrays inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem
from fodfaeste.measure.cells import count_cells
from fodfaeste.measure.result import Note
from fodfaeste.tables import Data

Value = str | int
CAUSES: Mapping[Value, str] = {
    1: "moved",
    2: "emigrated",
    3: "dead",
    "moved": "moved",
    "emigrated": "emigrated",
    "dead": "dead",
}
"""What ends a stay, as a number (measure-methods B9) or as a word."""

CENSORED: frozenset[Value] = frozenset({0, "censored", "lost"})
"""What only ends the watching: the end of follow-up, and a lost address (whose bounds are another question)."""


@dataclass(frozen=True, eq=False)
class Histories:
    """Cells of persons with the same history; index k runs over cells.

    Attributes
    ----------
    time : ndarray of float64, shape (cells,)
        Month of the event or of the end of watching, above `entry`. A person who leaves or is censored in month t is
        at risk in month t.
    cause : ndarray of int64, shape (cells,)
        0 if censored, otherwise 1 + the position in `causes`.
    entry : ndarray of float64, shape (cells,)
        Not at risk until after this month (left truncation); 0 if watched from the start.
    persons : ndarray of float64, shape (cells,)
    columns : polars.DataFrame
        The other columns asked for (groups, covariates), a row a cell.
    causes : tuple of str
        Names of the causes, those that nobody had included where they were asked for.
    persons_in : int
        Persons given; `notes` says which are left out.
    notes : tuple of Note
    data : str
        Fingerprint of the cells.
    """

    time: NDArray[np.float64]
    cause: NDArray[np.int64]
    entry: NDArray[np.float64]
    persons: NDArray[np.float64]
    columns: pl.DataFrame
    causes: tuple[str, ...]
    persons_in: int
    notes: tuple[Note, ...]
    data: str


def histories(
    data: Data,
    time: str,
    event: str,
    columns: Sequence[str] = (),
    *,
    entry: str | None = None,
    causes: Mapping[Value, str] | None = None,
    count: str | None = None,
) -> Histories:
    """Read and check times to the first event, counted in cells.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a person, or a cell with its number of persons in `count`.
    time, event : str
        Columns: when it happened or watching ended (months; any number above 0), and what happened.
    columns : sequence of str
        Other columns that tell cells apart.
    entry : str, optional
        Column of the month after which a person is watched.
    causes : mapping of value to name, optional
        What in `event` is which cause; two values may have one name. By default 1 or "moved", 2 or "emigrated", 3 or
        "dead". 0, "censored" and "lost" end the watching.
    count : str, optional
        Column with the number of persons of each row.

    Raises
    ------
    BadInput
        If a time is negative, an event happened at time 0 or before the person was watched, or an event is unknown.
    NotEnoughPeople
        If nobody was ever watched.

    Notes
    -----
    Persons censored at time 0, or not later than their entry, were never watched and are left out, counted in a note.
    """
    asked = [time, event, *([entry] if entry else []), *columns]
    cells = count_cells(data, asked, count)
    frame, file = cells.frame, cells.file
    when = _months(frame[time], file)
    since = _months(frame[entry], file) if entry else np.zeros(frame.height)
    names, codes = _causes(frame, event, causes, file)
    bad = (when <= since) & (codes > 0)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        watched_from = f", watched from {since[first]:g}" if entry else ""
        found = f"{frame[event][first]!r} at {time} {when[first]:g}{watched_from}"
        todo = "An event in the first month has time 1; one on the day of arrival too."
        raise BadInput(Problem(found, "an event after the watching began", todo, file, None, time))
    watched = when > since
    if not watched.any():
        todo = "Check the times, and what they are counted from."
        raise NotEnoughPeople(
            Problem("nobody who was watched", f"a {time} above 0 or its entry", todo, file, None, time)
        )
    notes = list(cells.notes)
    if not watched.all():
        never = int(frame.filter(~pl.Series(watched))["persons"].sum())
        notes.append(Note("never-watched", f"{never} persons were censored before they could be watched.", "warning"))
    kept = frame.filter(pl.Series(watched))
    return Histories(
        when[watched],
        codes[watched],
        since[watched],
        kept["persons"].to_numpy().astype(np.float64),
        kept.select(list(dict.fromkeys(columns))),
        names,
        cells.persons_in,
        tuple(notes),
        cells.data,
    )


def _months(column: pl.Series, file: str | None) -> NDArray[np.float64]:
    if not column.dtype.is_numeric():
        todo = "Write months as digits with a decimal point."
        found = f"the {'text' if column.dtype == pl.String else 'value'} {str(column[0])!r}"
        raise BadInput(Problem(found, "a number of months", todo, file, None, column.name))
    values = column.cast(pl.Float64).to_numpy()
    if (bad := values[~(np.isfinite(values) & (values >= 0))]).size:
        todo = "Count from the day of arrival."
        raise BadInput(Problem(f"{bad[0]:g}", "0 months or more", todo, file, None, column.name))
    return values


def _causes(
    frame: pl.DataFrame, event: str, causes: Mapping[Value, str] | None, file: str | None
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    column = frame[event]
    given = CAUSES if causes is None else causes
    # A column of counts that came through a text file holds 1.0 for 1.
    whole = column.dtype.is_numeric() and bool((column == column.floor()).all())
    values = column.cast(pl.Int64) if whole else column
    present = values.unique().sort().to_list()
    censored = CENSORED - set(given)
    if unknown := [value for value in present if value not in given and value not in censored]:
        expected = ", ".join(map(str, (*given, *sorted(map(str, censored)))))
        todo = "Name it in causes={value: name}, or correct the column."
        raise BadInput(Problem(repr(unknown[0]), f"one of {expected}", todo, file, None, event))
    asked = tuple(dict.fromkeys(given.values()))
    names = asked if causes is not None else tuple(name for name in asked if any(given.get(v) == name for v in present))
    code = {value: names.index(given[value]) + 1 if value in given else 0 for value in present}
    return names, values.replace_strict(code, return_dtype=pl.Int64).to_numpy()
