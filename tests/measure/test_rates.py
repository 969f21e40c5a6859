"""How fast people leave while they are still there."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.measure.rates import rates

FIVE = {"months": [3, 6, 7, 20, 70], "event": ["moved", "dead", "moved", "censored", "moved"]}
EVENTS = ["moved", "emigrated", "dead", "censored"]


@st.composite
def persons(draw):
    n = draw(st.integers(1, 25))
    months = [draw(st.integers(1, 70)) for _ in range(n)]
    return {
        "months": months,
        "event": [draw(st.sampled_from(EVENTS)) for _ in range(n)],
        "kind": [draw(st.sampled_from(["rural", "town"])) for _ in range(n)],
        "since": [draw(st.integers(0, most - 1)) for most in months],
    }


def test_events_are_divided_by_the_months_that_people_were_still_there():
    table = rates(FIVE, "months", "event", breaks=(0, 6, 12)).table

    assert table["period"].to_list() == ["(0, 6]", "(6, 12]"]
    assert table["n"].to_list() == [5, 3]
    # Who leaves in month 3 has been there for three months, that month included.
    assert table["person_months"].to_list() == [3 + 4 * 6, 1 + 6 + 6]
    assert table["events"].to_list() == [1, 1]
    assert table["rate"].to_list() == pytest.approx([1 / 27, 1 / 13])
    assert table.select("start", "end").rows() == [(0, 6), (6, 12)]


def test_the_interval_is_exact_poisson_and_is_open_to_0_without_events():
    table = rates(FIVE, "months", "event", breaks=(0, 6, 12, 20), level=0.9).table

    assert table["lower"].to_list() == pytest.approx(
        [stats.chi2.ppf(0.05, 2) / 2 / 27, stats.chi2.ppf(0.05, 2) / 2 / 13, 0]
    )
    assert table["upper"][2] == pytest.approx(stats.chi2.ppf(0.95, 2) / 2 / 16)
    assert table["level"].unique().to_list() == [0.9]
    assert table["method"].unique().to_list() == ["exact"]


def test_the_unit_of_a_rate_is_said():
    result = rates(FIVE, "months", "event")

    assert result.summary["rate_per"] == "person-month"
    assert result.method.name.startswith("Events per person-month")
    assert result.params["breaks"] == [0, 6, 12, 24, 36, 42, 48, 60]


@settings(max_examples=40, deadline=None)
@given(persons())
def test_every_month_and_every_event_is_in_one_period_of_one_unit(data):
    result = rates(data, "months", "event", by="kind", cause=None, entry="since", breaks=(0, 6, 12, 36, 70))
    table = result.table

    groups = table.filter(pl.col("unit") != "all")
    once = groups.filter(cause=groups["cause"][0])
    assert once["person_months"].sum() == sum(data["months"]) - sum(data["since"])
    assert groups["events"].sum() == sum(event != "censored" for event in data["event"])
    everybody = table.filter(unit="all")
    assert everybody["events"].sum() == groups["events"].sum() == result.summary["events"]
    assert result.summary["person_months"] == once["person_months"].sum()


@settings(max_examples=20, deadline=None)
@given(persons(), st.randoms(use_true_random=False))
def test_neither_row_order_nor_cells_change_anything(data, random):
    rows = pl.DataFrame(data)
    cells = rows.group_by(rows.columns).len("people")
    shuffled = rows[random.sample(range(rows.height), rows.height)]
    first = rates(rows, "months", "event", by="kind", entry="since").table

    assert rates(shuffled, "months", "event", by="kind", entry="since").table.equals(first)
    assert rates(cells, "months", "event", by="kind", entry="since", count="people").table.equals(first)


def test_who_came_under_watch_late_counts_from_then():
    table = rates({**FIVE, "since": [2, 0, 6, 9, 0]}, "months", "event", entry="since", breaks=(0, 6, 12)).table
    assert table["person_months"].to_list() == [1 + 6 + 6, 1 + 3 + 6]
    assert table["n"].to_list() == [3, 3]


def test_all_causes_are_counted_each_by_itself_over_the_same_months():
    table = rates(FIVE, "months", "event", cause=None, breaks=(0, 6)).table

    assert table["cause"].to_list() == ["moved", "dead"]
    assert table["events"].to_list() == [1, 1]
    assert table["person_months"].to_list() == [27, 27]


def test_a_cause_that_nobody_has_is_a_rate_of_0():
    table = rates(FIVE, "months", "event", cause="emigrated", breaks=(0, 6)).table
    assert table.select("events", "rate", "lower").row(0) == (0, 0, 0)


def test_the_last_period_may_have_no_end():
    table = rates(FIVE, "months", "event", breaks=(0, 6, math.inf)).table

    assert table["period"].to_list() == ["(0, 6]", "over 6"]
    assert table["person_months"].to_list() == [27, 1 + 14 + 64]


def test_a_period_in_which_nobody_is_at_risk_has_no_rate():
    result = rates({"t": [5, 9], "e": [1, 0], "g": ["a", "b"]}, "t", "e", by="g", breaks=(0, 6, 12))

    assert result.table.filter(unit="a")["rate"].to_list() == [1 / 5, None]
    assert result.table.filter(unit="a")["upper"].to_list()[1] is None
    assert [note.code for note in result.notes] == ["nobody-at-risk"]


def test_events_outside_the_periods_are_counted_in_a_note():
    (note,) = rates(FIVE, "months", "event", breaks=(3, 6, 12)).notes
    assert note.text.startswith("2 events of any cause")


def test_the_lost_are_censored_with_a_warning():
    (note,) = rates({"t": [5, 9], "e": ["lost", "moved"]}, "t", "e", breaks=(0, 12)).notes
    assert note.code == "lost-censored"
    assert note.text.startswith("1 persons")


def test_many_groups_have_the_rates_they_have_alone():
    rng = np.random.default_rng(9)
    data = pl.DataFrame(
        {"g": rng.integers(0, 2000, 40_000), "t": rng.uniform(0.01, 80, 40_000), "e": rng.integers(0, 4, 40_000)}
    )
    table = rates(data, "t", "e", by="g").table

    for unit in (0, 1234):
        alone = rates(data.filter(g=unit), "t", "e").table
        assert table.filter(unit=str(unit)).drop("unit").equals(alone.drop("unit"))


@pytest.mark.parametrize("breaks", [(0,), (6, 0), (0, 6, 6), (-1, 6), (0, math.nan), 6])
def test_breaks_that_do_not_rise_are_refused(breaks):
    with pytest.raises(BadInput, match="two or more rising numbers"):
        rates(FIVE, "months", "event", breaks=breaks)


def test_a_cause_that_is_not_there_is_named():
    with pytest.raises(UnknownName, match="no cause 'moved'"):
        rates({"t": [1], "e": ["out"]}, "t", "e", causes={"out": "left"})
    named = rates({"t": [1], "e": ["out"]}, "t", "e", causes={"out": "left"}, cause="left", breaks=(0, 1))
    assert named.table["events"].to_list() == [1]
    assert named.params["causes"] == {"out": "left"}
