"""The pages of a move: the button is there when it may be pressed, each office sees its part, closed files are read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fodfaeste.web import audit
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.moving.domain.preparing import Terms, prepare
from fodfaeste.web.moving.groups import Group
from fodfaeste.web.moving.models import Agreement, ClosedCase, Move
from fodfaeste.web.people.domain import parts
from fodfaeste.web.people.domain.households import join_household
from fodfaeste.web.people.models import Household, Person, ResidenceSpell
from fodfaeste.web.programme.domain.notes import correct_note
from fodfaeste.web.programme.models import JournalNote

from .conftest import TAKEOVER, Country, made_person, made_user, signed_in
from .moving_examples import EVERYTHING, MARKS, NOTE, consented, family, filled, moved, offered, prepared, today
from .newcomer_examples import newcomer


@pytest.fixture
def worker(country: Country) -> Client:
    return signed_in(country.users[Role.WORKER])


@pytest.fixture
def neighbour(country: Country) -> Client:
    return signed_in(country.stranger)


def sent(**more: Any) -> dict[str, Any]:
    return {
        "day": f"{today()}",
        "to_office": "",
        "to_name": "",
        "to_code": "",
        "ground": "",
        "ground_words": "",
        **more,
    }


def test_a_move_is_prepared_from_the_persons_page_with_everybody_at_home(country: Country, worker: Client) -> None:
    adult, child = family(country, "Lille")
    page = worker.get(f"/personer/{adult.pk}/").text
    address = reverse("moving:new", args=[adult.pk])
    assert address in page
    form = worker.get(address)
    assert form.context["form"].initial["persons"] == [str(adult.pk), str(child.pk)]
    assert Group.NEEDS not in form.context["form"].initial["groups"]
    assert not form.context["form"]["needs"].value()
    answer = worker.post(
        address, sent(persons=[adult.pk], to_office=country.other.pk, groups=["plan", "wishes"], needs="on")
    )
    move = Move.objects.get()
    assert answer["Location"] == reverse("moving:move", args=[move.pk])
    assert (move.to_name, move.to_code, move.groups) == ("Nabo", "902", ["wishes", "needs", "plan"])
    assert [mover.person for mover in move.movers.all()] == [adult]
    assert worker.get(address)["Location"] == answer["Location"], "who moves already is led to their move"


def test_what_is_wrong_stands_at_the_form(country: Country, worker: Client) -> None:
    address = reverse("moving:new", args=[country.person.pk])
    page = worker.post(address, sent(persons=[country.person.pk])).text
    assert "Vælg den kommune, der flyttes til" in page
    assert "error-summary" in page


def test_without_consent_or_ground_the_button_is_not_there(country: Country, worker: Client) -> None:
    move = prepared(country)
    address, button = reverse("moving:move", args=[move.pk]), reverse("moving:send", args=[move.pk])
    page = worker.get(address).text
    assert button not in page
    assert "Send til den nye kommune" not in page
    assert "Samtykke mangler fra: Prøve Eksempel" in page
    assert "Samtykke mangler" in worker.post(button, follow=True).text
    assert Move.objects.get().state == "prepared"
    consented(move, country.users[Role.WORKER])
    page = worker.get(address).text
    assert button in page
    assert "aftalt" in page
    worker.post(button)
    assert Move.objects.get().state == "offered"
    assert button not in worker.get(address).text


def test_with_a_ground_the_button_is_there_for_what_it_carries(country: Country, worker: Client) -> None:
    move = prepared(country, ["plan"], ground="fvl28", ground_words="De skal kende planen fra første dag.")
    page = worker.get(reverse("moving:move", args=[move.pk])).text
    assert reverse("moving:send", args=[move.pk]) in page
    assert "Forvaltningsloven § 28" in page
    assert "De skal kende planen fra første dag." in page


def test_consent_is_taken_in_two_languages(country: Country, worker: Client) -> None:
    Person.objects.filter(pk=country.person.pk).update(language="ar")
    move = prepared(country, EVERYTHING)
    address = reverse("moving:agree", args=[move.pk])
    page = worker.get(address)
    assert "هل يجوز لبلديتك الجديدة" in page.text
    assert "Må din nye kommune få din sag?" in page.text
    assert 'lang="ar"' in page.text
    assert "oplysninger om dit helbred" in page.text.lower()
    form = page.context["form"]
    said = {
        "movers": form.initial["movers"],
        "name": "بروفه",
        "present": "Tolk 12, Sara",
        "with_interpreter": "on",
        "day": f"{today()}",
        "language": "ar",
        "seen": form.initial["seen"],
    }
    wrong = worker.post(address, {**said, "present": ""})
    assert wrong.context["form"].errors
    stale = worker.post(address, {**said, "seen": "x"})
    assert "ændret, siden den blev vist" in stale.text
    worker.post(address, said)
    signed = Agreement.objects.get()
    assert (signed.name, signed.language, signed.taken_by) == ("بروفه", "ar", country.users[Role.WORKER])
    assert worker.get(address)["Location"] == reverse("moving:move", args=[move.pk])
    assert "بروفه" in worker.get(reverse("moving:move", args=[move.pk])).text


def test_a_move_is_changed_and_withdrawn(country: Country, worker: Client) -> None:
    adult, child = family(country, "Lille")
    move = prepared(country, ["plan", "needs"], persons=[adult])
    address = reverse("moving:edit", args=[move.pk])
    form = worker.get(address).context["form"]
    assert form.initial["needs"]
    assert form.initial["groups"] == ["plan"]
    data = sent(persons=[adult.pk, child.pk], to_office=country.other.pk, groups=["plan"], version=move.version)
    worker.post(address, data)
    move.refresh_from_db()
    assert (move.groups, move.movers.count()) == (["plan"], 2)
    stale = worker.post(address, data)
    assert "En anden har gemt ændringer" in stale.text
    worker.post(reverse("moving:withdraw", args=[move.pk]))
    move.refresh_from_db()
    assert move.state == "withdrawn"
    assert worker.get(address)["Location"] == reverse("moving:move", args=[move.pk])


def test_a_move_to_elsewhere_is_changed_with_its_name(country: Country, worker: Client) -> None:
    terms = Terms(to_office=None, to_name="Fjern", to_code="903", day=today())
    move = prepare([country.person], terms, from_office=country.own, by=country.users[Role.WORKER])
    form = worker.get(reverse("moving:edit", args=[move.pk])).context["form"]
    assert (form.initial["to_name"], form.initial["to_code"]) == ("Fjern", "903")


def test_the_neighbour_knows_of_it_once_it_is_sent(country: Country, worker: Client, neighbour: Client) -> None:
    move = prepared(country)
    address = reverse("moving:move", args=[move.pk])
    assert neighbour.get(address).status_code == 404
    assert "Prøve" not in neighbour.get(reverse("moving:list")).text
    consented(move, country.users[Role.WORKER])
    worker.post(reverse("moving:send", args=[move.pk]))
    assert "Prøve Eksempel" in neighbour.get(reverse("moving:list")).text
    page = neighbour.get(address).text
    assert "Modtag sagen" in page
    assert "Prøve Eksempel" in page
    assert reverse("moving:withdraw", args=[move.pk]) not in page
    for name in ("edit", "agree", "send", "withdraw", "hand"):
        ask = neighbour.get if name in {"edit", "agree"} else neighbour.post
        assert ask(reverse(f"moving:{name}", args=[move.pk])).status_code == 404
    for name in ("accept", "return"):
        assert worker.post(reverse(f"moving:{name}", args=[move.pk])).status_code == 404


def test_the_neighbour_accepts_and_the_old_worker_finds_a_closed_file_alone(
    country: Country, worker: Client, neighbour: Client
) -> None:
    filled(country)
    move, person = offered(country, ["wishes"]), country.person
    addresses = [
        reverse("people:person", args=[person.pk]),
        reverse("people:edit", args=[person.pk]),
        reverse("programme:person", args=[person.pk]),
        reverse("programme:journal", args=[person.pk]),
        reverse("programme:week", args=[person.pk]),
        reverse("moving:new", args=[person.pk]),
    ]
    wrong = neighbour.post(reverse("moving:accept", args=[move.pk]), {"worker": ""})
    assert wrong.context["accept"].errors
    neighbour.post(reverse("moving:accept", args=[move.pk]), {"worker": country.stranger.pk})
    assert {worker.get(address).status_code for address in addresses} == {404}
    assert worker.get(reverse("moving:move", args=[move.pk])).status_code == 200
    theirs = neighbour.get(reverse("people:person", args=[person.pk])).text
    assert MARKS[Group.WISHES] in theirs
    assert not [mark for group, mark in MARKS.items() if group != Group.WISHES and mark in theirs]
    assert NOTE not in neighbour.get(reverse("programme:journal", args=[person.pk])).text
    closed = ClosedCase.objects.get()
    listed = worker.get(reverse("moving:closed"), {"q": "prøve"}).text
    assert reverse("moving:closed-case", args=[closed.pk]) in listed
    before = Opening.objects.count()
    page = worker.get(reverse("moving:closed-case", args=[closed.pk])).text
    assert Opening.objects.count() == before + 1
    opening = Opening.objects.latest("pk")
    assert (opening.person, opening.page, opening.organisation) == (person.pk, "moving:closed-case", country.own)
    assert NOTE in page
    for group in (Group.NEEDS, Group.WORK, Group.CONSENTS, Group.PLAN, Group.FOLLOW_UPS, Group.SPELLS):
        assert MARKS[group] in page, group
    assert MARKS[Group.WISHES] not in page, "what went along is the neighbour's now"
    assert neighbour.get(reverse("moving:closed-case", args=[closed.pk])).status_code == 404


def test_nothing_newer_comes_into_a_closed_file(country: Country, worker: Client) -> None:
    filled(country)
    note = JournalNote.objects.get()
    correct_note(note, by=country.users[Role.WORKER], text="Rettet notat")
    moved(country, ["language"])
    parts.record_wish(country.person, about="work", words="Nyt ønske", said=today(), by=country.stranger)
    Person.objects.filter(pk=country.person.pk).update(given_name="Nyt navn")
    page = worker.get(reverse("moving:closed-case", args=[ClosedCase.objects.get().pk])).text
    assert "Rettet notat" in page
    assert "Nyt ønske" not in page
    assert "Nyt navn" not in page
    assert MARKS[Group.WISHES] in page


def test_a_returned_move_says_why(country: Country, worker: Client, neighbour: Client) -> None:
    move = offered(country)
    assert neighbour.post(reverse("moving:return", args=[move.pk]), {"why": ""}).context["return"].errors
    neighbour.post(reverse("moving:return", args=[move.pk]), {"why": "Hun bor her ikke."})
    page = worker.get(reverse("moving:move", args=[move.pk])).text
    assert "Hun bor her ikke." in page
    assert reverse("moving:send", args=[move.pk]) in page


def test_who_is_protected_is_named_by_number_and_not_found_by_name(
    country: Country, worker: Client, neighbour: Client
) -> None:
    moved(country)
    Person.objects.filter(pk=country.person.pk).update(protected=True)
    assert "Prøve Eksempel" not in worker.get(reverse("moving:closed")).text
    assert "Beskyttet (S-Prøve)" in worker.get(reverse("moving:closed")).text
    assert "Beskyttet" not in worker.get(reverse("moving:closed"), {"q": "eksempel"}).text
    assert "Beskyttet (S-Prøve)" in worker.get(reverse("moving:closed"), {"q": "s-prø"}).text
    case = reverse("moving:closed-case", args=[ClosedCase.objects.get().pk])
    assert "Prøve Eksempel" not in worker.get(case).text
    for browser in (worker, neighbour):
        assert "Prøve Eksempel" not in browser.get(reverse("moving:list")).text


def test_the_file_for_elsewhere_holds_what_goes_along_and_no_more(country: Country, worker: Client) -> None:
    filled(country)
    terms = Terms(to_office=None, to_name="Fjern", to_code="903", day=today(), groups=("wishes", "plan", "follow_ups"))
    move = prepare([country.person], terms, from_office=country.own, by=country.users[Role.WORKER])
    address = reverse("moving:file", args=[move.pk])
    assert worker.get(address).status_code == 404
    page = worker.get(reverse("moving:move", args=[move.pk])).text
    assert reverse("moving:hand", args=[move.pk]) not in page
    consented(move, country.users[Role.WORKER])
    assert reverse("moving:hand", args=[move.pk]) in worker.get(reverse("moving:move", args=[move.pk])).text
    assert address in worker.post(reverse("moving:hand", args=[move.pk]), follow=True).text
    answer = worker.get(address)
    pack = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    said = {name: pack.read(name).decode() for name in pack.namelist()}
    described = json.loads(said["datapackage.json"])
    assert {one["path"] for one in described["resources"]} == said.keys() - {"datapackage.json"}
    assert said.keys() == {
        "datapackage.json",
        "persons.csv",
        "wish.csv",
        "goals.csv",
        "activities.csv",
        "follow_ups.csv",
    }
    together = "".join(said.values())
    for group in (Group.WISHES, Group.PLAN, Group.FOLLOW_UPS):
        assert MARKS[group] in together
    for group in (Group.NEEDS, Group.WORK, Group.CONSENTS, Group.SPELLS):
        assert MARKS[group] not in together
    assert NOTE not in together
    [row] = csv.DictReader(io.StringIO(said["persons.csv"]))
    assert (row["case_number"], row["given_name"]) == ("S-Prøve", "Prøve")


def test_who_died_is_closed_by_the_end_of_their_stay_and_can_be_reopened(country: Country, worker: Client) -> None:
    filled(country)
    stay = ResidenceSpell.objects.get(person=country.person)
    answer = worker.post(
        reverse("people:change", args=[country.person.pk, "ophold", stay.pk]),
        {"end": f"{today()}", "reason": "died", "to": "", "version": stay.version},
        follow=True,
    )
    assert "Personen er ikke længere jeres" in answer.text
    closed = ClosedCase.objects.get()
    case = reverse("moving:closed-case", args=[closed.pk])
    assert "Genåbn sagen" in worker.get(case).text
    again = worker.post(reverse("moving:reopen", args=[closed.pk]))
    assert again["Location"] == reverse("people:person", args=[country.person.pk])
    assert worker.get(again["Location"]).status_code == 200
    assert "Genåbn sagen" not in worker.get(case).text
    twice = worker.post(reverse("moving:reopen", args=[closed.pk]), follow=True)
    assert "allerede genåbnet" in twice.text


def test_lists_are_for_who_works_with_persons(country: Country) -> None:
    leader = signed_in(country.users[Role.LEADER])
    assert leader.get(reverse("moving:list")).status_code == 403
    assert leader.get(reverse("moving:closed")).status_code == 403


@pytest.mark.parametrize("many", [1, 8])
def test_pages_ask_the_database_the_same_however_many_there_are(
    country: Country, worker: Client, django_assert_max_num_queries: Any, many: int
) -> None:
    home = Household.objects.create(name="Stor familie")
    by = country.users[Role.WORKER]
    people = [made_person(f"Nr{number}", by, country.own) for number in range(many)]
    for person in people:
        join_household(home, person, start=TAKEOVER, by=by)
    move = offered(country, persons=people)
    for address in (
        reverse("moving:list"),
        reverse("moving:move", args=[move.pk]),
        reverse("moving:closed"),
        reverse("moving:new", args=[country.person.pk]),
    ):
        worker.get(address)
        with django_assert_max_num_queries(25):
            worker.get(address)


def test_the_log_of_changes_does_not_tell_what_was_kept(country: Country) -> None:
    """The neighbour's protection officer reads what the neighbour's people changed, not what the old office wrote."""
    with audit.acting(country.users[Role.WORKER]):
        filled(country)
    moved(country, [])
    parts.record_wish(country.person, about="work", words="Nyt ønske", said=today(), by=country.stranger)
    officer = signed_in(made_user("their officer", country.other, Role.PROTECTION))
    page = officer.get(reverse("audit:changes", args=[country.person.pk])).text
    assert "Nyt ønske" in page
    assert NOTE not in page
    assert MARKS[Group.WISHES] not in page


# The newcomer's own page


def test_the_newcomer_is_asked_reads_it_in_arabic_and_agrees(country: Country, worker: Client) -> None:
    move = prepared(country, ["language", "needs"])
    own = newcomer(country.person, country.users[Role.WORKER], "ar")
    address = reverse("own-move:agree", args=[move.pk])
    asked = own.get("/min/").text
    assert address in asked
    assert "هل يجوز لبلديتك الجديدة" in asked
    page = own.get(address)
    assert "معلومات عن صحتك" in page.text
    assert "رغباتك" not in page.text, "what is not ticked is not asked for"
    assert "Egenby" in page.text
    wrong = own.post(address, {"name": "", "seen": page.context["form"].initial["seen"]})
    assert wrong.context["form"].errors
    own.post(address, {"name": "بروفه", "seen": page.context["form"].initial["seen"]})
    signed = Agreement.objects.get()
    assert (signed.name, signed.language, signed.taken_by) == ("بروفه", "ar", None)
    assert address not in own.get("/min/").text
    assert "لقد وافقت" in own.get(address).text
    office = worker.get(reverse("moving:move", args=[move.pk])).text
    assert "på egen side" in office
    assert reverse("moving:send", args=[move.pk]) in office


def test_a_newcomer_sees_their_own_moves_and_no_withdrawn_one(country: Country, worker: Client) -> None:
    own = newcomer(country.person, country.users[Role.WORKER])
    move = prepared(country)
    worker.post(reverse("moving:withdraw", args=[move.pk]))
    assert own.get(reverse("own-move:agree", args=[move.pk])).status_code == 404
    assert "Må din nye kommune" not in own.get("/min/").text
    for name in ("list", "closed"):
        assert own.get(reverse(f"moving:{name}")).status_code == 302
