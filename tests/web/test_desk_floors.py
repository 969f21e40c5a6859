"""Floors: a proposal gives each group what lots would, says what that costs, and two persons switch it off."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from fodfaeste.errors import Refused
from fodfaeste.place.evaluation.worth import value_by_household
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.placement.chain.checking import check
from fodfaeste.web.placement.chain.models import ChainEntry
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.domain import proposals
from fodfaeste.web.placement.desk.models import Arrival, Proposal, RoomTaken
from fodfaeste.web.placement.desk.own_side import TOLERANCE, without_later
from fodfaeste.web.placement.floors import switching
from fodfaeste.web.placement.floors.models import FloorSwitch

from .conftest import made_user, signed_in
from .desk_examples import AALBORG, AARHUS, ARRIVES, ESBJERG, ODENSE, arriving, decided, member, opened_round, wish
from .quota_examples import QUOTAS, agency, officer_of

pytestmark = pytest.mark.django_db

EACH = 10
PAGE = "/visitation/gulve/"


@pytest.fixture(autouse=True)
def _open_round(db: None) -> None:
    opened_round()


def room(**left: int) -> None:
    """Leave each municipality so much of its quota, and the others nothing."""
    for code, quota in QUOTAS.items():
        persons = quota - left.get(f"k{code}", 0)
        RoomTaken.objects.create(organisation=agency(), year=2027, code=code, quota=quota, persons=persons)


def two_languages() -> None:
    """Twenty households wish for Esbjerg, which has room for ten: those of two adults would gain a little more."""
    room(**{f"k{ESBJERG}": 2 * EACH, f"k{AARHUS}": 4 * EACH})
    for number in range(EACH):
        child = member("Nour", date(2020, 5, 1))
        arriving(f"En voksen {number}", members=(member(), child), wishes=(wish("family", ESBJERG),))
        arriving(f"To voksne {number}", language="ti", wishes=(wish("family", ESBJERG),))


def proposal() -> Proposal:
    return proposals.propose(agency(), name="Uge 9", first=ARRIVES, last=ARRIVES, by=officer_of(agency()))


def off(column: str, by: Any = None) -> None:
    office = agency()
    other = made_user("anden-visitator", office, Role.OFFICER)
    switching.ask_off(office, column, reason="Prøve.", by=officer_of(office))
    switching.switch_off(office, column, reason="Set efter.", by=by or other)


def means(solved: proposals.Solved) -> dict[str, tuple[float, float]]:
    """What each language group gets a household, and by lot."""
    problem, goal = without_later(solved.desk.problem, solved.desk.goal)
    got = value_by_household(problem, goal, solved.plan.place)
    chance = solved.chances["score"].mean * solved.chances["score"].placed
    of = np.array(problem.groups["language"])
    return {str(one): (float(got[of == one].mean()), float(chance[of == one].mean())) for one in np.unique(of)}


def test_by_default_no_group_gets_less_than_lots_would_give_it_and_the_price_is_said() -> None:
    two_languages()
    found = proposal()
    kept = proposals.solved(found)
    assert all(got >= chance - TOLERANCE - 1e-9 for got, chance in means(kept).values())
    page = signed_in(officer_of(agency())).get(found.get_absolute_url()).text
    off("language")
    without = proposals.solved(found)
    got, chance = means(without)["ar"]
    assert got < chance - TOLERANCE
    assert kept.floors.moved
    assert kept.floors.cost > 0
    assert means(kept)["ar"][0] > got
    assert "Gulvet for grupper giver" in page
    assert "af det, forslaget samlet giver" in page
    assert "Sprog, arabisk: gulvet løfter fra" in page
    shown = signed_in(officer_of(agency())).get(found.get_absolute_url()).text
    assert "Gulvet efter sprog er slået fra af to personer" in shown
    assert "gulvet løfter fra" not in shown


def test_where_every_group_has_its_floor_the_proposal_stays_as_it_is() -> None:
    for number in range(EACH):
        arriving(f"Nr. {number}")
    found = proposals.solved(proposal())
    assert (found.floors.moved, found.floors.cost, found.floors.short) == ((), 0.0, ())
    assert found.plan.certificate.method == "prices"
    page = signed_in(officer_of(agency())).get(found.proposal.get_absolute_url()).text
    assert "Gulvet ændrer intet og koster intet." in page


def test_fewer_than_ten_households_have_no_floor() -> None:
    arriving()
    found = proposals.solved(proposal())
    assert found.floors.groups == ()


def test_the_household_that_is_elsewhere_for_a_floor_is_told_so_and_the_record_keeps_it() -> None:
    two_languages()
    told = {one.pk: case_of(one).facts["floors"] for one in Arrival.objects.all()[:1]}
    moved = proposals.solved(proposal()).floors.moved
    arrival = Arrival.objects.get(reference=moved[0])
    page = signed_in(officer_of(agency())).get(arrival.get_absolute_url()).text
    assert "Stedet er valgt, for at en gruppe ikke samlet får mindre" in page
    facts = decided(arrival).facts["floors"]
    assert facts["moved"] is True
    assert facts["off"] == []
    assert {one["column"] for one in facts["groups"]} == {"language", "household"}
    assert facts["cost"] == next(iter(told.values()))["cost"]


def test_it_takes_two_to_switch_a_floor_off_and_one_to_switch_it_on() -> None:
    office, one = agency(), officer_of(agency())
    with pytest.raises(Refused, match="Ingen har bedt"):
        switching.switch_off(office, "language", reason="Nu", by=one)
    with pytest.raises(Refused, match="Skriv hvorfor"):
        switching.ask_off(office, "language", reason=" ", by=one)
    with pytest.raises(Refused, match="Vælg et fra listen"):
        switching.ask_off(office, "sex", reason="Nu", by=one)
    switching.ask_off(office, "language", reason="For dyrt.", by=one)
    with pytest.raises(Refused, match="allerede bedt"):
        switching.ask_off(office, "language", reason="Igen", by=one)
    with pytest.raises(Refused, match="Der skal to til"):
        switching.switch_off(office, "language", reason="Nu", by=one)
    assert switching.floors_at(office.pk)["language"].on
    switching.withdraw(office, "language", reason="Alligevel ikke.", by=one)
    off("language")
    assert not switching.floors_at(office.pk)["language"].on
    assert switching.floors_at(office.pk)["household"].on
    with pytest.raises(Refused, match="slået fra"):
        switching.ask_off(office, "language", reason="Igen", by=one)
    switching.switch_on(office, "language", reason="Tilbage.", by=one)
    with pytest.raises(Refused, match="slået til"):
        switching.switch_on(office, "language", reason="Igen", by=one)
    acts = ["asked", "withdrawn", "asked", "off", "on"]
    assert list(FloorSwitch.objects.values_list("act", flat=True)) == acts
    assert check(office).found == ()
    assert ChainEntry.objects.filter(facts__table="placement_floorswitch").count() == len(acts)


def test_nobody_but_an_officer_switches() -> None:
    stranger = made_user("fremmed", agency(), Role.LEADER)
    with pytest.raises(Refused, match="Kun en visitator"):
        switching.ask_off(agency(), "language", reason="Nu", by=stranger)


def test_the_page_of_floors_says_who_asked_and_what_was_done() -> None:
    page = signed_in(officer_of(agency()))
    assert "Ingen har rørt dem endnu." in page.get(PAGE).text
    ask = {"column": "household", "act": "ask", "reason": "For dyrt."}
    assert page.post(PAGE, ask).status_code == 302
    assert "En anden skal gøre det." in page.get(PAGE).text
    refused = page.post(PAGE, {**ask, "act": "off"})
    assert refused.status_code == 422
    assert "Der skal to til" in refused.text


def test_a_decision_made_with_a_floor_off_says_so() -> None:
    off("household")
    arrival = arriving()
    assert decided(arrival).facts["floors"]["off"] == ["household"]
    page = signed_in(officer_of(agency())).get(arrival.get_absolute_url()).text
    assert "Gulvet efter en eller flere personer er slået fra" in page


def test_with_a_limit_nobody_loses_a_place_for_a_floor() -> None:
    two_languages()
    found = proposal()
    by = officer_of(agency())
    limited = proposals.set_terms(found, locks={}, forbids=[], protects=str(Proposal.Protects.TODAY), by=by)
    solved = proposals.solved(limited)
    assert solved.plan.placed.all()
    assert ODENSE not in {solved.desk.named(name).code for name in solved.plan.where().values() if name}
    assert AALBORG not in {solved.desk.named(name).code for name in solved.plan.where().values() if name}
