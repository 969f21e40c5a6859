"""The municipalities of 2002 and what became of them."""

from collections import Counter
from datetime import date

import polars as pl
import pytest

from fodfaeste.data import report2002
from fodfaeste.data.municipalities import KINDS, municipalities, valid_on


@pytest.fixture(scope="module")
def of_2002():
    return valid_on(date(2002, 1, 1))


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2002, 1, 1), 275),
        (date(2002, 12, 31), 275),
        (date(2003, 1, 1), 271),
        (date(2006, 1, 1), 270),
        (date(2007, 1, 1), 98),
    ],
)
def test_there_were_275_then_bornholm_and_aeroe_merged_and_then_98(day, number):
    frame = valid_on(day)
    assert frame.height == number
    assert frame["code"].is_unique().all()


def test_the_216_of_the_report_are_there_in_its_spelling_half_of_them_rural(of_2002):
    names = set(report2002.load("employment_2000").frame["municipality"])
    covered = of_2002.filter(pl.col("kind").is_in(["rural", "small_town"]))
    assert set(covered["name"]) == names
    assert Counter(covered["kind"]) == {"rural": 108, "small_town": 108}


def test_kinds_are_the_reports_where_it_prints_them(of_2002):
    printed = report2002.load("retention_1995_98").frame
    joined = printed.join(of_2002, left_on="municipality", right_on="name")
    assert joined.height == 60
    assert (joined["kind"] == joined["kind_right"]).all()


def test_the_other_59_are_towns_and_the_capital(of_2002):
    others = of_2002.filter(~pl.col("kind").is_in(["rural", "small_town"]))
    assert others.height == 59
    assert set(others.filter(kind="big_city")["name"]) == {"Aarhus", "Odense", "Aalborg"}
    assert "København" in set(others.filter(kind="capital_area")["name"])
    assert set(of_2002["kind"]) == set(KINDS)


def test_every_municipality_that_ended_leads_to_the_98_and_every_one_of_those_is_led_to():
    frame = municipalities()
    now = set(valid_on(date(2007, 1, 1))["code"])
    ended = frame.filter(pl.col("valid_to").is_not_null())
    successors = [code for codes in ended["successor"] for code in codes.split("|")]
    new = set(frame.filter(pl.col("valid_from") > date(2002, 1, 1))["code"])
    assert set(successors) <= now
    assert set(successors) == new
    assert frame.filter(pl.col("valid_to").is_null())["successor"].is_null().all()


def test_thirteen_were_divided(of_2002):
    assert of_2002["successor"].str.contains("|", literal=True).sum() == 13


def test_a_code_that_came_back_is_another_municipality():
    koege = municipalities().filter(code="259").sort("valid_from")
    assert koege["valid_to"].to_list() == [date(2006, 12, 31), None]
    assert koege["valid_from"].to_list() == [date(1970, 4, 1), date(2007, 1, 1)]


def test_a_new_municipality_has_the_kind_of_its_most_urban_part():
    frame = municipalities()
    before = valid_on(date(2002, 1, 1))
    for new in frame.filter(pl.col("valid_from") > date(2002, 1, 1)).iter_rows(named=True):
        parts = before.filter(pl.col("successor").fill_null("").str.split("|").list.contains(new["code"]))
        assert new["kind"] == max(parts["kind"], key=KINDS.index), new["name"]


def test_all_216_have_a_position_in_denmark(of_2002):
    covered = of_2002.filter(pl.col("kind").is_in(["rural", "small_town"]))
    assert covered["latitude"].is_between(54.5, 57.8).all()
    assert covered["longitude"].is_between(8.0, 15.2).all()
    assert of_2002.filter(name="Aarhus").select("latitude").item() == pytest.approx(56.16, abs=0.05)
