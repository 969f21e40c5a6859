"""The ways of a day and what is wrong with them: from home past the childcare, from activity to activity, and back."""

from __future__ import annotations

from dataclasses import dataclass

from fodfaeste.plan.week.clash import Clash, clash_of
from fodfaeste.plan.week.texts import Values, activity_words, hours_words, line_words
from fodfaeste.plan.week.times import clock, outside
from fodfaeste.plan.week.travel import Connection, TravelTable
from fodfaeste.plan.week.values import Activity, Limits, Week


@dataclass(frozen=True)
class Way:
    """A part of the day's travel.

    Attributes
    ----------
    minutes : int
        0 where nothing goes.
    estimated : bool
    clashes : tuple of Clash
        What makes it impossible.
    """

    minutes: int
    estimated: bool
    clashes: tuple[Clash, ...]


@dataclass(frozen=True)
class Day:
    """A weekday of somebody who has to keep to limits.

    Attributes
    ----------
    weekday : int
    home : str
    childcare : Activity or None
        That of the day: the first and the last way of the day lead past it.
    alone : bool
        Whether a child has to be looked after and nobody does.
    travel : TravelTable
    limits : Limits
    """

    weekday: int
    home: str
    childcare: Activity | None
    alone: bool
    travel: TravelTable
    limits: Limits

    def during(self, activity: Activity) -> tuple[Clash, ...]:
        """Say what is wrong with an activity by itself: the place is closed, or nobody looks after the child."""
        found = []
        hours = self.limits.opening(activity.place)
        closed = outside(activity.slot, hours) if hours is not None else 0
        if hours is not None and closed:
            values: Values = {"place": activity.place, "hours": hours_words(hours)}
            places = (activity.place,)
            found.append(clash_of("opening_hours", self.weekday, closed, (activity,), values, places=places))
        if self.alone:
            found.append(clash_of("no_childcare", self.weekday, None, (activity,), {}))
        return tuple(found)

    def there(self, first: Activity) -> Way:
        """Give the way to the day's first activity."""
        if self.childcare is None:
            return self._first_leg(self.home, first.place, first)
        care = self.childcare
        to_care = self.travel.way(self.home, care.place, self.weekday)
        onwards = self.travel.way(care.place, first.place, self.weekday)
        clashes = [
            *self._missing(to_care, self.home, care.place, first),
            *self._missing(onwards, care.place, first.place, first),
        ]
        if to_care and onwards:
            clashes += self._late(to_care, self.home, care.place, first, after=onwards.minutes)
            clashes += self._late(onwards, care.place, first.place, first)
            clashes += self._uncovered(care.slot.start + onwards.minutes - first.slot.start, first, onwards)
        return _way((to_care, onwards), clashes)

    def between(self, earlier: Activity, later: Activity) -> Way:
        """Give the way from one activity to the next; they clash if they overlap or leave too little time for it."""
        way = self.travel.way(earlier.place, later.place, self.weekday)
        both = (earlier, later)
        if common := earlier.slot.overlap(later.slot):
            return _way((way,), [clash_of("overlap", self.weekday, common, both, {})])
        clashes = self._missing(way, earlier.place, later.place, later)
        free = later.slot.start - earlier.slot.end
        if way and way.minutes > free:
            values: Values = {"free": free, "way": way.minutes}
            places = (earlier.place, later.place)
            short = way.minutes - free
            clash = clash_of(
                "travel_between", self.weekday, short, both, values, places=places, estimated=way.estimated
            )
            clashes.append(clash)
        elif way:
            clashes += self._late(way, earlier.place, later.place, later)
        return _way((way,), clashes)

    def back(self, last: Activity) -> Way:
        """Give the way home from the day's last activity."""
        if self.childcare is None:
            way = self.travel.way(last.place, self.home, self.weekday)
            return _way((way,), self._missing(way, last.place, self.home, last))
        care = self.childcare
        to_care = self.travel.way(last.place, care.place, self.weekday)
        home = self.travel.way(care.place, self.home, self.weekday)
        clashes = [
            *self._missing(to_care, last.place, care.place, last),
            *self._missing(home, care.place, self.home, last),
        ]
        if to_care:
            clashes += self._uncovered(to_care.arrival(last.slot.end) - care.slot.end, last, to_care)
        return _way((to_care, home), clashes)

    def _first_leg(self, start: str, goal: str, first: Activity) -> Way:
        way = self.travel.way(start, goal, self.weekday)
        clashes = self._missing(way, start, goal, first)
        if way:
            clashes += self._late(way, start, goal, first)
        return _way((way,), clashes)

    def _missing(self, way: Connection | None, start: str, goal: str, one: Activity) -> list[Clash]:
        if way is not None:
            return []
        places = (start, goal)
        values: Values = {"start": start, "goal": goal}
        return [clash_of("no_connection", self.weekday, None, (one,), values, places=places)]

    def _late(self, way: Connection, start: str, goal: str, one: Activity, after: int = 0) -> list[Clash]:
        """Say that the first connection comes too late, `after` being the minutes that the way goes on."""
        if way.earliest_arrival is None or way.earliest_arrival + after <= one.slot.start:
            return []
        late = way.earliest_arrival + after - one.slot.start
        values: Values = {
            "start": start,
            "goal": goal,
            "time": clock(way.earliest_arrival),
            "line": line_words(way.line),
        }
        return [clash_of("first_bus", self.weekday, late, (one,), values, places=(start, goal))]

    def _uncovered(self, minutes: int, one: Activity, way: Connection) -> list[Clash]:
        care = self.childcare
        if minutes <= 0 or care is None:
            return []
        values: Values = {"care": activity_words(care)}
        return [clash_of("childcare", self.weekday, minutes, (one, care), values, estimated=way.estimated)]


def _way(parts: tuple[Connection | None, ...], clashes: list[Clash]) -> Way:
    known = [part for part in parts if part]
    return Way(sum(part.minutes for part in known), any(part.estimated for part in known), tuple(clashes))


def day_of(week: Week, weekday: int, travel: TravelTable, limits: Limits) -> Day:
    """Give a weekday of a week."""
    childcare = week.childcare(weekday)
    needed = limits.needs_childcare or any(one.kind == "childcare" for one in week.activities)
    return Day(weekday, week.home, childcare, needed and childcare is None, travel, limits)
