"""The report on a register in a browser: both editions and languages, wide, narrow, printed and without script."""

import importlib.util
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from fodfaeste.data.register import open_register
from fodfaeste.report import html
from fodfaeste.report.register import content
from fodfaeste.report.register.publication import for_publication
from fodfaeste.report.register.tables import gather
from fodfaeste.report.render import svg

pytestmark = pytest.mark.browser
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = [(edition, lang) for edition in ("full", "public") for lang in ("da", "en")]


def silent(_doing, _share):
    """Take progress and say nothing."""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write the four pages of a small register; `tests/report/register/world.py` makes it up."""
    place = Path(__file__).parents[1] / "report" / "register" / "world.py"
    spec = importlib.util.spec_from_file_location("register_world_of_browser", place)
    world = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(world)
    room = tmp_path_factory.mktemp("register")
    with open_register(world.write(world.register(), room / "source"), work=room) as opened:
        tables = gather(opened, room / "cells", silent)
    pages = {}
    for edition, edited in (("full", tables), ("public", for_publication(tables))):
        found = content.find(edited, silent)
        for lang in ("da", "en"):
            document = content.document(found, lang)
            drawings = {figure.name: svg(figure, lang) for figure in document.figures()}
            page = html.write(document, room / f"{edition}-{lang}.html", drawings)
            pages[edition, lang] = (page.as_uri(), document)
    return pages


@pytest.fixture(params=PAGES, ids="-".join)
def page_of(request, written):
    return written[request.param]


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_page_never_scrolls_sideways_and_asks_nobody(browser, page_of, width):
    address, _ = page_of
    opened = browser.new_page(viewport={"width": width, "height": 800})
    asked = []
    opened.on("request", lambda sent: asked.append(sent.url))
    opened.on("console", lambda said: asked.append(f"console: {said.text}"))
    opened.goto(address)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    for closed in opened.query_selector_all("details:not([open]) > summary"):
        closed.click()
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.close()


def test_axe_finds_nothing(browser, page_of):
    address, document = page_of
    opened = browser.new_page(viewport={"width": 390 if document.lang == "en" else 1280, "height": 800})
    opened.goto(address)
    # Rows and marks like one another teach axe nothing and take it long.
    opened.evaluate(
        "document.querySelectorAll('tbody tr:nth-child(n+5), svg path:nth-child(n+5)').forEach(one => one.remove())"
    )
    for closed in opened.query_selector_all("details:not([open]) > summary"):
        closed.click()
    found = Axe().run(opened, options={"runOnly": WCAG})
    assert found.violations_count == 0, found.generate_report()
    opened.close()


def test_it_reads_without_script(browser, page_of):
    address, document = page_of
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(address)
    assert opened.locator("html").get_attribute("lang") == document.lang
    assert opened.locator("main svg[role=img]").count() == len(list(document.figures()))
    assert opened.locator("main h2").all_inner_texts() == [section.heading for section in document.sections]
    opened.locator("summary").first.click()
    assert opened.locator("details[open]").count() == 1
    context.close()


def test_printed_it_shows_the_folded_tables_too(browser, page_of):
    address, _ = page_of
    opened = browser.new_page()
    opened.goto(address)
    opened.emulate_media(media="print")
    assert opened.locator("#table-league tbody tr").first.is_visible()
    assert not opened.locator("nav").is_visible()
    assert len(opened.pdf()) > 10_000
    opened.close()
