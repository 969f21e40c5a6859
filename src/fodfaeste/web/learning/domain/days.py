"""A day at a school: who is taught on it, and who came, as a teacher tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.learning.models import Attendance, Enrolment, Learner, Lesson
from fodfaeste.web.programme.domain.absences import take_back, tell_absent
from fodfaeste.web.programme.models import Absence, Programme

PRESENT = "present"
WORKING_WEEK = range(1, 6)
REASONS = frozenset(Absence.Reason.values)


@dataclass(frozen=True)
class Expected:
    """A learner on a day.

    Attributes
    ----------
    times : tuple of (begins, ends)
        When they are taught that day by the plan; none where no plan says so and the day is one of their possible ones.
    noted : Attendance or None
        What is written down of the day.
    """

    learner: Learner
    times: tuple[tuple[time, time], ...]
    noted: Attendance | None


@dataclass(frozen=True)
class Told:
    """What a teacher tells of a learner on a day.

    Attributes
    ----------
    answer : str
        ``present``, or the reason that was told for being away (`Absence.Reason`).
    seen : str
        What was written down when the teacher began: a stamp of `stamp`, empty where nothing was.
    """

    answer: str
    words: str = ""
    seen: str = ""


@dataclass(frozen=True)
class Kept:
    """What became of what was told: how many came, how many did not, and of whom a colleague has said otherwise."""

    present: int
    absent: int
    clashes: frozenset[int]


def expected_on(viewer: Viewer, day: date) -> list[Expected]:
    """List who is taught on a day, by name: those with a time first; four queries at most.

    Learners of whom no plan says when they are taught are listed on days that suit them: from Monday to Friday where
    nothing is said of that either.
    """
    there = visible(viewer, Learner).filter(Q(end=None) | Q(end__gt=day), start__lte=day)
    learners = list(there.select_related("organisation").order_by("name", "pk"))
    times: dict[int, list[Lesson]] = {}
    for one in visible(viewer, Lesson).filter(start__lte=day, end__gt=day).order_by("weekday", "begins"):
        times.setdefault(one.learner_id, []).append(one)
    noted = {one.enrolment_id: one for one in visible(viewer, Attendance).filter(day=day).select_related("by")}
    found = []
    for learner in learners:
        planned = times.get(learner.pk, [])
        today = tuple((one.begins, one.ends) for one in planned if one.weekday == day.isoweekday())
        suits = not planned and day.isoweekday() in (learner.days or WORKING_WEEK)
        if today or suits or learner.pk in noted:
            found.append(Expected(learner, today, noted.get(learner.pk)))
    return sorted(found, key=lambda one: not one.times)


def stamp(noted: Attendance | None) -> str:
    """Give what changes whenever what is written down of a day does."""
    return "" if noted is None else noted.noted.isoformat()


@transaction.atomic
def record_day(day: date, told: Mapping[int, Told], *, by: User, now: datetime | None = None) -> Kept:
    """Write down who came on a day and who did not; told again, it is the same day.

    An absence is a day of absence of the programme too, with what was told and by whom. Whether it is lawful is not
    asked: the municipality judges it, and what it has noted or judged itself stays as it is.

    Parameters
    ----------
    told : mapping
        By the enrolment's number.

    Raises
    ------
    Refused
        If the day lies ahead, or somebody is not taught at the teacher's school on it; nothing is written then.
    """
    moment = now or timezone.now()
    if day > timezone.localdate(moment):
        raise Refused(_("Dagen er ikke kommet endnu."))
    viewer = viewer_of(by, timezone.localdate(moment))
    rows = visible(viewer, Enrolment).filter(Q(end=None) | Q(end__gt=day), pk__in=told, start__lte=day)
    enrolments = {row.pk: row for row in rows.filter(school__in=viewer.schools)}
    if told.keys() - enrolments.keys():
        raise Refused(_("En af dem går ikke på skolen den dag. Hent siden igen."))
    held = {
        one.enrolment_id: one
        for one in Attendance.objects.select_for_update(of=("self",)).filter(enrolment__in=enrolments, day=day)
    }
    clashes = {pk for pk, one in told.items() if _says_otherwise(held.get(pk), one)}
    changed = {pk: one for pk, one in told.items() if pk not in clashes and not _is_same(held.get(pk), one)}
    # A school has no person in sight: for what follows for the programme it has those of the day.
    with seeing(persons=[enrolments[pk].person_id for pk in changed]):
        programmes = _programmes((enrolments[pk] for pk in changed), day)
        for pk, one in changed.items():
            _write(enrolments[pk], day, one, held.get(pk), programmes.get(pk), by=by, at=moment)
    kept = [one for pk, one in told.items() if pk not in clashes]
    came = sum(one.answer == PRESENT for one in kept)
    return Kept(came, len(kept) - came, frozenset(clashes))


def _is_same(noted: Attendance | None, told: Told) -> bool:
    return noted is not None and (answer_of(noted), noted.words) == (told.answer, told.words.strip())


def _says_otherwise(noted: Attendance | None, told: Told) -> bool:
    """Say whether a colleague has written something else since the teacher began."""
    return noted is not None and stamp(noted) != told.seen and not _is_same(noted, told)


def answer_of(noted: Attendance) -> str:
    """Give what was told of a day: that they came, or the reason."""
    return PRESENT if noted.present else noted.reason


def _programmes(enrolments: Iterable[Enrolment], day: date) -> dict[int, Programme]:
    """Give the programme that each is in on a day, in the municipality that enrolled them; some are in none."""
    rows = {(row.person_id, row.organisation_id): row.pk for row in enrolments}
    there = Programme.objects.filter(Q(end=None) | Q(end__gt=day), person__in=[who for who, _office in rows])
    return {
        rows[one.person_id, one.organisation_id]: one
        for one in there.filter(start__lte=day).order_by("start")
        if (one.person_id, one.organisation_id) in rows
    }


def _write(
    enrolment: Enrolment,
    day: date,
    told: Told,
    noted: Attendance | None,
    programme: Programme | None,
    *,
    by: User,
    at: datetime,
) -> None:
    if told.answer != PRESENT and told.answer not in REASONS:
        raise Refused(_("Vælg en grund fra listen."))
    present, words = told.answer == PRESENT, told.words.strip()
    before, before_by = (None, None) if noted is None else (noted.absence, noted.by_id)
    absence = before
    if present and before is not None and take_back(before, told_by=before_by):
        absence = None
    elif not present and programme is not None:
        said = {"day": day, "reason": told.answer, "words": words, "told": before, "told_by": before_by}
        absence = tell_absent(programme, by=by, **said) or before
    row = noted or Attendance(enrolment=enrolment, day=day)
    row.present, row.reason, row.words = present, "" if present else told.answer, words
    row.by, row.noted, row.absence = by, at, absence
    row.save()
