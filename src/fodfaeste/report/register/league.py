"""The municipalities side by side: funnel, places with their intervals, and the table of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from fodfaeste import measure
from fodfaeste.measure import Result
from fodfaeste.measure.funnel import FunnelResult
from fodfaeste.measure.rank import RankResult
from fodfaeste.measure.shrink import ShrinkResult
from fodfaeste.report import charts
from fodfaeste.report.document import Block, Cell, Column, Figure, Table, Text
from fodfaeste.report.register.shared import SEED, base, columns, kind_name, shrunken, words
from fodfaeste.report.register.tables import RegisterTables
from fodfaeste.report.words import Words

TOP = 15
NAMED = 1
LEAST = 2
_GRADES = {"better than average": "better", "as expected": "expected", "worse than average": "worse"}
_FLAGS = {"inside": "inside", "outside 95": "outside_95", "outside 99.8": "outside_998"}
_LIMITS = {0.025: "limit_95", 0.001: "limit_998"}


@dataclass(frozen=True, eq=False)
class League:
    """All municipalities with somebody whose address is known; `hidden` counts those left out of the edition."""

    counts: pl.DataFrame
    shrunk: ShrinkResult
    ranks: RankResult
    funnel: FunnelResult
    stability: Result
    hidden: int

    @property
    def results(self) -> tuple[Result, ...]:
        """What was computed, for the list of methods."""
        return self.shrunk, self.ranks, self.funnel, self.stability

    @property
    def n(self) -> int:
        """People in all municipalities of the table."""
        return int(self.counts["known"].sum())

    @property
    def median(self) -> int:
        """People in the municipality in the middle."""
        return int(self.counts["known"].sort()[self.counts.height // 2])


def find(tables: RegisterTables) -> League | None:
    """Measure the share moved away of every municipality; nothing where there are not two to compare."""
    counted = tables.status_by("kind", "unit")
    shown = counted.drop_nulls(["moved", "known"]).filter(pl.col("known") > 0).sort("unit")
    if shown.height < LEAST:
        return None
    asked = "moved", "known", "unit"
    shrunk = shrunken(shown, "moved", "known")
    top = min(TOP, shown.height // 2)
    return League(
        shown,
        shrunk,
        measure.rank(shrunk, good="low", top=top),
        measure.funnel(shown, *asked, good="low", adjust="none"),
        measure.stability(shrunk, good="low", top=top, seed=SEED),
        counted.filter(pl.col("known").is_null()).height,
    )


def size(found: League | None, w: Words) -> str:
    """Say how few people most municipalities have."""
    return w("league.size", median=w.count(found.median)) if found else ""


def point(found: League | None, w: Words) -> str:
    """Say the main point: how much of the order is sure."""
    return w("league.point", **_ordered(found, w)) if found else ""


def _ordered(found: League, w: Words) -> dict[str, str]:
    ranks = found.ranks.summary
    return {
        "pairs": w.percent(ranks["share_of_pairs_ordered"], 0),
        "top": w.count(ranks["top"]),
        "true_top": w.number(ranks["expected_true_top"]),
    }


def tell(found: League | None, expected: pl.DataFrame | None, w: Words) -> tuple[Block, ...]:
    """Show funnel, places and table; `expected` has unit, expected, ratio, lower and upper from the case mix."""
    if found is None:
        return (Text(w("league.none")),)
    again = found.stability.summary
    intro = w("league.intro", **_ordered(found, w))
    repeat = w(
        "league.repeat",
        top=w.count(found.ranks.summary["top"]),
        overlap=w.number(again["expected_top_overlap"]),
        low=w.count(again["top_overlap_lower"]),
        high=w.count(again["top_overlap_upper"]),
    )
    hidden = (Text(w("league.left_out", units=w.count(found.hidden))),) if found.hidden else ()
    return Text(f"{intro} {repeat}"), *hidden, _funnel(found, w), _places(found, w), _table(found, expected, w)


def _base(found: League, w: Words) -> str:
    return base(found.n, w, units=w.count(found.counts.height))


def _funnel(found: League, w: Words) -> Figure:
    funnel = found.funnel
    units = [
        {**row, "label": row["unit"], "flag": w(f"mark.{_FLAGS[row['flag']]}")}
        for row in funnel.table.select("unit", "n", "rate", "z", "flag").iter_rows(named=True)
    ]
    curves = [
        {**row, "name": w(f"mark.{_LIMITS[round(min(row['tail'], 1 - row['tail']), 6)]}")}
        for row in funnel.limits().select("n", "tail", "limit").iter_rows(named=True)
    ]
    chart = charts.funnel(
        units,
        curves,
        target=funnel.target,
        x_title=w("axis.people_log"),
        y_title=w("axis.moved"),
        flags=[w(f"mark.{flag}") for flag in _FLAGS.values()],
        limits=[w(f"mark.{limit}") for limit in _LIMITS.values()],
    )
    outside = int((funnel.table["flag"] != "inside").sum())
    return Figure(
        "funnel",
        w("league.funnel_title", outside=outside, units=found.counts.height),
        chart,
        w("league.funnel_alt", average=w.percent(funnel.target)),
        _base(found, w),
        w("league.funnel_note", phi=w.number(funnel.phi)),
    )


def _places(found: League, w: Words) -> Figure:
    ordered = found.ranks.table.sort("expected_rank").with_row_index("order", offset=1)
    rows = [
        {
            "label": row["unit"],
            "order": row["order"],
            "expected": row["expected_rank"],
            "lower": row["rank_lower"],
            "upper": row["rank_upper"],
        }
        for row in ordered.iter_rows(named=True)
    ]
    named = [str(row["label"]) for row in (*rows[:NAMED], *rows[-NAMED:])]
    chart = charts.ranks(rows, x_title=w("axis.place"), named=named, estimate=w("mark.expected_place"))
    return Figure(
        "places",
        w("league.ranks_title", pairs=_ordered(found, w)["pairs"]),
        chart,
        w("league.ranks_alt"),
        _base(found, w),
    )


def _table(found: League, expected: pl.DataFrame | None, w: Words) -> Table:
    ranks = found.ranks.table.select("unit", "rank_lower", "rank_upper", "p_top", "grade", "expected_rank")
    raw = measure.proportion(found.counts, "moved", "known", "unit", level=0.95).table.select(
        "unit", "rate", low="lower", high="upper"
    )
    shrunk = found.shrunk.table.select("unit", "shrunk", "lower", "upper")
    frame = (
        found.counts.join(raw, on="unit").join(shrunk, on="unit").join(ranks, on="unit").sort("expected_rank", "unit")
    )
    if expected is not None:
        renamed = expected.select("unit", "expected", "ratio", ratio_low="lower", ratio_high="upper")
        frame = frame.join(renamed, on="unit", how="left")
    return Table(
        "league",
        w("league.table_title"),
        _heads(found, expected is not None, w),
        tuple(_row(row, expected is not None, w) for row in frame.iter_rows(named=True)),
        _base(found, w),
        w("league.note"),
        long=True,
    )


def _heads(found: League, adjusted: bool, w: Words) -> tuple[Column, ...]:
    mix = (("expected", "number"), ("ratio", "number", 2), ("ratio_low", "number", 2), ("ratio_high", "number", 2))
    return columns(
        w,
        "unit",
        "kind",
        ("known", "count"),
        ("moved", "count"),
        ("missing_share", "percent", 0),
        ("rate", "percent", 0),
        ("interval", "percent_interval", 0),
        ("shrunken", "percent", 0),
        ("shrunken_interval", "percent_interval", 0),
        ("rank_interval", "rank_interval"),
        top_column(found.ranks, w),
        *(mix if adjusted else ()),
        "grade",
    )


def top_column(ranks: RankResult, w: Words) -> Column:
    """Head the column of probabilities to be among the best: so many as the register has places for."""
    return Column(words(w.lang)("col.p_top", top=w.count(ranks.summary["top"])), "percent", 0)


def _row(row: dict[str, Any], adjusted: bool, w: Words) -> tuple[Cell, ...]:
    arrived, missing = row["arrived"], row["missing"]
    share = missing / arrived if isinstance(missing, int) and isinstance(arrived, int) else None
    mix = tuple(row[name] for name in ("expected", "ratio", "ratio_low", "ratio_high")) if adjusted else ()
    return (
        row["unit"],
        kind_name(str(row["kind"]), w),
        row["known"],
        row["moved"],
        share,
        row["rate"],
        (row["low"], row["high"]),
        row["shrunk"],
        (row["lower"], row["upper"]),
        (row["rank_lower"], row["rank_upper"]),
        row["p_top"],
        *mix,
        w(f"grade.{_GRADES[str(row['grade'])]}"),
    )
