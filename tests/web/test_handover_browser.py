"""Journey 19 in a browser: 31 cases are told of, offered, accepted and returned; a stand-in; nothing for axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.handover.domain.handovers import offer, tell
from fodfaeste.web.handover.domain.stand_ins import arrange_stand_in
from fodfaeste.web.handover.models import HandedCase
from fodfaeste.web.programme.models import Draft

from .conftest import Country, signed_in
from .handover_examples import A_WEEK, CASES, DRAFTS, a_caseload, end_programmes, small, workers_on

pytestmark = pytest.mark.browser
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}

Opener = Callable[..., Page]


@pytest.fixture
def open_as(browser: Browser, transactional_db: None, live_server: Any, country: Country) -> Iterator[Opener]:
    """A browser a user, signed in; nothing may go wrong in its console."""
    contexts = []
    faults: list[str] = []

    def opener(user: User, language: str = "da") -> Page:
        context = browser.new_context(base_url=live_server.url, locale="da-DK")
        session = signed_in(user).cookies["sessionid"].value
        cookies = {"sessionid": session, "django_language": language}
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield opener
    for context in contexts:
        context.close()
    end_programmes()
    assert not faults


def test_a_caseload_goes_to_the_neighbour(open_as: Opener, country: Country) -> None:
    """The worker writes, offers; the neighbour accepts one, returns one; the draft of a line outlives the window."""
    caseload = a_caseload(country)
    worker = open_as(caseload.worker)
    worker.goto("/overdragelse/")
    worker.get_by_role("link", name="Begynd en overdragelse").click()
    worker.get_by_label("Første dag uden medarbejderen").fill((timezone.localdate() + A_WEEK).isoformat())
    worker.get_by_role("button", name="Begynd").click()
    worker.wait_for_url("**/overdragelse/*/")
    assert worker.locator(".packet-case").count() == CASES
    assert worker.get_by_text("Kladde fra").count() == DRAFTS
    packet = worker.url
    worker.get_by_role("link", name="Skriv den næste linje").click()
    worker.get_by_label("Det vil jeg fortælle dig").fill("Kommer altid for tidligt")
    worker.get_by_text("Kladde gemt").wait_for(timeout=15_000)
    assert Draft.objects.filter(user=caseload.worker).count() == DRAFTS + 1
    worker.reload()
    worker.get_by_text("er hentet").wait_for()
    assert worker.get_by_label("Det vil jeg fortælle dig").input_value() == "Kommer altid for tidligt"
    first = worker.url
    worker.get_by_role("button", name="Gem, og gå til den næste").click()
    worker.wait_for_url(lambda address: "/sag/" in address and address != first)
    worker.get_by_label("Det vil jeg fortælle dig").fill("Ring til søsteren")
    worker.get_by_role("button", name="Gem", exact=True).click()
    worker.wait_for_url(packet)
    assert Draft.objects.filter(user=caseload.worker).count() == DRAFTS
    told = list(HandedCase.objects.exclude(told="").order_by("pk"))
    assert [case.told for case in told] == ["Kommer altid for tidligt", "Ring til søsteren"]
    for case in told:
        worker.locator(f"label[for='vaelg{case.person_id}']").click()
    worker.get_by_label("Modtager").select_option(label="Naboen (0 sager)")
    worker.get_by_role("button", name="Tilbyd de valgte").click()
    worker.get_by_text("2 sager er tilbudt Naboen.").wait_for()

    neighbour = open_as(caseload.neighbour)
    neighbour.goto("/program/i-dag/")
    neighbour.get_by_role("link", name=str(told[0].person)).first.click()
    neighbour.get_by_text("Kommer altid for tidligt").wait_for()
    neighbour.get_by_role("button", name="Modtag sagen").click()
    neighbour.get_by_text("Sagen er nu din.").wait_for()
    assert workers_on(told[0].person, timezone.localdate()) == [caseload.neighbour]
    neighbour.goto("/overdragelse/")
    neighbour.get_by_role("link", name=str(told[1].person)).first.click()
    neighbour.get_by_label("Hvorfor du giver sagen tilbage").fill("Vi er i familie")
    neighbour.get_by_role("button", name="Giv sagen tilbage").click()
    neighbour.get_by_text("Sagen er givet tilbage.").wait_for()

    worker.goto(packet)
    worker.get_by_text("Naboen gav sagen tilbage: Vi er i familie").wait_for()
    assert worker.locator(".packet-case").count() == CASES - 1
    leader = open_as(country.users[Role.LEADER])
    leader.goto(f"/overdragelse/kontor/{country.own.pk}/")
    leader.get_by_text(
        "1 af 31 sager er modtaget, 0 venter på svar, 1 er givet tilbage, 29 er ikke tilbudt."
    ).wait_for()


@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_nothing(open_as: Opener, country: Country, language: str) -> None:
    caseload = small(country)
    own, today = country.own.pk, timezone.localdate()
    country.own.partners.add(country.other)
    handover = caseload.begun()
    for person in caseload.persons[:2]:
        tell(handover, person, told="Ring før ni", matters="Søsteren", by=caseload.worker)
    offer(handover, caseload.persons[:2], receiver=caseload.neighbour, by=caseload.worker)
    arrange_stand_in(
        country.users[Role.CONSULTANT],
        country.own,
        stand_in=caseload.neighbour,
        start=today,
        end=today + A_WEEK,
        urgent="Skolen ringer",
        by=country.users[Role.LEADER],
    )
    case = HandedCase.objects.filter(state="offered")[0]
    at = f"/overdragelse/{handover.pk}/"
    looked_at = {
        caseload.worker: [at, f"{at}sag/{country.person.pk}/", f"{at}fortryd/", f"/overdragelse/begynd/{own}/"],
        caseload.neighbour: ["/overdragelse/", f"/overdragelse/tilbud/{case.pk}/", "/program/i-dag/"],
        country.users[Role.LEADER]: [f"/overdragelse/kontor/{own}/", f"{at}resten/", f"/overdragelse/vikar/{own}/"],
    }
    found = {}
    for user, addresses in looked_at.items():
        page = open_as(user, language)
        for address in addresses:
            found[address] = _look(page, address, language)
    assert not {address: said for address, said in found.items() if said}


def _look(page: Page, address: str, language: str) -> list[str]:
    """Say what is wrong with a page, narrow, middling and wide."""
    wrong = []
    page.goto(address)
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        if not page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
            wrong.append(f"scrolls sideways at {width}")
    answer = Axe().run(page, options=WCAG)
    return wrong + [str(one["id"]) for one in answer.response["violations"]]
