"""The report on a plan in a browser: both languages, wide, narrow, printed, by keyboard and without script."""

import importlib.util
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from fodfaeste.place import solve
from fodfaeste.report import html
from fodfaeste.report.place import content
from fodfaeste.report.render import svg

pytestmark = pytest.mark.browser
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (1280, 768, 320)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write the page in both languages; `tests/report/place/plan_world.py` makes the problem up."""
    place = Path(__file__).parents[1] / "report" / "place" / "plan_world.py"
    spec = importlib.util.spec_from_file_location("plan_world_of_browser", place)
    world = importlib.util.module_from_spec(spec)
    # Dataclasses look their own module up.
    sys.modules[spec.name] = world
    spec.loader.exec_module(world)
    plan = solve(world.town())
    found = content.find(plan, world.evaluated(plan))
    room = tmp_path_factory.mktemp("plan")
    pages = {}
    for lang in ("da", "en"):
        document = content.document(found, lang)
        drawings = {figure.name: svg(figure, lang) for figure in document.figures()}
        pages[lang] = (html.write(document, room / f"{lang}.html", drawings).as_uri(), document)
    return pages


@pytest.fixture(params=["da", "en"])
def page_of(request, written):
    return written[request.param]


def unfold(opened):
    for closed in opened.query_selector_all("details:not([open]) > summary"):
        closed.click()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_never_scrolls_sideways_and_asks_nobody(browser, page_of, width):
    address, _ = page_of
    opened = browser.new_page(viewport={"width": width, "height": 800})
    asked = []
    opened.on("request", lambda sent: asked.append(sent.url))
    opened.on("console", lambda said: asked.append(f"console: {said.text}"))
    opened.goto(address)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    unfold(opened)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    opened.close()


def test_axe_finds_nothing(browser, page_of):
    address, document = page_of
    opened = browser.new_page(viewport={"width": 320 if document.lang == "en" else 1280, "height": 800})
    opened.goto(address)
    # Rows and marks like one another teach axe nothing and take it long.
    opened.evaluate(
        "document.querySelectorAll('tbody tr:nth-child(n+5), svg path:nth-child(n+5)').forEach(one => one.remove())"
    )
    unfold(opened)
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


def test_the_keyboard_reaches_the_content_and_opens_what_is_folded(browser, page_of):
    address, _ = page_of
    opened = browser.new_page()
    opened.goto(address)
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    opened.keyboard.press("Enter")
    assert opened.url.endswith("#content")
    opened.locator("summary").first.focus()
    opened.keyboard.press("Enter")
    assert opened.locator("details[open]").count() == 1
    opened.close()


def test_printed_it_shows_the_folded_tables_too(browser, page_of):
    address, _ = page_of
    opened = browser.new_page()
    opened.goto(address)
    opened.emulate_media(media="print")
    assert opened.locator("#table-households tbody tr").first.is_visible()
    assert not opened.locator("nav").is_visible()
    assert len(opened.pdf()) > 10_000
    opened.close()
