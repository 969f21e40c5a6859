"""Whom the figures are about: rows used, arrivals, and who is missing from the count."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fodfaeste import measure
from fodfaeste.measure import Result
from fodfaeste.measure.bounds import BoundsResult, Breakdown
from fodfaeste.report.document import Block, Cell, Table, Text
from fodfaeste.report.register.shared import base, columns, kind_name, kinds_by_size, listing
from fodfaeste.report.register.tables import RegisterTables
from fodfaeste.report.words import Words


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Who arrived, by kind of municipality, and what the missing could change.

    `rows` is empty in the edition to be published: rows counted whole would tell what hidden counts add up to.
    `breakdown` is that of the two kinds with most arrivals; empty where there is only one.
    """

    rows: pl.DataFrame | None
    by_kind: pl.DataFrame
    bounds: BoundsResult
    pair: tuple[str, str] | None
    breakdown: Breakdown | None

    @property
    def results(self) -> tuple[Result, ...]:
        """What was computed, for the list of methods."""
        return (self.bounds,)


def find(tables: RegisterTables) -> Arrivals:
    """Count arrivals by kind, and bound the share that moved."""
    by_kind = tables.status_by("kind")
    shown = by_kind.drop_nulls(["moved", "known", "missing"]).filter(pl.col("known") > 0)
    bounds = measure.bounds(shown, events="moved", known="known", missing="missing", unit="kind")
    largest = kinds_by_size(shown)
    pair = (largest[0], largest[1]) if len(largest) > 1 else None
    return Arrivals(
        None if tables.published else tables.rows, by_kind, bounds, pair, bounds.breakdown(*pair) if pair else None
    )


def tell(found: Arrivals, w: Words) -> tuple[Block, ...]:
    """Show the rows and the arrivals."""
    blocks: list[Block] = [Text(w("arrivals.rows")), *_rows(found, w), _arrivals(found, w)]
    if found.breakdown is not None:
        blocks.append(Text(order(found, w)))
    return tuple(blocks)


def _rows(found: Arrivals, w: Words) -> tuple[Block, ...]:
    if found.rows is None:
        return (Text(w("arrivals.rows_left_out")),)
    heads = columns(w, "table", ("rows_in", "count"), ("rows_used", "count"), ("rows_listed", "count"))
    rows = tuple(found.rows.select("table", "rows_in", "rows_used", "rows_listed").iter_rows())
    base_of_rows = w("arrivals.rows_base", n=w.count(float(found.rows["rows_in"].sum())))
    return (Table("rows", w("arrivals.rows_title"), heads, rows, base_of_rows),)


def order(found: Arrivals, w: Words) -> str:
    """Say whether the order of the two largest kinds survives the missing; nothing where there is one kind."""
    if found.breakdown is None or found.pair is None:
        return ""
    key = "arrivals.order_holds" if found.breakdown.identified else "arrivals.order_open"
    first, second = (kind_name(kind, w) for kind in found.pair)
    missing = dict(found.bounds.table.select("unit", "missing_share").iter_rows())
    missed = listing((w.percent(missing[kind]) for kind in found.pair), w)
    shares = {"breakdown": w.percent(found.breakdown.breakdown_share), "missing": missed}
    return w(key, first=first, second=second, **shares)


def _arrivals(found: Arrivals, w: Words) -> Table:
    limits = {row["unit"]: row for row in found.bounds.table.iter_rows(named=True)}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            kind_name(row["kind"], w),
            *(row[name] for name in ("arrived", "known", "stayed", "moved", "missing")),
            *_bounded(limits.get(row["kind"])),
        )
        for row in found.by_kind.iter_rows(named=True)
    )
    return Table(
        "arrivals",
        w("arrivals.title", missing=w.percent(float(found.bounds.summary["missing_share"]))),
        columns(
            w,
            "kind",
            *((name, "count") for name in ("arrived", "known", "stayed", "moved", "missing")),
            ("missing_share", "percent"),
            ("rate", "percent"),
            ("bounds", "percent_interval"),
        ),
        rows,
        base(float(found.by_kind["arrived"].sum()), w),
        w("arrivals.note"),
    )


def _bounded(row: dict[str, float] | None) -> tuple[Cell, ...]:
    if row is None:
        return None, None, None
    return row["missing_share"], row["rate"], (row["lower_bound"], row["upper_bound"])
