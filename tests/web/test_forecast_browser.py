"""The register of models in a browser: switched on by two, axe in both languages, widths and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as current
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.placement.forecasts.in_use import state_of
from fodfaeste.web.placement.forecasts.models import ForecastModel
from fodfaeste.web.placement.models import QuotaRound

from .conftest import made_user, signed_in
from .desk_examples import arriving, opened_round
from .forecast_examples import brought, passed
from .quota_examples import agency, officer_of

pytestmark = pytest.mark.browser
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def kept(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[ForecastModel]:
    settings.MEDIA_ROOT = tmp_path / "files"
    opened_round()
    made = brought(tmp_path)
    passed(made)
    for number in range(5):
        arriving(f"Nr. {number}")
    yield made
    # What is published can be taken away only once it is closed, in tests too.
    QuotaRound.objects.exclude(state="draft").update(state="closed")


def page_of(browser: Browser, live_server: Any, user: User, **more: Any) -> Page:
    name = current.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, locale="da-DK", **more)
    context.add_cookies([{"name": name, "value": signed_in(user).cookies[name].value, "url": live_server.url}])
    return context.new_page()


def test_one_asks_and_another_switches_on_with_the_trial_before_them(
    browser: Browser, live_server: Any, kept: ForecastModel
) -> None:
    one, other = officer_of(agency()), made_user("anden-visitator", agency(), Role.OFFICER)
    page = page_of(browser, live_server, one)
    page.goto("/visitation/prognose/")
    page.get_by_role("link", name="bestået").click()
    page.get_by_role("heading", name="Reglerne, fastlagt før tallene").wait_for()
    page.get_by_label("Hvorfor").fill("Den har bestået.")
    page.get_by_role("button", name="Skriv det ned").click()
    page.get_by_text("En anden skal gøre det, med denne prøve foran sig.").wait_for()
    page.context.close()
    second = page_of(browser, live_server, other)
    second.goto(f"{kept.get_absolute_url()}fortiden/")
    assert second.get_by_label("Handling").input_value() == "on"
    second.get_by_label("Hvorfor").fill("Set efter.")
    second.get_by_role("button", name="Skriv det ned").click()
    second.get_by_text("Den slås fra på siden med alle modeller.").wait_for()
    assert str(state_of(agency()).on) == "arbejde 1"
    second.context.close()


def test_pages_are_accessible_in_both_languages_and_fit_a_telephone(
    browser: Browser, live_server: Any, kept: ForecastModel
) -> None:
    page = page_of(browser, live_server, officer_of(agency()))
    own = kept.get_absolute_url()
    pages = ["/visitation/prognose/", "/visitation/prognose/standard/", "/visitation/prognose/opfoelgning/", own]
    for language in ("da", "en"):
        page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        for path in (*pages, f"{own}fortiden/"):
            for width in (320, 768, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(path)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
                page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
                found = Axe().run(page, options=WCAG).response["violations"]
                assert [one["id"] for one in found] == [], (path, width, found)
    page.context.close()


def test_tables_open_by_key_without_script_and_the_picture_has_words(
    browser: Browser, live_server: Any, kept: ForecastModel
) -> None:
    page = page_of(browser, live_server, officer_of(agency()), java_script_enabled=False)
    page.goto(kept.get_absolute_url())
    picture = page.locator("figure img").first
    assert "Tallene står i tabellerne" in str(picture.get_attribute("alt"))
    summary = page.get_by_text("Køn", exact=True).first
    summary.focus()
    page.keyboard.press("Enter")
    page.get_by_role("rowheader", name="kvinder").first.wait_for()
    page.context.close()
