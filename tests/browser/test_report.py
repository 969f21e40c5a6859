"""The report in a real browser: wide, narrow, printed, and as assistive technology meets it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from fodfaeste import report

pytestmark = pytest.mark.browser
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module", params=["da", "en"])
def address(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page") / request.param
    report.write(folder, request.param)
    return (folder / "report.html").as_uri()


@pytest.fixture(params=[1280, 390, 320])
def page(request, browser, address):
    opened = browser.new_page(viewport={"width": request.param, "height": 800}, java_script_enabled=True)
    asked = []
    opened.on("request", lambda sent: asked.append(sent.url))
    opened.on("console", lambda said: asked.append(f"console: {said.text}"))
    opened.goto(address)
    opened.asked = [url for url in asked if not url.startswith(("file:", "data:"))]
    yield opened
    opened.close()


def test_the_page_never_scrolls_sideways_and_asks_nobody(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.asked == []


def test_axe_finds_nothing(browser, address):
    page = browser.new_page(viewport={"width": 390 if "/en/" in address else 1280, "height": 800})
    page.goto(address)
    # Half a second a page is axe's usual; 216 rows like one another would make it half a minute.
    page.evaluate("document.querySelectorAll('tbody tr:nth-child(n+20)').forEach(row => row.remove())")
    for closed in page.query_selector_all("details:not([open]) > summary"):
        closed.click()
    found = Axe().run(page, options={"runOnly": WCAG})
    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_the_keyboard_reaches_the_content_first(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"


def test_printed_it_shows_the_folded_tables_too(browser, address):
    opened = browser.new_page()
    opened.goto(address)
    opened.emulate_media(media="print")
    assert opened.locator("#table-employment_all tbody tr").first.is_visible()
    assert not opened.locator("nav").is_visible()
    opened.close()


def test_it_reads_without_script(browser, address):
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(address)
    assert opened.locator("main svg[role=img]").count() == 12
    opened.locator("summary").first.click()
    assert opened.locator("details[open]").count() == 1
    context.close()
