"""The household's own view of why: from the decision that is sent to its objection and the answer, in its language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from fodfaeste.web.placement.desk.letter import content_of
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord
from fodfaeste.web.placement.models import QuotaRound

from ..conftest import signed_in
from ..desk_examples import AARHUS, ODENSE, arriving, lines_of, member, opened_round, wish
from ..door_examples import WHY, given_to, household, sent
from ..quota_examples import agency, officer_of
from .households import LANGUAGES, Phone

pytestmark = pytest.mark.browser


@pytest.fixture
def family(transactional_db: None) -> Iterator[Arrival]:
    opened_round()
    people = (member("Zaynab"), member("Idris", sex="male"))
    wishes = (wish("family", ODENSE, weight=3), wish("around", around="water"), wish("avoid", AARHUS))
    yield arriving("Familien Haddad", members=people, wishes=wishes, needs="Brug for en psykolog")
    # What is published can be taken away only once it is closed, in tests too.
    QuotaRound.objects.exclude(state="draft").update(state="closed")


@pytest.fixture
def phone(browser: Browser, live_server: Any, family: Arrival) -> Iterator[Phone]:
    made = Phone(browser, live_server.url)
    yield made
    made.close()
    assert made.complaints == []


def test_from_the_decision_to_the_objection_and_its_answer(phone: Phone, family: Arrival) -> None:
    record = sent(family)
    desk = signed_in(officer_of(agency()))
    desk.get(family.get_absolute_url())
    page = phone.comes_in(given_to(family, "ar"))
    page.get_by_role("link", name="اقرؤوا السبب").click()
    said = page.locator("main").inner_text()
    arabic = next(part for part in content_of(family, record)["parts"] if part["lang"] == "ar")
    assert all(line in said for line in lines_of(arabic))
    assert page.get_by_role("heading", level=1).inner_text() == arabic["title"]

    page.get_by_label("على ماذا تعترضون؟").fill("أختي تسكن في أودنسه")
    page.get_by_role("button", name="أرسلوا الاعتراض").click()
    page.get_by_text("وصلنا اعتراضكم").wait_for()
    assert "klage modtaget" in desk.get("/visitation/husstande/?tilstand=sent").text
    desk.post(f"{family.get_absolute_url()}klage/svar/", {"text": "Der er ikke plads i Odense.", "reopen": "0"})
    page.reload()
    answer = page.get_by_text("Der er ikke plads i Odense.")
    assert answer.get_attribute("lang") == "da"
    assert "القرار ما زال ساريًا" in page.locator("main").inner_text()

    page.get_by_role("link", name="من اطّلع على ملفكم؟").first.click()
    assert str(agency()) in page.locator("tbody").inner_text()
    assert officer_of(agency()).name not in page.locator("tbody").inner_text()
    assert [one.act for one in PlacementRecord.objects.all()] == ["decided", "sent", "objected", "upheld"]


def test_the_essentials_need_no_script(phone: Phone, family: Arrival) -> None:
    sent(family)
    page = phone.comes_in(given_to(family, "uk"), java_script_enabled=False)
    page.get_by_role("link", name="Прочитати чому").click()
    page.get_by_label("З чим Ви не згодні?").fill("Моя сестра живе в Оденсе")
    page.get_by_role("button", name="Надіслати заперечення").click()
    assert "Моя сестра живе в Оденсе" in page.locator("main").inner_text()
    assert PlacementRecord.objects.get(act="objected").facts["language"] == "uk"


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_any_language(phone: Phone, family: Arrival, language: str) -> None:
    sent(family)
    phone.comes_in(given_to(family, language))
    found = {path: phone.looks(path, language) for path in ("/ankomst/", WHY, "/ankomst/log/")}
    assert not {path: wrong for path, wrong in found.items() if wrong}


def test_on_paper_there_is_the_statement_and_no_form(phone: Phone, family: Arrival) -> None:
    sent(family)
    page = phone.comes_in(given_to(family, "da"))
    page.goto(WHY)
    page.emulate_media(media="print")
    assert page.get_by_role("heading", name="Andre steder").is_visible()
    assert not page.get_by_role("button", name="Send indsigelsen").is_visible()
    assert not page.locator(".rooms").is_visible()


def test_a_stranger_finds_nothing_and_nothing_protected_is_in_the_source(phone: Phone, family: Arrival) -> None:
    other = arriving("En anden familie", wishes=(wish("family", ODENSE),))
    sent(family)
    page = phone.comes_in(given_to(family, "en"))
    sources = []
    for path in ("/ankomst/", WHY, "/ankomst/log/"):
        page.goto(path)
        sources.append(page.content())
    for hidden in ("SYR", "1990", "1988", "Zaynab", "psykolog", "En anden familie", other.reference):
        assert not any(hidden in source for source in sources), hidden
    theirs = household(other)
    assert theirs.get(WHY)["Location"] == "/ankomst/"
    assert family.name not in theirs.get("/ankomst/").text
    stranger = signed_in(officer_of(agency("En anden styrelse")))
    assert stranger.get(WHY).status_code == 404
    assert stranger.get(family.get_absolute_url()).status_code == 404


def test_the_officer_hands_a_sheet_over(phone: Phone, browser: Browser, live_server: Any, family: Arrival) -> None:
    session = signed_in(officer_of(agency())).cookies["sessionid"].value
    context = browser.new_context(base_url=live_server.url, locale="da-DK", viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    desk = context.new_page()
    desk.goto(family.get_absolute_url())
    desk.get_by_role("link", name="Husstandens egen side").click()
    assert desk.get_by_label("Sidens sprog").input_value() == "ar"
    desk.get_by_role("button", name="Giv adgang til egen side").click()
    link, code = desk.locator(".own-address").get_attribute("href"), desk.locator(".own-code").inner_text()
    phone.page = desk
    assert phone.looks_here() == []
    desk.emulate_media(media="print")
    assert desk.locator(".own-sheet").is_visible()
    assert not desk.locator(".own-code").is_visible()
    assert not desk.get_by_role("heading", name="Giv adgang").is_visible()
    assert str(link).startswith(live_server.url)
    assert len(code) == 6
