"""When people move: cumulative incidence with competing events, by kind of municipality and by cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from fodfaeste import measure
from fodfaeste.measure import Result
from fodfaeste.measure.histories import Value
from fodfaeste.measure.incidence import Incidence
from fodfaeste.report import charts
from fodfaeste.report.charts import Line
from fodfaeste.report.document import Block, Cell, Figure, Table, Text
from fodfaeste.report.register.publication import OTHER
from fodfaeste.report.register.shared import LEVEL, base, columns, kind_name, said, words
from fodfaeste.report.register.tables import About, RegisterTables
from fodfaeste.report.words import Words

TIMES = (12, 24, 36, 48, 60)
MAIN = 36
_CAUSES: Mapping[Value, str] = {"moved": "moved", "emigrated": "emigrated", "dead": "dead"}
_PUBLISHED_CAUSES: Mapping[Value, str] = {"moved": "moved", OTHER: OTHER}


@dataclass(frozen=True, eq=False)
class Time:
    """Shares that have left by each month.

    Attributes
    ----------
    by_kind : Incidence
        Of the first cohort: those before the residence rule, or all arrivals where there is none.
    gray : Result or None
        Whether the kinds differ; empty where there is only one, or where only intervals are published.
    by_cohort : Incidence or None
        Both cohorts at the same durations; empty where there is one.
    by_unit : Incidence or None
        Every municipality; not published.
    """

    about: About
    cohort: str
    kinds: tuple[str, ...]
    by_kind: Incidence
    gray: Result | None
    by_cohort: Incidence | None
    by_unit: Incidence | None
    published: bool
    n: int

    @property
    def results(self) -> tuple[Result, ...]:
        """What was computed, for the list of methods."""
        found = (self.by_kind, self.gray, self.by_cohort, self.by_unit)
        return tuple(result for result in found if result is not None)


def find(tables: RegisterTables) -> Time | None:
    """Estimate when first moves happen; nothing where no kind's counts are published."""
    moves = tables.moves_by("cohort", "kind").with_columns(pl.col("cohort").fill_null("all"))
    if moves.height == 0:
        return None
    cohorts = moves["cohort"].unique().sort(descending=True).to_list()
    first = "free" if "free" in cohorts else str(cohorts[0])
    mine = moves.filter(pl.col("cohort") == first)
    causes = _PUBLISHED_CAUSES if tables.published else _CAUSES
    kinds = tuple(mine.group_by("kind").agg(pl.col("persons").sum()).sort("persons", descending=True)["kind"])
    return Time(
        tables.about,
        first,
        kinds,
        _incidence(mine, "kind", causes),
        _gray(mine, causes) if len(kinds) > 1 and not tables.published else None,
        _incidence(moves, "cohort", causes) if len(cohorts) > 1 else None,
        None if tables.published else _by_unit(tables, first, causes),
        tables.published,
        int(mine["persons"].sum()),
    )


def _incidence(moves: pl.DataFrame, by: str, causes: Mapping[Value, str]) -> Incidence:
    return measure.cif(moves, "months", "event", by=by, causes=causes, times=TIMES, level=LEVEL, count="persons")


def _gray(moves: pl.DataFrame, causes: Mapping[Value, str]) -> Result:
    return measure.gray_test(moves, "months", "event", "kind", cause="moved", causes=causes, count="persons")


def _by_unit(tables: RegisterTables, cohort: str, causes: Mapping[Value, str]) -> Incidence:
    moves = tables.moves_by("cohort", "unit").with_columns(pl.col("cohort").fill_null("all"))
    return _incidence(moves.filter(pl.col("cohort") == cohort), "unit", causes)


def point(found: Time | None, w: Words) -> str:
    """Say the main point: the share that has moved after three years."""
    if found is None:
        return ""
    at = _at(found.by_kind.table, MAIN)
    shares = [
        w("time.of_kind", kind=kind_name(kind, w), rate=w.percent(at[kind]["rate"]), interval=_interval(at[kind], w))
        for kind in found.kinds[:2]
        if kind in at
    ]
    return w("time.point", month=MAIN, shares="; ".join(shares)) if shares else ""


