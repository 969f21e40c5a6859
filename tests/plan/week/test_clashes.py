"""What clashes in a week: journey 7 of the consultant, and every other kind of clash."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fodfaeste.errors import BadInput
from fodfaeste.plan.week import Activity, HoursAsked, Limits, Opening, TravelTable, Week, clashes, slot, travel_minutes

from .town import (
    FRI,
    HOME,
    MON,
    NURSERY,
    SAT,
    SCHOOL,
    SUN,
    THU,
    TRAVEL,
    TUE,
    WED,
    WORKSHOP,
    danish,
    nursery,
    work,
)

CLASS = danish(WED, FRI)
NO_LIMIT = Limits(travel_minutes=1000)


def found(*activities: Activity, limits: Limits = NO_LIMIT, travel: TravelTable = TRAVEL):
    return clashes(Week(HOME, activities), travel, limits)


def told(*activities: Activity, limits: Limits = NO_LIMIT, travel: TravelTable = TRAVEL) -> list[str]:
    return [clash.text.en for clash in found(*activities, limits=limits, travel=travel)]


# Journey 7: the week is painted, Monday, Tuesday and Thursday work, Wednesday and Friday class


def test_thursday_without_an_early_bus_is_named_with_its_line_and_time() -> None:
    (clash,) = found(*work(MON, TUE, THU), *CLASS)
    assert (clash.code, clash.weekday, clash.minutes) == ("first_bus", THU, 12)
    assert clash.activities == work(THU)
    assert clash.places == (HOME, WORKSHOP)
    assert clash.text.en == (
        "Thursday: the first connection (bus 214) from Lillerup is in Nordby Maskinværksted at 07:12, 12 min too late "
        "for Praktik (Nordby Maskinværksted, 07:00–14:24)."
    )
    assert clash.text.da == (
        "Torsdag: den første forbindelse (bus 214) fra Lillerup er i Nordby Maskinværksted kl. 07:12, 12 min for sent "
        "til Praktik (Nordby Maskinværksted, 07:00–14:24)."
    )


def test_wednesday_as_a_work_day_names_the_class() -> None:
    (clash,) = found(*work(MON, TUE, WED), *CLASS)
    assert (clash.code, clash.weekday, clash.minutes) == ("overlap", WED, 324)
    assert clash.activities == (*work(WED), *danish(WED))
    assert clash.text.en == (
        "Wednesday: Praktik (Nordby Maskinværksted, 07:00–14:24) and DU2.3 (Sprogcenter Storby, 09:00–14:30) overlap "
        "by 5 h 24 min."
    )


def test_a_later_start_on_thursday_leaves_nothing_that_clashes() -> None:
    assert found(*work(MON, TUE), *work(THU, start="07:30", end="14:54"), *CLASS) == ()


# On the way


def test_a_class_too_soon_after_work_is_named_with_the_way_and_the_time_for_it() -> None:
    (clash,) = found(*work(MON), *danish(MON, start="15:00", end="18:00"))
    assert (clash.code, clash.minutes, clash.estimated) == ("travel_between", 14, False)
    assert "there are 36 min, and the way takes 50 min." in clash.text.en


def test_an_estimated_way_is_marked_in_the_clash() -> None:
    places = {HOME: (55.0, 9.0), WORKSHOP: (55.25, 9.0), SCHOOL: (55.0, 9.1)}
    (clash,) = found(*work(MON), *danish(MON, start="15:00", end="18:00"), travel=TravelTable({}, places))
    assert clash.estimated
    assert clash.text.en.endswith("(estimate along the straight line).")
    assert clash.text.da.endswith("(skøn efter luftlinjen).")


def test_no_bus_on_saturday_is_not_a_late_bus() -> None:
    (clash,) = found(*work(SAT))
    assert (clash.code, clash.weekday, clash.minutes, clash.places) == ("no_connection", SAT, None, (HOME, WORKSHOP))


def test_who_cannot_get_home_cannot_go_there() -> None:
    one_way = TravelTable({**TRAVEL.connections, (SCHOOL, HOME): {}})
    (clash,) = found(*danish(MON), travel=one_way)
    assert (clash.code, clash.places) == ("no_connection", (SCHOOL, HOME))


def test_what_has_no_connection_between_is_told() -> None:
    apart = TravelTable({**TRAVEL.connections, (SCHOOL, WORKSHOP): {}})
    (clash,) = found(*danish(MON, end="11:00"), *work(MON, start="13:00", end="16:00"), travel=apart)
    assert (clash.code, clash.places) == ("no_connection", (SCHOOL, WORKSHOP))


def test_the_ways_of_a_day_count_against_its_limit_there_between_and_back() -> None:
    both = (*work(MON, end="12:00"), *danish(MON, start="13:00", end="16:00"))
    assert travel_minutes(Week(HOME, both), TRAVEL) == (35 + 50 + 25, 0, 0, 0, 0, 0, 0)
    assert found(*both, limits=Limits(travel_minutes=110)) == ()
    (clash,) = found(*both, limits=Limits(travel_minutes=109))
    assert (clash.code, clash.minutes, clash.activities) == ("travel_limit", 1, both)
    assert clash.text.en == "Monday: the day's ways take 110 min, 1 min more than the 109 that they may."


def test_two_hours_a_day_are_the_limit_unless_another_is_given() -> None:
    assert Limits().travel_minutes == 120


def test_two_things_at_one_place_need_no_way() -> None:
    assert found(*danish(MON, end="12:00"), *danish(MON, start="12:00", end="15:00")) == ()


def test_a_way_that_is_not_known_is_asked_for() -> None:
    with pytest.raises(BadInput, match="no way from Lillerup to Aftenskolen"):
        found(Activity("Kor", "appointment", "Aftenskolen", slot(MON, "18:00", "20:00")))


def test_in_a_day_of_overlaps_every_way_that_would_be_needed_is_looked_at() -> None:
    long, short = danish(MON, start="08:00", end="12:00"), danish(MON, start="09:00", end="10:00")
    codes = [clash.code for clash in found(*long, *short, *work(MON, start="12:30", end="15:00"))]
    assert codes == ["overlap", "travel_between"]


# Opening hours and childcare


def test_a_closed_place_is_named_with_its_hours() -> None:
    opening = Opening(SCHOOL, (slot(WED, "08:00", "12:00"), slot(WED, "12:30", "16:00"), slot(THU, "08:00", "12:00")))
    (wednesday, friday) = found(*CLASS, limits=Limits(openings=(opening,)))
    assert (wednesday.code, wednesday.minutes, friday.minutes) == ("opening_hours", 30, 330)
    assert wednesday.text.en == (
        "Wednesday: Sprogcenter Storby is closed for 30 min of DU2.3 (Sprogcenter Storby, 09:00–14:30); open Wednesday "
        "08:00–12:00 and 12:30–16:00, Thursday 08:00–12:00."
    )


def test_days_with_the_same_hours_are_told_together() -> None:
    opening = Opening(SCHOOL, tuple(slot(day, "10:00", "16:00") for day in (MON, TUE, WED, FRI)))
    (clash,) = found(*danish(MON), limits=Limits(openings=(opening,)))
    assert clash.text.da.endswith("åbent mandag–onsdag 10:00–16:00, fredag 10:00–16:00.")


def test_a_place_that_never_opens_is_closed() -> None:
    (clash,) = found(*danish(MON), limits=Limits(openings=(Opening(SCHOOL, ()),)))
    assert clash.text.en.endswith("open never.")


def test_the_way_to_work_leads_past_the_childcare() -> None:
    """The nursery opens 06:30, and from there it is 35 minutes to the workshop."""
    (clash,) = found(*work(MON, start="07:00"), *nursery(MON))
    assert (clash.code, clash.minutes, clash.activities) == ("childcare", 5, (*work(MON), *nursery(MON)))
    assert travel_minutes(Week(HOME, (*work(MON), *nursery(MON))), TRAVEL)[0] == 5 + 35 + 35 + 5
    assert found(*work(MON, start="07:05"), *nursery(MON)) == ()


def test_so_does_the_way_home() -> None:
    assert found(*work(MON, start="08:00", end="15:55"), *nursery(MON)) == ()
    (clash,) = found(*work(MON, start="08:00", end="16:00"), *nursery(MON))
    assert (clash.code, clash.minutes) == ("childcare", 5)
    assert clash.text.en == (
        "Monday: Børnehuset (Børnehuset Bakken, 06:30–16:30) does not cover Praktik (Nordby Maskinværksted, "
        "08:00–16:00) with the way there and back; 5 min is missing."
    )


def test_a_late_bus_to_the_childcare_is_late_for_work_too() -> None:
    connections = {**TRAVEL.connections}
    connections[HOME, NURSERY] = {MON: replace(connections[HOME, NURSERY][MON], earliest_arrival=420, line="bus 3")}
    late = TravelTable(connections)
    (clash,) = found(*work(MON, start="07:20"), *nursery(MON), travel=late)
    assert (clash.code, clash.minutes, clash.places) == ("first_bus", 15, (HOME, NURSERY))


def test_what_has_no_connection_past_the_childcare_is_told() -> None:
    connections = {**TRAVEL.connections, (HOME, NURSERY): {}, (NURSERY, HOME): {}, (WORKSHOP, NURSERY): {}}
    codes = [
        (clash.code, clash.places)
        for clash in found(*work(MON, start="08:00"), *nursery(MON), travel=TravelTable(connections))
    ]
    assert codes == [
        ("no_connection", (HOME, NURSERY)),
        ("no_connection", (WORKSHOP, NURSERY)),
        ("no_connection", (NURSERY, HOME)),
    ]


def test_where_a_child_is_looked_after_on_some_days_it_has_to_be_on_all() -> None:
    (clash,) = found(*danish(MON, TUE), *nursery(MON))
    assert (clash.code, clash.weekday, clash.minutes) == ("no_childcare", TUE, None)
    assert clash.text.en == "Tuesday: nobody looks after the child during DU2.3 (Sprogcenter Storby, 09:00–14:30)."


def test_somebody_may_need_childcare_and_have_none() -> None:
    codes = [clash.code for clash in found(*danish(MON, TUE), limits=Limits(needs_childcare=True))]
    assert codes == ["no_childcare", "no_childcare"]


# The whole week


def test_school_days_in_a_row_are_counted_for_whoever_needs_a_break() -> None:
    assert found(*danish(MON, TUE, WED, FRI)) == ()
    (clash,) = found(*danish(MON, TUE, WED, FRI), limits=Limits(school_days_in_row=2))
    assert (clash.code, clash.weekday, clash.activities) == ("school_days", MON, danish(MON, TUE, WED))
    assert clash.text.en == "School days in a row from Monday: 3; at most 2 at a time."
    assert found(*danish(MON, TUE, THU, FRI), limits=Limits(school_days_in_row=2)) == ()


def test_sunday_and_monday_are_in_a_row() -> None:
    (clash,) = found(*danish(SAT, SUN, MON), limits=Limits(school_days_in_row=2))
    assert (clash.weekday, clash.activities) == (SAT, danish(SAT, SUN) + danish(MON))


def test_school_on_all_days_is_one_long_row() -> None:
    (clash,) = found(*danish(*range(1, 8)), limits=Limits(school_days_in_row=6))
    assert "from Monday: 7" in clash.text.en
    assert found(*danish(*range(1, 8)), limits=Limits(school_days_in_row=7)) == ()


def test_hours_are_held_against_what_the_rules_ask() -> None:
    asked = (HoursAsked(("danish",), 15), HoursAsked(("traineeship", "job"), 14, 20), HoursAsked(("danish",), None, 11))
    limits = Limits(hours=asked)
    below, above = found(*work(MON, TUE, WED), *danish(THU, FRI), limits=limits)
    assert (below.code, below.weekday, below.minutes) == ("hours_below", None, 240)
    assert below.text.en == "Danish: 11 h a week, 4 h below the 15 h that are asked for."
    assert (above.code, above.minutes, above.activities) == ("hours_above", 132, work(MON, TUE, WED))
    assert above.text.da == "Praktik og job: 22 t 12 min om ugen, 2 t 12 min over de 20 t, der er tilladt."


def test_an_empty_week_clashes_only_with_the_hours_asked_for() -> None:
    assert found() == ()
    assert told(limits=Limits(hours=(HoursAsked(("danish",), 0.5),))) == [
        "Danish: 0 min a week, 30 min below the 30 min that are asked for."
    ]


def test_clashes_come_by_weekday_and_the_whole_week_last() -> None:
    asked = HoursAsked(("danish",), 30)
    codes = [(clash.weekday, clash.code) for clash in found(*work(THU, WED), *CLASS, limits=Limits(hours=(asked,)))]
    assert codes == [(WED, "overlap"), (THU, "first_bus"), (None, "hours_below")]
