"""Deletion by rule: when and why, what holds it up, what goes and what stays, and that the chain still fits."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web import audit
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.audit.installing import logs_off
from fodfaeste.web.placement.chain.checking import check
from fodfaeste.web.placement.desk.domain import decisions
from fodfaeste.web.placement.desk.domain.receiving import receive
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord
from fodfaeste.web.placement.desk.statement import object_until
from fodfaeste.web.placement.door.domain.links import give_access
from fodfaeste.web.placement.forecasts.domain import watching
from fodfaeste.web.placement.forecasts.domain.reality import later
from fodfaeste.web.placement.keeping.domain.holds import lift_hold, set_hold
from fodfaeste.web.placement.keeping.due import keeping_of, rules_on, with_keeping
from fodfaeste.web.placement.keeping.models import Erasure, KeepingHold, Step
from fodfaeste.web.placement.keeping.reduced import without_names

from .conftest import made_user, signed_in
from .desk_examples import ESBJERG, arriving, decided, member, opened_round, wish
from .quota_examples import agency, officer_of
from .test_wall import as_the_application

NAME, NEED, TEXT = "Hemmelighedsen", "kan ikke gå på trapper", "Vi vil bo hos min søster"


def a_sent_household(name: str = NAME) -> Arrival:
    """A household with needs, wishes and a door of its own, decided on, sent, and an objection answered."""
    by = officer_of(agency())
    people = (member("Amal", family_name=name, trade="skrædder"), member("Samir", family_name=name, sex="male"))
    family = arriving(name, members=people, needs=NEED, wishes=(wish("family", ESBJERG, km=30),))
    give_access(family, by=by, language="ar")
    decided(family)
    family.refresh_from_db()
    decisions.send(family, by=by)
    decisions.note_objection(family, text=TEXT, by=by)
    decisions.answer_objection(family, reopen=False, text=f"{name} har fået svar.", by=by)
    family.refresh_from_db()
    return family


def kept(arrival: Arrival, day: date | None = None) -> Any:
    return keeping_of(with_keeping(Arrival.objects.filter(pk=arrival.pk)).get(), day or timezone.localdate())


def the_day_of(arrival: Arrival, step: Step) -> date:
    return kept(arrival).due[step]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves today on; what happened keeps its day."""
    real = timezone.localdate

    def set_to(day: date) -> None:
        monkeypatch.setattr(timezone, "localdate", lambda value=None, *_: day if value is None else real(value))

    return set_to


def delete(folder: Path, day: date, clock: Any) -> None:
    clock(day)
    call_command("delete_by_rule", archive=folder)


