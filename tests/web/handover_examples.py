"""The caseload of journey 19: 31 cases, 12 promises, 4 running agreements and 6 drafts, and who could take it over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.handover.domain.handovers import begin_handover
from fodfaeste.web.handover.models import Handover
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.programme.domain.day import KINDS
from fodfaeste.web.programme.domain.drafts import keep_draft
from fodfaeste.web.programme.domain.follow_ups import AGREED, agree_follow_up
from fodfaeste.web.programme.domain.programmes import open_programme
from fodfaeste.web.programme.models import Programme

from .conftest import Country, made_person, made_user
from .programme_examples import PLAN, WORK, agreed

CASES, PROMISES, AGREEMENTS, DRAFTS = 31, 12, 4, 6
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Caseload:
    """A worker who leaves, the persons, and the neighbour."""

    worker: User
    neighbour: User
    office: Organisation
    persons: tuple[Person, ...]

    def begun(self, *, leaves: date | None = None) -> Handover:
        """A handover of all of it."""
        day = leaves or timezone.localdate() + A_WEEK
        return begin_handover(self.worker, self.office, leaves=day, by=self.worker)


def a_caseload(country: Country, cases: int = CASES) -> Caseload:
    """Journey 19's, with as many cases as asked for; the first have the promises, the agreements and the drafts."""
    worker = country.users[Role.WORKER]
    neighbour = made_user("Naboen", country.own, Role.WORKER)
    persons = [country.person, *(made_person(f"Nr{n:03}", worker, country.own) for n in range(1, cases))]
    today = timezone.localdate()
    running = replace(WORK, start=today - A_WEEK, end=today + 8 * A_WEEK)
    for number, person in enumerate(persons):
        programme = open_programme(
            person, by=worker, organisation=country.own, track="integration", start=today - A_WEEK
        )
        if number < PROMISES:
            agree_follow_up(programme, by=worker, day=today + (number + 1) * A_DAY, words=KINDS[AGREED])
        if number < AGREEMENTS:
            agreed(programme, worker, replace(PLAN, activities=(PLAN.activities[0], running)))
        if number < DRAFTS:
            address = f"/program/{person.pk}/journal/skriv/"
            keep_draft(person, by=worker, address=address, fields=(("text", "Halvt skrevet"),), window="1")
    return Caseload(worker, neighbour, country.own, tuple(persons))


def small(country: Country) -> Caseload:
    """A caseload of three without programmes, for what does not need more."""
    worker = country.users[Role.WORKER]
    neighbour = made_user("Naboen", country.own, Role.WORKER)
    persons = (country.person, *(made_person(f"Nr{n}", worker, country.own) for n in (1, 2)))
    return Caseload(worker, neighbour, country.own, persons)


def workers_on(person: Person, day: date) -> list[User]:
    """Whose a case is on a day."""
    rows = Responsibility.objects.filter(person=person, start__lte=day).exclude(end__lte=day)
    return [row.worker for row in rows.select_related("worker")]


def move_clock(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Let every clock of the application go some days ahead."""
    really = timezone.now
    moved: Any = lambda: really() + timedelta(days=days)  # noqa: E731 - a clock
    monkeypatch.setattr(timezone, "now", moved)


def end_programmes() -> None:
    """Let what is agreed be taken away, where a test commits: it can be once it is over."""
    Programme.objects.update(end=timezone.localdate())
