"""The desk: arriving households, their best places with reasons, and what a person decides, for good."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import polars as pl
import pytest
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.html import escape
from pypdf import PdfReader

from fodfaeste.data.regions import regions
from fodfaeste.errors import BadInput, Refused
from fodfaeste.place import solve
from fodfaeste.place.explain import explain
from fodfaeste.place.outcomes import default_denmark
from fodfaeste.place.outcomes.default import STAYING, WORK
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.people.models import HouseholdMember, Person
from fodfaeste.web.placement.desk import computing, words
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.computing import desk_of, people_table, waiting
from fodfaeste.web.placement.desk.domain import decisions, forecast
from fodfaeste.web.placement.desk.domain.arrivals import change_arrival
from fodfaeste.web.placement.desk.domain.receiving import receive
from fodfaeste.web.placement.desk.letter import content_of
from fodfaeste.web.placement.desk.models import Arrival, ArrivalOpening, ForecastSwitch, PlacementRecord, RoomTaken

from .conftest import made_user, signed_in
from .desk_examples import AALBORG, AARHUS, ESBJERG, ODENSE, arriving, decided, lines_of, member, opened_round, wish
from .quota_examples import QUOTAS, agency, officer_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_round(db: None) -> None:
    opened_round()


def browser() -> Any:
    return signed_in(officer_of(agency()))


def proposed(arrival: Arrival) -> str:
    return str(case_of(arrival).facts["proposed"])


def order(arrival: Arrival) -> list[str]:
    return [str(one["code"]) for one in case_of(arrival).facts["options"]]


def test_without_published_quotas_nobody_is_placed() -> None:
    family = arriving()
    with pytest.raises(Refused, match="ingen offentliggjorte kvoter for 2027"):
        case_of(family)
    page = browser().get(family.get_absolute_url())
    assert page.status_code == 422
    assert "Offentliggør årets runde" in page.text


def test_the_desk_shows_what_the_library_computes(open_round: None) -> None:
    family = arriving(wishes=(wish("family", AALBORG, weight=3),))
    arriving("En anden")
    case = case_of(family)
    desk = desk_of(agency(), waiting(agency()))
    plan = solve(desk.problem, desk.goal, gap=1e-3, seed=0, method="prices")
    explained = explain(plan, family.reference)
    assert [one["name"] for one in case.facts["options"]] == explained.options["place"].to_list()
    assert [one["net"] for one in case.facts["options"]] == pytest.approx(explained.options["net"].to_list())
    told = {
        (row["place"], row["outcome"]): [row["forecast"], row["lower"], row["upper"]]
        for row in explained.forecasts.to_dicts()
    }
    for one in case.facts["options"]:
        assert one["work"] == pytest.approx(told[one["name"], WORK], abs=1e-6)


def test_the_forecast_is_that_of_published_averages(open_round: None) -> None:
    """The library's own model, told the same in a table typed here, says the same of every place."""
    family = arriving(members=(member(), member("Barn", date(2020, 1, 1))))
    rates = {"Odense": 0.70, "Esbjerg": 0.79, "Aarhus": 0.76, "Aalborg": 0.74}
    desk = desk_of(agency(), waiting(agency()))
    scores = computing.forecasts(desk.places, desk.arrivals)
    assert scores is not None
    assert [place.name for place in desk.places] == list(rates)
    at = {row["code"]: row for row in regions().iter_rows(named=True)}
    places = pl.DataFrame(
        {
            "place": list(rates),
            "employment_rate": list(rates.values()),
            "population": [200_000, 100_000, 250_000, 150_000],
            "latitude": [at[code]["latitude"] for code in (ODENSE, ESBJERG, AARHUS, AALBORG)],
            "longitude": [at[code]["longitude"] for code in (ODENSE, ESBJERG, AARHUS, AALBORG)],
        }
    )
    people = pl.DataFrame({"household": [family.reference] * 2, "adult": [1, 0]})
    typed = default_denmark(places, people)
    for name in (WORK, STAYING):
        assert dense(scores.outcomes[name]) == pytest.approx(dense(typed.outcomes[name]))
    assert names_of_best(scores) == "Esbjerg"


def dense(scores: Any) -> Any:
    return scores.left @ scores.right.T


def names_of_best(scores: Any) -> str:
    return str(scores.places[int(dense(scores.outcomes[WORK])[0].argmax())])


