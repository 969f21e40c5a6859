"""Days as an office counts them: holidays by law, closing days by the office, months of different length, ISO weeks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.errors import BadInput
from fodfaeste.plan import ClosedDay, IsoWeek, Text, add_months, office_days, why_closed, working_day

DAYS = st.dates(date(1999, 1, 1), date(2040, 12, 31))
NEW_YEARS_EVE = ClosedDay(12, 31, Text("nytårsaftensdag", "New Year's Eve"))


@pytest.mark.parametrize(
    ("day", "danish", "english"),
    [
        (date(2026, 12, 25), "juledag", "Christmas Day"),
        (date(2026, 5, 14), "Kristi himmelfartsdag", "Ascension Day"),
        (date(2023, 5, 5), "store bededag", "Great Prayer Day"),
        (date(2026, 12, 24), "juleaftensdag, hvor kontoret har lukket", "Christmas Eve, when the office is closed"),
        (date(2026, 6, 5), "grundlovsdag, hvor kontoret har lukket", "Constitution Day, when the office is closed"),
        (date(2026, 11, 28), "lørdag", "a Saturday"),
        (date(2026, 11, 29), "søndag", "a Sunday"),
    ],
)
def test_a_closed_day_says_why_it_is_closed(day: date, danish: str, english: str) -> None:
    assert why_closed(day, office_days()) == Text(danish, english)


def test_store_bededag_is_a_holiday_until_2023() -> None:
    assert why_closed(date(2023, 5, 5)) is not None
    assert why_closed(date(2024, 4, 26)) is None


def test_closing_days_are_the_offices_and_not_the_laws() -> None:
    assert why_closed(date(2026, 12, 24)) is None
    assert why_closed(date(2026, 12, 31), office_days()) is None
    assert why_closed(date(2026, 12, 31), [NEW_YEARS_EVE]) == Text(
        "nytårsaftensdag, hvor kontoret har lukket", "New Year's Eve, when the office is closed"
    )


def test_a_date_on_christmas_day_moves_and_says_why() -> None:
    found = working_day(date(2026, 12, 25), office_days())
    assert found.day == date(2026, 12, 28)
    assert found.why == Text(
        "25. december 2026 er juledag; flyttet til 28. december 2026",
        "25 December 2026 is Christmas Day; moved to 28 December 2026",
    )


@given(DAYS)
def test_a_moved_date_is_a_working_day_and_never_earlier(wanted: date) -> None:
    found = working_day(wanted, office_days())
    assert found.day >= wanted
    assert why_closed(found.day, office_days()) is None
    assert (found.why is None) == (found.day == wanted)


@given(DAYS)
def test_a_date_moves_no_further_than_to_the_first_working_day(wanted: date) -> None:
    passed = (working_day(wanted).day - wanted).days
    assert all(why_closed(wanted + timedelta(days=days)) for days in range(passed))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 12, 1), 3, date(2027, 3, 1)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2001, 5, 1), 36, date(2004, 5, 1)),
        (date(2026, 5, 15), 0, date(2026, 5, 15)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(DAYS, st.integers(0, 120))
def test_months_later_lies_in_that_month(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day <= day.day


@given(DAYS)
def test_a_week_begins_on_its_monday(day: date) -> None:
    week = IsoWeek.of(day)
    assert week.monday <= day < week.later(1).monday
    assert week.monday.weekday() == 0
    assert week < week.later(1)


def test_weeks_go_on_over_new_year_and_some_years_have_53() -> None:
    weeks = IsoWeek(2026, 52).until(IsoWeek(2027, 1))
    assert weeks == (IsoWeek(2026, 52), IsoWeek(2026, 53), IsoWeek(2027, 1))
    assert IsoWeek(2027, 1).until(IsoWeek(2026, 52)) == ()


def test_a_week_that_the_year_does_not_have_is_refused() -> None:
    with pytest.raises(BadInput, match="week 53 of 2025"):
        IsoWeek(2025, 53)
