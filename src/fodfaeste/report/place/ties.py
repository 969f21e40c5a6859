"""Households whose places cannot be told apart by the forecasts."""

from __future__ import annotations

import polars as pl

from fodfaeste.place import Plan
from fodfaeste.place.near_ties import NearTies
from fodfaeste.report.document import Block, Column, Table, Text
from fodfaeste.report.place.shared import base, column
from fodfaeste.report.words import Words

SHOWN = 200
"""Households that the table lists."""

NAMED = 5
"""Equal places that a row names."""


def point(found: NearTies, w: Words) -> str:
    """Say how many could as well be elsewhere."""
    return w("near_ties.point", n=w.count(found.with_equals), households=w.count(found.households))


def tell(plan: Plan, found: NearTies, w: Words) -> tuple[Block, ...]:
    """List them with the places that are as good."""
    intro = Text(f"{w('near_ties.intro', within=w.number(found.within, 1))} {point(found, w)}")
    if found.table.is_empty():
        return (intro,)
    by = found.table.group_by("household", "place", maintain_order=True).agg("other", n=pl.len())
    rows = tuple(
        (row["household"], row["place"], row["n"], ", ".join(row["other"][:NAMED]) + (" …" if row["n"] > NAMED else ""))
        for row in by.head(SHOWN).iter_rows(named=True)
    )
    heads = (
        column("household", w),
        column("proposed", w),
        Column(w("near_ties.number"), "count"),
        Column(w("near_ties.others")),
    )
    note = w("near_ties.capped", shown=w.count(SHOWN), n=w.count(by.height)) if by.height > SHOWN else ""
    return intro, Table("near_ties", w("near_ties.table"), heads, rows, base(plan, w), note, long=True)
