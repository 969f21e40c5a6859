"""Who came into work: months after arrival, and all residents of working age by municipality."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fodfaeste import measure
from fodfaeste.measure import Result
from fodfaeste.measure.rank import RankResult
from fodfaeste.measure.shrink import ShrinkResult
from fodfaeste.report import charts
from fodfaeste.report.document import Block, Cell, Figure, Table, Text
from fodfaeste.report.register.league import top_column
from fodfaeste.report.register.shared import LEVEL, base, columns, day, kind_name, shrunken
from fodfaeste.report.register.tables import About, RegisterTables
from fodfaeste.report.words import Words

MAIN = 36
TOP = 15
_GRADES = {"better than average": "better", "as expected": "expected", "worse than average": "worse"}


@dataclass(frozen=True, eq=False)
class Work:
    """Shares in work.

    Attributes
    ----------
    employed, supporting : polars.DataFrame
        kind, month, n, events, rate, lower, upper: in work, and supporting themselves, months after arrival.
    by_unit : polars.DataFrame
        unit, kind, n, events, rate, lower, upper: in work three years after arrival.
    residents : polars.DataFrame
        unit, kind, employed, unemployed, outside, n.
    shrunk, ranks
        Of the share in work among residents; empty where there are under two municipalities.
    """

    about: About
    kinds: tuple[str, ...]
    employed: pl.DataFrame
    supporting: pl.DataFrame
    by_unit: pl.DataFrame
    residents: pl.DataFrame
    shrunk: ShrinkResult | None
    ranks: RankResult | None
    rates: Result

    @property
    def results(self) -> tuple[Result, ...]:
        """What was computed, for the list of methods."""
        return tuple(result for result in (self.rates, self.shrunk, self.ranks) if result is not None)


def find(tables: RegisterTables) -> Work | None:
    """Measure who works; nothing where no counts are left."""
    counted = tables.work_by("kind").filter(pl.col("persons") > 0)
    if counted.height == 0:
        return None
    by_size = counted.group_by("kind").agg(pl.col("persons").max()).sort("persons", descending=True)
    residents = tables.employment_by_unit().with_columns(n=pl.sum_horizontal("employed", "unemployed", "outside"))
    residents = residents.filter(pl.col("n") > 0).sort("unit")
    shrunk = shrunken(residents, "employed", "n") if residents.height > 1 else None
    top = min(TOP, residents.height // 2)
    employed, rates = _rates(counted)
    return Work(
        tables.about,
        tuple(by_size["kind"]),
        employed,
        _rates(tables.support_by("kind").filter(pl.col("persons") > 0))[0],
        _by_unit(tables),
        residents,
        shrunk,
        measure.rank(shrunk, good="high", top=top) if shrunk else None,
        rates,
    )


def _by_unit(tables: RegisterTables) -> pl.DataFrame:
    counted = tables.work_by("kind", "unit").filter(pl.col("month") == MAIN, pl.col("persons") > 0)
    rates = measure.proportion(counted, "events", "persons", "unit", level=LEVEL).table if counted.height else None
    named = counted.rename({"persons": "n"}).select("unit", "kind", "n", "events")
    return named.join(rates.select("unit", "rate", "lower", "upper"), on="unit") if rates is not None else named


def _rates(counted: pl.DataFrame) -> tuple[pl.DataFrame, Result]:
    named = counted.with_columns(unit=pl.col("kind").fill_null("") + "|" + pl.col("month").cast(pl.String))
    result = measure.proportion(named, "events", "persons", "unit", level=LEVEL)
    rates = result.table.select("unit", "rate", "lower", "upper")
    frame = named.rename({"persons": "n"}).join(rates, on="unit").drop("unit").sort("kind", "month")
    return frame, result


def point(found: Work | None, w: Words) -> str:
    """Say the main point: the share in work after three years, by the two largest kinds."""
    if found is None:
        return ""
    at = found.employed.filter(pl.col("month") == MAIN)
    shares = [
        w(
            "work.of_kind",
            kind=kind_name(kind, w),
            rate=w.percent(row["rate"]),
            interval=w.interval(row["lower"], row["upper"]),
        )
        for kind in found.kinds[:2]
        for row in at.filter(pl.col("kind") == kind).iter_rows(named=True)
    ]
    return w("work.point", month=MAIN, shares="; ".join(shares)) if shares else ""


def tell(found: Work | None, w: Words) -> tuple[Block, ...]:
    """Show the curves, the tables and the municipalities."""
    if found is None:
        return (Text(w("time.nothing")),)
    first, last = found.about.working_age
    blocks: list[Block] = [Text(w("work.intro", first=first, last=last)), _curves(found, w)]
    blocks += [_table("employed", found.employed, w), _table("supporting", found.supporting, w)]
    if found.by_unit.height:
        blocks.append(_of_units(found.by_unit, w))
    if found.shrunk is not None and found.ranks is not None:
        blocks += [_ranked(found, found.ranks, w), _units(found, found.shrunk, found.ranks, w)]
    return tuple(blocks)


def _most(frame: pl.DataFrame) -> int:
    """Count the people at the month with most of them: later months have fewer of the same."""
    return int(frame.group_by("month").agg(pl.col("n").sum())["n"].to_numpy().max())


def _curves(found: Work, w: Words) -> Figure:
    names = {kind: kind_name(kind, w) for kind in found.kinds[: len(charts.COLOURS)]}
    rows = [
        {
            "time": row["month"],
            "rate": row["rate"],
            "lower": row["lower"],
            "upper": row["upper"],
            "group": names[row["kind"]],
        }
        for row in found.employed.filter(pl.col("kind").is_in(list(names))).iter_rows(named=True)
    ]
    chart = charts.curves(
        rows, x_title=w("axis.month"), y_title=w("work.axis"), groups=list(names.values()), step=False
    )
    return Figure("work", w("work.title"), chart, w("work.alt"), base(_most(found.employed), w), w("work.note"))


def _table(what: str, frame: pl.DataFrame, w: Words) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (kind_name(row["kind"], w), row["month"], row["n"], row["events"], row["rate"], (row["lower"], row["upper"]))
        for row in frame.iter_rows(named=True)
    )
    heads = columns(
        w,
        "kind",
        ("month", "count"),
        ("n", "count"),
        (what, "count"),
        ("share", "percent"),
        ("interval", "percent_interval"),
    )
    return Table(what, w(f"work.{what}_table"), heads, rows, base(_most(frame), w), long=True)


def _of_units(frame: pl.DataFrame, w: Words) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (row["unit"], kind_name(row["kind"], w), row["n"], row["events"], row["rate"], (row["lower"], row["upper"]))
        for row in frame.sort("unit").iter_rows(named=True)
    )
    heads = columns(
        w,
        "unit",
        "kind",
        ("n", "count"),
        ("employed", "count"),
        ("share", "percent"),
        ("interval", "percent_interval"),
    )
    people = base(float(frame["n"].sum()), w, units=w.count(frame.height))
    title = w("work.after_table", month=MAIN)
    return Table("work_by_municipality", title, heads, rows, people, workbook_only=True)


def _ranked(found: Work, ranks: RankResult, w: Words) -> Text:
    told = ranks.summary
    return Text(
        w(
            "work.ranks",
            day=day(found.about.employment_day, w.lang),
            pairs=w.percent(told["share_of_pairs_ordered"], 0),
            top=told["top"],
            true_top=w.number(told["expected_true_top"]),
        )
    )


def _units(found: Work, shrunk: ShrinkResult, ranks: RankResult, w: Words) -> Table:
    frame = (
        found.residents.join(shrunk.table.select("unit", "shrunk", "lower", "upper"), on="unit")
        .join(ranks.table.select("unit", "rank_lower", "rank_upper", "p_top", "grade", "expected_rank"), on="unit")
        .sort("expected_rank", "unit")
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row["unit"],
            kind_name(row["kind"], w),
            *(row[name] for name in ("n", "employed", "unemployed", "outside")),
            row["employed"] / row["n"],
            row["shrunk"],
            (row["lower"], row["upper"]),
            (row["rank_lower"], row["rank_upper"]),
            row["p_top"],
            w(f"work.{_GRADES[row['grade']]}"),
        )
        for row in frame.iter_rows(named=True)
    )
    heads = columns(
        w,
        "unit",
        "kind",
        *((name, "count") for name in ("n", "employed", "unemployed", "outside")),
        ("share", "percent", 0),
        ("shrunken", "percent", 0),
        ("shrunken_interval", "percent_interval", 0),
        ("rank_interval", "rank_interval"),
        top_column(ranks, w),
        "grade",
    )
    people = base(float(found.residents["n"].sum()), w, units=w.count(found.residents.height))
    title = w("work.unit_table", day=day(found.about.employment_day, w.lang))
    return Table("employment_league", title, heads, rows, people, w("work.note_units"), long=True)
