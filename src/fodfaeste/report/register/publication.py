"""The edition to be published: every figure in it is worked out from tables whose small counts are hidden.

The tables that will be printed are protected together, once. Everything else in the edition (intervals, league tables,
curves, charts) is computed from what is left of them, so nothing can tell more than the tables do; and the tables are
attacked before anything is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from fodfaeste.data.tabulate import STATUSES
from fodfaeste.errors import Refused
from fodfaeste.measure.disclosure import Audit, Protection, audit, protect
from fodfaeste.report.register.tables import PERSON, RegisterTables

THRESHOLD = 5
WORK_MONTH = 36
"""The month after arrival at which work is published by municipality."""

INTERVALS: tuple[int, ...] = (12, 24, 36, 42, 48, 60, 72, 84)
"""Months in which published first events are counted together: those of (0, 12], (12, 24], ..."""

OTHER = "other"
"""How published first events call death, emigration and a lost address, which are few apart."""

KNOWN = "address known"
HOME = "same_municipality"
_STATUS = {"stayed": "stayed", "moved": "moved"} | dict.fromkeys(STATUSES[2:], "missing")
_STATUS_TABLES: tuple[tuple[str, ...], ...] = (
    ("kind",),
    ("kind", "unit"),
    *(("kind", name) for name in (*PERSON, "arrival_year")),
)
_EMPLOYMENT = ("employed", "unemployed", "outside")


@dataclass(frozen=True, eq=False)
class PublishedTables(RegisterTables):
    """The register's tables with small counts hidden; a hidden count is empty.

    Attributes
    ----------
    protection : Protection
        What was hidden, and the tables as they may be printed.
    attack : Audit
        What an attacker can find out from all tables together.
    """

    protection: Protection
    attack: Audit
    published = True

    @cached_property
    def _printed(self) -> Mapping[str, pl.DataFrame]:
        return {str(name): frame for (name,), frame in self.protection.table.group_by("table")}

    @property
    def arrivals(self) -> int:
        """Persons who arrived in the years followed, as far as their number is published."""
        totals = self._frame("status by kind").filter(pl.col("status").is_null())
        overall = totals.filter(pl.col("kind").is_null()).drop_nulls("count")
        return int(overall["count"][0]) if overall.height else int(self.status_by("kind")["arrived"].sum())

    def status_by(self, *dims: str) -> pl.DataFrame:
        """Count arrivals as published; see `RegisterTables.status_by`."""
        printed = next((table for table in _STATUS_TABLES if set(dims) <= set(table)), dims)
        wide = self._wide(_name("status", printed), dims, "status", _STATUS_ORDER, over=set(printed) - set(dims))
        wide = wide.rename({"total": "arrived"})
        apart = {name: pl.lit(None, pl.Int64) for name in STATUSES[2:]}
        return wide.with_columns(known=pl.col("stayed") + pl.col("moved"), **apart)

    def moves_by(self, *dims: str) -> pl.DataFrame:
        """Count first events in intervals as published; a group with a hidden count is left out whole."""
        keys = (*dims, "months", "event")
        cells = self._cells(_name("first events", dims), keys)
        hidden = cells.filter(pl.col("count").is_null()).select(dims).unique()
        shown = cells.join(hidden, on=dims, how="anti") if dims else cells.filter(pl.lit(hidden.height == 0))
        shown = shown.filter(pl.col("count") > 0)
        return shown.select(*dims, pl.col("months").cast(pl.Int64), "event", persons="count").sort(keys)

    def work_by(self, *dims: str) -> pl.DataFrame:
        """Count those at work as published; a group with a hidden count is left out."""
        return self._yes_no("work", dims)

    def support_by(self, *dims: str) -> pl.DataFrame:
        """Count those who support themselves as published; a group with a hidden count is left out."""
        return self._yes_no("support", dims)

    def employment_by_unit(self) -> pl.DataFrame:
        """Count residents of working age as published, those municipalities of which nothing is hidden."""
        wide = self._wide("employment", ("kind", "unit"), "labour", _EMPLOYMENT)
        return wide.drop_nulls(_EMPLOYMENT).select("unit", "kind", *_EMPLOYMENT)

    def destinations_by_kind(self) -> pl.DataFrame:
        """Count where arrivals lived as published; a hidden count is empty."""
        return self._cells("destinations", ("kind", "place")).rename({"count": "persons"})

    def _yes_no(self, what: str, dims: Sequence[str]) -> pl.DataFrame:
        keys = (*dims, "month")
        wide = self._wide(_name(what, dims), keys, what, ("yes", "no")).drop_nulls(["yes", "total"])
        return wide.select(*dims, pl.col("month").cast(pl.Int64), persons="total", events="yes").sort(keys)

    def _wide(
        self, name: str, dims: Sequence[str], split: str, values: Sequence[str], over: Collection[str] = ()
    ) -> pl.DataFrame:
        """Give a row a group: the count of each value of `split` and their total, summed `over` what is not asked."""
        cells = self._frame(name).filter(*(pl.col(dim).is_not_null() for dim in dims))
        cells = _summed(cells, (*dims, split), over) if over else cells
        columns = [_only("count", split, value).alias(value) for value in values]
        # A total of one cell is that cell, and not printed again.
        total = pl.col("count").filter(pl.col(split).is_null() | (pl.len() == 1)).first().alias("total")
        return cells.group_by(dims).agg(*columns, total).sort(dims)

    def _cells(self, name: str, keys: Sequence[str]) -> pl.DataFrame:
        inner = self._frame(name).filter(*(pl.col(key).is_not_null() for key in keys))
        return inner.select(*keys, "count").sort(keys)

    def _frame(self, name: str) -> pl.DataFrame:
        if name not in self._printed:
            raise Refused(f"No table of {name} is published, so nothing is worked out from it.")
        return self._printed[name]


_STATUS_ORDER = ("stayed", "moved", "missing")


def for_publication(
    tables: RegisterTables,
    threshold: int = THRESHOLD,
    *,
    beside: Mapping[str, pl.DataFrame] | None = None,
    linked: Sequence[Relation] = (),
    insiders: Mapping[str, Mapping[str, pl.DataFrame]] | None = None,
) -> PublishedTables:
    """Hide small counts over all tables of the report together, and attack the result.

    Parameters
    ----------
    beside : mapping of name to table, optional
        Tables of counts in long form that are printed together with those of the report, and protected with them.
    linked : sequence of (cell, cells)
        Sums that hold between them, and between them and the report's.
    insiders : mapping of name to mapping of table to table, optional
        Readers who know the counts of their own people, such as municipalities: for each, those counts, under the names
        of the tables (`declare_own`, and those beside). What they could work out of others by subtracting their own is
        hidden too.

    Raises
    ------
    Refused
        If the attacker finds a hidden count out after all: then nothing may be published.
    """
    declared = {**declare(tables), **(beside or {})}
    summed = {name for table in declared.values() for name in table.columns} - {"count", "month", "population"}
    relations = [*_relations(tables, declared), *linked]
    protection = protect(declared, threshold, totals=sorted(summed), relations=relations, insiders=insiders)
    attack = audit(protection.published)
    if not attack.safe:
        raise Refused(
            f"{attack.summary['exposed']} small counts could be worked out from the tables together. "
            "Publish fewer tables, or fewer categories."
        )
    frames = ("status", "moves", "histories", "work", "support", "indicators", "destinations", "employment")
    published = PublishedTables(
        about=tables.about,
        rows=tables.rows.clear(),
        units=tables.units,
        **{name: getattr(tables, name).clear() for name in frames},
        protection=protection,
        attack=attack,
    )
    if published.status_by("kind").drop_nulls(["moved", "known"]).is_empty():
        raise Refused("The counts are so small that nothing is left when they are hidden. Publish a larger region.")
    return published


def declare(tables: RegisterTables) -> dict[str, pl.DataFrame]:
    """Give every table of counts that the edition prints, in long form; whatever is not here is not printed."""
    status = tables.status.with_columns(pl.col("status").replace_strict(_STATUS))
    at_month = tables.work.filter(pl.col("month") == WORK_MONTH)
    residents = tables.employment.unpivot(
        _EMPLOYMENT, index=["kind", "unit"], variable_name="labour", value_name="persons"
    )
    return {
        **{_name("status", dims): _counted(status, (*dims, "status")) for dims in _STATUS_TABLES},
        "destinations": _counted(tables.destinations, ("kind", "place"), KNOWN),
        _name("first events", ("cohort", "kind")): _counted(
            _in_intervals(tables.moves), ("cohort", "kind", "months", "event"), "first events"
        ),
        _name("work", ("kind",)): _yes_or_no(tables.work, "work", ("kind",)),
        _name("work", ("kind", "unit")): _yes_or_no(at_month, "work", ("kind", "unit")),
        _name("support", ("kind",)): _yes_or_no(tables.support, "support", ("kind",)),
        "employment": _counted(residents, ("kind", "unit", "labour"), "residents"),
    }


def declare_own(tables: RegisterTables, unit: str, destinations: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Give what a municipality knows of the tables that the edition prints: the counts of its own people.

    Parameters
    ----------
    tables : RegisterTables
        Of everybody.
    unit : str
        The municipality.
    destinations : DataFrame
        kind, place and persons: where its own people lived at the reference day.
    """
    own = pl.col("unit") == unit
    frames = {name: getattr(tables, name).filter(own) for name in ("status", "moves", "work", "support", "employment")}
    told = declare(replace(tables, **frames, destinations=destinations))
    return {name: table.filter(pl.col("count") > 0) for name, table in told.items()}


