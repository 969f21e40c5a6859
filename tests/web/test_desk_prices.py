"""The price of room: what taking a place costs those who come later in the year, and what it rests on."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.placement.desk import place_words
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.computing import LATER, desk_of, waiting
from fodfaeste.web.placement.desk.domain import forecast
from fodfaeste.web.placement.forecasts.in_use import Choice, default_choice
from fodfaeste.web.placement.prices.lists import HOLDS, Standing, standing, worked_out_by
from fodfaeste.web.placement.prices.making import make_prices
from fodfaeste.web.placement.prices.models import PriceList

from .conftest import Country, signed_in
from .desk_examples import AALBORG, AARHUS, ARRIVES, ESBJERG, ODENSE, arriving, decided, opened_round
from .quota_examples import YEAR, agency, officer_of

pytestmark = pytest.mark.django_db

TODAY = ARRIVES - timedelta(days=3)


@pytest.fixture(autouse=True)
def _on_a_day_of_the_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are asked for on the day that the households come."""
    monkeypatch.setattr(timezone, "localdate", lambda *_given: TODAY)


def listed(**prices: float) -> PriceList:
    """A list that says what it says."""
    told = {AARHUS: 0.0, ODENSE: 0.0, AALBORG: 0.0, ESBJERG: 0.0, **prices}
    basis = {"waiting": 4, "to_come": 40.0, "known": 9, "samples": 24}
    by = worked_out_by(default_choice())
    return PriceList.objects.create(organisation=agency(), year=YEAR, day=TODAY, prices=told, **basis, **by)


def switched_off() -> None:
    forecast.switch_off(agency(), reason="Prøve.", by=officer_of(agency()))


def option(facts: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in facts["options"] if one["code"] == code)


def test_a_list_prices_each_municipality_beyond_the_least_wanted() -> None:
    opened_round()
    for number in range(4):
        arriving(f"Familien {number}")
    made = make_prices(agency(), TODAY, by=officer_of(agency()))
    assert set(made.prices) == {place.code for place in desk_of(agency(), waiting(agency()), priced=False).places}
    assert min(made.prices.values()) == 0
    # Esbjerg has the largest share in work, and everybody would gain by it.
    assert max(made.prices, key=made.prices.get) == ESBJERG
    assert made.waiting == 8
    assert made.known == 4
    assert made.by == officer_of(agency())


def test_who_came_before_stands_for_who_may_come() -> None:
    opened_round()
    gone = arriving("Familien Før")
    decided(gone)
    arriving("Familien Nu")
    assert make_prices(agency(), TODAY).known == 2


def test_taking_a_place_costs_what_its_room_is_worth_to_others_by_persons() -> None:
    opened_round()
    arrival = arriving()
    free = case_of(arrival).facts
    first = free["proposed"]
    listed(**{first: 0.25})
    case = case_of(arrival)
    assert option(case.facts, first)["later"] == pytest.approx(0.5)
    assert case.facts["proposed"] != first
    assert case.desk.problem.outcomes[LATER].min() == pytest.approx(-0.5)
    assert case.facts["prices"]["to_come"] == 40.0
    told = place_words.option_words(option(case.facts, first), case.facts)
    assert "0,50 for de ca. 40 personer" in told["later_words"]


def test_a_wish_still_weighs_more_than_a_small_price() -> None:
    opened_round()
    arrival = arriving(wishes=({"kind": "family", "code": AARHUS, "km": 0, "size": "", "hard": False, "weight": 3},))
    listed(**{AARHUS: 0.2})
    assert case_of(arrival).facts["proposed"] == AARHUS


def test_without_a_list_only_those_who_wait_count() -> None:
    opened_round()
    facts = case_of(arriving()).facts
    assert facts["prices"] is None
    assert place_words.option_words(facts["options"][0], facts)["later_words"] == ""


def test_a_list_holds_for_a_week() -> None:
    made, on = listed(), default_choice()
    assert standing(agency(), YEAR, TODAY + HOLDS - timedelta(days=1), on) == Standing(made)
    assert standing(agency(), YEAR, TODAY + HOLDS, on) == Standing(None, "old")
    assert standing(agency(), YEAR + 1, TODAY, on) == Standing(None, "none")


