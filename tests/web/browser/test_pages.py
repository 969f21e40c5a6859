"""Pages in a real browser: narrow and wide, in three languages, by keyboard, without script, on paper."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest

from fodfaeste.web.accounts.roles import Role

from ..conftest import Country, made_person
from .conftest import WIDTHS, Visitor, violations, width_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.web.list_example"),
]
STATIC = Path(__file__).parents[3] / "src/fodfaeste/web/base/static"
FIRST_VIEW = 200 * 1024


@pytest.fixture
def worker(visitor: Visitor, country: Country) -> Visitor:
    """Somebody at work, with more persons than fit on a page."""
    for number in range(60):
        made_person(f"Nr{number:02d}", country.users[Role.WORKER], country.own, family_name="Opdigtet")
    return visitor.signs_in(country.users[Role.WORKER])


@pytest.mark.parametrize("language", ["da", "en", "ar"])
@pytest.mark.parametrize("path", ["/", "/konto/login/", "/was/"])
def test_open_pages(visitor: Visitor, path: str, language: str) -> None:
    holds(visitor.reads(language), path)


@pytest.mark.parametrize("language", ["da", "en", "ar"])
def test_a_list(worker: Visitor, language: str) -> None:
    holds(worker.reads(language), "/liste/?orden=-sag")


@pytest.mark.parametrize(
    "path", ["/liste/?koen=x", "/hjaelp/", "/konto/2fa/", "/konto/password/change/", "/konto/2fa/webauthn/"]
)
def test_pages_of_who_is_signed_in(worker: Visitor, path: str) -> None:
    holds(worker, path)


def holds(visitor: Visitor, path: str) -> None:
    """A page never scrolls sideways, axe finds nothing, the browser complains about nothing, and keys reach it all."""
    page = visitor.goes_to(path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert width_of(page) <= width
        if width != 768:
            assert violations(page) == []
    assert unreached(page) == []
    # Chromium's own advice about forms for passwords is no complaint.
    assert [said for said in visitor.complaints if "[DOM]" not in said] == []


def unreached(page: Any) -> list[str]:
    """What can be pressed and seen, and Tab does not lead to; or leads to without showing it."""
    page.evaluate(
        """() => {
        const kinds = "a[href], button, input:not([type=hidden]), select, textarea, [tabindex='0']";
        const all = [...document.querySelectorAll(kinds)];
        window.waiting = new Set(all.filter(element => element.checkVisibility() && !element.disabled));
        document.activeElement.blur();
        window.scrollTo(0, 0);
        }"""
    )
    # A field for a day has several places to stop at.
    for _ in range(2 * int(page.evaluate("waiting.size"))):
        page.keyboard.press("Tab")
        left = page.evaluate(
            """() => {
            const here = document.activeElement, style = getComputedStyle(here);
            if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) waiting.delete(here);
            return waiting.size;
            }"""
        )
        if not left:
            break
    return list(page.evaluate("[...waiting].map(element => element.outerHTML.slice(0, 120))"))


def test_the_first_key_leads_past_the_menu(worker: Visitor) -> None:
    page = worker.goes_to("/liste/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skipnav"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "indhold"


def test_keys_for_search_and_help_can_be_switched_off(worker: Visitor) -> None:
    page = worker.goes_to("/liste/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "soeg"
    page.keyboard.type("a/b?")
    assert page.input_value("#soeg") == "a/b?"
    page.locator("#liste a").first.focus()
    page.keyboard.press("?")
    assert page.locator("#genveje").is_visible()
    page.locator("#genveje [data-shortcuts]").click()
    assert page.locator("#genveje [data-shortcuts]").inner_text() == "Slå genveje til"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('#liste') !== null"), "focus is back where it was"
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("/")
    assert not page.locator("#genveje").is_visible()
    assert page.evaluate("document.activeElement.id") != "soeg"


def test_sorting_and_paging_change_the_list_alone_and_keep_the_place(worker: Visitor) -> None:
    page = worker.goes_to("/liste/")
    page.evaluate("window.untouched = true")
    heading = page.locator("#orden-sag")
    heading.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("th[aria-sort=ascending] #orden-sag")
    assert page.evaluate("document.activeElement.id") == "orden-sag"
    page.locator("#side-2").click()
    page.get_by_text("Viser 51–61 af 61 rækker").wait_for()
    assert page.url.endswith("/liste/?orden=sag&side=2")
    assert page.evaluate("window.untouched")
    assert worker.complaints == []
    page.go_back()
    page.get_by_text("Viser 1–50 af 61 rækker").wait_for()
    assert "cache" not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})"), "no page is kept"


def test_filters_change_the_list_alone(worker: Visitor) -> None:
    page = worker.goes_to("/liste/")
    page.evaluate("window.untouched = true")
    page.fill("#filter-q", "Nr07")
    page.keyboard.press("Enter")
    page.get_by_text("Viser 1–1 af 1 række").wait_for()
    assert page.evaluate("window.untouched")
    assert page.locator("#liste tbody tr").count() == 1


def test_a_filter_that_is_not_understood_says_so(worker: Visitor) -> None:
    page = worker.goes_to("/liste/?fra=x")
    assert page.evaluate("document.activeElement.classList.contains('error-summary')")
    page.locator(".error-summary a").click()
    assert page.evaluate("document.activeElement.id") == "filter-fra"


def test_all_of_a_list_works_without_script(browser: Any, live_server: Any, country: Country) -> None:
    made_person("Nr1", country.users[Role.WORKER], country.own, family_name="Opdigtet")
    visitor = Visitor(browser, live_server.url, java_script_enabled=False).signs_in(country.users[Role.WORKER])
    page = visitor.goes_to("/liste/")
    page.fill("#filter-q", "nr1")
    page.click("text=Vis >> nth=0")
    assert page.get_by_text("Viser 1–1 af 1 række").is_visible()
    page.click("#orden-navn")
    assert "orden=-navn" in page.url
    with page.expect_download() as download:
        page.click("text=Hent som CSV")
    assert Path(download.value.path()).read_text(encoding="utf-8-sig").count("\n") == 2
    assert not page.get_by_role("button", name="Udskriv").is_visible()
    page.click("button[lang=en]")
    assert page.get_attribute("html", "lang") == "en"
    visitor.context.close()


def test_printed_every_sheet_has_its_head_and_its_number(worker: Visitor) -> None:
    page = worker.goes_to("/liste/")
    sheets = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(page.pdf(format="A4"))).pages]
    assert len(sheets) > 1
    for number, text in enumerate(sheets, start=1):
        assert "Fodfæste · Egenby" in text
        assert f"Side {number} af {len(sheets)}" in text
        assert "Log ud" not in text


def test_printed_in_english_pages_are_counted_in_english(visitor: Visitor) -> None:
    page = visitor.reads("en").goes_to("/was/")
    assert "Page 1 of" in pypdf.PdfReader(io.BytesIO(page.pdf(format="A4"))).pages[0].extract_text()


def test_before_somebody_is_signed_out_they_are_asked(worker: Visitor) -> None:
    worker.page.clock.install()
    page = worker.goes_to("/liste/")
    page.clock.run_for(57 * 60 * 1000)
    assert not page.locator("#uvirksom").is_visible()
    page.clock.run_for(90 * 1000)
    assert page.locator("#uvirksom").is_visible()
    with page.expect_response("**/sundhed/"):
        page.get_by_role("button", name="Bliv logget ind").click()
    page.clock.run_for(57 * 60 * 1000)
    assert not page.locator("#uvirksom").is_visible()


def test_a_newcomers_first_view_is_light_and_its_letters_are_our_own(visitor: Visitor) -> None:
    page = visitor.reads("ar").goes_to("/was/")
    asked = page.evaluate("performance.getEntriesByType('resource').map(entry => new URL(entry.name).pathname)")
    assert any("plex-arabic" in path for path in asked)
    assert not any("htmx" in path for path in asked)
    assert sum(map(packed, asked)) + len(page.content().encode()) <= FIRST_VIEW
    assert page.evaluate("document.fonts.load('16px \"Noto Sans Ethiopic\"', 'ሰላም').then(found => found.length)") == 1
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"


def packed(path: str) -> int:
    """Bytes of a file as it is sent: packed where it lies packed."""
    file = STATIC / re.sub(r"^/static/", "", path)
    small = file.with_name(f"{file.name}.gz")
    return (small if small.exists() else file).stat().st_size


def test_people_who_wish_for_strong_colours_or_no_motion_are_heeded(visitor: Visitor) -> None:
    visitor.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page = visitor.goes_to("/konto/login/")
    assert violations(page) == []
    lasts = "parseFloat(getComputedStyle(document.querySelector('.button')).transitionDuration)"
    assert page.evaluate(lasts) < 0.01


def test_text_of_double_size_never_scrolls_sideways(visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": 640, "height": 800})
    page = visitor.goes_to("/was/")
    page.evaluate("document.documentElement.style.fontSize = '125%'")
    assert width_of(page) <= 640
