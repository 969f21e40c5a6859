"""Drafts of any form about a person: encrypted, given back, let go; of two windows, and after a session has ended."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.drafts import LARGE, drop_draft, keep_draft
from fodfaeste.web.programme.models import Draft

from .conftest import Country, made_person, signed_in
from .programme_examples import opened

Sent = dict[str, str | list[str]]


@pytest.fixture
def worker(country: Country) -> User:
    return country.users[Role.WORKER]


@pytest.fixture
def page(country: Country, worker: User) -> Client:
    opened(country)
    client = signed_in(worker)
    client.get(note(country).replace("skriv/", ""))
    return client


def note(country: Country) -> str:
    """Where the form of a note is sent."""
    return f"/program/{country.person.pk}/journal/skriv/"


def at(country: Country, form: str = "") -> str:
    return f"/program/{country.person.pk}/kladde/?formular={form or note(country)}"


def typed(country: Country, text: str, window: str = "et", seen: int = 0, form: str = "", **more: str) -> Sent:
    return {
        "kladde-formular": form or note(country),
        "kladde-vindue": window,
        "kladde-set": str(seen),
        "text": text,
        **more,
    }


def test_what_is_typed_comes_back_with_its_choices(country: Country, page: Client) -> None:
    told = page.post(at(country), typed(country, "Halvt", template="Telefonnotat", tags="bus")).json()
    assert told["edits"] == 1
    fields = dict(page.get(at(country)).json()["fields"])
    assert fields == {"text": "Halvt", "template": "Telefonnotat", "tags": "bus"}


def test_each_form_has_its_own_and_nobody_elses_is_seen(country: Country, page: Client, worker: User) -> None:
    goal = f"/program/{country.person.pk}/plan/maal/"
    page.post(at(country), typed(country, "Til notatet"))
    page.post(at(country, goal), typed(country, "Til målet", form=goal))
    assert dict(page.get(at(country, goal)).json()["fields"])["text"] == "Til målet"
    assert signed_in(country.users[Role.CONSULTANT]).get(at(country)).json() == {}
    assert signed_in(country.stranger).get(at(country)).status_code == 404
    with pytest.raises(Refused, match="hører ikke til din kommune"):
        keep_draft(country.person, by=country.stranger, address="/x/", fields=(), window="et")


def test_it_lies_encrypted(country: Country, page: Client) -> None:
    page.post(at(country), typed(country, "Hun har fået diabetes"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT fields, other FROM programme_draft")
        lies = str(cursor.fetchall())
    assert "diabetes" not in lies
    assert Draft.objects.get().text == "Hun har fået diabetes"


def test_it_goes_when_the_form_is_saved_and_stays_when_it_is_refused(country: Country, page: Client) -> None:
    page.post(at(country), typed(country, "Halvt"))
    sent = {"kind": "note", "day": "2024-03-05", "text": "", "kladde": note(country)}
    page.post(note(country), sent)
    assert Draft.objects.exists()
    page.post(note(country), sent | {"text": "Helt"})
    assert not Draft.objects.exists()


def test_any_form_that_names_its_draft_lets_it_go_when_saved(country: Country, page: Client) -> None:
    goal = f"/program/{country.person.pk}/plan/maal/"
    page.post(at(country, goal), typed(country, "", form=goal, words="Jeg vil"))
    page.post(goal, {"words": "Jeg vil arbejde", "language": "da", "kladde": goal})
    assert not Draft.objects.exists()


def test_of_what_belongs_to_a_person_wishes_have_drafts(country: Country, page: Client) -> None:
    wish = f"/personer/{country.person.pk}/oenske/ny/"
    assert f'data-draft="/program/{country.person.pk}/kladde/"' in page.get(wish).text
    assert "data-draft-filled" in page.post(wish, {"words": "Uden resten"}).text
    assert "data-draft" not in page.get(f"/personer/{country.person.pk}/sprog/ny/").text


def test_it_goes_when_it_is_not_wanted(country: Country, page: Client, worker: User) -> None:
    page.post(at(country), typed(country, "Halvt"))
    assert page.post(at(country), typed(country, "") | {"kladde-smid": "1"}).json() == {}
    assert page.get(at(country)).json() == {}
    keep_draft(country.person, by=worker, address="/a/", fields=(("words", "Et"),), window="et")
    drop_draft(country.person, by=worker)
    assert not Draft.objects.exists()


def test_it_goes_after_30_days(country: Country, page: Client) -> None:
    page.post(at(country), typed(country, "Halvt"))
    for days, there in ((29, True), (30, False)):
        Draft.objects.update(saved=timezone.now() - timedelta(days=days))
        assert bool(page.get(at(country)).json()) is there
    said = StringIO()
    call_command("forget_drafts", stdout=said)
    assert said.getvalue() == "1\n"
    assert not Draft.objects.exists()


def test_it_goes_with_the_person(country: Country, worker: User) -> None:
    person = made_person("Kort", worker, country.own)
    keep_draft(person, by=worker, address="/a/", fields=(("words", "Et"),), window="et")
    person.responsibilities.all().delete()
    Person.objects.filter(pk=person.pk).delete()
    assert not Draft.objects.exists()


def test_of_two_windows_the_later_wins_and_both_texts_are_kept(country: Country, page: Client) -> None:
    page.post(at(country), typed(country, "Fra det første vindue", window="et"))
    told = page.post(at(country), typed(country, "Fra det andet", window="to")).json()
    assert dict(told["fields"])["text"] == "Fra det andet"
    assert dict(told["other"])["text"] == "Fra det første vindue"
    again = page.get(at(country)).json()
    assert (dict(again["fields"])["text"], dict(again["other"])["text"]) == ("Fra det andet", "Fra det første vindue")


def test_a_window_that_has_seen_what_stands_writes_on(country: Country, page: Client) -> None:
    edits = page.post(at(country), typed(country, "Begyndt", window="et")).json()["edits"]
    told = page.post(at(country), typed(country, "Begyndt og ført videre", window="to", seen=edits)).json()
    assert told["other"] == []


def test_more_than_a_form_holds_is_not_kept_and_says_so(country: Country, page: Client) -> None:
    told = page.post(at(country), typed(country, "x" * (LARGE + 1))).json()
    assert "for lang" in told["refused"]
    assert not Draft.objects.exists()


# ------------------------------------------------------------------ the session ends


def test_what_is_typed_after_the_session_has_ended_is_there_after_sign_in(
    country: Country, page: Client, worker: User
) -> None:
    page.post(at(country), typed(country, "Før"))
    page.cookies.pop("sessionid")
    journal = f"http://testserver{note(country).replace('skriv/', '')}"
    answer = page.post(at(country), typed(country, "Før og efter", seen=1), headers={"referer": journal})
    assert answer.status_code == 302
    page.force_login(worker, "allauth.account.auth_backends.AuthenticationBackend")
    shown = page.get(journal)
    assert shown.status_code == 200
    assert dict(page.get(at(country)).json()["fields"])["text"] == "Før og efter"
    assert Draft.objects.get().text == "Før og efter"


def test_it_is_claimed_by_nobody_else_at_the_same_desk(country: Country, page: Client) -> None:
    page.cookies.pop("sessionid")
    page.post(at(country), typed(country, "Hemmeligt"))
    signed_in(country.users[Role.CONSULTANT])
    page.force_login(country.users[Role.CONSULTANT], "allauth.account.auth_backends.AuthenticationBackend")
    assert page.get(at(country)).json() == {}
