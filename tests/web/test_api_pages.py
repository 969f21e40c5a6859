"""The administrator's page of tokens: made, shown once, listed, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.api.models import Token
from fodfaeste.web.api.tokens import Scope, make_token
from fodfaeste.web.audit.models import Change

from .conftest import Country, made_user, signed_in

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def page_of(office: Organisation) -> str:
    return f"/kontor/{office.pk}/adgangsnoegler/"


def asked_for(**more: object) -> dict[str, object]:
    last = timezone.localdate() + timedelta(days=30)
    return {"name": "ESDH", "scopes": ["persons:read", "plans:read"], "last": last.isoformat(), **more}


def secret_on(page: str) -> str:
    return re.search(r'value="(fod_[\w-]+)"', page)[1]


def reads(secret: str, address: str = "/api/v1/persons") -> int:
    return Client().get(address, headers={"authorization": f"Bearer {secret}"}).status_code


def test_a_token_is_made_and_its_secret_is_shown_once(country: Country) -> None:
    administrator = signed_in(country.users[Role.ADMINISTRATOR])
    made = administrator.post(page_of(country.own), asked_for())
    secret = secret_on(made.text)
    assert "no-store" in made["Cache-Control"]
    assert reads(secret) == reads(secret, "/api/v1/plans") == 200
    assert reads(secret, "/api/v1/follow-ups") == 403
    listed = administrator.get(page_of(country.own)).text
    assert secret not in listed
    assert "ESDH" in listed
    assert "Planer: mål" in listed.partition("<h2>")[0]
    assert "Opfølgninger: hvilken dag" not in listed.partition("<h2>")[0]


def test_it_works_until_its_last_day_is_over(country: Country) -> None:
    signed_in(country.users[Role.ADMINISTRATOR]).post(page_of(country.own), asked_for())
    token = Token.objects.get()
    last = timezone.localdate() + timedelta(days=30)
    assert token.last_day == last
    assert timezone.localtime(token.expires) == timezone.make_aware(
        datetime.combine(last + timedelta(days=1), datetime.min.time())
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"last": (timezone.localdate() - timedelta(days=1)).isoformat()}, "varer højst et år og udløber på en dag"),
        ({"last": (timezone.localdate() + timedelta(days=400)).isoformat()}, "varer højst et år"),
        ({"scopes": []}, "Dette felt er påkrævet"),
        ({"scopes": ["cpr:read"]}, "Marker en gyldig valgmulighed"),
        ({"name": ""}, "Dette felt er påkrævet"),
    ],
)
def test_what_is_refused_is_said_and_nothing_is_made(country: Country, wrong: dict[str, object], words: str) -> None:
    page = signed_in(country.users[Role.ADMINISTRATOR]).post(page_of(country.own), asked_for(**wrong))
    assert words in page.text
    assert "error-summary" in page.text
    assert not Token.objects.exists()


def test_a_token_is_withdrawn_on_the_page(country: Country) -> None:
    administrator = signed_in(country.users[Role.ADMINISTRATOR])
    secret = secret_on(administrator.post(page_of(country.own), asked_for()).text)
    assert ">aldrig</td>" in administrator.get(page_of(country.own)).text
    assert reads(secret) == 200
    token = Token.objects.get()
    assert token.used == timezone.localdate()
    assert ">aldrig</td>" not in administrator.get(page_of(country.own)).text
    page = administrator.post(f"{page_of(country.own)}{token.pk}/traek-tilbage/", follow=True).text
    assert "er trukket tilbage og virker ikke mere" in page
    assert "Virker ikke mere" in page
    assert reads(secret) == 401


def test_the_day_of_the_last_use_is_written_once_a_day(country: Country) -> None:
    soon, by = timezone.now() + timedelta(days=7), country.users[Role.ADMINISTRATOR]
    token, secret = make_token("ESDH", country.own, [Scope.PERSONS], expires=soon, by=by)
    for _ in range(3):
        assert reads(secret) == 200
    uses = Change.objects.filter(table="api_token", operation="update")
    assert [change.words for change in uses] == ["token: ESDH"]
    Token.objects.filter(pk=token.pk).update(used=timezone.localdate() - timedelta(days=1))
    assert reads(secret) == 200
    token.refresh_from_db()
    assert token.used == timezone.localdate()


def test_only_a_municipality_has_persons_to_read(country: Country) -> None:
    school = Organisation.objects.create(kind=Kind.SCHOOL, name="Sprogskolen")
    head = made_user("rektor", school, Role.ADMINISTRATOR)
    assert signed_in(head).get(page_of(school)).status_code == 404
    with pytest.raises(Refused, match="ikke få lov til"):
        make_token("ESDH", school, [Scope.PERSONS], expires=timezone.now() + timedelta(days=7), by=head)


# In a browser


@pytest.fixture
def page(browser: Browser, transactional_db: None, live_server: Any, country: Country) -> Iterator[Page]:
    """A browser in which the own municipality's administrator is signed in; nothing goes wrong in its console."""
    session = signed_in(country.users[Role.ADMINISTRATOR]).cookies["sessionid"].value
    context = browser.new_context(base_url=live_server.url, locale="da-DK")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults


def without_fault(page: Page) -> None:
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
def test_a_token_is_made_copied_and_withdrawn_in_both_languages(page: Page, country: Country) -> None:
    page.goto(page_of(country.own))
    without_fault(page)
    page.get_by_label("Hvilket system").fill("ESDH")
    page.get_by_text("Opfølgninger: hvilken dag").click()
    page.get_by_role("button", name="Lav en adgangsnøgle").click()
    page.get_by_role("heading", name="Adgangsnøgle til ESDH").wait_for()
    without_fault(page)
    page.get_by_role("button", name="Kopiér").click()
    page.get_by_text("Kopieret").wait_for()
    secret = page.get_by_label("Adgangsnøgle", exact=True).input_value()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.get_by_role("link", name="Tilbage til adgangsnøgler").click()
    page.get_by_role("button", name="English").click()
    page.wait_for_function("document.documentElement.lang === 'en'")
    without_fault(page)
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= 320")
    page.get_by_role("rowheader", name="ESDH").wait_for()
    page.locator("table form button").click()
    page.locator("h2 + ul li", has_text="ESDH").wait_for()
    without_fault(page)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["da", "en"])
def test_an_agency_s_page_of_tokens_has_no_fault(page: Page, live_server: Any, language: str) -> None:
    office = Organisation.objects.create(kind=Kind.AGENCY, name="Styrelsen")
    session = signed_in(made_user("administrator-styrelse", office, Role.ADMINISTRATOR)).cookies["sessionid"].value
    page.context.add_cookies(
        [
            {"name": "sessionid", "value": session, "url": live_server.url},
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url},
        ]
    )
    page.goto(page_of(office))
    without_fault(page)
    words = {"da": "Skrive nye ankommende husstande ind", "en": "Write new arriving households down"}
    page.get_by_text(words[language]).click()
    page.locator("input[name=name]").fill("Modtagecenter")
    page.locator("main form button[type=submit]").click()
    page.locator("#noegle").wait_for()
    without_fault(page)
    assert Token.objects.get().scopes == ["arrivals:write"]
