"""What was typed when a session ended is there again after sign-in: for the same user, in the same browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from fodfaeste.web.accounts import drafts
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role

from .conftest import Country, signed_in

TYPED = {"languages": ["ar", "uk"]}


def start_page(country: Country) -> str:
    return f"/kontor/{country.own.pk}/start/sprog/"


def small_form(country: Country) -> str:
    """A form that stands on another page, and whose own address shows none."""
    return f"/kontor/{country.own.pk}/bruger/{country.users[Role.LEADER].pk}/rolle/"


def session_ends(browser: Client) -> None:
    """An hour without a request: the session is over at the server, and its cookie is gone."""
    Session.objects.all().delete()
    del browser.cookies["sessionid"]


def signs_in_again(browser: Client, user: User) -> None:
    browser.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")


@pytest.fixture
def at_work(country: Country) -> Client:
    """An administrator's browser, whose session ends while something is being typed."""
    browser = signed_in(country.users[Role.ADMINISTRATOR])
    browser.get(start_page(country))
    session_ends(browser)
    return browser


def test_what_was_typed_stands_in_the_form_again(country: Country, at_work: Client) -> None:
    answer = at_work.post(start_page(country), TYPED)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/konto/login/?next=%2Fkontor")
    signs_in_again(at_work, country.users[Role.ADMINISTRATOR])
    page = at_work.get(start_page(country))
    assert "Det er ikke gemt endnu" in page.text
    assert page.context["form"]["languages"].value() == ["ar", "uk"]
    assert country.own.languages == []


def test_it_waits_until_it_is_sent(country: Country, at_work: Client) -> None:
    at_work.post(start_page(country), TYPED)
    signs_in_again(at_work, country.users[Role.ADMINISTRATOR])
    for _ in range(2):
        assert "Det er ikke gemt endnu" in at_work.get(start_page(country)).text
    at_work.post(start_page(country), TYPED)
    country.own.refresh_from_db()
    assert country.own.languages == ["da", "ar", "uk"]
    assert "Det er ikke gemt endnu" not in at_work.get(start_page(country)).text


def test_a_form_that_does_not_ask_for_it_leads_to_a_page_with_it(country: Country, at_work: Client) -> None:
    page = f"/kontor/{country.own.pk}/bruger/{country.users[Role.LEADER].pk}/"
    sent = {"role": "worker", "start": "2999-01-01"}
    answer = at_work.post(small_form(country), sent, headers={"Referer": f"http://testserver{page}?x=1"})
    assert "x%3D1" in answer["Location"]
    signs_in_again(at_work, country.users[Role.ADMINISTRATOR])
    assert at_work.get(f"{page}?x=1")["Location"] == "/kontor/kladder/"
    shown = at_work.get("/kontor/kladder/").text
    assert "2999-01-01" in shown
    assert f'action="{small_form(country)}"' in shown
    at_work.post(small_form(country), sent)
    assert "2999-01-01" not in at_work.get("/kontor/kladder/").text
    assert country.users[Role.LEADER].memberships.count() == 2


def test_it_can_be_thrown_away(country: Country, at_work: Client) -> None:
    at_work.post(start_page(country), TYPED)
    signs_in_again(at_work, country.users[Role.ADMINISTRATOR])
    at_work.post("/kontor/kladder/")
    assert "Det er ikke gemt endnu" not in at_work.get(start_page(country)).text


def test_it_lies_encrypted(country: Country, at_work: Client) -> None:
    at_work.post(small_form(country), {"words": "Noget fortroligt"})
    kept = str(at_work.session[drafts.KEPT])
    assert "fortroligt" not in kept
    assert "words" not in kept


def test_the_next_one_at_the_desk_sees_nothing_of_it(country: Country, at_work: Client) -> None:
    at_work.post(start_page(country), TYPED)
    signs_in_again(at_work, country.users[Role.LEADER])
    at_work.get("/personer/")
    assert drafts.KEPT not in at_work.session
    signs_in_again(at_work, country.users[Role.ADMINISTRATOR])
    assert "Det er ikke gemt endnu" not in at_work.get(start_page(country)).text


def test_it_is_offered_for_a_working_day(country: Country, at_work: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work.post(start_page(country), TYPED)
    signs_in_again(at_work, country.users[Role.ADMINISTRATOR])
    monkeypatch.setattr(drafts, "HOURS", 0)
    assert "Det er ikke gemt endnu" not in at_work.get(start_page(country)).text


def test_who_signed_out_left_nothing(country: Country) -> None:
    browser = signed_in(country.users[Role.ADMINISTRATOR])
    browser.get(start_page(country))
    browser.post("/konto/logout/")
    assert browser.cookies[drafts.WHO].value == ""
    browser.post(start_page(country), TYPED)
    assert drafts.KEPT not in browser.session


def test_a_strangers_post_is_not_kept(country: Country) -> None:
    browser = Client()
    browser.post(start_page(country), TYPED)
    browser.cookies[drafts.WHO] = "1:forged"
    browser.post(start_page(country), TYPED)
    assert drafts.KEPT not in browser.session


@pytest.mark.parametrize(
    "typed", [{"password1": "secret"}, {"csrfmiddlewaretoken": "x"}, {"words": ""}, {"words": "x" * (drafts.LARGE + 1)}]
)
def test_what_is_never_kept(country: Country, at_work: Client, typed: dict[str, Any]) -> None:
    at_work.post(small_form(country), typed)
    assert drafts.KEPT not in at_work.session


def test_at_most_five_wait_and_the_newest_of_a_form(country: Country, at_work: Client) -> None:
    for number in range(7):
        at_work.post(f"{start_page(country)}?nr={number % 6}", {"languages": str(number)})
    signs_in_again(at_work, country.users[Role.ADMINISTRATOR])
    shown = at_work.get("/kontor/kladder/").context["drafts"]
    assert [dict(draft.fields)["languages"] for draft in shown] == ["2", "3", "4", "5", "6"]


def test_a_small_update_leads_the_whole_page_to_sign_in(country: Country, at_work: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{start_page(country)}"}
    answer = at_work.post(small_form(country), {"words": "Noget"}, headers=headers)
    assert answer["HX-Redirect"].startswith("/konto/login/?next=%2Fkontor")
    assert "start%2Fsprog" in answer["HX-Redirect"]


def test_a_page_elsewhere_is_never_led_to(country: Country, at_work: Client) -> None:
    answer = at_work.post(start_page(country), TYPED, headers={"Referer": "https://evil.example/kontor/"})
    assert "evil" not in answer["Location"]


def test_the_cookie_says_who_it_was_for_twelve_hours(country: Country, at_work: Client) -> None:
    cookie = at_work.cookies[drafts.WHO]
    assert cookie["max-age"] == timedelta(hours=12).total_seconds()
    assert cookie["httponly"]
