"""Journeys in a real browser: whoever walks one counts clicks, and each ends with the same checks.

Where somebody looks round, axe finds nothing in Danish and in English, and nothing scrolls sideways. At the end nothing
was complained about in the console, and the worker of another municipality finds nothing at any address that was used.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.models import Programme

from ..browser.conftest import WIDTHS, Visitor, violations, width_of
from ..conftest import Country, signed_in

Part = Literal["button", "checkbox", "link", "radio"]


class Walker(Visitor):
    """Somebody on a journey: where they have been and how often they clicked is kept."""

    def __init__(self, browser: Browser, address: str, name: str) -> None:
        super().__init__(browser, address, viewport={"width": 1280, "height": 900})
        self.name, self.clicks, self.pictures = name, 0, 0
        self.been: list[str] = []
        self.page.on("framenavigated", lambda frame: self.been.append(frame.url.removeprefix(address)))

    def clicks_on(self, role: Part, name: str | re.Pattern[str], *, exact: bool = False) -> None:
        """Click on something by what it is and says."""
        self.page.get_by_role(role, name=name, exact=exact).first.click()
        self.clicks += 1

    def clicks_into(self, label: str, text: str = "") -> None:
        """Click into a field, and type."""
        self.page.get_by_label(label).first.click()
        self.clicks += 1
        if text:
            self.page.keyboard.type(text)

    def pictured(self) -> None:
        """Look at the page at each width: it never scrolls sideways. With FODFAESTE_PICTURES a folder gets pictures."""
        folder = os.environ.get("FODFAESTE_PICTURES")
        self.pictures += 1
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            assert width_of(self.page) <= width, f"{self.page.url} is wider than {width} px"
            if folder:
                file = Path(folder) / f"{self.name}-{self.pictures}-{width}.png"
                self.page.screenshot(path=file, full_page=True)

    def looks_round(self) -> None:
        """Look at the page at each width, and let axe look at it in Danish and English."""
        self.page.wait_for_load_state("networkidle")
        self.pictured()
        for language in ("en", "da"):
            self.reads(language)
            self.page.reload()
            self.page.wait_for_load_state("networkidle")
            assert violations(self.page) == [], f"{self.page.url} in {language}"


@pytest.fixture
def walker(
    browser: Browser, transactional_db: None, live_server: Any, country: Country, request: pytest.FixtureRequest
) -> Iterator[Walker]:
    """The own municipality's worker sets out; nothing may go wrong in the console, and a stranger finds nothing."""
    made = Walker(browser, live_server.url, request.node.name.removeprefix("test_"))
    made.signs_in(country.users[Role.WORKER])
    yield made
    made.context.close()
    _strangers_find_nothing(made, country)
    # What is agreed can be taken away only once it is over, in tests too.
    Programme.objects.filter(end=None).update(end=timezone.localdate())
    assert [said for said in made.complaints if "ERR_ABORTED" not in said and not said.startswith("failed:")] == []


def another(walker: Walker, browser: Browser, user: User) -> Walker:
    """Somebody else at a browser of their own."""
    return Walker(browser, walker.address, walker.name).signs_in(user)  # type: ignore[return-value]


def _strangers_find_nothing(walker: Walker, country: Country) -> None:
    stranger = signed_in(country.stranger)
    hidden = {str(person.pk) for person in Person.objects.all() if person.pk != country.their_person.pk}
    for path in dict.fromkeys(address.split("#")[0] for address in walker.been if address.startswith("/")):
        answer = stranger.get(path)
        if hidden & set(re.findall(r"\d+", path.split("?")[0])):
            assert answer.status_code == 404, f"a stranger is answered {answer.status_code} at {path}"
        elif answer.status_code == 200 and not answer.streaming:
            assert country.person.case_number not in answer.text, f"a stranger reads of the person at {path}"


@pytest.fixture
def page(walker: Walker) -> Page:
    """The walker's page."""
    return walker.page
