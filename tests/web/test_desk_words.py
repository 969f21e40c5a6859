"""What the desk says in words: of wishes, forecasts, prices, and in the statement of reasons."""

from __future__ import annotations

from typing import Any

import pytest

from fodfaeste.errors import Refused
from fodfaeste.web.placement.desk import place_words
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.domain import decisions, forecast
from fodfaeste.web.placement.desk.domain.arrivals import add_arrival, change_arrival
from fodfaeste.web.placement.desk.figures import PlaceFigure
from fodfaeste.web.placement.desk.letter import content_of
from fodfaeste.web.placement.desk.models import ForecastSwitch

from .desk_examples import AARHUS, ARRIVES, ESBJERG, ODENSE, arriving, decided, lines_of, member, opened_round, wish
from .quota_examples import agency, officer_of

OPTION: dict[str, Any] = {
    "chosen": False,
    "equal": True,
    "fits": False,
    "short_of": "dwellings",
    "wishes_met": [],
    "price": 0.3,
    "losers": 1,
    "work": [0.5, 0.3, 0.7],
    "staying": [1.6, None, None],
    "rate_known": False,
}


def told(**option: Any) -> dict[str, Any]:
    facts = {"household": {"adults": 2, "wishes": [wish("family", ODENSE, km=30), wish("town", size="small")]}}
    return place_words.option_words({**OPTION, **option}, facts)


def test_a_place_is_told_with_what_speaks_for_and_against_it() -> None:
    said = told()
    assert said["work_words"] == "0,50 af 2 voksne (0,30 til 0,70)"
    assert said["staying_words"] == "1,60 af 2 voksne"
    assert said["pro"] == ["Er lige så godt som det første forslag efter det, der vides."]
    assert "Der mangler boliger, hvis alle andre får deres første forslag." in said["con"]
    assert "Opfylder ikke: nær familie: Odense, højst 30 km væk." in said["con"]
    assert "Opfylder ikke: byens størrelse: lille: under 30.000 indbyggere." in said["con"]
    assert any("gennemsnittet af de andre" in one for one in said["con"])
    assert said["price_words"].startswith("1 husstand, der venter, måtte et andet sted hen")


def test_a_price_is_told_in_words() -> None:
    assert told(losers=0)["price_words"] == "Pladsen er knap: andre, der venter, kunne også have brugt den."
    assert told(losers=0, price=0.0)["price_words"].startswith("Det koster ikke andre noget")
    assert told(losers=2)["price_words"].startswith("2 husstande")
    assert told(work=None)["work_words"] == ""


@pytest.mark.django_db
def test_reasons_without_a_forecast_and_without_a_wish() -> None:
    opened_round()
    by = officer_of(agency())
    forecast.switch_off(agency(), reason="Prøve", by=by)
    family = arriving(language="uk")
    content = content_of(family, decided(family))
    assert [part["lang"] for part in content["parts"]] == ["da", "en", "uk"]
    english = lines_of(content["parts"][1])
    assert "No forecast was used." in english
    assert "You have not told us any wish about the place." in english
    assert "It was the first proposal among the places that have room." in english


@pytest.mark.django_db
def test_where_no_share_in_work_is_known_nothing_is_forecast() -> None:
    opened_round()
    PlaceFigure.objects.all().delete()
    family = arriving(wishes=(wish("treatment", ODENSE, hard=True), wish("avoid", AARHUS)))
    assert case_of(family).facts["forecast"] is None
    record = decided(family)
    danish = lines_of(content_of(family, record)["parts"][0])
    assert "Stedet opfylder det, der skulle være opfyldt (2)." in danish


@pytest.mark.django_db
def test_what_cannot_be_is_refused_in_words() -> None:
    opened_round()
    family, by, office = arriving(reference="A-1"), officer_of(agency()), agency()
    household = {"name": "Ny", "arrives": ARRIVES, "language": "ar"}
    with pytest.raises(Refused, match="brugt til en anden"):
        add_arrival(office, household={**household, "reference": "A-1"}, members=[member()], by=by)
    with pytest.raises(Refused, match="mindst én person"):
        add_arrival(office, household=household, members=[], by=by)
    with pytest.raises(Refused, match="født efter ankomsten"):
        add_arrival(office, household=household, members=[member(born=ARRIVES.replace(month=4))], by=by)
    with pytest.raises(Refused, match="ingen afgørelse at sende"):
        decisions.send(family, by=by)
    record = decided(family, ESBJERG)
    with pytest.raises(Refused, match="allerede afgjort"):
        change_arrival(family, household=household, members=[member()], by=by)
    switch = ForecastSwitch.objects.get()
    assert str(record).startswith("afgjort ")
    assert str(switch).startswith("slået til ")
    assert str(family.wishes.model(kind="family")) == "nær familie"
