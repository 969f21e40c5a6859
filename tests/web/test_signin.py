"""Signing in: the second factor, the brake on guessing, sessions that end, and an office's own sign-in."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache, caches
from django.core.cache.backends import locmem
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.adapter import Adapter, OfficeAdapter, SecondFactorAdapter
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.sealed import seal, unseal
from fodfaeste.web.config.environment import read_environment

from .conftest import Country, signed_in

SECRET = "a long enough secret"
SET_UP = "/konto/2fa/"
SEE_PERSONS = (Role.WORKER, Role.CONSULTANT, Role.LEADER, Role.ANALYST, Role.PROTECTION, Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def _nobody_has_tried_before(db: None) -> None:
    cache.clear()


def another_process() -> None:
    """What is only in this process's memory is forgotten, as a process that has just started does not have it."""
    locmem._caches.clear()
    locmem._expire_info.clear()
    for name in settings.CACHES:
        del caches[name]


def sign_in(browser: Client, user: User, password: str = SECRET) -> HttpResponse:
    return browser.post("/konto/login/", {"login": user.email, "password": password})


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def without_factor(user: User) -> Client:
    browser = Client()
    browser.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.mark.parametrize("role", SEE_PERSONS)
def test_nothing_opens_before_a_second_factor(country: Country, role: Role) -> None:
    browser = without_factor(country.users[role])
    for path in ("/", "/personer/", f"/personer/{country.person.pk}/", "/kontor/", "/konto/password/change/"):
        answer = browser.get(path)
        assert (answer.status_code, answer["Location"]) == (302, SET_UP), path
    assert "Vælg først et andet trin" in browser.get(SET_UP).text
    assert browser.get("/sundhed/").status_code == 200


def test_an_app_opens_what_was_closed(country: Country) -> None:
    """From the first sign-in with a password to the list of persons, and in again with a code."""
    worker = country.users[Role.WORKER]
    browser = Client()
    assert sign_in(browser, worker).status_code == 302
    assert browser.get("/personer/")["Location"] == SET_UP
    page = browser.get("/konto/2fa/totp/activate/")
    secret = page.context["form"].secret
    browser.post("/konto/2fa/totp/activate/", {"code": code_of(secret)})
    assert browser.get("/personer/").status_code == 200
    kept = Authenticator.objects.get(user=worker, type=Authenticator.Type.TOTP)
    assert secret not in str(kept.data)

    another = Client()
    assert sign_in(another, worker)["Location"].startswith("/konto/2fa/authenticate/")
    assert another.get("/personer/").status_code == 302
    another.post("/konto/2fa/authenticate/", {"code": code_of(secret)})
    assert another.get("/personer/").status_code == 200


def test_codes_on_paper_alone_are_no_second_factor(country: Country) -> None:
    worker = country.users[Role.WORKER]
    RecoveryCodes.activate(worker)
    assert without_factor(worker).get("/personer/")["Location"] == SET_UP


def test_a_passkey_is_one(country: Country) -> None:
    worker = country.users[Role.WORKER]
    Authenticator.objects.create(user=worker, type=Authenticator.Type.WEBAUTHN, data={"name": "telefon"})
    assert without_factor(worker).get("/personer/").status_code == 200


def test_who_sees_no_person_needs_none(country: Country) -> None:
    assert without_factor(country.users[Role.NEWCOMER]).get("/personer/").status_code == 200


