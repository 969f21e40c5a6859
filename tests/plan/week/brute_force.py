"""Every choice among the offers, judged by walking through the days; shares nothing with the network or the solver."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain, combinations

from fodfaeste.plan.week import SCHOOL, WORK, Activity, WeekRequest

Broken = frozenset[tuple[str, object]]
"""The rules that a choice breaks, by code and what they are about."""


def choices(request: WeekRequest) -> Iterator[tuple[tuple[Activity, ...], Broken, int]]:
    """Give every choice that is at one place at a time, with the rules that it breaks and its value."""
    candidates = request.candidates
    subsets = chain.from_iterable(combinations(candidates, size) for size in range(len(candidates) + 1))
    for chosen in subsets:
        if not any(one.slot.overlap(other.slot) for one, other in combinations(chosen, 2)):
            broken, travel = judged(request, chosen)
            yield chosen, broken, travel + weighed(request, chosen)


def weighed(request: WeekRequest, chosen: Collection[Activity]) -> int:
    value = 0
    for one in request.candidates:
        if one in chosen and not one.fixed:
            wishes = [wish for wish in request.wishes if one.kind in wish.kinds]
            value += request.weights.other_day * any(one.slot.weekday not in wish.weekdays for wish in wishes)
        value += request.weights.change * (one in request.week.activities and one not in chosen)
    return value


def judged(request: WeekRequest, chosen: Collection[Activity]) -> tuple[Broken, int]:
    """Give the rules that a choice breaks, and its minutes of travel a week."""
    broken, total = set(), 0
    for weekday in range(1, 8):
        there = [one for one in chosen if one.slot.weekday == weekday]
        if there:
            rules, minutes = a_day(request, weekday, there)
            broken |= rules
            total += minutes
            if minutes > request.limits.travel_minutes:
                broken.add(("travel_limit", None))
    return frozenset(broken | whole_week(request, chosen)), total


def a_day(request: WeekRequest, weekday: int, there: list[Activity]) -> tuple[set[tuple[str, object]], int]:
    care = next((a for a in request.week.activities if a.kind == "childcare" and a.slot.weekday == weekday), None)
    broken = set()
    for one in there:
        broken |= closed(request, one)
    if care is None and (
        request.limits.needs_childcare or any(one.kind == "childcare" for one in request.week.activities)
    ):
        broken.add(("childcare", None))
    stops = [(request.week.home, 0, 0), *([(care.place, care.slot.start, care.slot.start)] if care else [])]
    stops += [(one.place, one.slot.start, one.slot.end) for one in there]
    first = 2 if care else 1
    stops += [(care.place, care.slot.end, care.slot.end)] if care else []
    stops += [(request.week.home, 24 * 60 * 9, 0)]
    minutes = 0
    for position in range(1, len(stops)):
        (start, _, leaves), (goal, begins, _) = stops[position - 1], stops[position]
        way = request.travel.way(start, goal, weekday)
        if way is None:
            broken.add(("first_bus", (start, goal)))
            continue
        minutes += way.minutes
        if care and goal == care.place and position == 1:
            # The child is handed over when the nursery opens; a bus that is later makes what comes after it late.
            onwards = request.travel.way(goal, there[0].place, weekday)
            if onwards and (way.earliest_arrival or 0) + onwards.minutes > there[0].slot.start:
                broken.add(("first_bus", (start, goal)))
            continue
        late = leaves + way.minutes > begins
        bus_late = (way.earliest_arrival or 0) > begins
        if care and position == first:
            broken |= {("childcare", None)} if late else set()
            broken |= {("first_bus", (start, goal))} if bus_late else set()
        elif care and position == len(stops) - 2:
            broken |= {("childcare", None)} if late or bus_late else set()
        elif late and position > first:
            broken.add(("travel_between", (start, goal)))
        elif bus_late:
            broken.add(("first_bus", (start, goal)))
    return broken, minutes


def closed(request: WeekRequest, one: Activity) -> set[tuple[str, object]]:
    openings = [opening for opening in request.limits.openings if opening.place == one.place]
    hours = [slot for opening in openings for slot in opening.hours if slot.weekday == one.slot.weekday]
    open_ = {minute for slot in hours for minute in range(slot.start, slot.end)}
    shut = openings and any(minute not in open_ for minute in range(one.slot.start, one.slot.end))
    return {("opening_hours", (one.place,))} if shut else set()


def whole_week(request: WeekRequest, chosen: Collection[Activity]) -> set[tuple[str, object]]:
    broken: set[tuple[str, object]] = {("fixed", one) for one in request.candidates if one.fixed and one not in chosen}
    for name in {one.series for one in request.candidates if one.series}:
        of_series = [one in chosen for one in request.candidates if one.series == name]
        if any(of_series) and not all(of_series):
            broken.add(("series", name))
    for asked in request.limits.hours:
        hours = sum(one.slot.end - one.slot.start for one in chosen if one.kind in asked.kinds) / 60
        if asked.least is not None and hours < asked.least - 1e-9:
            broken.add(("hours_below", asked))
        if asked.most is not None and hours > asked.most + 1e-9:
            broken.add(("hours_above", asked))
    return broken | pattern(request, chosen)


def pattern(request: WeekRequest, chosen: Collection[Activity]) -> set[tuple[str, object]]:
    school = {one.slot.weekday for one in chosen if one.kind in SCHOOL}
    work = {one.slot.weekday for one in chosen if one.kind in WORK}
    broken: set[tuple[str, object]] = set()
    model = request.model
    if model and (len(school - work), len(work - school), len(school & work)) != (
        model.school_days,
        model.work_days,
        model.half_days,
    ):
        broken.add(("model", None))
    limit = request.limits.school_days_in_row
    if limit and limit < 7:
        days = [1 + (first + further) % 7 for first in range(7) for further in range(limit + 1)]
        windows = [days[start : start + limit + 1] for start in range(0, len(days), limit + 1)]
        if any(set(window) <= school for window in windows):
            broken.add(("school_days", None))
    return broken
