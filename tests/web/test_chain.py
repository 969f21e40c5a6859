"""Records chained by hashes: what is changed, removed or inserted is named, and the chain can be handed out."""

from __future__ import annotations

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from fodfaeste.place.audit_chain import hash_of, verify
from fodfaeste.web import audit
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.audit.installing import logs_off
from fodfaeste.web.placement.chain.chained import chained_models
from fodfaeste.web.placement.chain.checking import Found, check, keep_check
from fodfaeste.web.placement.chain.models import ChainCheck, ChainEntry, ChainHead
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.domain import decisions
from fodfaeste.web.placement.desk.domain.forecast import switch_off
from fodfaeste.web.placement.desk.domain.receiving import receive
from fodfaeste.web.placement.desk.models import ForecastSwitch, PlacementRecord
from fodfaeste.web.placement.models import QuotaRound

from .conftest import made_user, signed_in
from .desk_examples import AARHUS, ESBJERG, arriving, decided, opened_round
from .quota_examples import agency, officer_of
from .test_wall import as_the_application

POSTGRESQL = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="its locks and walls are PostgreSQL's")


def three_decided() -> list[PlacementRecord]:
    """A round, and three households that an officer has decided on."""
    opened_round()
    return [decided(arriving(name)) for name in ("Familien Første", "Familien Anden", "Familien Tredje")]


def raw(statement: str, *values: Any) -> None:
    """What somebody does who owns the tables."""
    with logs_off(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def kinds(found: tuple[Found, ...]) -> list[tuple[str, int | None]]:
    return [(one.kind, one.row) for one in found]


def test_every_record_that_nobody_may_change_is_in_the_chain(db: None) -> None:
    """The log of who opened a household, and that one was asked, are kept by the database alone (decision 23)."""
    assert {model.__name__ for model in chained_models()} >= {
        "PlacementRecord",
        "ForecastSwitch",
        "ForecastModel",
        "ForecastTrial",
        "QuotaDecision",
    }


def test_each_record_has_an_entry_with_its_hash_and_that_of_the_one_before(db: None) -> None:
    records = three_decided()
    entries = list(ChainEntry.objects.filter(organisation=agency()))
    assert [one.number for one in entries] == list(range(1, len(entries) + 1))
    assert [one.before for one in entries[1:]] == [one.hash for one in entries[:-1]]
    told = {(one.facts["table"], one.facts["row"]) for one in entries}
    assert {("placement_placementrecord", one.pk) for one in records} <= told
    assert ("placement_forecastswitch", ForecastSwitch.objects.get().pk) in told
    assert not check(agency()).found
    head = ChainHead.objects.get()
    assert (head.lines, head.hash) == (len(entries), entries[-1].hash)


def test_the_chain_says_of_a_record_its_hash_and_nothing_else(db: None) -> None:
    three_decided()
    said = json.dumps([one.facts for one in ChainEntry.objects.all()])
    assert "Familien" not in said
    assert len({one.salt for one in PlacementRecord.objects.all()}) == PlacementRecord.objects.count()


def test_a_record_that_was_changed_past_the_triggers_is_named(db: None) -> None:
    _first, second, _third = three_decided()
    raw("UPDATE placement_placementrecord SET by_name = %s WHERE id = %s", "En anden", second.pk)
    assert kinds(check(agency()).found) == [("record_changed", second.pk)]


def test_a_record_that_was_removed_is_named(db: None) -> None:
    _first, second, _third = three_decided()
    raw("DELETE FROM placement_placementrecord WHERE id = %s", second.pk)
    assert kinds(check(agency()).found) == [("record_removed", second.pk)]


def test_a_record_that_was_inserted_is_named(db: None) -> None:
    three_decided()
    columns = "arrival_id, act, at, by_id, by_name, facts, salt"
    raw(f"INSERT INTO placement_placementrecord ({columns}) SELECT {columns} FROM placement_placementrecord LIMIT 1")
    assert kinds(check(agency()).found) == [("record_unchained", PlacementRecord.objects.latest("pk").pk)]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE placement_chainentry SET at = '2020-01-01T00:00:00+00:00' WHERE number = 3", "changed"),
        ("DELETE FROM placement_chainentry WHERE number = 3", "removed"),
        ("DELETE FROM placement_chainentry WHERE number = (SELECT max(number) FROM placement_chainentry)", "head"),
    ],
)
def test_an_entry_that_was_changed_or_removed_is_named(db: None, statement: str, kind: str) -> None:
    three_decided()
    raw(statement)
    assert kind in {one.kind for one in check(agency()).found}


def test_a_chain_that_was_written_anew_does_not_hold_the_end_that_was_noted(db: None) -> None:
    """Records cut off at the end together with their entries, and the end moved back, are told by the night's check."""
    *_others, last = three_decided()
    assert not keep_check(agency()).found
    entry = ChainEntry.objects.latest("number")
    raw("DELETE FROM placement_placementrecord WHERE id = %s", last.pk)
    raw("DELETE FROM placement_chainentry WHERE id = %s", entry.pk)
    raw("UPDATE placement_chainhead SET lines = %s, hash = %s", entry.number - 1, entry.before)
    assert [one.kind for one in check(agency()).found] == ["noted"]


def test_entries_are_written_once(db: None) -> None:
    three_decided()
    keep_check(agency())
    for rows in (ChainEntry.objects, ChainCheck.objects):
        with pytest.raises(DatabaseError, match="the_log_is_not_changed"), transaction.atomic():
            rows.update(hash="0" * 64)
        with pytest.raises(DatabaseError, match="the_log_is_not_changed"), transaction.atomic():
            rows.all().delete()


