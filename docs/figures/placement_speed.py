"""Draws how the cost of placing grows, from kept figures; stops if the page's tables are not those of the benchmarks.

python docs/figures placement_speed         (part of the build of the documentation)
python docs/figures/placement_speed.py      writes the tables into the page
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import altair as alt

from fodfaeste.report.document import Chart, Figure
from fodfaeste.report.render import svg

DOCS = Path(__file__).resolve().parents[1]
PAGE = DOCS / "explanation" / "placement-speed.md"
RESULTS = DOCS.parent / "benchmarks" / "results"
PART = re.compile(r"(<!-- (place|place-growth|place-gpu) -->\n).*?(<!-- end -->)", re.DOTALL)
PICTURE = "placement-growth.svg"
# Okabe and Ito: told apart by all eyes.
COLOURS = ("#0072b2", "#d55e00")


def filled(page: str) -> str:
    """Put what the benchmarks wrote between its marks."""

    def write(part: re.Match[str]) -> str:
        return f"{part[1]}\n{(RESULTS / f'{part[2]}.md').read_text(encoding='utf-8')}\n{part[3]}"

    return PART.sub(write, page)


def draw(out: Path) -> None:
    """Compare the page with what was measured, and draw the chart into the folder `out`."""
    page = PAGE.read_text(encoding="utf-8")
    if filled(page) != page:
        raise SystemExit(f"{PAGE.name} shows other figures than benchmarks/results: run python {__file__}, and look.")
    points = json.loads((RESULTS / "place-growth.json").read_text(encoding="utf-8"))["points"]
    measured = [
        {"curve": one["curve"], "pairs": one["households"] * one["places"], "cpu": one["cpu"]}
        for one in points
        if "cpu" in one and not one["stopped"]
    ]
    title = "How the cost of a plan grows with households x places"
    note = "Processor seconds of place.solve; figures in benchmarks/results/place-growth.md."
    figure = Figure("placement-growth", title, chart(measured), described(measured), note)
    (out / PICTURE).write_text(svg(figure, "en") + "\n", encoding="utf-8")


def chart(values: Sequence[Mapping[str, Any]]) -> Chart:
    """Draw processor seconds against pairs; in step with the pairs is dashed."""
    pairs = [one["pairs"] for one in values]
    axis = alt.Axis(format="~s", tickCount=6)
    x = alt.X("pairs:Q", title="households x places", scale=alt.Scale(type="log"), axis=axis)
    ticks = alt.Axis(values=[0.01, 0.1, 1, 10, 100], format="~g")
    y = alt.Y("cpu:Q", title="processor seconds", scale=alt.Scale(type="log"), axis=ticks)
    curves = list(dict.fromkeys(one["curve"] for one in values))
    colours = alt.Scale(domain=curves, range=list(COLOURS[: len(curves)]))
    colour = alt.Color("curve:N", scale=colours, legend=alt.Legend(title=None, orient="bottom"))
    points = alt.Chart(alt.InlineData(values=list(values))).encode(x=x, y=y, color=colour)
    steady = [{"pairs": ends, "cpu": ends * 1e-7} for ends in (min(pairs), max(pairs))]
    straight = alt.Chart(alt.InlineData(values=steady)).mark_line(strokeDash=[4, 3], color="#52606d")
    lines, marks = points.mark_line(strokeWidth=1.5), points.mark_point(filled=True, size=30, opacity=1)
    return alt.layer(straight.encode(x=x, y=y), lines, marks).properties(width=420, height=300)


def described(values: Sequence[Mapping[str, Any]]) -> str:
    """Say in words what the chart shows, from the figures in it."""
    said = "; ".join(f"{one['cpu']:.2g} s for {one['pairs']:,} pairs ({one['curve']})" for one in values)
    return (
        "Processor seconds against pairs of household and place, both axes logarithmic, with a dashed line at a tenth "
        f"of a microsecond a pair. {said}."
    )


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