def _name(what: str, dims: Sequence[str]) -> str:
    return f"{what} by {' and '.join(dims)}"


def _counted(frame: pl.DataFrame, dims: Sequence[str], population: str = "") -> pl.DataFrame:
    """Add persons up; another population than the arrivals followed is told apart, or its cells would be theirs."""
    counted = frame.group_by(dims).agg(pl.col("persons").sum().alias("count")).sort(dims)
    counted = counted.with_columns(pl.col(dims).cast(pl.String))
    return counted.with_columns(population=pl.lit(population)) if population else counted


def _yes_or_no(frame: pl.DataFrame, what: str, dims: Sequence[str]) -> pl.DataFrame:
    yes = frame.with_columns(pl.lit("yes").alias(what), persons=pl.col("events"))
    no = frame.with_columns(pl.lit("no").alias(what), persons=pl.col("persons") - pl.col("events"))
    return _counted(pl.concat([yes, no]), (*dims, "month", what), what)


def _in_intervals(moves: pl.DataFrame) -> pl.DataFrame:
    """Bring months to the end of their interval; what comes later is counted as censored at the last one's end."""
    month = pl.col("months")
    end = pl.coalesce(pl.when(month <= end).then(pl.lit(end, pl.Int64)) for end in INTERVALS)
    late = month > INTERVALS[-1]
    event = pl.col("event").replace({"dead": OTHER, "emigrated": OTHER, "lost": OTHER})
    return moves.with_columns(
        pl.when(late).then(pl.lit("censored")).otherwise(event).alias("event"),
        pl.when(late).then(INTERVALS[-1]).otherwise(end).alias("months"),
        pl.col("cohort").fill_null("all"),
    )


