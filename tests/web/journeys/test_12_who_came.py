"""Journey 12: the planner finds Monday's learners, the teacher says who came, the worker sees it; and who withdraws a
consent is gone from the association's page.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.learning.models import Attendance
from fodfaeste.web.programme.models import Absence, Programme

from ..conftest import Country, made_person, made_user
from ..learning_examples import association, at_school, in_touch, learner, school, taught
from .conftest import Walker, another

pytestmark = pytest.mark.browser


def test_who_came_on_monday(walker: Walker, page: Page, browser: Browser, country: Country) -> None:
    """A class of three: one away with a fever; five clicks at most, and none for who uses the keyboard."""
    worker, there = country.users[Role.WORKER], school()
    persons = [country.person, *(made_person(name, worker, country.own) for name in ("Bente", "Carlo"))]
    for person in persons:
        learner(person, there)
        taught(person)
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())

    planner = another(walker, browser, at_school(Role.PLANNER, there))
    planner.goes_to("/sprogskole/")
    planner.looks_round()
    planner.page.get_by_label("Har undervisning").select_option(label="Mandag")
    planner.clicks_on("button", "Vis", exact=True)
    planner.page.get_by_text("Viser 1–3 af 3 rækker").wait_for()
    planner.clicks_on("link", "Prøve Eksempel")
    planner.page.get_by_text("mandag 08:30–12:00").wait_for()
    planner.looks_round()
    assert country.person.case_number not in planner.page.locator("main").inner_text()
    assert planner.complaints == []
    planner.context.close()

    teacher = another(walker, browser, at_school(Role.TEACHER, there))
    teacher.goes_to(f"/sprogskole/fremmoede/?dag={monday}")
    teacher.looks_round()
    # By the keyboard alone: to Carlo's answer, "fravær: sygdom" by its first letters, what was said, and Enter.
    teacher.page.get_by_label("Carlo Eksempel", exact=True).focus()
    teacher.page.keyboard.type("fravær: s")
    teacher.page.keyboard.press("Tab")
    teacher.page.keyboard.type("Feber")
    teacher.page.keyboard.press("Enter")
    teacher.page.get_by_text("Gemt: 2 til stede, 1 fraværende.").wait_for()
    assert Attendance.objects.filter(day=monday, present=True).count() == 2
    # Saved twice it is one record.
    teacher.clicks_on("button", "Gem dagen")
    teacher.page.get_by_text("Noteret for 3 af 3.").wait_for()
    assert Attendance.objects.count() == 3
    assert Absence.objects.get().words == "Feber"
    assert teacher.clicks <= 5
    assert teacher.complaints == []
    teacher.context.close()

    page.goto("/program/i-dag/")
    page.get_by_role("heading", name="Fravær fra sprogskolen, der ikke er vurderet (1)").wait_for()
    walker.looks_round()
    walker.clicks_on("link", re.compile("Carlo Eksempel: sygdom"))
    assert page.get_by_label("Uddybning").input_value() == "Feber"
    page.get_by_label("Lovligt").first.select_option(label="ja")
    walker.clicks_on("button", "Notér")
    page.get_by_text("Fraværet er noteret.").wait_for()
    assert Absence.objects.get().lawful is True
    page.goto(f"/skolegang/{persons[2].pk}/")
    walker.looks_round()

    consent = in_touch(country.person, association())
    coordinator = another(walker, browser, made_user("koordinator", association(), Role.COORDINATOR))
    coordinator.goes_to("/forening/")
    coordinator.page.get_by_role("rowheader", name="Prøve").wait_for()
    coordinator.looks_round()
    page.goto(f"/personer/{country.person.pk}/samtykke/{consent.pk}/")
    walker.clicks_on("button", "Gem")
    page.wait_for_url(f"**/personer/{country.person.pk}/")
    coordinator.page.reload()
    coordinator.page.get_by_text("Der er ingen at vise.").wait_for()
    assert coordinator.page.get_by_text("Prøve").count() == 0
    assert coordinator.complaints == []
    coordinator.context.close()
    assert Programme.objects.count() == 3
