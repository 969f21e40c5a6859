"""The charts of the reports, as Altair specifications: rates as dots with their intervals, never a bare dot.

Every function takes rows that are computed already and words that are translated already. Groups differ by shape as
well as by colour. Shares are of 1 and shown as per cent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from fodfaeste.data.coast import Shore
from fodfaeste.report.document import Chart
from fodfaeste.report.render import GRID, INK, SOFT_INK

Row = Mapping[str, Any]
WIDTH = 520
BLUE, ORANGE, GREEN, GREY = "#0b4f6c", "#b3541e", "#2d6a4f", "#7b8794"
PURPLE, BROWN = "#6a3d8f", "#7a5c00"
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, BROWN)
DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [5, 5])


@dataclass(frozen=True)
class Line:
    """A value to compare with, drawn across the chart with its name."""

    value: float
    label: str


def dots(
    rows: Sequence[Row],
    *,
    x_title: str,
    estimate: str,
    groups: Sequence[str] = (),
    line: Line | None = None,
    printed: str = "",
    step: int = 19,
    domain: tuple[float, float] = (0.0, 1.0),
) -> Chart:
    """Draw a dot and its interval for each row, from top to bottom as given.

    `rows` have label, rate, lower and upper; with `groups` also group; with `printed` also printed, drawn hollow.
    `estimate` and `printed` name the two marks in the legend.
    """
    order = list(dict.fromkeys(row["label"] for row in rows))
    marks = _long(rows, estimate, printed)
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False))
    base = _chart(marks).encode(y=y)
    if groups:
        base = base.encode(yOffset=alt.YOffset("group:N", sort=list(groups)))
    names = list(groups) or [name for name in (estimate, printed) if name]
    shapes = list(SHAPES[: len(names)]) if groups else ["circle", "diamond"][: len(names)]
    legend = alt.Legend(
        title=None, orient="top", direction="horizontal", columns=1 if len(max(names, key=len)) > 40 else 3
    )
    colour = alt.Color("group:N", scale=alt.Scale(domain=names, range=list(COLOURS[: len(names)])), legend=legend)
    shape = alt.Shape("group:N", scale=alt.Scale(domain=names, range=shapes), legend=legend)
    scale = alt.Scale(domain=list(domain), clamp=True)
    interval = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("lower:Q", title=x_title, axis=_percent_axis(), scale=scale), x2="upper:Q", color=colour
    )
    points = base.mark_point(size=55, filled=True, opacity=1).encode(
        x=alt.X("rate:Q", scale=scale), color=colour, shape=shape
    )
    return alt.layer(*_reference(line), interval, points).properties(width=WIDTH, height=alt.Step(step))


def _long(rows: Sequence[Row], estimate: str, printed: str) -> list[dict[str, Any]]:
    """Give one mark a row, and a second one without interval for what was printed."""
    marks = [{"group": estimate, **row} for row in rows]
    marks += [
        {"label": row["label"], "group": printed, "rate": row["printed"], "lower": None, "upper": None}
        for row in rows
        if printed
    ]
    return marks


def funnel(
    units: Sequence[Row],
    curves: Sequence[Row],
    *,
    target: float,
    x_title: str,
    y_title: str,
    flags: Sequence[str],
    limits: Sequence[str],
    named: int = 4,
) -> Chart:
    """Draw units by size and rate inside the limits that chance alone would set.

    `units` have label, n, rate, z and flag (one of `flags`, mildest first); the `named` most extreme are written out.
    `curves` have n, tail, limit and name (one of `limits`).
    """
    size = alt.X(
        "n:Q",
        title=x_title,
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(format=",", grid=False, tickCount=6),
    )
    scale = alt.Scale(domain=[0, 1])
    stroke = alt.Legend(title=None, orient="top", symbolType="stroke")
    lines = (
        _chart(curves)
        .mark_line(color=SOFT_INK, strokeWidth=1.2, clip=True)
        .encode(
            x=size,
            y=alt.Y("limit:Q", title=y_title, axis=_percent_axis(), scale=scale),
            detail="tail:N",
            strokeDash=alt.StrokeDash("name:N", sort=list(limits), legend=stroke),
        )
    )
    legend = alt.Legend(title=None, orient="top")
    scatter = (
        _chart(units)
        .mark_point(size=38, opacity=0.9, filled=True)
        .encode(
            x=size,
            y=alt.Y("rate:Q", scale=scale),
            color=alt.Color("flag:N", scale=alt.Scale(domain=list(flags), range=[GREY, BLUE, ORANGE]), legend=legend),
            shape=alt.Shape("flag:N", scale=alt.Scale(domain=list(flags), range=list(SHAPES)), legend=legend),
        )
    )
    extreme = sorted(units, key=lambda row: -abs(row["z"]))[:named]
    names = (
        _chart(extreme)
        .mark_text(align="left", dx=6, dy=-5, fontSize=11)
        .encode(x=size, y=alt.Y("rate:Q", scale=scale), text="label:N")
    )
    middle = _chart([{"rate": target}]).mark_rule(color=INK).encode(y=alt.Y("rate:Q", scale=scale))
    return alt.layer(lines, middle, scatter, names).properties(width=WIDTH, height=360)


def ranks(rows: Sequence[Row], *, x_title: str, named: Sequence[str], estimate: str) -> Chart:
    """Draw each unit's interval of ranks, best first; `rows` have label, order, expected, lower and upper."""
    base = _chart(rows).encode(
        y=alt.Y("order:Q", title=None, axis=None, scale=alt.Scale(reverse=True, zero=False, nice=False))
    )
    x = alt.X("lower:Q", title=x_title, scale=alt.Scale(nice=False, zero=False), axis=alt.Axis(tickCount=8))
    intervals = base.mark_rule(color=BLUE, opacity=0.45, strokeWidth=1.6).encode(x=x, x2="upper:Q")
    points = base.mark_point(filled=True, size=14, color=ORANGE, opacity=1).encode(x="expected:Q")
    labels = (
        base.transform_filter(alt.FieldOneOfPredicate(field="label", oneOf=list(named)))
        .mark_text(align="left", dx=5, fontSize=11)
        .encode(x=alt.X("upper:Q"), text="label:N")
    )
    return alt.layer(intervals, points, labels).properties(width=WIDTH, height=3.2 * len(rows), title=estimate)