def _summed(cells: pl.DataFrame, keys: Sequence[str], over: Collection[str]) -> pl.DataFrame:
    """Take the printed totals over some dimensions; a total of one cell is that cell, and not printed again."""
    total = pl.all_horizontal(pl.col(dim).is_null() for dim in over)
    count = pl.when(total.any()).then(pl.col("count").filter(total).first()).otherwise(pl.col("count").first())
    return cells.group_by(keys).agg(count)


def _only(column: str, split: str, value: str) -> pl.Expr:
    """Take the count of one value: empty where it is hidden, 0 where there is nobody."""
    mine = pl.col(column).filter(pl.col(split) == value)
    return pl.when(mine.len() == 0).then(0).otherwise(mine.first())


Relation = tuple[dict[str, str], list[dict[str, str]]]


def _relations(tables: RegisterTables, declared: Mapping[str, pl.DataFrame]) -> list[Relation]:
    """Say what a reader knows of how the tables hang together beside the categories that they share."""
    return [
        *_movers_went_somewhere(declared["destinations"], declared["status by kind"]),
        *_same_people_work_and_support(declared),
        *_same_people_followed_and_moving(tables, declared),
    ]


def _movers_went_somewhere(destinations: pl.DataFrame, statuses: pl.DataFrame) -> Iterator[Relation]:
    """Link destinations to statuses: who stayed, and who moved, by kind."""
    there = set(statuses.select("kind", "status").iter_rows())
    for (kind,), frame in destinations.group_by("kind", maintain_order=True):
        cells = {str(place): {"kind": str(kind), "place": str(place), "population": KNOWN} for place in frame["place"]}
        for status, at_home in (("stayed", True), ("moved", False)):
            parts = [cell for place, cell in cells.items() if (place == HOME) == at_home]
            if parts and (kind, status) in there:
                yield {"kind": str(kind), "status": status}, parts


def _same_people_work_and_support(declared: Mapping[str, pl.DataFrame]) -> Iterator[Relation]:
    """Link the people asked whether they work to those asked whether they support themselves: they are the same."""
    for kind, month in declared["work by kind"].select("kind", "month").unique(maintain_order=True).iter_rows():
        work, support = ({"kind": kind, "month": month, "population": what} for what in ("work", "support"))
        yield work, [support]


def _same_people_followed_and_moving(
    tables: RegisterTables, declared: Mapping[str, pl.DataFrame]
) -> Iterator[Relation]:
    """Link arrivals followed to first events where a cohort is just those people: a rule that begins after them."""
    moves = declared["first events by cohort and kind"]
    arrived = dict(tables.status.group_by("kind").agg(pl.col("persons").sum()).iter_rows())
    for (cohort,), frame in moves.group_by("cohort", maintain_order=True):
        if dict(frame.group_by("kind").agg(pl.col("count").sum()).iter_rows()) == arrived:
            apart = {} if moves["cohort"].n_unique() == 1 else {"cohort": str(cohort)}
            for kind in arrived:
                yield {"kind": kind}, [{**apart, "kind": kind, "population": "first events"}]
