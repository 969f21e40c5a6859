"""What all tests share: a browser if the machine has one, and saying by name which tests wait for it if not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# No law is about how fast the machine is; and where nobody is there to read a new counterexample, each run is the same.
settings.register_profile(
    "fodfaeste",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("fodfaeste")

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
left_out = pytest.StashKey[list[str]]()


def find_chromium() -> str | None:
    """Where the browser is: $CHROMIUM if it is set, and nothing else then; otherwise what PATH has."""
    asked = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [asked] if asked else CHROMIUMS)), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; only for tests marked `browser`, which are left out where there is none."""
    found = find_chromium()
    assert found is not None, "a test that wants chromium is not marked `browser`"
    return found


@pytest.fixture(scope="module")
def browser(chromium: str, monkeypatch_module: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser for the tests of one module; with Playwright's loop in the thread, only one may be open at a time."""
    from playwright.sync_api import sync_playwright

    # The loop is Playwright's, and Django would not let the tests beside it ask the database.
    monkeypatch_module.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    """Changes that last as long as a module's tests."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


OTHER_LANGUAGES = {"en", "uk"}
"""A browser walks every page in Danish, and the newcomers' in Arabic, each time; in these once more with the long."""


def pytest_itemcollected(item: pytest.Item) -> None:
    given = item.callspec.params.values() if hasattr(item, "callspec") else ()
    if "browser" in item.keywords and any(spoken in OTHER_LANGUAGES for spoken in _single(given)):
        item.add_marker(pytest.mark.long)


def _single(given: Iterable[object]) -> Iterator[object]:
    """Give values, and those of tuples one by one."""
    for value in given:
        yield from value if isinstance(value, tuple) else (value,)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    waiting = [item for item in items if "browser" in item.keywords] if find_chromium() is None else []
    config.stash[left_out] = [item.nodeid for item in waiting]
    if waiting:
        config.hook.pytest_deselected(items=waiting)
        items[:] = [item for item in items if item not in waiting]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if names := config.stash.get(left_out, []):
        terminalreporter.write_line(f"left out, no chromium: {', '.join(names)}", yellow=True)
