"""Signing in with a real browser: passkeys, the brake on guessing, long passwords, and sessions that end unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from fodfaeste.web.accounts.domain.links import password_link
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role

from .conftest import Country

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRET = "a long enough secret"
PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A browser in which nobody is signed in yet; nothing may go wrong in its console."""
    cache.clear()
    context = browser.new_context(base_url=live_server.url, locale="da-DK")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    assert [fault for fault in faults if "429" not in fault] == []


@pytest.fixture
def worker(country: Country) -> User:
    return country.users[Role.WORKER]


def sign_in(page: Page, user: User, password: str = SECRET) -> None:
    page.goto("/konto/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Adgangskode", exact=True).fill(password)
    page.get_by_role("button", name="Log ind", exact=True).last.click()


def test_a_passkey_is_registered_and_signs_in_by_itself(page: Page, worker: User) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})["authenticatorId"]

    sign_in(page, worker)
    page.wait_for_url("**/konto/2fa/")
    page.goto("/konto/2fa/webauthn/add/")
    page.get_by_role("main").get_by_label("Navn").fill("Min computer")
    assert page.get_by_label("uden adgangskode").is_checked()
    page.get_by_role("button", name="Tilføj").click()
    # Codes for a day without it are shown once the password has been given again.
    page.get_by_label("Adgangskode", exact=True).fill(SECRET)
    page.get_by_role("button", name="Bekræft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gendannelseskoder")
    kept = Authenticator.objects.get(user=worker, type=Authenticator.Type.WEBAUTHN)
    assert kept.data["name"] == "Min computer"
    [key] = devices.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert (key["rpId"], key["isResidentCredential"]) == ("localhost", True)

    page.goto("/personer/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Personer")
    page.get_by_role("button", name="Log ud").click()
    page.goto("/personer/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log ind")
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    page.wait_for_url(lambda url: "login" not in url)
    page.goto("/personer/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Personer")


def test_a_passkey_is_the_second_step_after_a_password(page: Page, worker: User) -> None:
    """One that does not sign in by itself is asked for after the password."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})
    sign_in(page, worker)
    page.wait_for_url("**/konto/2fa/")
    page.goto("/konto/2fa/webauthn/add/")
    page.get_by_label("uden adgangskode").uncheck()
    page.get_by_role("button", name="Tilføj").click()
    # The codes for a day without it ask for the password again: the passkey is kept by then.
    expect(page.get_by_role("button", name="Bekræft")).to_be_visible()
    page.get_by_role("button", name="Log ud").click()
    sign_in(page, worker)
    page.wait_for_url("**/konto/2fa/authenticate/**")
    page.goto("/personer/")
    page.wait_for_url("**/konto/2fa/authenticate/**")
    page.get_by_role("button", name="sikkerhedsnøgle").click()
    page.wait_for_url(lambda url: "authenticate" not in url)
    page.goto("/personer/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Personer")


def test_six_wrong_passwords_lock_for_thirty_minutes_and_say_so(page: Page, worker: User) -> None:
    for _ in range(5):
        sign_in(page, worker, "not the secret at all")
        expect(page.get_by_role("heading", level=1)).to_have_text("Log ind")
    sign_in(page, worker, "not the secret at all")
    expect(page.get_by_role("main")).to_contain_text("låst i 30 minutter")
    sign_in(page, worker)
    expect(page.get_by_role("main")).to_contain_text("låst i 30 minutter")
    # 29 minutes later, and 31.
    for minutes, words in ((29, "låst i 30 minutter"), (2, "andet trin")):
        for attempt in AccessAttempt.objects.all():
            AccessAttempt.objects.filter(pk=attempt.pk).update(
                attempt_time=attempt.attempt_time - timedelta(minutes=minutes)
            )
        sign_in(page, worker)
        expect(page.locator("body")).to_contain_text(words)


def test_a_password_has_at_least_16_signs(page: Page, worker: User) -> None:
    page.goto(password_link(worker))
    choose(page, "fifteen signs !")
    expect(page.get_by_role("main")).to_contain_text("16")
    page.goto(password_link(worker))
    choose(page, "sixteen signs, 1")
    page.wait_for_url(lambda url: "set-password" not in url)
    sign_in(page, worker, "sixteen signs, 1")
    page.wait_for_url("**/konto/2fa/")


def choose(page: Page, password: str) -> None:
    for field in page.locator("main input[type=password]").all():
        field.fill(password)
    page.locator("main button[name=action]").click()


def test_after_an_hour_idle_the_session_is_over_and_what_was_typed_is_kept(
    page: Page, country: Country, settings: Any
) -> None:
    """The page's clock is moved on, and the server's: what it has kept of the session is moved back as far."""
    settings.SECOND_FACTOR_REQUIRED = False
    admin = country.users[Role.ADMINISTRATOR]
    sign_in(page, admin)
    page.wait_for_url(lambda url: "login" not in url)
    page.clock.install()
    people = f"/kontor/{country.own.pk}/start/medarbejdere/"
    page.goto(people)
    later(page, timedelta(minutes=59))
    expect(page.get_by_role("alertdialog")).to_contain_text("logget ud")
    assert signed_in_still(page)  # and that was activity: another hour begins
    page.goto(people)
    page.get_by_role("main").get_by_role("textbox").fill("Bo; bo@example.invalid; Leder")
    later(page, timedelta(minutes=61))
    assert not signed_in_still(page)
    page.evaluate("document.querySelectorAll('dialog[open]').forEach(one => one.close())")
    page.get_by_role("button", name="Gem og gå videre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log ind")
    assert not User.objects.filter(email="bo@example.invalid").exists()
    page.get_by_label("E-mail").fill(admin.email)
    page.get_by_label("Adgangskode", exact=True).fill(SECRET)
    page.get_by_role("button", name="Log ind", exact=True).last.click()
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(people)
    expect(page.get_by_role("main").get_by_role("textbox")).to_have_value("Bo; bo@example.invalid; Leder")
    page.get_by_role("button", name="Gem og gå videre").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Regelsæt")
    assert User.objects.filter(email="bo@example.invalid").exists()


def later(page: Page, passed: timedelta) -> None:
    page.clock.fast_forward(int(passed.total_seconds() * 1000))
    for session in Session.objects.all():
        Session.objects.filter(pk=session.pk).update(expire_date=session.expire_date - passed)


def signed_in_still(page: Page) -> bool:
    return "/login/" not in page.request.get("/kontor/").url
