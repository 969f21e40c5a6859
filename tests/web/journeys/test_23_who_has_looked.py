"""Journey 23, the office's half: opening with a reason, the protection officer told, and the monthly sample."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.models import Opening, SampleLine

from ..conftest import Country
from .conftest import Walker, another

pytestmark = pytest.mark.browser


def test_a_leader_gives_a_reason_and_is_asked_about_it(
    walker: Walker, page: Page, browser: Browser, country: Country
) -> None:
    person = country.person
    page.goto(f"/personer/{person.pk}/")
    leader = another(walker, browser, country.users[Role.LEADER])
    leader.goes_to(f"/personer/{person.pk}/")
    assert f"/log/grund/{person.pk}/" in leader.page.url
    assert person.family_name not in leader.page.locator("main").inner_text()
    leader.looks_round()
    leader.page.get_by_label("Hvorfor åbner du sagen?").fill("Klage, der skal besvares")
    leader.page.locator("main button[type=submit]").first.click()
    leader.page.get_by_role("heading", level=1, name=person.given_name).wait_for()

    officer = another(walker, browser, country.users[Role.PROTECTION])
    officer.goes_to("/log/uden-relation/")
    officer.page.get_by_text("Klage, der skal besvares").wait_for()
    officer.looks_round()
    officer.goes_to("/log/stikproever/")
    officer.looks_round()
    assert officer.complaints == []
    officer.context.close()

    openings = Opening.objects.filter(person=person.pk, page="people:person")
    assert openings.filter(user=country.users[Role.WORKER], reason="").exists()
    assert openings.filter(user=country.users[Role.LEADER], reason="Klage, der skal besvares").exists()
    assert not SampleLine.objects.exists()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_opening")
    assert leader.complaints == []
    leader.context.close()
