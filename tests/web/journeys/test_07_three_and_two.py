"""Journeys 3 and 7, as far as the week goes: 3 days of work and 2 of class, with every clash named."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.programme.domain.plans import latest, write_plan
from fodfaeste.web.programme.domain.text import text_of
from fodfaeste.web.programme.models import Plan

from ..conftest import Country
from ..programme_examples import agreed, opened
from ..test_week_grid import BARE
from .conftest import Walker

pytestmark = pytest.mark.browser
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
