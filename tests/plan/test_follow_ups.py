"""Follow-ups: day 14 and month 3 of a traineeship, evaluations of the plan, and what happens to missed ones."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.plan import (
    ClosedDay,
    Text,
    add_months,
    escalates,
    follow_ups,
    office_days,
    plan_follow_ups,
    programme_rules,
    state,
    traineeship_follow_ups,
    why_closed,
)

OLD, NEW = programme_rules(date(2001, 5, 1)), programme_rules(date(2026, 5, 1))
STARTS = st.dates(date(1999, 1, 1), date(2035, 12, 31))


# Traineeships


def test_a_start_on_1_december_gives_15_december_and_1_march() -> None:
    found = traineeship_follow_ups(NEW, date(2026, 12, 1))
    assert [one.day for one in found] == [date(2026, 12, 15), date(2027, 3, 1)]
    assert [one.code for one in found] == ["traineeship_first", "traineeship_second"]
    assert [one.words.da for one in found] == [
        "Opfølgning på praktikken, dag 14",
        "Opfølgning på praktikken efter 3 måneder",
    ]
    assert [one.why for one in found] == [None, None]


def test_a_date_on_christmas_day_moves_and_says_why() -> None:
    first, _ = traineeship_follow_ups(NEW, date(2026, 12, 11))
    assert (first.wanted, first.day) == (date(2026, 12, 25), date(2026, 12, 28))
    assert first.why == Text(
        "25. december 2026 er juledag; flyttet til 28. december 2026",
        "25 December 2026 is Christmas Day; moved to 28 December 2026",
    )


def test_an_office_with_other_closing_days_has_other_dates() -> None:
    eve = date(2026, 12, 24)
    start = eve - timedelta(days=14)
    assert traineeship_follow_ups(NEW, start)[0].day == date(2026, 12, 28)
    assert traineeship_follow_ups(NEW, start, closed=[])[0].day == eve
    monday = ClosedDay(12, 28, Text("lukkeuge", "closed week"))
    assert traineeship_follow_ups(NEW, start, closed=[*office_days(), monday])[0].day == date(2026, 12, 29)


@given(STARTS)
def test_moved_dates_are_working_days_and_never_earlier(start: date) -> None:
    for one in traineeship_follow_ups(NEW, start):
        assert one.day >= one.wanted > start
        assert why_closed(one.day, office_days()) is None
        assert (one.why is None) == (one.day == one.wanted)


# The plan


def test_a_plan_of_1999_is_evaluated_every_three_months() -> None:
    found = plan_follow_ups(OLD, date(2001, 5, 28), last=date(2002, 5, 1))
    assert [one.wanted for one in found] == [date(2001, 8, 28), date(2001, 11, 28), date(2002, 2, 28)]
    assert found[0].words.en == "Evaluation of the plan after 3 months"
    assert found[0].rule.certainty == "S"


def test_a_plan_of_today_has_four_talks_in_its_first_half_year() -> None:
    found = plan_follow_ups(NEW, date(2026, 5, 20), last=date(2027, 6, 1))
    assert [(one.code, one.wanted) for one in found] == [
        ("plan_talk", date(2026, 7, 1)),
        ("plan_talk", date(2026, 8, 12)),
        ("plan_talk", date(2026, 9, 23)),
        ("plan_talk", date(2026, 11, 4)),
        ("plan_evaluation", date(2027, 2, 20)),
        ("plan_evaluation", date(2027, 5, 20)),
    ]
    assert [one.rule.certainty for one in found] == ["A"] * 4 + ["S"] * 2


@given(st.dates(date(2020, 6, 22), date(2035, 12, 31)))
def test_the_first_talks_lie_within_the_first_months_even_if_moved(agreed: date) -> None:
    rules = programme_rules(agreed)
    found = plan_follow_ups(rules, agreed, last=add_months(agreed, 60))
    talks = [one for one in found if one.code == "plan_talk"]
    assert len(talks) == rules.followup_first_talks
    assert all(agreed < one.day < add_months(agreed, 6) for one in talks)


def test_who_is_in_work_without_benefit_is_followed_up_every_year() -> None:
    found = plan_follow_ups(NEW, date(2026, 5, 20), last=date(2029, 5, 1), in_work=True)
    assert [one.wanted for one in found] == [date(2027, 5, 20), date(2028, 5, 20)]
    assert found[0].rule.parameter == "followup_in_work_months"


def test_under_older_rules_work_makes_no_difference() -> None:
    agreed, last = date(2001, 5, 28), date(2003, 5, 1)
    assert plan_follow_ups(OLD, agreed, last=last, in_work=True) == plan_follow_ups(OLD, agreed, last=last)


def test_no_talk_lies_after_the_last_day() -> None:
    assert len(plan_follow_ups(NEW, date(2026, 5, 20), last=date(2026, 8, 1))) == 1


def test_a_moved_evaluation_moves_no_other() -> None:
    found = plan_follow_ups(OLD, date(2001, 6, 1), last=date(2003, 6, 1))
    assert [one.wanted.day for one in found] == [1] * len(found)
    assert any(one.day != one.wanted for one in found)


# All of a case


def test_a_case_has_its_talk_before_the_residence_rule_ends() -> None:
    found = follow_ups(OLD, date(2001, 5, 1))
    assert [(one.code, one.wanted, one.day) for one in found] == [
        ("what_now_talk", date(2004, 2, 1), date(2004, 2, 2)),
    ]
    assert found[0].why is not None
    assert found[0].why.da == "1. februar 2004 er søndag; flyttet til 2. februar 2004"


def test_a_case_has_all_its_follow_ups_in_order() -> None:
    found = follow_ups(OLD, date(2001, 5, 1), plan_agreed=date(2001, 5, 28), traineeships=[date(2002, 3, 4)])
    days = [one.day for one in found]
    assert days == sorted(days)
    assert {one.code for one in found} == {
        "traineeship_first",
        "traineeship_second",
        "plan_evaluation",
        "what_now_talk",
    }
    assert max(one.wanted for one in found if one.code == "plan_evaluation") <= date(2004, 5, 1)


def test_a_case_of_today_is_followed_up_for_as_long_as_the_programme_can_last() -> None:
    found = follow_ups(NEW, date(2026, 5, 1), plan_agreed=date(2026, 5, 20), closed=[])
    assert max(one.wanted for one in found) == date(2031, 2, 20)


# States


@pytest.mark.parametrize(
    ("today", "held", "expected"),
    [
        (date(2026, 12, 14), None, "planned"),
        (date(2026, 12, 15), None, "due"),
        (date(2026, 12, 16), None, "overdue"),
        (date(2026, 12, 16), date(2026, 12, 15), "held"),
        (date(2026, 12, 10), date(2026, 12, 9), "held"),
    ],
)
def test_day_15_without_a_note_is_overdue(today: date, held: date | None, expected: str) -> None:
    assert state(date(2026, 12, 15), today, held=held) == expected


def test_a_missed_one_climbs_to_the_leader_after_seven_days() -> None:
    day = date(2026, 12, 15)
    assert [escalates(day, day + timedelta(days=days)) for days in (0, 6, 7, 30)] == [False, False, True, True]
    assert escalates(day, day + timedelta(days=3), after_days=3)


@given(STARTS, st.integers(-40, 40))
def test_what_climbs_is_overdue(day: date, later: int) -> None:
    today = day + timedelta(days=later)
    assert not escalates(day, today) or state(day, today) == "overdue"
