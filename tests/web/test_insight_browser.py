"""Journey 22 in a browser: the leader's Monday, with axe, at three widths, and printed on two pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.insight.domain.making import make_insight

from .conftest import Country, signed_in
from .insight_examples import DAY, figures

pytestmark = pytest.mark.browser
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PAGES = ("/indsigt/", "/indsigt/kommuner/", "/indsigt/fastholdelse/saadan/", "/indsigt/fastholdelse/listen/")


@pytest.fixture
def page(browser: Browser, transactional_db: None, live_server: Any, country: Country) -> Iterator[Page]:
    """A browser in which the own municipality's leader is signed in; nothing may go wrong in its console."""
    figures(country)
    make_insight(DAY)
    session = signed_in(country.users[Role.LEADER]).cookies["sessionid"].value
    context = browser.new_context(base_url=live_server.url, locale="da-DK")
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_the_leaders_monday(page: Page) -> None:
    page.goto("/")
    page.wait_for_url("**/indsigt/")
    assert page.locator(".insight-findings > li").count() == 3

    page.get_by_role("link", name="Se, hvad der mangler").click()
    page.wait_for_url("**/program/ledelse/**")
    page.go_back()

    tile = page.locator(".insight-tile").filter(has_text="Selvforsørgelse 12 måneder efter ankomst")
    assert "Helsingør" in tile.inner_text()
    tile.get_by_role("link", name="Sådan er tallet gjort").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Sådan er tallet gjort")
    page.get_by_role("link", name="Listen bag").click()
    first = page.locator("tbody tr a").first
    assert first.inner_text().startswith("223-")
    first.click()
    page.wait_for_url("**/log/**")
    assert page.locator("textarea, input[name=reason]").count() > 0

    for path in PAGES:
        page.goto(path)
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert fits(page), f"{path} at {width}"
        for language in ("en", "da"):
            page.locator(f"button.language[value={language}]").click()
            found = Axe().run(page, options=WCAG)
            assert not found.response["violations"], f"{path}: {found.generate_report()}"

    page.goto("/indsigt/")
    printed = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 2
