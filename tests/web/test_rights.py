"""Ways round the rights, as somebody would try them who means to: each was open once, or was tried and held."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection  # noqa: F401 - asked by the mark
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from fodfaeste.errors import Refused
from fodfaeste.web import audit
from fodfaeste.web.accounts.domain import logo, start
from fodfaeste.web.accounts.models import Membership
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.models import Change, Opening
from fodfaeste.web.demonstration.models import MadeUpPerson
from fodfaeste.web.moving.domain.accepting import accept
from fodfaeste.web.moving.domain.agreeing import agree_at_desk, agree_oneself, text_seen
from fodfaeste.web.moving.domain.handing import hand_over_as_file
from fodfaeste.web.moving.domain.needed import fingerprint, movers_of
from fodfaeste.web.moving.domain.preparing import Terms, change_move, prepare
from fodfaeste.web.moving.models import Agreement, Move
from fodfaeste.web.people.domain import parts
from fodfaeste.web.people.domain.facts import PersonFacts
from fodfaeste.web.people.domain.merging import merge_persons
from fodfaeste.web.people.domain.persons import register_person
from fodfaeste.web.people.importing.models import ImportedList, ImportedRow
from fodfaeste.web.people.models import Household, HouseholdMember, Person, Responsibility
from fodfaeste.web.programme.domain import files
from fodfaeste.web.programme.domain.follow_ups import agree_follow_up

from .conftest import TAKEOVER, Country, made_person, made_user, signed_in
from .moving_examples import MARKS, NOTE, consented, family, filled, moved, offered, prepared, today
from .newcomer_examples import newcomer
from .programme_examples import opened
from .test_import import list_of, uploaded
from .test_logo import png
from .test_wall import as_the_application, forget_what_was_held

A_DAY = timedelta(days=1)
NAME = "Prøve Eksempel"


@pytest.fixture
def worker(country: Country) -> Client:
    return signed_in(country.users[Role.WORKER])


@pytest.fixture
def neighbour(country: Country) -> Client:
    return signed_in(country.stranger)


def protect(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(protected=True)


# What does not go along, by way of the log


@pytest.mark.parametrize("until", [None, 1])
def test_whoever_works_in_both_offices_carries_nothing_into_the_others_log(
    country: Country, monkeypatch: pytest.MonkeyPatch, until: int | None
) -> None:
    """A colleague who stood in for the neighbour once is one of theirs in the log, and was the old office's before."""
    both = country.users[Role.WORKER]
    end = until and today() + until * A_DAY
    Membership.objects.create(
        user=both, organisation=country.other, role=Role.WORKER, start=today() - A_DAY, end=end or None
    )
    with audit.acting(both):
        filled(country)
    day = today() + 3 * A_DAY
    moved(country, [], day=day)
    parts.record_wish(country.person, about="work", words="Skrevet hos naboen", said=today(), by=country.stranger)
    officer = made_user("their officer", country.other, Role.PROTECTION)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args, **_kwargs: day)
    page = signed_in(officer).get(reverse("audit:changes", args=[country.person.pk])).text
    assert "Skrevet hos naboen" in page
    assert NOTE not in page
    assert MARKS["wishes"] not in page
    assert Change.objects.filter(user=both, after__text=NOTE).exists(), "it was written down"


# Households that a family has left


def test_who_takes_over_part_of_a_family_does_not_change_the_home_that_the_rest_is_left_in(
    country: Country, neighbour: Client
) -> None:
    _adult, child = family(country, "Lille")
    old = Household.objects.get()
    moved(country, persons=[child])
    for name, sent in (
        ("household-name", {"name": "Omdøbt af naboen", "version": 1}),
        ("expect", {"given_name": "Fremmed", "birth_date": "2020-01-01", "sex": "female", "citizenship": "SYR"}),
    ):
        assert neighbour.post(reverse(f"people:{name}", args=[old.pk]), sent).status_code == 404
    old.refresh_from_db()
    assert old.name == "Familien Eksempel"
    new = HouseholdMember.objects.get(person=child, end=None).household
    sent = {"name": "Lille for sig", "version": 1}
    assert neighbour.post(reverse("people:household-name", args=[new.pk]), sent).status_code == 302
    home = signed_in(country.users[Role.WORKER])
    assert home.post(reverse("people:household-name", args=[old.pk]), {"name": "Vi", "version": 1}).status_code == 302


def test_a_home_that_all_of_ones_own_have_left_is_nowhere_to_move_into(country: Country, neighbour: Client) -> None:
    _adult, child = family(country, "Lille")
    old = Household.objects.get()
    moved(country, persons=[child])
    Household.objects.filter(pk=old.pk).update(name="Hos en veninde")
    address = reverse("people:add", args=[country.their_person.pk, "husstand"])
    assert "Hos en veninde" not in neighbour.get(address).text
    neighbour.post(address, {"household": old.pk, "start": today().isoformat()})
    assert not HouseholdMember.objects.filter(household=old, person=country.their_person).exists()


