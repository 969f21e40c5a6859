"""Journey 8: follow-up at 14 days and 3 months, in the calendar without names, overdue where nobody held it."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.programme.models import FollowUp

from ..conftest import Country
from ..programme_examples import agreed, opened
from .conftest import Walker, another

pytestmark = pytest.mark.browser


def test_dates_appear_go_into_a_calendar_and_turn_red(
    walker: Walker, page: Page, browser: Browser, country: Country
) -> None:
    """A traineeship from 1 December gives 15 December and 1 March; 1 March 2025 is a Saturday and moves, saying why."""
    programme = opened(country)
    agreed(programme, country.users[Role.WORKER])
    page.goto(f"/program/{country.person.pk}/")
    due = set(FollowUp.objects.values_list("due", flat=True))
    assert {date(2024, 12, 16), date(2025, 3, 3)} <= due
    page.get_by_text(re.compile("16-12-2024|16. december 2024")).first.wait_for()
    FollowUp.objects.filter(due=date(2024, 12, 16)).update(hour=time(10, 30))
    page.goto("/program/kalender/")
    page.locator("main button[type=submit]").first.click()
    address = page.get_by_label("Adresse til din kalender").input_value()
    walker.looks_round()
    feed = page.request.get(address).text()
    assert "BEGIN:VTIMEZONE" in feed
    assert "DTSTART;TZID=Europe/Copenhagen:20241216T103000" in feed
    assert country.person.given_name not in feed
    assert country.person.family_name not in feed

    soon = FollowUp.objects.filter(held=None).order_by("due").first()
    assert soon is not None
    day = timezone.localdate() - timedelta(days=8)
    FollowUp.objects.filter(pk=soon.pk).update(due=day, held_from=day, moved_from=None, moved_why=None)
    page.goto("/program/i-dag/")
    page.get_by_text(re.compile("overskredet", re.IGNORECASE)).first.wait_for()
    walker.looks_round()
    leader = another(walker, browser, country.users[Role.LEADER])
    leader.goes_to("/program/ledelse/")
    assert country.person.given_name not in leader.page.locator("main").inner_text()
    leader.looks_round()
    assert leader.complaints == []
    leader.context.close()

    page.goto(f"/program/{country.person.pk}/samtale/?opfoelgning={soon.pk}")
    page.get_by_label("Hvad blev sagt og aftalt").fill("Det går godt på værkstedet.")
    page.get_by_label("Til stede").fill("Mester")
    walker.clicks_on("button", "Gem samtalen")
    page.wait_for_url(f"**/program/{country.person.pk}/")
    soon.refresh_from_db()
    assert soon.held == timezone.localdate()
