"""It is over (journey 24) in a browser: a deletion that is held up, and then comes; the chain fits; axe and widths."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page

from fodfaeste.web.placement.keeping.models import Step

from .desk_examples import arriving, decided
from .test_desk_browser import (
    WCAG,
    page,  # noqa: F401 - the fixture
)
from .test_keeping import NAME, a_sent_household, the_day_of

pytestmark = pytest.mark.browser


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves today on for the command; the pages keep theirs."""
    real = timezone.localdate

    def delete(folder: Path, day: date) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "localdate", lambda value=None, *_: day if value is None else real(value))
            call_command("delete_by_rule", archive=folder)

    return delete


def seen(shown: Page, name: str) -> None:
    """Look at a page in both languages and widths: nothing runs off, and axe finds nothing."""
    for lang in ("da", "en"):
        shown.context.add_cookies([{"name": "django_language", "value": lang, "url": shown.url}])
        for width in (1280, 320):
            shown.set_viewport_size({"width": width, "height": 900})
            shown.reload()
            wide = shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{name} runs off at {width} px"
            if folder := os.environ.get("LOOK"):
                shown.screenshot(path=f"{folder}/{name}-{lang}-{width}.png", full_page=True)
        found = Axe().run(shown, options=WCAG)
        assert not found.response["violations"], found.generate_report()
    shown.context.add_cookies([{"name": "django_language", "value": "da", "url": shown.url}])
    shown.set_viewport_size({"width": 1280, "height": 900})
    shown.reload()


def test_a_deletion_waits_on_hold_and_then_leaves_the_case_without_its_people(
    page: Page,  # noqa: F811
    clock: Any,
    tmp_path: Path,
) -> None:
    family, other = a_sent_household(), arriving("Familien Anden")
    decided(other)
    day = the_day_of(family, Step.PERSONS)
    page.goto(family.get_absolute_url())
    page.get_by_text("slettes tidligst den").first.wait_for()
    page.get_by_label("Hvorfor sletningen skal vente").fill("Sag ved ombudsmanden")
    page.get_by_role("button", name="Sæt sletningen i bero").click()
    page.get_by_text("Sag ved ombudsmanden").wait_for()
    seen(page, "household")
    clock(tmp_path, day)
    page.goto("/visitation/sletning/")
    page.get_by_text("Sletningen er i bero.").wait_for()
    page.goto(family.get_absolute_url())
    page.get_by_role("button", name="Lad reglen slette igen").click()
    page.get_by_text("Sletningen følger reglen igen.").wait_for()
    clock(tmp_path, day)
    page.goto(family.get_absolute_url())
    page.get_by_role("heading", name="Slettet efter reglen").wait_for()
    assert NAME not in page.content()
    seen(page, "erased")
    page.goto("/visitation/sletning/")
    page.get_by_text("husstande-").first.wait_for()
    seen(page, "keeping")
    page.goto("/visitation/optegnelser/")
    page.get_by_role("button", name="Kontrollér nu").click()
    page.get_by_text("optegnelser, som de blev skrevet").wait_for()
    seen(page, "chain")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Tag kæden og optegnelserne ud").click()
    assert taken.value.suggested_filename.endswith(".zip")
