"""What has to be true of printed tables: the rules as frozen data, apart from who reads and who applies them.

`data.roles` reads them from a datapackage.json, `measure.printed` applies them. Each rule speaks of columns or cells,
never of a known error, and runs over every row that it reaches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from fodfaeste.tables import TextTable


@dataclass(frozen=True, eq=False)
class PrintedTable:
    """A table as printed (`text`) and typed (`frame`), row by row the same.

    `label` are the columns that name a row, `qualifier` the column that says how a figure is meant (exact, about,
    almost, just_over, more_than, less_than, at_least, at_most), `running_text` whether it was gathered from sentences.
    """

    name: str
    text: TextTable
    frame: pl.DataFrame
    label: tuple[str, ...]
    qualifier: str | None = None
    running_text: bool = False


# Which cells


@dataclass(frozen=True)
class Where:
    """A condition on the printed cell of `column`; `sized` compares without the sign."""

    column: str
    is_: Literal["=", "!=", ">", "<"]
    values: tuple[str, ...]
    sized: bool = False


@dataclass(frozen=True)
class Cells:
    """The cells of `column` in the rows that fulfil every condition; without a column, the rows themselves."""

    table: str
    column: str | None
    where: tuple[Where, ...] = ()


@dataclass(frozen=True)
class Taken:
    """One figure of several cells: their sum, smallest, largest, or how many rows they are."""

    how: Literal["sum", "min", "max", "rows"]
    cells: Cells


@dataclass(frozen=True)
class Formula:
    """Arithmetic: plus and times of several, minus, over and percent (100 a / b) of two."""

    how: Literal["plus", "minus", "times", "over", "percent"]
    of: tuple[Expression, ...]


Expression = float | Cells | Taken | Formula
"""A number, one cell, or what is made of them."""

Each = tuple[tuple[str, ...], ...]
"""What a rule is repeated for: column names, several where tables name the same thing differently."""


# How many persons stand behind a percentage


@dataclass(frozen=True)
class Between:
    """Not known, but from `low` to `high`: the sizes that the most figures of the block fit."""

    low: int
    high: int


@dataclass(frozen=True)
class Portion:
    """As many persons as a printed percentage of another group can be."""

    figure: Cells
    of: Base


@dataclass(frozen=True)
class Rest:
    """Those of a group who are in none of the others."""

    of: Base
    without: tuple[Base, ...]


@dataclass(frozen=True)
class NamedBy:
    """Each row says in `columns` (their words joined by spaces) whose percentage it is."""

    columns: tuple[str, ...]
    bases: tuple[tuple[str, Base], ...]


Base = int | Cells | Between | Portion | Rest | NamedBy
"""The number of persons that a percentage is taken of."""


# Rules


@dataclass(frozen=True)
class Rate:
    """A percentage follows from the counts beside it: 100 * sum of `events` / sum of `of`."""

    figure: Cells
    events: tuple[str, ...]
    of: tuple[str, ...]
    name = "rate"


@dataclass(frozen=True)
class Parts:
    """Parts add to the printed total of their group, and `share` is each one's percentage of it."""

    figure: Cells
    total: tuple[Where, ...]
    within: tuple[str, ...] = ()
    share: str | None = None
    name = "parts"


@dataclass(frozen=True)
class Hundred:
    """Percentages add to 100; where some may have answered neither, they may also stay below."""

    figures: tuple[Cells, ...]
    each: Each = ()
    rest: bool = False
    name = "hundred"


@dataclass(frozen=True)
class WholePersons:
    """A whole number of persons stands behind a percentage."""

    figure: Cells
    base: Base
    name = "whole_persons"


@dataclass(frozen=True)
class Follows:
    """A figure follows from others, or is printed a second time; so may the sum (or number) of the rows of a list."""

    figure: Cells | Taken
    source: Expression
    each: Each = ()
    name = "follows"


@dataclass(frozen=True)
class BetweenGroups:
    """The percentage of all lies between those of its groups."""

    figure: Cells
    groups: Cells
    each: Each = ()
    name = "between_groups"


@dataclass(frozen=True)
class WeightedGroups:
    """The persons behind a percentage are those of its groups together."""

    figure: Cells
    base: Base
    groups: tuple[tuple[Cells, Base], ...]
    name = "weighted_groups"


@dataclass(frozen=True)
class Order:
    """Rows printed by size, in the order of the file, really are."""

    figure: Cells
    falling: bool
    each: Each = ()
    name = "order"


Check = Rate | Parts | Hundred | WholePersons | Follows | BetweenGroups | WeightedGroups | Order
