"""Municipality codes through the years, drawn; and a whole register brought to the municipalities of one day."""

from __future__ import annotations

from datetime import date

import polars as pl
from broken import write as write_register
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.data.register import at_vintage, open_register
from fodfaeste.data.register.vintages import FOR_EVER, at, broken_successions, readings


def codes(text: str) -> pl.DataFrame:
    """A drawn list of codes: code, valid_from, valid_to, successor (several divided by a slash)."""
    rows = [[cell.strip() or None for cell in line.split("|")] for line in text.strip().splitlines()[1:]]
    frame = pl.DataFrame(rows, schema=["code", "valid_from", "valid_to", "successor"], orient="row")
    days = pl.col("valid_from", "valid_to").str.to_date()
    return frame.with_columns(
        days, pl.col("successor").str.replace("/", "|", literal=True), name="Town " + pl.col("code")
    ).with_row_index("row", 2)


REFORM = codes("""
    code | valid_from | valid_to   | successor
    259  | 1970-04-01 | 2006-12-31 | 259
    259  | 2007-01-01 |            |
    401  | 1970-04-01 | 2002-12-31 | 400
    403  | 1970-04-01 | 2002-12-31 | 400
    400  | 2003-01-01 |            |
    601  | 1970-04-01 | 2006-12-31 | 615/756
    615  | 1970-04-01 | 2006-12-31 | 615
    615  | 2007-01-01 |            |
    756  | 2007-01-01 |            |
    700  | 1970-04-01 | 2006-12-31 | """)
"""Two became one in 2003; one was divided in 2007; one kept its code; of 700 nothing more is known."""


def readings_at(frame: pl.DataFrame, day: date) -> dict[str, tuple[str | None, str]]:
    return {one["code"]: (one["code_at"], one["how"]) for one in at(frame, day).iter_rows(named=True)}


def test_before_the_reform_codes_are_themselves():
    assert readings_at(REFORM, date(2002, 12, 31)) == {
        "259": ("259", "same"),
        "400": (None, "none"),
        "401": ("401", "same"),
        "403": ("403", "same"),
        "601": ("601", "same"),
        "615": ("615", "same"),
        "700": ("700", "same"),
        "756": (None, "none"),
    }


def test_after_it_they_are_what_followed_them():
    assert readings_at(REFORM, date(2007, 1, 1)) == {
        "259": ("259", "same"),
        "400": ("400", "same"),
        "401": ("400", "successor"),
        "403": ("400", "successor"),
        "601": ("615", "divided"),
        "615": ("615", "same"),
        "700": (None, "none"),
        "756": ("756", "same"),
    }


def test_a_code_is_followed_through_several_reforms():
    chain = codes("""
        code | valid_from | valid_to   | successor
        1    |            | 1999-12-31 | 2
        2    | 2000-01-01 | 2004-12-31 | 3/4
        3    | 2005-01-01 |            |
        4    | 2005-01-01 |            | """)
    found = {year: readings_at(chain, date(year, 7, 1))["1"] for year in (1990, 2002, 2006)}
    assert found == {1990: ("1", "same"), 2002: ("2", "successor"), 2006: ("3", "divided")}


def test_successors_that_lead_nowhere_are_listed():
    frame = codes("""
        code | valid_from | valid_to   | successor
        1    |            | 1999-12-31 | 9
        2    |            | 1999-12-31 | 3
        3    | 2001-01-01 |            |
        4    |            |            | 5
        5    |            |            | 4
        6    |            |            | 6
        7    |            | 1999-12-31 | 3/8
        8    | 2000-01-01 |            |
        10   |            |            | 4""")
    assert broken_successions(frame).rows() == [
        (2, "9", None),
        (3, "3", None),
        (5, None, "4, 5, 4"),
        (6, None, "5, 4, 5"),
        (7, "6", None),
        (8, "3", None),
    ]


days = st.dates(date(1990, 1, 1), date(2010, 1, 1))
lists = st.lists(
    st.tuples(
        st.sampled_from("ABCD"), st.none() | days, st.none() | days, st.lists(st.sampled_from("ABCDE"), max_size=2)
    ),
    min_size=1,
    max_size=8,
)


def list_of(rows) -> pl.DataFrame:
    cells = [(code, since, until, "|".join(after) or None) for code, since, until, after in rows]
    schema = {"code": pl.String, "valid_from": pl.Date, "valid_to": pl.Date, "successor": pl.String}
    return pl.DataFrame(cells, schema=schema, orient="row").with_row_index("row", 2)


