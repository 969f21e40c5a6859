"""What several sections write in the same way."""

from __future__ import annotations

from fodfaeste.measure.funnel import FunnelResult
from fodfaeste.report import charts
from fodfaeste.report.document import Chart
from fodfaeste.report.words import Words

_LIMITS = {0.025: "limit_95", 0.001: "limit_998"}
_FLAGS = {"inside": "inside", "outside 95": "outside_95", "outside 99.8": "outside_998"}


def points_interval(low: float, high: float, w: Words) -> str:
    """Write an interval of differences in percentage points, which may be negative."""
    return f"{w.number(100 * low)}\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}{w.number(100 * high)}"


def funnel_chart(funnel: FunnelResult, w: Words, x_title: str, y_title: str) -> Chart:
    """Draw a funnel with its limits for 95 and 99.8 per cent."""
    units = [
        {
            "label": row["unit"],
            "n": row["n"],
            "rate": row["rate"],
            "z": row["z"],
            "flag": w(f"mark.{_FLAGS[row['flag']]}"),
        }
        for row in funnel.table.iter_rows(named=True)
    ]
    curves = [
        {
            "n": row["n"],
            "tail": row["tail"],
            "limit": row["limit"],
            "name": w(f"mark.{_LIMITS[round(min(row['tail'], 1 - row['tail']), 6)]}"),
        }
        for row in funnel.limits().iter_rows(named=True)
    ]
    return charts.funnel(
        units,
        curves,
        target=funnel.target,
        x_title=x_title,
        y_title=y_title,
        flags=[w(f"mark.{flag}") for flag in _FLAGS.values()],
        limits=[w(f"mark.{limit}") for limit in _LIMITS.values()],
    )
