"""A household's own view of why: page and letter say the same, no score stands bare, and it objects from the page."""

from __future__ import annotations

import copy
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.viewer import NOBODY, Viewer
from fodfaeste.web.placement.desk.domain import decisions, forecast
from fodfaeste.web.placement.desk.letter import content_of
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord
from fodfaeste.web.placement.desk.statement import object_until, statement_of

from .conftest import signed_in
from .desk_examples import AALBORG, AARHUS, ODENSE, arriving, member, opened_round, wish
from .door_examples import FIRST, WHY, given_to, household, sent
from .quota_examples import agency, officer_of

pytestmark = pytest.mark.django_db
ISOLATES = "\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"


@pytest.fixture
def family(db: None) -> Arrival:
    opened_round()
    return arriving(wishes=(wish("family", ODENSE, weight=3), wish("town", size="small"), wish("avoid", AARHUS)))


def officer() -> Client:
    return signed_in(officer_of(agency()))


def read(client: Client, path: str = WHY) -> str:
    """What somebody reads on a page."""
    text = re.sub(r"<[^>]+>", " ", client.get(path).text)
    return " ".join(unescape(text).split())


@pytest.mark.parametrize("language", ["da", "en", "ar"])
def test_page_and_letter_say_the_same(family: Arrival, language: str) -> None:
    record = sent(family)
    part = next(one for one in content_of(family, record)["parts"] if one["lang"] == language)
    page = read(household(family, language))
    lines = [line for section in part["sections"] for line in section["lines"]]
    headings = [section["heading"] for section in part["sections"]]
    for said in (part["title"], *part["decided"], *headings, *lines):
        assert " ".join(said.split()) in page
    assert len(lines) > 12


def test_the_page_says_all_that_decided(family: Arrival) -> None:
    record = sent(family)
    page = read(household(family))
    assert "har den" in page
    assert f"{record.by_name} har truffet afgørelsen." in page
    assert "Opfyldt: nær familie: Odense." in page
    assert "Ikke opfyldt: byens størrelse: lille: under 30.000 indbyggere." in page
    assert "Skulle være opfyldt, og er det: ikke i denne kommune: Aarhus." in page
    assert "Modellen hedder default_denmark" in page
    assert "Den må ikke kende: køn, alder, statsborgerskab" in page
    assert "det kan også blive" in page
    assert "Der er regnet med 2 voksne og 0 børn" in page
    assert "Der er ingen anden myndighed at klage til (integrationsloven § 53)." in page


def test_other_places_are_told_in_words(family: Arrival) -> None:
    record = sent(family)
    said = {one.key: one.lines for one in statement_of(family, record, "da").sections}["others"]
    shown = {one["name"] for one in record.facts["options"] if one["code"] != ODENSE}
    assert said[0] == f"Der blev også set på: {', '.join(one['name'] for one in record.facts['options'][1:])}."
    assert {one.split(":")[0] for one in said[1:]} == shown
    assert all("opfylder ikke nær familie: Odense" in one for one in said[1:])


def test_a_forecast_is_told_with_how_sure_it_is_beside_those_of_other_places(family: Arrival) -> None:
    record = sent(family)
    said = {one.key: one.lines for one in statement_of(family, record, "da").sections}["forecast"]
    work = {one["name"]: [round(50 * part) for part in one["work"]] for one in record.facts["options"]}
    middle, low, high = work.pop("Odense")
    assert f"Af 100 voksne i husstande som jeres ventes {middle} at være i arbejde efter 24 måneder i Odense" in said[2]
    assert said[2].endswith(f"det kan også blive {low} eller {high}.")
    assert len(said[4:-1]) == len(work)
    assert said[-1] == f"Prognosen kan ikke skelne Odense fra {', '.join(work)}: usikkerheden er større end forskellen."
    facts = copy.deepcopy(record.facts)
    for one in facts["options"]:
        if one["code"] != ODENSE:
            one["work"] = [1.9, 1.8, 2.0]
    record.facts = facts
    assert not any("kan ikke skelne" in line for line in statement_of(family, record, "da").sentences)


def test_an_override_is_told_with_its_reason(family: Arrival) -> None:
    sent(family, AALBORG, reason_code="housing", text="Der er en bolig til dem.")
    page = read(household(family))
    assert "Forslaget var et andet sted: Odense. Der er valgt Aalborg, fordi: Der er en bolig til dem." in page
    assert "Odense: opfylder nær familie: Odense" in page
    assert "var programmets første forslag" in page


def test_without_a_forecast_the_page_says_so(family: Arrival) -> None:
    forecast.switch_off(agency(), reason="Prøve", by=officer_of(agency()))
    sent(family)
    page = read(household(family))
    assert "Der er ikke brugt nogen prognose." in page
    assert "Modellen hedder" not in page


@pytest.mark.parametrize(
    ("asks", "words"),
    [
        ("", "I er ikke blevet spurgt, hvad I ønsker."),
        ("asked", "I er blevet spurgt og har ikke svaret."),
        ("none", "I har svaret, at I ingen ønsker har."),
    ],
)
def test_no_wish_no_answer_and_not_asked_are_told_apart(family: Arrival, asks: str, words: str) -> None:
    silent = arriving("Tavs")
    if asks:
        officer().post(f"/visitation/husstande/{silent.pk}/spurgt/", {"act": asks})
    sent(silent)
    page = read(household(silent))
    assert words in page
    assert "Det har ikke talt imod jer." in page


