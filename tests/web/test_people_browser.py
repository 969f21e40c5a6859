"""The people room in a browser: make a person, find them with a slip, edit in two windows; nothing for axe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people.models import Person

from .conftest import Country, signed_in

pytestmark = pytest.mark.browser
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def page(browser: Browser, transactional_db: None, live_server: Any, country: Country) -> Iterator[Page]:
    """A browser in which the own municipality's worker is signed in; nothing may go wrong in its console."""
    session = signed_in(country.users[Role.WORKER]).cookies["sessionid"].value
    context = browser.new_context(base_url=live_server.url, locale="da-DK")
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


def test_a_person_is_made_found_and_edited_in_two_windows(page: Page) -> None:
    page.goto("/personer/ny/")
    without_fault(page)
    page.get_by_label("Fornavn").fill("Khadija")
    page.get_by_label("Efternavn").fill("Ærøskov")
    page.get_by_label("Født", exact=True).fill("1990-02-01")
    page.get_by_label("CPR-nummer").fill("010290-1234")
    # The radio itself is drawn by its label.
    page.get_by_text("kvinde", exact=True).click()
    page.get_by_label("Statsborgerskab").select_option(label="Syrien")
    page.get_by_label("Første dag i en dansk kommune").fill("2024-03-01")
    page.get_by_label("Overtaget af kommunen").fill("2024-03-01")
    page.get_by_role("button", name="Opret").click()
    page.get_by_role("heading", name="Khadija Ærøskov").wait_for()
    without_fault(page)

    assert "010290-1234" not in page.content()
    page.get_by_role("button", name="Vis CPR-nummeret").click()
    page.get_by_text("010290-1234").wait_for()

    page.keyboard.press("/")
    page.keyboard.type("Kadiga")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Khadija Ærøskov").wait_for()
    without_fault(page)
    page.get_by_role("link", name="Khadija Ærøskov").click()

    page.get_by_role("link", name="Ret oplysninger").click()
    other = page.context.new_page()
    other.goto(page.url)
    for window, number in ((page, "11 11 11 11"), (other, "22 22 22 22")):
        window.get_by_label("Telefon").fill(number)
        window.get_by_role("button", name="Gem", exact=True).click()
    other.get_by_text("Det har den anden gemt").wait_for()
    without_fault(other)
    assert "11 11 11 11" in other.content()
    assert other.get_by_label("Telefon").input_value() == "22 22 22 22"
    other.get_by_role("button", name="Gem", exact=True).click()
    other.get_by_role("heading", name="Khadija Ærøskov").wait_for()
    assert Person.objects.get(given_name="Khadija").phone == "22 22 22 22"


def test_forms_of_parts_have_no_faults(page: Page, country: Country) -> None:
    for form in ("sprog/ny/", "arbejde/ny/", "oenske/ny/", "husstand/ny/", "laeg-sammen/"):
        page.goto(f"/personer/{country.person.pk}/{form}")
        without_fault(page)
