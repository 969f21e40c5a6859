"""A week, and a plan cut into the weeks that it has."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.errors import BadInput
from fodfaeste.plan.week import Activity, HoursAsked, Limits, Opening, Week, slot, weeks

from .town import FRI, HOME, MON, NURSERY, SCHOOL, TUE, WED, danish, nursery, work

DECEMBER = date(2026, 12, 1)
"""A Tuesday."""


def test_the_days_of_a_week_are_in_order_and_know_their_childcare() -> None:
    week = Week(HOME, (*work(FRI, MON), *danish(WED), *nursery(MON)))
    assert [one.slot.weekday for one in week.activities] == [MON, MON, WED, FRI]
    assert week.on(MON) == work(MON)
    assert week.childcare(MON) == nursery(MON)[0]
    assert week.childcare(WED) is None
    assert week.minutes(("traineeship", "job")) == 2 * 444
    assert week == Week(HOME, tuple(reversed(week.activities)))


def test_an_activity_takes_place_from_its_first_weekday_on_or_after_the_first_day() -> None:
    monday, wednesday = danish(MON, WED, begins=DECEMBER, ends=date(2026, 12, 15))
    assert monday.mondays == (date(2026, 12, 7), date(2026, 12, 14))
    assert wednesday.mondays == (date(2026, 11, 30), date(2026, 12, 7))


def test_a_plan_is_cut_where_its_week_changes() -> None:
    plan = [*danish(WED), *work(MON, begins=DECEMBER), *work(TUE, begins=DECEMBER, ends=date(2026, 12, 31))]
    found = [(week.begins, week.ends, [one.slot.weekday for one in week.activities]) for week in weeks(HOME, plan)]
    assert found == [
        (None, date(2026, 11, 29), [WED]),
        (date(2026, 11, 30), date(2026, 12, 6), [TUE, WED]),
        (date(2026, 12, 7), date(2027, 1, 3), [MON, TUE, WED]),
        (date(2027, 1, 4), None, [MON, WED]),
    ]


def test_weeks_without_anything_are_left_out() -> None:
    plan = [*work(MON, ends=DECEMBER), *work(TUE, begins=date(2027, 2, 1))]
    assert [(week.begins, week.ends) for week in weeks(HOME, plan)] == [
        (None, date(2026, 12, 6)),
        (date(2027, 2, 1), None),
    ]
    assert weeks(HOME, []) == ()


DATES = st.integers(0, 60).map(lambda days: DECEMBER + timedelta(days))


@st.composite
def plans(draw):
    found = []
    for number in range(draw(st.integers(1, 5))):
        begins, ends = draw(st.none() | DATES), draw(st.none() | DATES)
        if begins and ends and ends < begins + timedelta(6):
            ends = begins + timedelta(6)
        hours = slot(draw(st.integers(1, 7)), "09:00", "10:00")
        found.append(Activity(f"a{number}", "danish", SCHOOL, hours, begins=begins, ends=ends))
    return found


@given(plans(), st.integers(-10, 80))
def test_on_every_day_the_cut_plan_has_what_the_plan_has(plan, days) -> None:
    day = DECEMBER + timedelta(days)
    there = {
        one.name
        for one in plan
        if one.slot.weekday == day.isoweekday() and (one.begins or day) <= day <= (one.ends or day)
    }
    found = [week for week in weeks(HOME, plan) if (week.begins or day) <= day <= (week.ends or day)]
    assert len(found) <= 1
    assert {one.name for week in found for one in week.on(day.isoweekday())} == there


@given(plans())
def test_two_weeks_that_follow_each_other_differ(plan) -> None:
    cut = weeks(HOME, plan)
    for one, next_ in pairwise(cut):
        assert one.ends < next_.begins
        assert one.activities != next_.activities or next_.begins - one.ends > timedelta(1)


def test_a_week_has_only_what_can_be_in_one_week() -> None:
    with pytest.raises(BadInput, match=r"DU2\.3 and Praktik, which never take place in the same week"):
        Week(HOME, (*danish(MON, ends=DECEMBER), *nursery(MON), *work(TUE, begins=date(2027, 1, 1))))


def test_a_day_has_one_childcare() -> None:
    afternoon = Activity("Dagplejen", "childcare", NURSERY, slot(MON, "12:00", "16:00"))
    with pytest.raises(BadInput, match="found the childcares Børnehuset and Dagplejen on weekday 1"):
        Week(HOME, (*nursery(MON), afternoon))


def test_hours_of_a_place_may_be_given_in_parts() -> None:
    morning, afternoon = slot(MON, "08:00", "12:00"), slot(MON, "13:00", "16:00")
    limits = Limits(openings=(Opening(SCHOOL, (morning,)), Opening(SCHOOL, (afternoon,)), Opening(NURSERY, ())))
    assert limits.opening(SCHOOL) == (morning, afternoon)
    assert limits.opening(NURSERY) == ()
    assert limits.opening(HOME) is None


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Activity("", "danish", SCHOOL, slot(1, "09:00", "10:00")), "a name and a place"),
        (
            lambda: danish(MON, begins=DECEMBER, ends=date(2026, 11, 1)),
            "found DU2.3 from 2026-12-01 to 2026-11-01, expected days among which there is a weekday 1",
        ),
        (lambda: HoursAsked((), 30), "at least one kind"),
        (lambda: HoursAsked(("danish",), -1), "found -1 hours a week"),
        (lambda: HoursAsked(("danish",), None, float("nan")), "found nan hours a week"),
        (lambda: Limits(travel_minutes=-5), "found -5 minutes of travel a day"),
        (lambda: Limits(school_days_in_row=0), "found 0 school days in a row, expected at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(make, said) -> None:
    with pytest.raises(BadInput, match=said):
        make()