def test_nothing_protected_no_score_and_nobody_else_stands_on_the_page(family: Arrival) -> None:
    others = [arriving(f"Hemmelig {number}", wishes=(wish("family", ODENSE),)) for number in range(3)]
    mine = arriving(
        "Vores",
        members=(member("Zaynab", sex="female", citizenship="SYR"), member("Idris", sex="male", citizenship="SYR")),
        needs="Brug for en psykolog",
        together_with=others[0],
    )
    record = sent(mine)
    page = household(mine)
    for path in (FIRST, WHY, "/ankomst/log/"):
        text = page.get(path).text
        for hidden in ("SYR", "1990", "psykolog", "female", "Zaynab", *(one.name for one in others)):
            assert hidden not in text, (path, hidden)
        assert not any(one.reference in text for one in others)
    numbers = {str(one[name]) for one in record.facts["options"] for name in ("net", "price") if one[name]}
    assert not any(number in page.get(WHY).text for number in numbers)
    assert "I skal bo samme sted som en anden husstand, som I hører sammen med." in read(page)


def test_it_is_told_until_when_an_objection_is_sure_to_be_looked_at(family: Arrival) -> None:
    sent(family)
    until = object_until(timezone.localdate())
    assert until == timezone.localdate() + timedelta(weeks=4)
    page = household(family)
    assert f"{until.day}. " in read(page).split("I har til og med den ")[1][:4]
    record = PlacementRecord.objects.get(act="decided")
    late = statement_of(family, record, "da", sent=timezone.localdate() - timedelta(weeks=5))
    assert "Efter den dag" in late.sentences[-2]


def test_after_the_last_day_the_page_says_what_it_takes(family: Arrival, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(family)
    page = household(family)
    past = timezone.localdate() - timedelta(days=1)
    monkeypatch.setattr("fodfaeste.web.placement.door.views.own.object_until", lambda _sent: past)
    assert "Skriv alligevel, hvis der er noget nyt, vi ikke vidste." in read(page)


def test_an_objection_from_the_page_reaches_the_desk_and_its_answer_the_page(family: Arrival) -> None:
    sent(family)
    page, desk = household(family, "ar"), officer()
    assert page.post(WHY, {"text": "أختي تسكن في أودنسه"})["Location"] == WHY
    record = PlacementRecord.objects.get(act="objected")
    assert (record.by, record.by_name, record.facts["language"]) == (None, "husstanden selv", "ar")
    assert record.own_link is not None
    assert "klage modtaget" in desk.get("/visitation/husstande/?tilstand=sent").text
    at_the_desk = desk.get(family.get_absolute_url()).text
    assert "Besvar klagen" in at_the_desk
    assert '<p dir="auto" lang="ar">أختي تسكن في أودنسه</p>' in at_the_desk
    assert "husstanden selv, på sin egen side" in at_the_desk
    desk.post(f"{family.get_absolute_url()}klage/svar/", {"text": "Der er ikke plads i Odense.", "reopen": "0"})
    answer = page.get(WHY).text
    assert '<span lang="da" dir="auto">Der er ikke plads i Odense.</span>' in answer
    assert "klage modtaget" not in desk.get("/visitation/husstande/?tilstand=sent").text


def test_reopened_the_household_can_change_its_wishes_and_still_reads_what_happened(family: Arrival) -> None:
    sent(family)
    page = household(family)
    page.post(WHY, {"text": "Vi har fået et job i Esbjerg."})
    decisions.answer_objection(Arrival.objects.get(), reopen=True, text="Det er nyt.", by=officer_of(agency()))
    first = read(page, FIRST)
    assert "Vi finder et sted til jer" in first
    assert "der ses på sagen igen" in first
    assert page.get("/ankomst/oensker/").status_code == 200
    assert page.get(WHY).status_code == 302


def test_one_objection_at_a_time_and_never_without_words(family: Arrival) -> None:
    page = household(family)
    assert page.post(WHY, {"text": "For tidligt."})["Location"] == FIRST
    assert not PlacementRecord.objects.filter(act="objected").exists()
    sent(family)
    empty = page.post(WHY, {"text": "  "})
    assert empty.status_code == 422
    page.post(WHY, {"text": "Vi er uenige."})
    again = page.post(WHY, {"text": "Og igen."})
    assert "Vi har allerede en indsigelse fra jer og svarer på den." in unescape(again.text)
    assert PlacementRecord.objects.filter(act="objected").count() == 1


def test_nobody_objects_for_another(family: Arrival) -> None:
    sent(family)
    said = {"link": 1, "text": "Vi er uenige.", "language": "da"}
    for viewer in (NOBODY, Viewer(arrival=arriving("Anden").pk)):
        with pytest.raises(Refused, match="ingen afgørelse at klage over"):
            decisions.object_oneself(viewer, **said)


def test_what_was_typed_of_an_objection_waits_behind_the_code(family: Arrival) -> None:
    sent(family)
    given = given_to(family)
    page = Client()
    page.post(f"/ankomst/link/{given.token}/", {"code": given.code})
    del page.cookies["sessionid"]
    to = page.post(WHY, {"text": "Vi har et job."})["Location"]
    back = page.post(to, {"code": given.code}, follow=True)
    assert "Vi har et job." in back.text


def test_the_letter_counts_the_days_from_its_sending_once_it_is_sent(family: Arrival) -> None:
    record = sent(family)
    before = statement_of(family, record, "da").sentences
    assert "Skriv senest 4 uger efter, at I har fået afgørelsen" in before[-3]
    danish = content_of(family, record)["parts"][0]["sections"][-1]["lines"]
    assert re.match(r"Skriv senest den \d+\. \w+ \d{4}", danish[1])


def test_arabic_values_keep_their_own_direction(family: Arrival) -> None:
    record = sent(family)
    said = statement_of(family, record, "ar")
    assert said.rtl
    assert all(sign in said.title for sign in ISOLATES)
    assert f"{ISOLATES[0]}Odense{ISOLATES[1]}" in said.title
