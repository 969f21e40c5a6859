"""Draws what the test of a residence rule's end finds in invented registers, with a pile-up of moves and without one.

python docs/figures release_nominal
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import altair as alt
import polars as pl

from fodfaeste.measure.release_cells import Columns, read_cohorts
from fodfaeste.measure.release_parts import Window, release_row
from fodfaeste.report.document import Chart, Figure
from fodfaeste.report.render import INK, SOFT_INK, svg

WORLD = Path(__file__).resolve().parents[2] / "tests" / "measure" / "release_world.py"
REGISTERS, LEVEL = 200, 0.95
NAMES = Columns("month", "event", "cohort", "bound", "free")
TRUTHS = {1.0: "no pile-up", 2.0: "twice the moves after month 36"}
BLUE, ORANGE = "#0b4f6c", "#b3541e"
HOLDS = {True: "holds the true ratio", False: "misses it"}


def invented() -> ModuleType:
    """Load the simulator of the tests: the figure is to show what they check."""
    spec = spec_from_file_location("release_world", WORLD)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    # A dataclass looks its module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def tested() -> Iterator[dict[str, Any]]:
    """Test each register; one row a register."""
    module = invented()
    for truth, name in TRUTHS.items():
        world = module.World(release=truth)
        for seed in range(REGISTERS):
            # The row of `release_test(...).release` that decides, without what the figure does not show.
            cohorts = read_cohorts(world.persons(seed), NAMES, world.rule + world.window)
            row = release_row(cohorts, Window(world.rule, world.rule + world.window), LEVEL)
            yield {
                "world": name,
                "truth": truth,
                "ratio": row["ratio"],
                "lower": row["deciding_lower"],
                "upper": row["deciding_upper"],
                "found": row["deciding_p"] < 1 - LEVEL,
                "found_alone": row["p_value"] < 1 - LEVEL,
                "holds": HOLDS[row["deciding_lower"] <= truth <= row["deciding_upper"]],
            }


def ranked(rows: pl.DataFrame) -> pl.DataFrame:
    """Number the registers of each world by their ratio."""
    return rows.with_columns(place=pl.col("ratio").rank("ordinal").over("world")).sort("world", "place")


def chart(rows: pl.DataFrame) -> Chart:
    """Draw a panel a world: the interval of each register, by its ratio."""
    scale = alt.Scale(type="log", domain=[0.4, 4], nice=False, clamp=True)
    y = alt.Y("lower:Q", title="observed / expected moves", scale=scale, axis=alt.Axis(values=[0.5, 1, 2, 4]))
    x = alt.X("place:Q", title=f"{REGISTERS} registers by their ratio", axis=alt.Axis(grid=False, tickCount=4))
    named = alt.Scale(domain=list(HOLDS.values()), range=[BLUE, ORANGE])
    legend = alt.Legend(title="95 % interval", orient="top")
    base = alt.Chart().encode(x=x, color=alt.Color("holds:N", scale=named, legend=legend))
    intervals = base.mark_rule(strokeWidth=1, opacity=0.7).encode(y=y, y2="upper:Q")
    ratios = base.mark_point(filled=True, size=7, opacity=1).encode(y=alt.Y("ratio:Q", scale=scale))
    true = alt.Chart().mark_rule(color=INK, strokeDash=[4, 3]).encode(y=alt.Y("mean(truth):Q", scale=scale))
    columns = ["world", "truth", "place", "ratio", "lower", "upper", "holds"]
    values = rows.select(columns).with_columns(pl.selectors.float().round(4)).to_dicts()
    header = alt.Header(labelColor=SOFT_INK, labelFontSize=12)
    return (
        alt.layer(intervals, ratios, true, data=alt.InlineData(values=values))
        .properties(width=300, height=220)
        .facet(column=alt.Column("world:N", sort=list(TRUTHS.values()), header=header, title=None))
    )


def described(rows: pl.DataFrame) -> str:
    """Say in words what the chart shows, from the figures in it."""
    said = []
    for name in TRUTHS.values():
        world = rows.filter(world=name)
        held = world.filter(holds=HOLDS[True]).height
        said.append(
            f"{name}: a pile-up is found in {world['found'].sum()} of {REGISTERS} (p below 5 %, one-sided; by the "
            f"exact Poisson test alone in {world['found_alone'].sum()}), and the interval holds the truth in {held}"
        )
    return (
        "Two panels of registers drawn by a simulation with 2,500 persons in each cohort, sorted by observed over "
        "expected moves in months 37 to 42, with the deciding interval of each and a dashed line at the true ratio. "
        + "; ".join(said)
        + "."
    )


def draw(out: Path) -> Path:
    """Write `release_nominal.svg` into the folder `out`."""
    rows = ranked(pl.DataFrame(list(tested())))
    title = "What the release test finds where there is a pile-up, and where there is none"
    note = "Invented registers, seeded; the same are tested in tests/measure/test_release_nominal.py."
    figure = Figure("release_nominal", title, chart(rows), described(rows), note)
    path = out / "release_nominal.svg"
    path.write_text(svg(figure, "en") + "\n", encoding="utf-8")
    return path
