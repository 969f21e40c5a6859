"""Times of a week: how they are read, written and counted."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.errors import BadInput
from fodfaeste.plan.week import Slot, clock, minute, slot
from fodfaeste.plan.week.times import MIDNIGHT, outside

MINUTES = st.integers(0, MIDNIGHT)


@st.composite
def slots(draw, weekday=None):
    start = draw(st.integers(0, MIDNIGHT - 1))
    day = draw(st.integers(1, 2)) if weekday is None else weekday
    return Slot(day, start, draw(st.integers(start + 1, MIDNIGHT)))


def test_a_slot_is_made_of_clock_times_or_minutes() -> None:
    assert slot(4, "07:00", "14:24") == slot(4, 420, 864) == slot(4, time(7), time(14, 24)) == Slot(4, 420, 864)
    assert slot(4, "7.00", "14.24").minutes == 444


@given(MINUTES)
def test_what_is_written_is_read_again(minutes: int) -> None:
    assert minute(clock(minutes)) == minutes


@pytest.mark.parametrize("text", ["", "7", "seven", "07:60", "24:01", "-1:00", "07:00:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="expected hours and minutes such as 07:00"):
        minute(text)


@pytest.mark.parametrize(
    ("weekday", "start", "end"), [(0, 60, 120), (8, 60, 120), (1, 120, 60), (1, 60, 60), (1, 0, 1441)]
)
def test_a_slot_is_on_a_weekday_and_ends_after_its_start_on_the_same_day(weekday: int, start: int, end: int) -> None:
    with pytest.raises(BadInput, match=r"expected 1 \(Monday\) to 7|expected a start and a later end"):
        Slot(weekday, start, end)


@given(slots(), slots())
def test_the_overlap_is_the_minutes_that_both_take(one: Slot, other: Slot) -> None:
    both = set(range(one.start, one.end)) & set(range(other.start, other.end)) if one.weekday == other.weekday else ()
    assert one.overlap(other) == other.overlap(one) == len(both)


@given(slots(weekday=1), st.lists(slots(), max_size=4))
def test_what_lies_outside_some_hours_is_counted_by_the_minute(inner: Slot, hours: list[Slot]) -> None:
    open_ = {minute for one in hours if one.weekday == 1 for minute in range(one.start, one.end)}
    assert outside(inner, hours) == len(set(range(inner.start, inner.end)) - open_)
