"""Cases that begin on a day to come: handed on now, with effect from that day, and seen by nobody before."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.roles import close_account
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.audit import acting
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.handover.domain.handovers import accept, give_back, offer, tell
from fodfaeste.web.handover.domain.later import later_offers, offer_later
from fodfaeste.web.handover.domain.office import under_way
from fodfaeste.web.handover.domain.packet import packet_of
from fodfaeste.web.handover.models import HandedCase, Handover
from fodfaeste.web.people.models import Responsibility

from .conftest import Country, signed_in
from .handover_examples import A_DAY, A_WEEK, Caseload, small, workers_on
from .test_wall import as_the_application

WALLED = connection.vendor == "postgresql"


@pytest.fixture
def caseload(country: Country) -> Caseload:
    """Three cases, of which one begins in a week."""
    Responsibility.objects.filter(person=country.person).update(start=timezone.localdate() + A_WEEK)
    return small(country)


def asked(caseload: Caseload, handover: Handover, by: User | None = None) -> int:
    worker = by or caseload.worker
    return offer_later(handover, receiver=caseload.neighbour, told="De kommer fra Ikast", by=worker)


def waiting(user: User) -> list[Any]:
    today = timezone.localdate()
    return list(later_offers(viewer_of(user, today), today))


def hand_on_the_rest(caseload: Caseload, handover: Handover) -> None:
    """Hand on the two cases of today."""
    for person in caseload.persons[1:]:
        tell(handover, person, told="En linje", by=caseload.worker)
    offer(handover, caseload.persons[1:], receiver=caseload.neighbour, by=caseload.worker)
    for case in handover.cases.filter(person__in=caseload.persons[1:]):
        accept(case, by=caseload.neighbour)


def test_it_is_accepted_now_and_is_the_colleagues_from_its_day(caseload: Caseload) -> None:
    person, today = caseload.persons[0], timezone.localdate()
    handover = caseload.begun()
    assert asked(caseload, handover) == 1
    (case,) = waiting(caseload.neighbour)
    assert (case.day, case.told) == (today + A_WEEK, "De kommer fra Ikast")
    accept(case, by=caseload.neighbour)
    assert workers_on(person, today + A_WEEK - A_DAY) == []
    assert workers_on(person, today + A_WEEK) == [caseload.neighbour]
    assert waiting(caseload.neighbour) == []


def test_a_handover_is_not_over_while_one_that_begins_later_is_left(caseload: Caseload) -> None:
    handover = caseload.begun()
    hand_on_the_rest(caseload, handover)
    handover.refresh_from_db()
    assert handover.closed is None
    asked(caseload, handover)
    accept(waiting(caseload.neighbour)[0], by=caseload.neighbour)
    handover.refresh_from_db()
    assert handover.closed is not None


def test_who_has_such_cases_alone_can_begin_to_hand_on(country: Country, caseload: Caseload) -> None:
    Responsibility.objects.exclude(person=country.person).filter(worker=caseload.worker).delete()
    assert asked(caseload, caseload.begun()) == 1


def test_it_can_be_given_back_and_offered_again(caseload: Caseload) -> None:
    handover = caseload.begun()
    asked(caseload, handover)
    with pytest.raises(Refused, match="ingen er spurgt om"):
        asked(caseload, handover)
    give_back(waiting(caseload.neighbour)[0], reason="Jeg er på barsel", by=caseload.neighbour)
    assert waiting(caseload.neighbour) == []
    assert asked(caseload, handover) == 1


def test_a_line_is_asked_for_and_a_colleague_does_not_offer_for_another(country: Country, caseload: Caseload) -> None:
    handover = caseload.begun()
    with pytest.raises(Refused, match="Skriv en linje"):
        offer_later(handover, receiver=caseload.neighbour, told=" ", by=caseload.worker)
    with pytest.raises(Refused, match="Kun lederen"):
        asked(caseload, handover, by=country.users[Role.CONSULTANT])


def test_the_pages_offer_and_accept_it_and_show_nothing_of_the_person(caseload: Caseload) -> None:
    person, handover = caseload.persons[0], caseload.begun()
    worker, neighbour = signed_in(caseload.worker), signed_in(caseload.neighbour)
    address = f"/overdragelse/{handover.pk}/senere/"
    assert f'href="{address}"' in worker.get(f"/overdragelse/{handover.pk}/").text
    sent = {"receiver": caseload.neighbour.pk, "told": "De kommer fra Ikast"}
    assert worker.post(address, sent).url == f"/overdragelse/{handover.pk}/"
    assert "som ingen er spurgt om" in worker.post(address, sent).text
    case = HandedCase.objects.get()
    offered = f"/overdragelse/tilbud/{case.pk}/senere/"
    shown = [
        worker.get(address),
        neighbour.get("/program/i-dag/"),
        neighbour.get("/overdragelse/"),
        neighbour.get(offered),
    ]
    assert all(f'href="{offered}"' in page.text for page in shown[1:3])
    assert not any(name in page.text for page in shown for name in (str(person), person.case_number))
    assert not Opening.objects.filter(person=person.pk).exists()
    assert neighbour.post(offered, {"do": "modtag"}).url == "/program/i-dag/"
    assert neighbour.get(offered).status_code == 404


def test_a_leader_offers_it_for_a_worker_who_cannot(country: Country, caseload: Caseload) -> None:
    handover, leader = caseload.begun(), signed_in(country.users[Role.LEADER])
    office = f"/overdragelse/kontor/{country.own.pk}/"
    address = f"/overdragelse/{handover.pk}/senere/"
    assert f'href="{address}"' in leader.get(office).text
    sent = {"receiver": caseload.neighbour.pk, "told": "Linje"}
    assert leader.post(address, sent).url == office
    (case,) = waiting(caseload.neighbour)
    page = signed_in(caseload.neighbour).post(f"/overdragelse/tilbud/{case.pk}/senere/", {"reason": "Nej"})
    assert page.url == "/overdragelse/"


@pytest.mark.skipif("not WALLED", reason="SQLite has no row-level security: the wall is PostgreSQL's")
def test_it_is_counted_and_handed_on_behind_the_wall(country: Country, caseload: Caseload) -> None:
    person, today, leader = caseload.persons[0], timezone.localdate(), country.users[Role.LEADER]
    with acting(caseload.worker), as_the_application():
        handover = caseload.begun()
        assert packet_of(handover, viewer_of(caseload.worker, today), today=today).later == 1
        asked(caseload, handover)
    with acting(leader), as_the_application():
        assert [one.later for one in under_way(country.own, today=today)] == [1]
    with acting(country.stranger), as_the_application():
        assert not Responsibility.objects.filter(start__gt=today).exists()
        assert not HandedCase.objects.exists()
    with acting(caseload.neighbour), as_the_application():
        (case,) = waiting(caseload.neighbour)
        assert not type(person).objects.filter(pk=person.pk).exists()
        accept(case, by=caseload.neighbour)
    assert workers_on(person, today + A_WEEK) == [caseload.neighbour]


def test_the_account_stays_open_while_a_case_begins_later(country: Country, caseload: Caseload) -> None:
    handover = caseload.begun()
    hand_on_the_rest(caseload, handover)
    administrator = country.users[Role.ADMINISTRATOR]
    walled = as_the_application() if WALLED else nullcontext()
    with acting(administrator), walled, pytest.raises(Refused, match="1 åben sag"):
        close_account(caseload.worker, country.own, by=administrator)
