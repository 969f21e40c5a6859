"""What a round of quotas needs beside the formula: days, an answer to each condition, two computations side by side."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.place.quota import answers, calendar, check_agreement, differences, quota
from fodfaeste.place.rule_sets import QUOTA, UKRAINE, rule_set, rule_set_of_track

from .test_quota import EXAMPLE, NUMBERS, WEST, countries

LAW = settings(max_examples=40)


# The days of a round


def test_today_a_round_has_three_deadlines_and_a_day_of_counting() -> None:
    steps = calendar(2027, "IL-2022")
    assert [(step.code, step.day) for step in steps] == [
        ("population_day", date(2026, 1, 1)),
        ("national_deadline", date(2026, 5, 1)),
        ("agreement_deadline", date(2026, 9, 10)),
        ("fix_date", date(2026, 9, 30)),
    ]
    assert [step.is_deadline for step in steps] == [False, True, True, True]
    assert steps[1].rule.source == "L 189 2015-16; BO 550/2022 § 2(1); IL § 6(1)"


def test_before_the_reform_of_2016_regions_agreed_first_and_all_came_a_month_earlier() -> None:
    days = {step.code: step.day for step in calendar(2015, rule_set_of_track(date(2014, 1, 1), QUOTA))}
    assert days == {
        "population_day": date(2014, 1, 1),
        "national_deadline": date(2014, 4, 1),
        "region_deadline": date(2014, 5, 1),
        "region_fix_date": date(2014, 5, 15),
        "agreement_deadline": date(2014, 9, 10),
        "fix_date": date(2014, 9, 30),
    }


def test_numbers_for_ukraine_have_only_a_day_of_counting() -> None:
    steps = calendar(2024, rule_set_of_track(date(2024, 1, 1), UKRAINE))
    assert [(step.code, step.day) for step in steps] == [("population_counted_on", date(2023, 1, 1))]
    assert calendar(2022, "UKR-2022")[0].day == date(2021, 1, 1)


def test_a_year_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match="column year"):
        calendar(0, "IL-2022")


@given(st.integers(1999, 2100), st.dates(date(1999, 1, 1), date(2100, 1, 1)))
def test_days_follow_each_other_and_deadlines_lie_in_the_year_before(year: int, day: date) -> None:
    steps = calendar(year, day)
    assert [step.day for step in steps] == sorted(step.day for step in steps)
    assert {step.day.year for step in steps} == {year - 1}


def test_a_track_is_one_that_there_is() -> None:
    assert rule_set_of_track(date(2024, 6, 1), UKRAINE)["persons_at_a_time"] == 10_000
    with pytest.raises(UnknownName, match="track"):
        rule_set_of_track(date(2024, 6, 1), "kosovo")
    with pytest.raises(BadInput, match="2022-03-16"):
        rule_set_of_track(date(2021, 6, 1), UKRAINE)


# An answer to each condition


def test_every_condition_has_its_answer() -> None:
    given_ = answers(WEST, list(WEST), 697, signed=["Egeby", "Pileby"])
    assert [(one.condition, one.holds) for one in given_] == [
        ("written_and_signed", False),
        ("number_each", True),
        ("sum", True),
        ("lapse", True),
    ]
    assert given_[0].failed is not None
    assert given_[0].failed.values == {"names": "Elmeby"}


@given(
    st.lists(st.one_of(st.none(), st.integers(-2, 9)), min_size=1, max_size=6),
    st.integers(0, 30),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_an_agreement_counts_when_all_its_conditions_hold_and_only_then(
    agreed: list[int | None], quota_: int, written: bool, changed: bool, says: bool, told: bool
) -> None:
    numbers = {f"m{place}": number for place, number in enumerate(agreed)}
    more: dict[str, Any] = {"written": written, "national_changed": changed}
    more |= {"says_how_to_change": says, "told_beforehand": told}
    given_ = answers(numbers, list(numbers), quota_, **more)
    valid = (
        written
        and all(number is not None and number >= 0 for number in agreed)
        and sum(number or 0 for number in agreed) == quota_
        and (not changed or (says and told))
    )
    assert all(one.holds for one in given_) is valid
    assert (check_agreement(numbers, list(numbers), quota_, **more) == ()) is valid
    assert [one.condition for one in given_] == list(rule_set("IL-2022")["agreement_conditions"])


# Side by side


def test_a_larger_national_number_is_shown_beside_the_smaller() -> None:
    found = differences(quota(EXAMPLE, 1000), quota(EXAMPLE, 1100))
    assert [(one.municipality, one.before, one.more) for one in found] == [
        ("Askby", 0, 0),
        ("Birkeby", 303, 31),
        ("Egeby", 294, 30),
        ("Elmeby", 239, 24),
        ("Pileby", 164, 15),
    ]
    assert found[0].why_before == found[0].why_after == "negative"


def test_other_municipalities_cannot_be_set_beside() -> None:
    fewer = {name: values[:4] for name, values in EXAMPLE.items()}
    with pytest.raises(BadInput, match="105"):
        differences(quota(EXAMPLE, 10), quota(fewer, 10))


@LAW
@given(countries(), NUMBERS, NUMBERS)
def test_what_some_win_others_lose_but_for_what_the_national_number_changes(
    country: Any, before: int, after: int
) -> None:
    found = differences(quota(country, before), quota(country, after))
    assert sum(one.more for one in found) == after - before
    assert all(not one.more for one in differences(quota(country, before), quota(country, before)))