def test_without_a_wish_the_forecast_decides_and_with_one_the_wish(open_round: None) -> None:
    silent, wishing = arriving("Tavs"), arriving("Ønsker", wishes=(wish("family", ODENSE),))
    assert proposed(silent) == ESBJERG
    assert proposed(wishing) == ODENSE


def test_a_condition_shuts_places_out_and_two_of_a_kind_are_either_or(open_round: None) -> None:
    one = arriving("Én", wishes=(wish("treatment", ODENSE, hard=True),))
    two = arriving("To", wishes=(wish("treatment", ODENSE, hard=True), wish("treatment", AARHUS, hard=True)))
    none = arriving("Ikke der", wishes=(wish("avoid", ESBJERG),))
    assert order(one) == [ODENSE]
    assert set(order(two)) == {ODENSE, AARHUS}
    assert ESBJERG not in order(none)


def test_a_job_offer_reaches_as_far_as_one_travels(open_round: None) -> None:
    near = arriving("Nær", wishes=(wish("work", ODENSE, km=130, hard=True),))
    assert set(order(near)) == {ODENSE, AARHUS, ESBJERG}
    assert order(arriving("Kun der", wishes=(wish("work", ODENSE, km=20, hard=True),))) == [ODENSE]


def test_the_size_of_a_town_can_be_wished_for(open_round: None) -> None:
    assert proposed(arriving("Storby", wishes=(wish("town", size="large"),))) in {ESBJERG, AARHUS, ODENSE, AALBORG}
    with pytest.raises(DatabaseError), transaction.atomic():
        arriving("Uden størrelse", wishes=(wish("town"),))


def test_those_who_belong_together_go_together(open_round: None) -> None:
    sister = arriving("Søster", wishes=(wish("family", ODENSE),))
    brother = arriving("Bror", wishes=(wish("avoid", ESBJERG),), together_with=sister)
    assert proposed(sister) == proposed(brother)
    decided(sister)
    assert order(brother) == [proposed(brother)] == [sister_place(sister)]


def test_the_desk_says_what_would_lead_to_another_place(open_round: None) -> None:
    arrival = arriving(wishes=(wish("family", ODENSE),))
    facts = case_of(arrival).facts
    assert facts["changes"]["da"]
    assert len(facts["changes"]["da"]) == len(facts["changes"]["en"])
    page = signed_in(officer_of(agency())).get(f"/visitation/husstande/{arrival.pk}/").text
    assert "Hvad der kunne ændre forslaget" in page
    assert escape(facts["changes"]["da"][0]) in page


def test_what_would_lead_to_another_place_is_told_of_all_that_is_added_up_and_of_each_part(open_round: None) -> None:
    """The score is no forecast: wishes are in it; where nothing forecasts, no forecast could rise."""
    arrival = arriving()
    told = case_of(arrival).facts["changes"]
    assert "tæller for husstanden i alt (" in told["da"][0]
    assert "og ønsker)" in told["da"][0]
    assert told["da"][1].startswith("Af én prognose alene: ")
    assert " eller " in told["da"][1]
    assert told["da"][2].startswith("Af ønskerne alene: ")
    assert told["en"][2].endswith("that would be enough.")
    forecast.switch_off(agency(), reason="Prøve.", by=officer_of(agency()))
    without = case_of(arrival).facts["changes"]["da"]
    assert "(ønsker)" in without[0]
    assert not any("prognose" in one for one in without)


def test_a_forecast_that_cannot_rise_so_far_is_not_told_as_a_way(open_round: None) -> None:
    """A wish for Odense counts 1: one adult's chance of work, raised to certainty, makes up for none elsewhere."""
    alone = arriving(wishes=(wish("family", ODENSE),), members=(member(),))
    told = case_of(alone).facts["changes"]["da"]
    assert told
    assert not any(one.startswith("Af én prognose alene") for one in told)


def test_each_of_those_who_go_together_is_told_of_the_other(open_round: None) -> None:
    sister = arriving("Søster")
    brother = arriving("Bror", together_with=sister)
    for one, other in ((sister, brother), (brother, sister)):
        facts = case_of(one).facts
        assert facts["household"]["together_with"] == other.reference
        assert facts["together"] == [other.reference]
        page = signed_in(officer_of(agency())).get(f"/visitation/husstande/{one.pk}/").text
        assert f"Forslaget er fælles med {other.reference}" in page


