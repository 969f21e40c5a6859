"""Drafts and lists in a browser: what is typed outlives its session, two windows keep both texts, nothing for axe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.programme.domain.absences import mark_absent
from fodfaeste.web.programme.domain.evaluations import EVALUATION
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.models import Draft, FollowUp, GoalEvaluation, JournalNote, Programme

from .conftest import Country, signed_in
from .programme_examples import agreed, opened

pytestmark = pytest.mark.browser
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
FIVE_SECONDS = 5_000


@pytest.fixture
def page(browser: Browser, transactional_db: None, live_server: Any, country: Country) -> Iterator[Page]:
    """A browser in which the own municipality's worker is signed in; nothing may go wrong in its console."""
    context = browser.new_context(base_url=live_server.url, locale="da-DK", timezone_id="Europe/Copenhagen")
    page = context.new_page()
    sign_in(page, country, live_server.url)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.clock.install()
    yield page
    context.close()
    # What is agreed can be taken away only once it is over, in tests too.
    Programme.objects.update(end=timezone.localdate())
    assert not faults


def sign_in(page: Page, country: Country, url: str) -> None:
    session = signed_in(country.users[Role.WORKER]).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])


def journal(country: Country) -> str:
    return f"/program/{country.person.pk}/journal/"


def opened_at(page: Page, address: str) -> None:
    """Go to a page with a form, and wait until it has been asked for its draft."""
    with page.expect_response(lambda answer: "/kladde/?formular=" in answer.url):
        page.goto(address)


def saved(page: Page) -> None:
    """Let five seconds pass, and wait until the draft is saved."""
    with page.expect_response(lambda answer: "/kladde/?" in answer.url and answer.request.method == "POST"):
        page.clock.fast_forward(FIVE_SECONDS)


def test_what_is_typed_is_there_to_the_last_5_seconds_after_the_session_has_ended(
    page: Page, country: Country, live_server: Any
) -> None:
    opened(country)
    opened_at(page, journal(country))
    text = page.get_by_label("Notat", exact=True)
    text.fill("Hun har fundet et værksted.")
    page.get_by_label("Skabelon").select_option("Telefonnotat")
    saved(page)
    page.get_by_text("Kladde gemt").wait_for()
    Session.objects.all().delete()
    text.press_sequentially(" Hun begynder mandag.")
    saved(page)
    page.get_by_text("Du er logget ud. Kladden gemmes i denne browser").wait_for()
    # Nothing more than this browser's own cookies: the same user signs in again in it.
    signed_out = next(one["value"] for one in page.context.cookies() if one["name"] == "sessionid")
    again = signed_in(country.users[Role.WORKER])
    again.cookies["sessionid"] = signed_out
    again.force_login(country.users[Role.WORKER], "allauth.account.auth_backends.AuthenticationBackend")
    cookie = again.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    opened_at(page, journal(country))
    page.locator(".draft-bar").get_by_text("er hentet").wait_for()
    assert text.input_value() == "Hun har fundet et værksted. Hun begynder mandag."
    assert page.get_by_label("Skabelon").input_value() == "Telefonnotat"


def test_a_draft_is_taken_back_and_goes_when_the_form_is_saved(page: Page, country: Country) -> None:
    opened(country)
    goal = f"/program/{country.person.pk}/plan/maal/"
    opened_at(page, goal)
    words = page.get_by_label("Mål", exact=True)
    words.fill("Jeg vil arbejde")
    saved(page)
    opened_at(page, goal)
    page.get_by_role("button", name="Fortryd").click()
    page.get_by_text("Kladden er smidt væk.").wait_for()
    assert words.input_value() == ""
    words.fill("Jeg vil arbejde med træ")
    saved(page)
    assert Draft.objects.get().text == "Jeg vil arbejde med træ"
    page.get_by_role("button", name="Gem i planen").click()
    page.wait_for_url(f"**/program/{country.person.pk}/")
    assert not Draft.objects.exists()


def test_a_wish_is_kept_as_it_is_typed_though_the_person_has_no_programme(page: Page, country: Country) -> None:
    address = f"/personer/{country.person.pk}/oenske/ny/"
    opened_at(page, address)
    words = page.get_by_label("Egne ord")
    words.fill("Jeg vil bo tæt på min søster")
    saved(page)
    opened_at(page, address)
    page.locator(".draft-bar").get_by_text("er hentet").wait_for()
    assert words.input_value() == "Jeg vil bo tæt på min søster"
    page.get_by_label("Om", exact=True).select_option(index=1)
    page.get_by_role("button", name="Gem", exact=True).click()
    page.wait_for_url(f"**/personer/{country.person.pk}/")
    assert not Draft.objects.exists()


