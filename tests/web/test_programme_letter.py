"""The plan as a letter: tagged, titled, Danish beside the language of the person, Arabic shaped and from the right."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import date

import pytest
from django.contrib.staticfiles import finders
from pypdf import PdfReader

from fodfaeste.errors import BadInput, Refused
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.programme import letter as letters
from fodfaeste.web.programme.domain.text import PlanText
from fodfaeste.web.programme.letter import (
    ISOLATE,
    ISOLATED,
    LANGUAGES,
    Said,
    content_of,
    letter,
    written_day,
)
from fodfaeste.web.programme.models import Plan
from fodfaeste.web.programme.woff import unpacked

from .conftest import Country, signed_in
from .programme_examples import PLAN, agreed, opened, proposed

ON = date(2026, 11, 27)
WITHOUT_ARABIC = PlanText((PLAN.goals[0], PLAN.goals[2]), PLAN.activities)


@pytest.fixture
def plan(country: Country) -> Plan:
    return agreed(opened(country), country.users[Role.WORKER])


def read(made: bytes) -> tuple[PdfReader, str]:
    found = PdfReader(io.BytesIO(made))
    return found, "\n".join(page.extract_text() for page in found.pages)


def test_a_letter_in_danish_and_ukrainian_is_tagged_and_titled(country: Country) -> None:
    plan = agreed(opened(country), country.users[Role.WORKER], WITHOUT_ARABIC)
    pdf, said = read(letter(plan, "uk", on=ON))
    root = pdf.trailer["/Root"].get_object()
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "da"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Din plan"
    assert "Ваш план" in said
    assert "15 timer om ugen" in said
    assert "15 год на тиждень" in said
    assert "S-Prøve" in said
    assert "Side 1 af" in said


def test_a_letter_in_danish_and_arabic_is_shaped_and_embeds_its_letters(plan: Plan) -> None:
    pdf, said = read(letter(plan, "ar", on=ON))
    names = {font.get_object()["/BaseFont"] for page in pdf.pages for font in page["/Resources"]["/Font"].values()}
    assert any("IBMPlexSansArabic" in name for name in names)
    langs = {element.get("/Lang") for element in _elements(pdf)}
    assert "ar" in langs
    assert "Dine mål" in said


def without_isolates(words: str) -> str:
    """A text without the marks that keep names and numbers in their own direction."""
    return words.replace(ISOLATE, "").replace(ISOLATED, "")


def _elements(pdf: PdfReader) -> list[dict[str, object]]:
    """All structure elements of a document."""
    waiting, found = [pdf.trailer["/Root"]["/StructTreeRoot"]], []
    while waiting:
        one = waiting.pop().get_object()
        if isinstance(one, list):
            waiting += [part for part in one if hasattr(part, "get_object")]
        elif isinstance(one, dict):
            found.append(one)
            if "/K" in one and not isinstance(one["/K"], int):
                waiting.append(one["/K"])
    return found


def test_letters_say_what_was_agreed_in_both_languages(plan: Plan) -> None:
    content = content_of(plan, Said("ar"), on=ON)
    lines = content["activities"]["items"][0]["lines"]
    lines = [[without_isolates(words) for words in line] for line in lines]
    assert ["Fra 11. marts 2024 til 9. marts 2025", "من 11 مارس 2024 إلى 9 مارس 2025"] in lines
    assert ["onsdag 08:30–15:30", "الأربعاء من 08:30 إلى 15:30"] in lines
    assert ["Du valgte: Dag, onsdag og fredag", "لقد اخترت: Dag, onsdag og fredag"] in lines
    assert content["goals"]["items"][1]["rtl"]
    assert content["goals"]["items"][1]["danish"] == "Jeg vil tale med mine naboer"
    # Nobody has read the translations through yet, so the letter says which text counts.
    assert content["end"][0][0] == "Hvis teksterne ikke siger det samme, gælder den danske."


def test_what_is_not_approved_says_so(country: Country) -> None:
    plan = proposed(opened(country), country.users[Role.WORKER])
    facts = content_of(plan, Said("en"), on=ON)["facts"]
    assert ["Planen er ikke godkendt endnu.", "The plan is not approved yet."] in facts


def test_an_older_version_says_that_a_newer_one_holds(country: Country, plan: Plan) -> None:
    agreed(plan.programme, country.users[Role.WORKER], WITHOUT_ARABIC)
    plan.refresh_from_db()
    assert ["En nyere version gælder nu.", "A newer version holds now."] in content_of(plan, Said("en"), on=ON)["facts"]


def test_every_sentence_is_there_in_every_language() -> None:
    for key, said in letters._sentences().items():
        assert set(said) == set(LANGUAGES), key
        assert all(said.values()), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_days_have_the_digits_of_clocks_and_calendars_here(lang: str) -> None:
    assert "2026" in written_day(ON, lang)


def test_without_its_letters_arabic_is_refused(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finders, "find", lambda _name: None)
    with pytest.raises(Refused, match="The letters of Arabic are not there"):
        letter(plan, "ar", on=ON)


def test_the_page_gives_it_as_a_file(country: Country) -> None:
    agreed(opened(country), country.users[Role.WORKER], WITHOUT_ARABIC)
    answer = signed_in(country.users[Role.WORKER]).get(f"/program/{country.person.pk}/plan/brev/1.pdf?sprog=uk")
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer).startswith(b"%PDF")
    assert "plan-S-Pr%C3%B8ve-1.pdf" in answer["Content-Disposition"]


# ------------------------------------------------------------------ fonts


def test_a_packed_font_is_unpacked_table_by_table() -> None:
    plain, packed = b"abc", b"x" * 100
    small = zlib.compress(packed)
    at = 44 + 2 * 20
    entries = struct.pack(">4sIIII", b"aaaa", at, 3, 3, 7) + struct.pack(">4sIIII", b"bbbb", at + 4, len(small), 100, 8)
    head = struct.pack(">4s4sIHHIHHIIIII", b"wOFF", b"\0\1\0\0", 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    found = unpacked(head + entries + plain + b"\0" + small)
    assert struct.unpack_from(">4sHHHH", found) == (b"\0\1\0\0", 2, 32, 1, 0)
    assert struct.unpack_from(">4sIII", found, 12) == (b"aaaa", 7, 44, 3)
    assert struct.unpack_from(">4sIII", found, 28) == (b"bbbb", 8, 48, 100)
    assert found[44:] == b"abc\0" + packed


@pytest.mark.parametrize("other", [b"", b"wOF2" + bytes(60)])
def test_another_file_is_no_packed_font(other: bytes) -> None:
    with pytest.raises(BadInput, match=r"a font in WOFF 1\.0"):
        unpacked(other)
