"""Quota rounds in a browser: from figures to letters; nothing for axe in either language, nothing scrolls sideways."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from fodfaeste.web.placement.models import QuotaRound
from fodfaeste.web.placement.rounds.domain import tables

from .conftest import signed_in
from .quota_examples import NORTH, QUOTAS, agency, agreed, as_csv, drafted, example_rows, north, officer_of

pytestmark = pytest.mark.browser
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def page(browser: Browser, transactional_db: None, live_server: Any) -> Iterator[Page]:
    """A browser in which an officer is signed in; nothing may go wrong in its console."""
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


def test_a_round_goes_from_figures_to_letters(page: Page, tmp_path: Path) -> None:
    rows = example_rows()
    rows[0][3] = "mange"
    (tmp_path / "tal.csv").write_bytes(as_csv(rows))
    (tmp_path / "aftale.csv").write_bytes(as_csv(north(Aalborg=200, Hjørring=39), ("Kommune", "Kvote", "Underskrevet")))
    page.goto("/visitation/kvoter/")
    page.get_by_role("link", name="Begynd et års runde").click()
    page.get_by_label("Kvoter for året").fill("2027")
    page.get_by_label("Landstal").fill("1000")
    page.get_by_role("button", name="Begynd").click()
    page.get_by_label("Fil med tal for hver kommune").set_input_files(tmp_path / "tal.csv")
    page.get_by_role("button", name="Se tallene").click()
    page.get_by_label("Indbyggere, København").fill("300000")
    page.get_by_role("button", name="Gem og beregn").click()
    page.get_by_text("Tabellen er gemt, og kvoterne er beregnet.").wait_for()
    page.get_by_role("link", name="Aftaler", exact=True).click()
    page.get_by_label("Region").select_option(NORTH)
    page.get_by_label("Fil med de aftalte tal").set_input_files(tmp_path / "aftale.csv")
    page.get_by_label("Aftalen er skriftlig").check(force=True)
    page.get_by_role("button", name="Se aftalen").click()
    page.get_by_role("button", name="Gem og beregn").click()
    page.get_by_role("heading", name="Nordjylland: aftalen gælder").wait_for()
    page.get_by_role("link", name="Runden for 2027, version 1").click()
    page.get_by_role("link", name="Offentliggør").click()
    page.get_by_role("button", name="Offentliggør").click()
    page.get_by_text("Kvoterne er offentliggjort.").wait_for()
    page.get_by_role("link", name="Kort og liste").click()
    page.get_by_label("Kommune eller kode").fill("Aalborg")
    page.get_by_role("button", name="Vis", exact=True).click()
    page.get_by_role("link", name="Aalborg").click()
    page.get_by_role("heading", name="Hvorfor så mange?").wait_for()
    assert "200 personer" in page.inner_text("main")
    round_ = QuotaRound.objects.get()
    answer = page.request.get(f"/visitation/kvoter/{round_.pk}/breve.pdf")
    letters = PdfReader(io.BytesIO(answer.body()))
    assert len(letters.pages) == 98
    said = "\n".join(one.extract_text() for one in letters.pages)
    for name, code in (("Aarhus", "751"), ("Odense", "461")):
        assert f"{name} Kommune skal i 2027 modtage {QUOTAS[code]} personer." in said


@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, live_server: Any, language: str) -> None:
    round_ = drafted()
    by = officer_of(round_.organisation)
    agreed(round_, NORTH, north(Aalborg=238))
    upload = tables.mend(tables.type_figures(round_, by=by), {(1, "population"): "mange"}, by=by)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    base = f"/visitation/kvoter/{round_.pk}/"
    addresses = (
        "/visitation/kvoter/",
        "/visitation/kvoter/ny/",
        base,
        f"{base}kommuner/",
        f"{base}kommuner/101/",
        f"{base}hvad-hvis/?national=1100",
        f"{base}aendring/?expected=2000",
        f"{base}tal/",
        f"{base}aftaler/",
        f"{base}offentliggoer/",
        f"/visitation/kvoter/tabel/{upload.pk}/",
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
