"""Behind PostgreSQL's own wall a workplace has its one agreement in sight: no person, no other agreement."""

from __future__ import annotations

import pytest
from django.db import connection  # noqa: F401 - asked by the mark

from fodfaeste.web import audit
from fodfaeste.web.accounts.domain.phones import set_office_phone
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import of_agreement, of_person, telling
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.programme.models import Plan, Programme
from fodfaeste.web.workplace.domain import links
from fodfaeste.web.workplace.domain.agreements import send, write
from fodfaeste.web.workplace.domain.answers import answer_as_workplace, answer_oneself, approve, sides
from fodfaeste.web.workplace.models import Agreement, Answer, WorkplaceLink

from .conftest import Country
from .test_wall import as_the_application, refused
from .workplace_examples import ACTIVITY, FACTS, at_work, say_yes, sent

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL alone has the wall")
OF_PERSONS = (Person, Responsibility, Programme, Plan)


def test_a_link_is_given_opened_and_closed_behind_the_wall(country: Country) -> None:
    worker = country.users[Role.WORKER]
    programme = at_work(country, worker)
    with as_the_application():
        with audit.acting(worker):
            given = links.give_link(send(write(programme, ACTIVITY, FACTS, by=worker), by=worker), by=worker)
        assert not Agreement.objects.exists()
        assert links.open_with(given.token) == given.link
        with audit.acting(country.stranger):
            assert not Agreement.objects.exists()
            assert not WorkplaceLink.objects.exists()
        with audit.acting(worker):
            links.withdraw(given.link, by=worker)
        assert links.open_with(given.token) is None


def test_a_workplace_sees_and_answers_its_one_agreement_behind_the_wall(country: Country) -> None:
    worker = country.users[Role.WORKER]
    set_office_phone(country.own, "11 22 33 44", by=country.users[Role.ADMINISTRATOR])
    mine = sent(at_work(country, worker), worker)
    say_yes(mine, worker, "person", "office")
    theirs = sent(at_work(_other(country), country.stranger), country.stranger)
    with telling(of_agreement(mine.pk)), as_the_application():
        assert list(Agreement.objects.all()) == [mine]
        assert not any(model._default_manager.exists() for model in OF_PERSONS)
        assert not Answer.objects.exists()
        assert [done for _side, _label, done in sides(mine)] == [True, False, True]
        call = links.whom_to_call(mine)
        assert call is not None
        assert (call.name, call.phone) == (worker.name, "11 22 33 44")
        assert not Person.objects.exists()
        viewer = Viewer(agreement=mine.pk)
        ready = answer_as_workplace(mine, viewer=viewer, link=1, name="Kim", seen=mine.text_hash)
        assert ready.state == "ready"
        assert [one.side for one in Answer.objects.all()] == ["workplace"]
        assert not Agreement.objects.filter(pk=theirs.pk).update(employer="En anden")


def test_a_workplace_writes_no_answer_for_another_side_behind_the_wall(country: Country) -> None:
    worker = country.users[Role.WORKER]
    mine = sent(at_work(country, worker), worker)
    said = {"approves": True, "name": "Kim", "at": mine.sent, "text_hash": mine.text_hash}
    with telling(of_agreement(mine.pk)), as_the_application():
        with refused():
            Answer.objects.create(agreement=mine, side="person", link=1, **said)
        Answer.objects.create(agreement=mine, side="workplace", link=1, **said)


def test_the_newcomer_and_the_office_answer_behind_the_wall(country: Country) -> None:
    worker, me = country.users[Role.WORKER], Viewer(person=country.person.pk)
    mine = sent(at_work(country, worker), worker)
    with telling(of_person(country.person.pk)), as_the_application():
        answer_oneself(mine, viewer=me, link=1, name="Prøve", seen=mine.text_hash)
    with audit.acting(worker), as_the_application():
        assert approve(mine, by=worker, side="office", name="Wanda", seen=mine.text_hash).state == "sent"
    with telling(of_agreement(mine.pk)), as_the_application():
        said = {"viewer": Viewer(agreement=mine.pk), "link": 1, "name": "Kim", "seen": mine.text_hash}
        assert answer_as_workplace(mine, **said).state == "ready"


def test_a_stand_in_is_called_also_behind_the_wall(country: Country) -> None:
    worker = country.users[Role.WORKER]
    mine = sent(at_work(country, worker), worker)
    with telling(of_agreement(mine.pk)), as_the_application():
        held = links.held(mine)
    assert held is not None
    assert held.worker == worker


def _other(country: Country) -> Country:
    users = {**country.users, Role.WORKER: country.stranger}
    return Country(country.other, country.own, users, country.users[Role.WORKER], country.their_person, country.person)
