"""Behind PostgreSQL's own wall a newcomer has themselves in sight, and a link is read by its signed address alone."""

from __future__ import annotations

import pytest
from django.db import connection  # noqa: F401 - asked by the mark
from django.utils import timezone

from fodfaeste.web import audit
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import of_person, telling
from fodfaeste.web.newcomer.domain import links, own
from fodfaeste.web.newcomer.models import Link
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.plans import approve_oneself, holding
from fodfaeste.web.programme.domain.replies import reply
from fodfaeste.web.programme.models import Reply

from .conftest import Country
from .newcomer_examples import appointment
from .programme_examples import opened, proposed, sign
from .test_wall import as_the_application

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL alone has the wall")


def test_a_link_is_given_opened_and_closed_behind_the_wall(country: Country) -> None:
    worker = country.users[Role.WORKER]
    with as_the_application():
        with audit.acting(worker):
            given = links.give_access(country.person, by=worker, language="ar")
            assert list(links.live(country.person)) == [given.link]
        assert not Link.objects.exists()
        claim = links.read(given.token)
        assert links.language_of(claim) == "ar"
        assert links.open_with(claim, given.code) == given.link
        assert links.is_open(claim)
        with audit.acting(country.stranger):
            assert not Link.objects.exists()
        with audit.acting(worker):
            links.withdraw(given.link, by=worker)
        assert not links.is_open(claim)


def test_a_newcomer_sees_signs_and_answers_behind_the_wall(country: Country) -> None:
    worker, me = country.users[Role.WORKER], Viewer(person=country.person.pk)
    running = opened(country)
    plan = sign(proposed(running, worker), worker, "municipality")
    row = appointment(running)
    with telling(of_person(country.person.pk)), as_the_application():
        assert list(Person.objects.all()) == [country.person]
        assert own.whom_to_call(me, today=timezone.localdate()).name == worker.name
        approve_oneself(plan, viewer=me, link=1, name="Prøve", seen=plan.text_hash)
        assert holding(running) == plan
        reply(row, viewer=me, link=1, coming="yes", interpreter=True, words="", language="ar")
        found = own.appointments(me, today=timezone.localdate())
        assert found[0].reply.coming == "yes"
        assert own.week(me, found, today=timezone.localdate()).number
        assert not own.looks(me).exists()
    with audit.acting(country.stranger), as_the_application():
        assert not Reply.objects.exists()
