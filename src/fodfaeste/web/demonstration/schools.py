"""The language school and the association of the demonstration country: learners, who came, and who agreed to meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import numpy as np

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.demonstration.own_page import worker_of
from fodfaeste.web.learning.domain.days import PRESENT, Told, expected_on, record_day
from fodfaeste.web.learning.domain.enrolments import enrol
from fodfaeste.web.learning.domain.levels import pass_test
from fodfaeste.web.learning.levels import MODULES, Track
from fodfaeste.web.people.domain import parts
from fodfaeste.web.people.models import Schooling
from fodfaeste.web.programme.domain.absences import mark_absent
from fodfaeste.web.programme.models import Absence, ActivityKind, Programme

TRACKS = {
    Schooling.NONE: Track.DU1,
    Schooling.PRIMARY: Track.DU1,
    Schooling.SECONDARY: Track.DU2,
    Schooling.TERTIARY: Track.DU3,
}
"""Who is taught in which track, by schooling; of whom that is unknown, in the second."""

DAYS_A_MODULE = 110
"""About how long a module takes."""

BACK = 14
"""So many days back teachers have written down who came."""

AWAY, JUDGED = 0.12, 0.5
"""Shares: of learners who were away on a day, and of those days that a worker has judged."""

SAID = {
    "illness": "Har feber. (opdigtet)",
    "child": "Barnet er sygt. (opdigtet)",
    "interview": "Skal til møde på rådhuset. (opdigtet)",
    "none": "",
}
REASONS = tuple(SAID)

EACH = 7
"""Every so many-th learner has agreed to be in touch with the association."""

WISHES = (
    "Spille fodbold (opdigtet)",
    "Synge i kor (opdigtet)",
    "Have en nyttehave (opdigtet)",
    "Sy og strikke (opdigtet)",
)
FOR_A_YEAR = timedelta(days=365)


def fill_schools(
    offices: Iterable[Organisation], elsewhere: Iterable[Organisation], *, today: date, rng: np.random.Generator
) -> None:
    """Enrol whoever has Danish in the plan at the language school, and write down who came lately."""
    school = next(one for one in elsewhere if one.kind == Kind.SCHOOL)
    teacher = _first(school, Role.TEACHER)
    for programme in _taught(offices):
        person, by = programme.person, worker_of(programme)
        track = TRACKS.get(Schooling(person.schooling), Track.DU2)
        done = min((today - programme.start).days // DAYS_A_MODULE, MODULES - 1)
        row = enrol(
            person,
            school=school,
            organisation=programme.organisation,
            start=programme.start,
            level=f"{track}-1",
            by=by,
        )
        for module in range(1, done + 1):
            day = programme.start + timedelta(days=DAYS_A_MODULE * module)
            pass_test(row, level=f"{track}-{module}", day=day, by=teacher)
    for back in range(BACK, -1, -1):
        _write_down(today - timedelta(days=back), teacher, rng)
    _judge(offices, rng)


def _taught(offices: Iterable[Organisation]) -> Iterator[Programme]:
    """Give the programmes that run and whose plan has Danish."""
    rows = Programme.objects.filter(organisation__in=list(offices), end=None, person__merged_into=None)
    rows = rows.filter(plans__activities__kind=ActivityKind.DANISH).distinct().order_by("pk")
    yield from rows.select_related("person", "organisation")


def _write_down(day: date, teacher: User, rng: np.random.Generator) -> None:
    expected = [one for one in expected_on(viewer_of(teacher, day), day) if one.times]
    told = {}
    for one in expected:
        reason = str(rng.choice(REASONS)) if rng.random() < AWAY else ""
        told[one.learner.pk] = Told(reason or PRESENT, SAID.get(reason, ""))
    if told:
        record_day(day, told, by=teacher)


def _judge(offices: Iterable[Organisation], rng: np.random.Generator) -> None:
    """Let workers judge some of what teachers told."""
    told = Absence.objects.filter(programme__organisation__in=list(offices), lawful=None)
    for row in told.select_related("programme__person").order_by("pk"):
        if rng.random() < JUDGED:
            by, lawful = worker_of(row.programme), row.reason != "none"
            mark_absent(row.programme, by=by, day=row.day, reason=row.reason, words=row.words, lawful=lawful)


def meet(offices: Iterable[Organisation], elsewhere: Iterable[Organisation], *, today: date) -> None:
    """Let some agree to be in touch with the association; one of them has thought better of it."""
    association = next(one for one in elsewhere if one.kind == Kind.ASSOCIATION)
    last = None
    for number, programme in enumerate(list(_taught(offices))[::EACH]):
        person, by = programme.person, worker_of(programme)
        parts.record_wish(person, about="leisure", words=WISHES[number % len(WISHES)], said=programme.start, by=by)
        last = parts.give_consent(
            person,
            organisation=association,
            to_what="At foreningen ringer og inviterer (opdigtet)",
            given=programme.start,
            until=today + FOR_A_YEAR if number % 2 else None,
            by=by,
        )
    if last is not None:
        by = worker_of(last.person.programmes.latest("start"))
        parts.withdraw_consent(last, withdrawn=today, version=last.version, by=by)


def _first(office: Organisation, role: Role) -> User:
    return office.memberships.filter(role=role).select_related("user").order_by("pk")[0].user
