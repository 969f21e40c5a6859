"""Newcomers' own pages on a phone: the way in, what they see and sign, small and without script, in four languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.newcomer.domain.links import give_access
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.plans import latest
from fodfaeste.web.programme.models import Programme, Reply

from .conftest import Country, signed_in
from .newcomer_examples import address, appointment
from .programme_examples import PLAN, agreed, longer, opened, proposed, sign

pytestmark = pytest.mark.browser
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PHONE = {"width": 360, "height": 740}
MOST_BYTES = 200_000
HEADERS = 500
LANGUAGES = ("da", "en", "ar", "uk")
PAGES = ("/min/", "/min/plan/", "/min/plan/godkend/", "/min/log/")


@pytest.fixture
def faults() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    # What is agreed can be taken away only once it is over, in tests too.
    Programme.objects.update(end=timezone.localdate())
    assert not found


@pytest.fixture
def programme(transactional_db: None, country: Country, faults: list[str]) -> Programme:
    """A programme with a plan that holds, a next version that the office has signed, and an appointment."""
    worker = country.users[Role.WORKER]
    Person.objects.filter(pk=country.person.pk).update(language="ar")
    running = opened(country)
    agreed(running, worker)
    sign(proposed(running, worker, longer(PLAN, 18)), worker, "municipality")
    appointment(running)
    return running


class Phones:
    """Opens browsers of newcomers and of the office; what their consoles complain of is kept."""

    def __init__(self, browser: Browser, address: str, faults: list[str]) -> None:
        self._browser, self._address, self._faults = browser, address, faults
        self._open: list[BrowserContext] = []

    def new(self, **options: Any) -> Page:
        context = self._browser.new_context(base_url=self._address, **{"viewport": PHONE, "locale": "ar", **options})
        self._open.append(context)
        page = context.new_page()
        page.on("console", lambda said: self._faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._faults.append(str(error)))
        return page

    def newcomer(self, country: Country, language: str, **options: Any) -> Page:
        given = give_access(country.person, by=country.users[Role.WORKER], language=language)
        return self.comes_in(self.new(**options), address(given), given.code)

    @staticmethod
    def comes_in(page: Page, path: str, code: str) -> Page:
        page.goto(path)
        page.locator("input[name=code]").fill(code)
        page.locator("main button[type=submit]").click()
        page.wait_for_url("**/min/")
        return page

    def office(self, country: Country) -> Page:
        page = self.new(viewport={"width": 1280, "height": 800}, locale="da-DK")
        session = signed_in(country.users[Role.WORKER]).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": self._address}])
        return page

    def close(self) -> None:
        for context in self._open:
            context.close()


@pytest.fixture
def phones(browser: Browser, live_server: Any, programme: Programme, faults: list[str]) -> Iterator[Phones]:
    made = Phones(browser, live_server.url, faults)
    yield made
    made.close()


def test_the_office_gives_access_and_the_newcomer_comes_sees_says_yes_and_answers(
    phones: Phones, country: Country, programme: Programme
) -> None:
    office = phones.office(country)
    office.goto(f"/personer/{country.person.pk}/")
    office.get_by_role("link", name="Giv adgang til egen side").click()
    assert office.get_by_label("Sidens sprog").input_value() == "ar"
    office.get_by_role("button", name="Giv adgang til egen side").click()
    link, code = office.locator(".own-address").get_attribute("href"), office.locator(".own-code").inner_text()
    office.emulate_media(media="print")
    assert not office.locator(".own-code").is_visible()
    assert office.locator(".own-address").is_visible()
    assert link is not None

    page = phones.comes_in(phones.new(), link, code)
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert "09:30" in page.locator("main").inner_text()
    assert not re.search("[٠-٩]", page.locator("main").inner_text())
    page.get_by_role("button", name=re.compile("سآتي")).first.click()
    page.get_by_text("وصل جوابك إلى البلدية").wait_for()
    assert Reply.objects.get().coming == "yes"

    page.get_by_role("link", name="هل توافق على خطتك الجديدة؟").click()
    page.get_by_label("اكتب اسمك").fill("برووه")
    page.get_by_role("button", name="أوافق على الخطة").click()
    page.get_by_text("لقد وافقت على الخطة").wait_for()
    assert latest(programme).state == "approved"

    page.get_by_role("link", name="من اطّلع على ملفك؟").click()
    assert "معلوماتك" in page.locator("tbody").inner_text()
    assert country.users[Role.WORKER].name not in page.locator("tbody").inner_text()
    assert page.get_by_role("button", name="اطبع").is_visible()
    page.emulate_media(media="print")
    assert page.locator("tbody").is_visible()
    assert not page.locator(".rooms").is_visible()

    office.emulate_media(media="screen")
    office.goto(f"/program/{country.person.pk}/")
    assert "Jeg kommer" in office.locator("main").inner_text()


def transferred(page: Page, path: str) -> int:
    """How much the application sends for an address to a browser that takes gzip, with some headers.

    Tests' own server gives files as they lie; the application gives them packed where set-up has packed them.
    """
    client = Client()
    client.cookies.load({cookie["name"]: cookie["value"] for cookie in page.context.cookies()})
    answer = client.get(path, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200, path
    return len(b"".join(answer) if answer.streaming else answer.content) + HEADERS


@pytest.mark.parametrize("language", ["ar", "uk"])
def test_the_first_view_is_small_and_needs_no_script(phones: Phones, country: Country, language: str) -> None:
    """What a phone fetches that has never been here, with letters from our own server alone."""
    first = phones.newcomer(country, language, java_script_enabled=False)
    page = phones.new(java_script_enabled=False)
    page.context.add_cookies(first.context.cookies())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/min/", wait_until="networkidle")
    ours = page.url.removesuffix("/min/")
    paths = {url.removeprefix(ours) for url in asked if not url.startswith("data:")}
    assert all(path.startswith(("/min/", "/static/")) for path in paths)
    sizes = {path: transferred(page, path) for path in paths}
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    letters = "plex-arabic/Regular.woff2" if language == "ar" else "IBMPlexSans-Regular-Cyrillic.woff2"
    assert any(path.endswith(letters) for path in paths)
    page.locator(".answers button").nth(1).click()
    page.wait_for_url("**/min/")
    assert Reply.objects.get().coming == "no"


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_clean_and_nothing_scrolls_sideways(phones: Phones, country: Country, language: str) -> None:
    page = phones.newcomer(country, language)
    answers = page.locator("a[href*='/min/aftale/']").first.get_attribute("href")
    found = {}
    for path in (*PAGES, str(answers), "/min/kode/", "/min/farvel/"):
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == language
        for width in (320, 360, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
        if faults := Axe().run(page, options=WCAG).response["violations"]:
            found[path] = [(fault["id"], fault["nodes"][0]["html"]) for fault in faults]
    assert not found


def test_axe_finds_nothing_on_the_offices_page(phones: Phones, country: Country) -> None:
    page = phones.office(country)
    page.goto(f"/egen-side/{country.person.pk}/")
    page.get_by_role("button", name="Giv adgang til egen side").click()
    page.locator(".own-code").wait_for()
    assert not Axe().run(page, options=WCAG).response["violations"]
    page.set_viewport_size({"width": 320, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_what_was_typed_when_the_hour_was_over_is_still_there(phones: Phones, country: Country) -> None:
    given = give_access(country.person, by=country.users[Role.WORKER], language="da")
    page = phones.comes_in(phones.new(), address(given), given.code)
    page.goto(str(page.locator("a[href*='/min/aftale/']").first.get_attribute("href")))
    page.get_by_label("Jeg kan ikke komme").check()
    page.get_by_label("Vil du sige mere?").fill("أنا مريض اليوم")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Send svar").click()
    page.get_by_label("Kode").fill(given.code)
    page.get_by_role("button", name="Åbn").click()
    page.get_by_text("Det er ikke sendt endnu.").wait_for()
    assert page.get_by_label("Vil du sige mere?").input_value() == "أنا مريض اليوم"
    page.get_by_role("button", name="Send svar").click()
    page.wait_for_url("**/min/")
    assert Reply.objects.get().words == "أنا مريض اليوم"
