"""Takes the documentation's pictures of the web application: `.venv/bin/python tools/screenshots.py [NAME ...]`.

Builds the demonstration country in a temporary folder, serves it, signs in and takes each picture into docs/assets, as
somebody in an office would see it. Needs chromium, and what `make dev` installs. The pictures are kept in the
repository: a machine that builds the documentation may have no browser.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fodfaeste.cli.demo import country
from fodfaeste.cli.demo.check import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "docs" / "assets"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
WIDE, TALL, PHONE = (1280, 800), (1280, 1080), (360, 740)
NEWCOMER = "newcomer"

DANISH_FIELDS = """() => {
  for (const field of document.querySelectorAll("main input[type=date], main input[type=time]")) {
    const value = field.value;
    const date = field.type === "date";
    field.type = "text";
    field.value = date ? value.split("-").reverse().join("-") : value;
    if (!value) field.placeholder = date ? "dd-mm-åååå" : "tt:mm";
  }
}"""
"""Days and times as a browser in Danish writes them: Debian's speaks English alone, whatever the page says."""


def today(page: Page, _own: Mapping[str, str]) -> None:
    """Go to the worker's day."""
    page.goto("program/i-dag/")


def programme(page: Page, own: Mapping[str, str]) -> None:
    """Go to the programme of the first person on the day whose plan both have approved."""
    today(page, own)
    links = page.locator(".day-list .day-what a")
    addresses = dict.fromkeys(links.nth(one).get_attribute("href") for one in range(links.count()))
    for address in addresses:
        page.goto(str(address))
        if page.get_by_role("heading", name="godkendt").count() and page.locator(".activity").count() > 1:
            return
    raise LookupError("No programme of the worker's day has an approved plan with two activities.")


def person(page: Page, own: Mapping[str, str]) -> None:
    """Go to the page of the same person."""
    programme(page, own)
    page.locator(".rooms a").first.click()


def plan(page: Page, own: Mapping[str, str]) -> None:
    """Go to the plan on the programme's page."""
    programme(page, own)
    page.get_by_role("heading", name="Plan, version").evaluate("heading => heading.scrollIntoView()")


def week(page: Page, own: Mapping[str, str]) -> None:
    """Go to the week of the same person."""
    programme(page, own)
    page.locator(".rooms").get_by_role("link", name="Uge", exact=True).click()


def leader(page: Page, _own: Mapping[str, str]) -> None:
    """Go to what the leader meets on Monday."""
    page.goto("program/ledelse/")


def newcomer(page: Page, own: Mapping[str, str]) -> None:
    """Go to a newcomer's own page by the link, with the code."""
    page.goto(own["path"].removeprefix("/"))
    page.fill("input[name=code]", own["code"])
    page.locator("main button[type=submit]").first.click()
    page.locator("button[name=language][value=ar]").click()


@dataclass(frozen=True)
class Picture:
    """A picture: who sees it, how they get there, and how large their window is."""

    name: str
    role: str
    go: Callable[[Page, Mapping[str, str]], None]
    size: tuple[int, int] = WIDE


PICTURES = (
    Picture("web-today.png", "worker", today),
    Picture("web-person.png", "worker", person, TALL),
    Picture("web-programme.png", "worker", plan, TALL),
    Picture("web-week.png", "worker", week),
    Picture("web-leader.png", "leader", leader),
    Picture("web-newcomer.png", NEWCOMER, newcomer, PHONE),
)


def main(names: Sequence[str]) -> int:
    """Take the pictures that are named, or all."""
    from playwright.sync_api import sync_playwright

    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if found is None:
        print("No chromium: on Debian, apt-get install chromium.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as room, sync_playwright() as playwright:
        out = Path(room)
        built = country.build(out)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--hide-scrollbars"])
        with served(out, country.free_port(0)) as address:
            for picture in PICTURES:
                if not names or picture.name in names:
                    _take(browser, address, built, picture)
        browser.close()
    return 0


def _take(browser: Browser, address: str, built: Mapping[str, Any], picture: Picture) -> None:
    width, height = picture.size
    page = browser.new_page(base_url=address, locale="da-DK", viewport={"width": width, "height": height})
    if picture.role != NEWCOMER:
        page.goto("konto/login/")
        page.fill("input[name=login]", next(one["email"] for one in built["sign_ins"] if one["role"] == picture.role))
        page.fill("input[name=password]", built["password"])
        page.locator("main button[type=submit]").first.click()
    picture.go(page, built["own_page"])
    page.wait_for_load_state("networkidle")
    page.evaluate(DANISH_FIELDS)
    file = ASSETS / picture.name
    page.screenshot(path=file)
    page.close()
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