def test_what_is_typed_is_kept_on_leaving(page: Page, country: Country) -> None:
    opened(country)
    opened_at(page, journal(country))
    text = page.get_by_label("Notat", exact=True)
    text.fill("Jeg skal lige se planen")
    page.get_by_role("link", name="Program og plan").click()
    page.wait_for_url(f"**/program/{country.person.pk}/")
    opened_at(page, journal(country))
    assert text.input_value() == "Jeg skal lige se planen"


def test_two_windows_keep_both_texts(page: Page, country: Country) -> None:
    opened(country)
    other = page.context.new_page()
    other.clock.install()
    for window in (page, other):
        opened_at(window, journal(country))
    for window, words in ((page, "Fra det første vindue"), (other, "Fra det andet vindue")):
        window.get_by_label("Notat", exact=True).fill(words)
        saved(window)
    other.get_by_text("Et andet vindue har skrevet i den samme formular.").wait_for()
    assert "Fra det første vindue" in other.locator(".draft-other").inner_text()
    assert other.get_by_label("Notat", exact=True).input_value() == "Fra det andet vindue"


def test_a_template_is_put_in_with_two_choices(page: Page, country: Country) -> None:
    opened(country)
    opened_at(page, journal(country))
    page.get_by_label("Skabelon").select_option("Telefonnotat")
    page.get_by_role("button", name="Sæt skabelonen ind").click()
    page.get_by_text("Skabelonen er sat ind.").wait_for()
    assert page.get_by_label("Notat", exact=True).input_value().startswith("Talt med")
    page.get_by_role("button", name="Skriv notatet").click()
    page.get_by_text("Notatet er skrevet.").wait_for()
    assert JournalNote.objects.get().kind == "phone"


def test_the_plan_is_evaluated_at_a_talk(page: Page, country: Country) -> None:
    programme = opened(country)
    agreed(programme, country.users[Role.WORKER])
    row = programme.follow_ups.filter(code=EVALUATION).order_by("due")[0]
    today = timezone.localdate()
    FollowUp.objects.filter(pk=row.pk).update(due=today, held_from=today)
    page.goto(f"/program/{country.person.pk}/samtale/?opfoelgning={row.pk}")
    for number, said in ((1, "delvist nået"), (2, "nået"), (3, "ikke nået")):
        page.get_by_role("group", name=f"Mål {number}:").get_by_label(said, exact=True).check()
    page.get_by_label("Hvad blev sagt og aftalt").fill("Vi så på målene.")
    page.get_by_role("button", name="Gem samtalen").click()
    page.get_by_text("Samtalen er noteret.").wait_for()
    assert GoalEvaluation.objects.count() == 3


@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_nothing(page: Page, country: Country, language: str, live_server: Any) -> None:
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    programme, worker = opened(country), country.users[Role.WORKER]
    agreed(programme, worker)
    mark_absent(programme, by=worker, day=date(2024, 3, 12), reason="illness")
    add_note(country.person, by=worker, organisation=country.own, day=date(2024, 3, 5), text="Et notat", tags=["bus"])
    today = timezone.localdate()
    row = programme.follow_ups.filter(code=EVALUATION).order_by("due")[0]
    FollowUp.objects.filter(pk=row.pk).update(due=today - timedelta(1), held_from=today - timedelta(2))
    person = f"/program/{country.person.pk}/"
    addresses = (
        "/program/i-dag/",
        "/program/opfoelgning/",
        f"/program/sager/?kollega={worker.pk}",
        f"/program/skabeloner/{country.own.pk}/",
        *(person + rest for rest in ("", "journal/", "fravaer/", f"samtale/?opfoelgning={row.pk}")),
    )
    found = {address: looked_at(page, address) for address in addresses}
    assert not {address: said for address, said in found.items() if said}


def looked_at(page: Page, address: str) -> list[str]:
    """Say what is wrong with a page, wide and narrow."""
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(address)
    narrow = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    answer = Axe().run(page, options=WCAG)
    return [str(one["id"]) for one in answer.response["violations"]] + ([] if narrow else ["scrolls sideways"])