def tell(found: Time | None, w: Words) -> tuple[Block, ...]:
    """Show curves and tables."""
    if found is None:
        return (Text(w("time.nothing")),)
    blocks: list[Block] = [Text(w("time.intro", cohort=said("cohort", found.cohort, w))), _curves(found, w)]
    blocks.append(_table("kind", found.by_kind, found.n, w))
    if found.by_cohort is not None:
        n = int(found.by_cohort.table.filter(pl.col("unit") == "all")["n"][0])
        blocks += [Text(w("time.cohorts"))]
        blocks.append(_table("cohort", found.by_cohort, n, w))
    if found.by_unit is not None:
        blocks.append(_units(found, found.by_unit, w))
    return tuple(blocks)


def _curves(found: Time, w: Words) -> Figure:
    curve = found.by_kind.curve.filter(pl.col("cause") == "moved", pl.col("time") <= TIMES[-1])
    names = {kind: kind_name(kind, w) for kind in found.kinds}
    shown = curve.filter(pl.col("unit").is_in(list(names)))
    rows = [
        {
            "time": row["time"],
            "rate": row["rate"],
            "lower": row["lower"],
            "upper": row["upper"],
            "group": names[row["unit"]],
        }
        for row in shown.iter_rows(named=True)
        if row["rate"] is not None
    ]
    rule = found.about.rule_months if found.about.rule_from else 0
    mark = Line(rule, w("time.rule_mark", months=rule)) if rule and found.by_cohort is not None else None
    chart = charts.curves(
        rows,
        x_title=words(w.lang)("axis.month"),
        y_title=words(w.lang)("axis.moved"),
        groups=list(names.values())[: len(charts.COLOURS)],
        mark=mark,
        step=not found.published,
    )
    title = w("time.title") if found.gray is None else _gray_title(found.gray, w)
    return Figure("incidence", title, chart, w("time.alt"), base(found.n, w), w("time.note"))


def _gray_title(gray: Result, w: Words) -> str:
    p = float(gray.summary["p_value"])
    return w("time.title_differ" if p < 1 - LEVEL else "time.title_alike", p=w.p_value(p))


def _at(table: pl.DataFrame, month: int) -> dict[str, dict[str, float]]:
    rows = table.filter(pl.col("cause") == "moved", pl.col("time") == month, pl.col("rate").is_not_null())
    return {row["unit"]: row for row in rows.iter_rows(named=True)}


def _interval(row: Mapping[str, float], w: Words) -> str:
    return w.interval(row["lower"], row["upper"]) if row["lower"] is not None else ""


def _table(what: str, result: Incidence, n: int, w: Words) -> Table:
    frame = result.table.filter(pl.col("unit") != "all")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (said(what, row["unit"], w), said("event", row["cause"], w), *_figures(row))
        for row in frame.iter_rows(named=True)
    )
    heads = columns(w, "group", "event", *_HEADS)
    return Table(
        f"incidence_by_{what}", w(f"time.{what}_table"), heads, rows, base(n, w), w("time.table_note"), long=True
    )


_HEADS: Sequence[tuple[str, str] | tuple[str, str, int]] = (
    ("month", "count"),
    ("n", "count"),
    ("events", "count"),
    ("share_left", "percent"),
    ("interval", "percent_interval"),
)


def _figures(row: Mapping[str, float]) -> tuple[Cell, ...]:
    interval = None if row["lower"] is None else (row["lower"], row["upper"])
    return row["time"], row["n"], row["events"], row["rate"], interval


def _units(found: Time, by_unit: Incidence, w: Words) -> Table:
    frame = by_unit.table.filter(pl.col("cause") == "moved", pl.col("time") == MAIN, pl.col("unit") != "all")
    rows: tuple[tuple[Cell, ...], ...] = tuple((row["unit"], *_figures(row)) for row in frame.iter_rows(named=True))
    heads = columns(w, "unit", *_HEADS)
    return Table(
        "incidence_by_municipality", w("time.unit_table", month=MAIN), heads, rows, base(found.n, w), workbook_only=True
    )
