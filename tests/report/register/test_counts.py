"""What the register's tables hold, beside plain counts of the same persons by Polars."""

from datetime import date

import polars as pl
import pytest

DAY = date(2001, 1, 1)


@pytest.fixture(scope="session")
def plain(raw):
    """One row a person: first municipality and its kind, and where they were on the reference day, by hand."""
    spells = raw["residence_spells"].sort("person", "start")
    first = spells.group_by("person", maintain_order=True).first()
    at = spells.filter(pl.col("start") <= DAY).group_by("person", maintain_order=True).last()
    here = pl.col("end").is_null() | (pl.col("end") > DAY)
    at = at.select("person", now=pl.when(here).then("municipality"), gone=~here)
    places = raw["municipalities"].select(municipality="code", unit="name", kind="kind")
    frame = raw["persons"].join(first, on="person").join(at, on="person", how="left").join(places, on="municipality")
    status = (
        pl.when(pl.col("gone"))
        .then(pl.lit("missing"))
        .when(pl.col("now") == pl.col("municipality"))
        .then(pl.lit("stayed"))
        .otherwise(pl.lit("moved"))
    )
    return frame.with_columns(status=status, year=pl.col("arrival_date").dt.year())


@pytest.fixture(scope="session")
def followed(plain):
    return plain.filter(pl.col("year").is_between(1995, 1998))


def by(frame, *dims):
    counts = [(pl.col("status") == name).sum().cast(pl.Int64).alias(name) for name in ("stayed", "moved", "missing")]
    return frame.group_by(dims).agg(*counts).sort(dims)


def test_arrivals_by_kind_and_by_municipality_are_those_counted_by_hand(tables, followed):
    for dims in (("kind",), ("kind", "unit"), ("unit",), ("sex",)):
        found = tables.status_by(*dims).select(*dims, "stayed", "moved", "missing")
        assert found.equals(by(followed, *dims)), dims


def test_the_years_followed_are_four_that_had_two_years_or_more(tables, followed):
    assert (tables.about.first_year, tables.about.last_year) == (1995, 1998)
    assert tables.arrivals == followed.height


def test_who_has_no_civil_status_is_counted_as_unknown_and_not_left_out(tables, followed):
    unknown = followed.filter(pl.col("civil_status").is_null())
    assert unknown.height > 0
    found = tables.status_by("civil_status").filter(pl.col("civil_status") == "unknown")
    assert found["arrived"].to_list() == [unknown.height]


def test_every_person_is_in_the_first_events_and_in_the_histories_once(tables, raw):
    assert tables.moves["persons"].sum() == tables.histories["persons"].sum() == raw["persons"].height


def test_first_moves_are_those_in_the_spells(tables, plain):
    moved = plain.filter(pl.col("end_reason") == "moved").group_by("unit").len("n").sort("unit")
    found = tables.moves.filter(pl.col("event") == "moved").group_by("unit").agg(n=pl.col("persons").sum())
    assert found.sort("unit").select("unit", "n").rows() == moved.rows()


def test_destinations_of_movers_and_stayers_add_up_to_all_whose_address_is_known(tables, followed):
    here = followed.filter(pl.col("status") != "missing")
    assert tables.destinations["persons"].sum() == here.height
    stayed = tables.destinations.filter(pl.col("place") == "same_municipality")["persons"].sum()
    assert stayed == here.filter(pl.col("status") == "stayed").height


def test_residents_of_working_age_are_in_work_unemployed_or_outside(tables, raw):
    spells = (
        raw["residence_spells"]
        .filter(pl.col("start") <= DAY, pl.col("end").is_null() | (pl.col("end") > DAY))
        .join(raw["persons"], on="person")
    )
    age = (
        2001
        - pl.col("birth_date").dt.year()
        - ((pl.col("birth_date").dt.month() > 1) | (pl.col("birth_date").dt.day() > 1)).cast(pl.Int64)
    )
    residents = spells.filter(age.is_between(16, 66))
    works = raw["employment_spells"].filter(
        pl.col("start") <= DAY,
        pl.col("end").is_null() | (pl.col("end") > DAY),
        pl.col("kind").is_in(["employee", "self_employed", "subsidised"]),
    )
    found = tables.employment.select(pl.col("employed", "unemployed", "outside").sum()).row(0)
    assert sum(found) == residents.height
    assert found[0] == residents.filter(pl.col("person").is_in(works["person"].implode())).height


def test_the_same_municipality_has_one_name_whatever_the_year(world, raw, count, tmp_path):
    """Two vintages of a code are one municipality, called what it was called last; two of one name are told apart."""
    places = raw["municipalities"].with_columns(
        valid_from=pl.lit(None, pl.Date),
        valid_to=pl.lit(None, pl.Date),
        name=pl.when(pl.col("code") == "110").then(pl.lit("Øby")).otherwise("name"),
    )
    first = places.filter(pl.col("code") == "105").with_columns(valid_to=pl.date(2003, 12, 31))
    later = first.with_columns(name=pl.lit("Nyby"), valid_from=pl.date(2004, 1, 1), valid_to=pl.lit(None, pl.Date))
    changed = pl.concat([places.filter(pl.col("code") != "105"), first, later])
    counted = count(world.write({**raw, "municipalities": changed}, tmp_path / "vintages"))
    names = counted.units["unit"].to_list()
    assert len(names) == len(set(names)) == 24
    assert {"Nyby", "Øby (101)", "Øby (110)"} <= set(names)
    assert not {"Sønder Ø", "Øby"} & set(names)
    assert counted.moves["unit"].null_count() == counted.status["unit"].null_count() == 0
