"""Patterns of a week, and ramps from school to full-time work."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.errors import BadInput
from fodfaeste.plan.week import (
    FIVE_HALF_DAYS,
    MODELS,
    THREE_AND_TWO,
    TWO_AND_THREE,
    Limits,
    Model,
    Week,
    clashes,
    model_of,
    ramp,
    weeks,
)

from .town import FRI, HOME, MON, THU, TRAVEL, TUE, WED, danish, nursery, work

MONDAY, WEDNESDAY = date(2026, 11, 30), date(2026, 12, 2)
DAYS = (MON, TUE, WED, THU, FRI)


# Patterns


def test_school_days_stand_first_in_the_name_of_a_pattern() -> None:
    assert MODELS == {"3+2": THREE_AND_TWO, "2+3": TWO_AND_THREE, "5 half days": FIVE_HALF_DAYS}
    assert THREE_AND_TWO.text.en == "3 school days + 2 work days"
    assert FIVE_HALF_DAYS.text.da == "5 halve dage med både skole og arbejde"
    assert Model(1, 2, 2).text.en == "1 school days + 2 work days + 2 half days with both school and work"


def test_work_on_monday_tuesday_thursday_and_class_on_wednesday_friday_is_two_and_three() -> None:
    week = Week(HOME, (*work(MON, TUE, THU), *danish(WED, FRI)))
    assert model_of(week) == TWO_AND_THREE
    assert TWO_AND_THREE.fits(week)
    assert not THREE_AND_TWO.fits(week)


def test_a_day_with_both_is_a_half_day_of_each() -> None:
    week = Week(HOME, (*danish(*DAYS, start="08:00", end="11:00"), *work(*DAYS, start="12:00", end="15:00")))
    assert model_of(week) == FIVE_HALF_DAYS


def test_a_week_without_school_and_work_has_no_pattern() -> None:
    assert model_of(Week(HOME, nursery(MON))) is None


@pytest.mark.parametrize("days", [(0, 0, 0), (4, 4, 0), (-1, 3, 0)])
def test_a_pattern_has_1_to_7_days(days) -> None:
    with pytest.raises(BadInput, match="expected 1 to 7 days together"):
        Model(*days)


# Ramps


def a_ramp(**changed):
    given_ = {
        "school": danish(*DAYS),
        "work": work(MON, TUE, THU, WED, FRI),
        "home": HOME,
        "travel": TRAVEL,
        "begins": MONDAY,
        "work_slots": (2, 3, 5),
        "weeks_a_step": 4,
    }
    return ramp(**{**given_, **changed})


def test_work_rises_by_steps_to_full_time_while_school_falls() -> None:
    steps = a_ramp(ends=date(2027, 2, 28))
    assert [(step.week.begins, step.week.ends) for step in steps] == [
        (date(2026, 11, 30), date(2026, 12, 27)),
        (date(2026, 12, 28), date(2027, 1, 24)),
        (date(2027, 1, 25), date(2027, 2, 28)),
    ]
    assert [(step.work_minutes / 60, step.school_minutes / 60) for step in steps] == [(14.8, 16.5), (22.2, 11), (37, 0)]
    assert [[one.slot.weekday for one in step.ended] for step in steps] == [[MON, TUE], [THU], [WED, FRI]]
    assert model_of(steps[1].week) == TWO_AND_THREE


def test_every_activity_has_the_dates_of_its_step() -> None:
    first, *_, last = a_ramp()
    assert {(one.begins, one.ends) for one in first.week.activities} == {(MONDAY, date(2026, 12, 27))}
    assert {(one.begins, one.ends) for one in last.week.activities} == {(date(2027, 1, 25), None)}


def test_a_ramp_that_begins_within_a_week_has_its_rest_on_top() -> None:
    steps = a_ramp(begins=WEDNESDAY, weeks_a_step=1)
    assert [step.week.begins for step in steps] == [WEDNESDAY, date(2026, 12, 14), date(2026, 12, 21)]


def test_school_also_ends_where_the_way_to_it_takes_too_long() -> None:
    """From the workshop it is 50 minutes to school, and work ends at noon."""
    mornings = work(MON, start="08:00", end="12:00")
    (step,) = a_ramp(school=danish(MON, start="12:45", end="15:00"), work=mornings, work_slots=(1,))
    assert step.school_minutes == 0
    (step,) = a_ramp(school=danish(MON, start="12:50", end="15:00"), work=mornings, work_slots=(1,))
    assert step.school_minutes == 130


def test_half_days_grow_into_whole_ones() -> None:
    afternoons, mornings = work(*DAYS, start="12:00", end="15:00"), work(*DAYS, start="08:00", end="11:30")
    school = danish(*DAYS, start="08:00", end="11:00")
    steps = a_ramp(school=school, work=(*afternoons, *mornings), work_slots=(5, 7, 10))
    assert [model_of(step.week) for step in steps] == [FIVE_HALF_DAYS, Model(0, 2, 3), Model(0, 5, 0)]


@given(
    st.permutations(DAYS),
    st.sets(st.integers(1, 4)).map(lambda fewer: (*sorted(fewer), 5)),
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    st.integers(1, 6),
)
def test_a_ramp_rises_falls_and_leaves_no_day_out(order, slots, begins, weeks_a_step) -> None:
    steps = a_ramp(work=work(*order, start="07:30"), begins=begins, work_slots=slots, weeks_a_step=weeks_a_step)
    assert len(steps) == len(slots)
    for earlier, later in pairwise(steps):
        assert earlier.work_minutes < later.work_minutes
        assert earlier.school_minutes >= later.school_minutes
        assert (later.week.begins - earlier.week.ends).days == 1
        assert later.week.begins.isoweekday() == MON
        assert (later.week.begins - earlier.week.begins).days >= 7 * weeks_a_step
    assert steps[0].week.begins == begins
    for step in steps:
        assert clashes(step.week, TRAVEL, Limits()) == ()
    plan = [one for step in steps for one in step.week.activities]
    assert {week.activities for week in weeks(HOME, plan)} >= {step.week.activities for step in steps}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"work_slots": ()}, "found steps with no slots of work, expected numbers that rise to all 5"),
        ({"work_slots": (2, 2, 5)}, "found steps with 2, 2, 5 slots of work"),
        ({"work_slots": (2, 4)}, "expected numbers that rise to all 5"),
        ({"work_slots": (0, 5)}, "found steps with 0, 5 slots"),
        ({"weeks_a_step": 0}, "found 0 weeks a step"),
        ({"ends": date(2027, 1, 30)}, "expected a day from 2027-01-31 on"),
    ],
)
def test_a_ramp_has_to_rise_to_full_time_and_have_time_for_it(changed, said) -> None:
    with pytest.raises(BadInput, match=said):
        a_ramp(**changed)
