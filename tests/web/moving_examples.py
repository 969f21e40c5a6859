"""A family that is about to move, with something of every group: examples for the tests of moves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.moving.domain.accepting import accept
from fodfaeste.web.moving.domain.agreeing import agree_at_desk, text_seen
from fodfaeste.web.moving.domain.needed import movers_of
from fodfaeste.web.moving.domain.preparing import Terms, offer, prepare
from fodfaeste.web.moving.groups import BY_DEFAULT, Group
from fodfaeste.web.moving.models import Move
from fodfaeste.web.people.domain import parts
from fodfaeste.web.people.models import Household, HouseholdMember, Person
from fodfaeste.web.programme.domain.follow_ups import agree_follow_up
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.models import Programme

from .conftest import TAKEOVER, Country, made_person
from .programme_examples import agreed, opened

EVERYTHING = tuple(group.value for group in Group)
MARKS = {
    Group.LANGUAGE: "tigrinya",
    Group.WORK: "Syerske fra før",
    Group.WISHES: "Jeg vil have en have",
    Group.NEEDS: "Må ikke løfte tungt",
    Group.CONSENTS: "Billeder i avisen",
    Group.PLAN: "Jeg vil arbejde med træ igen",
    Group.FOLLOW_UPS: "Husk at tale om børnehaven",
    Group.SPELLS: "Snedkeriet i Egenby",
}
"""Words that stand in one group alone."""
NOTE = "Hemmeligt journalnotat"


def today() -> date:
    return timezone.localdate()


def filled(country: Country) -> Programme:
    """A file with something in every group, and a note."""
    worker, person = country.users[Role.WORKER], country.person
    parts.add_language(person, language="ti", spoken="C2", mother_tongue=True, by=worker)
    parts.add_occupation(person, name=MARKS[Group.WORK], years=4, by=worker)
    parts.record_wish(person, about="place", words=MARKS[Group.WISHES], said=TAKEOVER, by=worker)
    parts.note_need(person, words=MARKS[Group.NEEDS], noted=TAKEOVER, by=worker)
    parts.give_consent(person, to_what=MARKS[Group.CONSENTS], to_whom="Egenby Avis", given=TAKEOVER, by=worker)
    parts.move_in(person, municipality=country.own.code, start=TAKEOVER, by=worker)
    parts.start_work(person, kind="ordinary", employer=MARKS[Group.SPELLS], start=TAKEOVER, by=worker)
    programme = opened(country)
    agreed(programme, worker)
    words = {"da": MARKS[Group.FOLLOW_UPS], "en": "Remember the kindergarten"}
    agree_follow_up(programme, by=worker, day=today() + timedelta(days=30), words=words)
    add_note(person, by=worker, organisation=country.own, day=TAKEOVER, text=NOTE)
    return programme


def prepared(
    country: Country,
    groups: Iterable[str] = BY_DEFAULT,
    *,
    day: date | None = None,
    persons: Iterable[Person] = (),
    **more: Any,
) -> Move:
    """A move to the neighbour, today unless another day is said."""
    terms = Terms(to_office=country.other, day=day or today(), groups=tuple(groups), **more)
    return prepare(list(persons) or [country.person], terms, from_office=country.own, by=country.users[Role.WORKER])


def consented(move: Move, by: User) -> Move:
    """Everybody who moves has agreed."""
    for mover in movers_of(move):
        agree_at_desk(
            move,
            [mover],
            name=mover.name,
            present="Tolk 12",
            with_interpreter=True,
            language="ar",
            seen=text_seen(move),
            by=by,
        )
    return move


def offered(country: Country, groups: Iterable[str] = BY_DEFAULT, **more: Any) -> Move:
    """A move that the neighbour has been sent, with consent."""
    worker = country.users[Role.WORKER]
    return offer(consented(prepared(country, groups, **more), worker), by=worker)


def moved(country: Country, groups: Iterable[str] = BY_DEFAULT, **more: Any) -> Move:
    """A move that the neighbour has accepted."""
    return accept(offered(country, groups, **more), worker=country.stranger, by=country.stranger)


def family(country: Country, *names: str, birth: date = date(2018, 1, 1)) -> list[Person]:
    """The own person's household, with children."""
    worker = country.users[Role.WORKER]
    home = Household.objects.create(name="Familien Eksempel")
    children = [made_person(name, worker, country.own, birth_date=birth) for name in names]
    for person in (country.person, *children):
        HouseholdMember.objects.create(household=home, person=person, start=TAKEOVER)
    return [country.person, *children]
