"""Where people went, who they were, and who is missing from the count."""

from __future__ import annotations

from typing import Any

import polars as pl

from fodfaeste.report import charts
from fodfaeste.report.dk2002.conclusions import Conclusion
from fodfaeste.report.dk2002.findings import KINDS, Findings, table
from fodfaeste.report.dk2002.shared import points_interval
from fodfaeste.report.document import Block, Cell, Column, Figure, Table
from fodfaeste.report.words import Words

_DESTINATIONS = {
    "larger_provincial_town": "larger_provincial_town",
    "small_town": "to_small_town",
    "aarhus_odense_aalborg": "aarhus_odense_aalborg",
    "capital_area": "capital_area",
    "rural": "to_rural",
    "same_municipality": "same_municipality",
}


def tell_flows(found: Findings, w: Words) -> tuple[Block, ...]:
    """Show where those who left lived in 2001."""
    frame = found.flows.table
    movers = {kind: _share(frame, kind, "larger_provincial_town", "movers") for kind in KINDS}
    rows = [
        {
            "label": w(f"name.{words}"),
            "group": w(f"name.{kind}_head"),
            **_only(frame, kind, destination, "movers"),
        }
        for destination, words in _DESTINATIONS.items()
        for kind in KINDS
        if destination != "same_municipality"
    ]
    printed = table("moves_matrix").filter(pl.col("origin_kind") == "rural")
    base = w("flows.base", **{kind: w.count(movers[kind]["n"]) for kind in KINDS})
    figure = Figure(
        "flows",
        w("flows.title", **{kind: w.percent(movers[kind]["rate"], 0) for kind in KINDS}),
        charts.dots(
            rows,
            x_title=w("axis.of_movers"),
            estimate=w("mark.rate"),
            groups=[w(f"name.{kind}_head") for kind in KINDS],
            step=13,
            domain=(0.0, 0.6),
        ),
        w("flows.alt"),
        base,
        w(
            "flows.note",
            printed=w.count(int(printed.filter(pl.col("row_role") == "total")["persons"].sum())),
            parts=w.count(int(printed.filter(pl.col("row_role") == "part")["persons"].sum())),
        ),
    )
    columns = (
        Column(w("col.from_kind")),
        Column(w("col.destination")),
        Column(w("col.people"), "count"),
        Column(w("col.of_arrivals"), "percent"),
        Column(w("col.interval"), "percent_interval"),
        Column(w("col.of_movers"), "percent"),
        Column(w("col.interval"), "percent_interval"),
    )
    cells: list[tuple[Cell, ...]] = []
    for kind in KINDS:
        for destination, words in _DESTINATIONS.items():
            arrivals = _share(frame, kind, destination, "arrivals")
            left = _share(frame, kind, destination, "movers") if destination != "same_municipality" else None
            cells.append(
                (
                    w(f"name.{kind}_head"),
                    w(f"name.{words}"),
                    arrivals["events"],
                    arrivals["rate"],
                    (arrivals["lower"], arrivals["upper"]),
                    left["rate"] if left else None,
                    (left["lower"], left["upper"]) if left else None,
                )
            )
    return figure, Table("flows_table", w("flows.table_title"), columns, tuple(cells), base)


def _share(frame: pl.DataFrame, origin: str, destination: str, denominator: str) -> dict[str, float]:
    return frame.filter(
        pl.col("origin") == origin, pl.col("destination") == destination, pl.col("denominator") == denominator
    ).row(0, named=True)


def _only(frame: pl.DataFrame, origin: str, destination: str, denominator: str) -> dict[str, float]:
    row = _share(frame, origin, destination, denominator)
    return {name: row[name] for name in ("rate", "lower", "upper")}


