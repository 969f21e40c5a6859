"""A household's phone in the journeys: it comes in by its link, and each page is looked at in its language."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from fodfaeste.web.newcomer.domain.doors import Given

from ..door_examples import address

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PHONE = {"width": 360, "height": 740}
WIDTHS = (320, 360, 1280)
LANGUAGES = ("da", "en", "ar", "uk")


class Phone:
    """A browser of the size of a phone; what its console complains of is kept."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._code = ""
        self._forgiven: list[str] = []
        self._said: list[str] = []
        self.page: Page | None = None

    @property
    def complaints(self) -> list[str]:
        """What went wrong, but for what a test has looked for."""
        return [said for said in self._said if not any(one in said for one in self._forgiven)]

    def forgives(self, words: str) -> None:
        self._forgiven.append(words)

    def comes_in(self, given: Given, **options: Any) -> Page:
        """Open a household's link with its code, in a browser of its own."""
        context = self._browser.new_context(base_url=self._address, viewport=PHONE, locale="ar", **options)
        page = self.page = context.new_page()
        page.on("console", lambda said: self._said.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._said.append(str(error)))
        self._code = given.code
        page.goto(address(given))
        self.types_the_code()
        return page

    def types_the_code(self) -> None:
        assert self.page is not None
        self.page.locator("input[name=code]").fill(self._code)
        self.page.locator("main button[type=submit]").click()
        self.page.wait_for_url("**/ankomst/")

    def looks(self, path: str, language: str) -> list[str]:
        """Say what is wrong with a page: its language, its width, and what axe finds."""
        page, wrong = self.page, []
        assert page is not None
        page.goto(path)
        if page.locator("html").get_attribute("lang") != language:
            wrong.append("another language")
        return wrong + self.looks_here()

    def looks_here(self) -> list[str]:
        """Say what is wrong with the page that is open."""
        page, wrong = self.page, []
        assert page is not None
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 740})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"scrolls sideways at {width}")
        faults = Axe().run(page, options=WCAG).response["violations"]
        return wrong + [f"{one['id']}: {one['nodes'][0]['html']}" for one in faults]

    def close(self) -> None:
        if self.page is not None:
            self.page.context.close()
