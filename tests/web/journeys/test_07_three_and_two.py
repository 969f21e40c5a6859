"""Journeys 3 and 7: 3 days of work and 2 of class, with every clash named; and the agreement, approved by three."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.domain.phones import set_office_phone
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.newcomer.domain.links import give_access
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.plans import latest, write_plan
from fodfaeste.web.programme.domain.text import text_of
from fodfaeste.web.programme.models import Plan
from fodfaeste.web.workplace.models import Agreement

from ..browser.conftest import WIDTHS, Visitor, violations, width_of
from ..conftest import Country
from ..newcomer_examples import address as address_of
from ..programme_examples import agreed, opened
from ..test_week_grid import BARE
from ..workplace_examples import ACTIVITY, FACTS
from .conftest import Walker

pytestmark = pytest.mark.browser
FAMILY, CPR = "Hemmelignavn", "0101901234"
PHONE = "11 22 33 44"
TYPED = ("employer", "cvr", "contact", "", "", "mentor", "called", "tasks", "goal")
"""Fields of the agreement in the order in which Tab comes to them; empty where nothing is typed."""
DAYS = ("Praktik, mandag", "Praktik, tirsdag", "Praktik, torsdag", "DU2.3, onsdag", "DU2.3, fredag")


def test_the_week_is_painted_in_at_most_12_clicks(walker: Walker, page: Page, country: Country) -> None:
    programme = opened(country)
    write_plan(programme, BARE, by=country.users[Role.WORKER])
    page.goto(f"/program/{country.person.pk}/")
    walker.clicks_on("link", "Uge")
    for name in DAYS:
        walker.clicks_on("checkbox", name)
    walker.clicks_on("button", "Gem ugen")
    page.get_by_text("Ugen er gemt i planen.").wait_for()
    walker.looks_round()
    walker.clicks_on("link", "Program og plan")
    walker.clicks_on("button", "Foreslå planen")
    page.wait_for_url("**/plan/godkend/")
    assert walker.clicks <= 12
    assert [when.weekday for one in text_of(latest(programme)).activities for when in one.times] == [3, 5, 1, 2, 4]
    walker.looks_round()


def test_a_work_day_on_the_day_of_class_names_the_class(walker: Walker, page: Page, country: Country) -> None:
    """Journey 3: a class that collides with the traineeship is shown with the named clash."""
    programme = opened(country)
    write_plan(programme, BARE, by=country.users[Role.WORKER])
    page.goto(f"/program/{country.person.pk}/uge/")
    for name in ("Praktik, onsdag", "DU2.3, onsdag"):
        walker.clicks_on("checkbox", name)
    walker.clicks_on("button", "Tjek uden at gemme")
    clash = page.locator(".clash").filter(has_text=re.compile(r"[Oo]nsdag.*DU2\.3"))
    clash.first.wait_for()
    walker.looks_round()


def test_other_hours_after_the_approval_lift_it(walker: Walker, page: Page, country: Country) -> None:
    programme = opened(country)
    agreed(programme, country.users[Role.WORKER])
    page.goto(f"/program/{country.person.pk}/plan/aktivitet/1/")
    page.get_by_label("Timer om ugen").fill("12")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"**/program/{country.person.pk}/")
    new = Plan.objects.get(programme=programme, number=2)
    assert new.state == "draft"
    assert not new.approvals.exists()
    page.get_by_text("Version 1 gælder, til version 2 er godkendt af begge.").wait_for()


def paints(walker: Walker, page: Page, country: Country) -> None:
    """From a plan with bare activities to a painted week that is saved."""
    write_plan(opened(country), BARE, by=country.users[Role.WORKER])
    page.goto(f"/program/{country.person.pk}/uge/")
    for name in DAYS:
        walker.clicks_on("checkbox", name)
    walker.clicks_on("button", "Gem ugen")
    page.get_by_text("Ugen er gemt i planen.").wait_for()


def types(page: Page) -> None:
    """Fill in the form from its first field on, by the keyboard."""
    for name in TYPED:
        if name == "called":
            page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type(getattr(FACTS, name) if name else "")
        page.keyboard.press("Tab")


def test_three_approve_what_was_painted_and_sent_in_at_most_12_clicks(
    walker: Walker, page: Page, country: Country, browser: Browser
) -> None:
    set_office_phone(country.own, PHONE, by=country.users[Role.ADMINISTRATOR])
    Person.objects.filter(pk=country.person.pk).update(family_name=FAMILY, cpr=CPR, language="ar")
    paints(walker, page, country)
    walker.clicks_on("link", re.compile("Aftale med arbejdspladsen"))
    walker.clicks_into("Arbejdsplads")
    types(page)
    walker.clicks_on("button", "Send til godkendelse")
    link = page.locator(".workplace-address").get_attribute("href")
    assert link is not None
    assert walker.clicks <= 12
    walker.pictured()

    page.goto(f"/aftale/{country.person.pk}/{ACTIVITY}/")
    walker.looks_round()
    walker.clicks_on("button", "Godkend aftalen")
    page.get_by_text("Godkendt.").wait_for()
    agreement = Agreement.objects.get()
    assert agreement.state == "sent"

    employer = Visitor(browser, walker.address, locale="da-DK")
    employer.page.goto(link)
    source = employer.page.content()
    assert FACTS.tasks in source
    for hidden in (FAMILY, CPR, f"{CPR[:6]}-{CPR[6:]}", country.person.case_number, country.their_person.given_name):
        assert hidden not in source
    assert employer.page.locator("a[href='tel:+4511223344']").is_visible()
    for language in ("en", "da"):
        employer.reads(language)
        employer.page.goto(link)
        for width in WIDTHS:
            employer.page.set_viewport_size({"width": width, "height": 900})
            assert width_of(employer.page) <= width
        assert violations(employer.page) == []
    employer.page.get_by_label("Dit navn").fill("Kim Kontakt")
    employer.page.get_by_role("button", name="Godkend aftalen").click()
    employer.page.get_by_text("godkendt for arbejdspladsen").wait_for()
    assert Agreement.objects.get().state == "sent"

    given = give_access(country.person, by=country.users[Role.WORKER], language="ar")
    me = Visitor(browser, walker.address, locale="ar").page
    me.goto(f"{walker.address}{address_of(given)}")
    me.locator("input[name=code]").fill(given.code)
    me.locator("main button[type=submit]").click()
    me.locator(f"a[href='/min/arbejdsplads/{agreement.pk}/']").click()
    me.set_viewport_size({"width": 320, "height": 740})
    assert width_of(me) <= 320
    assert me.locator("html").get_attribute("dir") == "rtl"
    assert violations(me) == []
    me.locator("input[name=name]").fill("برووه")
    me.locator("main form button.button-primary").click()
    me.get_by_text("لقد وافقت على الاتفاق").first.wait_for()
    assert Agreement.objects.get().state == "ready"

    employer.page.goto(link)
    employer.page.get_by_text("Aftalen er klar").wait_for()
    page.goto(f"/program/{country.person.pk}/plan/aktivitet/{ACTIVITY}/")
    page.get_by_label("Timer om ugen").fill("12")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"**/program/{country.person.pk}/")
    assert Agreement.objects.get().state == "draft"
    assert not agreement.answers.filter(lifted=None).exists()
    employer.page.goto(link)
    employer.page.get_by_text("Aftalen bliver ændret").first.wait_for()
    for visitor in (employer.context, me.context):
        visitor.close()
