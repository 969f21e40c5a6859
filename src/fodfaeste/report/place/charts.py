"""The charts of the plan report, as Altair specifications.

Every function takes rows that are computed already and words that are translated already. What differs, differs by
shape as well as by colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from fodfaeste.report.charts import BLUE, COLOURS, GREY, ORANGE, SHAPES, WIDTH
from fodfaeste.report.document import Chart
from fodfaeste.report.render import GRID, INK

Row = Mapping[str, Any]


def bars(rows: Sequence[Row], *, x_title: str, percent: bool = False) -> Chart:
    """Draw a bar for each row, from top to bottom as given; `rows` have label and value."""
    order = list(dict.fromkeys(row["label"] for row in rows))
    axis = alt.Axis(format=".0%" if percent else "~g", gridColor=GRID, tickCount=6)
    base = _chart(rows).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False)),
        x=alt.X("value:Q", title=x_title, axis=axis),
    )
    return alt.layer(base.mark_bar(color=BLUE, height=11)).properties(width=WIDTH, height=alt.Step(21))


def gains(rows: Sequence[Row], *, x_title: str, groups: Sequence[str], optimism: str, truth: str) -> Chart:
    """Draw gains with their intervals, and beside each what is found where there is none, and the truth.

    `rows` have label, group (one of `groups`), gain, lower and upper as shares of 1; null, what the null test finds,
    and truth, either of which may be None. They are called `optimism` and `truth` in the legend.
    """
    order = list(dict.fromkeys(row["label"] for row in rows))
    others = [
        {**row, "mark": name, "gain": row[key]}
        for key, name in (("null", optimism), ("truth", truth))
        for row in rows
        if row.get(key) is not None
    ]
    extra = list(dict.fromkeys(row["mark"] for row in others))
    names = [*groups, *extra]
    colours = [*COLOURS[: len(groups)], *({optimism: GREY, truth: INK}[name] for name in extra)]
    shapes = [*SHAPES[: len(groups)], *({optimism: "cross", truth: "diamond"}[name] for name in extra)]
    legend = alt.Legend(title=None, orient="top", direction="horizontal", columns=2, symbolOpacity=1)
    colour = alt.Color("mark:N", scale=alt.Scale(domain=names, range=colours), legend=legend)
    shape = alt.Shape("mark:N", scale=alt.Scale(domain=names, range=shapes), legend=legend)
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False))
    x = alt.X("gain:Q", title=x_title, axis=alt.Axis(format="+.0%", gridColor=GRID, tickCount=7))
    nothing = _chart([{"value": 0}]).mark_rule(color=INK).encode(x="value:Q")
    base = _chart([{**row, "mark": row["group"]} for row in rows]).encode(
        y=y, yOffset=alt.YOffset("group:N", sort=list(groups))
    )
    interval = base.mark_rule(strokeWidth=2).encode(x=alt.X("lower:Q", title=x_title), x2="upper:Q", color=colour)
    points = base.mark_point(filled=True, size=60, opacity=1).encode(x=x, color=colour, shape=shape)
    beside = _chart(others).encode(y=y, yOffset=alt.YOffset("group:N", sort=list(groups)))
    marks = (
        [beside.mark_point(size=70, opacity=1, strokeWidth=2).encode(x=x, color=colour, shape=shape)] if others else []
    )
    return alt.layer(nothing, interval, points, *marks).properties(width=WIDTH, height=alt.Step(26))


def differences(rows: Sequence[Row], *, x_title: str) -> Chart:
    """Draw differences around nothing, with intervals where they are known; `rows` have label, gain, lower, upper."""
    order = list(dict.fromkeys(row["label"] for row in rows))
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False))
    x = alt.X("gain:Q", title=x_title, axis=alt.Axis(gridColor=GRID, tickCount=7))
    nothing = _chart([{"value": 0}]).mark_rule(color=INK).encode(x="value:Q")
    known = [row for row in rows if row["lower"] is not None]
    interval = _chart(known).mark_rule(strokeWidth=2, color=BLUE).encode(x="lower:Q", x2="upper:Q", y=y)
    points = _chart(rows).mark_point(filled=True, size=60, opacity=1, color=BLUE).encode(x=x, y=y)
    layers = [nothing, *([interval] if known else []), points]
    return alt.layer(*layers).properties(width=WIDTH, height=alt.Step(22))


def frontier(rows: Sequence[Row], points: Sequence[Row], *, x_title: str, y_title: str) -> Chart:
    """Draw the plans that cannot gain in one outcome without losing in the other, and some plans beside them.

    `rows` have x and y in the order of the line; `points` have x, y and label, and are named where they stand.
    """
    scale = alt.Scale(zero=False, nice=True, padding=12)
    x = alt.X("x:Q", title=x_title, scale=scale, axis=alt.Axis(gridColor=GRID, tickCount=6))
    y = alt.Y("y:Q", title=y_title, scale=scale, axis=alt.Axis(gridColor=GRID, tickCount=6))
    line = _chart(rows).mark_line(color=BLUE, strokeWidth=2).encode(x=x, y=y, order="step:O")
    dots = _chart(rows).mark_point(color=BLUE, filled=True, size=30, opacity=1).encode(x=x, y=y)
    marks = _chart(points).mark_point(color=ORANGE, filled=True, size=90, opacity=1, shape="diamond").encode(x=x, y=y)
    names = _chart(points).mark_text(align="left", dx=9, dy=-7, fontSize=12).encode(x=x, y=y, text="label:N")
    return alt.layer(line, dots, marks, names).properties(width=WIDTH, height=320)


def _chart(rows: Sequence[Row]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=[dict(row) for row in rows]))
