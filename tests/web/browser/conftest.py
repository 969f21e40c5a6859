"""A real browser at the running application, and what every page is held to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Request

from fodfaeste.web.accounts.models import User

from ..conftest import signed_in

AXE = (Path(__file__).parents[3] / "frontend/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (320, 768, 1280)


class Visitor:
    """Somebody with a browser; whatever it complains about is kept."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(base_url=address, **{"locale": "da-DK", **options})
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type != "debug" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._failed)

    def _failed(self, request: Request) -> None:
        # Whoever goes on before all of a page has come breaks off what is left of it.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"failed: {request.url}")

    def signs_in(self, user: User) -> Visitor:
        cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
        self._keep(settings.SESSION_COOKIE_NAME, cookie.value)
        return self

    def reads(self, language: str) -> Visitor:
        self._keep(settings.LANGUAGE_COOKIE_NAME, language)
        return self

    def goes_to(self, path: str) -> Page:
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def _keep(self, name: str, value: str) -> None:
        self.context.add_cookies([{"name": name, "value": value, "url": self.address}])


@pytest.fixture
def visitor(browser: Browser, live_server: Any) -> Iterator[Visitor]:
    made = Visitor(browser, live_server.url, viewport={"width": 1280, "height": 800}, locale="da-DK")
    yield made
    made.context.close()


def violations(page: Page) -> list[str]:
    """What axe finds. It is asked over the debugger, for the content policy lets no script in."""
    ask = f"{AXE}; axe.run({{runOnly: {json.dumps(RULES)}}}).then(found => JSON.stringify(found.violations))"
    debugger = page.context.new_cdp_session(page)
    answer = debugger.send("Runtime.evaluate", {"expression": ask, "awaitPromise": True})
    debugger.detach()
    return [f"{found['id']}: {found['nodes'][0]['html']}" for found in json.loads(answer["result"]["value"])]


def width_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))
