"""When a municipality takes over: the example of the act, the weekend of 2016, Ukraine, and registration."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.errors import BadInput
from fodfaeste.plan import UKRAINE, programme_rules, takeover, why_closed

A_DAY = timedelta(days=1)


def test_a_decision_of_12_march_has_april_as_its_first_whole_month() -> None:
    found = takeover(date(2001, 3, 12))
    assert (found.month_end, found.day) == (date(2001, 4, 30), date(2001, 5, 1))
    assert found.why.en == (
        "The decision is of 12 March 2001; the first whole month ends on 30 April 2001. "
        "The municipality is responsible from 1 May 2001."
    )


@given(st.dates(date(1999, 1, 1), date(2035, 12, 31)))
def test_a_takeover_follows_the_end_of_a_whole_month_after_the_decision(decision: date) -> None:
    found = takeover(decision)
    assert found.month_end is not None
    assert (found.month_end + A_DAY).day == 1
    months = (found.month_end.year - decision.year) * 12 + found.month_end.month - decision.month
    assert months == 1
    assert found.day > found.month_end


@given(st.dates(date(2016, 7, 1), date(2035, 12, 31)))
def test_from_2016_on_nobody_is_taken_over_on_a_weekend_or_holiday(decision: date) -> None:
    found = takeover(decision)
    assert found.month_end is not None
    assert why_closed(found.day) is None
    between = (found.day - found.month_end).days
    assert all(why_closed(found.month_end + A_DAY * days) for days in range(1, between))


@given(st.dates(date(1999, 1, 1), date(2016, 4, 30)))
def test_before_2016_the_first_of_the_month_it_was(decision: date) -> None:
    assert takeover(decision).day.day == 1


def test_a_first_of_a_month_on_a_saturday_moves_and_says_why() -> None:
    found = takeover(date(2026, 6, 12))
    assert (found.month_end, found.day) == (date(2026, 7, 31), date(2026, 8, 3))
    assert "1. august 2026 er lørdag; flyttet til 3. august 2026" in found.why.da


def test_new_years_day_moves_and_the_new_year_has_the_new_rules() -> None:
    found = takeover(date(2024, 11, 20))
    assert (found.month_end, found.day) == (date(2024, 12, 31), date(2025, 1, 2))
    assert programme_rules(found.day).id == "IL-2025"


@pytest.mark.parametrize(
    ("decision", "day"),
    [
        (date(2022, 4, 4), date(2022, 4, 8)),  # Monday: four working days
        (date(2024, 6, 10), date(2024, 7, 1)),  # Monday: three weeks later, on a Monday
        (date(2024, 3, 25), date(2024, 4, 3)),  # over Easter, still four
    ],
)
def test_displaced_from_ukraine_are_taken_over_so_many_working_days_later(decision: date, day: date) -> None:
    found = takeover(decision, track=UKRAINE)
    assert (found.day, found.month_end) == (day, None)
    assert found.rule.parameter == "takeover_working_days"


@pytest.mark.parametrize("kind", ["quota_refugee", "reunified_family"])
def test_who_comes_straight_to_a_municipality_is_taken_over_on_registration(kind: str) -> None:
    found = takeover(date(2024, 3, 12), kind=kind, registered=date(2024, 4, 6))
    assert (found.day, found.month_end) == (date(2024, 4, 6), None)
    assert (
        found.why.en
        == "The municipality is responsible from the registration in the population register (CPR) on 6 April 2024."
    )


def test_without_a_day_of_registration_there_is_no_takeover() -> None:
    with pytest.raises(BadInput, match="no day of registration"):
        takeover(date(2024, 3, 12), kind="quota_refugee")


def test_with_the_persons_consent_it_can_be_earlier() -> None:
    found = takeover(date(2024, 3, 12), agreed=date(2024, 4, 2))
    assert found.day == date(2024, 4, 2)
    assert "med personens samtykke" in found.why.da


@pytest.mark.parametrize("agreed", [date(2024, 3, 11), date(2024, 5, 2)])
def test_an_agreed_day_lies_between_the_decision_and_the_day_of_the_rule(agreed: date) -> None:
    with pytest.raises(BadInput, match=r"expected a day from 2024-03-12, the decision, to 2024-05-01"):
        takeover(date(2024, 3, 12), agreed=agreed)
