"""Draws what placing week by week reaches of hindsight, from kept figures; stops if the page's table is another.

python docs/figures online_study         (part of the build of the documentation)
python docs/figures/online_study.py      writes the table into the page
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import altair as alt

from fodfaeste.report.document import Chart, Figure
from fodfaeste.report.render import svg

DOCS = Path(__file__).resolve().parents[1]
PAGE = DOCS / "explanation" / "placing-week-by-week.md"
FOUND = DOCS.parent / "benchmarks" / "results" / "online-study.json"
PART = re.compile(r"(<!-- online-study -->\n).*?(<!-- end -->)", re.DOTALL)
OUT = "online-study.svg"
GREY, ORANGE, BLUE = "#7a7a7a", "#b3541e", "#0b4f6c"
RULES = {"greedy": GREY, "published potentials": ORANGE, "ours": BLUE}


def rows() -> list[dict[str, Any]]:
    """Read what the study found."""
    found: list[dict[str, Any]] = json.loads(FOUND.read_text(encoding="utf-8"))
    return found


def chart(found: list[dict[str, Any]]) -> Chart:
    """Draw a line from the worst order to the best, and a point at the median, for each rule in each case."""
    cases = list(dict.fromkeys(row["case"] for row in found))
    rules = alt.Scale(domain=list(RULES), range=list(RULES.values()))
    scale = alt.Scale(domain=[min(row["least"] for row in found) - 0.005, 1.0])
    base = alt.Chart(alt.InlineData(values=found)).encode(
        y=alt.Y("case:N", sort=cases, title=None, axis=alt.Axis(labelLimit=420)),
        yOffset=alt.YOffset("rule:N", sort=list(RULES)),
        color=alt.Color("rule:N", scale=rules, legend=alt.Legend(title=None, orient="top")),
    )
    reached = alt.X("least:Q", title="reached of what hindsight could", scale=scale, axis=alt.Axis(format=".0%"))
    ranges = base.mark_rule(strokeWidth=2).encode(x=reached, x2="most:Q")
    medians = base.mark_point(filled=True, size=45, opacity=1).encode(x=alt.X("median:Q", scale=scale))
    return alt.layer(ranges, medians).properties(width=380, height=alt.Step(12))


def described(found: list[dict[str, Any]]) -> str:
    """Say in words what the chart shows, from the figures in it."""
    said = "; ".join(
        f"{row['case']}, {row['rule']}: {row['median']:.1%} ({row['least']:.1%} to {row['most']:.1%})" for row in found
    )
    return f"Median and range over {found[0]['orders']} random orders. {said}."


def filled(page: str) -> str:
    """Put the table that the study wrote between its marks."""
    told = FOUND.with_suffix(".md").read_text(encoding="utf-8")
    table = told[told.index("| case") :]
    return PART.sub(lambda part: f"{part[1]}\n{table}\n{part[2]}", page)


def draw(out: Path) -> Path:
    """Compare the page with what was measured, and write `online-study.svg` into the folder `out`."""
    page = PAGE.read_text(encoding="utf-8")
    if filled(page) != page:
        raise SystemExit(f"{PAGE.name} shows other figures than benchmarks/results: run python {__file__}, and look.")
    found = rows()
    title = "How much of what hindsight could reach is reached while households come"
    figure = Figure(OUT.removesuffix(".svg"), title, chart(found), described(found), "Made-up years, measured.")
    path = out / OUT
    path.write_text(svg(figure, "en") + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    draw(DOCS / "assets")
