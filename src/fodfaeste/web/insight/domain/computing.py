"""What is computed from counts: limits, changes, funnel and ranks. No database, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from fodfaeste import measure
from fodfaeste.errors import FodfaesteError
from fodfaeste.measure.intervals import interval
from fodfaeste.report.register import mix
from fodfaeste.report.register.publication import PublishedTables, Relation, declare_own, for_publication
from fodfaeste.report.register.shared import shrunken
from fodfaeste.report.register.tables import RegisterTables
from fodfaeste.web.insight.measures import CHOICES, FOLLOW_UPS, LEVEL, MONTH, STAYED, SUPPORT, WORK

PLACES = ("kind", "unit")
AT_MONTH = (WORK.name, SUPPORT.name)
TABLES = {name: f"{name} at {MONTH} by kind and unit" for name in AT_MONTH} | {
    FOLLOW_UPS.name: "follow-ups by kind and unit",
    CHOICES.name: "choices by kind and unit",
}
"""Tables that are published beside those of the report, by measure."""


def limited(n: int | None, events: int | None) -> dict[str, float]:
    """Give the share and its interval (Wilson); nothing of nobody, or of what is hidden."""
    if not n or events is None:
        return {}
    low, high = interval(events, n, level=LEVEL)
    return {"rate": events / n, "low": float(low), "high": float(high)}


def difference(now: tuple[int, int], before: tuple[int, int]) -> dict[str, float]:
    """Give the difference between two shares and its interval; nothing where one is of nobody."""
    if not now[0] or not before[0]:
        return {}
    told = measure.two_proportions(now[1], now[0], before[1], before[0], level=LEVEL).summary
    names = {"difference": "difference", "low": "difference_lower", "high": "difference_upper"}
    return {name: float(told[column]) for name, column in names.items()}


def standing(counts: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Place units beside each other: by funnel, and by the interval of their rank.

    `counts` has unit, n and events; those with a hidden count have no place. Nothing where there are not two.
    """
    shown = counts.drop_nulls(["n", "events"]).filter(pl.col("n") > 0).sort("unit")
    if shown.height < 2 or not 0 < int(shown["events"].sum()) < int(shown["n"].sum()):
        return {}
    try:
        funnel = measure.funnel(shown, "events", "n", "unit", good="high", adjust="none")
        ranks = measure.rank(shrunken(shown, "events", "n"), good="high", top=max(1, shown.height // 2))
    except FodfaesteError:
        return {}
    both = funnel.table.select("unit", "z", "flag").join(
        ranks.table.select("unit", "rank_lower", "rank_upper"), on="unit"
    )
    return {
        row["unit"]: {
            "z": float(row["z"]),
            "flag": row["flag"],
            "ranks": [int(row["rank_lower"]), int(row["rank_upper"])],
            "of": shown.height,
            "target": float(funnel.target),
        }
        for row in both.iter_rows(named=True)
    }


def expected(tables: RegisterTables) -> dict[str, dict[str, float]]:
    """Give, by municipality, how many moved against how many were expected to; nothing where no model fits."""
    try:
        found = mix.find(tables)
    except FodfaesteError:
        return {}
    if found is None:
        return {}
    frame = found.expected.table.select("unit", "expected", "ratio", "ratio_lower", "ratio_upper")
    return {
        row["unit"]: {name: float(row[name]) for name in frame.columns[1:]}
        for row in frame.drop_nulls().iter_rows(named=True)
    }


# ------------------------------------------------------------------ what is published


def publish(
    tables: RegisterTables, own: pl.DataFrame, destinations: pl.DataFrame, readers: Sequence[str] = ()
) -> PublishedTables:
    """Hide small counts over everything that is shown of all municipalities, from outsiders and from each of them.

    Parameters
    ----------
    own : DataFrame
        measure, kind, unit, n and events of what the register does not hold: follow-ups, and choices.
    destinations : DataFrame
        unit, kind, place and persons: where those whose address is known lived at the reference day.
    readers : sequence of str
        Municipalities that know the counts of their own people (`unit`), and could subtract them.
    """
    beside = {TABLES[name]: _at_month(tables, name) for name in AT_MONTH}
    for name in (FOLLOW_UPS.name, CHOICES.name):
        mine = own.filter(pl.col("measure") == name)
        if mine.height:
            beside[TABLES[name]] = _yes_or_no(mine, name, name)
    insiders = {unit: _known_to(unit, tables, beside, destinations) for unit in readers}
    return for_publication(tables, beside=beside, linked=_same_people(beside), insiders=insiders)


def _known_to(
    unit: str, tables: RegisterTables, beside: Mapping[str, pl.DataFrame], destinations: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Give the counts of its own people that a municipality knows, in every table that is printed."""
    there = destinations.filter(pl.col("unit") == unit).drop("unit")
    told = declare_own(tables, unit, there)
    told |= {name: table.filter(pl.col("unit") == unit, pl.col("count") > 0) for name, table in beside.items()}
    return {name: table for name, table in told.items() if table.height}


def _at_month(tables: RegisterTables, name: str) -> pl.DataFrame:
    frame = (tables.work_by if name == WORK.name else tables.support_by)(*PLACES)
    mine = frame.filter(pl.col("month") == MONTH, pl.col("persons") > 0).rename({"persons": "n"})
    return _yes_or_no(mine, name, name, month=str(MONTH))


def _yes_or_no(counts: pl.DataFrame, split: str, population: str, **more: str) -> pl.DataFrame:
    said = {name: pl.lit(value) for name, value in {**more, "population": population}.items()}
    yes = counts.select(*PLACES, pl.lit("yes").alias(split), count=pl.col("events").cast(pl.Int64), **said)
    no = counts.select(
        *PLACES, pl.lit("no").alias(split), count=(pl.col("n") - pl.col("events")).cast(pl.Int64), **said
    )
    return pl.concat([yes, no]).sort(*PLACES, split)


def _same_people(beside: Mapping[str, pl.DataFrame]) -> list[Relation]:
    """Link those asked whether they work to those asked whether they support themselves: they are the same."""
    places = beside[TABLES[WORK.name]].select(*PLACES).unique(maintain_order=True)
    return [
        (
            {"kind": kind, "unit": unit, "month": str(MONTH), "population": WORK.name},
            [{"kind": kind, "unit": unit, "month": str(MONTH), "population": SUPPORT.name}],
        )
        for kind, unit in places.iter_rows()
    ]


def shown(published: PublishedTables) -> pl.DataFrame:
    """Give what is shown of municipalities, and of kinds: measure, kind, unit (empty for a kind), arrived, n, events.

    A count that is hidden is empty; so is the other one, where a share would tell it.
    """
    frames = [_stayed(published)]
    printed = set(published.protection.table["table"].unique())
    frames += [_split(published, name) for name, table in TABLES.items() if table in printed]
    whole = pl.concat(frames)
    hidden = pl.col("n").is_null() | pl.col("events").is_null()
    return whole.with_columns(
        pl.when(hidden).then(None).otherwise(pl.col(name)).alias(name) for name in ("n", "events")
    ).sort("measure", "kind", "unit")


def _stayed(published: PublishedTables) -> pl.DataFrame:
    kept = ("arrived", pl.col("known").alias("n"), pl.col("stayed").alias("events"))
    frames = [
        published.status_by("kind", "unit").select(*PLACES, *kept),
        published.status_by("kind").select("kind", pl.lit(None, pl.String).alias("unit"), *kept),
    ]
    return pl.concat(frames).select(pl.lit(STAYED.name).alias("measure"), *PLACES, "arrived", "n", "events")


def _split(published: PublishedTables, name: str) -> pl.DataFrame:
    cells = published.protection.table.filter(pl.col("table") == TABLES[name], pl.col("kind").is_not_null())
    split = pl.col(name)
    total = pl.col("count").filter(split.is_null() | (pl.len() == 1)).first()
    yes = pl.col("count").filter(split == "yes")
    answered = pl.when(yes.len() == 0).then(0).otherwise(yes.first())
    found = cells.group_by(*PLACES).agg(n=total, events=answered)
    units = found.drop_nulls("unit")
    # A kind of one municipality is that municipality, and not printed again.
    alone = units.filter(pl.len().over("kind") == 1).with_columns(unit=pl.lit(None, pl.String))
    kinds = found.filter(pl.col("unit").is_null()).join(alone, on="kind", how="anti")
    found = pl.concat([units, kinds, alone])
    return found.select(
        pl.lit(name).alias("measure"),
        *PLACES,
        pl.lit(None, pl.Int64).alias("arrived"),
        pl.col("n").cast(pl.Int64),
        pl.col("events").cast(pl.Int64),
    )
