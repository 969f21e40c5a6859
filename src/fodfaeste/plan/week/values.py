"""A person's week: what it has in it, and what it has to keep to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Literal

from fodfaeste.errors import BadInput, Problem
from fodfaeste.plan.week.times import Slot

Kind = Literal[
    "danish", "social_understanding", "education", "traineeship", "job", "guidance", "appointment", "childcare"
]
"""What an activity is. Childcare is not done by the person: it is when and where the child is looked after."""

SCHOOL: tuple[Kind, ...] = ("danish", "social_understanding", "education")
"""Kinds that make a day a school day."""

WORK: tuple[Kind, ...] = ("traineeship", "job")
"""Kinds that make a day a work day."""

TRAVEL_LIMIT = 120
"""Minutes of travel a day, there and back, unless an office says otherwise."""


@dataclass(frozen=True)
class Activity:
    """Something that takes a slot of the week.

    Attributes
    ----------
    name : str
        What the person and the office call it, such as ``DU2.3``.
    kind : Kind
    place : str
        As the travel table names it.
    slot : Slot
    fixed : bool
        Whether it stays as it is; what is movable may be given up for another offer.
    series : str
        Activities of one series are taken together or not at all, such as the two evenings of a class. Without a name
        an activity stands alone.
    begins, ends : date, optional
        The first and last day between which it takes place; from ever, and for ever.

    Raises
    ------
    BadInput
        If it has no name or place, or its weekday does not come between its first and last day.
    """

    name: str
    kind: Kind
    place: str
    slot: Slot
    fixed: bool = False
    series: str = ""
    begins: date | None = None
    ends: date | None = None

    def __post_init__(self) -> None:
        if not (self.name and self.place):
            raise BadInput(Problem(f"the activity {self.name!r} at {self.place!r}", "a name and a place", "Name both."))
        first, last = self.mondays
        if first and last and last < first:
            found = f"{self.name} from {self.begins} to {self.ends}"
            expected = f"days among which there is a weekday {self.slot.weekday}"
            raise BadInput(Problem(found, expected, "Correct one of them."))

    @property
    def mondays(self) -> tuple[date | None, date | None]:
        """The Mondays of the first and the last week in which it takes place; None where there is no first or last."""
        after = timedelta(self.slot.weekday - 1)
        first = None if self.begins is None else _monday(self.begins - after + timedelta(6))
        return first, None if self.ends is None else _monday(self.ends - after)


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def in_order(activities: Iterable[Activity]) -> tuple[Activity, ...]:
    """Sort activities by their time; at the same time by place and name."""
    return tuple(sorted(activities, key=lambda one: (one.slot, one.place, one.name, one.kind, one.series)))


@dataclass(frozen=True)
class Week:
    """One person's week, as it is repeated for some time.

    Attributes
    ----------
    home : str
        The place where days begin and end.
    activities : tuple of Activity
        In the order of their time, whatever order they were given in.
    begins, ends : date, optional
        The first and last day of the weeks that are like this.

    Raises
    ------
    BadInput
        If two of the activities never share a week (`weeks` cuts a plan into weeks), or a day has two childcares.
    """

    home: str
    activities: tuple[Activity, ...]
    begins: date | None = None
    ends: date | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "activities", in_order(self.activities))
        problems = [*_never_together(self.activities), *_childcare_twice(self.activities)]
        if problems:
            raise BadInput(*problems)

    def on(self, weekday: int) -> tuple[Activity, ...]:
        """Give what the person does on a weekday, in order; childcare is not among it."""
        return tuple(one for one in self.activities if one.slot.weekday == weekday and one.kind != "childcare")

    def childcare(self, weekday: int) -> Activity | None:
        """Give the childcare of a weekday."""
        return next((one for one in self.activities if one.kind == "childcare" and one.slot.weekday == weekday), None)

    def minutes(self, kinds: Sequence[Kind]) -> int:
        """Count the minutes a week of some kinds."""
        return sum(one.slot.minutes for one in self.activities if one.kind in kinds)


def _never_together(activities: Sequence[Activity]) -> Iterable[Problem]:
    if _share_a_week(activities):
        return
    for one, other in combinations(activities, 2):
        if not _share_a_week((one, other)):
            found = f"{one.name} and {other.name}, which never take place in the same week"
            yield Problem(found, "the activities of one week", "Cut the plan into weeks first, with weeks(...).")


def _share_a_week(activities: Sequence[Activity]) -> bool:
    spans = [one.mondays for one in activities]
    first = max((monday for monday, _ in spans if monday), default=date.min)
    return first <= min((monday for _, monday in spans if monday), default=date.max)


def _childcare_twice(activities: Sequence[Activity]) -> Iterable[Problem]:
    care = [one for one in activities if one.kind == "childcare"]
    for one, other in combinations(care, 2):
        if one.slot.weekday == other.slot.weekday:
            found = f"the childcares {one.name} and {other.name} on weekday {one.slot.weekday}"
            todo = "For children in two places give the hours in which all are looked after, at the place visited last."
            yield Problem(found, "one childcare a day", todo)


def weeks(home: str, activities: Iterable[Activity]) -> tuple[Week, ...]:
    """Cut a plan into the different weeks that it has, each with its first and last day.

    Weeks in which nothing takes place are left out. An activity that begins on a Wednesday is in its first week if it
    is on a Wednesday or later, and otherwise from the week after.

    Parameters
    ----------
    home : str
    activities : iterable of Activity
        Of any dates.

    Returns
    -------
    tuple of Week
        In the order of time; the first has no first day, where something has been there from ever.
    """
    all_ = in_order(activities)
    starts = {first for one in all_ if (first := one.mondays[0])}
    starts |= {last + timedelta(7) for one in all_ if (last := one.mondays[1])}
    cuts = [date.min, *sorted(starts), date.max]
    found: list[Week] = []
    for first, next_ in pairwise(cuts):
        there = tuple(one for one in all_ if _in_weeks(one, first))
        if there and first < next_:
            begins = None if first == date.min else first
            found.append(Week(home, there, begins, None if next_ == date.max else next_ - timedelta(1)))
    return tuple(found)


def _in_weeks(activity: Activity, monday: date) -> bool:
    first, last = activity.mondays
    return (first is None or first <= monday) and (last is None or monday <= last)


@dataclass(frozen=True)
class Opening:
    """When a place is open; a place of which nothing is said is always open.

    Attributes
    ----------
    place : str
    hours : tuple of Slot
        It is closed at all other times; without any it is closed altogether.
    """

    place: str
    hours: tuple[Slot, ...]


@dataclass(frozen=True)
class HoursAsked:
    """How many hours a week some kinds of activities have to have together.

    Attributes
    ----------
    kinds : tuple of Kind
    least, most : float, optional
        Hours; the rule set's, or what was agreed. None where there is no such limit.

    Raises
    ------
    BadInput
        If a limit is negative, or kinds are missing.
    """

    kinds: tuple[Kind, ...]
    least: float | None = None
    most: float | None = None

    def __post_init__(self) -> None:
        if not self.kinds:
            raise BadInput(Problem("hours of no kind", "at least one kind of activity", "Name the kinds."))
        for limit in (self.least, self.most):
            if limit is not None and not limit >= 0:
                raise BadInput(Problem(f"{limit} hours a week", "hours from 0", "Correct them."))


@dataclass(frozen=True)
class Limits:
    """What a week has to keep to.

    Attributes
    ----------
    travel_minutes : int
        The most that a day's ways may take together, there and back.
    openings : tuple of Opening
    hours : tuple of HoursAsked
    school_days_in_row : int, optional
        The most school days without a break, for somebody flagged as needing one. Weeks follow each other, so Sunday
        and Monday are in a row.
    needs_childcare : bool
        Whether a child has to be looked after even on days of which the week names no childcare. Where a week names any
        childcare, it always has to.

    Raises
    ------
    BadInput
        If a limit is not a whole number that can be kept.
    """

    travel_minutes: int = TRAVEL_LIMIT
    openings: tuple[Opening, ...] = ()
    hours: tuple[HoursAsked, ...] = ()
    school_days_in_row: int | None = None
    needs_childcare: bool = False

    def __post_init__(self) -> None:
        if self.travel_minutes < 0:
            raise BadInput(Problem(f"{self.travel_minutes} minutes of travel a day", "minutes from 0", "Correct it."))
        if self.school_days_in_row is not None and self.school_days_in_row < 1:
            found = f"{self.school_days_in_row} school days in a row"
            raise BadInput(Problem(found, "at least 1", "Leave it out if nobody needs a break."))

    def opening(self, place: str) -> tuple[Slot, ...] | None:
        """Give the hours in which a place is open; None where it always is."""
        found = [opening.hours for opening in self.openings if opening.place == place]
        return tuple(slot for hours in found for slot in hours) if found else None