def test_a_list_holds_for_the_forecast_it_was_worked_out_with_and_no_other() -> None:
    made, on = listed(), default_choice()
    for other in (None, Choice("register", "1", "a" * 64)):
        assert standing(agency(), YEAR, TODAY, other) == Standing(None, "other")
        without = PriceList.objects.create(
            organisation=agency(),
            year=YEAR,
            day=TODAY,
            prices={},
            waiting=1,
            to_come=1.0,
            known=1,
            samples=1,
            **worked_out_by(other),
        )
        assert standing(agency(), YEAR, TODAY, other) == Standing(without)
    assert standing(agency(), YEAR, TODAY, Choice("register", "1", "b" * 64)) == Standing(None, "other")
    assert standing(agency(), YEAR, TODAY, on) == Standing(made)


def test_a_list_from_before_its_forecast_was_written_down_holds_for_none() -> None:
    listed()
    PriceList.objects.update(model=None, version="")
    for forecast_on in (None, default_choice()):
        assert standing(agency(), YEAR, TODAY, forecast_on).listed is None


def test_a_forecast_that_is_switched_takes_its_prices_along_and_pages_say_so() -> None:
    """Switched off: the old prices count in nothing, which is said, until they are worked out anew."""
    opened_round()
    arrival = arriving()
    made = make_prices(agency(), TODAY)
    assert (made.model, made.sha256) == (default_choice().name, "")
    assert case_of(arrival).facts["prices"]["list"] == made.pk
    page = signed_in(officer_of(agency()))
    pages = (
        arrival.get_absolute_url(),
        "/visitation/prognose/",
        "/visitation/prognose/standard/",
        "/visitation/priser/",
    )
    said = "før prognosen blev slået til, slået fra eller skiftet"
    assert not any(said in page.get(one).text for one in pages)
    switched_off()
    facts = case_of(arrival).facts
    assert (facts["prices"], facts["unpriced"]) == (None, "other")
    assert LATER not in case_of(arrival).desk.problem.outcomes
    assert all(said in page.get(one).text for one in pages)
    page.post("/visitation/priser/")
    again = case_of(arrival).facts
    assert again["prices"]["list"] != made.pk
    assert (again["unpriced"], PriceList.objects.first().model) == ("", "")
    assert not any(said in page.get(one).text for one in pages)
    assert "Regnet uden prognose" in page.get("/visitation/priser/").text


def test_the_decision_keeps_the_list_that_it_was_made_by() -> None:
    opened_round()
    made = listed()
    facts = decided(arriving()).facts
    assert facts["prices"]["list"] == made.pk
    assert facts["prices"]["day"] == TODAY.isoformat()


def test_nobody_but_an_officer_has_them_worked_out(country: Country) -> None:
    opened_round()
    arriving()
    with pytest.raises(Refused, match="Kun en visitator"):
        make_prices(agency(), TODAY, by=country.stranger)


def test_where_nobody_waits_there_is_nothing_to_price() -> None:
    opened_round()
    with pytest.raises(Refused, match="Ingen venter"):
        make_prices(agency(), TODAY)


def test_the_page_shows_what_the_prices_rest_on_and_works_them_out_again() -> None:
    opened_round()
    arriving()
    page = signed_in(officer_of(agency()))
    assert "ingen har regnet den i år" in page.get("/visitation/priser/").text
    assert page.post("/visitation/priser/").status_code == 302
    shown = page.get("/visitation/priser/").text
    assert "2 personer venter" in shown
    assert "Esbjerg" in shown
    PriceList.objects.update(day=TODAY - HOLDS)
    assert "over en uge gammel" in page.get("/visitation/priser/").text


def test_the_nightly_command_says_what_became_of_it() -> None:
    opened_round()
    out = StringIO()
    call_command("make_prices", stdout=out)
    assert "Ingen venter" in out.getvalue()
    arriving()
    call_command("make_prices", stdout=out)
    assert "2 persons wait" in out.getvalue()
    assert PriceList.objects.get().by is None
