"""Rates as they would be with one composition."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.intervals import interval
from fodfaeste.measure.standardise import standardise

TOWNS = {
    "town": ["A", "A", "B", "B"],
    "age": ["young", "old", "young", "old"],
    "moved": [30, 5, 8, 20],
    "people": [100, 50, 20, 200],
}


def towns(data=TOWNS, **options):
    return standardise(data, "moved", "people", unit="town", stratum="age", **options)


@st.composite
def tables(draw):
    """Invent units with people in every stratum."""
    units, strata = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    people = [draw(st.integers(1, 400)) for _ in range(units * strata)]
    return {
        "town": [f"T{k}" for k in range(units) for _ in range(strata)],
        "age": [f"S{k}" for _ in range(units) for k in range(strata)],
        "moved": [draw(st.integers(0, most)) for most in people],
        "people": people,
    }


def test_each_stratum_weighs_as_much_as_it_has_persons_in_all_units():
    found = towns()
    young, old = 120 / 370, 250 / 370

    assert found.summary["weights"] == pytest.approx({"young": young, "old": old})
    assert found.table["rate"].to_list() == pytest.approx([35 / 150, 28 / 220])
    assert found.table["standardised"].to_list() == pytest.approx(
        [young * 0.3 + old * 0.1, young * 0.4 + old * 0.1], abs=1e-15
    )
    se = np.sqrt(young**2 * 0.3 * 0.7 / 100 + old**2 * 0.1 * 0.9 / 50)
    assert found.table["se"][0] == pytest.approx(se)
    assert found.summary["rate"] == pytest.approx(63 / 370)


def test_a_standard_of_ones_own_may_be_persons_or_shares():
    persons, shares = towns(weights={"young": 300, "old": 100}), towns(weights={"young": 0.75, "old": 0.25})

    assert persons.table["standardised"].to_list() == pytest.approx([0.75 * 0.3 + 0.025, 0.75 * 0.4 + 0.025])
    assert shares.table["standardised"].to_list() == pytest.approx(persons.table["standardised"].to_list())


def test_the_interval_is_wilson_s_widened_by_the_ratio_of_standard_errors():
    row = towns().table.row(0, named=True)
    lower, upper = interval(35, 150)
    ratio = row["se"] / np.sqrt(35 / 150 * 115 / 150 / 150)

    assert row["lower"] == pytest.approx(row["standardised"] - ratio * (35 / 150 - lower))
    assert row["upper"] == pytest.approx(row["standardised"] + ratio * (upper - 35 / 150))


def test_one_stratum_leaves_the_crude_rate_and_its_interval():
    found = standardise(
        {"town": ["A", "B"], "age": ["all", "all"], "moved": [3, 0], "people": [20, 11]},
        "moved",
        "people",
        unit="town",
        stratum="age",
    ).table
    lower, upper = interval([3, 0], [20, 11])

    assert found["standardised"].to_list() == found["rate"].to_list()
    assert found["lower"].to_list() == pytest.approx(list(lower), abs=1e-15)
    assert found["upper"].to_list() == pytest.approx(list(upper))


def test_without_any_event_the_interval_is_as_wide_as_with_one_rate_in_all_strata():
    found = towns({**TOWNS, "moved": [0, 0, 8, 20]}).table.row(0, named=True)
    share = np.array([120, 250]) / 370
    ratio = np.sqrt(150 * (share**2 / [100, 50]).sum())

    assert (found["standardised"], found["lower"]) == (0, 0)
    assert found["upper"] == pytest.approx(ratio * interval(0, 150)[1])


def test_all_in_one_stratum_and_none_in_another_leaves_no_chance_to_measure():
    row = towns({**TOWNS, "moved": [100, 0, 8, 20]}).table.row(0, named=True)

    assert (row["se"], row["lower"], row["upper"]) == (0, None, None)
    assert row["note"] == "all or none in every stratum"


def test_nobody_in_a_stratum_is_refused_and_listed():
    with pytest.raises(Refused, match=r"old in A\. Merge strata with collapse"):
        towns({name: column[:1] + column[2:] for name, column in TOWNS.items()})
    with pytest.raises(Refused, match="young in B"):
        towns({**TOWNS, "moved": [30, 5, 0, 20], "people": [100, 50, 0, 200]})


def test_many_empty_strata_are_counted_not_listed():
    data = {
        "town": [f"T{k}" for k in range(14)],
        "age": [f"S{k}" for k in range(14)],
        "moved": [1] * 14,
        "people": [9] * 14,
    }
    with pytest.raises(Refused, match=r"and 172 more"):
        towns(data)


def test_collapse_merges_strata_in_all_units_and_says_so():
    data = {
        "town": ["A", "A", "B", "B", "B"],
        "age": ["0-17", "18-34", "0-17", "18-34", "35+"],
        "moved": [3, 4, 1, 9, 2],
        "people": [10, 20, 5, 30, 15],
    }
    found = towns(data, collapse={"18-34": "18+", "35+": "18+"})

    share = 15 / 80
    assert found.summary["weights"] == pytest.approx({"0-17": share, "18+": 1 - share})
    assert found.table["standardised"].to_list() == pytest.approx(
        [share * 0.3 + (1 - share) * 0.2, share * 0.2 + (1 - share) * 11 / 45]
    )
    assert [note.text for note in found.notes] == ["Merged in all units: 18-34 and 35+ as 18+."]


def test_collapsing_does_not_hide_what_is_wrong_with_the_rows():
    with pytest.raises(BadInput, match="120 of 100"):
        towns({**TOWNS, "moved": [120, 5, 8, 20]}, collapse={"young": "all", "old": "all"})


def test_wrong_names_are_told_with_the_right_ones():
    with pytest.raises(UnknownName, match="no column 'year'"):
        standardise(TOWNS, "moved", "people", unit="town", stratum="year")
    with pytest.raises(UnknownName, match="Did you mean young"):
        towns(collapse={"yung": "all"})
    with pytest.raises(UnknownName, match="no stratum 'middle'"):
        towns(weights={"young": 1, "old": 1, "middle": 2})


def test_weights_have_to_be_complete_and_not_negative():
    with pytest.raises(BadInput, match="no weight for old"):
        towns(weights={"young": 1})
    for wrong in ({"young": -1, "old": 2}, {"young": 0, "old": 0}, {"young": float("inf"), "old": 1}):
        with pytest.raises(BadInput, match="numbers of 0 or more"):
            towns(weights=wrong)


def test_a_stratum_twice_in_a_unit_and_an_empty_table_are_told():
    with pytest.raises(BadInput, match="'young' again"):
        towns({name: column[:1] + column for name, column in TOWNS.items()})
    with pytest.raises(NotEnoughPeople):
        towns({**TOWNS, "moved": [0] * 4, "people": [0] * 4})


def test_few_persons_are_flagged():
    found = towns({**TOWNS, "moved": [1, 1, 8, 20], "people": [2, 2, 20, 200]})

    assert found.table["flag"].to_list() == ["few", ""]
    assert found.table["note"].to_list() == ["n is below 5", ""]
    assert [note.code for note in found.notes] == ["few"]


def test_the_drawing_shows_the_standardised_rate_with_its_own_interval():
    found = towns()
    drawn = found.plot().to_dict()
    (rows,) = drawn["datasets"].values()

    assert [row["rate"] for row in rows] == pytest.approx(found.table["standardised"].to_list())


@settings(max_examples=30)
@given(tables())
def test_with_its_own_composition_as_the_standard_a_unit_keeps_its_crude_rate(data):
    frame = pl.DataFrame(data).filter(town="T0")
    own = dict(frame.select("age", "people").iter_rows())
    row = standardise(data, "moved", "people", unit="town", stratum="age", weights=own).table.row(0, named=True)

    assert row["standardised"] == pytest.approx(row["rate"])


@settings(max_examples=30)
@given(tables(), st.randoms())
def test_the_rate_lies_among_its_strata_inside_its_interval_whatever_the_order_of_rows(data, random):
    order = list(range(len(data["town"])))
    random.shuffle(order)
    found = towns(data)
    mixed = towns({name: [column[k] for k in order] for name, column in data.items()})

    assert mixed.table.sort("unit")["standardised"].to_list() == pytest.approx(found.table["standardised"].to_list())
    rates = pl.DataFrame(data).with_columns(rate=pl.col("moved") / pl.col("people"))
    for row in found.table.iter_rows(named=True):
        own = rates.filter(town=row["unit"])["rate"]
        assert own.min() - 1e-12 <= row["standardised"] <= own.max() + 1e-12
        if row["lower"] is not None:
            assert 0 <= row["lower"] <= row["standardised"] + 1e-12
            assert row["standardised"] - 1e-12 <= row["upper"] <= 1