# Lists that were read in


def test_a_list_that_was_read_in_does_not_show_who_has_moved_on_nor_a_protected_name(
    country: Country, worker: Client
) -> None:
    by = country.users[Role.WORKER]
    here, gone = (made_person(name, by, country.own) for name in ("Blevet", "Rejst"))
    imported = ImportedList.objects.create(
        organisation=country.own, owner=by, file_name="liste.csv", state="saved", saved=timezone.now(), saved_by=by
    )
    for number, person in enumerate((here, gone), start=2):
        ImportedRow.objects.create(imported=imported, number=number, person=person)
    protect(here)
    moved(country, persons=[gone])
    Person.objects.filter(pk=gone.pk).update(family_name="Nytnavn")
    page = worker.get(reverse("people:import-list", args=[imported.pk])).text
    assert "Nytnavn" not in page
    assert "Blevet Eksempel" not in page
    assert "Beskyttet (S-Blevet)" in page


def test_a_list_that_is_not_saved_yet_does_not_write_to_who_has_moved_on(country: Country, worker: Client) -> None:
    by = country.users[Role.WORKER]
    said = {"birth_date": date(1990, 2, 1), "sex": "female", "citizenship": "SYR"}
    facts = PersonFacts("Mona", family_name="Eksempel", arrival_date=TAKEOVER, takeover_date=TAKEOVER, **said)
    known = register_person(facts, organisation=country.own, by=by)
    imported = uploaded(worker, list_of(";Mona Eksempel;;01-02-1990;kvinde;SYR;01-03-2024;;"))
    row = ImportedRow.objects.get(imported=imported)
    worker.post(reverse("people:import-decide", args=[imported.pk, row.pk]), {"decision": "same", "person": known.pk})
    page = reverse("people:import-list", args=[imported.pk])
    assert "Gem 1 person<" in worker.get(page).text
    moved(country, persons=[known])
    Person.objects.filter(pk=known.pk).update(family_name="Nytnavn")
    before = Change.objects.filter(person=known.pk).count()
    text = worker.get(page).text
    assert "Personen er flyttet" in text
    assert "Nytnavn" not in text
    people = Person.objects.count()
    worker.post(reverse("people:import-save", args=[imported.pk]))
    assert Person.objects.count() == people
    assert Change.objects.filter(person=known.pk).count() == before


# Protected names on their way to another office


def test_a_protected_name_stands_nowhere_on_the_pages_of_a_move(
    country: Country, worker: Client, neighbour: Client
) -> None:
    protect(country.person)
    move = prepared(country)
    pages = [reverse("moving:move", args=[move.pk]), reverse("moving:agree", args=[move.pk])]
    for page in pages:
        text = worker.get(page).text
        assert NAME not in text
        assert "S-Prøve" in text
    movers = movers_of(move)
    signed = {"present": "Tolk 12", "with_interpreter": True, "language": "ar", "by": country.users[Role.WORKER]}
    agree_at_desk(move, movers, name=NAME, seen=text_seen(move), **signed)
    worker.post(reverse("moving:send", args=[move.pk]))
    for browser in (worker, neighbour):
        text = browser.get(pages[0]).text
        assert "samtykke fra" in text
        assert NAME not in text


def test_nor_in_what_is_refused_or_chosen_from(country: Country, worker: Client, neighbour: Client) -> None:
    move = offered(country)
    protect(country.person)
    Agreement.objects.get().consent.__class__.objects.update(withdrawn=today())
    page = neighbour.post(reverse("moving:accept", args=[move.pk]), {"worker": country.stranger.pk}).text
    assert "kan ikke modtages længere" in page
    assert NAME not in page
    spouse = family(country, "Voksen", birth=date(1991, 2, 3))[1]
    text = worker.get(reverse("moving:new", args=[spouse.pk]), follow=True).text
    assert NAME not in text
    assert "Beskyttet (S-Prøve)" in text


# Files that leave


def test_no_cell_of_a_file_that_is_handed_over_is_a_formula(country: Country, worker: Client) -> None:
    filled(country)
    by = country.users[Role.WORKER]
    parts.record_wish(country.person, about="work", words="=HYPERLINK(1)", said=TAKEOVER, by=by)
    Person.objects.filter(pk=country.person.pk).update(own_script="@SUM(1)", phone="+45 12 34 56 78")
    for table in packed(handed(country, ["wishes"]), worker).values():
        for row in csv.DictReader(io.StringIO(table)):
            assert not any(value.startswith(("=", "@", "+", "-")) for value in row.values())


