"""Who has moved by when, from first events that are published in intervals: the life table of actuaries. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from fodfaeste import measure
from fodfaeste.errors import FodfaesteError
from fodfaeste.report.register.publication import INTERVALS, PublishedTables
from fodfaeste.web.insight.measures import LEVEL

TABLE = "first events by cohort and kind"
CAUSES: Mapping[str | int, str] = {"moved": "moved", "other": "other"}
"""Published first events do not tell death, emigration and a lost address apart."""

Counts = tuple[int, int, int]
"""Of an interval: who moved, who left otherwise, whose watching ended."""


def moved_by_kind(published: PublishedTables) -> dict[str, Sequence[dict[str, Any]]]:
    """Give the share moved away at the end of each interval, with its limits, by kind of municipality.

    A curve ends before the first interval in which it is hidden how many moved, or how many were still watched.
    """
    cells = published.protection.table.filter(pl.col("table") == TABLE, pl.col("kind").is_not_null())
    kinds = cells["kind"].unique().sort().to_list()
    return {kind: rows for kind in kinds if (rows := _curve(*_known(cells.filter(pl.col("kind") == kind))))}


def _known(cells: pl.DataFrame) -> tuple[dict[int, Counts], int]:
    """Give what is known of the intervals of a kind from the first on, and how many there are in all (0: hidden)."""
    cohorts = cells["cohort"].drop_nulls().unique().to_list()
    parts = [_of_cohort(cells.filter(pl.col("cohort") == one)) for one in cohorts]
    total = sum(whole for _, whole in parts)
    if not parts or any(whole == 0 for _, whole in parts):
        return {}, 0
    found: dict[int, Counts] = {}
    for end in INTERVALS:
        there = [known.get(end) for known, _ in parts]
        if None in there:
            break
        moved, other, ended = (sum(part) for part in zip(*(one for one in there if one), strict=True))
        found[end] = moved, other, ended
    return found, total


def _of_cohort(cells: pl.DataFrame) -> tuple[dict[int, Counts], int]:
    at = {(row["months"], row["event"]): row["count"] for row in cells.iter_rows(named=True)}
    found: dict[int, Counts] = {}
    for end in INTERVALS:
        events = {event: count for (month, event), count in at.items() if month == str(end) and event}
        # A sum of one cell is that cell, and not printed again; where there is none, nobody is.
        exits = at.get((str(end), None), next(iter(events.values())) if len(events) == 1 else 0)
        moved = events.get("moved", 0)
        if exits is None or moved is None:
            break
        # Where it is hidden how few died or left the country, they count as no longer watched.
        other = events.get("other") or 0
        found[end] = moved, other, exits - moved - other
    inner = [count for (month, event), count in at.items() if month and event]
    return found, at.get((None, None), inner[0] if len(inner) == 1 else None) or 0


def halved(known: Mapping[int, Counts], total: int) -> pl.DataFrame:
    """Take half of those whose watching ends within an interval as watched through it, half as not watched in it.

    The counts do not say when in the interval it ended. With all of them watched to its end too few would seem to move,
    with none of them too many. Who is watched beyond the last known interval is watched to its end.
    """
    rows: list[tuple[int, str, int]] = []
    before, left = 0, total
    for end, (moved, other, ended) in known.items():
        rows += [(end, "moved", moved), (end, "other", other), (end, "censored", ended - ended // 2)]
        # Who is not watched in the first interval is never watched.
        rows.append((before, "censored", ended // 2))
        left -= moved + other + ended
        before = end
    rows.append((before, "censored", left))
    frame = pl.DataFrame(rows, schema={"months": pl.Int64, "event": pl.String, "persons": pl.Int64}, orient="row")
    summed = frame.group_by("months", "event").agg(pl.col("persons").sum())
    return summed.filter(pl.col("months") > 0, pl.col("persons") > 0).sort("months", "event")


def _curve(known: Mapping[int, Counts], total: int) -> Sequence[dict[str, Any]]:
    if not known or not any(moved for moved, _, _ in known.values()):
        return []
    watched = halved(known, total)
    times = [end for end in known if end <= max(watched["months"].to_list(), default=0)]
    try:
        found = measure.cif(watched, "months", "event", causes=CAUSES, times=times, level=LEVEL, count="persons")
    except FodfaesteError:
        return []
    rows = found.table.filter(pl.col("cause") == "moved").drop_nulls("rate").sort("time")
    told = rows.select("time", "rate", "lower", "upper").iter_rows(named=True)
    return [{**row, "time": int(row["time"])} for row in told]
