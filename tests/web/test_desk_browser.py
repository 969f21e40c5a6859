"""The desk in a browser: twelve households placed in a week with two overrides and one objection; axe and widths."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page

from fodfaeste.web.placement.desk.domain import decisions, proposals
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord
from fodfaeste.web.placement.models import QuotaRound

from .conftest import signed_in
from .desk_examples import AARHUS, ARRIVES, ODENSE, arriving, decided, opened_round, wish
from .quota_examples import agency, officer_of

pytestmark = pytest.mark.browser
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
TWELVE, OVERRIDDEN = 12, 2


@pytest.fixture
def page(browser: Browser, transactional_db: None, live_server: Any) -> Iterator[Page]:
    """A browser in which an officer is signed in; nothing may go wrong in its console."""
    opened_round()
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, locale="da-DK")
    context.add_cookies(
        [{"name": name, "value": signed_in(officer_of(agency())).cookies[name].value, "url": live_server.url}]
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    # What is published can be taken away only once it is closed, in tests too.
    QuotaRound.objects.exclude(state="draft").update(state="closed")
    assert not [fault for fault in faults if "422" not in fault]


def test_twelve_households_are_placed_in_a_week(page: Page) -> None:
    families = [
        arriving(f"Nr. {number}", wishes=(wish("family", (ODENSE, AARHUS)[number % 2]),)) for number in range(TWELVE)
    ]
    page.goto("/visitation/husstande/")
    page.get_by_role("link", name="Forslag", exact=True).click()
    page.get_by_label("Navn").fill("Uge 9")
    page.get_by_label("Ankommer fra").fill("2027-03-01")
    page.get_by_label("Ankommer til og med").fill("2027-03-07")
    page.get_by_role("button", name="Lav forslaget").click()
    page.get_by_text("12 husstande; 24 personer får et sted i 2 kommuner.").wait_for()
    page.get_by_label(f"Lås {families[0].reference} til Odense").check()
    page.get_by_role("button", name="Regn igen").click()
    page.get_by_text("Forslaget er regnet igen.").wait_for()
    assert page.get_by_label(f"Lås {families[0].reference} til Odense").is_checked()
    for number, family in enumerate(families):
        page.goto(family.get_absolute_url())
        page.get_by_role("heading", name="De bedste steder").wait_for()
        if number < OVERRIDDEN:
            page.get_by_label("Kommune").select_option(label="Esbjerg")
            page.get_by_role("button", name="Afgør").click()
            page.get_by_text("kræver en grund fra listen").first.wait_for()
            page.get_by_label("Grund", exact=False).first.select_option(label="Bolig")
            page.get_by_label("Forklaring").fill("Der er en bolig, der passer til dem.")
        page.get_by_role("button", name="Afgør").click()
        page.get_by_text("Husstanden er placeret.").wait_for()
        page.get_by_role("button", name="Send til kommunen").click()
        page.get_by_text("Afgørelsen er sendt.").wait_for()
    page.goto(families[0].get_absolute_url())
    page.get_by_label("Med ord").fill("Vi har en søster i Odense.")
    page.get_by_role("button", name="Skriv klagen ned").click()
    page.get_by_role("heading", name="Besvar klagen").wait_for()
    page.get_by_label("Svar").select_option(label="Sagen genoptages, og husstanden afgøres igen")
    page.get_by_label("Med ord").fill("Søsteren bor dér, og der er plads.")
    page.get_by_role("button", name="Svar").click()
    page.get_by_role("heading", name="De bedste steder").wait_for()
    made = PlacementRecord.objects.filter(act="decided")
    assert made.count() == TWELVE
    assert sum(one.facts["decision"]["override"] for one in made) == OVERRIDDEN
    assert Arrival.objects.filter(state="sent").count() == TWELVE - 1


@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, live_server: Any, language: str) -> None:
    by = officer_of(agency())
    family = arriving(wishes=(wish("family", ODENSE), wish("avoid", AARHUS)))
    done = arriving("Afgjort")
    decided(done, AARHUS)
    decisions.note_objection(done, text="Vi er uenige.", by=by)
    week = {"first": ARRIVES, "last": ARRIVES + timedelta(days=6), "by": by}
    one, other = (proposals.propose(agency(), name=name, **week) for name in ("A", "B"))
    proposals.set_terms(other, locks={family.reference: ODENSE}, forbids=[(family.reference, AARHUS)], by=by)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    addresses = (
        "/visitation/husstande/",
        "/visitation/husstande/ny/",
        "/visitation/husstande/liste/",
        family.get_absolute_url(),
        done.get_absolute_url(),
        "/visitation/forslag/",
        other.get_absolute_url(),
        f"/visitation/forslag/sammenlign/?a={one.pk}&b={other.pk}",
        "/visitation/prognose/",
        "/visitation/kommuner/",
        f"/visitation/kommuner/{AARHUS}/",
    )
    found = {address: _look(page, address) for address in addresses}
    assert not {address: said for address, said in found.items() if said}


def _look(page: Page, address: str) -> list[str]:
    """Say what is wrong with a page, at the three widths."""
    wrong = []
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        if not page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
            wrong.append(f"scrolls sideways at {width}")
    answer = Axe().run(page, options=WCAG)
    return wrong + [str(one["id"]) for one in answer.response["violations"]]
