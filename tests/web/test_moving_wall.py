"""Behind PostgreSQL's own wall a move works as before it, and what was kept is hidden by the database itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import (
    DatabaseError,
    connection,  # noqa: F401 - asked by the mark
    transaction,
)
from django.urls import reverse

from fodfaeste.web import audit
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.moving.domain.closing import reopen
from fodfaeste.web.moving.domain.handing import hand_over_as_file
from fodfaeste.web.moving.domain.preparing import Terms, prepare
from fodfaeste.web.moving.models import Agreement, ClosedCase, Move, Mover
from fodfaeste.web.people.domain import parts
from fodfaeste.web.people.models import Consent, Need, Person, ResidenceSpell, Responsibility, Wish
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.models import Goal, JournalNote, Plan, Programme

from .conftest import Country, signed_in
from .moving_examples import MARKS, NOTE, consented, filled, moved, offered, prepared, today
from .newcomer_examples import newcomer
from .test_wall import as_the_application, forget_what_was_held

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL alone has the wall")


def seen(model: Any) -> set[str]:
    return {str(getattr(row, "words", None) or getattr(row, "text", None) or row.pk) for row in model.objects.all()}


def test_a_move_is_prepared_agreed_sent_and_accepted_behind_the_wall(country: Country) -> None:
    worker = country.users[Role.WORKER]
    with audit.acting(worker), as_the_application():
        filled(country)
        move = consented(prepared(country, ["wishes", "plan"]), worker)
    browser, neighbour = signed_in(worker), signed_in(country.stranger)
    with as_the_application():
        browser.post(reverse("moving:send", args=[move.pk]))
    forget_what_was_held()
    with as_the_application():
        assert "Prøve Eksempel" in neighbour.get(reverse("moving:move", args=[move.pk])).text
        neighbour.post(reverse("moving:accept", args=[move.pk]), {"worker": country.stranger.pk})
    move.refresh_from_db()
    assert move.state == "accepted"
    forget_what_was_held()
    with as_the_application():
        page = neighbour.get(reverse("people:person", args=[country.person.pk]))
        assert page.status_code == 200
        assert browser.get(reverse("people:person", args=[country.person.pk])).status_code == 404
        closed = ClosedCase.objects.exists()
        assert not closed, "nobody acts"
        listed = browser.get(reverse("moving:closed"))
        assert "S-Prøve" in listed.text
    case = reverse("moving:closed-case", args=[ClosedCase.objects.get().pk])
    with as_the_application():
        text = browser.get(case).text
        assert NOTE in text
        assert MARKS["needs"] in text
        assert MARKS["wishes"] not in text
        assert neighbour.get(case).status_code == 404
        assert "Prøve Eksempel" in browser.get(reverse("moving:move", args=[move.pk])).text


def test_the_database_hides_what_was_kept_and_lets_nobody_write_in_it(country: Country) -> None:
    filled(country)
    moved(country, ["wishes", "plan"])
    forget_what_was_held()
    with audit.acting(country.stranger), as_the_application():
        assert seen(Wish) == {MARKS["wishes"]}
        assert not Need.objects.exists()
        assert not JournalNote.objects.exists()
        assert [one.organisation for one in Programme.objects.all()] == [country.other]
        assert {one.programme.organisation for one in Plan.objects.all()} == {country.other}
        assert {one.plan.programme.organisation for one in Goal.objects.all()} == {country.other}
        assert Need.objects.update(words="ændret") == 0
    with audit.acting(country.users[Role.WORKER]), as_the_application():
        assert seen(Need) == {MARKS["needs"]}
        assert seen(JournalNote) == {NOTE}
        assert not Wish.objects.exists()
        assert not Person.objects.filter(pk=country.person.pk).exists()
        assert [one.organisation for one in Programme.objects.all()] == [country.own]
        assert Need.objects.update(noted=today()) == 0, "read-only"
        assert JournalNote.objects.update(person=country.their_person) == 0
        assert Programme.objects.update(home="X") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Need.objects.create(person=country.person, words="nyt", noted=today(), kept_by=country.own)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            JournalNote.objects.create(
                person=country.person,
                organisation=country.own,
                day=today(),
                text="Nyt",
                author=country.users[Role.WORKER],
            )


def test_a_move_is_seen_by_the_two_offices_alone(country: Country) -> None:
    offered(country)
    forget_what_was_held()
    for user in (country.users[Role.WORKER], country.stranger):
        with audit.acting(user), as_the_application():
            assert Move.objects.count() == Mover.objects.count() == Agreement.objects.count() == 1
    with audit.acting(country.users[Role.ADMINISTRATOR]), as_the_application():
        assert not Move.objects.exists()
        assert not Mover.objects.exists()
    with audit.acting(country.stranger), as_the_application():
        assert not Consent.objects.exists()


def test_a_day_still_to_come_is_kept_to_by_the_database(country: Country) -> None:
    filled(country)
    moved(country, [], day=today() + timedelta(days=3))
    forget_what_was_held()
    with audit.acting(country.stranger), as_the_application():
        assert not Person.objects.filter(pk=country.person.pk).exists()
        assert not Need.objects.exists()
    with audit.acting(country.users[Role.WORKER]), as_the_application():
        assert Person.objects.filter(pk=country.person.pk).exists()
        parts.note_need(country.person, words="Briller", noted=today(), by=country.users[Role.WORKER])
        assert seen(Need) == {MARKS["needs"], "Briller"}
    assert {need.kept_by for need in Need.objects.all()} == {country.own}


def test_a_file_is_closed_handed_over_and_reopened_behind_the_wall(country: Country) -> None:
    worker = country.users[Role.WORKER]
    with audit.acting(worker), as_the_application():
        filled(country)
        stay = ResidenceSpell.objects.get(person=country.person)
        parts.end_residence(stay, end=today(), reason="died", version=stay.version, by=worker)
        add_note_refused(country)
        reopen(ClosedCase.objects.get(), by=worker)
        terms = Terms(to_office=None, to_name="Fjern", day=today() + timedelta(days=1), groups=("needs",))
        move = prepare([country.person], terms, from_office=country.own, by=worker)
        hand_over_as_file(consented(move, worker), by=worker)
    forget_what_was_held()
    Responsibility.objects.filter(person=country.person, start=today()).delete()
    browser = signed_in(worker)
    with as_the_application():
        answer = browser.get(reverse("moving:file", args=[move.pk]))
        assert answer.status_code == 200
        assert len(b"".join(answer.streaming_content)) > 100


def add_note_refused(country: Country) -> None:
    from fodfaeste.errors import Refused

    with pytest.raises(Refused, match="hører ikke til din kommune"):
        add_note(country.person, by=country.users[Role.WORKER], organisation=country.own, day=today(), text="For sent")


def test_who_is_protected_is_known_to_who_no_longer_sees_them(country: Country) -> None:
    moved(country)
    Person.objects.filter(pk=country.person.pk).update(protected=True)
    forget_what_was_held()
    browser = signed_in(country.users[Role.WORKER])
    with as_the_application():
        page = browser.get(reverse("moving:closed")).text
    assert "Beskyttet (S-Prøve)" in page
    assert "Prøve Eksempel" not in page


def test_a_newcomer_agrees_behind_the_wall(country: Country) -> None:
    move = prepared(country)
    own = newcomer(country.person, country.users[Role.WORKER])
    address = reverse("own-move:agree", args=[move.pk])
    with as_the_application():
        page = own.get(address)
        own.post(address, {"name": "Prøve", "seen": page.context["form"].initial["seen"]})
    assert Agreement.objects.get().consent.person == country.person
