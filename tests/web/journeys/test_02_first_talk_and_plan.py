"""Journey 2: first talk and plan within a month; with a mouse in six clicks, and by keyboard alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.plans import latest, write_plan
from fodfaeste.web.programme.domain.text import text_of
from fodfaeste.web.programme.models import JournalNote, Plan

from ..conftest import Country
from ..programme_examples import PLAN, opened
from .conftest import Walker

pytestmark = pytest.mark.browser
WISH = "أريد أن أعمل في الخشب"


def nine_days_left(country: Country) -> None:
    """The takeover was so long ago that the first talk is due in nine days."""
    today = timezone.localdate()
    Person.objects.filter(pk=country.person.pk).update(language="ar", takeover_date=today - timedelta(days=21))
    country.person.refresh_from_db()


def test_a_talk_three_goals_both_approve_and_a_letter(walker: Walker, page: Page, country: Country) -> None:
    nine_days_left(country)
    programme = opened(country, start=country.person.takeover_date)
    page.goto(f"/program/{country.person.pk}/")
    talk = page.locator(".tile").filter(has_text=re.compile("samtale")).first
    assert re.search(r"om (9|10|11) dage", talk.inner_text())  # a month is 28 to 31 days
    walker.clicks_on("link", "Samtale")
    walker.clicks_into("Mål 1", WISH)
    walker.clicks_into("Mål 1 er personens egne ord")
    page.get_by_label("Mål 2").fill("Prøve i dansk")
    page.get_by_label("Mål 3").fill("En bolig tæt på skolen")
    walker.clicks_into("Hvad blev sagt og aftalt", "Vi har talt om arbejde og bolig.")
    page.get_by_label("Til stede").fill("Tolk 12")
    walker.clicks_on("button", "Gem samtalen")
    page.wait_for_url(f"**/program/{country.person.pk}/")
    assert walker.clicks <= 6
    assert [goal.words for goal in text_of(latest(programme)).goals] == [
        WISH,
        "Prøve i dansk",
        "En bolig tæt på skolen",
    ]
    assert "er sket" in page.locator(".tile-held").first.inner_text()
    walker.looks_round()

    write_plan(programme, PLAN, by=country.users[Role.WORKER])
    page.reload()
    walker.clicks_on("button", "Foreslå planen")
    page.wait_for_url("**/godkend/")
    walker.looks_round()
    page.get_by_label("Hvem var til stede").fill("Tolk 12")
    page.get_by_label("Personens navn, skrevet af personen selv").fill("Prøve Eksempel")
    page.get_by_label("Navn på den, der godkender for kommunen").fill("Opdigtet Medarbejder")
    walker.clicks_on("button", "Godkend", exact=True)
    page.wait_for_url(f"**/program/{country.person.pk}/")
    plan = Plan.objects.get(programme=programme, number=1)
    assert plan.state == "approved"
    page.goto(f"/program/{country.person.pk}/")
    letter = page.request.get(page.get_by_role("link", name="Planen som brev (PDF)").get_attribute("href") or "")
    assert letter.status == 200, letter.text()
    body = letter.body()
    assert body.startswith(b"%PDF")
    assert b"/StructTreeRoot" in body
    page.goto(f"/program/{country.person.pk}/plan/maal/1/")
    page.get_by_label("Mål", exact=True).fill("Jeg vil arbejde med træ")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"**/program/{country.person.pk}/")
    second = Plan.objects.get(programme=programme, number=2)
    assert (second.state, second.approvals.count()) == ("draft", 0)
    plan.refresh_from_db()
    assert plan.state == "approved"


def test_the_talk_by_keyboard_alone(walker: Walker, page: Page, country: Country) -> None:
    """From the programme to a saved talk without a mouse: links and fields are reached by Tab."""
    nine_days_left(country)
    opened(country, start=country.person.takeover_date)
    page.goto(f"/program/{country.person.pk}/")
    tabs_to(page, "Samtale")
    page.keyboard.press("Enter")
    page.wait_for_url("**/samtale/**")
    for label, text in (
        ("Mål 1", WISH),
        ("Hvad blev sagt og aftalt", "Vi har talt om arbejde."),
        ("Til stede", "Tolk 12"),
    ):
        tabs_to(page, label)
        page.keyboard.type(text)
    tabs_to(page, "Gem samtalen")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/program/{country.person.pk}/")
    assert JournalNote.objects.get().text == "Vi har talt om arbejde."
    assert walker.clicks == 0


FOCUSED = """() => {
  const at = document.activeElement;
  const own = at.getAttribute('aria-label') || at.innerText || '';
  const label = at.labels && at.labels.length ? at.labels[0].innerText : own;
  const box = at.getBoundingClientRect();
  return {says: label.trim(), seen: box.width > 0 && box.height > 0 && getComputedStyle(at).outlineStyle !== 'none'};
}"""


def tabs_to(page: Page, wanted: str) -> None:
    """Press Tab until what is wanted has the focus; it has to show that it has."""
    for _press in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["says"].startswith(wanted):
            assert focused["seen"], f"{wanted} has the focus and does not show it"
            return
    raise AssertionError(f"{wanted} is not reached by Tab on {page.url}")