def test_a_try_out_without_second_factor_says_so(country: Country, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    page = without_factor(country.users[Role.WORKER]).get("/personer/")
    assert page.status_code == 200
    assert "Prøveopstilling" in page.text
    assert "Prøveopstilling" in Client().get("/konto/login/").text


def test_a_secret_is_sealed_for_its_purpose_and_by_a_key_that_can_be_changed(settings: Any) -> None:
    sealed = seal("GEZDGNBV", "second factor")
    assert unseal(sealed, "drafts") is None
    settings.SALT_KEY = ["a new key", *settings.SALT_KEY]
    assert unseal(sealed, "second factor") == "GEZDGNBV"
    settings.SALT_KEY = ["a new key"]
    assert unseal(sealed, "second factor") is None


def test_no_code_opens_where_the_key_is_gone(country: Country, settings: Any) -> None:
    """A secret that cannot be read is replaced by one that nobody knows, never by an empty one that everybody knows."""
    worker = country.users[Role.WORKER]
    TOTP.activate(worker, "GEZDGNBVGY3TQOJQ")
    settings.SALT_KEY = ["another key"]
    readings = {SecondFactorAdapter().decrypt(seal("x", "another purpose")) for _ in range(5)}
    assert len(readings) == 5
    browser = Client()
    sign_in(browser, worker)
    for secret in ("", "GEZDGNBVGY3TQOJQ"):
        browser.post("/konto/2fa/authenticate/", {"code": code_of(secret)})
    assert browser.get("/personer/").status_code == 302


def test_six_wrong_passwords_lock_for_thirty_minutes(country: Country) -> None:
    leader = country.users[Role.LEADER]
    browser = Client()
    for _ in range(5):
        assert sign_in(browser, leader, "wrong").status_code == 200
    sixth = sign_in(browser, leader, "wrong")
    assert sixth.status_code == 429
    assert "Kontoen er låst i 30 minutter" in sixth.text
    assert sign_in(Client(), leader).status_code == 429
    assert sign_in(Client(), country.users[Role.WORKER]).status_code == 302  # the same address on the net

    earlier(29)
    assert sign_in(Client(), leader).status_code == 429
    earlier(2)
    assert sign_in(Client(), leader).status_code == 302


def earlier(minutes: int) -> None:
    """Move what was tried back in time, as if the clock had gone on."""
    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= timedelta(minutes=minutes)
        attempt.save()


def test_the_right_password_forgets_wrong_ones(country: Country) -> None:
    leader = country.users[Role.LEADER]
    for _ in range(2):
        for _ in range(5):
            assert sign_in(Client(), leader, "wrong").status_code == 200
        assert sign_in(Client(), leader).status_code == 302


def test_codes_are_not_guessed_for_ever(country: Country) -> None:
    worker = country.users[Role.WORKER]
    TOTP.activate(worker, "GEZDGNBVGY3TQOJQ")
    browser = Client()
    sign_in(browser, worker)
    for _ in range(12):
        browser.post("/konto/2fa/authenticate/", {"code": "000000"})
    answer = browser.post("/konto/2fa/authenticate/", {"code": code_of("GEZDGNBVGY3TQOJQ")})
    assert answer.status_code == 200
    assert browser.get("/personer/").status_code == 302


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_wrong_codes_count_over_processes(country: Country, processes: int) -> None:
    worker = country.users[Role.WORKER]
    TOTP.activate(worker, "GEZDGNBVGY3TQOJQ")
    browser = Client()
    sign_in(browser, worker)
    for number in range(12):
        if number % (12 // processes) == 0:
            another_process()
        browser.post("/konto/2fa/authenticate/", {"code": "000000"})
    another_process()
    answer = browser.post("/konto/2fa/authenticate/", {"code": code_of("GEZDGNBVGY3TQOJQ")})
    assert answer.status_code == 200
    assert browser.get("/personer/").status_code == 302


def test_fewer_wrong_codes_open_still(country: Country) -> None:
    worker = country.users[Role.WORKER]
    TOTP.activate(worker, "GEZDGNBVGY3TQOJQ")
    browser = Client()
    sign_in(browser, worker)
    for _ in range(11):
        browser.post("/konto/2fa/authenticate/", {"code": "000000"})
    assert browser.post("/konto/2fa/authenticate/", {"code": code_of("GEZDGNBVGY3TQOJQ")}).status_code == 302
    assert browser.get("/personer/").status_code == 200


def test_a_session_ends_an_hour_after_the_last_request(country: Country) -> None:
    browser = signed_in(country.users[Role.WORKER])
    browser.get("/personer/")
    session = Session.objects.get(pk=browser.session.session_key)
    left = session.expire_date - timezone.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert browser.get("/personer/").status_code == 302


def test_nobody_signs_themselves_up(db: None) -> None:
    page = Client().post(
        "/konto/signup/", {"email": "ny@example.invalid", "password1": SECRET, "password2": SECRET}, follow=True
    )
    assert page.status_code in {200, 403}
    assert not User.objects.exists()


def test_nobody_gives_themselves_another_address(country: Country) -> None:
    """An office's own sign-in finds accounts by address: whoever could choose theirs could be somebody else."""
    leader = country.users[Role.LEADER]
    signed_in(leader).post("/konto/email/", {"action_add": "", "email": "anden@example.invalid"})
    leader.refresh_from_db()
    assert leader.email == "leader@example.invalid"
    assert not User.objects.filter(email="anden@example.invalid").exists()


class Office:
    """The office's own sign-in, as far as a client sees it: it says what it is told to say of who signs in."""

    def __init__(self, claims: dict[str, Any]) -> None:
        self.claims = claims
        self.status_code, self.headers = 200, {"content-type": "application/json"}
        self.said: dict[str, Any] = {}

    def __enter__(self) -> Office:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def get(self, url: str, **_: object) -> Office:
        base = "https://kontor.example.invalid"
        if url.endswith("openid-configuration"):
            ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            self.said = {"issuer": base, **{f"{name}_endpoint": f"{base}/{path}" for name, path in ends.items()}}
        else:
            self.said = self.claims
        return self

    def request(self, _method: str, _url: str, **_: object) -> Office:
        self.said = {"access_token": "for the office alone", "token_type": "bearer"}
        return self

    def json(self) -> dict[str, Any]:
        return self.said

    def raise_for_status(self) -> None:
        pass


@pytest.fixture
def by_the_office(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    """Come back from the office's own sign-in with what it says of you."""
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "kontor",
                    "name": "Kontoret",
                    "client_id": "fodfaeste",
                    "secret": "s",
                    "settings": {"server_url": "https://kontor.example.invalid"},
                }
            ]
        }
    }

    def come_back(claims: dict[str, Any], browser: Client | None = None, process: str = "login") -> Client:
        browser = browser or Client()
        monkeypatch.setattr(OfficeAdapter, "get_requests_session", lambda _self: Office({"sub": "17", **claims}))
        to = urlsplit(browser.get("/konto/oidc/kontor/login/", {"process": process})["Location"])
        assert to.hostname == "kontor.example.invalid"
        state = parse_qs(to.query)["state"][0]
        browser.answer = browser.get("/konto/oidc/kontor/login/callback/", {"code": "c", "state": state})
        return browser

    return come_back


