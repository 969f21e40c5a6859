"""Months as the register counts them, against the calendar."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.data.synthetic.days import add_months, day, day_in, months_between, years_old

days = st.dates(date(1985, 1, 1), date(2006, 12, 31))
arrivals = days.map(lambda one: one.replace(day=min(one.day, 28)))


def number(*dates):
    return np.array([day(one.year, one.month, one.day) for one in dates], np.int32)


@given(arrivals, days)
@settings(max_examples=40, deadline=None)
def test_month_t_ends_t_whole_months_after_the_start(start, end):
    start, end = min(start, end).replace(day=min(start.day, end.day, 28)), max(start, end)
    month = months_between(number(start), number(end))
    assert add_months(number(start), month - 1) < number(end) or month == 1
    assert number(end) <= add_months(number(start), month)


@given(arrivals, st.floats(0, 150))
@settings(max_examples=40, deadline=None)
def test_a_day_some_months_on_lies_in_the_month_after_the_whole_ones(start, months):
    then = day_in(number(start), np.array([months]))
    assert then > number(start)
    assert months_between(number(start), then) == np.floor(months) + 1


@given(days, days)
@settings(max_examples=40, deadline=None)
def test_ages_are_those_of_birthdays(one, other):
    born, today = min(one, other), max(one, other)
    age = years_old(number(born), int(number(today)[0]))[0]
    passed = [born.replace(year=born.year + n) if (born.month, born.day) != (2, 29) else None for n in range(22)]
    if None not in passed:
        assert age == sum(birthday <= today for birthday in passed) - 1


def test_days_are_counted_from_1970():
    assert day(1970) == 0
    assert date(1970, 1, 1) + timedelta(days=day(2001)) == date(2001, 1, 1)
