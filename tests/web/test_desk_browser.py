"""The desk in a browser: twelve households placed in a week with two overrides and one objection; axe and widths."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import translation
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.base.files import csv_lines
from fodfaeste.web.placement.desk import importing, importing_places
from fodfaeste.web.placement.desk.domain import decisions, proposals
from fodfaeste.web.placement.desk.figures import PlaceFigure
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord
from fodfaeste.web.placement.models import QuotaRound

from .conftest import made_user, signed_in
from .desk_examples import AARHUS, ARRIVES, ESBJERG, ODENSE, arriving, decided, opened_round, say, wish
from .quota_examples import agency, officer_of

pytestmark = pytest.mark.browser
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
TWELVE, OVERRIDDEN = 12, 2


@pytest.fixture
def page(browser: Browser, transactional_db: None, live_server: Any) -> Iterator[Page]:
    """A browser in which an officer is signed in; nothing may go wrong in its console."""
    opened_round()
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


def test_twelve_households_are_placed_in_a_week(page: Page) -> None:
    families = [
        arriving(f"Nr. {number}", wishes=(wish("family", (ODENSE, AARHUS)[number % 2]),)) for number in range(TWELVE)
    ]
    page.goto("/visitation/husstande/")
    page.get_by_role("link", name="Forslag", exact=True).click()
    page.get_by_label("Navn").fill("Uge 9")
    page.get_by_label("Ankommer fra").fill("2027-03-01")
    page.get_by_label("Ankommer til og med").fill("2027-03-07")
    page.get_by_role("button", name="Lav forslaget").click()
    page.get_by_text("12 husstande; 24 personer får et sted i 2 kommuner.").wait_for()
    page.get_by_label(f"Lås {families[0].reference} til Odense").check()
    page.get_by_role("button", name="Regn igen").click()
    page.get_by_text("Forslaget er regnet igen.").wait_for()
    assert page.get_by_label(f"Lås {families[0].reference} til Odense").is_checked()
    for number, family in enumerate(families):
        page.goto(family.get_absolute_url())
        page.get_by_role("heading", name="De bedste steder").wait_for()
        if number < OVERRIDDEN:
            page.get_by_label("Kommune").select_option(label="Esbjerg")
            page.get_by_role("button", name="Afgør").click()
            page.get_by_text("kræver en grund fra listen").first.wait_for()
            page.get_by_label("Grund", exact=False).first.select_option(label="Bolig")
            page.get_by_label("Forklaring").fill("Der er en bolig, der passer til dem.")
        page.get_by_role("button", name="Afgør").click()
        page.get_by_text("Husstanden er placeret.").wait_for()
        page.get_by_role("button", name="Send til kommunen").click()
        page.get_by_text("Afgørelsen er sendt.").wait_for()
    page.goto(families[0].get_absolute_url())
    page.get_by_label("Med ord").fill("Vi har en søster i Odense.")
    page.get_by_role("button", name="Skriv klagen ned").click()
    page.get_by_role("heading", name="Besvar klagen").wait_for()
    page.get_by_label("Svar").select_option(label="Sagen genoptages, og husstanden afgøres igen")
    page.get_by_label("Med ord").fill("Søsteren bor dér, og der er plads.")
    page.get_by_role("button", name="Svar").click()
    page.get_by_role("heading", name="De bedste steder").wait_for()
    made = PlacementRecord.objects.filter(act="decided")
    assert made.count() == TWELVE
    assert sum(one.facts["decision"]["override"] for one in made) == OVERRIDDEN
    assert Arrival.objects.filter(state="sent").count() == TWELVE - 1


@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, live_server: Any, language: str) -> None:
    by = officer_of(agency())
    say(AARHUS, "dwelling", 2, "3", free_from=ARRIVES)
    say(ODENSE, "class", 1)
    said = (
        wish("family", ODENSE),
        wish("avoid", AARHUS),
        wish("sector", sector="farm"),
        wish("around", around="water"),
    )
    family = arriving(wishes=said)
    done = arriving("Afgjort")
    decided(done, AARHUS)
    decisions.note_objection(done, text="Vi er uenige.", by=by)
    week = {"first": ARRIVES, "last": ARRIVES + timedelta(days=6), "by": by}
    one, other = (proposals.propose(agency(), name=name, **week) for name in ("A", "B"))
    proposals.set_terms(other, locks={family.reference: ODENSE}, forbids=[(family.reference, AARHUS)], by=by)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    addresses = (
        "/visitation/husstande/",
        "/visitation/husstande/ny/",
        "/visitation/husstande/liste/",
        family.get_absolute_url(),
        done.get_absolute_url(),
        "/visitation/forslag/",
        other.get_absolute_url(),
        f"/visitation/forslag/sammenlign/?a={one.pk}&b={other.pk}",
        "/visitation/prognose/",
        "/visitation/kommuner/",
        f"/visitation/kommuner/{AARHUS}/",
        "/visitation/kommuner/liste/",
    )
    found = {address: _look(page, address) for address in addresses}
    assert not {address: said for address, said in found.items() if said}


FAULTY = (
    ("U-1", "", "i foråret", "arabisk", "Amal", "Opdigtet", "24-03-1988", "kvinde", "SYR"),
    ("U-1", "", "01-03-2027", "ar", "Barn", "Opdigtet", "2020-01-01", "m", "SYR"),
)
FIGURES = (("Esbjerg", "bolig, 3 værelser", "2", "", "02-01-2026"), ("Esbjerg", "foreninger", "2,5", "", "02-01-2026"))


@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_nothing_on_lists_that_were_read(page: Page, live_server: Any, language: str) -> None:
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    found = {}
    for address, columns, rows in (
        ("/visitation/husstande/liste/", importing.COLUMNS, FAULTY),
        ("/visitation/kommuner/liste/", importing_places.COLUMNS, FIGURES),
    ):
        page.goto(address)
        with translation.override(language):
            heads = [str(column.head) for column in columns[: len(rows[0])]]
        content = "".join(csv_lines(heads, rows)).encode()
        page.locator("input[type=file]").set_input_files({"name": "l.csv", "mimeType": "text/csv", "buffer": content})
        page.locator("main form button[type=submit]").click()
        page.locator(".upload-faulty").first.wait_for()
        found[address] = _shown(page)
    assert not {address: said for address, said in found.items() if said}


@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_nothing_in_the_municipality(page: Page, live_server: Any, language: str) -> None:
    office = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Esbjerg Kommune", code=ESBJERG)
    worker = made_user("worker-esbjerg", office, Role.WORKER)
    say(ESBJERG, "class", 4, by=office)
    family = arriving(needs="Kan ikke gå på trapper")
    decided(family, ESBJERG)
    decisions.send(family, by=officer_of(agency()))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": signed_in(worker).cookies[name].value, "url": live_server.url}])
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    addresses = ("/visitation/modtag/", "/visitation/jeres-kommune/", "/visitation/jeres-kommune/liste/")
    found = {address: _look(page, address) for address in addresses}
    assert not {address: said for address, said in found.items() if said}


def test_a_municipality_writes_what_it_has_by_keyboard(page: Page, live_server: Any) -> None:
    office = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Esbjerg Kommune", code=ESBJERG)
    leader = made_user("leader-esbjerg", office, Role.LEADER)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": signed_in(leader).cookies[name].value, "url": live_server.url}])
    page.goto("/visitation/jeres-kommune/")
    page.get_by_label("Hvad").first.focus()
    page.keyboard.type("bolig, 4")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.get_by_text("Tallene er gemt.").wait_for()
    assert page.get_by_role("rowheader", name="bolig, 4 værelser").is_visible()
    figure = PlaceFigure.objects.get(said_by=office)
    assert (figure.topic, figure.key, figure.value) == ("dwelling", "4", 2)


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


def _shown(page: Page) -> list[str]:
    """Say what is wrong with the page that is shown: an answer to what was sent cannot be opened again."""
    wrong = []
    for width in (1280, 768, 320):
        page.set_viewport_size({"width": width, "height": 900})
        if not page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
            wrong.append(f"scrolls sideways at {width}")
    answer = Axe().run(page, options=WCAG)
    return wrong + [str(one["id"]) for one in answer.response["violations"]]
