"""Handovers behind PostgreSQL's wall: what is done and counted works as the role that the application has there."""

from __future__ import annotations

import pytest
from django.db import connection  # noqa: F401 - asked by the mark
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.roles import close_account
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit import acting
from fodfaeste.web.handover.domain.handovers import (
    accept,
    begin_handover,
    cancel_handover,
    discard_drafts,
    give_back,
    offer,
    offer_rest,
    tell,
)
from fodfaeste.web.handover.domain.office import receivers, stand_ins, under_way
from fodfaeste.web.handover.domain.stand_ins import arrange_stand_in, end_stand_in
from fodfaeste.web.handover.domain.weights import caseloads
from fodfaeste.web.handover.models import HandedCase, Handover, StandIn
from fodfaeste.web.people.models import Person

from .conftest import Country, signed_in
from .handover_examples import A_WEEK, DRAFTS, a_caseload, small, workers_on
from .test_wall import as_the_application

pytestmark = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has no row-level security: the wall is PostgreSQL's"
)


def test_a_caseload_is_handed_on_behind_the_wall(country: Country) -> None:
    caseload = small(country)
    with acting(caseload.worker), as_the_application():
        handover = caseload.begun()
        for person in caseload.persons:
            tell(handover, person, told="En linje", by=caseload.worker)
        offer(handover, caseload.persons, receiver=caseload.neighbour, by=caseload.worker)
    with acting(caseload.neighbour), as_the_application():
        first, *rest = HandedCase.objects.select_related("handover")
        give_back(first, reason="Nej", by=caseload.neighbour)
        for case in rest:
            accept(case, by=caseload.neighbour)
    assert [workers_on(case.person, timezone.localdate()) for case in rest] == [[caseload.neighbour]] * 2


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_who_runs_the_office_counts_and_acts_and_sees_nobody(country: Country, role: Role) -> None:
    caseload, by, today = a_caseload(country, DRAFTS), country.users[role], timezone.localdate()
    with acting(by), as_the_application():
        handover = begin_handover(caseload.worker, country.own, leaves=today + A_WEEK, by=by)
        assert offer_rest(handover, receiver=caseload.neighbour, told="Syg", by=by) == DRAFTS
        assert discard_drafts(handover, by=by) == DRAFTS
        assert [(row.of, row.offered, row.drafts) for row in under_way(country.own, today=today)] == [
            (DRAFTS, DRAFTS, 0)
        ]
        assert caseloads(country.own, today=today)[0].cases == DRAFTS
        assert (caseload.neighbour, 0) in receivers(country.own, without=caseload.worker, today=today)
        found = arrange_stand_in(
            caseload.worker,
            country.own,
            stand_in=caseload.neighbour,
            start=today,
            end=today + A_WEEK,
            urgent="Alt",
            by=by,
        )
        assert stand_ins(country.own, today=today) == [found]
        end_stand_in(found, day=today, by=by)
        cancel_handover(handover, by=by)
        assert not Person.objects.exists()


def test_open_cases_and_offers_keep_accounts_behind_the_wall(country: Country) -> None:
    caseload, administrator = small(country), country.users[Role.ADMINISTRATOR]
    handover = caseload.begun()
    for person in caseload.persons:
        tell(handover, person, told="En linje", by=caseload.worker)
    offer(handover, caseload.persons, receiver=caseload.neighbour, by=caseload.worker)
    with acting(administrator), as_the_application():
        with pytest.raises(Refused, match="3 åbne sager"):
            close_account(caseload.worker, country.own, by=administrator)
        with pytest.raises(Refused, match="3 tilbudte sager uden svar"):
            close_account(caseload.neighbour, country.own, by=administrator)


def test_a_stranger_sees_no_handover_and_no_stand_in(country: Country) -> None:
    caseload, today = small(country), timezone.localdate()
    tell(caseload.begun(), country.person, told="En linje", by=caseload.worker)
    arrange_stand_in(
        caseload.worker,
        country.own,
        stand_in=caseload.neighbour,
        start=today,
        end=today + A_WEEK,
        urgent="Alt",
        by=caseload.worker,
    )
    with acting(country.stranger), as_the_application():
        assert not Handover.objects.exists()
        assert not HandedCase.objects.exists()
        assert not StandIn.objects.exists()


def test_pages_work_behind_the_wall(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun()
    at, own = f"/overdragelse/{handover.pk}/", country.own.pk
    pages = {
        Role.WORKER: [at, f"{at}sag/{country.person.pk}/", "/overdragelse/", "/program/i-dag/"],
        Role.LEADER: [f"/overdragelse/kontor/{own}/", f"{at}resten/", f"{at}fortryd/", f"/overdragelse/begynd/{own}/"],
        Role.ADMINISTRATOR: [f"/overdragelse/kontor/{own}/", f"{at}resten/", f"/overdragelse/vikar/{own}/"],
    }
    for role, addresses in pages.items():
        browser = signed_in(country.users[role])
        with as_the_application():
            assert {address: browser.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
