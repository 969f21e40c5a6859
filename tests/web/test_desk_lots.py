"""Lots among places that are equal: drawn for a share, the same at each look, logged, and said in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.domain import forecast, proposals
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.desk.statement import statement_of
from fodfaeste.web.placement.lots import drawing

from .conftest import signed_in
from .desk_examples import ARRIVES, ODENSE, arriving, decided, opened_round, wish
from .quota_examples import agency, officer_of

pytestmark = pytest.mark.django_db

MANY = 6
SHARE_ON = drawing.share_on
"""As it is: tests of other things draw no lots (`conftest`)."""


@pytest.fixture
def all_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lot is drawn for everybody for whom two places are equal and nothing else decides."""
    monkeypatch.setattr(drawing, "share_on", lambda _day: 1.0)


@pytest.fixture(autouse=True)
def _open_round(db: None) -> None:
    opened_round()


def many() -> list[Arrival]:
    return [arriving(f"Nr. {number}") for number in range(MANY)]


def solved() -> proposals.Solved:
    told = {"name": "Uge 9", "first": ARRIVES, "last": ARRIVES, "by": officer_of(agency())}
    return proposals.solved(proposals.propose(agency(), **told))


def by_lot(arrivals: list[Arrival]) -> tuple[Arrival, dict[str, Any]]:
    """Give a household whose place was drawn, with its facts."""
    for one in arrivals:
        facts = case_of(one).facts
        if facts["lot"] and facts["lot"]["drawn"]:
            return one, facts
    raise AssertionError("No lot was drawn.")


def test_a_lot_is_drawn_among_places_that_are_equal_and_its_chances_are_kept(all_drawn: None) -> None:
    arrival, facts = by_lot(many())
    lot = facts["lot"]
    assert [one["chance"] for one in lot["chances"]] == [0.5, 0.5]
    assert {one["name"] for one in lot["chances"]} == {lot["chosen"], lot["other"]}
    options = {one["name"]: one for one in facts["options"]}
    assert options[lot["chosen"]]["chosen"]
    assert lot["other"] not in options or options[lot["other"]]["equal"]
    page = signed_in(officer_of(agency())).get(arrival.get_absolute_url()).text
    assert f"{lot['chosen']} er trukket ved lod mellem {lot['chosen']} og {lot['other']}" in page
    record = decided(arrival)
    assert record.facts["lot"] == lot
    assert record.facts["decision"]["place_name"] == lot["chosen"]
    for language, said in (("da", "trukket lod"), ("en", "lots were drawn"), ("ar", "القرعة"), ("uk", "жереб")):
        assert said in " ".join(statement_of(Arrival.objects.get(pk=arrival.pk), record, language).sentences)


def test_the_same_lot_falls_whenever_the_page_is_opened(all_drawn: None) -> None:
    arrivals = many()
    shown = [{one.reference: case_of(one).facts["lot"] for one in arrivals[:3]} for _look in range(2)]
    assert shown[0] == shown[1]
    plans = [solved().plan.where() for _look in range(2)]
    assert plans[0] == plans[1]


def test_the_officer_may_decide_otherwise_with_a_reason(all_drawn: None) -> None:
    arrival, facts = by_lot(many())
    other = next(one for one in facts["options"] if not one["chosen"])
    record = decided(arrival, other["code"])
    assert record.facts["decision"]["override"]
    assert "trukket lod" not in " ".join(statement_of(arrival, record, "da").sentences)


def test_a_share_is_drawn_for_and_the_chance_is_logged_for_all_who_could_have_been(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing, "share_on", lambda _day: 0.1)
    many()
    lots = solved().lots
    assert lots.of
    assert all(sorted(one.chances.values()) == pytest.approx([0.05, 0.95]) for one in lots.of.values())
    assert all(one.drawn or one.chances[one.chosen] == pytest.approx(0.95) for one in lots.of.values())


def test_who_wishes_for_one_of_two_places_is_drawn_for_at_neither(all_drawn: None) -> None:
    wishing = [arriving(f"Ønsker {number}", wishes=(wish("family", ODENSE),)) for number in range(3)]
    lots = solved().lots
    assert not any(lots.of.get(one.reference) for one in wishing)


def test_without_a_forecast_nothing_is_known_to_be_equal_and_no_lot_is_drawn(all_drawn: None) -> None:
    many()
    forecast.switch_off(agency(), reason="Prøve.", by=officer_of(agency()))
    assert solved().lots.of == {}


def test_the_proposal_says_for_how_many_lots_were_drawn(all_drawn: None) -> None:
    many()
    found = solved()
    page = signed_in(officer_of(agency())).get(found.proposal.get_absolute_url()).text
    assert f"For {len(found.lots.drawn)} husstande er der trukket lod" in page
    assert page.count("(ved lod)") == len(found.lots.drawn)


def test_the_share_is_a_tenth_by_dated_data_and_none_before_it() -> None:
    assert SHARE_ON(date(2026, 6, 1)) == pytest.approx(0.1)
    assert SHARE_ON(date(2020, 1, 1)) == 0.0


def test_the_seed_hangs_on_the_year_and_the_model() -> None:
    arrival = arriving()
    first = drawing.seed_of(case_of(arrival).desk)
    forecast.switch_off(agency(), reason="Prøve.", by=officer_of(agency()))
    assert drawing.seed_of(case_of(arrival).desk) != first
