"""The desk behind PostgreSQL's wall, and two officers at the last place at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from fodfaeste.errors import Refused
from fodfaeste.web import audit
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.domain import decisions
from fodfaeste.web.placement.desk.figures import PlaceFigure
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord, RoomTaken
from fodfaeste.web.placement.models import QuotaRound

from .conftest import made_user, signed_in
from .desk_examples import ESBJERG, arriving, decided, opened_round, say
from .quota_examples import QUOTAS, agency, officer_of
from .test_wall import as_the_application

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the wall and its locks are PostgreSQL's")


def test_the_desk_works_behind_the_wall(db: None) -> None:
    opened_round()
    office = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Esbjerg", code=ESBJERG)
    worker = made_user("worker-esbjerg", office, Role.WORKER)
    family = arriving()
    page, theirs = signed_in(officer_of(agency())), signed_in(worker)
    stranger = signed_in(officer_of(agency("En anden styrelse")))
    address = family.get_absolute_url()
    seen = case_of(family).mark
    with as_the_application():
        assert page.get(address).status_code == 200
        assert stranger.get(address).status_code == 404
        assert page.post(f"{address}afgoer/", {"seen": seen, "code": ESBJERG}).status_code == 302
        assert page.post(f"{address}send/").status_code == 302
        assert "Familien Opdigtet" in theirs.get("/visitation/modtag/").text
        assert theirs.post(f"/visitation/modtag/{family.pk}/").status_code == 302
    assert Arrival.objects.get().state == "received"


def test_without_the_office_there_is_no_household(db: None) -> None:
    opened_round()
    decided(arriving())
    with audit.acting(officer_of(agency("En anden styrelse"))), as_the_application():
        assert not Arrival.objects.exists()
        assert not PlacementRecord.objects.exists()


def test_a_municipality_says_what_it_has_behind_the_wall(db: None) -> None:
    opened_round()
    office = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Esbjerg", code=ESBJERG)
    theirs = [signed_in(made_user(f"{role}-esbjerg", office, role)) for role in (Role.LEADER, Role.WORKER)]
    officer = signed_in(officer_of(agency()))
    days = {f"{name}-of": "2026-01-02" for name in ("free_day", "work", "people")}
    said = {**days, "free-TOTAL_FORMS": 0, "free-INITIAL_FORMS": 0}
    with as_the_application():
        for number, page in enumerate(theirs):
            assert page.post("/visitation/jeres-kommune/", {**said, "people-clubs": 300 + number}).status_code == 302
            assert "foreninger" in page.get("/visitation/jeres-kommune/").text
        shown = officer.get(f"/visitation/kommuner/{ESBJERG}/").text
        assert ">301<" in shown
        assert officer.post(f"/visitation/kommuner/{ESBJERG}/", {**said, "work-rate": 70}).status_code == 302
        assert "70 %" in officer.get("/visitation/kommuner/").text.replace("\N{NO-BREAK SPACE}", " ")
    assert PlaceFigure.objects.filter(said_by=office).count() == 1


def test_the_wall_takes_no_figure_in_another_s_name(db: None) -> None:
    opened_round()
    office = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Esbjerg", code=ESBJERG)
    say(ESBJERG, "clubs", 300, by=office)
    stranger = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Varde", code="573")
    with audit.acting(organisations=[stranger.pk]), as_the_application():
        # What a municipality says is read by agencies; what an agency has written is its own.
        assert {one.said_by_id for one in PlaceFigure.objects.all()} == {office.pk}
        assert not PlaceFigure.objects.update(value=0)
        with pytest.raises(DatabaseError), transaction.atomic():
            say(ESBJERG, "treatment", 9, by=office)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_the_same_moment_one_gets_the_last_place() -> None:
    opened_round()
    office, by = agency(), officer_of(agency())
    RoomTaken.objects.create(
        organisation=office, year=2027, code=ESBJERG, quota=QUOTAS[ESBJERG], persons=QUOTAS[ESBJERG] - 2
    )
    pair = [arriving("Første"), arriving("Anden")]
    seen = [case_of(one).mark for one in pair]
    together = Barrier(2)

    def decide(number: int) -> str:
        together.wait()
        try:
            decisions.decide(pair[number], ESBJERG, seen=seen[number], reason_code="wish", text="De vil dertil.", by=by)
        except Refused as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "placeret"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(decide, range(2)))
    assert said.count("placeret") == 1
    assert RoomTaken.objects.get().persons == QUOTAS[ESBJERG]
    assert Arrival.objects.filter(state="decided").count() == 1
    QuotaRound.objects.update(state="closed")
