"""Cells of printed tables as the amounts that they can stand for, with the words that say where each came from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from fodfaeste.checks import (
    Base,
    Between,
    Cells,
    Each,
    Expression,
    Formula,
    NamedBy,
    Portion,
    PrintedTable,
    Rest,
    Taken,
)
from fodfaeste.checks import Where as Condition
from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.measure.survey import possible_counts
from fodfaeste.tables import number
from fodfaeste.values import printed_decimals, round_half_up

SLACK = 1e-9
"""Binary noise of sums and products of printed decimals."""

QUALIFIERS = ("exact", "about", "almost", "just_over", "more_than", "less_than", "at_least", "at_most")


class Cell(NamedTuple):
    """One printed cell; `at` counts rows from 0, and is -1 for all rows of a list together."""

    table: str
    at: int
    column: str


@dataclass(frozen=True)
class Amount:
    """What a figure can stand for: from `low` to `high`, ends included unless `open_low` or `open_high`.

    `words` says how it came about, `cells` which printed cells it was made of.
    """

    low: float
    value: float
    high: float
    words: str
    cells: tuple[Cell, ...] = ()
    open_low: bool = False
    open_high: bool = False

    def meets(self, other: Amount) -> bool:
        """Say whether both can be the same figure."""
        above = other.high - self.low > SLACK if self.open_low or other.open_high else other.high - self.low >= -SLACK
        below = self.high - other.low > SLACK if self.open_high or other.open_low else self.high - other.low >= -SLACK
        return above and below


Bound = Mapping[str, str]
"""The row that a repeated rule is at: the printed cell by column name."""


@dataclass(frozen=True, eq=False)
class Printed:
    """All tables of a call, by name."""

    tables: Mapping[str, PrintedTable]

    def table(self, name: str) -> PrintedTable:
        """Return one table, or say what was probably meant."""
        if name not in self.tables:
            raise UnknownName("no table", name, self.tables)
        return self.tables[name]

    def text(self, cell: Cell) -> str:
        """Return the cell as printed."""
        table = self.table(cell.table)
        return table.text.rows[cell.at][self._position(table, cell.column)].strip()

    def _position(self, table: PrintedTable, column: str) -> int:
        if column not in table.text.header:
            raise UnknownName("no column", column, table.text.header, file=table.text.file)
        return table.text.header.index(column)

    def row(self, cell: Cell) -> str:
        """Name the row in words, with its line in the file."""
        table = self.table(cell.table)
        if cell.at < 0:
            return f"all {len(table.text.rows)} rows together"
        names = [self.text(Cell(cell.table, cell.at, column)) for column in table.label]
        return f"{', '.join(names)} (row {table.text.lines[cell.at]})"

    def named(self, cell: Cell) -> str:
        """Name the row in words."""
        return self.row(cell).rpartition(" (row ")[0]

    def qualifier(self, cell: Cell) -> str:
        """Return how the figure is meant."""
        table = self.table(cell.table)
        if table.qualifier is None:
            return "exact"
        said = self.text(Cell(cell.table, cell.at, table.qualifier)) or "exact"
        if said not in QUALIFIERS:
            raise UnknownName("the qualifier", said, QUALIFIERS, file=table.text.file)
        return said

    def shown(self, cell: Cell) -> str:
        """Return the cell as printed, with its qualifier in front."""
        text, said = self.text(cell), self.qualifier(cell)
        return text if said == "exact" else f"{said.replace('_', ' ')} {text}"

    def figure(self, cell: Cell) -> Amount | None:
        """Return what the cell can stand for; `None` where nothing is printed.

        Whole numbers of a column typed integer are exact, everything else was rounded to the decimals that are
        printed. *About* is within half a unit of the last digit that is not 0, or 5 %, whichever is more; *almost* is
        below by at most a fifth, *just over* above by at most a fifth; the others are open to one side.
        """
        text = self.text(cell)
        value = self.table(cell.table).frame[cell.column][cell.at]
        if not text or value is None:
            return None
        if not isinstance(value, int | float):
            line = self.table(cell.table).text.lines[cell.at]
            file, todo = self.table(cell.table).text.file, "Mark only columns of numbers."
            raise BadInput(Problem(f"the text {text!r}", "a figure", todo, file, line, cell.column))
        value, said = float(value), self.qualifier(cell)
        counted = isinstance(self.table(cell.table).frame[cell.column].dtype, pl.Int64)
        half = 0.0 if counted else 0.5 * 10.0 ** -printed_decimals(text)
        fifth = abs(value) / 5
        low, high, open_low, open_high = {
            "exact": (value - half, value + half, False, False),
            "about": (value - _roughly(text, value), value + _roughly(text, value), False, False),
            "almost": (value - fifth, value, False, True),
            "just_over": (value, value + fifth, True, False),
            "more_than": (value, math.inf, True, False),
            "less_than": (-math.inf, value, False, True),
            "at_least": (value, math.inf, False, False),
            "at_most": (-math.inf, value, False, False),
        }[said]
        return Amount(low, value, high, self.shown(cell), (cell,), open_low, open_high)

    def find(self, cells: Cells, bound: Bound | None = None) -> list[Cell]:
        """List the cells that a rule means, within the row that it is at; the first column stands for whole rows."""
        table = self.table(cells.table)
        conditions = list(cells.where)
        filtered = {condition.column for condition in conditions}
        for column, text in (bound or {}).items():
            if column in table.text.header and column not in filtered:
                conditions.append(Condition(column, "=", (text,)))
        column = cells.column if cells.column is not None else table.text.header[0]
        self._position(table, column)
        candidates = (Cell(cells.table, index, column) for index in range(len(table.text.rows)))
        return [cell for cell in candidates if all(self._holds(cell, condition) for condition in conditions)]

    def _holds(self, cell: Cell, condition: Condition) -> bool:
        text = self.text(Cell(cell.table, cell.at, condition.column))
        if condition.is_ == "=":
            return text in condition.values
        if condition.is_ == "!=":
            return text not in condition.values
        if not text:
            return False
        value, limit = number(text), float(condition.values[0])
        if isinstance(value, str):
            table = self.table(cell.table)
            todo = "Compare only columns of numbers."
            raise BadInput(
                Problem(value, "a figure", todo, table.text.file, table.text.lines[cell.at], condition.column)
            )
        value = abs(value) if condition.sized else value
        return value > limit if condition.is_ == ">" else value < limit

    def groups(self, each: Each, *cells: Cells) -> Iterator[Bound]:
        """Go through what a rule is repeated for, in printed order; once, if it is not repeated."""
        if not each:
            yield {}
            return
        synonyms, *others = each
        holding = [(one.table, name) for one in cells for name in synonyms if name in self.table(one.table).text.header]
        if not holding:
            known = [name for one in cells for name in self.table(one.table).text.header]
            raise UnknownName("no column", synonyms[0], known, file=self.table(cells[0].table).text.file)
        table, column = holding[0]
        rows = range(len(self.table(table).text.rows))
        for text in dict.fromkeys(self.text(Cell(table, index, column)) for index in rows):
            for inner in self.groups(tuple(others), *cells):
                yield {**dict.fromkeys(synonyms, text), **inner}

    # Arithmetic

    def amount(self, source: Expression, bound: Bound | None = None) -> Amount | None:
        """Work an expression out with the range that rounding leaves; `None` where a cell it needs is not printed."""
        if isinstance(source, int | float):
            return Amount(source, source, source, plain(source))
        if isinstance(source, Cells):
            found = self.find(source, bound)
            if len(found) > 1:
                raise BadInput(
                    Problem(
                        f"{len(found)} cells of {source.table}.{source.column}",
                        "one",
                        "Say which with [column=value], or take their sum, min, max or rows.",
                        self.table(source.table).text.file,
                    )
                )
            return self.figure(found[0]) if found else None
        if isinstance(source, Taken):
            return self._taken(source, bound)
        parts = [self.amount(one, bound) for one in source.of]
        known = [part for part in parts if part is not None]
        return _worked_out(source, known) if len(known) == len(parts) else None

    def _taken(self, source: Taken, bound: Bound | None) -> Amount | None:
        found = self.find(source.cells, bound)
        if source.how == "rows":
            words = f"the {len(found)} rows of {source.cells.table.replace('_', ' ')}"
            return Amount(len(found), len(found), len(found), words)
        figures = [figure for cell in found if (figure := self.figure(cell)) is not None]
        if not figures:
            return None
        if source.how == "sum":
            return total(figures)
        chosen = (min if source.how == "min" else max)(figures, key=lambda figure: figure.value)
        word = "lowest" if source.how == "min" else "highest"
        words = f"the {word} is {chosen.words} ({self.named(chosen.cells[0])})"
        return Amount(chosen.low, chosen.value, chosen.high, words, chosen.cells)

    # Persons behind percentages

    def sizes(self, base: Base, cell: Cell | None = None) -> tuple[int, ...]:
        """List how many persons a group can have; empty where its own figure stands for no whole number of persons."""
        if isinstance(base, int):
            return (base,)
        if isinstance(base, Cells):
            amount = self.amount(base)
            return () if amount is None else (round(amount.value),)
        if isinstance(base, Between):
            return tuple(range(base.low, base.high + 1))
        if isinstance(base, Portion):
            found = self.find(base.figure)
            return tuple(sorted({k for n in self.sizes(base.of) for one in found for k in self.persons(one, n)}))
        if isinstance(base, Rest):
            sizes = set(self.sizes(base.of))
            for other in base.without:
                sizes = {n - k for n in sizes for k in self.sizes(other) if n - k >= 0}
            return tuple(sorted(sizes))
        if cell is None:
            raise BadInput(Problem("a group named by a column", "one row that names it", "Give that base by name."))
        return self.sizes(self._named_base(base, cell), cell)

    def made_of(self, base: Base, cell: Cell) -> str:
        """Say in brackets where a group size comes from; nothing where it is printed."""
        if isinstance(base, NamedBy):
            return self.made_of(self._named_base(base, cell), cell)
        if isinstance(base, Portion):
            figure, whole = self.amount(base.figure), self.sizes(base.of)
            return f" ({figure.words if figure else ''} % of {whole[0]})"
        if isinstance(base, Rest):
            sizes = [self.sizes(one)[0] for one in (base.of, *base.without)]
            return f" ({' − '.join(str(size) for size in sizes)})"
        return f" (of {base.low} to {base.high} what fits best)" if isinstance(base, Between) else ""

    def _named_base(self, base: NamedBy, cell: Cell) -> Base:
        said = " ".join(self.text(Cell(cell.table, cell.at, column)) for column in base.columns)
        known = dict(base.bases)
        if said not in known:
            raise UnknownName("the group", said, known, file=self.table(cell.table).text.file)
        return known[said]

    def persons(self, cell: Cell, n: int) -> tuple[int, ...]:
        """List the whole numbers of `n` persons that can be printed as the percentage in `cell`."""
        figure = self.figure(cell)
        if figure is None or not (0 <= figure.value <= 100) or n <= 0:
            return ()
        if self.qualifier(cell) == "exact":
            return possible_counts(figure.value, n, printed_decimals(self.text(cell)))
        shares = ((k, 100 * k / n) for k in range(n + 1))
        return tuple(k for k, share in shares if figure.meets(Amount(share, share, share, "")))


def _roughly(text: str, value: float) -> float:
    digits = text.lstrip("-").rstrip("0") if "." not in text else text.lstrip("-")
    unit = 10.0 ** (len(text.lstrip("-")) - len(digits)) if "." not in text else 10.0 ** -printed_decimals(text)
    return max(unit / 2, abs(value) / 20)


def total(figures: Sequence[Amount]) -> Amount:
    """Add figures, and what rounding leaves of each."""
    if len(figures) == 1:
        return figures[0]
    listed = " + ".join(figure.words for figure in figures)
    value = math.fsum(figure.value for figure in figures)
    words = f"{listed} = {plain(value)}" if len(figures) <= 8 else f"the sum {plain(value)} of {len(figures)} figures"
    return Amount(
        math.fsum(figure.low for figure in figures),
        value,
        math.fsum(figure.high for figure in figures),
        words,
        tuple(cell for figure in figures for cell in figure.cells),
    )


def _worked_out(source: Formula, parts: Sequence[Amount]) -> Amount | None:
    first, *others = parts
    if source.how == "plus":
        return total(parts)
    if source.how in ("over", "percent") and any(other.low <= 0 <= other.high for other in others):
        return None
    low, value, high, words = first.low, first.value, first.high, first.words
    for other in others:
        if source.how == "minus":
            low, value, high = low - other.high, value - other.value, high - other.low
        else:
            turned = _turned(other) if source.how in ("over", "percent") else (other.low, other.value, other.high)
            corners = [a * b for a in (low, high) for b in (turned[0], turned[2])]
            low, value, high = min(corners), value * turned[1], max(corners)
        words = f"{_bracketed(words)} {_SIGNS[source.how]} {_bracketed(other.words)}"
    if source.how == "percent":
        low, value, high, words = 100 * low, 100 * value, 100 * high, f"100 × {words}"
    return Amount(low, value, high, f"{words} = {plain(value)}", tuple(cell for part in parts for cell in part.cells))


_SIGNS = {"minus": "−", "times": "×", "over": "/", "percent": "/"}


def _turned(divisor: Amount) -> tuple[float, float, float]:
    return 1 / divisor.high, 1 / divisor.value, 1 / divisor.low


def _bracketed(words: str) -> str:
    arithmetic = words.partition(" = ")[0]
    return f"({arithmetic})" if " = " in words else words


def plain(value: float, decimals: int = 2) -> str:
    """Write a figure with at most so many decimals and no superfluous zeros."""
    text = f"{round_half_up(value, decimals):.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
