"""Patterns of a week: school days and work days, half days, and ramps from school to work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from fodfaeste.errors import BadInput, Problem
from fodfaeste.plan.text import Text
from fodfaeste.plan.week.day import day_of
from fodfaeste.plan.week.texts import joined, said
from fodfaeste.plan.week.times import WEEKDAYS
from fodfaeste.plan.week.travel import TravelTable
from fodfaeste.plan.week.values import SCHOOL, WORK, Activity, Limits, Week, in_order


@dataclass(frozen=True)
class Model:
    """How many days of a week are for what.

    Attributes
    ----------
    school_days : int
        Days with school and no work.
    work_days : int
        Days with work and no school.
    half_days : int
        Days with both.

    Raises
    ------
    BadInput
        If they are not 1 to 7 days together.
    """

    school_days: int = 0
    work_days: int = 0
    half_days: int = 0

    def __post_init__(self) -> None:
        days = (self.school_days, self.work_days, self.half_days)
        if min(days) < 0 or not 1 <= sum(days) <= 7:
            found = f"a pattern of {days[0]} school days, {days[1]} work days and {days[2]} half days"
            raise BadInput(Problem(found, "1 to 7 days together", "Correct it."))

    @property
    def text(self) -> Text:
        """The pattern in Danish and English."""
        parts = []
        if self.school_days or self.work_days:
            parts.append(said("model.school_work", school=self.school_days, work=self.work_days))
        if self.half_days:
            parts.append(said("model.half", half=self.half_days))
        return joined(parts, " + ")

    def fits(self, week: Week) -> bool:
        """Say whether a week has this pattern."""
        return self == model_of(week)


THREE_AND_TWO = Model(school_days=3, work_days=2)
TWO_AND_THREE = Model(school_days=2, work_days=3)
FIVE_HALF_DAYS = Model(half_days=5)
MODELS = {"3+2": THREE_AND_TWO, "2+3": TWO_AND_THREE, "5 half days": FIVE_HALF_DAYS}
"""The usual patterns; school days stand first."""


def model_of(week: Week) -> Model | None:
    """Give the pattern that a week has; None if it has neither school nor work."""
    kinds = [{one.kind for one in week.on(weekday)} for weekday in WEEKDAYS]
    both = [(bool(there & set(SCHOOL)), bool(there & set(WORK))) for there in kinds]
    school, work, half = (both.count(day) for day in ((True, False), (False, True), (True, True)))
    return Model(school, work, half) if school + work + half else None


@dataclass(frozen=True)
class Step:
    """A part of a ramp during which all weeks are alike.

    Attributes
    ----------
    week : Week
        With its first and last day; every activity has those dates too.
    school_minutes, work_minutes : int
        A week.
    ended : tuple of Activity
        School that is left out from this step on, because work has taken its time.
    """

    week: Week
    school_minutes: int
    work_minutes: int
    ended: tuple[Activity, ...]


def ramp(
    school: Sequence[Activity],
    work: Sequence[Activity],
    *,
    home: str,
    travel: TravelTable,
    begins: date,
    work_slots: Sequence[int],
    weeks_a_step: int,
    ends: date | None = None,
) -> tuple[Step, ...]:
    """Let work rise by steps to full time, while the school that it leaves no time for falls away.

    Parameters
    ----------
    school : sequence of Activity
        The slots of school before the ramp.
    work : sequence of Activity
        The slots of work at full time, in the order in which they are begun: whole days, or mornings and afternoons.
    home : str
    travel : TravelTable
        School also falls away where the way between it and work takes too long.
    begins : date
        The first day of the first step. Later steps begin on Mondays; a first week that is not whole comes on top.
    work_slots : sequence of int
        How many slots of work each step has, rising to all of them: ``(2, 3, 5)``.
    weeks_a_step : int
        Calendar weeks; the last step goes on until `ends`.
    ends : date, optional
        The last day of the last step; without it that step has no end.

    Returns
    -------
    tuple of Step
        One for each of `work_slots`. Whether the weeks keep to limits, `clashes` says.

    Raises
    ------
    BadInput
        If the steps do not rise to full time, have no length, or the last has not a week before `ends`.
    """
    firsts = _first_days(begins, len(work_slots), weeks_a_step)
    _check_steps(work_slots, len(work), firsts, weeks_a_step, ends)
    lasts = [*(day - timedelta(1) for day in firsts[1:]), ends]
    steps: list[Step] = []
    still = tuple(in_order(school))
    for slots, first, last in zip(work_slots, firsts, lasts, strict=True):
        begun = tuple(work[:slots])
        left = tuple(one for one in still if all(_both(one, other, home, travel) for other in begun))
        week = Week(home, tuple(replace(one, begins=first, ends=last) for one in (*left, *begun)), first, last)
        ended = tuple(one for one in still if one not in left)
        steps.append(Step(week, week.minutes(SCHOOL), week.minutes(WORK), ended))
        still = left
    return tuple(steps)


def _first_days(begins: date, steps: int, weeks_a_step: int) -> list[date]:
    monday = begins + timedelta(-begins.weekday() % 7)
    return [begins, *(monday + timedelta(7 * weeks_a_step * step) for step in range(1, steps))]


def _check_steps(
    work_slots: Sequence[int], slots: int, firsts: Sequence[date], weeks_a_step: int, ends: date | None
) -> None:
    rises = all(fewer < more for fewer, more in pairwise([0, *work_slots]))
    if not rises or not work_slots or work_slots[-1] != slots:
        found = f"steps with {', '.join(map(str, work_slots)) or 'no'} slots of work"
        raise BadInput(Problem(found, f"numbers that rise to all {slots}", "Correct the steps, or offer other slots."))
    if weeks_a_step < 1:
        raise BadInput(Problem(f"{weeks_a_step} weeks a step", "at least 1", "Correct it."))
    whole = firsts[-1] + timedelta(6)
    if ends is not None and ends < whole:
        expected = f"a day from {whole} on, when the last step has had a week"
        raise BadInput(Problem(f"a ramp that ends on {ends}", expected, "Take fewer or shorter steps."))


def _both(one: Activity, other: Activity, home: str, travel: TravelTable) -> bool:
    """Say whether two activities leave time for each other, the way between them included."""
    if one.slot.weekday != other.slot.weekday:
        return True
    day = day_of(Week(home, ()), one.slot.weekday, travel, Limits())
    return not day.between(*sorted((one, other), key=lambda which: which.slot)).clashes
