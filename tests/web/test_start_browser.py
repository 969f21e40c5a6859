"""A municipality starts, in a browser: from an empty database to the first saved talk, stopping at each step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from fodfaeste.web.accounts.domain.first import first_administrator
from fodfaeste.web.accounts.domain.links import password_link
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.models import JournalNote, Programme

from .browser.conftest import violations
from .test_logo import png

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIVE_MINUTES = 300.0
PASSWORD = "lange ord om vinteren"
LIST = "Bo Opdigtet; bo@example.invalid; Integrationsmedarbejder\nLis Opdigtet; lis@example.invalid; Leder"
STEPS = ("kommune", "aabningstider", "sprog", "roller", "medarbejdere", "regelsaet", "opdigtede-data", "faerdig")


class Visit:
    """Browsers of people who come and go."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.faults: list[str] = []
        self.secrets: dict[str, str] = {}

    def opens(self) -> Page:
        page = self.browser.new_context(base_url=self.address, locale="da-DK").new_page()
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        return page

    def first_time(self, page: Page, email: str, link: str) -> None:
        """Choose a password by a link, sign in, and set an app with codes up as the second step."""
        page.goto(link)
        for field in page.locator("main input[type=password]").all():
            field.fill(PASSWORD)
        page.locator("main button[name=action]").click()
        page.wait_for_url(lambda url: "set-password" not in url)
        self._password(page, email)
        page.wait_for_url("**/konto/2fa/")
        page.goto("/konto/2fa/totp/activate/")
        self.secrets[email] = page.get_by_role("main").locator("input[readonly], input[disabled]").first.input_value()
        page.get_by_role("main").locator("input[name=code]").fill(self._code(email))
        page.get_by_role("button", name="Aktiver").click()
        page.wait_for_url(lambda url: "activate" not in url)

    def comes_back(self, email: str) -> Page:
        """Sign in in another browser, by password and code."""
        page = self.opens()
        self._password(page, email)
        page.wait_for_url("**/konto/2fa/authenticate/**")
        page.get_by_role("main").locator("input[name=code]").fill(self._code(email))
        page.get_by_role("main").locator("button[type=submit]").first.click()
        page.wait_for_url(lambda url: "authenticate" not in url)
        return page

    def _password(self, page: Page, email: str) -> None:
        page.goto("/konto/login/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log ind", exact=True).last.click()
        page.wait_for_url(lambda url: "/login/" not in url)

    def _code(self, email: str) -> str:
        # A code is taken once: the next visit is given that of the next half minute.
        cache.clear()
        return str(format_hotp_value(hotp_value(self.secrets[email], int(time.time()) // 30)))


@pytest.fixture
def visit(browser: Browser, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Visit]:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    made = Visit(browser, live_server.url)
    yield made
    for context in browser.contexts:
        context.close()
    assert made.faults == []


def municipality(page: Page) -> None:
    page.get_by_label("Kommune", exact=True).select_option("329")
    logo = {"name": "logo.png", "mimeType": "image/png", "buffer": png()}
    page.get_by_label("Logo").set_input_files(files=[logo])  # type: ignore[list-item]


def colleagues(page: Page) -> None:
    page.get_by_role("main").get_by_role("textbox").fill(LIST)


def made_up(page: Page) -> None:
    page.get_by_label("Ja, læg opdigtede borgere ind").check()


FILLS: dict[str, Callable[[Page], None]] = {
    "kommune": municipality,
    "medarbejdere": colleagues,
    "opdigtede-data": made_up,
}
"""What an administrator says at a step; at the others what is suggested will do."""


def looked_at(page: Page) -> None:
    """Nothing for axe, in Danish and English."""
    assert violations(page) == []
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    assert violations(page) == []
    page.get_by_role("button", name="Dansk").click()
    page.wait_for_load_state()


def test_from_an_empty_database_to_the_first_saved_talk(visit: Visit) -> None:
    began = time.monotonic()
    ada = first_administrator("ada@example.invalid", "Ada Opdigtet", "Ringsted")
    office = Organisation.objects.get()
    page = visit.opens()
    visit.first_time(page, ada.email, password_link(ada))
    for step in STEPS:
        # Where one stopped, one goes on; and in another browser too.
        page.goto(f"/kontor/{office.pk}/start/")
        expect(page).to_have_url(f"{visit.address}/kontor/{office.pk}/start/{step}/")
        looked_at(page)
        FILLS.get(step, lambda _page: None)(page)
        page.get_by_role("main").locator("form button[type=submit]").first.click()
        page.wait_for_url(lambda url, step=step: not url.endswith(f"/{step}/"))
        page.goto("/")
    assert page.locator("img.site-logo").first.evaluate("one => one.naturalWidth") == 64
    another = visit.comes_back(ada.email)
    another.goto(f"/kontor/{office.pk}/start/")
    expect(another.get_by_role("navigation", name="Trin")).to_contain_text("Opdigtede data (klaret)")

    bo = office.memberships.get(role="worker").user
    page = visit.opens()
    visit.first_time(page, bo.email, password_link(bo))
    person = Person.objects.get(given_name="Zesu")
    page.goto("/personer/")
    page.get_by_role("link", name="Zesu Opdigtet").first.click()
    page.goto(f"/program/{person.pk}/")
    page.get_by_role("link", name="Samtale").first.click()
    page.get_by_label("Mål 1").first.fill("Jeg vil tale dansk")
    page.get_by_label("Hvad blev sagt og aftalt").fill("Vi har talt om skolen.")
    page.get_by_role("button", name="Gem samtalen").click()
    page.wait_for_url(f"**/program/{person.pk}/")
    assert JournalNote.objects.filter(person=person).latest("pk").text == "Vi har talt om skolen."
    assert time.monotonic() - began < FIVE_MINUTES

    # And away again with all that was made up.
    another.goto(f"/kontor/{office.pk}/start/opdigtede-data/")
    another.get_by_label("Nej, vi begynder med det samme").check()
    another.get_by_role("main").locator("form button[type=submit]").first.click()
    another.wait_for_url("**/faerdig/")
    assert not Person.objects.exists()
    assert not Programme.objects.exists()
