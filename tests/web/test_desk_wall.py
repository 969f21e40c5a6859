"""The desk behind PostgreSQL's wall, and two officers at the last place at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from fodfaeste.errors import Refused
from fodfaeste.web import audit
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.domain import decisions
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord, RoomTaken
from fodfaeste.web.placement.models import QuotaRound

from .conftest import made_user, signed_in
from .desk_examples import ESBJERG, arriving, decided, opened_round
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