def curves(
    rows: Sequence[Row],
    *,
    x_title: str,
    y_title: str,
    groups: Sequence[str],
    mark: Line | None = None,
    step: bool = True,
) -> Chart:
    """Draw a share that changes with time for each group, inside the band of its interval.

    `rows` have time, rate, lower, upper and group (one of `groups`, at most five). `mark` is a time with a name. With
    `step` a value holds until the next one.
    """
    shown = list(groups)
    shape: Any = "step-after" if step else "linear"
    legend = alt.Legend(
        title=None,
        orient="top",
        columns=3 if len(max(shown, key=len)) <= 20 else 2,
        symbolSize=400,
        symbolType="stroke",
        # The bands' faintness would otherwise be the legend's.
        symbolOpacity=1,
        symbolStrokeWidth=2,
    )
    colour = alt.Color("group:N", scale=alt.Scale(domain=shown, range=list(COLOURS[: len(shown)])), legend=legend)
    dash = alt.StrokeDash("group:N", scale=alt.Scale(domain=shown, range=list(DASHES[: len(shown)])), legend=legend)
    base = _chart(rows).encode(
        x=alt.X("time:Q", title=x_title, scale=alt.Scale(nice=False), axis=alt.Axis(grid=False, values=_years(rows)))
    )
    band = base.mark_area(opacity=0.16, interpolate=shape).encode(
        y=alt.Y("lower:Q", title=y_title, axis=_percent_axis()), y2="upper:Q", color=colour
    )
    line = base.mark_line(strokeWidth=2, interpolate=shape).encode(y=alt.Y("rate:Q"), color=colour, strokeDash=dash)
    return alt.layer(band, line, *_upright(mark)).properties(width=WIDTH, height=300)


def _years(rows: Sequence[Row]) -> list[int]:
    last = max((int(row["time"]) for row in rows), default=12)
    return list(range(0, last + 1, 12))


def _upright(mark: Line | None) -> list[Any]:
    if mark is None:
        return []
    data = _chart([{"value": mark.value, "label": mark.label}])
    rule = data.mark_rule(color=INK, strokeDash=[4, 3]).encode(x="value:Q")
    name = data.mark_text(align="left", dx=5, fontSize=11).encode(x="value:Q", y=alt.value(8), text="label:N")
    return [rule, name]


