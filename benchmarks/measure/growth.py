"""How our cost grows with the rows, from ten thousand to ten million: figures, and the chart of the documentation."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import altair as alt
from rich.console import Console

from benchmarks import told
from benchmarks.measure import association, casemix, release, survival
from benchmarks.people import people
from benchmarks.timing import Peer, Timing, alone
from fodfaeste.report.document import Chart, Figure
from fodfaeste.report.render import svg

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
CHART = Path(__file__).parents[2] / "docs" / "assets" / "measure-growth.svg"
# Okabe and Ito: told apart by all eyes.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9")

CURVES: Mapping[str, tuple[Callable[..., object], Callable[[int], Path]]] = {
    "gamma, 275 x 50 cells": (association.ours, association.ranks),
    "gamma, continuous pairs": (association.ours, association.pairs),
    "cumulative incidence by municipality": (survival.cif_by_municipality, people),
    "Fine-Gray": (survival.our_finegray, people),
    "case mix with all results": (casemix.ours, people),
    "release test, 1,000 bootstraps": (release.ours, people),
}


def run(results: Path) -> None:
    """Measure every curve, and write `growth.json`, `growth.md` and the chart."""
    points = []
    before = os.getloadavg()[0]
    with Console(stderr=True).status("") as status:
        for rows in SIZES:
            for name, (call, data) in CURVES.items():
                status.update(f"{name}, {rows:,} rows")
                points.append((name, rows, alone(name, call, data(rows))))
    write(points, told.machine((before, os.getloadavg()[0])), results)


def write(points: Sequence[tuple[str, int, Peer]], where: dict[str, Any], results: Path) -> None:
    """Write figures and chart; what could not be run stands in the table with its reason."""
    figures = [{"curve": name, "rows": rows, **asdict(point)} for name, rows, point in points]
    text = json.dumps({"machine": where, "points": figures}, ensure_ascii=False, indent=2)
    (results / "growth.json").write_text(f"{text}\n", encoding="utf-8")
    (results / "growth.md").write_text(table(points, where), encoding="utf-8")
    measured = [
        {"curve": name, "rows": rows, "cpu": round(point.cpu, 5)}
        for name, rows, point in points
        if isinstance(point, Timing) and not point.stopped
    ]
    title = "How the cost of a measure grows with the rows of a register"
    note = "Warm calls that read Parquet; figures in benchmarks/results/growth.md."
    figure = Figure("measure-growth", title, chart(measured), described(points), note)
    CHART.write_text(svg(figure, "en") + "\n", encoding="utf-8")


def table(points: Sequence[tuple[str, int, Peer]], where: dict[str, Any]) -> str:
    """Lay out seconds, processor seconds and memory, a row a curve and size."""
    header = ("what", "rows", "seconds", "CPU s", "MiB", "CPU ns a row")
    body = []
    for name, rows, point in points:
        if isinstance(point, Timing):
            per_row = f"{point.cpu / rows * 1e9:,.0f}"
            figures = (f"{point.seconds:.3g}", f"{point.cpu:.3g}", f"{point.mib or 0:,.0f}", per_row)
        else:
            figures = ("-", "-", "-", point.why)
        body.append((name, f"{rows:,}", *figures))
    says = (
        "Warm calls in a process of their own, reading Parquet included; medians of three runs or more, of one where "
        "it takes 8 s. MiB is the most that the process held, libraries included. Run by "
        "`python -m benchmarks growth`. "
        f"{told.told_load(where)}"
    )
    return f"{says}\n\n{told.markdown(header, body)}\n"


def chart(values: Sequence[Mapping[str, Any]]) -> Chart:
    """Draw processor seconds against rows, which other work on the machine changes little; a slope of 1 is dashed."""
    names = alt.Scale(domain=list(CURVES), range=list(COLOURS))
    x = alt.X("rows:Q", title="rows", scale=alt.Scale(type="log"), axis=alt.Axis(format="~s", values=list(SIZES)))
    ticks = alt.Axis(values=[0.01, 0.1, 1, 10, 100], format="~g")
    y = alt.Y("cpu:Q", title="processor seconds", scale=alt.Scale(type="log"), axis=ticks)
    colour = alt.Color("curve:N", scale=names, legend=alt.Legend(title=None, orient="right"))
    measured = alt.Chart(alt.InlineData(values=list(values))).encode(x=x, y=y, color=colour)
    proportional = [{"rows": rows, "cpu": rows * 1e-6} for rows in (SIZES[0], SIZES[-1])]
    straight = alt.Chart(alt.InlineData(values=proportional)).mark_line(strokeDash=[4, 3], color="#52606d")
    lines = measured.mark_line(strokeWidth=1.5)
    marks = measured.mark_point(filled=True, size=30, opacity=1)
    return alt.layer(straight.encode(x=x, y=y), lines, marks).properties(width=420, height=300)


def described(points: Sequence[tuple[str, int, Peer]]) -> str:
    """Say in words what the chart shows, from the figures in it."""
    said = []
    for curve in CURVES:
        measured = [(rows, point) for name, rows, point in points if name == curve and isinstance(point, Timing)]
        if measured:
            said.append(f"{curve} " + ", ".join(f"{point.cpu:.2g} s for {rows:,}" for rows, point in measured))
    return (
        "Lines of processor seconds against rows, both axes logarithmic, with a dashed line at a microsecond a row. "
        f"{'; '.join(said)}."
    )
