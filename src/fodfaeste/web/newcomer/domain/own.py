"""What a newcomer is shown of their own: appointments, the week, the plan, who works with them, who has looked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import BadInput
from fodfaeste.plan import IsoWeek
from fodfaeste.plan.week import TravelTable
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import WORKPLACE
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.newcomer.words import ACTIVITIES, AN_APPOINTMENT, APPOINTMENTS, page_of
from fodfaeste.web.people.models import Responsibility
from fodfaeste.web.programme.domain.calling import Contact, contact_of
from fodfaeste.web.programme.domain.follow_ups import AGREED
from fodfaeste.web.programme.domain.text import ActivityText, PlanText, Time, text_of
from fodfaeste.web.programme.domain.week import read_tables
from fodfaeste.web.programme.models import Approval, FollowUp, Plan, Programme, Reply, TravelTimes

A_DAY = timedelta(days=1)
WEEK = 7


@dataclass(frozen=True)
class Appointment:
    """A follow-up as the person has it: what, when, and what they have answered. Not what the office notes of it.

    Attributes
    ----------
    agreed : str
        The Danish words in which it was agreed, where two agreed on it.
    """

    pk: int
    what: str
    day: date
    hour: time | None
    agreed: str
    reply: Reply | None


def appointments(viewer: Viewer, *, today: date) -> tuple[Appointment, ...]:
    """Give the appointments to come, the next one first."""
    return tuple(_appointment(row) for row in to_come(viewer, today=today))


def to_come(viewer: Viewer, *, today: date) -> QuerySet[FollowUp]:
    """Give the follow-ups that are not held yet and not past, of programmes that run."""
    rows = visible(viewer, FollowUp).filter(due__gte=today, programme__end=None)
    return rows.defer("note").select_related("reply").order_by("due", "hour", "pk")


def _appointment(row: FollowUp) -> Appointment:
    what = str(APPOINTMENTS.get(row.code, AN_APPOINTMENT))
    agreed = row.words["da"] if row.code == AGREED else ""
    return Appointment(row.pk, what, row.due, row.hour, agreed, getattr(row, "reply", None))


@dataclass(frozen=True)
class Stretch:
    """A time in the week: from when to when, what, where, and how long the way there is.

    Attributes
    ----------
    minutes : int or None
        None where nothing is known of the way.
    line : str
    """

    begins: time
    ends: time
    kind: str
    name: str
    place: str
    minutes: int | None = None
    line: str = ""


@dataclass(frozen=True)
class Day:
    """A day of the week, and what is on it."""

    day: date
    is_today: bool
    stretches: tuple[Stretch, ...]
    appointments: tuple[Appointment, ...]


@dataclass(frozen=True)
class Week:
    """A week by its ISO number, and its days that have something."""

    number: int
    days: tuple[Day, ...]


def week(viewer: Viewer, found: Iterable[Appointment], *, today: date) -> Week:
    """Give the week that a day lies in, by the plan that holds and the appointments."""
    plan = held_plan(viewer)
    text = PlanText() if plan is None else text_of(plan)
    ways = None if plan is None else _ways(plan.programme)
    home = "" if plan is None else plan.programme.home
    monday = today - today.weekday() * A_DAY
    found = tuple(found)
    days = []
    for day in (monday + number * A_DAY for number in range(WEEK)):
        stretches = tuple(sorted(_on(day, text, ways, home), key=lambda one: one.begins))
        own = tuple(one for one in found if one.day == day)
        if stretches or own:
            days.append(Day(day, day == today, stretches, own))
    return Week(IsoWeek.of(today).week, tuple(days))


def _on(day: date, text: PlanText, ways: TravelTable | None, home: str) -> Iterator[Stretch]:
    for one in text.activities:
        for when in one.times if one.start <= day < one.end else ():
            if _holds(when, day):
                yield _stretch(one, when, ways, home)


def _holds(when: Time, day: date) -> bool:
    begun = when.start is None or when.start <= day
    return when.weekday == day.isoweekday() and begun and (when.end is None or day < when.end)


def _stretch(one: ActivityText, when: Time, ways: TravelTable | None, home: str) -> Stretch:
    bare = Stretch(when.begins, when.ends, str(ACTIVITIES[one.kind]), one.name, one.place)
    if ways is None or not home or home == one.place:
        return bare
    try:
        way = ways.way(home, one.place, when.weekday)
    except BadInput:
        return bare
    return bare if way is None else Stretch(*_plain(bare), minutes=way.minutes, line=way.line)


def _plain(one: Stretch) -> tuple[time, time, str, str, str]:
    return one.begins, one.ends, one.kind, one.name, one.place


def _ways(programme: Programme) -> TravelTable | None:
    stored = TravelTimes.objects.filter(organisation=programme.organisation_id).first()
    try:
        return None if stored is None else read_tables(stored.connections, stored.places)
    except BadInput:
        return None


def held_plan(viewer: Viewer) -> Plan | None:
    """Give the plan that holds."""
    return _plans(viewer).filter(state=Plan.State.APPROVED).first()


def proposed_plan(viewer: Viewer) -> Plan | None:
    """Give the plan that is laid before them, whether they have signed it or not."""
    return _plans(viewer).filter(state=Plan.State.PROPOSED).first()


def signed_by_oneself(viewer: Viewer, plan: Plan) -> Approval | None:
    """Give their own signature of a plan."""
    return visible(viewer, Approval).filter(plan=plan, lifted=None).first()


def _plans(viewer: Viewer) -> QuerySet[Plan]:
    return visible(viewer, Plan).filter(programme__end=None).select_related("programme__organisation")


def whom_to_call(viewer: Viewer, *, today: date) -> Contact | None:
    """Give who looks after their case today, in which municipality, and at which telephone."""
    held = visible(viewer, Responsibility).select_related("worker", "organisation").first()
    return contact_of(held, today)


@dataclass(frozen=True)
class Look:
    """That somebody has looked: when, at what, where they work, and what for. Not who."""

    at: datetime
    page: str
    in_list: bool
    office: str
    reason: str


def looks(viewer: Viewer) -> QuerySet[Opening]:
    """Give when others have opened their file, the newest first."""
    return visible(viewer, Opening).select_related("organisation").defer("user").order_by("-at", "-pk")


def look_of(opening: Opening) -> Look:
    """Say of an opening what the person may know."""
    office = opening.organisation.name if opening.organisation is not None else ""
    if opening.words == WORKPLACE:
        office = _("Din arbejdsplads")
    at = timezone.localtime(opening.at)
    return Look(at, str(page_of(opening.page)), opening.in_list, office, opening.reason)
