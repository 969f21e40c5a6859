"""Who is counted with which measure, person by person: a figure is the sum of its rows, so both agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import F

from fodfaeste.data import tabulate
from fodfaeste.data.register import Register
from fodfaeste.report.register.publication import HOME
from fodfaeste.report.register.tables import NAMED_NATIONALITIES, About
from fodfaeste.report.register.tables import RegisterTables as Cells
from fodfaeste.web.insight.measures import CHOICES, FOLLOW_UPS, MONTH, STAYED, SUPPORT, WORK
from fodfaeste.web.people.register import RegisterTables
from fodfaeste.web.programme.models import ChoiceCount, FollowUp

YEAR = timedelta(days=365)
NOW, BEFORE = "now", "before"
"""Parts of a change: what the last twelve months tell, and the twelve before."""

_KEPT = (
    *("person", "municipality", "kind", "arrival_date", "arrival_year", "months", "event", "destination_kind"),
    *("status", "status_kind", "sex", "age_band", "civil_status", "citizenship", "schooling"),
)
_GONE = ("dead", "emigrated", "lost")


@dataclass(frozen=True)
class Row:
    """A person counted `n` times with a measure of an office, `events` times with yes."""

    measure: str
    office: int
    person: int
    n: int
    events: int
    part: str = ""


def people(opened: Register, about: About, register: RegisterTables) -> pl.DataFrame:
    """Follow everybody in the register from arrival, a row a person; `key` is their key here."""
    stays = tabulate.first_stays(opened.tables, about.scope)
    work, support = f"employed_{MONTH}", f"self_supporting_{MONTH}"
    frame = opened.engine.fetch(stays.select(*_KEPT, work, support)).rename({work: "work", support: "support"})
    keys = pl.DataFrame({"person": register.tables["persons"]["person"], "key": list(register.persons)})
    found = frame.join(keys, on="person").filter(pl.col("arrival_year") >= about.first_year).sort("key")
    # Where somebody lives who has moved to a municipality that writes nothing here is not known; that they moved is.
    moved = (pl.col("status") == "unknown") & (pl.col("event") == "moved")
    return found.with_columns(
        pl.when(moved).then(pl.lit("moved")).otherwise("status").alias("status"),
        pl.when(moved)
        .then(pl.col("destination_kind").fill_null("unknown"))
        .otherwise("status_kind")
        .alias("status_kind"),
    )


def followed(tables: Cells, found: pl.DataFrame) -> tuple[Cells, pl.DataFrame]:
    """Give the register's cells with everybody who is known to have moved among those who moved.

    Returns
    -------
    RegisterTables, DataFrame
        The cells; and the destinations by municipality: unit, kind, place and persons.
    """
    largest = found.group_by("citizenship").len().sort(pl.col("len"), "citizenship", descending=[True, False])
    named = largest["citizenship"].head(NAMED_NATIONALITIES).to_list()
    whose = found.join(tables.units.select("municipality", "unit"), on="municipality").filter(
        pl.col("arrival_year") <= tables.about.last_year, pl.col("status").is_not_null()
    )
    told = whose.with_columns(
        pl.col("civil_status", "schooling").fill_null("unknown"),
        nationality=pl.when(pl.col("citizenship").is_in(named)).then("citizenship").otherwise(pl.lit("other")),
        place=pl.when(pl.col("status") == "stayed").then(pl.lit(HOME)).otherwise("status_kind"),
    )
    counted = pl.len().cast(pl.Int64).alias("persons")
    status = told.group_by(tables.status.columns[:-1]).agg(counted).sort(tables.status.columns[:-1])
    known = told.filter(pl.col("status").is_in(["stayed", "moved"]))
    keys = ["kind", "place"]
    destinations = known.group_by(keys).agg(counted).sort(keys)
    by_unit = known.group_by("unit", *keys).agg(counted).sort("unit", *keys)
    return replace(tables, status=status, destinations=destinations), by_unit


def of_register(found: pl.DataFrame, about: About, offices: Mapping[str, int]) -> Iterator[Row]:
    """Count the people of each office, by the municipality that they came to first."""
    for row in found.filter(pl.col("municipality").is_in(list(offices))).iter_rows(named=True):
        office, person = offices[row["municipality"]], row["key"]
        if row["arrival_year"] <= about.last_year and row["status"] in ("stayed", "moved"):
            yield Row(STAYED.name, office, person, 1, int(row["status"] == "stayed"))
        for measure in (WORK, SUPPORT):
            if row[measure.name] is not None:
                yield Row(measure.name, office, person, 1, int(row[measure.name]))


def changes(found: pl.DataFrame, about: About, offices: Mapping[str, int]) -> Iterator[Row]:
    """Count who came to be twelve months here within the last year, and within the year before."""
    until = about.observed_until
    for row in found.filter(pl.col("municipality").is_in(list(offices))).iter_rows(named=True):
        age = (until - row["arrival_date"]).days // YEAR.days
        part = {1: NOW, 2: BEFORE}.get(age)
        if part is None:
            continue
        left = row["months"] <= MONTH and row["event"] != "censored"
        office, person = offices[row["municipality"]], row["key"]
        if not (left and row["event"] in _GONE):
            yield Row(STAYED.name, office, person, 1, int(not left), part)
        for measure in (WORK, SUPPORT):
            if row[measure.name] is not None:
                yield Row(measure.name, office, person, 1, int(row[measure.name]), part)


def of_follow_ups(day: date) -> tuple[list[Row], list[Row]]:
    """Count the follow-ups due in the twelve months before a day; then those by kind, and those of the year before."""
    rows = FollowUp.objects.filter(due__lt=day, due__gte=day - 2 * YEAR, programme__person__protected=False)
    rows = rows.exclude(held=None, programme__end__isnull=False).filter(programme__person__merged_into=None)
    told = rows.order_by().values_list("programme__organisation", "programme__person", "code", "due", "held")
    counted: dict[tuple[int, int, str], list[int]] = {}
    for office, person, code, due, held in told.iterator():
        late = due < day - YEAR
        for part in (BEFORE,) if late else ("", NOW, code):
            sums = counted.setdefault((office, person, part), [0, 0])
            sums[0] += 1
            sums[1] += int(held is not None and held <= due)
    made = [
        Row(FOLLOW_UPS.name, office, person, n, events, part) for (office, person, part), (n, events) in counted.items()
    ]
    return [one for one in made if not one.part], [one for one in made if one.part]


def overdue(day: date) -> dict[tuple[int, str], int]:
    """Count the follow-ups of an office that nobody has held although their day has passed, by kind."""
    rows = FollowUp.objects.filter(held=None, programme__end=None, due__lt=day, programme__person__merged_into=None)
    found: dict[tuple[int, str], int] = {}
    for key in rows.order_by().values_list("programme__organisation", "code").iterator():
        found[key] = found.get(key, 0) + 1
    return found


def of_choices() -> list[Row]:
    """Count the activities of plans that hold, and those with a real choice."""
    rows = ChoiceCount.objects.filter(programme__end=None, programme__person__protected=False, of__gt=0)
    told: Any = rows.values_list(F("programme__organisation"), F("programme__person"), "of", "chosen")
    return [Row(CHOICES.name, office, person, n, events) for office, person, n, events in told]


def sums(rows: Iterable[Row]) -> dict[tuple[int, str, str], tuple[int, int]]:
    """Add rows up, by office, measure and part."""
    found: dict[tuple[int, str, str], tuple[int, int]] = {}
    for row in rows:
        key = (row.office, row.measure, row.part)
        n, events = found.get(key, (0, 0))
        found[key] = (n + row.n, events + row.events)
    return found
