"""A plan's hours against those of its rule set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from fodfaeste.plan import HoursCheck, IsoWeek, PlannedActivity, ProgrammeRules, hours_check
from fodfaeste.web.programme.domain.text import ActivityText, PlanText, Time
from fodfaeste.web.programme.models import CHILDCARE

A_DAY = timedelta(days=1)


def check(text: PlanText, rules: ProgrammeRules, agreed: float | None = None) -> HoursCheck | None:
    """Compare a plan with the rules, from its first week to its last; None while it has no activity.

    Parameters
    ----------
    agreed : float, optional
        Hours a week agreed in place of the rules' least.
    """
    planned = [one for activity in text.activities if activity.kind != CHILDCARE for one in _planned(activity)]
    if not planned:
        return None
    first, last = min(one.first for one in planned), max(one.last for one in planned)
    return hours_check(rules, planned, first.until(last), agreed_min=agreed)


def _planned(activity: ActivityText) -> Iterator[PlannedActivity]:
    """Give the hours of an activity; of a ramp, whose times have dates, step by step."""
    steps = [when for when in activity.times if when.start is not None]
    if not steps:
        yield _weeks(activity.kind, float(activity.hours_a_week), activity.start, activity.end)
    for when in steps:
        start, end = when.start or activity.start, when.end or activity.end
        yield _weeks(activity.kind, hours_of(when), start, end)


def hours_of(when: Time) -> float:
    """Give the hours that a stretch of a day has."""
    begins, ends = (datetime.combine(date.min, moment) for moment in (when.begins, when.ends))
    return (ends - begins).total_seconds() / 3600


def _weeks(kind: str, hours: float, start: date, end: date) -> PlannedActivity:
    return PlannedActivity(kind, hours, IsoWeek.of(start), IsoWeek.of(end - A_DAY))
