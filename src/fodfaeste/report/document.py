"""What a report consists of, before it is a page, a PDF or a workbook.

A `Document` holds raw figures and finished sentences. The renderers (`html`, `pdf`, `xlsx`) decide how it looks and
nothing else, so the three always say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import altair as alt

Chart = alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart | alt.VConcatChart

Kind = Literal["text", "count", "percent", "number", "p_value", "percent_interval", "rank_interval"]
"""How a cell is written. Per cent are held as shares of 1, intervals as (lower, upper)."""

Cell = str | float | int | tuple[float, float] | None


@dataclass(frozen=True)
class Column:
    """A table's column: what stands above it, and how its cells are written."""

    label: str
    kind: Kind = "text"
    decimals: int = 1


@dataclass(frozen=True)
class Table:
    """A table; `name` is stable and becomes the file's and the sheet's name.

    `base` says from how many people. The first column names the row. A `long` table is folded on the page, a
    `workbook_only` one stands in the workbook alone.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    base: str
    note: str = ""
    long: bool = False
    workbook_only: bool = False


@dataclass(frozen=True, eq=False)
class Figure:
    """A chart whose title says the finding.

    `alt` describes it for who cannot see it, `base` says from how many people.
    """

    name: str
    title: str
    chart: Chart
    alt: str
    base: str
    note: str = ""


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Points:
    """A list of short statements, each with a mark that says how sure it is."""

    items: tuple[str, ...]


Block = Table | Figure | Text | Points


@dataclass(frozen=True, eq=False)
class Section:
    """A heading and what stands under it."""

    anchor: str
    heading: str
    blocks: tuple[Block, ...]

    @property
    def printed(self) -> tuple[Block, ...]:
        """What stands on the page and in the PDF."""
        return tuple(block for block in self.blocks if not (isinstance(block, Table) and block.workbook_only))


@dataclass(frozen=True, eq=False)
class Document:
    """A report in one language."""

    lang: Literal["da", "en"]
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    colophon: tuple[str, ...] = field(default=())

    def tables(self) -> Iterator[Table]:
        """Go through every table, in order."""
        yield from (block for section in self.sections for block in section.blocks if isinstance(block, Table))

    def figures(self) -> Iterator[Figure]:
        """Go through every chart, in order."""
        yield from (block for section in self.sections for block in section.blocks if isinstance(block, Figure))