def handed(country: Country, groups: list[str]) -> Move:
    """A move to where the system is not used, and the file is closed."""
    by = country.users[Role.WORKER]
    terms = Terms(to_office=None, to_name="Fjern", to_code="903", day=today(), groups=tuple(groups))
    move = prepare([country.person], terms, from_office=country.own, by=by)
    return hand_over_as_file(consented(move, by), by=by)


def packed(move: Move, browser: Client) -> dict[str, str]:
    answer = browser.get(reverse("moving:file", args=[move.pk]))
    pack = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    return {name: pack.read(name).decode() for name in pack.namelist() if name.endswith(".csv")}


def test_a_file_that_was_handed_over_does_not_tell_what_the_next_office_writes(
    country: Country, worker: Client
) -> None:
    move = handed(country, ["wishes"])
    assert "S-Prøve" in packed(move, worker)["persons.csv"]
    Responsibility.objects.create(
        person=country.person, organisation=country.other, worker=country.stranger, start=today()
    )
    Person.objects.filter(pk=country.person.pk).update(phone="99 99 99 99")
    assert worker.get(reverse("moving:file", args=[move.pk])).status_code == 404
    assert reverse("moving:file", args=[move.pk]) not in worker.get(reverse("moving:move", args=[move.pk])).text


def test_who_takes_a_list_with_names_away_is_written_down(country: Country, worker: Client) -> None:
    programme = opened(country)
    agree_follow_up(programme, by=country.users[Role.WORKER], day=today() + A_DAY, words={"da": "Tal", "en": "Talk"})
    lists = ["programme:follow_ups", "programme:cases"]
    assert_written(country, worker, lists)
    moved(country)
    assert_written(country, worker, ["moving:list", "moving:closed"])


def assert_written(country: Country, browser: Client, names: list[str]) -> None:
    for name in names:
        answer = browser.get(reverse(name), {"format": "csv"})
        assert "Prøve" in b"".join(answer.streaming_content).decode()
        assert [row.person for row in Opening.objects.filter(page=name, in_list=True)] == [country.person.pk], name


# Consent


def test_nobody_agrees_on_their_own_page_to_what_they_have_not_read(country: Country) -> None:
    """The move is changed while the page is sent."""
    move = prepared(country, ["wishes"])
    shown = movers_of(move)[0]
    seen = fingerprint(shown)
    terms = Terms(to_office=country.other, day=today(), groups=("wishes", "needs"))
    change_move(move, [country.person], terms, version=move.version, by=country.users[Role.WORKER])
    with pytest.raises(Refused, match="ændret, siden"):
        agree_oneself(shown, name="Prøve", language="ar", seen=seen)
    assert not Agreement.objects.exists()


def test_a_small_child_does_not_agree_alone(country: Country) -> None:
    _adult, child = family(country, "Lille")
    move = prepared(country, persons=[child])
    own = newcomer(child, country.users[Role.WORKER])
    address = reverse("own-move:agree", args=[move.pk])
    assert address not in own.get("/min/").text
    assert 'name="seen"' not in own.get(address).text
    own.post(address, {"name": "Lille", "seen": fingerprint(movers_of(move)[0])})
    assert not Agreement.objects.exists()


# Files that come in


