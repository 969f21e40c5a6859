"""The forecast's register: two persons switch it on, one switches it off, and overrides are counted."""

from __future__ import annotations

import pytest

from fodfaeste.errors import Refused
from fodfaeste.place.outcomes.default import parameters
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.placement.desk.computing import is_on
from fodfaeste.web.placement.desk.domain import forecast
from fodfaeste.web.placement.desk.models import ForecastSwitch
from fodfaeste.web.placement.forecasts.domain import watching

from .conftest import made_user, signed_in
from .desk_examples import AARHUS, arriving, decided, opened_round
from .quota_examples import agency, officer_of

pytestmark = pytest.mark.django_db


def test_it_takes_two_to_switch_on_and_one_to_switch_off() -> None:
    office, one = agency(), officer_of(agency())
    other = made_user("anden-visitator", office, Role.OFFICER)
    assert not is_on(office)
    with pytest.raises(Refused, match="Ingen har bedt"):
        forecast.switch_on(office, reason="Nu", by=one)
    with pytest.raises(Refused, match="Skriv hvorfor"):
        forecast.ask(office, reason=" ", by=one)
    forecast.ask(office, reason="Tallene er på plads.", by=one)
    with pytest.raises(Refused, match="allerede bedt"):
        forecast.ask(office, reason="Igen", by=other)
    with pytest.raises(Refused, match="Der skal to til"):
        forecast.switch_on(office, reason="Nu", by=one)
    forecast.switch_on(office, reason="Set efter.", by=other)
    assert is_on(office)
    with pytest.raises(Refused, match="slået til"):
        forecast.ask(office, reason="Igen", by=one)
    forecast.switch_off(office, reason="Tallene er forkerte.", by=one)
    assert not is_on(office)
    with pytest.raises(Refused, match="slået fra"):
        forecast.switch_off(office, reason="Igen", by=one)
    assert [one.act for one in ForecastSwitch.objects.all()] == ["asked", "on", "off"]


def test_what_was_asked_for_can_be_withdrawn() -> None:
    office, by = agency(), officer_of(agency())
    forecast.ask(office, reason="Prøve", by=by)
    forecast.switch_off(office, reason="Alligevel ikke", by=by)
    assert forecast.asked(office) is None


def test_the_page_shows_every_number_with_its_source_and_switches() -> None:
    page = signed_in(officer_of(agency()))
    shown = page.get("/visitation/prognose/standard/").text
    assert all(one.source.split(":")[0] in shown for one in parameters().values())
    assert "køn, alder, statsborgerskab" in shown
    assert page.post("/visitation/prognose/standard/", {"act": "on", "reason": "Nu"}).status_code == 422
    assert page.post("/visitation/prognose/standard/", {"act": "ask", "reason": "Nu"}).status_code == 302
    assert "En anden skal gøre det." in page.get("/visitation/prognose/").text
    assert "En anden skal gøre det." in page.get("/visitation/prognose/standard/").text


def test_overrides_are_counted_by_group() -> None:
    opened_round()
    for number in range(12):
        decided(arriving(f"Nr. {number}"), AARHUS if number < 3 else None)
    rows = watching.override_rows(watching.decisions_of(agency()), {})
    told = [one for one in rows if one["by"] == "household"]
    assert (sum(one["n"] for one in told), sum(one["events"] for one in told)) == (12, 3)
    assert "25" in signed_in(officer_of(agency())).get("/visitation/prognose/opfoelgning/").text
