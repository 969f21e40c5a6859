"""One register for all tests of this folder, and its persons with where they first lived and where at three dates."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from fodfaeste.data.synthetic import simulate

NAMED = {
    "BIH": "bosnia_herzegovina",
    "TUR": "turkey",
    "SOM": "somalia",
    "IRQ": "iraq",
    "YUG": "yugoslavia",
    "AFG": "afghanistan",
    "XXA": "stateless",
}


def years_old(born: str, on: pl.Expr) -> pl.Expr:
    """Age in whole years, told from the days by hand."""
    birth = pl.col(born)
    day, birthday = (e.dt.month().cast(pl.Int32) * 100 + e.dt.day() for e in (on, birth))
    return on.dt.year() - birth.dt.year() - (day < birthday).cast(pl.Int32)


def residents(spells: pl.DataFrame, on: date, column: str) -> pl.DataFrame:
    there = (pl.col("start") <= on) & (pl.col("end").is_null() | (pl.col("end") > on))
    return spells.filter(there).select("person", pl.col("municipality").alias(column))


def work_on(spells: pl.DataFrame, on: date) -> pl.DataFrame:
    there = (pl.col("start") <= on) & (pl.col("end").is_null() | (pl.col("end") > on))
    return spells.filter(there).select("person", "kind")


def with_places(tables) -> pl.DataFrame:
    """A row a person: first municipality with name and kind, municipality at three dates, moved by 2001."""
    spells = tables["residence_spells"]
    codes = tables["municipalities"].filter(pl.col("valid_from") < date(2002, 1, 1))
    first = spells.sort("person", "start").group_by("person", maintain_order=True).first()
    frame = tables["persons"].join(first.select("person", "start", code="municipality"), on="person")
    for year in (1999, 2000, 2001):
        frame = frame.join(residents(spells, date(year, 1, 1), f"in_{year}"), on="person", how="left")
    frame = frame.join(codes.select("code", "name", "kind"), on="code")
    frame = frame.join(codes.select(in_2001="code", kind_2001="kind"), on="in_2001", how="left")
    return frame.with_columns(
        year=pl.col("arrival_date").dt.year(),
        age=years_old("birth_date", pl.col("arrival_date")),
        moved=pl.col("in_2001") != pl.col("code"),
        nationality=pl.col("citizenship").replace_strict(NAMED, default="other_countries"),
    )


@pytest.fixture(scope="session")
def register():
    return simulate(1)


@pytest.fixture(scope="session")
def people(register):
    return with_places(register.tables)


@pytest.fixture(scope="session")
def known(people):
    """Arrivals 1995 to 1998 whose status on 1 January 2001 is known."""
    return people.filter(pl.col("year").is_between(1995, 1998), pl.col("in_2001").is_not_null())


@pytest.fixture(scope="session")
def lookups():
    """The helpers above, for tests of registers of their own."""
    return {"with_places": with_places, "work_on": work_on, "years_old": years_old}