def signed_in_as(browser: Client) -> str | None:
    return browser.session.get("_auth_user_id")


def test_a_verified_address_finds_its_account(country: Country, by_the_office: Any) -> None:
    leader = country.users[Role.LEADER]
    browser = by_the_office({"email": "Leader@Example.invalid", "email_verified": True})
    assert signed_in_as(browser) == str(leader.pk)
    assert User.objects.count() == len(country.users) + 1


def test_the_second_factor_is_asked_of_them_too(country: Country, by_the_office: Any) -> None:
    worker = country.users[Role.WORKER]
    TOTP.activate(worker, "GEZDGNBVGY3TQOJQ")
    browser = by_the_office({"email": worker.email, "email_verified": True})
    assert signed_in_as(browser) is None
    assert browser.answer["Location"].startswith("/konto/2fa/authenticate/")


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "leader@example.invalid", "email_verified": False},
        {"email": "leader@example.invalid"},
        {"email": "ukendt@example.invalid", "email_verified": True},
        {},
    ],
)
def test_anybody_else_gets_neither_in_nor_an_account(
    country: Country, by_the_office: Any, claims: dict[str, Any]
) -> None:
    before = User.objects.count()
    browser = by_the_office(claims)
    assert signed_in_as(browser) is None
    assert User.objects.count() == before


def test_a_closed_account_stays_closed(country: Country, by_the_office: Any) -> None:
    User.objects.filter(email="leader@example.invalid").update(is_active=False)
    browser = by_the_office({"email": "leader@example.invalid", "email_verified": True})
    assert browser.get("/personer/").status_code == 302
    assert signed_in_as(browser) is None


def test_accounts_are_not_tied_to_another_for_good(country: Country, by_the_office: Any) -> None:
    """Otherwise the office's word would count even after the address had gone to somebody else."""
    browser = signed_in(country.users[Role.LEADER])
    browser = by_the_office({"email": "x@example.invalid", "email_verified": True}, browser, "connect")
    assert browser.answer["Location"] == SET_UP
    assert not country.users[Role.LEADER].socialaccount_set.exists()


def test_without_an_office_of_its_own_there_is_no_such_address(db: None) -> None:
    assert Client().get("/konto/oidc/kontor/login/").status_code == 404


def test_setting_up_asks_for_the_password_again_a_while_after_sign_in(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Client()
    sign_in(browser, country.users[Role.WORKER])
    assert browser.get("/konto/2fa/totp/activate/").status_code == 200
    monkeypatch.setattr(Adapter, "_seconds_since_sign_in", lambda _self: 301)
    assert browser.get("/konto/2fa/totp/activate/")["Location"].startswith("/konto/reauthenticate/")


OIDC = {
    "FODFAESTE_OIDC_ISSUER": "https://kontor.example.invalid",
    "FODFAESTE_OIDC_CLIENT_ID": "fodfaeste",
    "FODFAESTE_OIDC_CLIENT_SECRET": "s",
}


def test_the_environment_says_how_an_office_signs_in(tmp_path: Path) -> None:
    found = read_environment({"FODFAESTE_DATA": str(tmp_path), **OIDC})
    assert [office.app["settings"]["server_url"] for office in found.offices] == ["https://kontor.example.invalid"]
    assert found.second_factor
    silent = read_environment({"FODFAESTE_DATA": str(tmp_path), "FODFAESTE_SECOND_FACTOR": "off"})
    assert (silent.offices, silent.second_factor) == ((), False)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"FODFAESTE_OIDC_CLIENT_ID": "x"}, "FODFAESTE_OIDC_ISSUER and FODFAESTE_OIDC_CLIENT_SECRET missing"),
        ({**OIDC, "FODFAESTE_OIDC_ISSUER": "http://kontor"}, "FODFAESTE_OIDC_ISSUER is 'http://kontor'"),
        ({"FODFAESTE_SECOND_FACTOR": "no"}, "FODFAESTE_SECOND_FACTOR is 'no'"),
    ],
)
def test_half_a_sign_in_is_refused(tmp_path: Path, variables: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_environment({"FODFAESTE_DATA": str(tmp_path), **variables})
