"""Behind PostgreSQL's own wall a household has itself in sight and no other, and its draft is seen by nobody else."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction  # noqa: F401 - asked by the mark

from fodfaeste.web import audit
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import of_arrival, telling
from fodfaeste.web.audit.models import Change
from fodfaeste.web.people.models import Person
from fodfaeste.web.placement.desk.domain import decisions
from fodfaeste.web.placement.desk.models import (
    Arrival,
    ArrivalWish,
    ArrivingPerson,
    Asking,
    PlacementRecord,
    RoomTaken,
)
from fodfaeste.web.placement.door.domain import answering, links
from fodfaeste.web.placement.door.domain.choice import how_much
from fodfaeste.web.placement.door.models import ArrivalLink, WishDraft

from .conftest import Country
from .desk_examples import ODENSE, arriving, opened_round, wish
from .door_examples import FIRST, WHY, address, given_to, household, rows, sent
from .quota_examples import agency, officer_of
from .test_wall import as_the_application

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL alone has the wall")


def test_a_link_is_given_opened_and_closed_behind_the_wall(db: None) -> None:
    family, by, door = arriving(), officer_of(agency()), links.HOUSEHOLDS
    with as_the_application():
        with audit.acting(by, organisations=[family.organisation_id]):
            given = given_to(family, "ar")
        assert not ArrivalLink.objects.exists()
        claim = door.read(given.token)
        assert door.language_of(claim) == "ar"
        assert door.open_with(claim, given.code) == given.link
        assert door.is_open(claim)
        with audit.acting(officer_of(agency("En anden styrelse"))):
            assert not ArrivalLink.objects.exists()
        with audit.acting(by, organisations=[family.organisation_id]):
            links.withdraw(given.link, by=by)
        assert not door.is_open(claim)


def test_a_household_has_itself_in_sight_and_no_other(country: Country) -> None:
    opened_round()
    family, other = arriving(wishes=(wish("family", ODENSE),)), arriving("Anden", wishes=(wish("family", ODENSE),))
    sent(other)
    with telling(of_arrival(family.pk)), as_the_application():
        assert [*Arrival.objects.all()] == [family]
        assert {one.arrival_id for one in ArrivalWish.objects.all()} == {family.pk}
        assert {one.arrival_id for one in ArrivingPerson.objects.all()} == {family.pk}
        assert not PlacementRecord.objects.exists()
        assert not RoomTaken.objects.exists()
        assert not Person.objects.exists()
        assert not ArrivalWish.objects.filter(arrival=other).update(weight=1)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Asking.objects.create(arrival=other, act="none", own_link=1)


def test_a_household_answers_and_objects_behind_the_wall(db: None) -> None:
    opened_round()
    family = arriving()
    me = Viewer(arrival=family.pk)
    with telling(of_arrival(family.pk)), as_the_application():
        answering.keep(me, {"by": []})
        assert answering.draft_of(me) == {"by": []}
        answering.answer(me, link=1, wishes=[wish("family", ODENSE)])
        assert how_much(family).with_quota == 4
        assert [*Arrival.objects.all()] == [family]
    sent(family)
    with telling(of_arrival(family.pk)), as_the_application():
        decisions.object_oneself(me, link=1, text="Vi er uenige.", language="da")
    with audit.acting(officer_of(agency()), organisations=[family.organisation_id]), as_the_application():
        assert decisions.open_objection(family).facts["text"] == "Vi er uenige."
        assert ArrivalWish.objects.get().origin == "household"
    written = Change.objects.filter(table="placement_arrivalwish").order_by("pk").last()
    assert (written.user_id, written.words) == (None, "husstanden selv")


def test_a_draft_is_seen_by_its_household_alone_and_stands_in_no_log(db: None) -> None:
    family = arriving()
    with telling(of_arrival(family.pk)), as_the_application():
        answering.keep(Viewer(arrival=family.pk), {"naer": [{"code": ODENSE}]})
    with audit.acting(officer_of(agency()), organisations=[family.organisation_id]), as_the_application():
        assert [*Arrival.objects.all()] == [family]
        assert not WishDraft.objects.exists()
    assert Change.objects.get(table="placement_wishdraft").after["pages"] == "•••"


def test_a_household_s_pages_work_behind_the_wall(db: None) -> None:
    opened_round()
    family, told = arriving(), arriving("Afgjort")
    sent(told)
    theirs = given_to(told)
    page = household(family)
    with as_the_application():
        assert page.get(FIRST).status_code == 200
        assert page.post("/ankomst/oensker/naer/", rows({"kind": "family", "code": ODENSE})).status_code == 302
        assert page.post("/ankomst/oensker/send/").status_code == 302
        assert page.get("/ankomst/log/").status_code == 200
        page.post("/ankomst/ud/")
        assert page.post(address(theirs), {"code": theirs.code}).status_code == 302
        assert "Afgjort" in page.get(FIRST).text
        assert page.post(WHY, {"text": "Vi er uenige."}).status_code == 302
    assert PlacementRecord.objects.filter(act="objected").count() == 1
