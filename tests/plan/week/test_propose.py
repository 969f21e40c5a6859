"""The week that is proposed, why, and what stands in the way where there is none."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput
from fodfaeste.plan.week import (
    THREE_AND_TWO,
    TWO_AND_THREE,
    Activity,
    Conflict,
    DayWish,
    HoursAsked,
    Limits,
    Opening,
    Proposal,
    Week,
    WeekRequest,
    Weights,
    clashes,
    propose_week,
    slot,
    solver,
)
from fodfaeste.plan.week.network import network_of
from fodfaeste.plan.week.rules import rules_of
from fodfaeste.plan.week.smallest import smallest_conflict

from .brute_force import choices
from .drawn_requests import requests
from .town import FRI, HOME, MON, SCHOOL, THU, TRAVEL, TUE, WED, danish, nursery, work

DAYS = (MON, TUE, WED, THU, FRI)
CLASS = danish(WED, FRI, series="DU2.3")
HOURS = (HoursAsked(("danish",), 11, 15), HoursAsked(("traineeship", "job"), 14))
REQUEST = WeekRequest(
    Week(HOME, ()),
    TRAVEL,
    Limits(hours=HOURS),
    (*work(*DAYS), *CLASS),
    (DayWish(("traineeship",), (MON, TUE, THU)),),
)


def proposed(request: WeekRequest) -> Proposal:
    answer = propose_week(request)
    assert isinstance(answer, Proposal)
    return answer


def refused(request: WeekRequest) -> Conflict:
    answer = propose_week(request)
    assert isinstance(answer, Conflict)
    return answer


def asked(*hours: HoursAsked, **changed) -> WeekRequest:
    return replace(REQUEST, limits=replace(REQUEST.limits, hours=hours or HOURS, **changed))


# The week of journey 7


def test_the_hours_are_reached_on_the_days_that_can_be() -> None:
    found = proposed(REQUEST)
    assert found.week.activities == (*work(MON, TUE), *CLASS[:1], *CLASS[1:])
    assert found.travel_minutes == (75, 75, 50, 0, 50, 0, 0)
    assert found.value == 250
    assert found.added == found.week.activities
    assert found.kept == found.given_up == ()


def test_every_offer_has_a_reason_for_being_taken_or_not() -> None:
    reasons = {reason.activity: (reason.code, reason.text.en) for reason in proposed(REQUEST).reasons}
    monday, _, wednesday, thursday, _ = work(*DAYS)
    assert reasons[monday] == (
        "added",
        "Monday: Praktik (Nordby Maskinværksted, 07:00–14:24) is new. The day was wished.",
    )
    assert reasons[wednesday][0] == "not_taken"
    assert "DU2.3 (Sprogcenter Storby, 09:00–14:30) overlap by 5 h 24 min" in reasons[wednesday][1]
    assert reasons[thursday][0] == "not_taken"
    assert "the first connection (bus 214) from Lillerup is in Nordby Maskinværksted at 07:12" in reasons[thursday][1]


def test_the_last_reasons_are_about_the_whole_week() -> None:
    *_, danish_hours, work_hours, travel, optimum = (reason.text for reason in proposed(REQUEST).reasons)
    assert danish_hours.en == "Danish: 11 h a week; at least 11 h is asked for; at most 15 h is allowed."
    assert work_hours.da == "Praktik og job: 14 t 48 min om ugen; mindst 14 t kræves."
    assert travel.en == "The ways take 250 min a week, at most 75 on one day; 120 a day are allowed."
    assert "No other week of the offers is better: proven." in optimum.en


def test_a_thursday_that_begins_later_makes_it_three_days_of_work() -> None:
    later = replace(REQUEST, offers=(*work(MON, TUE, WED, FRI), *work(THU, start="07:30", end="14:54"), *CLASS))
    found = proposed(replace(later, model=TWO_AND_THREE))
    assert [one.slot.weekday for one in found.week.activities if one.kind == "traineeship"] == [MON, TUE, THU]
    assert [one.slot.weekday for one in found.week.activities if one.kind == "danish"] == [WED, FRI]


def test_three_days_of_work_with_the_late_bus_cannot_be_and_three_rules_say_why() -> None:
    found = refused(asked(HOURS[0], HoursAsked(("traineeship", "job"), 22.2)))
    assert [rule.code for rule in found.rules] == ["hours_below", "hours_below", "first_bus"]
    assert found.one_is_enough == found.rules
    assert found.text.en == (
        "There is no week in which all of this holds: "
        "Danish: at least 11 h a week (offered and fixed: 11 h); "
        "traineeship and job: at least 22 h 12 min a week (offered and fixed: 37 h); "
        "the first connection from Lillerup to Nordby Maskinværksted is too late: Thursday 07:12 (bus 214). "
        "It is enough to give up one of these rules."
    )


# What is weighed


def test_of_equal_weeks_the_earlier_days_are_taken() -> None:
    request = WeekRequest(Week(HOME, ()), TRAVEL, Limits(hours=(HoursAsked(("danish",), 10),)), danish(*DAYS))
    assert [one.slot.weekday for one in proposed(request).week.activities] == [MON, TUE]


def test_of_equal_ways_the_fewer_hours_are_taken() -> None:
    short, long = danish(FRI, end="12:00"), danish(MON, end="14:30")
    request = WeekRequest(Week(HOME, ()), TRAVEL, Limits(hours=(HoursAsked(("danish",), 2),)), (*short, *long))
    found = proposed(request)
    assert found.week.activities == short
    (reason,) = (reason for reason in found.reasons if reason.code == "not_taken")
    assert reason.text.en.endswith("The hours are reached without it; with it the week would count 50 min more.")


def test_a_present_day_is_given_up_only_for_something_worth_it() -> None:
    week = Week(HOME, danish(MON, THU))
    limits = Limits(hours=(HoursAsked(("danish",), 11, 11),))
    wish = (DayWish(("danish",), (MON, TUE)),)
    request = WeekRequest(week, TRAVEL, limits, danish(*DAYS), wish)
    found = proposed(request)
    assert (found.kept, found.added, found.given_up) == (danish(MON), danish(TUE), danish(THU))
    assert found.value == 100 + 30
    kept = proposed(replace(request, weights=Weights(other_day=20, change=30)))
    assert kept.given_up == ()
    assert kept.value == 100 + 20
    thursday = next(reason for reason in kept.reasons if reason.activity == danish(THU)[0])
    assert thursday.code == "kept"
    assert "The day was not wished" in thursday.text.en


def test_what_is_fixed_stays_whatever_day_was_wished() -> None:
    doctor = Activity("Læge", "appointment", SCHOOL, slot(WED, "08:00", "08:30"), fixed=True)
    request = replace(REQUEST, week=Week(HOME, (doctor,)), wishes=(DayWish(("appointment", "traineeship"), (MON,)),))
    found = proposed(request)
    assert doctor in found.week.activities
    assert next(reason for reason in found.reasons if reason.activity == doctor).text.en == (
        "Wednesday: Læge (Sprogcenter Storby, 08:00–08:30) is fixed."
    )
    wednesday = next(reason for reason in found.reasons if reason.activity == work(WED)[0])
    assert "Læge (Sprogcenter Storby, 08:00–08:30) overlap" in wednesday.text.en


def test_a_pattern_can_be_the_reason() -> None:
    """An evening class after work would be possible, but for the days without school that were asked for."""
    (evening,) = danish(THU, start="16:00", end="18:00")
    thursday = work(THU, start="07:30", end="14:54")
    offers = (*work(MON, TUE), *thursday, *CLASS, evening)
    reasons = proposed(replace(REQUEST, offers=offers, model=TWO_AND_THREE)).reasons
    (reason,) = (reason for reason in reasons if reason.activity == evening)
    assert reason.code == "not_taken"
    assert reason.text.en.endswith("With it the pattern would not be 2 school days + 3 work days.")


def test_a_class_of_two_days_is_taken_whole() -> None:
    request = asked(HoursAsked(("danish",), 5), HoursAsked(("danish",), None, 6))
    assert [rule.code for rule in refused(request).rules] == ["series", "hours_below", "hours_above"]
    alone = replace(request, offers=danish(WED, FRI))
    assert proposed(alone).week.activities == danish(WED)


def test_an_offer_that_the_week_has_already_is_the_weeks_own() -> None:
    request = replace(REQUEST, week=Week(HOME, work(MON, TUE)))
    assert proposed(request).kept == work(MON, TUE)
    assert len(request.candidates) == 7


def test_childcare_stays_in_the_week_and_bounds_it() -> None:
    request = replace(REQUEST, week=Week(HOME, nursery(*DAYS)))
    found = refused(request)
    assert [rule.code for rule in found.rules] == ["hours_below", "childcare"]
    assert found.rules[1].text.en == "the child is only looked after Monday–Friday 06:30–16:30"
    later = replace(request, offers=(*work(MON, TUE, start="07:30", end="14:54"), *CLASS))
    assert set(nursery(*DAYS)) <= set(proposed(later).week.activities)


# What stands in the way


def codes(request: WeekRequest) -> list[str]:
    return [rule.code for rule in refused(request).rules]


def test_too_few_hours_offered_are_a_conflict_by_themselves() -> None:
    found = refused(asked(HoursAsked(("danish",), 15)))
    assert found.text.en == (
        "There is no week in which all of this holds: Danish: at least 15 h a week (offered and fixed: 11 h)."
    )


def test_two_fixed_things_at_once_are_named() -> None:
    both = (
        Activity("Læge", "appointment", SCHOOL, slot(MON, "10:00", "11:00"), fixed=True),
        Activity("Tandlæge", "appointment", HOME, slot(MON, "10:30", "11:00"), fixed=True),
    )
    found = refused(replace(REQUEST, week=Week(HOME, both)))
    assert [rule.about for rule in found.rules] == list(both)
    assert found.rules[0].text.da == "Læge (Sprogcenter Storby, 10:00–11:00) mandag ligger fast"


def test_each_kind_of_rule_can_stand_in_the_way() -> None:
    assert codes(asked(HoursAsked(("danish",), 11), HoursAsked(("danish",), None, 10))) == [
        "hours_below",
        "hours_above",
    ]
    assert codes(asked(HOURS[0], travel_minutes=40)) == ["hours_below", "travel_limit"]
    opening = Opening(SCHOOL, tuple(slot(day, "08:00", "14:00") for day in DAYS))
    assert codes(asked(HOURS[0], openings=(opening,))) == ["hours_below", "opening_hours"]
    three = replace(REQUEST, offers=danish(MON, TUE, WED))
    row = HoursAsked(("danish",), 16)
    assert codes(replace(three, limits=Limits(hours=(row,), school_days_in_row=2))) == ["hours_below", "school_days"]
    assert codes(replace(asked(HOURS[0]), model=THREE_AND_TWO)) == ["model"]


def test_a_way_that_takes_too_long_is_named_with_its_minutes() -> None:
    afternoons = danish(MON, TUE, start="15:00", end="18:00")
    request = replace(
        asked(HoursAsked(("danish",), 6), HoursAsked(("traineeship",), 14)), offers=(*work(MON, TUE), *afternoons)
    )
    found = refused(request)
    assert [rule.code for rule in found.rules] == ["hours_below", "hours_below", "travel_between"]
    assert found.rules[2].text.en == "the way from Nordby Maskinværksted to Sprogcenter Storby takes 50 min"


def test_a_day_without_any_bus_is_told_as_such() -> None:
    found = refused(replace(asked(HoursAsked(("traineeship",), 7)), offers=work(6)))
    assert found.rules[1].text.en == (
        "the first connection from Lillerup to Nordby Maskinværksted is too late: Saturday none"
    )


def test_ways_of_different_lengths_are_told_as_from_to() -> None:
    connections = dict(TRAVEL.connections)
    way = connections["Nordby Maskinværksted", SCHOOL]
    connections["Nordby Maskinværksted", SCHOOL] = {**way, TUE: replace(way[TUE], minutes=70)}
    request = replace(
        asked(HoursAsked(("danish",), 6), HoursAsked(("traineeship",), 14)),
        offers=(*work(MON, TUE), *danish(MON, TUE, start="15:00", end="18:00")),
        travel=replace(TRAVEL, connections=connections),
    )
    assert "takes 50–70 min" in refused(request).rules[2].text.en


def test_where_two_conflicts_are_giving_up_one_rule_is_not_enough() -> None:
    found = refused(asked(HoursAsked(("danish",), 15), HoursAsked(("traineeship",), 40)))
    assert len(found.rules) == 1
    assert found.one_is_enough == ()
    assert found.text.en.endswith("If one of them is given up, something else is still in the way.")


def test_of_several_rules_only_some_may_be_enough() -> None:
    """Two hours of Danish at most stand against 11, and 20 of Danish are not offered at all."""
    hours = (HoursAsked(("danish",), 11), HoursAsked(("danish",), None, 2), HoursAsked(("danish", "job"), 9))
    found = refused(asked(*hours))
    assert [rule.code for rule in found.rules] == ["hours_below", "hours_above"]
    assert [rule.code for rule in found.one_is_enough] == ["hours_above"]
    assert found.text.en.endswith("It is enough to give up one of these rules: Danish: at most 2 h a week.")


def test_offers_are_neither_fixed_nor_childcare() -> None:
    with pytest.raises(BadInput, match="found the offer Praktik, which is fixed"):
        replace(REQUEST, offers=work(MON, fixed=True))
    with pytest.raises(BadInput, match="found the offer Børnehuset, which is childcare"):
        replace(REQUEST, offers=tuple(replace(one, fixed=False) for one in nursery(MON)))


@pytest.mark.parametrize(
    ("make", "said"),
    [(lambda: DayWish(("danish",), (0,)), "found the weekday 0"), (lambda: Weights(-1), "found the weights -1 and 30")],
)
def test_wishes_and_weights_make_sense(make, said) -> None:
    with pytest.raises(BadInput, match=said):
        make()


def test_a_solver_that_gives_up_is_not_taken_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "POSSIBLE", None)
    with pytest.raises(RuntimeError, match="HiGHS ended a week with: Optimal"):
        propose_week(REQUEST)


# Laws

LAW = settings(max_examples=60)
"""Each example is several integer programmes, and a walk through every choice."""


@LAW
@given(requests())
def test_the_best_week_is_the_one_that_trying_everything_finds(request_) -> None:
    possible = [(chosen, value) for chosen, broken, value in choices(request_) if not broken]
    answer = propose_week(request_)
    if not possible:
        assert isinstance(answer, Conflict)
        return

    def order(choice):
        chosen, value = choice
        minutes = sum(one.slot.minutes for one in chosen)
        return value, minutes, [one not in chosen for one in request_.candidates]

    chosen, value = min(possible, key=order)
    assert isinstance(answer, Proposal)
    assert answer.value == value
    assert tuple(one for one in answer.week.activities if one.kind != "childcare") == chosen


@LAW
@given(requests())
def test_a_proposed_week_never_has_a_clash(request_) -> None:
    answer = propose_week(request_)
    if isinstance(answer, Proposal):
        assert clashes(answer.week, request_.travel, request_.limits) == ()
        assert request_.model is None or request_.model.fits(answer.week)
        assert {*answer.kept, *answer.added} | {
            one for one in answer.week.activities if one.kind == "childcare"
        } == set(answer.week.activities)


@LAW
@given(requests())
def test_a_conflict_is_as_small_as_can_be_and_without_any_one_of_it_there_is_a_week(request_) -> None:
    answer = propose_week(request_)
    if isinstance(answer, Proposal):
        return
    broken = [rules for _, rules, _ in choices(request_)]
    known = {(rule.code, rule.about) for rule in rules_of(request_, network_of(request_))}
    assert set().union(*broken) <= known

    def possible(rules) -> bool:
        return any(not (set(rules) & one) for one in broken)

    found = [(rule.code, rule.about) for rule in answer.rules]
    assert not possible(found)
    for one in found:
        assert possible([other for other in found if other != one])
        assert possible(known - {one}) == (one in [(rule.code, rule.about) for rule in answer.one_is_enough])
    assert all(possible(fewer) for fewer in combinations(known, len(found) - 1))


@LAW
@given(requests())
def test_a_week_clashes_just_where_walking_through_it_finds_something(request_) -> None:
    week = request_.week
    whole = replace(request_, offers=(), model=None)
    chosen = tuple(one for one in week.activities if one.kind != "childcare")
    if any(one.slot.overlap(other.slot) for one, other in combinations(chosen, 2)):
        assert "overlap" in {clash.code for clash in clashes(week, request_.travel, request_.limits)}
        return
    broken = next(rules for subset, rules, _ in choices(whole) if subset == chosen)
    found = {clash.code for clash in clashes(week, request_.travel, request_.limits)}
    same = {"no_connection": "first_bus", "no_childcare": "childcare"}
    assert {same.get(code, code) for code in found} == {code for code, _ in broken}


@LAW
@given(requests(), st.randoms(use_true_random=False))
def test_the_order_of_the_offers_changes_nothing(request_, lots: random.Random) -> None:
    offers = list(request_.offers)
    lots.shuffle(offers)
    again = replace(request_, offers=tuple(offers))
    assert propose_week(request_) == propose_week(again) == propose_week(again)


@given(st.lists(st.frozensets(st.integers(0, 5), min_size=1), min_size=1, max_size=5))
def test_the_smallest_conflict_is_found_whatever_conflicts_there_are(conflicts) -> None:
    """Rules can hold together unless they contain one of some conflicts."""

    def holds(rules) -> bool:
        return not any(conflict <= set(rules) for conflict in conflicts)

    def kept(hard):
        if not holds(hard):
            return None
        others = [one for one in range(6) if one not in hard]
        sets = ({*hard, *more} for size in range(len(others), -1, -1) for more in combinations(others, size))
        return frozenset(next(rules for rules in sets if holds(rules)))

    found = smallest_conflict(kept, 6)
    assert frozenset(found) in conflicts
    assert len(found) == min(map(len, conflicts))