def everything_stored() -> str:
    """Every cell of every table, whoever may read it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_the_rule_says_where_its_numbers_come_from_and_that_they_are_a_choice() -> None:
    rules = rules_on(date(2026, 11, 28))
    for name in ("needs_months", "persons_months", "warn_days"):
        value = rules.at(name)
        assert value.certainty == "S"
        assert value.note["da"].startswith("Et valg")
        assert value.note["en"].startswith("A choice")


def test_months_count_from_the_last_act_or_the_end_of_the_time_to_object(db: None) -> None:
    opened_round()
    family = a_sent_household()
    today, rules = timezone.localdate(), rules_on(timezone.localdate())
    settled = object_until(today)
    assert kept(family).settled == settled
    assert kept(family).due == {
        Step.NEEDS: later(settled, rules["needs_months"]),
        Step.PERSONS: later(settled, rules["persons_months"]),
    }


def test_who_waits_or_is_not_told_has_no_day(db: None) -> None:
    opened_round()
    family = arriving()
    assert kept(family).settled is None
    decided(family)
    family.refresh_from_db()
    assert kept(family).due == {}


def test_the_page_of_a_household_says_when_and_why(db: None) -> None:
    opened_round()
    family = a_sent_household()
    shown = signed_in(officer_of(agency())).get(family.get_absolute_url()).text
    assert "slettes tidligst den" in shown
    assert "reglen er 12 måneder" in shown
    assert "reglen er 60 måneder" in shown


def test_nothing_is_deleted_before_its_day_nor_without_the_archive(db: None, tmp_path: Path, clock: Any) -> None:
    opened_round()
    family = a_sent_household()
    day = the_day_of(family, Step.NEEDS)
    delete(tmp_path, day - timedelta(days=1), clock)
    assert not Erasure.objects.exists()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(CommandError, match="archive"):
        call_command("delete_by_rule")


def test_a_dry_run_says_how_many_and_deletes_nothing(db: None, clock: Any, capsys: pytest.CaptureFixture[str]) -> None:
    opened_round()
    family = a_sent_household()
    clock(the_day_of(family, Step.NEEDS))
    call_command("delete_by_rule", dry_run=True)
    said = capsys.readouterr().out
    assert "needs: 1 cases would be deleted" in said
    assert NAME not in said
    assert not Erasure.objects.exists()
    assert Arrival.objects.get(pk=family.pk).needs == NEED


def test_needs_wishes_and_links_go_first_and_people_stay(db: None, tmp_path: Path, clock: Any) -> None:
    opened_round()
    family = a_sent_household()
    delete(tmp_path, the_day_of(family, Step.NEEDS), clock)
    family.refresh_from_db()
    assert family.needs is None
    assert not family.wishes.exists()
    assert not apps.get_model("placement", "ArrivalLink").objects.exists()
    assert family.members.count() == 2
    assert family.name == NAME
    assert Step.NEEDS not in kept(family).due
    assert not check(agency()).found
    assert signed_in(officer_of(agency())).get(family.get_absolute_url()).status_code == 200


def test_on_its_day_no_name_is_left_in_any_table(db: None, tmp_path: Path, clock: Any) -> None:
    opened_round()
    family = a_sent_household()
    reference = family.reference
    page = signed_in(officer_of(agency()))
    page.get(family.get_absolute_url())
    assert NAME in everything_stored()
    delete(tmp_path, the_day_of(family, Step.PERSONS), clock)
    stored = everything_stored()
    for word in (NAME, "skrædder", TEXT, reference):
        assert word not in stored, word
    shown = page.get(family.get_absolute_url())
    assert shown.status_code == 200
    assert "Slettet efter reglen" in shown.text
    assert NAME not in page.get("/visitation/husstande/?tilstand=sent").text
    assert page.get(f"{family.get_absolute_url()}begrundelse.pdf").status_code == 302


def test_the_chain_fits_after_a_deletion_and_a_change_after_it_is_named(db: None, tmp_path: Path, clock: Any) -> None:
    opened_round()
    family = a_sent_household()
    delete(tmp_path, the_day_of(family, Step.PERSONS), clock)
    records = PlacementRecord.objects.filter(arrival=family.pk)
    assert {one.salt for one in records} == {""}
    assert not check(agency()).found
    first = records.earliest("pk")
    with logs_off(), connection.cursor() as cursor:
        cursor.execute("UPDATE placement_placementrecord SET act = 'sent' WHERE id = %s", [first.pk])
    assert [(one.kind, one.row) for one in check(agency()).found] == [("record_changed", first.pk)]


def test_what_was_counted_stays_what_it_was(db: None, tmp_path: Path, clock: Any) -> None:
    opened_round()
    families = [a_sent_household(f"{NAME}-{number}") for number in range(2)]
    before = watching.decisions_of(agency())
    delete(tmp_path, the_day_of(families[0], Step.PERSONS), clock)
    after = watching.decisions_of(agency())
    names = ("persons", "proposed", "kind", "place", "by", "reason_code", "groups")
    assert [[getattr(one, name) for name in names] for one in after] == [
        [getattr(one, name) for name in names] for one in before
    ]
    assert watching.objections(agency()) is None  # fewer than ten households, as before


def test_the_archive_has_everything_first_and_the_log_names_nobody(db: None, tmp_path: Path, clock: Any) -> None:
    opened_round()
    family = a_sent_household()
    delete(tmp_path, the_day_of(family, Step.PERSONS), clock)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    (line,) = file.read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert told["household"]["needs"] == NEED
    assert [one["given_name"] for one in told["members"]] == ["Amal", "Samir"]
    assert [one["act"] for one in told["records"]] == ["decided", "sent", "objected", "upheld"]
    erasure = Erasure.objects.get()
    assert (erasure.archive, erasure.sha256) == (file.name, hashlib.sha256(line.encode()).hexdigest())
    assert erasure.counts["arrivingperson"] == 2
    assert erasure.counts["records"] == 4
    shown = signed_in(officer_of(agency())).get("/visitation/sletning/").text
    assert file.name in shown
    assert NAME not in shown


def test_an_open_objection_and_a_hold_keep_everything(db: None, tmp_path: Path, clock: Any) -> None:
    opened_round()
    by = officer_of(agency())
    objects, held = a_sent_household("Hemmelighedsen-1"), a_sent_household("Hemmelighedsen-2")
    day = the_day_of(objects, Step.PERSONS)
    decisions.note_objection(objects, text="Igen", by=by)
    page = signed_in(by)
    page.post(f"{held.get_absolute_url()}bero/", {"reason": "Sag ved ombudsmanden"})
    shown = page.get(held.get_absolute_url()).text
    assert "Sag ved ombudsmanden" in shown
    assert "Sletningen er i bero." in shown
    delete(tmp_path, day + timedelta(days=400), clock)
    assert not Erasure.objects.exists()
    page.post(f"{held.get_absolute_url()}bero/", {"act": "lift"})
    assert KeepingHold.objects.get().lifted_by == by
    delete(tmp_path, day + timedelta(days=400), clock)
    assert [one.arrival for one in Erasure.objects.all()] == [held.pk]
    assert not KeepingHold.objects.exists()


def test_a_hold_says_why_and_there_is_one_at_a_time(db: None) -> None:
    opened_round()
    by, family = officer_of(agency()), a_sent_household()
    with pytest.raises(Refused):
        set_hold(family, reason=" ", by=by)
    with pytest.raises(Refused):
        lift_hold(family, by=by)
    set_hold(family, reason="Domstol", by=by)
    with pytest.raises(Refused):
        set_hold(family, reason="Igen", by=by)
    with pytest.raises(Refused):
        set_hold(family, reason="Fremmed", by=officer_of(agency("En anden styrelse")))


def test_a_deletion_stands_on_the_page_thirty_days_before(db: None, clock: Any) -> None:
    opened_round()
    family = a_sent_household()
    day, page = the_day_of(family, Step.NEEDS), signed_in(officer_of(agency()))
    clock(day - timedelta(days=31))
    assert family.reference not in page.get("/visitation/sletning/").text
    clock(day - timedelta(days=30))
    assert family.reference in page.get("/visitation/sletning/").text


def test_nobody_acts_on_a_household_that_is_deleted(db: None, tmp_path: Path, clock: Any) -> None:
    opened_round()
    by, family = officer_of(agency()), a_sent_household()
    delete(tmp_path, the_day_of(family, Step.PERSONS), clock)
    for act in (
        lambda: decisions.note_objection(family, text="Nu", by=by),
        lambda: give_access(family, by=by, language="da"),
        lambda: set_hold(family, reason="For sent", by=by),
    ):
        with pytest.raises(Refused, match="slettet efter reglen"):
            act()


def test_the_municipality_s_own_file_is_its_own(db: None, tmp_path: Path, clock: Any) -> None:
    """What the receiving municipality has of the persons follows its own rules."""
    opened_round()
    town = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Esbjerg", code=ESBJERG)
    worker = made_user("worker-esbjerg", town, Role.WORKER)
    family = arriving(NAME)
    decided(family, ESBJERG)
    family.refresh_from_db()
    decisions.send(family, by=officer_of(agency()))
    family.refresh_from_db()
    with audit.acting(worker):
        receive(family, by=worker)
    delete(tmp_path, the_day_of(family, Step.PERSONS), clock)
    assert apps.get_model("people", "Person").objects.filter(given_name="Amal").exists()
    record = PlacementRecord.objects.get(act="received")
    assert record.facts == {"persons": 2}


def test_what_stays_of_a_record_is_listed_and_nothing_else(db: None) -> None:
    opened_round()
    family = a_sent_household()
    facts = PlacementRecord.objects.get(act="decided").facts
    left = without_names({**facts, "something_new": NAME}, "slettet-1")
    assert NAME not in json.dumps(left)
    assert family.reference not in json.dumps(left)
    assert left["decision"]["place"] == facts["decision"]["place"]
    assert left["decision"]["wishes"] == {"asked": 1, "met": 1}
    assert without_names({"text": TEXT, "language": "ar"}, "slettet-1") == {}


def test_the_leader_of_the_agency_reads_the_log_and_meets_no_household(db: None, tmp_path: Path, clock: Any) -> None:
    opened_round()
    family, other = a_sent_household("Hemmelighedsen-1"), a_sent_household("Hemmelighedsen-2")
    set_hold(other, reason="Domstol", by=officer_of(agency()))
    delete(tmp_path, the_day_of(family, Step.PERSONS), clock)
    page = signed_in(made_user("leder", agency(), Role.LEADER))
    shown = page.get("/visitation/sletning/").text
    assert Erasure.objects.get().archive in shown
    assert other.reference not in shown


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the wall is PostgreSQL's")
def test_the_application_itself_cannot_delete_records(db: None, tmp_path: Path, clock: Any) -> None:
    opened_round()
    family = a_sent_household()
    clock(the_day_of(family, Step.PERSONS))
    with as_the_application(), pytest.raises(CommandError, match="owns the tables"):
        call_command("delete_by_rule", archive=tmp_path)
    with as_the_application(), audit.acting(officer_of(agency("En anden styrelse"))):
        assert not KeepingHold.objects.exists()
        assert not Erasure.objects.exists()
