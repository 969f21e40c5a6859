"""The week of a plan: painted, checked for clashes, proposed, or rising from school to work by steps."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import cast

from fodfaeste.errors import BadInput
from fodfaeste.plan import ProgrammeRules
from fodfaeste.plan.week import (
    MODELS,
    WORK,
    Activity,
    Clash,
    Conflict,
    Connection,
    HoursAsked,
    Kind,
    Limits,
    Proposal,
    Slot,
    TravelTable,
    Week,
    WeekRequest,
    clashes,
    propose_week,
    ramp,
    read_travel,
    weeks,
)
from fodfaeste.web.programme.domain.text import ActivityText, PlanText, Time, in_order
from fodfaeste.web.programme.models import CHILDCARE, ActivityKind, Programme, TravelTimes

WORKING_WEEK = range(1, 6)
FIXED = ("appointment",)
"""Kinds that stay where they are whatever week is proposed."""

A_DAY = timedelta(days=1)
NO_WAY_KNOWN = Connection(0, estimated=True)
COUNTED = tuple(kind for kind in ActivityKind.values if kind != CHILDCARE)


@dataclass(frozen=True)
class Surroundings:
    """What a person's week has to do with: where they live, how one gets about, and what they have to keep to.

    Attributes
    ----------
    unknown : tuple of (from, to)
        Ways of which nothing is known; they count as no time at all until the travel table has them.
    """

    home: str
    travel: TravelTable
    limits: Limits
    unknown: tuple[tuple[str, str], ...]


def surroundings(programme: Programme, rules: ProgrammeRules, text: PlanText) -> Surroundings:
    """Gather what a week is checked against; one query.

    Raises
    ------
    BadInput
        If the travel table that was brought in cannot be read any more.
    """
    stored = TravelTimes.objects.filter(organisation=programme.organisation_id).first()
    table = TravelTable() if stored is None else read_tables(stored.connections, stored.places)
    # Without a place of their own they start where they go: nothing is said of ways that nobody knows.
    places = sorted({one.place for one in text.activities} | ({programme.home} - {""}))
    home = programme.home or (places[0] if places else "–")
    known, unknown = _all_known(table, places)
    least = float(rules.weekly_hours_min if programme.agreed_hours is None else programme.agreed_hours)
    asked = HoursAsked(cast("tuple[Kind, ...]", COUNTED), least, float(rules.weekly_hours_max))
    limits = Limits(
        travel_minutes=programme.travel_minutes,
        hours=(asked,),
        school_days_in_row=programme.school_days_in_row,
        needs_childcare=programme.needs_childcare,
    )
    return Surroundings(home, known, limits, unknown)


def read_tables(connections: str, places: str) -> TravelTable:
    """Read a travel table, and coordinates where there are any, from the text of CSV files.

    Raises
    ------
    BadInput
        Naming file, row and column of all that is wrong.
    """
    with tempfile.TemporaryDirectory() as folder:
        ways, coordinates = Path(folder) / "rejsetider.csv", Path(folder) / "steder.csv"
        ways.write_text(connections, encoding="utf-8")
        if places.strip():
            coordinates.write_text(places, encoding="utf-8")
        return read_travel(ways, coordinates if places.strip() else None)


def _all_known(table: TravelTable, places: Sequence[str]) -> tuple[TravelTable, tuple[tuple[str, str], ...]]:
    unknown = [(one, other) for one in places for other in places if one != other and not _is_known(table, one, other)]
    guessed = dict.fromkeys(range(1, 8), NO_WAY_KNOWN)
    ways = {**table.connections, **dict.fromkeys(unknown, guessed)}
    return replace(table, connections=ways), tuple(unknown)


def _is_known(table: TravelTable, start: str, goal: str) -> bool:
    try:
        table.way(start, goal, 1)
    except BadInput:
        return False
    return True


def clashes_of(text: PlanText, around: Surroundings) -> tuple[tuple[Week, tuple[Clash, ...]], ...]:
    """Give the different weeks that a plan has, each with what clashes in it."""
    found = weeks(around.home, _activities(text))
    return tuple((week, clashes(week, around.travel, around.limits)) for week in found)


def propose(text: PlanText, around: Surroundings, pattern: str, *, offered: PlanText) -> Proposal | Conflict:
    """Propose a week of a pattern, such as ``3+2``, for the activities that run when the last of them has begun.

    Parameters
    ----------
    text : PlanText
        With the present week; what it has may be given up, but for fixed appointments and childcare.
    offered : PlanText
        With the times that could be taken.
    """
    present = Week(around.home, tuple(_activities(_always(text))))
    offers = [one for one in _activities(_always(offered)) if one.kind != CHILDCARE and not one.fixed]
    return propose_week(WeekRequest(present, around.travel, around.limits, tuple(offers), model=MODELS[pattern]))


def on_every_day(text: PlanText) -> PlanText:
    """Offer each time that an activity has on all days from Monday to Friday."""
    return with_times(text, {one.number: _every_day(one) for one in text.activities})


def _every_day(one: ActivityText) -> tuple[Time, ...]:
    spans = sorted({(when.begins, when.ends) for when in one.times})
    return tuple(Time(weekday, begins, ends) for begins, ends in spans for weekday in WORKING_WEEK)


def painted(text: PlanText, found: Sequence[Week]) -> PlanText:
    """Put weeks in the place of the times that a plan has; several of them with their days."""
    names = _names(text)
    replaced = {one.number for one in _always(text).activities}
    times = {number: _times(names[number], found) for number in replaced}
    return with_times(text, times)


def rising(text: PlanText, around: Surroundings, *, begins: date, steps: Sequence[int], weeks_a_step: int) -> PlanText:
    """Let work rise by steps to full time, and school fall where it leaves no time for it.

    Work is taken on in the order of the week. The last step goes on.

    Raises
    ------
    BadInput
        If the steps do not rise to all the times that work has.
    """
    activities = tuple(_activities(_always(text)))
    found = ramp(
        [one for one in activities if one.kind not in WORK],
        [one for one in activities if one.kind in WORK],
        home=around.home,
        travel=around.travel,
        begins=begins,
        work_slots=steps,
        weeks_a_step=weeks_a_step,
    )
    return painted(text, [step.week for step in found])


def _always(text: PlanText) -> PlanText:
    """Give the activities that run when the last has begun, each week like the next."""
    last = max((one.start for one in text.activities), default=date.min)
    running = PlanText(text.goals, tuple(one for one in text.activities if one.end > last))
    times = {one.number: tuple({_undated(when): None for when in one.times}) for one in running.activities}
    bare = with_times(running, times)
    return PlanText(bare.goals, tuple(replace(one, start=date.min, end=date.max) for one in bare.activities))


def _undated(when: Time) -> Time:
    return replace(when, start=None, end=None)


def with_times(text: PlanText, times: Mapping[int, Iterable[Time]]) -> PlanText:
    """Give some activities, by their numbers, other times."""
    return PlanText(
        text.goals,
        tuple(
            replace(one, times=in_order(times[one.number])) if one.number in times else one for one in text.activities
        ),
    )


def _names(text: PlanText) -> dict[int, str]:
    """Name activities so that two of one name are told apart."""
    names = [one.name for one in text.activities]
    return {
        one.number: one.name if names.count(one.name) == 1 else f"{one.name} ({one.number})" for one in text.activities
    }


def _activities(text: PlanText) -> Iterable[Activity]:
    """Give the stretches of all activities as the plan room takes them."""
    names = _names(text)
    return (_activity(one, names[one.number], when) for one in text.activities for when in one.times)


def _activity(one: ActivityText, name: str, when: Time) -> Activity:
    always = one.start == date.min
    return Activity(
        name=name,
        kind=cast("Kind", one.kind),
        place=one.place,
        slot=Slot(when.weekday, _minutes(when.begins), _minutes(when.ends)),
        fixed=one.kind in FIXED,
        begins=None if always else when.start or one.start,
        ends=None if always else (when.end or one.end) - A_DAY,
    )


def _times(name: str, found: Sequence[Week]) -> tuple[Time, ...]:
    dated = len(found) > 1
    return tuple(
        Time(
            one.slot.weekday,
            _clock(one.slot.start),
            _clock(one.slot.end),
            week.begins if dated else None,
            week.ends + A_DAY if dated and week.ends else None,
        )
        for week in found
        for one in week.activities
        if one.name == name
    )


def _minutes(moment: time) -> int:
    return 60 * moment.hour + moment.minute


def _clock(minutes: int) -> time:
    return time(*divmod(minutes, 60))
