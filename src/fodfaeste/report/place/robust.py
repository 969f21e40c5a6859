"""What becomes of the plan where the forecasts are wrong."""

from __future__ import annotations

from typing import Any

import polars as pl

from fodfaeste.place import Plan
from fodfaeste.place.sensitivity import Sensitivity
from fodfaeste.report.document import Block, Cell, Column, Points, Table, Text
from fodfaeste.report.place.shared import base, outcome_name, said
from fodfaeste.report.words import Words

SETTLED = 0.9
"""Share of the worlds in which a household's place has to stay for it to count as settled."""

FIRST = "as_forecast"


def point(found: Sensitivity, w: Words) -> str:
    """Say what is left in the worst of the worlds tried."""
    others = found.table.filter(pl.col("scenario") != FIRST)
    if others.is_empty():
        return ""
    if others["gain_kept"].null_count():
        worst = others.sort("regret_share", descending=True).row(0, named=True)
        return w("sensitivity.point_no_gain", worst=_world(worst, w), regret=w.percent(worst["regret_share"], 1))
    worst = others.sort("gain_kept").row(0, named=True)
    return w("sensitivity.point", worst=_world(worst, w), kept=w.percent(worst["gain_kept"], 0))


def tell(plan: Plan, found: Sensitivity, w: Words) -> tuple[Block, ...]:
    """Show every world that was tried."""
    settled = int((found.households["kept"] >= SETTLED - 1e-9).sum())
    told = [point(found, w), w("sensitivity.settled", n=w.count(settled), households=w.count(found.households.height))]
    return Text(w("sensitivity.intro")), Points(tuple(one for one in told if one)), _table(plan, found, w)


def _world(row: dict[str, Any], w: Words) -> str:
    name = row["name"]
    if row["scenario"].startswith("weight_"):
        name = outcome_name(name, w)
    if row["scenario"].startswith("group_"):
        name = said("group_value", name, w)
    return w(f"sensitivity.world.{row['scenario']}", **({} if name is None else {"name": name}))


def _table(plan: Plan, found: Sensitivity, w: Words) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (_world(row, w), row["moved"], row["regret"], row["regret_share"], row["gain"], row["gain_kept"])
        for row in found.table.iter_rows(named=True)
    )
    heads = (
        Column(w("sensitivity.scenario")),
        Column(w("sensitivity.moved"), "percent", 0),
        Column(w("sensitivity.regret"), "number", 2),
        Column(w("sensitivity.regret_share"), "percent", 1),
        Column(w("sensitivity.gain"), "number", 2),
        Column(w("sensitivity.kept"), "percent", 0),
    )
    return Table("sensitivity", w("sensitivity.table"), heads, rows, base(plan, w), w("sensitivity.note"))
