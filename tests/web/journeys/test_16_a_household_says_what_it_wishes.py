"""An arriving household on a phone, in Arabic: its link, its wishes page by page, and the desk that sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from fodfaeste.web.placement.desk.models import Arrival, ArrivalWish
from fodfaeste.web.placement.models import QuotaRound

from ..conftest import signed_in
from ..desk_examples import ESBJERG, ODENSE, arriving, opened_round
from ..door_examples import address, given_to
from ..quota_examples import agency, officer_of
from .households import LANGUAGES, Phone

pytestmark = pytest.mark.browser


@pytest.fixture
def family(transactional_db: None) -> Iterator[Arrival]:
    opened_round()
    yield arriving("Familien Haddad")
    # What is published can be taken away only once it is closed, in tests too.
    QuotaRound.objects.exclude(state="draft").update(state="closed")


@pytest.fixture
def phone(browser: Browser, live_server: Any, family: Arrival) -> Iterator[Phone]:
    made = Phone(browser, live_server.url)
    yield made
    made.close()
    assert made.complaints == []


def test_a_household_gives_its_wishes_on_a_phone_in_arabic(phone: Phone, family: Arrival) -> None:
    page = phone.comes_in(given_to(family, "ar"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.get_by_role("heading", name="ما مقدار ما يمكنكم اختياره؟").is_visible()
    page.get_by_role("link", name="اذكروا رغباتكم").click()
    page.get_by_role("link", name="ابدؤوا").click()

    first = page.get_by_role("group", name="رقم 1", exact=False).first
    first.get_by_label("قرب مَن تريدون السكن؟").select_option(label="العائلة")
    first.get_by_label("أين يسكنون؟").select_option(label="Odense")
    first.get_by_label("مهم جدًا").check()
    first.get_by_label("يجب أن يكون كذلك", exact=False).check()
    page.get_by_role("button", name="احفظوا وتابعوا").click()

    page.get_by_label("بلدة صغيرة أو في الريف", exact=False).check()
    page.get_by_role("button", name="احفظوا وتابعوا").click()
    # The household puts the phone away, and comes again another day with its code.
    page.context.clear_cookies(name="sessionid")
    page.goto("/ankomst/")
    phone.types_the_code()
    assert "ما كتبتموه محفوظ ولم يُرسل بعد" in page.locator("main").inner_text()
    page.goto("/ankomst/oensker/arbejde/")
    page.get_by_label("الرعاية والصحة").check()
    for _page in ("arbejde", "job", "skole"):
        page.get_by_role("button", name="احفظوا وتابعوا").click()
    page.get_by_label("قرب البحر").check()
    page.get_by_role("button", name="احفظوا وتابعوا").click()
    page.get_by_label("أين لا تريدون السكن؟").first.select_option(label="Esbjerg")
    page.get_by_role("button", name="احفظوا وتابعوا").click()

    said = page.locator("main").inner_text()
    assert "قرب العائلة: Odense" in said
    assert "ليس في هذه البلدية: Esbjerg" in said
    page.get_by_role("button", name="أرسلوا رغباتكم").click()
    page.get_by_text("وصلتنا رغباتكم").wait_for()
    wishes = {(one.kind, one.code, one.hard, one.weight, one.origin) for one in ArrivalWish.objects.all()}
    assert ("family", ODENSE, True, 3, "household") in wishes
    assert ("avoid", ESBJERG, True, 2, "household") in wishes
    assert len(wishes) == 5

    desk = signed_in(officer_of(agency())).get(family.get_absolute_url()).text
    assert "nær familie: Odense (skrevet af husstanden selv)" in desk


def test_without_script_a_household_says_that_it_has_no_wish(phone: Phone, family: Arrival) -> None:
    page = phone.comes_in(given_to(family, "uk"), java_script_enabled=False)
    page.get_by_role("link", name="Сказати, чого Ви бажаєте").click()
    page.get_by_role("button", name="Ми не маємо побажань").click()
    assert "Це теж відповідь." in page.locator("main, .messages").all_inner_texts()[0]
    assert not ArrivalWish.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_pages_are_clean_and_nothing_scrolls_sideways(phone: Phone, family: Arrival, language: str) -> None:
    phone.comes_in(given_to(family, language))
    paths = ("", *(f"oensker/{one}" for one in ("", "naer/", "by/", "arbejde/", "job/", "sted/", "undgaa/", "send/")))
    found = {path: phone.looks(f"/ankomst/{path}", language) for path in (*paths, "log/", "kode/", "farvel/")}
    assert not {path: wrong for path, wrong in found.items() if wrong}


def test_half_an_answer_is_pointed_at_and_another_s_link_finds_nothing(phone: Phone, family: Arrival) -> None:
    other = given_to(arriving("En anden familie"))
    page = phone.comes_in(given_to(family, "da"))
    page.goto("/ankomst/oensker/naer/")
    page.get_by_label("Hvem vil I bo nær?").first.select_option(label="familie")
    page.get_by_role("button", name="Gem, og gå videre").click()
    page.get_by_role("link", name=re.compile("Vælg den kommune, de bor i")).click()
    assert page.evaluate("document.activeElement.id") == "id_rows-0-code"
    page.goto(address(other))
    page.locator("input[name=code]").fill("000000")
    page.locator("main button[type=submit]").click()
    assert "Koden er forkert, eller linket er lukket." in page.locator("main").inner_text()
    assert "En anden familie" not in page.content()
    phone.forgives("422")
