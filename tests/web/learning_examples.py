"""A language school with a learner, and an association that somebody agreed to be in touch with: examples."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.learning.domain.enrolments import enrol
from fodfaeste.web.learning.models import Enrolment
from fodfaeste.web.people.domain import parts
from fodfaeste.web.people.models import Consent, Person
from fodfaeste.web.programme.domain.programmes import open_programme
from fodfaeste.web.programme.domain.text import PlanText, Time
from fodfaeste.web.programme.models import Programme

from .conftest import TAKEOVER, made_user
from .programme_examples import DANISH, GOALS, agreed

LATER = date(2099, 1, 1)
MORNINGS = (Time(1, time(8, 30), time(12)), Time(3, time(8, 30), time(12)))
MONDAY = date(2026, 11, 23)


def school(name: str = "Egen school") -> Organisation:
    """A language school, the one of that name where it is there."""
    found, _made = Organisation.objects.get_or_create(kind=Kind.SCHOOL, name=name)
    return found


def at_school(role: Role, there: Organisation, name: str = "") -> User:
    """Somebody who works at a school."""
    return made_user(name or f"{role}.{there.pk}", there, role)


def worker_of(person: Person) -> User:
    """Who works with somebody."""
    return person.responsibilities.get().worker


def learner(person: Person, there: Organisation, **more: Any) -> Enrolment:
    """Somebody who is enrolled at a school by their municipality."""
    held = person.responsibilities.get()
    facts = {"start": TAKEOVER, "level": "du2-3", **more}
    return enrol(person, school=there, organisation=held.organisation, by=held.worker, **facts)


def taught(person: Person, times: tuple[Time, ...] = MORNINGS, **more: Any) -> Programme:
    """The programme of somebody whose agreed plan has Danish at some times, for long."""
    from dataclasses import replace

    held = person.responsibilities.get()
    programme = open_programme(
        person, by=held.worker, organisation=held.organisation, track="integration", start=TAKEOVER
    )
    text = PlanText(GOALS, (replace(DANISH, times=times, end=LATER, **more),))
    agreed(programme, held.worker, text)
    return programme


def association(name: str = "Egen association") -> Organisation:
    """An association, the one of that name where it is there."""
    found, _made = Organisation.objects.get_or_create(kind=Kind.ASSOCIATION, name=name)
    return found


def in_touch(person: Person, there: Organisation, **more: Any) -> Consent:
    """The consent of somebody to be in touch with an association."""
    facts = {"to_what": "Fodbold om torsdagen", "given": TAKEOVER, **more}
    return parts.give_consent(person, organisation=there, by=worker_of(person), **facts)
