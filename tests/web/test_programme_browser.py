"""The programme in a browser: click budgets, a draft that outlives its session, keys in the grid, nothing for axe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.plans import latest, write_plan
from fodfaeste.web.programme.domain.text import PlanText, text_of
from fodfaeste.web.programme.models import JournalNote, Programme

from .conftest import Country, signed_in
from .programme_examples import GOALS, PLAN, agreed, opened
from .test_week_grid import BARE

pytestmark = pytest.mark.browser
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


class Clicks:
    """Counts clicks of a mouse."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, name: str, role: Any = "button") -> None:
        self.page.get_by_role(role, name=name).first.click()
        self.count += 1

    def into(self, label: str) -> None:
        self.page.get_by_label(label).first.click()
        self.count += 1


@pytest.fixture
def page(browser: Browser, transactional_db: None, live_server: Any, country: Country) -> Iterator[Page]:
    """A browser in which the own municipality's worker is signed in; nothing may go wrong in its console."""
    Person.objects.filter(pk=country.person.pk).update(language="ar")
    session = signed_in(country.users[Role.WORKER]).cookies["sessionid"].value
    context = browser.new_context(base_url=live_server.url, locale="da-DK")
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    # What is agreed can be taken away only once it is over, in tests too.
    Programme.objects.update(end=timezone.localdate())
    assert not [fault for fault in faults if "401" not in fault and "403" not in fault]


def test_a_talk_is_recorded_in_6_clicks(page: Page, country: Country) -> None:
    programme = opened(country)
    page.goto(f"/program/{country.person.pk}/")
    clicks = Clicks(page)
    clicks.on("Samtale", "link")
    clicks.into("Mål 1")
    page.keyboard.type("أريد أن أعمل")
    clicks.into("Mål 1 er personens egne ord")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Dansk")
    clicks.into("Hvad blev sagt og aftalt")
    page.keyboard.type("Vi har talt om arbejde.")
    clicks.on("Gem samtalen")
    page.wait_for_url(f"**/program/{country.person.pk}/")
    assert clicks.count <= 6
    assert JournalNote.objects.get().text == "Vi har talt om arbejde."
    assert [goal.words for goal in text_of(latest(programme)).goals] == ["أريد أن أعمل", "Dansk"]
    assert programme.follow_ups.get().held is not None


def test_the_week_of_three_and_two_takes_at_most_12_clicks(page: Page, country: Country) -> None:
    programme = opened(country)
    write_plan(programme, BARE, by=country.users[Role.WORKER])
    page.goto(f"/program/{country.person.pk}/")
    clicks = Clicks(page)
    clicks.on("Uge", "link")
    for name in ("Praktik, mandag", "Praktik, tirsdag", "Praktik, torsdag", "DU2.3, onsdag", "DU2.3, fredag"):
        clicks.on(name, "checkbox")
    clicks.on("Gem ugen")
    page.get_by_text("Ugen er gemt i planen.").wait_for()
    clicks.on("Program og plan", "link")
    clicks.on("Foreslå planen")
    page.wait_for_url("**/plan/godkend/")
    assert clicks.count <= 12
    days = [when.weekday for one in text_of(latest(programme)).activities for when in one.times]
    assert days == [3, 5, 1, 2, 4]


def test_the_grid_moves_with_arrows_and_is_ticked_with_space(page: Page, country: Country) -> None:
    programme = opened(country)
    write_plan(programme, BARE, by=country.users[Role.WORKER])
    page.goto(f"/program/{country.person.pk}/uge/")
    page.get_by_role("checkbox", name="DU2.3, mandag").focus()
    for key in ("ArrowRight", "ArrowDown", "Space"):
        page.keyboard.press(key)
    assert page.get_by_role("checkbox", name="Praktik, tirsdag").is_checked()


def test_axe_finds_nothing(page: Page, country: Country) -> None:
    programme = opened(country)
    worker = country.users[Role.WORKER]
    agreed(programme, worker)
    write_plan(programme, PlanText(GOALS, PLAN.activities[:1]), by=worker)
    person = f"/program/{country.person.pk}/"
    found = {}
    for rest in (
        "",
        "samtale/",
        "uge/",
        "hensyn/",
        "plan/maal/",
        "plan/aktivitet/1/",
        "plan/versioner/",
        "journal/",
        "fravaer/",
    ):
        found[rest] = _look(page, person + rest)
    for address in ("/program/i-dag/", "/program/i-dag/?hvis=kontor", "/program/kalender/", "/program/rejsetider/"):
        found[address] = _look(page, address)
    assert not {address: said for address, said in found.items() if said}


def _look(page: Page, address: str) -> list[str]:
    """Say what is wrong with a page, wide and narrow."""
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(address)
    narrow = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    answer = Axe().run(page, options=WCAG)
    return [str(one["id"]) for one in answer.response["violations"]] + ([] if narrow else ["scrolls sideways"])
