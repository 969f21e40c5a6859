"""Hours of a plan: week by week, on average over 13 weeks, and in words with the weeks that are off."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.errors import BadInput
from fodfaeste.plan import IsoWeek, PlannedActivity, Text, hours_check, programme_rules, weekly_hours
from fodfaeste.plan.hours import weeks_in_words

OLD, NEW = programme_rules(date(2001, 5, 1)), programme_rules(date(2026, 5, 1))
FIRST = IsoWeek(2026, 10)


def activity(element: str, hours: float, first: int = 0, last: int = 25) -> PlannedActivity:
    return PlannedActivity(element, hours, FIRST.later(first), FIRST.later(last))


def weeks(count: int) -> tuple[IsoWeek, ...]:
    return FIRST.until(FIRST.later(count - 1))


def codes(check: object) -> list[str]:
    return [one.code for one in check.findings]


def test_the_hours_of_a_week_are_those_of_what_runs_in_it() -> None:
    plan = [activity("danish", 18, 0, 5), activity("activation", 12, 3, 9), activity("danish", 2, 4, 4)]
    found = [weekly_hours(plan, FIRST.later(week)) for week in (0, 3, 4, 6, 10)]
    assert [one.total for one in found] == [18, 30, 32, 12, 0]
    assert [one.of("danish") for one in found] == [18, 18, 20, 0, 0]
    assert found[2].by_element == (("activation", 12), ("danish", 20))


def test_thirty_hours_a_week_keep_the_rules_of_1999() -> None:
    plan = [activity("danish", 18), activity("social_understanding", 3), activity("activation", 9)]
    check = hours_check(OLD, plan, weeks(26))
    assert check.findings == ()
    assert check.keeps_the_rules


def test_too_few_hours_on_average_are_told_with_the_weeks_where_it_is_worst() -> None:
    plan = [activity("danish", 18), activity("activation", 12, 0, 15), activity("activation", 5.5, 16, 25)]
    check = hours_check(OLD, plan, weeks(26))
    below = check.findings[0]
    assert (below.code, below.limit, below.rule.parameter) == ("average_below", 30, "weekly_hours_min")
    assert below.weeks == FIRST.later(13).until(FIRST.later(25))
    assert below.hours == pytest.approx((3 * 30 + 10 * 23.5) / 13)
    assert below.words == Text(
        "For få timer: i uge 23-35 i 2026 er gennemsnittet 25 timer om ugen, og det skal være mindst 30.",
        "Too few hours: in weeks 23-35 of 2026 the average is 25 hours a week, and it has to be at least 30.",
    )
    assert not check.keeps_the_rules


def test_a_short_week_is_told_though_the_average_holds() -> None:
    plan = [activity("danish", 18), activity("activation", 13, 0, 5), activity("activation", 6.4, 6, 6)]
    check = hours_check(OLD, [*plan, activity("activation", 13, 7)], weeks(13))
    assert codes(check) == ["week_below"]
    assert (
        check.findings[0].words.da
        == "Under 30 timer i uge 16 i 2026; færrest er 24,4. Det er gennemsnittet, der tæller."
    )
    assert check.keeps_the_rules


def test_more_than_a_full_week_is_told() -> None:
    check = hours_check(NEW, [activity("danish", 15), activity("employment_offers", 25)], weeks(13))
    assert codes(check) == ["average_above", "week_above"]
    assert "37" in check.findings[0].words.en


def test_danish_has_a_limit_of_its_own_since_2017() -> None:
    plan = [activity("danish", 18), activity("employment_offers", 19)]
    found = hours_check(NEW, plan, weeks(13))
    assert codes(found) == ["average_danish_above", "week_danish_above"]
    assert found.findings[0].rule.source == "IL § 21(3); DUL § 4(3)"
    assert found.findings[0].words.da.startswith("For mange timer dansk: i uge 10-22 i 2026 er gennemsnittet 18 timer")
    assert hours_check(OLD, plan, weeks(13)).findings == ()


def test_a_ramp_keeps_the_average_of_danish() -> None:
    ramp = [activity("danish", 20, 0, 3), activity("danish", 12, 4, 12)]
    work = [activity("employment_offers", 17, 0, 3), activity("employment_offers", 25, 4, 12)]
    assert codes(hours_check(NEW, ramp + work, weeks(13))) == ["week_danish_above"]


def test_hours_agreed_for_a_person_stand_in_place_of_the_least() -> None:
    plan = [activity("danish", 10), activity("employment_offers", 10)]
    assert codes(hours_check(NEW, plan, weeks(13))) == ["average_below", "week_below"]
    assert hours_check(NEW, plan, weeks(13), agreed_min=20).findings == ()


def test_a_plan_of_fewer_weeks_is_averaged_over_all_of_them() -> None:
    plan = [activity("danish", 26, 0, 1), activity("danish", 31, 2, 3)]
    assert hours_check(OLD, plan, weeks(4)).findings[0].hours == pytest.approx(28.5)


def test_weeks_that_do_not_count_are_left_out() -> None:
    plan = [activity("danish", 30, 0, 3), activity("danish", 30, 6, 9)]
    assert codes(hours_check(OLD, plan, weeks(10))) == ["average_below", "week_below"]
    assert hours_check(OLD, plan, [*weeks(4), *FIRST.later(6).until(FIRST.later(9))]).findings == ()


def test_sums_of_tenths_are_what_they_look_like() -> None:
    assert hours_check(NEW, [activity("employment_offers", 7.4) for _ in range(5)], weeks(13)).findings == ()


HOURS = st.lists(st.integers(0, 80), min_size=1, max_size=30)


@given(HOURS)
def test_an_average_off_names_weeks_that_really_are_off_and_none_is_worse(by_week: list[int]) -> None:
    plan = [activity("activation", hours / 2, week, week) for week, hours in enumerate(by_week)]
    check = hours_check(OLD, plan, weeks(len(by_week)))
    size = min(13, len(by_week))
    averages = [sum(by_week[start : start + size]) / 2 / size for start in range(len(by_week) - size + 1)]
    below = [one for one in check.findings if one.code == "average_below"]
    assert bool(below) == (min(averages) < 30 - 0.005)
    if below:
        assert below[0].hours == pytest.approx(min(averages))
        mean = sum(weekly_hours(plan, week).total for week in below[0].weeks) / len(below[0].weeks)
        assert mean == pytest.approx(below[0].hours)


@given(HOURS)
def test_weeks_below_and_above_are_all_the_weeks_that_are(by_week: list[int]) -> None:
    plan = [activity("activation", hours / 2, week, week) for week, hours in enumerate(by_week)]
    found = {one.code: one.weeks for one in hours_check(OLD, plan, weeks(len(by_week))).findings}
    assert found.get("week_below", ()) == tuple(FIRST.later(n) for n, hours in enumerate(by_week) if hours < 60)
    assert found.get("week_above", ()) == tuple(FIRST.later(n) for n, hours in enumerate(by_week) if hours > 74)


# Words and refusals


@pytest.mark.parametrize(
    ("named", "danish", "english"),
    [
        ([IsoWeek(2026, 48)], "uge 48 i 2026", "week 48 of 2026"),
        (
            [IsoWeek(2026, 48), IsoWeek(2026, 49), IsoWeek(2027, 2)],
            "uge 48-49 i 2026 og uge 2 i 2027",
            "weeks 48-49 of 2026 and week 2 of 2027",
        ),
        (
            [IsoWeek(2026, 53), IsoWeek(2027, 1)],
            "uge 53 i 2026 til uge 1 i 2027",
            "week 53 of 2026 to week 1 of 2027",
        ),
        (
            [IsoWeek(2026, 1), IsoWeek(2026, 3), IsoWeek(2026, 5)],
            "uge 1 i 2026, uge 3 i 2026 og uge 5 i 2026",
            "week 1 of 2026, week 3 of 2026 and week 5 of 2026",
        ),
    ],
)
def test_weeks_in_a_row_are_named_together(named: list[IsoWeek], danish: str, english: str) -> None:
    assert weeks_in_words(named) == Text(danish, english)


def test_weeks_have_to_be_there_and_in_order() -> None:
    with pytest.raises(BadInput, match="no weeks"):
        hours_check(OLD, [], [])
    with pytest.raises(BadInput, match="week 10 of 2026 after week 11 of 2026"):
        hours_check(OLD, [], [FIRST.later(1), FIRST])


def test_an_activity_has_hours_that_a_week_can_hold_and_ends_after_it_began() -> None:
    with pytest.raises(BadInput, match="-1 hours a week"):
        activity("danish", -1)
    with pytest.raises(BadInput, match="a last week 10 of 2026, expected week 12 of 2026, the first"):
        activity("danish", 5, 2, 0)
