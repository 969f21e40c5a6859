"""Where the movers went: destination shares of arrivals and of movers, by kind of municipality."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fodfaeste import measure
from fodfaeste.measure.flows import FlowsResult
from fodfaeste.report.document import Block, Cell, Table, Text
from fodfaeste.report.register.shared import base, columns, day, kind_name, said
from fodfaeste.report.register.tables import About, RegisterTables
from fodfaeste.report.words import Words

STAYED = "same_municipality"


@dataclass(frozen=True, eq=False)
class Destinations:
    """Flows between the kinds of municipality; a kind with a hidden count is left out, and named in `hidden`."""

    about: About
    flows: FlowsResult
    hidden: tuple[str, ...]

    @property
    def results(self) -> tuple[FlowsResult, ...]:
        """What was computed, for the list of methods."""
        return (self.flows,)


def find(tables: RegisterTables) -> Destinations | None:
    """Measure where arrivals lived at the reference day; nothing where no kind's counts are left."""
    counted = tables.destinations_by_kind()
    hidden = counted.filter(pl.col("persons").is_null())["kind"].unique().sort()
    shown = counted.filter(~pl.col("kind").is_in(hidden.to_list()))
    if shown.height == 0:
        return None
    named = shown.rename({"kind": "origin_kind", "place": "destination_kind"})
    flows = measure.flows(named, origin="origin_kind", destination="destination_kind", stayed=STAYED)
    return Destinations(tables.about, flows, tuple(hidden))


def tell(found: Destinations | None, w: Words) -> tuple[Block, ...]:
    """Show the table of flows."""
    if found is None:
        return (Text(w("time.nothing")),)
    return Text(w("destinations.intro", day=day(found.about.reference_day, w.lang))), _table(found, w)


def _table(found: Destinations, w: Words) -> Table:
    table = found.flows.table
    movers = table.filter(pl.col("denominator") == "movers").select("origin", "destination", share_of_movers="rate")
    arrivals = table.filter(pl.col("denominator") == "arrivals")
    frame = arrivals.join(movers, on=["origin", "destination"], how="left")
    frame = frame.sort("origin", pl.col("destination") != STAYED, "destination")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            kind_name(row["origin"], w),
            said("kind", row["destination"], w),
            row["events"],
            row["rate"],
            (row["lower"], row["upper"]),
            row["share_of_movers"],
        )
        for row in frame.iter_rows(named=True)
    )
    heads = columns(
        w,
        "kind",
        "destination",
        ("n", "count"),
        ("of_arrivals", "percent"),
        ("interval", "percent_interval"),
        ("of_movers", "percent"),
    )
    people = base(float(frame["events"].sum()), w)
    return Table("destinations", w("destinations.title"), heads, rows, people, w("destinations.note"))
