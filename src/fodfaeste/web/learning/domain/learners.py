"""A school's learners: when each is taught, and figures for whoever plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import time_format

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.learning.levels import level_name
from fodfaeste.web.learning.models import Learner, Lesson
from fodfaeste.web.people.models import Responsibility
from fodfaeste.web.programme.domain.calling import Contact, contact_of

WORKING_WEEK = (1, 2, 3, 4, 5)
AN_HOUR = timedelta(hours=1)


def learners_now(viewer: Viewer, today: date) -> QuerySet[Learner]:
    """Give those who are taught at the viewer's schools today, each with this week's times as `times`."""
    rows = visible(viewer, Learner).filter(start__lte=today).select_related("organisation", "worker")
    return rows.prefetch_related(Prefetch("lessons", lessons_now(viewer, today), to_attr="times"))


def learners_to_come(viewer: Viewer, today: date) -> QuerySet[Learner]:
    """Give those who begin later."""
    return visible(viewer, Learner).filter(start__gt=today).select_related("organisation", "worker").order_by("start")


def lessons_now(viewer: Viewer, today: date) -> QuerySet[Lesson]:
    """Give the times that hold today."""
    return visible(viewer, Lesson).filter(start__lte=today, end__gt=today).order_by("weekday", "begins")


def at_hour(lessons: QuerySet[Lesson], hour: int) -> QuerySet[Lesson]:
    """Keep the times of which some part lies in an hour."""
    # The last hour of a day ends where clock times do.
    until = time(hour + 1) if hour < 23 else time.max
    return lessons.filter(begins__lt=until, ends__gt=time(hour))


def times_in_words(lessons: Iterable[Lesson]) -> str:
    """Say when somebody is taught: mon 8.30-12.00, wed 8.30-12.00."""
    return ", ".join(f"{weekday_name(one.weekday)} {_clock(one.begins)}–{_clock(one.ends)}" for one in lessons)


def weekday_name(weekday: int) -> str:
    """Name a day of the week in short, 1 is Monday."""
    return str(WEEKDAYS_ABBR[weekday - 1]).rstrip(".")


def hours_a_week(lessons: Iterable[Lesson]) -> float:
    """Add the hours up."""
    return round(sum((_on_a_day(one.ends) - _on_a_day(one.begins)) / AN_HOUR for one in lessons), 2)


def _on_a_day(clock: time) -> datetime:
    return datetime.combine(date(2001, 1, 1), clock)


def _clock(moment: time) -> str:
    return str(time_format(moment, "H:i"))


def whom_to_call(learner: Learner, today: date) -> Contact | None:
    """Give whom the school calls about a learner today: whose case it is, or who stands in."""
    with seeing(persons=[learner.person]):
        held = Responsibility.objects.filter(
            Q(end=None) | Q(end__gt=today),
            start__lte=today,
            person=learner.person,
            organisation=learner.organisation_id,
        )
        return contact_of(held.select_related("worker", "organisation").first(), today)


@dataclass(frozen=True)
class Count:
    """How many there are of something, and where a list shows them."""

    name: str
    value: str
    count: int


@dataclass(frozen=True)
class Hour:
    """An hour of the clock, with how many are taught in it on each day: (weekday, count)."""

    hour: int
    counts: tuple[tuple[int, int], ...]

    @property
    def name(self) -> str:
        """Both ends of it."""
        return f"{self.hour:02}–{self.hour + 1:02}"


@dataclass(frozen=True)
class Figures:
    """What a planner counts: learners by level, by municipality, and at each hour of the week.

    Attributes
    ----------
    untimed : int
        Learners whom no plan gives a time.
    weekdays : tuple of int
        The columns of `hours`: Monday to Friday, and further days where somebody is taught on them.
    """

    total: int
    levels: tuple[Count, ...]
    municipalities: tuple[Count, ...]
    hours: tuple[Hour, ...]
    weekdays: tuple[int, ...]
    untimed: int


def figures(viewer: Viewer, today: date) -> Figures:
    """Count the learners of today; two queries, however many there are."""
    rows = list(
        visible(viewer, Learner)
        .filter(start__lte=today)
        .values_list("pk", "track", "module", "organisation", "organisation__name")
    )
    of_today = {pk for pk, *_more in rows}
    taught: dict[tuple[int, int], set[int]] = {}
    timed: set[int] = set()
    for one in lessons_now(viewer, today):
        if one.learner_id in of_today:
            timed.add(one.learner_id)
            for hour in _hours_of(one):
                taught.setdefault((one.weekday, hour), set()).add(one.learner_id)
    by_level = Counter((track, module or 0) for _pk, track, module, *_office in rows)
    by_office = Counter((name, office) for *_learner, office, name in rows)
    weekdays = tuple(sorted({*WORKING_WEEK, *(weekday for weekday, _hour in taught)}))
    hours = sorted({hour for _weekday, hour in taught})
    return Figures(
        total=len(rows),
        levels=tuple(
            Count(level_name(track, module or None), f"{track}-{module}" if module else track or "-", count)
            for (track, module), count in sorted(by_level.items())
        ),
        municipalities=tuple(Count(name, str(office), count) for (name, office), count in sorted(by_office.items())),
        hours=tuple(
            Hour(hour, tuple((day, len(taught.get((day, hour), ()))) for day in weekdays))
            for hour in range(hours[0], hours[-1] + 1)
        )
        if hours
        else (),
        weekdays=weekdays,
        untimed=len(rows) - len(timed),
    )


def _hours_of(lesson: Lesson) -> range:
    """Give the hours of the clock of which a time has some part."""
    last = lesson.ends.hour if (lesson.ends.minute or lesson.ends.second) else lesson.ends.hour - 1
    return range(lesson.begins.hour, last + 1)
