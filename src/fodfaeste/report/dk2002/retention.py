"""Who kept people: league tables and funnels of the municipalities listed."""

from __future__ import annotations

from fodfaeste.report import charts
from fodfaeste.report.charts import Line
from fodfaeste.report.dk2002.findings import KINDS, Findings, Retention
from fodfaeste.report.dk2002.shared import funnel_chart
from fodfaeste.report.document import Block, Cell, Column, Figure, Table, Text
from fodfaeste.report.words import Words


def tell(found: Findings, w: Words) -> tuple[Block, ...]:
    """Show the municipalities listed as best and worst, and what of the order is sure."""
    blocks: list[Block] = [Text(w("retention.intro"))]
    for kind in KINDS:
        blocks += _league(found.retention[kind], w)
    blocks += [_retention_funnel(found.retention[kind], w) for kind in KINDS]
    return tuple(blocks)


def _league(measured: Retention, w: Words) -> list[Block]:
    kind, listed = measured.kind, measured.listed
    head = w(f"name.{kind}_head")
    base = w("retention.base", n=w.count(int(listed["n"].sum())), total=w.count(measured.total_n))
    average = w.percent(measured.average)
    rows = [
        {
            "label": f"{row['printed_rank']}  {row['unit']}",
            "rate": row["shrunk"],
            "lower": row["shrunk_lower"],
            "upper": row["shrunk_upper"],
            "printed": row["printed_rate"],
        }
        for row in listed.iter_rows(named=True)
    ]
    chart = charts.dots(
        rows,
        x_title=w("axis.moved"),
        estimate=w("mark.estimate"),
        printed=w("mark.printed"),
        line=Line(measured.average, w("mark.average", value=average)),
        step=16,
    )
    figure = Figure(
        f"retention_{kind}",
        w("retention.chart_title", head=head, told=measured.told_apart("top")),
        chart,
        w("retention.chart_alt", average=average),
        base,
    )
    columns = (
        Column(w("col.municipality")),
        Column(w("col.printed_rank"), "count"),
        Column(w("col.arrived"), "count"),
        Column(w("col.moved"), "count"),
        Column(w("col.moved_share"), "percent"),
        Column(w("col.interval"), "percent_interval", 0),
        Column(w("col.shrunken"), "percent"),
        Column(w("col.shrunken_interval"), "percent_interval", 0),
        Column(w("col.rank_interval"), "rank_interval"),
        Column(w("col.told_apart")),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row["unit"],
            row["printed_rank"],
            row["n"],
            row["events"],
            row["rate"],
            (row["lower"], row["upper"]),
            row["shrunk"],
            (row["shrunk_lower"], row["shrunk_upper"]),
            (row["rank_lower"], row["rank_upper"]),
            w("mark.told_apart" if row["told_apart"] else "mark.not_told_apart"),
        )
        for row in listed.iter_rows(named=True)
    )
    title = w("retention.table_title", head=head)
    return [figure, Table(f"league_{kind}", title, columns, cells, base, w("retention.note"))]


def _retention_funnel(measured: Retention, w: Words) -> Figure:
    funnel = measured.funnel
    average = w.percent(measured.average)
    outside = int((funnel.table["flag"] != "inside").sum())
    return Figure(
        f"funnel_{measured.kind}",
        w("retention.funnel_title", head=w(f"name.{measured.kind}_head"), outside=outside),
        funnel_chart(funnel, w, w("axis.arrivals_log"), w("axis.moved")),
        w("retention.funnel_alt", average=average),
        w("retention.base", n=w.count(int(measured.listed["n"].sum())), total=w.count(measured.total_n)),
        w("retention.funnel_note", phi=w.number(funnel.phi, 0)),
    )