@settings(max_examples=40)
@given(lists)
def test_whatever_the_list_says_a_code_has_one_reading_a_day(rows):
    """Also where validities overlap, run backwards or go in circles: nobody is to be counted twice."""
    found = readings(list_of(rows)).sort("code", "since")
    assert (found["since"] <= found["until"]).all()
    following = found.with_columns(next_since=pl.col("since").shift(-1).over("code"))
    assert following.filter(pl.col("next_since") <= pl.col("until")).is_empty()


@settings(max_examples=40)
@given(lists, days)
def test_a_code_that_is_valid_is_read_as_itself(rows, day):
    frame = list_of(rows)
    valid = {code for code, since, until, _ in rows if (since or date.min) <= day <= (until or FOR_EVER)}
    that_day = readings(frame).filter(pl.col("since") <= day, day <= pl.col("until"))
    assert {one["code"] for one in that_day.iter_rows(named=True) if one["reads_as"] == one["code"]} == valid


# A whole register


def test_a_register_of_one_day(engine, tmp_path):
    """1 moved from 201 to 401, which is one municipality since 2003; 2 lived in 301, which was divided."""
    tables = two_persons()
    register = open_register(write_register(tables, tmp_path), engine=engine)
    vintage = at_vintage(register, date(2004, 1, 1))
    spells = engine.fetch(vintage.register.tables["residence_spells"].order_by("person", "start"))
    assert spells.select(pl.all().cast(pl.String)).rows() == [
        ("1", "401", "1999-01-01", "2005-01-01", "moved", "101"),
        ("1", "101", "2005-01-01", None, "open", None),
        ("2", "401", "1999-01-01", "2001-01-01", "moved", "102"),
        ("2", "102", "2001-01-01", "2001-06-01", "unknown", None),
        ("3", "401", "1999-01-01", "2002-01-01", "unknown", None),
    ]
    places = engine.fetch(vintage.register.tables["municipalities"])["code"].sort().to_list()
    assert places == ["101", "102", "103", "104", "401", "402"]


def test_what_changed_is_told_and_counted(engine, tmp_path):
    register = open_register(write_register(two_persons(), tmp_path), engine=engine)
    vintage = at_vintage(register, date(2004, 1, 1))
    assert vintage.notes == (
        "301 (Town 301) was divided; all of it is read as 401 (Town 401).",
        "1 residence spells became one with the spell before: with the municipalities of 2004-01-01 the person did "
        "not move.",
    )
    rows = vintage.register.rows.row(by_predicate=pl.col("table") == "residence_spells")
    assert rows == ("residence_spells", 6, 5, 1)
    assert vintage.register.rows.filter(pl.col("rows_in") != pl.col("rows_used") + pl.col("rows_listed")).is_empty()


def test_a_code_of_unknown_fate_stays_and_is_named(engine, tmp_path):
    folder = write_register(two_persons(), tmp_path)
    (folder / "municipality_indicators.csv").unlink()
    vintage = at_vintage(open_register(folder, engine=engine), date(2002, 1, 1))
    assert vintage.notes == (
        "What these codes were called on 2002-01-01 is not known; they stay as they are: 401, 402.",
    )
    spells = engine.fetch(vintage.register.tables["residence_spells"])
    assert set(spells["municipality"]) == {"101", "102", "201", "301", "401"}
    assert "401" in engine.fetch(vintage.register.tables["municipalities"])["code"]


def test_indicators_stay_only_with_codes_that_did_not_change(engine, tmp_path):
    tables = two_persons()
    tables["municipality_indicators"].append({"code": "201", "year": "2000", "unemployment_rate": "5.0"})
    register = open_register(write_register(tables, tmp_path), engine=engine)
    vintage = at_vintage(register, date(2004, 1, 1))
    kept = engine.fetch(vintage.register.tables["municipality_indicators"])
    assert set(kept["code"]) == {"101", "102", "103", "104"}


def two_persons():
    from broken import sound, stay

    tables = sound(1, persons=0)
    tables["employment_spells"] = [{"person": "1", "start": "2000-01-01", "end": "", "kind": "employee"}]
    stay(
        tables,
        ("201", "1999-01-01", "2003-06-01", "moved", "401"),
        ("401", "2003-06-01", "2005-01-01", "moved", "101"),
        ("101", "2005-01-01", "", "open", ""),
        person="1",
    )
    stay(
        tables,
        ("301", "1999-01-01", "2001-01-01", "moved", "102"),
        ("102", "2001-01-01", "2001-06-01", "unknown", ""),
        person="2",
    )
    stay(tables, ("201", "1999-01-01", "2002-01-01", "moved", "301"), person="3")
    return tables