def test_records_are_made_one_by_one(db: None) -> None:
    with pytest.raises(TypeError, match="chained"):
        PlacementRecord.objects.bulk_create([])


def test_what_a_transaction_takes_back_is_in_no_chain(db: None) -> None:
    three_decided()
    before = ChainEntry.objects.count()
    with transaction.atomic():
        switch_off(agency(), reason="prøve", by=officer_of(agency()))
        transaction.set_rollback(True)
    assert ChainEntry.objects.count() == before
    assert not check(agency()).found


def test_the_library_reads_the_chain_that_is_handed_out(db: None, tmp_path: Path) -> None:
    records = three_decided()
    page = signed_in(officer_of(agency()))
    answer = page.post("/visitation/optegnelser/ud/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as file:  # type: ignore[arg-type]
        file.extractall(tmp_path)
    chain = tmp_path / "chain.jsonl"
    assert verify(chain) == ()
    told = [json.loads(line) for line in (tmp_path / "records.jsonl").read_text(encoding="utf-8").splitlines()]
    entries = [json.loads(line) for line in chain.read_text(encoding="utf-8").splitlines()]
    digests = {(one["facts"]["table"], one["facts"]["row"]): one["facts"]["digest"] for one in entries}
    assert {(one["table"], one["row"]): hash_of(one["content"]) for one in told} == digests
    assert {one["row"] for one in told if one["table"] == "placement_placementrecord"} == {one.pk for one in records}
    chain.write_text(
        chain.read_text(encoding="utf-8").replace('"act": "decided"', '"act": "undone"', 1), encoding="utf-8"
    )
    assert [one.kind for one in verify(chain)] == ["changed"]


def test_the_night_says_what_does_not_fit_and_the_page_shows_it(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    first, *_others = three_decided()
    call_command("check_records")
    said = capsys.readouterr().out
    assert ChainHead.objects.get().hash in said
    assert "as they were written" in said
    page = signed_in(officer_of(agency()))
    assert "som de blev skrevet" in page.get("/visitation/optegnelser/").text
    raw("UPDATE placement_placementrecord SET by_name = %s WHERE id = %s", "En anden", first.pk)
    with pytest.raises(CommandError):
        call_command("check_records")
    shown = page.get("/visitation/optegnelser/").text
    assert f"Optegnelse om boligplacering nr. {first.pk} er en anden end den, der blev skrevet" in shown
    assert "noget, der ikke passer" in page.get("/visitation/husstande/").text


def test_whoever_leads_the_agency_checks_too_and_nobody_else(db: None) -> None:
    three_decided()
    page = signed_in(made_user("leder", agency(), Role.LEADER))
    assert page.post("/visitation/optegnelser/kontrol/").status_code == 302
    assert "som de blev skrevet" in page.get("/visitation/optegnelser/").text
    assert 'href="/visitation/optegnelser/"' in page.get("/visitation/kvoter/").text
    other = signed_in(made_user("leder-andre", agency("En anden styrelse"), Role.LEADER))
    shown = other.get("/visitation/optegnelser/").text
    assert "Der er ingen optegnelser endnu." in shown
    town = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Varde", code="573")
    assert signed_in(made_user("leder-varde", town, Role.LEADER)).get("/visitation/optegnelser/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_migrating_chains_the_records_that_there_are() -> None:
    records = three_decided()
    call_command("migrate", "placement", "0016_prices_by_forecast", verbosity=0)
    call_command("migrate", verbosity=0)
    assert not check(agency()).found
    told = [one.facts for one in ChainEntry.objects.filter(organisation=agency())]
    assert {one["row"] for one in told if one["table"] == "placement_placementrecord"} == {one.pk for one in records}
    assert len({one.salt for one in PlacementRecord.objects.all()}) == len(records)
    decisions.undo(records[0].arrival, text="", by=officer_of(agency()))
    assert not check(agency()).found
    QuotaRound.objects.update(state="closed")


@POSTGRESQL
def test_behind_the_wall_an_agency_has_its_own_chain_and_receivers_add_to_it(db: None) -> None:
    three_decided()
    town = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Esbjerg", code=ESBJERG)
    worker, by = made_user("worker-esbjerg", town, Role.WORKER), officer_of(agency())
    family = arriving("Familien Fjerde")
    decided(family, ESBJERG)
    family.refresh_from_db()
    decisions.send(family, by=by)
    with as_the_application():
        with audit.acting(worker):
            family.refresh_from_db()
            receive(family, by=worker)
            assert not ChainEntry.objects.exists()
        with audit.acting(officer_of(agency("En anden styrelse"))):
            assert not ChainEntry.objects.exists()
        checked = check(agency())
        assert signed_in(by).get("/visitation/optegnelser/").status_code == 200
    assert not checked.found
    assert checked.lines == ChainEntry.objects.count() > 0
    assert ChainEntry.objects.latest("number").facts["act"] == "received"


@POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_the_same_moment_one_waits_and_both_are_in_the_chain() -> None:
    opened_round()
    by, pair = officer_of(agency()), [arriving("Første"), arriving("Anden")]
    for one in pair:
        decided(one, AARHUS)
    before, together = ChainEntry.objects.count(), Barrier(2)

    def undo(number: int) -> None:
        together.wait()
        try:
            decisions.undo(pair[number], text="", by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(undo, range(2)))
    assert ChainEntry.objects.count() == before + 2
    assert not check(agency()).found
    assert case_of(pair[0])
    QuotaRound.objects.update(state="closed")
