"""The travel table and the coordinates of places, read from CSV with file, row and column of all that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.plan.week.times import MIDNIGHT, WEEKDAYS, minute
from fodfaeste.plan.week.travel import Connection, TravelTable
from fodfaeste.tables import TextTable, number, read_text

NEEDED = ("from", "to", "minutes")
OPTIONAL = ("weekdays", "earliest_arrival", "line")
COORDINATES = ("place", "latitude", "longitude")
_DAYS = re.compile(r"([1-7])(?:-([1-7]))?")


def read_travel(
    connections: Path | Traversable | str, coordinates: Path | Traversable | str | None = None
) -> TravelTable:
    """Read a travel table.

    Parameters
    ----------
    connections : path to CSV
        `from`, `to`, `minutes`; and, where known, `weekdays` (such as ``1-5`` or ``1-3 6``, Monday being 1; all days,
        if empty), `earliest_arrival` (such as ``07:12``: nobody can be there earlier) and `line`. A pair may have
        several rows for different weekdays; on weekdays that none of its rows has, nothing goes. The direction counts.
    coordinates : path to CSV, optional
        `place`, `latitude`, `longitude` in degrees: pairs without a row are estimated from them.

    Raises
    ------
    BadInput
        Naming file, row and column of every cell that cannot be read, of a way from a place to itself, and of a pair,
        or a place, that stands there twice.
    UnknownName
        If a column is missing, or one is there that is none of these.
    """
    table = read_text(_path(connections))
    _check_columns(table, NEEDED, OPTIONAL)
    cells = _Cells(table)
    found: dict[tuple[str, str], dict[int, Connection]] = {}
    for row in range(len(table.rows)):
        _take_row(cells, row, found)
    places: Mapping[str, tuple[float, float]] = {}
    problems = cells.problems
    if coordinates is not None:
        places, more = _coordinates(read_text(_path(coordinates)))
        problems += more
    if problems:
        raise BadInput(*problems)
    return TravelTable(found, places)


def _path(path: Path | Traversable | str) -> Path | Traversable:
    return Path(path) if isinstance(path, str) else path


def _check_columns(table: TextTable, needed: Sequence[str], optional: Sequence[str] = ()) -> None:
    for name in needed:
        if name not in table.header:
            raise UnknownName("no column", name, table.header, file=table.file)
    for name in table.header:
        if name not in (*needed, *optional):
            raise UnknownName("the column", name, (*needed, *optional), file=table.file)


@dataclass
class _Cells:
    """The cells of a table by row and column; what is wrong with them is gathered."""

    table: TextTable
    problems: list[Problem] = field(default_factory=list)

    def text(self, row: int, column: str) -> str:
        if column not in self.table.header:
            return ""
        return self.table.rows[row][self.table.header.index(column)].strip()

    def wrong(self, row: int, column: str, found: str, expected: str, todo: str = "Correct it.") -> None:
        line = self.table.lines[row]
        self.problems.append(Problem(found or "nothing", expected, todo, self.table.file, line, column))

    def name(self, row: int, column: str) -> str:
        if not (text := self.text(row, column)):
            self.wrong(row, column, "", "the name of a place", "Fill it in.")
        return text

    def figure(self, row: int, column: str, low: float, high: float, expected: str, *, whole: bool = False) -> float:
        text = self.text(row, column)
        value = number(text, whole=whole) if text else ""
        if isinstance(value, float) and low <= value <= high:
            return value
        self.wrong(row, column, value if isinstance(value, str) else text, expected)
        return 0.0


def _take_row(cells: _Cells, row: int, found: dict[tuple[str, str], dict[int, Connection]]) -> None:
    start, goal = cells.name(row, "from"), cells.name(row, "to")
    if start and start == goal:
        cells.wrong(row, "to", f"{goal!r} again", "another place than in from", "Remove the row: that way takes 0.")
    whole_day = f"whole minutes from 0 to {MIDNIGHT}"
    minutes = int(cells.figure(row, "minutes", 0, MIDNIGHT, whole_day, whole=True))
    connection = Connection(minutes, _earliest(cells, row), cells.text(row, "line"))
    by_day = found.setdefault((start, goal), {})
    for weekday in _weekdays(cells, row):
        if weekday in by_day and start and goal:
            said = f"{start} to {goal} a second time for weekday {weekday}"
            cells.wrong(row, "weekdays" if cells.text(row, "weekdays") else "to", said, "each once", "Remove one.")
        by_day[weekday] = connection


def _earliest(cells: _Cells, row: int) -> int | None:
    text = cells.text(row, "earliest_arrival")
    try:
        return minute(text) if text else None
    except BadInput as error:
        cells.wrong(row, "earliest_arrival", repr(text), error.problems[0].expected)
        return None


def _weekdays(cells: _Cells, row: int) -> Iterator[int]:
    text = cells.text(row, "weekdays")
    if not text:
        yield from WEEKDAYS
        return
    for part in text.replace(",", " ").split():
        days = _DAYS.fullmatch(part)
        last = int(days[2] or days[1]) if days else 0
        if days is None or last < int(days[1]):
            cells.wrong(row, "weekdays", repr(part), "weekdays such as 1-5 or 1-3 6, Monday being 1")
            continue
        yield from range(int(days[1]), last + 1)


def _coordinates(table: TextTable) -> tuple[dict[str, tuple[float, float]], list[Problem]]:
    _check_columns(table, COORDINATES)
    cells = _Cells(table)
    found: dict[str, tuple[float, float]] = {}
    for row in range(len(table.rows)):
        place = cells.name(row, "place")
        if place in found and place:
            cells.wrong(row, "place", f"{place!r} again", "each once", "Remove one.")
        latitude = cells.figure(row, "latitude", -90, 90, "degrees from -90 to 90")
        longitude = cells.figure(row, "longitude", -180, 180, "degrees from -180 to 180")
        found[place] = (latitude, longitude)
    return found, cells.problems