def map_of(rows: Sequence[Row], shores: Sequence[Shore], *, colour_title: str, size_title: str) -> Chart:
    """Draw each unit at its place; `rows` have latitude, longitude, n and rate."""
    land = (
        _chart([_feature(shore) for shore in shores])
        .mark_geoshape()
        .encode(
            fill=alt.Fill(
                "properties.encloses:N",
                legend=None,
                scale=alt.Scale(domain=["land", "water"], range=["#e4e7eb", "#ffffff"]),
            )
        )
    )
    biggest_last = sorted(rows, key=lambda row: -row["n"])
    places = (
        _chart(biggest_last)
        .mark_circle(opacity=0.95, stroke="#1f2933", strokeWidth=0.5)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            size=alt.Size(
                "n:Q",
                title=size_title,
                scale=alt.Scale(domain=[0, biggest_last[0]["n"]], range=[8, 420]),
                legend=alt.Legend(values=_round_sizes(biggest_last[0]["n"]), format=",d", symbolFillColor=GREY),
            ),
            color=alt.Color(
                "rate:Q",
                title=colour_title,
                scale=alt.Scale(scheme="viridis", reverse=True),
                legend=alt.Legend(format=".0%", orient="right"),
            ),
        )
    )
    return alt.layer(land, places).project("mercator").properties(width=WIDTH, height=430)


def gammas(
    rows: Sequence[Row], *, x_title: str, groups: Sequence[str], limits: tuple[float, float], names: tuple[str, str]
) -> Chart:
    """Draw coefficients against what chance alone would give.

    `rows` have label, group and gamma; `limits` are the sizes that one test and all tests together would call more
    than chance, `names` what they are called.
    """
    order = list(dict.fromkeys(row["label"] for row in rows))
    edges = [
        {"value": sign * limit, "name": name} for limit, name in zip(limits, names, strict=True) for sign in (-1, 1)
    ]
    lines = (
        _chart(edges)
        .mark_rule(color=SOFT_INK)
        .encode(
            x="value:Q",
            strokeDash=alt.StrokeDash(
                "name:N", sort=list(names), legend=alt.Legend(title=None, orient="top", symbolType="stroke")
            ),
        )
    )
    legend = alt.Legend(title=None, orient="top")
    points = (
        _chart(rows)
        .mark_point(filled=True, size=55, opacity=1)
        .encode(
            x=alt.X(
                "gamma:Q",
                scale=alt.Scale(domain=[-0.35, 0.35]),
                title=x_title,
                axis=alt.Axis(format=".1f", values=[-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]),
            ),
            y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False, grid=True)),
            color=alt.Color("group:N", scale=alt.Scale(domain=list(groups), range=list(COLOURS[:2])), legend=legend),
            shape=alt.Shape("group:N", scale=alt.Scale(domain=list(groups), range=list(SHAPES[:2])), legend=legend),
        )
    )
    return alt.layer(lines, points).properties(width=WIDTH - 60, height=alt.Step(19))


def _round_sizes(largest: float) -> list[int]:
    """Give three round numbers up to the largest, for a legend of sizes."""
    top = 10 ** int(math.log10(largest))
    return [top // 10, top // 2, top]


def _reference(line: Line | None) -> list[Any]:
    if line is None:
        return []
    data = _chart([{"value": line.value, "label": line.label}])
    rule = data.mark_rule(color=INK, strokeDash=[4, 3]).encode(x="value:Q")
    name = data.mark_text(align="left", dx=4, dy=-6, fontSize=11).encode(x="value:Q", y=alt.value(0), text="label:N")
    return [rule, name]


def _chart(rows: Sequence[Row]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=[dict(row) for row in rows]))


def _percent_axis() -> alt.Axis:
    return alt.Axis(format=".0%", gridColor=GRID, tickCount=6)


def _feature(shore: Shore) -> dict[str, Any]:
    corners = [[round(float(east), 4), round(float(north), 4)] for east, north in shore.ring]
    return {
        "type": "Feature",
        "properties": {"encloses": shore.encloses},
        "geometry": {"type": "Polygon", "coordinates": [[*corners, corners[0]]]},
    }