def sister_place(arrival: Arrival) -> str:
    return str(Arrival.objects.get(pk=arrival.pk).place)


@pytest.mark.parametrize("facts", [{"sex": "male"}, {"citizenship": "UKR"}, {"birth_date": date(1960, 1, 1)}])
def test_an_attribute_that_may_not_enter_changes_no_order(open_round: None, facts: dict[str, Any]) -> None:
    family = arriving(members=(member(),))
    arriving("En anden")
    before = case_of(family).facts
    household = {"name": family.name, "arrives": family.arrives, "language": family.language}
    change_arrival(family, household=household, members=[member(**facts)], by=officer_of(agency()))
    after = case_of(family).facts
    assert after["options"] == before["options"]
    assert after["problem"] == before["problem"]


def test_the_forecast_is_told_three_things_and_refuses_a_fourth(
    open_round: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    arriving()
    desk = desk_of(agency(), waiting(agency()))
    assert tuple(people_table(desk.arrivals).columns) == computing.PEOPLE
    with_sex = people_table(desk.arrivals).with_columns(sex=pl.lit("female"))
    monkeypatch.setattr(computing, "people_table", lambda _arrivals: with_sex)
    with pytest.raises(BadInput, match="carries sex"):
        computing.forecasts(desk.places, desk.arrivals)


def test_switched_off_rules_and_wishes_are_left(open_round: None) -> None:
    family = arriving(wishes=(wish("family", ODENSE),))
    by = officer_of(agency())
    ForecastSwitch.objects.create(
        organisation=agency(), model="default_denmark", act="off", by=by, by_name=by.name, reason="prøve"
    )
    facts = case_of(family).facts
    assert facts["forecast"] is None
    assert facts["proposed"] == ODENSE
    assert all(one["work"] is None for one in facts["options"])
    assert "slået fra" in browser().get(family.get_absolute_url()).text


def test_a_decision_is_recorded_with_all_it_rests_on(open_round: None) -> None:
    family = arriving(wishes=(wish("family", ODENSE),))
    record = decided(family)
    assert (record.act, record.by_name) == ("decided", officer_of(agency()).name)
    assert record.facts["decision"]["kind"] == "accept"
    assert record.facts["round"] == {"year": 2027, "number": 1, "rule_set": "IL-2022", "rules_on": "2026-01-01"}
    assert record.facts["forecast"]["forbidden"][:3] == ["sex", "age", "citizenship"]
    assert len(record.facts["problem"]) >= 32
    assert RoomTaken.objects.get(code=ODENSE).persons == 2
    for change in (
        lambda: PlacementRecord.objects.update(by_name="en anden"),
        lambda: PlacementRecord.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_another_place_than_the_first_needs_a_reason_and_words(open_round: None) -> None:
    family = arriving()
    case = case_of(family)
    by = officer_of(agency())
    for why in ({}, {"reason_code": "housing"}, {"text": "Der er en bolig."}, {"reason_code": "x", "text": "Bolig"}):
        with pytest.raises(Refused, match="kræver en grund"):
            decisions.decide(family, AARHUS, seen=case.mark, by=by, **why)
    record = decisions.decide(family, AARHUS, seen=case.mark, reason_code="housing", text="Der er en bolig.", by=by)
    assert record.facts["decision"]["override"]
    assert record.facts["decision"]["proposed"] == "Esbjerg"


def test_a_household_is_decided_once(open_round: None) -> None:
    family = arriving()
    decided(family)
    with pytest.raises(Refused, match="allerede afgjort"):
        case_of(family)
    page = browser()
    again = page.post(f"{family.get_absolute_url()}afgoer/", {"seen": "x", "code": ESBJERG})
    assert again.status_code == 422
    assert "allerede afgjort" in again.text
    assert page.get(f"{family.get_absolute_url()}ret/").status_code == 302


def test_a_place_without_a_quota_or_that_is_ruled_out_is_refused(open_round: None) -> None:
    family, by = arriving(wishes=(wish("avoid", AARHUS),)), officer_of(agency())
    seen = case_of(family).mark
    with pytest.raises(Refused, match="ingen kvote"):
        decisions.decide(family, "101", seen=seen, by=by)
    with pytest.raises(Refused, match="udelukker Aarhus"):
        decisions.decide(family, AARHUS, seen=seen, by=by)


def test_what_has_changed_since_it_was_seen_is_seen_again(open_round: None) -> None:
    family = arriving()
    with pytest.raises(Refused, match="et andet, end da du åbnede"):
        decisions.decide(family, ESBJERG, seen="for længe siden", by=officer_of(agency()))


def test_of_two_officers_the_second_finds_the_last_place_taken(open_round: None) -> None:
    RoomTaken.objects.create(
        organisation=agency(), year=2027, code=ESBJERG, quota=QUOTAS[ESBJERG], persons=QUOTAS[ESBJERG] - 2
    )
    one, other = arriving("Første"), arriving("Anden", wishes=(wish("family", ESBJERG),))
    case = case_of(one)
    decided(other, ESBJERG)
    with pytest.raises(Refused):
        decisions.decide(
            one, ESBJERG, seen=case.mark, reason_code="wish", text="De vil gerne.", by=officer_of(agency())
        )
    assert RoomTaken.objects.get(code=ESBJERG).persons == QUOTAS[ESBJERG]
    with pytest.raises(DatabaseError), transaction.atomic():
        RoomTaken.objects.filter(code=ESBJERG).update(persons=QUOTAS[ESBJERG] + 1)


def test_a_decision_is_undone_until_it_is_sent(open_round: None) -> None:
    family, by = arriving(), officer_of(agency())
    decided(family)
    decisions.undo(family, text="forkert", by=by)
    assert Arrival.objects.get().state == "waiting"
    assert RoomTaken.objects.get().persons == 0
    decided(family)
    decisions.send(family, by=by)
    with pytest.raises(Refused, match="ikke er sendt"):
        decisions.undo(family, text="", by=by)
    assert [one.act for one in PlacementRecord.objects.all()] == ["decided", "undone", "decided", "sent"]


def test_an_objection_is_answered_and_the_case_is_taken_up_again(open_round: None) -> None:
    family, by = arriving(), officer_of(agency())
    with pytest.raises(Refused, match="ingen afgørelse"):
        decisions.note_objection(family, text="Vi vil et andet sted hen.", by=by)
    decided(family)
    decisions.send(family, by=by)
    with pytest.raises(Refused, match="Ingen klage"):
        decisions.answer_objection(family, reopen=False, text="Nej", by=by)
    decisions.note_objection(family, text="Vi har en søster i Odense.", by=by)
    with pytest.raises(Refused, match="venter allerede"):
        decisions.note_objection(family, text="Igen", by=by)
    decisions.answer_objection(family, reopen=False, text="Der er ikke plads.", by=by)
    decisions.note_objection(family, text="Nu er der plads.", by=by)
    with pytest.raises(Refused, match="Skriv det med ord"):
        decisions.answer_objection(family, reopen=True, text=" ", by=by)
    decisions.answer_objection(family, reopen=True, text="Søsteren bor dér.", by=by)
    again = Arrival.objects.get()
    assert (again.state, again.place, again.receiver) == ("waiting", "", None)
    acts = [one.act for one in PlacementRecord.objects.all()]
    assert acts == ["decided", "sent", "objected", "upheld", "objected", "reopened"]


def test_the_receiving_municipality_takes_the_household_in(open_round: None) -> None:
    office = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Esbjerg", code=ESBJERG)
    worker = made_user("worker-esbjerg", office, Role.WORKER)
    family = arriving(needs="Kan ikke gå på trapper")
    page = signed_in(worker)
    assert "Familien Opdigtet" not in page.get("/visitation/modtag/").text
    decided(family)
    decisions.send(family, by=officer_of(agency()))
    assert "Kan ikke gå på trapper" in page.get("/visitation/modtag/").text
    assert ArrivalOpening.objects.filter(by=worker).count() == 1
    page.post(f"/visitation/modtag/{family.pk}/")
    assert {person.given_name for person in Person.objects.all()} == {"Amal", "Samir"}
    assert HouseholdMember.objects.count() == 2
    assert Person.objects.first().language == "ar"
    with pytest.raises(Refused, match="allerede modtaget"):
        receive(family, by=worker)
    assert PlacementRecord.objects.last().act == "received"


def test_reasons_are_told_in_danish_english_and_their_own_language(open_round: None) -> None:
    family = arriving(wishes=(wish("family", ODENSE), wish("town", size="small"), wish("avoid", AALBORG)))
    record = decided(family, AARHUS, reason_code="housing", text="Der er en bolig til dem.")
    content = content_of(family, record)
    assert [part["lang"] for part in content["parts"]] == ["da", "en", "ar"]
    danish = "\n".join(lines_of(content["parts"][0]))
    assert "Stedet opfylder 0 af jeres 2 ønsker." in danish
    assert "Forslaget var et andet sted: Odense. Der er valgt Aarhus, fordi: Der er en bolig til dem." in danish
    assert "Køn, alder, statsborgerskab, religion og helbred er ikke brugt" in danish
    answer = browser().get(f"/visitation/husstande/{family.pk}/begrundelse.pdf")
    letter = PdfReader(io.BytesIO(b"".join(answer.streaming_content)))
    assert len(letter.pages) == 3, "one page a language"
    assert "/MarkInfo" in letter.root_object
    assert "Why you are to live in Aarhus" in letter.pages[1].extract_text()


def test_a_household_is_written_placed_and_sent_on_pages(open_round: None) -> None:
    page = browser()
    sent = {
        "name": "Familien Opdigtet",
        "arrives": "2027-03-01",
        "language": "uk",
        "organisation": agency().pk,
        "members-TOTAL_FORMS": 2,
        "members-INITIAL_FORMS": 0,
        "members-0-given_name": "Olena",
        "members-0-birth_date": "1985-01-01",
        "members-0-sex": "female",
        "members-0-citizenship": "ukr",
        "wishes-TOTAL_FORMS": 1,
        "wishes-INITIAL_FORMS": 0,
        "wishes-0-kind": "family",
    }
    refused = page.post("/visitation/husstande/ny/", sent)
    assert refused.status_code == 422
    assert "Vælg en kommune." in refused.text
    page.post("/visitation/husstande/ny/", {**sent, "wishes-0-code": ODENSE})
    family = Arrival.objects.get()
    assert (family.reference, family.members.get().citizenship) == ("V00001", "UKR")
    desk = page.get(family.get_absolute_url())
    assert "Odense – første forslag" in desk.text
    assert "nær familie: Odense" in desk.text
    seen = case_of(family).mark
    refused = page.post(f"{family.get_absolute_url()}afgoer/", {"seen": seen, "code": AARHUS})
    assert "kræver en grund fra listen" in refused.text
    page.post(f"{family.get_absolute_url()}afgoer/", {"seen": seen, "code": ODENSE})
    shown = page.get(family.get_absolute_url())
    assert "Odense Kommune (afgjort)" in shown.text
    page.post(f"{family.get_absolute_url()}fortryd/")
    page.post(f"{family.get_absolute_url()}afgoer/", {"seen": seen, "code": ODENSE})
    page.post(f"{family.get_absolute_url()}send/")
    page.post(f"{family.get_absolute_url()}klage/", {"text": "Vi vil til Aarhus."})
    assert "Vi vil til Aarhus." in page.get(family.get_absolute_url()).text
    assert page.post(f"{family.get_absolute_url()}klage/svar/", {"reopen": "0", "text": ""}).status_code == 422
    page.post(f"{family.get_absolute_url()}klage/svar/", {"reopen": "1", "text": "Der er plads."})
    assert Arrival.objects.get().state == "waiting"
    assert "Familien Opdigtet" in page.get("/visitation/husstande/").text
    edit = page.get(f"{family.get_absolute_url()}ret/")
    assert "Olena" in edit.text
    assert ArrivalOpening.objects.filter(arrival=family).exists()


def test_another_agency_sees_nothing(open_round: None) -> None:
    family = arriving()
    stranger = officer_of(agency("En anden styrelse"))
    assert signed_in(stranger).get(family.get_absolute_url()).status_code == 404
    assert not visible(viewer_of(stranger, date(2026, 1, 1)), Arrival).exists()
    with pytest.raises(Refused, match="Kun en visitator"):
        decisions.send(family, by=stranger)


def test_the_reason_is_in_the_language_of_the_page(open_round: None) -> None:
    facts = case_of(arriving()).facts
    assert "Esbjerg" in words.why(facts)
    with translation.override("en"):
        assert words.why(facts) == facts["why"]["en"] != facts["why"]["da"]
