"""What the register report is made from: cells counted in the engine, one step a table, each kept until all are done.

Nothing here is about one person: what leaves the engine is counted. `gather` can be interrupted and goes on where it
was, because every finished step lies in the work folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from fodfaeste.data import tabulate
from fodfaeste.data.engine import ROW
from fodfaeste.data.tabulate import Scope

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from fodfaeste.data.engine import Engine
    from fodfaeste.data.register import Register

Progress = Callable[[str, float], None]

PERSON = ("sex", "age_band", "civil_status", "nationality", "schooling")
"""What is known of a person at arrival and cannot be changed by the municipality."""

STAYS = "first_stays"

NAMED_NATIONALITIES = 7
"""So many citizenships are named, the largest; the others are counted together."""


@dataclass(frozen=True)
class About:
    """What the report is about, as `register.json` says it or as follows from the last day observed.

    Attributes
    ----------
    title : str
    observed_until, reference_day, employment_day : date
    first_year, last_year : int
        Arrivals of these years are followed to the reference day.
    rule_from : date or None
        First day of arrival under a residence rule of `rule_months`.
    working_age : tuple of int
    """

    title: str
    observed_until: date
    reference_day: date
    employment_day: date
    first_year: int
    last_year: int
    rule_from: date | None
    rule_months: int
    working_age: tuple[int, int]

    @property
    def scope(self) -> Scope:
        """The days and ages that the tables are counted for."""
        return Scope(self.observed_until, self.reference_day, self.rule_from, self.working_age)


@dataclass(frozen=True, eq=False)
class RegisterTables:
    """The register in cells; every frame has `persons`, or counts named by what they count.

    Attributes
    ----------
    about : About
    rows : polars.DataFrame
        table, rows_in, rows_used, rows_listed.
    units : polars.DataFrame
        municipality (code), unit (name, unique), kind.
    status : polars.DataFrame
        unit, kind, sex, age_band, civil_status, nationality, schooling, arrival_year, status, persons: arrivals of the
        years followed, by where they were at the reference day.
    moves : polars.DataFrame
        unit, kind, cohort, months, event, persons: all arrivals from the first year on.
    histories : polars.DataFrame
        cohort, the person's columns, months, event, persons.
    work, support : polars.DataFrame
        unit, kind, sex, age_band, month, persons, events.
    destinations : polars.DataFrame
        kind, place, persons.
    employment : polars.DataFrame
        unit, kind, employed, unemployed, outside: all residents of working age on the employment day.
    indicators : polars.DataFrame
        unit, kind and the municipality's indicators in the last year followed; without rows if there are none.
    """

    about: About
    rows: pl.DataFrame
    units: pl.DataFrame
    status: pl.DataFrame
    moves: pl.DataFrame
    histories: pl.DataFrame
    work: pl.DataFrame
    support: pl.DataFrame
    destinations: pl.DataFrame
    employment: pl.DataFrame
    indicators: pl.DataFrame

    published = False

    @property
    def arrivals(self) -> int:
        """Persons who arrived in the years followed."""
        return int(self.status["persons"].sum())

    def status_by(self, *dims: str) -> pl.DataFrame:
        """Count arrivals of the years followed, by where they were at the reference day.

        Columns: `dims`, arrived, known, stayed, moved, missing, and what missing consists of: dead, emigrated, unknown.
        In the edition to be published a count that is hidden is empty, and so is what would tell it.
        """
        counts = [_where("status", status) for status in tabulate.STATUSES]
        frame = self.status.group_by(*dims).agg(pl.col("persons").sum().alias("arrived"), *counts).sort(dims)
        return frame.with_columns(
            known=pl.col("stayed") + pl.col("moved"), missing=pl.sum_horizontal("dead", "emigrated", "unknown")
        )

    def moves_by(self, *dims: str) -> pl.DataFrame:
        """Count first events: `dims`, months, event, persons."""
        keys = (*dims, "months", "event")
        return self.moves.group_by(*keys).agg(pl.col("persons").sum()).sort(keys)

    def work_by(self, *dims: str) -> pl.DataFrame:
        """Count those at work by months after arrival: `dims`, month, persons, events."""
        return _added(self.work, dims)

    def support_by(self, *dims: str) -> pl.DataFrame:
        """Count those who support themselves by months after arrival: `dims`, month, persons, events."""
        return _added(self.support, dims)

    def employment_by_unit(self) -> pl.DataFrame:
        """Count residents of working age: unit, kind, employed, unemployed, outside."""
        return self.employment

    def destinations_by_kind(self) -> pl.DataFrame:
        """Count where arrivals lived at the reference day: kind, place, persons."""
        return self.destinations


def gather(register: Register, work: Path, progress: Progress) -> RegisterTables:
    """Count everything that the report needs, one step at a time.

    A step that is finished lies as Parquet in `work` and is not done again.
    """
    about = about_register(register)
    work.mkdir(parents=True, exist_ok=True)
    engine = register.engine
    units = _units(engine.fetch(register.tables["municipalities"]))
    stays = _stays(register, about, engine)
    asked = _asked(register, stays, about)
    counted: dict[str, pl.DataFrame] = {}
    for done, (name, expression) in enumerate(asked.items()):
        progress(f"count {name}", done / len(asked))
        counted[name] = _kept(work / f"{name}.parquet", expression, engine)
    named = {name: _named(frame, units) for name, frame in counted.items() if "municipality" in frame.columns}
    return RegisterTables(about, register.rows, units, **{**counted, **named})


def about_register(register: Register) -> About:
    """Fill in what `register.json` leaves open: four years of arrivals that had two years or more."""
    said = register.settings
    until = said.observed_until
    reference = said.reference_day or date(until.year, 1, 1)
    last = said.cohort_years[1] if said.cohort_years else reference.year - 3
    first = said.cohort_years[0] if said.cohort_years else last - 3
    return About(
        said.title,
        until,
        reference,
        said.employment_day or reference,
        first,
        last,
        said.rule_from,
        said.rule_months,
        said.working_age,
    )


def _stays(register: Register, about: About, engine: Engine) -> ir.Table:
    from ibis import _

    kept = _kept_stays(register, about, engine)
    largest = kept.group_by("citizenship").aggregate(n=_.count()).order_by(_.n.desc(), _.citizenship)
    named = engine.fetch(largest.limit(NAMED_NATIONALITIES))["citizenship"].to_list()
    told = {name: _[name].fill_null("unknown") for name in ("civil_status", "schooling")}
    return tabulate.grouped_citizenship(kept, named).mutate(**told)


def _kept_stays(register: Register, about: About, engine: Engine) -> ir.Table:
    from ibis import _

    path = engine.work / f"{STAYS}.parquet"
    if path.exists():
        return engine.read(path).drop(ROW)
    return engine.keep(
        STAYS, tabulate.first_stays(register.tables, about.scope).filter(_.arrival_year >= about.first_year)
    )


def _asked(register: Register, stays: ir.Table, about: About) -> Mapping[str, ir.Table]:
    from ibis import _

    followed = stays.filter(_.arrival_year <= about.last_year)
    persons = _.count().cast("int64")
    place = ("municipality", "kind")
    return {
        "status": followed.filter(_.status.notnull())
        .group_by(*place, *PERSON, "arrival_year", "status")
        .aggregate(persons=persons),
        "moves": tabulate.first_move(stays, (*place, "cohort")),
        "histories": tabulate.first_move(stays, ("cohort", *PERSON)),
        "work": tabulate.employment_after(stays, (*place, "sex", "age_band")),
        "support": tabulate.self_support(stays, (*place, "sex", "age_band")),
        "destinations": tabulate.destinations(followed, ("kind",)),
        "employment": tabulate.employment_on(register.tables, about.employment_day, about.scope),
        "indicators": _indicators(register.tables, about.last_year),
    }


def _indicators(tables: Mapping[str, ir.Table], year: int) -> ir.Table:
    from ibis import _

    if "municipality_indicators" not in tables:
        return tables["municipalities"].limit(0).select(municipality=_.code)
    return tables["municipality_indicators"].filter(_.year == year).rename(municipality="code").drop("year")


def _kept(path: Path, expression: ir.Table, engine: Engine) -> pl.DataFrame:
    if path.is_file():
        return pl.read_parquet(path)
    frame = engine.fetch(expression)
    # The same order on every engine: sums of floats and codes of categories follow it.
    frame = frame.sort(frame.columns)
    half = path.with_suffix(".part")
    frame.write_parquet(half)
    half.replace(path)
    return frame


def _where(column: str, value: str) -> pl.Expr:
    return pl.col("persons").filter(pl.col(column) == value).sum().alias(value)


def _added(frame: pl.DataFrame, dims: Sequence[str]) -> pl.DataFrame:
    return frame.group_by(*dims, "month").agg(pl.col("persons", "events").sum()).sort(*dims, "month")


def _units(municipalities: pl.DataFrame) -> pl.DataFrame:
    """Give each code the name and kind it had last, as `tabulate` does, with the code where two have one name."""
    last = municipalities.sort("valid_from", nulls_last=False).group_by("code", maintain_order=True).last()
    twice = last["name"].is_duplicated()
    unit = pl.when(twice).then(pl.format("{} ({})", "name", "code")).otherwise("name")
    return last.select(municipality="code", unit=unit, kind="kind").sort("municipality")


def _named(frame: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    columns: Sequence[str] = [name for name in frame.columns if name not in ("municipality", "kind")]
    joined = frame.drop("kind", strict=False).join(units, on="municipality", how="left")
    return joined.select("unit", "kind", *columns)
