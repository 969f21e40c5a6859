"""Who stays: the share moved away by kind of municipality and by group of persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from fodfaeste import measure
from fodfaeste.measure import Result
from fodfaeste.measure.multiplicity import holm
from fodfaeste.report import charts
from fodfaeste.report.charts import Line
from fodfaeste.report.document import Block, Cell, Figure, Table, Text
from fodfaeste.report.register.shared import (
    LEVEL,
    base,
    columns,
    day,
    group_name,
    kind_name,
    kinds_by_size,
    points,
    words,
)
from fodfaeste.report.register.tables import PERSON, About, RegisterTables
from fodfaeste.report.words import Words

GROUPS = (*PERSON, "arrival_year")
TOLD = 0.05


@dataclass(frozen=True, eq=False)
class Retention:
    """Shares moved away.

    Attributes
    ----------
    by_kind : Result
        One row a kind.
    pair : tuple of str or None
        The two kinds with most arrivals, the one with the higher rate first, `difference` between them.
    groups : polars.DataFrame
        dimension, group, n, events, rate, lower, upper, p_holm (against everybody else).
    """

    about: About
    by_kind: Result
    pair: tuple[str, str] | None
    difference: Result | None
    groups: pl.DataFrame
    average: float
    n: int

    @property
    def results(self) -> tuple[Result, ...]:
        """What was computed, for the list of methods."""
        return (self.by_kind, *((self.difference,) if self.difference else ()))


def find(tables: RegisterTables) -> Retention:
    """Measure who had moved away at the reference day."""
    by_kind = tables.status_by("kind").drop_nulls(["moved", "known"])
    rates = measure.proportion(by_kind, "moved", "known", "kind", level=LEVEL)
    largest = set(kinds_by_size(by_kind)[:2])
    order = [kind for kind in rates.table.sort("rate", descending=True)["unit"] if kind in largest]
    pair = (order[0], order[1]) if len(order) > 1 else None
    moved, known = int(by_kind["moved"].sum()), int(by_kind["known"].sum())
    groups = _groups(tables, moved, known)
    return Retention(tables.about, rates, pair, _difference(by_kind, pair), groups, moved / known, known)


def _difference(by_kind: pl.DataFrame, pair: tuple[str, str] | None) -> Result | None:
    if pair is None:
        return None
    counted = [by_kind.filter(pl.col("kind") == kind).row(0, named=True) for kind in pair]
    return measure.two_proportions(*(int(row[name]) for row in counted for name in ("moved", "known")), level=LEVEL)


def _groups(tables: RegisterTables, moved: int, known: int) -> pl.DataFrame:
    frames = []
    for dimension in GROUPS:
        counted = tables.status_by(dimension).drop_nulls(["moved", "known"]).filter(pl.col("known") > 0)
        counted = counted.with_columns(group=pl.col(dimension).cast(pl.String), dimension=pl.lit(dimension))
        if counted.height:
            frames.append(_compared(counted, moved, known))
    if not frames:
        return pl.DataFrame(schema={"dimension": pl.String, "group": pl.String, "p_holm": pl.Float64})
    frame = pl.concat(frames)
    return frame.with_columns(p_holm=pl.Series(holm(frame["p_value"].to_numpy())))


def _compared(counted: pl.DataFrame, moved: int, known: int) -> pl.DataFrame:
    """Give each group's rate, and the test against everybody who is not in it."""
    rates = measure.proportion(counted, "moved", "known", "group", level=LEVEL).table
    tests = [
        1.0 if n == known else _p_value(events, n, moved - events, known - n)
        for events, n in rates.select("events", "n").iter_rows()
    ]
    return rates.select(
        pl.lit(counted["dimension"][0]).alias("dimension"),
        pl.col("unit").alias("group"),
        *("n", "events", "rate", "lower", "upper"),
        p_value=pl.Series(tests, dtype=pl.Float64),
    )


def _p_value(x1: int, n1: int, x2: int, n2: int) -> float:
    return float(measure.two_proportions(x1, n1, x2, n2, level=LEVEL).summary["fisher_p"])


def point(found: Retention, order: str, w: Words) -> str:
    """Say the main point: the difference between the two largest kinds."""
    if found.pair is None or found.difference is None:
        return ""
    first, second = found.pair
    told: Mapping[str, float] = found.difference.summary
    return w(
        "retention.point",
        first=kind_name(first, w),
        second=kind_name(second, w),
        first_rate=w.percent(told["rate1"]),
        second_rate=w.percent(told["rate2"]),
        difference=w.number(100 * told["difference"]),
        interval=points(told["difference_lower"], told["difference_upper"], w),
        order=order,
    )


def tell(found: Retention, w: Words) -> tuple[Block, ...]:
    """Show the kinds and the groups."""
    return (
        Text(w("retention.intro", day=day(found.about.reference_day, w.lang))),
        _kinds(found, w),
        *((_group_chart(found, w), _group_table(found, w)) if found.groups.height else ()),
    )


def _kinds(found: Retention, w: Words) -> Figure:
    rows = [{**row, "label": kind_name(row["unit"], w)} for row in found.by_kind.table.iter_rows(named=True)]
    line = Line(found.average, words(w.lang)("mark.average", value=w.percent(found.average)))
    chart = charts.dots(rows, x_title=w("axis.moved"), estimate=w("mark.estimate"), line=line, step=30)
    return Figure("moved_by_kind", w("retention.kind_title"), chart, w("retention.kind_alt"), base(found.n, w))


def _group_chart(found: Retention, w: Words) -> Figure:
    limits = ("rate", "lower", "upper")
    rows = [{"label": _label(row, w)} | {k: row[k] for k in limits} for row in found.groups.iter_rows(named=True)]
    average = w.percent(found.average)
    chart = charts.dots(
        rows,
        x_title=w("axis.moved"),
        estimate=w("mark.estimate"),
        line=Line(found.average, w("mark.average", value=average)),
        step=18,
    )
    told = int((found.groups["p_holm"] < TOLD).sum())
    title = w("retention.group_title", told=told, groups=found.groups.height)
    alt = w("retention.group_alt", average=average)
    return Figure("moved_by_group", title, chart, alt, base(found.n, w), w("retention.group_note"))


def _label(row: Mapping[str, object], w: Words) -> str:
    name = group_name(str(row["dimension"]), row["group"], w)
    return name if row["dimension"] != "arrival_year" else f"{w('dimension.arrival_year')} {name}"


def _group_table(found: Retention, w: Words) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            group_name(row["dimension"], row["group"], w),
            w(f"dimension.{row['dimension']}"),
            row["n"],
            row["events"],
            row["rate"],
            (row["lower"], row["upper"]),
            row["p_holm"],
        )
        for row in found.groups.iter_rows(named=True)
    )
    heads = columns(
        w,
        "group",
        "dimension",
        ("known", "count"),
        ("moved", "count"),
        ("rate", "percent"),
        ("interval", "percent_interval"),
        ("p_holm", "p_value"),
    )
    return Table("moved_by_group", w("retention.group_table"), heads, rows, base(found.n, w), long=True)
