"""What clashes in a week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from fodfaeste.plan.week.clash import Clash, clash_of
from fodfaeste.plan.week.day import Day, Way, day_of
from fodfaeste.plan.week.texts import duration_words, kinds_words, said, weekday_words
from fodfaeste.plan.week.times import WEEKDAYS
from fodfaeste.plan.week.travel import TravelTable
from fodfaeste.plan.week.values import SCHOOL, Activity, HoursAsked, Limits, Week


def clashes(week: Week, travel: TravelTable, limits: Limits) -> tuple[Clash, ...]:
    """Find everything in a week that cannot be as it is planned.

    A day leads from home to its activities in the order of their time and home again, past the childcare on the first
    and the last way, where there is one. A job over midnight is given as two slots, and the ways in between count.

    Parameters
    ----------
    week : Week
    travel : TravelTable
    limits : Limits

    Returns
    -------
    tuple of Clash
        By weekday; what is about the whole week comes last. Empty if nothing clashes.

    Raises
    ------
    BadInput
        If a way is needed that is neither in the table nor can be estimated.
    """
    found: list[Clash] = []
    for weekday in WEEKDAYS:
        if there := week.on(weekday):
            found += _of_day(day_of(week, weekday, travel, limits), there)
    found += school_clashes(week, limits)
    found += (clash for asked in limits.hours for clash in _hours(week, asked))
    return tuple(found)


def week_ways(week: Week, travel: TravelTable) -> dict[int, tuple[Way, ...]]:
    """Give the ways of each weekday that has activities."""
    there = {weekday: week.on(weekday) for weekday in WEEKDAYS}
    days = {weekday: day_of(week, weekday, travel, Limits()) for weekday in WEEKDAYS}
    return {weekday: day_ways(days[weekday], activities) for weekday, activities in there.items() if activities}


def travel_minutes(week: Week, travel: TravelTable) -> tuple[int, ...]:
    """Add up the minutes of travel of each day, from Monday to Sunday."""
    ways = week_ways(week, travel)
    return tuple(sum(way.minutes for way in ways.get(weekday, ())) for weekday in WEEKDAYS)


def day_ways(day: Day, activities: Sequence[Activity]) -> tuple[Way, ...]:
    """Give all ways of a day whose activities are in the order of their time and at least one."""
    last = max(activities, key=lambda one: one.slot.end)
    between = (day.between(one, other) for one, other in pairwise(activities))
    return (day.there(activities[0]), *between, day.back(last))


def _of_day(day: Day, activities: Sequence[Activity]) -> Iterator[Clash]:
    for one in activities:
        yield from day.during(one)
    ways = day_ways(day, activities)
    yield from ways[0].clashes
    for one, other in combinations(activities, 2):
        # In a day with overlaps, who comes next is not who stands next in the list.
        if not any(_lies_between(one, third, other) for third in activities):
            yield from day.between(one, other).clashes
    yield from ways[-1].clashes
    yield from _too_long(day, activities, ways)


def _lies_between(earlier: Activity, middle: Activity, later: Activity) -> bool:
    return earlier.slot.end <= middle.slot.start and middle.slot.end <= later.slot.start


def _too_long(day: Day, activities: Sequence[Activity], ways: Sequence[Way]) -> Iterator[Clash]:
    minutes, limit = sum(way.minutes for way in ways), day.limits.travel_minutes
    if minutes <= limit:
        return
    estimated = any(way.estimated for way in ways)
    values = {"way": minutes, "limit": limit}
    yield clash_of("travel_limit", day.weekday, minutes - limit, tuple(activities), values, estimated=estimated)


def school_clashes(week: Week, limits: Limits) -> tuple[Clash, ...]:
    """Find runs of school days that are too long; Sunday and Monday follow each other."""
    limit = limits.school_days_in_row
    school = [weekday for weekday in WEEKDAYS if any(one.kind in SCHOOL for one in week.on(weekday))]
    if limit is None:
        return ()
    return tuple(_school_clash(week, run, limit) for run in _runs(school) if len(run) > limit)


def _runs(weekdays: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for weekday in weekdays:
        if runs and runs[-1][-1] == weekday - 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    if len(runs) > 1 and runs[-1][-1] == 7 and runs[0][0] == 1:
        runs[0] = runs.pop() + runs[0]
    return runs


def _school_clash(week: Week, run: Sequence[int], limit: int) -> Clash:
    activities = tuple(one for weekday in run for one in week.on(weekday) if one.kind in SCHOOL)
    text = said("clash.school_days", day=weekday_words(run[0]), days=len(run), limit=limit)
    return Clash("school_days", run[0], None, activities, text.capital)


def asked_minutes(asked: HoursAsked) -> tuple[int | None, int | None]:
    """Give the least and the most minutes a week."""
    least, most = (None if limit is None else round(60 * limit) for limit in (asked.least, asked.most))
    return least, most


def _hours(week: Week, asked: HoursAsked) -> Iterator[Clash]:
    least, most = asked_minutes(asked)
    have = week.minutes(asked.kinds)
    activities = tuple(one for one in week.activities if one.kind in asked.kinds)
    words = {"kinds": kinds_words(asked.kinds), "have": duration_words(have)}
    if least is not None and have < least:
        text = said("clash.hours_below", minutes=duration_words(least - have), asked=duration_words(least), **words)
        yield Clash("hours_below", None, least - have, activities, text.capital)
    if most is not None and have > most:
        text = said("clash.hours_above", minutes=duration_words(have - most), asked=duration_words(most), **words)
        yield Clash("hours_above", None, have - most, activities, text.capital)
