"""What pages write of schooling in few words, and what other rooms' pages show of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import template
from django.db.models import F
from django.utils.dates import WEEKDAYS

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.learning.domain.learners import weekday_name
from fodfaeste.web.learning.models import Attendance, Enrolment
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.day import Cases

register = template.Library()
register.filter("weekday", weekday_name)

RECENTLY = timedelta(weeks=4)
MOST = 12
"""Days of absence that the day's page shows."""


@register.filter
def weekday_long(weekday: int) -> str:
    """Name a day of the week, 1 is Monday."""
    return str(WEEKDAYS[weekday - 1])


@register.filter
def last_day(end: date) -> date:
    """Give the last day of what ends before a day."""
    return end - timedelta(days=1)


@register.inclusion_tag("learning/on_person_part.html")
def schooling_of(person: Person, reader: Viewer, may_change: bool, today: date) -> dict[str, Any]:
    """Show where somebody is taught, at which level, and how often they were away lately."""
    rows = visible(reader, Enrolment).filter(person=person).select_related("school").prefetch_related("steps")
    away = visible(reader, Attendance).filter(enrolment__person=person, present=False, day__gt=today - RECENTLY)
    return {"person": person, "rows": rows, "away": list(away), "may_change": may_change}


@register.inclusion_tag("learning/on_today_part.html")
def absences_told(viewer: Viewer, cases: Cases) -> dict[str, Any]:
    """Show the days of absence that schools have told of a viewer's own cases, until somebody has judged them."""
    rows = visible(viewer, Attendance).filter(enrolment__person__in=cases.persons, absence__lawful=None)
    rows = rows.filter(absence__noted_by=F("by"), present=False).select_related(
        "enrolment__person", "enrolment__school"
    )
    return {"told": rows.order_by("day")[:MOST]}
