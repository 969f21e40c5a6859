"""Draws how often each interval of a share holds the true one: by enumeration, and by a seeded simulation beside it.

python docs/figures/interval_coverage.py docs/assets/coverage.svg
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray
from scipy import stats

from fodfaeste.measure.intervals import interval
from fodfaeste.report.document import Chart, Figure
from fodfaeste.report.render import INK, SOFT_INK, svg

METHODS = {
    "wilson": "Wilson",
    "clopper-pearson": "Clopper-Pearson",
    "jeffreys": "Jeffreys",
    "agresti-coull": "Agresti-Coull",
    "mid-p": "mid-P",
}
PEOPLE = (14, 30, 100)
LEVEL = 0.95
SHARES = np.linspace(0.0025, 0.9975, 399)
CHECKED = np.linspace(0.05, 0.95, 19)
DRAWS, SEED = 20_000, 2002
BLUE, ORANGE = "#0b4f6c", "#b3541e"

Array = NDArray[np.float64]


def holds(method: str, n: int, shares: Array) -> NDArray[np.bool_]:
    """Say for each possible count (row) and true share (column) whether the interval holds the share."""
    lower, upper = interval(np.arange(n + 1), n, method, LEVEL)
    return np.asarray((lower[:, None] <= shares) & (shares <= upper[:, None]))


def coverage(method: str, n: int, shares: Array) -> Array:
    """Give the probability that the interval holds each share: the sum over all counts, nothing drawn."""
    probability = stats.binom.pmf(np.arange(n + 1)[:, None], n, shares)
    return np.asarray((probability * holds(method, n, shares)).sum(axis=0))


def simulated(method: str, n: int, shares: Array, rng: np.random.Generator) -> Array:
    """Give the part of `DRAWS` seeded draws at each share whose interval holds it."""
    counts = rng.binomial(n, shares, size=(DRAWS, shares.size))
    return np.asarray(holds(method, n, shares)[counts, np.arange(shares.size)].mean(axis=0))


def rows() -> Iterator[dict[str, Any]]:
    """Give the marks of the chart, one a method, number of people and share."""
    rng = np.random.default_rng(SEED)
    for method, name in METHODS.items():
        for n in PEOPLE:
            for kind, shares, covered in (
                ("enumerated", SHARES, coverage(method, n, SHARES)),
                ("simulated", CHECKED, simulated(method, n, CHECKED, rng)),
            ):
                for share, value in zip(shares, covered, strict=True):
                    yield {
                        "method": name,
                        "people": f"{n} people",
                        "kind": kind,
                        "share": round(share, 4),
                        "coverage": round(value, 5),
                        "promised": LEVEL,
                    }


def chart() -> Chart:
    """Draw a panel a method and number of people."""
    named = alt.Scale(domain=["enumerated", "simulated"], range=[BLUE, ORANGE])
    scale = alt.Scale(domain=[0.82, 1.0], clamp=True)
    axis = alt.Axis(format="%", values=[0.85, 0.90, 0.95, 1.0], tickCount=4)
    base = alt.Chart().encode(
        x=alt.X("share:Q", title="true share", axis=alt.Axis(format="%", tickCount=5, grid=False)),
        y=alt.Y("coverage:Q", title="coverage", scale=scale, axis=axis),
        color=alt.Color("kind:N", scale=named, legend=alt.Legend(title=None, orient="top")),
    )
    promised = alt.Chart().mark_rule(color=INK, strokeDash=[4, 3]).encode(y=alt.Y("min(promised):Q", scale=scale))
    line = base.mark_line(strokeWidth=1).transform_filter(alt.datum.kind == "enumerated")
    points = base.mark_point(filled=True, size=16, opacity=1).transform_filter(alt.datum.kind == "simulated")
    label = alt.Header(labelColor=SOFT_INK, labelFontSize=12)
    return (
        alt.layer(promised, line, points, data=alt.InlineData(values=list(rows())))
        .properties(width=190, height=90)
        .facet(
            row=alt.Row("method:N", sort=list(METHODS.values()), header=label, title=None),
            column=alt.Column("people:N", sort=[f"{n} people" for n in PEOPLE], header=label, title=None),
        )
    )


def described() -> str:
    """Say in words what the chart shows, from the figures in it."""
    least = {name: min(float(coverage(method, n, SHARES).min()) for n in PEOPLE) for method, name in METHODS.items()}
    said = "; ".join(f"{name} {share:.1%}" for name, share in least.items())
    return (
        f"Panels of coverage against the true share, for {', '.join(map(str, PEOPLE))} people and five methods, with a "
        f"dashed line at {LEVEL:.0%}. The line is the sum over all counts, the points are {DRAWS:,} draws each. "
        f"Lowest coverage of each method over the shares drawn, from {SHARES[0]:.1%} to {SHARES[-1]:.1%}: {said}."
    )


def draw(out: Path) -> Path:
    """Write `coverage.svg` into the folder `out`."""
    figure = Figure(
        "coverage", "How often a 95 % interval holds the true share", chart(), described(), "Enumerated, not measured."
    )
    path = out / "coverage.svg"
    path.write_text(svg(figure, "en") + "\n", encoding="utf-8")
    return path