def test_a_packed_file_is_not_unpacked_to_be_known() -> None:
    """A few kilobytes can hold gigabytes."""
    packed_ = io.BytesIO()
    with zipfile.ZipFile(packed_, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("mimetype", b"\0" * 60_000_000)
    tracemalloc.start()
    assert files.kind_of(packed_.getvalue()) == ""
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_picture_with_too_many_dots_is_refused_before_anybody_draws_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(logo, "can_be_set", lambda content, _kind: bool(drawn.append(len(content))) or True)
    with pytest.raises(Refused, match="60000 × 60000"):
        logo.checked(png(60_000, 60_000, dots=b"\0"))
    assert not drawn


def test_the_name_of_a_file_cannot_write_a_header() -> None:
    name = files.checked(SimpleUploadedFile('x"\r\nSet-Cookie: a=b\r\n.pdf', b"%PDF-1.4")).name
    assert not {"\r", "\n"} & set(str(content_disposition_header(as_attachment=True, filename=name)))


# Made-up persons


def test_who_was_made_up_and_has_moved_is_not_taken_from_the_next_office(country: Country) -> None:
    admin, by = country.users[Role.ADMINISTRATOR], country.users[Role.WORKER]
    start.choose_made_up_data(country.own, True, by=admin)
    person = Person.objects.get(given_name="Tavi")
    move = consented(prepared(country, persons=[person]), by)
    signed_in(by).post(reverse("moving:send", args=[move.pk]))
    accept(Move.objects.get(pk=move.pk), worker=country.stranger, by=country.stranger)
    start.choose_made_up_data(country.own, False, by=admin)
    assert Person.objects.filter(pk=person.pk).exists()
    assert not Person.objects.filter(given_name="Rasu").exists()


@pytest.mark.parametrize("kept_is_made_up", [True, False])
def test_a_person_who_was_merged_with_one_made_up_is_not_taken_away_with_them(
    country: Country, kept_is_made_up: bool
) -> None:
    admin, by = country.users[Role.ADMINISTRATOR], country.users[Role.WORKER]
    start.choose_made_up_data(country.own, True, by=admin)
    real = made_person("Rigtig", by, country.own)
    made_up = Person.objects.get(given_name="Zesu")
    HouseholdMember.objects.filter(person=made_up).delete()
    Responsibility.objects.filter(person=real).update(start=made_up.takeover_date)
    kept, gone = (made_up, real) if kept_is_made_up else (real, made_up)
    merge_persons(kept, gone, by=by)
    with pytest.raises(Refused, match="lagt sammen"):
        start.choose_made_up_data(country.own, False, by=admin)
    assert Person.objects.filter(pk=real.pk).exists()
    assert MadeUpPerson.objects.exists()


# What was tried and held


def test_no_address_but_the_interface_takes_a_post_without_its_token(country: Country, worker: Client) -> None:
    def views(patterns: list[Any], before: str = "") -> Any:
        for item in patterns:
            if hasattr(item, "url_patterns"):
                yield from views(item.url_patterns, before + str(item.pattern))
            else:
                yield before + str(item.pattern), item.callback

    exempt = [path for path, view in views(get_resolver().url_patterns) if getattr(view, "csrf_exempt", False)]
    assert all(path.startswith("api/v1/") for path in exempt), exempt
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = worker.cookies
    assert browser.post(reverse("people:household-name", args=[1]), {"name": "x"}).status_code == 403


def test_a_returned_or_withdrawn_move_shows_the_neighbour_nothing(country: Country, neighbour: Client) -> None:
    for state in (Move.State.PREPARED, Move.State.RETURNED, Move.State.WITHDRAWN):
        move = offered(country) if not Move.objects.exists() else Move.objects.get()
        Move.objects.filter(pk=move.pk).update(state=state)
        for name in ("move", "edit", "agree", "file"):
            assert neighbour.get(reverse(f"moving:{name}", args=[move.pk])).status_code == 404
        for name in ("accept", "return", "send", "withdraw", "hand"):
            assert neighbour.post(reverse(f"moving:{name}", args=[move.pk]), {}).status_code == 404
        assert "S-Prøve" not in neighbour.get(reverse("moving:list")).text
    assert neighbour.get(reverse("people:person", args=[country.person.pk])).status_code == 404


def test_a_link_leads_nowhere_outside(country: Country) -> None:
    own = newcomer(country.person, country.users[Role.WORKER])
    for there in ("//evil.example/", "https://evil.example/min/", "/min/\\evil.example", "/kontor/", "javascript:x"):
        page = own.get(reverse("newcomer:code"), {"next": there})
        assert page.context["next"] in ("/min/", "/min/\\evil.example")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL alone has the wall")
def test_what_was_mended_works_behind_the_wall(country: Country, worker: Client, neighbour: Client) -> None:
    with audit.acting(country.users[Role.WORKER]):
        filled(country)
    move = offered(country)
    protect(country.person)
    forget_what_was_held()
    address = reverse("moving:move", args=[move.pk])
    with as_the_application():
        for browser in (worker, neighbour):
            assert NAME not in browser.get(address).text
            assert b"S-Pr" in b"".join(browser.get(reverse("moving:list"), {"format": "csv"}).streaming_content)
        assert neighbour.post(reverse("moving:accept", args=[move.pk]), {"worker": country.stranger.pk}).url == address
        assert b"S-Pr" in b"".join(neighbour.get(reverse("programme:cases"), {"format": "csv"}).streaming_content)
        officer = made_user("their officer", country.other, Role.PROTECTION)
        page = signed_in(officer).get(reverse("audit:changes", args=[country.person.pk]))
        assert page.status_code == 200
        assert NOTE not in page.text
    assert Opening.objects.filter(page="moving:list", in_list=True).count() == 2


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL alone has the wall")
def test_behind_the_wall_a_file_is_shut_as_well_once_another_office_has_the_person(
    country: Country, worker: Client
) -> None:
    move = handed(country, [])
    forget_what_was_held()
    address = reverse("moving:file", args=[move.pk])
    with as_the_application():
        assert worker.get(address).status_code == 200
    held = {"person": country.person, "organisation": country.other, "worker": country.stranger}
    Responsibility.objects.create(**held, start=today())
    forget_what_was_held()
    with as_the_application():
        assert worker.get(address).status_code == 404