def tell_who(found: Findings, w: Words) -> tuple[Block, ...]:
    """Show the share moved away by citizenship, and what the mix accounts for."""
    by_rate = found.nationality["rural"].table.sort("rate")["unit"].to_list()
    measured = {
        kind: {row["unit"]: row for row in found.nationality[kind].table.iter_rows(named=True)} for kind in KINDS
    }
    rows = [
        {
            "label": w(f"name.{nationality}"),
            "group": w(f"name.{kind}_head"),
            **{name: measured[kind][nationality][name] for name in ("rate", "lower", "upper")},
        }
        for nationality in by_rate
        for kind in KINDS
    ]
    summary = found.composition.summary
    base = w("who.base", **{kind: w.count(sum(row["n"] for row in measured[kind].values())) for kind in KINDS})
    figure = Figure(
        "nationality",
        w(
            "who.title",
            composition=w.number(100 * summary["composition"]),
            difference=w.number(100 * summary["difference"]),
        ),
        charts.dots(
            rows,
            x_title=w("axis.moved"),
            estimate=w("mark.rate"),
            groups=[w(f"name.{kind}_head") for kind in KINDS],
            step=13,
        ),
        w("who.alt"),
        base,
        w("who.note"),
    )
    columns = (
        Column(w("col.nationality")),
        Column(w("col.kind")),
        Column(w("col.people"), "count"),
        Column(w("col.moved"), "count"),
        Column(w("col.moved_share"), "percent"),
        Column(w("col.interval"), "percent_interval", 0),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (w(f"name.{unit}"), w(f"name.{kind}_head"), row["n"], row["events"], row["rate"], (row["lower"], row["upper"]))
        for unit in by_rate
        for kind in KINDS
        for row in (measured[kind][unit],)
    )
    return (
        figure,
        Table("nationality_table", w("who.table_title"), columns, cells, base, long=True),
        _parts(found, base, w),
    )


def _parts(found: Findings, base: str, w: Words) -> Table:
    names = {"composition": "composition", "rates": "level", "a minus b": "total"}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (w(f"who.{names[row['unit']]}"), 100 * row["estimate"], points_interval(row["lower"], row["upper"], w))
        for row in found.composition.parts.iter_rows(named=True)
        if row["fold"] != "three-fold"
    )
    columns = (Column(w("col.part")), Column(w("col.points"), "number"), Column(w("col.points_interval")))
    return Table("composition", w("who.parts_title"), columns, rows, base, w("who.parts_note"))


def tell_missing(found: Findings, kinds: Conclusion, w: Words) -> tuple[Block, ...]:
    """Show how far the missing could move each rate."""
    base = w("missing.base", **{kind: w.count(found.retention[kind].total_n) for kind in KINDS})
    rows: list[dict[str, Any]] = []
    cells: list[tuple[Cell, ...]] = []
    for kind in KINDS:
        head = w(f"name.{kind}_head")
        rate = found.retention[kind].average
        rows.append({"label": w("missing.known_only", kind=head), "rate": rate, "lower": rate, "upper": rate})
        for share, bounds in found.missing.items():
            row = bounds.table.filter(pl.col("unit") == kind).row(0, named=True)
            label = w("missing.with_missing", kind=head, share=w.percent(share, 0))
            rows.append({"label": label, "rate": rate, "lower": row["lower_bound"], "upper": row["upper_bound"]})
            limits = (row["lower_bound"], row["upper_bound"]), (row["lower"], row["upper"])
            cells.append((head, share, found.retention[kind].total_n, rate, *limits))
    figures = kinds.figures
    figure = Figure(
        "missing",
        w(
            "missing.title",
            breakdown=w.percent(figures["breakdown"]),
            missing=w.interval(figures["missing_low"], figures["missing_high"], 0),
        ),
        charts.dots(rows, x_title=w("axis.moved"), estimate=w("missing.mark"), step=26),
        w("missing.alt"),
        base,
        w("missing.note"),
    )
    columns = (
        Column(w("col.kind")),
        Column(w("col.missing"), "percent", 0),
        Column(w("col.people"), "count"),
        Column(w("col.moved_share"), "percent"),
        Column(w("col.bounds"), "percent_interval"),
        Column(w("col.bounds_interval"), "percent_interval"),
    )
    return figure, Table("missing_table", w("missing.table_title"), columns, tuple(cells), base)
