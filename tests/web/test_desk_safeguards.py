"""What keeps a proposal from doing harm, on its page: own best places, lots, the rule of today, groups, who decides."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import fodfaeste.web
from fodfaeste.errors import Refused
from fodfaeste.place import Goal
from fodfaeste.place.evaluation.worth import value_by_household
from fodfaeste.place.fairness import SCORE, fairness
from fodfaeste.place.near_ties import near_ties
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.placement import urls
from fodfaeste.web.placement.desk import judged
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.computing import LATER, desk_of, waiting
from fodfaeste.web.placement.desk.domain import decisions, forecast, proposals
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord, Proposal, RoomTaken
from fodfaeste.web.placement.desk.own_side import DRAWS, TOLERANCE, by_lot
from fodfaeste.web.placement.desk.safeguards import by_rule_of_today, protected, safeguards_of

from .conftest import Country, made_user, signed_in
from .desk_examples import AALBORG, AARHUS, ARRIVES, ESBJERG, ODENSE, arriving, decided, member, opened_round, wish
from .quota_examples import QUOTAS, agency, officer_of

pytestmark = pytest.mark.django_db

SOURCE = Path(fodfaeste.web.__file__).parent
TODAY, CHANCE = str(Proposal.Protects.TODAY), str(Proposal.Protects.CHANCE)


@pytest.fixture(autouse=True)
def _open_round(db: None) -> None:
    opened_round()


def room(code: str, left: int) -> None:
    """Leave a municipality so much of its quota."""
    RoomTaken.objects.create(
        organisation=agency(), year=2027, code=code, quota=QUOTAS[code], persons=QUOTAS[code] - left
    )


def proposed(**more: Any) -> Proposal:
    told = {"name": "Uge 9", "first": ARRIVES, "last": ARRIVES, **more}
    return proposals.propose(agency(), by=officer_of(agency()), **told)


def solved(proposal: Proposal) -> proposals.Solved:
    return proposals.solved(proposal)


def crowded(many: int = 4, *, left: int = 4) -> list[Arrival]:
    """Households that would all do best in Esbjerg, which has room for few of them."""
    room(ESBJERG, left)
    return [arriving(f"Nr. {number}") for number in range(many)]


# ------------------------------------------------------------------ 3. a household's own best place


def test_whoever_is_not_at_its_own_best_place_is_shown_with_who_has_the_room_there() -> None:
    crowded()
    proposal = proposed()
    told = solved(proposal)
    ones = safeguards_of(told.desk, told.plan).households
    elsewhere = [one for one in ones if one.place != "Esbjerg"]
    assert len(elsewhere) == 2
    for one in elsewhere:
        assert one.best == "Esbjerg"
        assert one.loss > 0
        assert one.held_by == 2
        assert one.held_gain > 0
    page = signed_in(officer_of(agency())).get(proposal.get_absolute_url()).text
    assert "Eget bedste sted" in page
    assert page.count("Esbjerg, lige så godt inden for usikkerheden") == 2
    missing = [one for one in ones if judged.misses(one)]
    assert f"{4 - len(missing)} husstande, der er på deres bedste sted eller lige så godt" in page


def test_a_clear_loss_says_how_much_and_who_profits() -> None:
    """The wish of both can be fulfilled for one: the other is shown what it misses, and who has it."""
    room(ODENSE, 2)
    for name in ("Én", "To"):
        arriving(name, wishes=(wish("family", ODENSE),))
    told = solved(proposed())
    (one,) = [one for one in safeguards_of(told.desk, told.plan).households if one.place != "Odense"]
    words = judged.household(one)
    assert words["best"].startswith("Odense: ")
    assert words["best"].endswith(" mere")
    assert words["who"].startswith("Pladsen har 1 husstand, hvis bedste sted det også er; den vinder")


def test_the_page_of_a_household_says_its_own_best_place_and_the_record_keeps_it() -> None:
    room(ODENSE, 2)
    families = [arriving(name, wishes=(wish("family", ODENSE),)) for name in ("Én", "To")]
    cases = {case_of(one).facts["proposed"]: one for one in families}
    page = signed_in(officer_of(agency()))
    assert "også det sted, husstanden selv ville have mest ud af" in page.get(cases[ODENSE].get_absolute_url()).text
    other = next(one for code, one in cases.items() if code != ODENSE)
    assert "Husstandens eget bedste sted er Odense: " in page.get(other.get_absolute_url()).text
    record = decided(other)
    assert record.facts["own_best"]["place"] == "Odense"
    assert record.facts["own_best"]["held_by"] == 1


# ------------------------------------------------------------------ 3, 11, 17. nobody below a limit


def values(told: proposals.Solved) -> tuple[Any, Any]:
    """What each household gets, and what it would get by the rule of today."""
    problem, goal = told.desk.problem, told.desk.goal
    return (
        value_by_household(problem, goal, told.plan.place),
        value_by_household(problem, goal, by_rule_of_today(told.desk)),
    )


def silent_before_one_who_wishes() -> None:
    """Room for two of three: by the rule of today the silent come first, in the plan one of them makes way."""
    room(ODENSE, 2)
    room(AARHUS, 2)
    avoid = tuple(wish("avoid", code) for code in (ESBJERG, AALBORG))
    for name in ("Tavs", "Også tavs"):
        arriving(name, wishes=avoid)
    arriving("Ønsker", wishes=(*avoid, wish("family", AARHUS)))


def test_who_gets_less_than_by_the_rule_of_today_is_counted_as_the_library_does() -> None:
    crowded(12, left=6)
    told = solved(proposed())
    mine, today = values(told)
    found = safeguards_of(told.desk, told.plan)
    assert found.below_today == int((mine < today - TOLERANCE).sum())
    assert found.share_below_today == found.below_today / 12
    page = signed_in(officer_of(agency())).get(told.proposal.get_absolute_url()).text
    assert "Får mindre end efter reglen i dag" in page
    assert f"{found.below_today} af 12" in page


@pytest.mark.parametrize("limit", [TODAY, CHANCE])
def test_with_a_limit_nobody_gets_less_and_the_price_is_said(limit: str) -> None:
    crowded(6, left=4)
    proposal, by = proposed(), officer_of(agency())
    proposals.set_terms(proposal, locks={}, forbids=[], protects=limit, by=by)
    told = solved(proposal)
    mine, today = values(told)
    placed = told.plan.place >= 0
    found = safeguards_of(told.desk, told.plan)
    if limit == TODAY:
        assert placed.all()
        assert (mine >= today - TOLERANCE - 1e-9).all()
        assert found.below_today == 0
    else:
        assert not [one for one in found.households if one.below_chance and one.place]
    page = signed_in(by).get(proposal.get_absolute_url()).text
    assert "mindre ud af det end uden en grænse" in page


def test_who_goes_together_is_held_to_a_limit_together() -> None:
    """The sister's wish is worth more than what the brother would have had elsewhere: together they get no less."""
    sister = arriving("Søster", wishes=(wish("family", ODENSE, weight=3),))
    arriving("Bror", wishes=(wish("family", AALBORG),), together_with=sister)
    arriving("En anden")
    proposal = proposed()
    proposals.set_terms(proposal, locks={}, forbids=[], protects=TODAY, by=officer_of(agency()))
    told = solved(proposal)
    mine, today = values(told)
    assert told.plan.place[0] == told.plan.place[1]
    assert mine[:2].sum() >= today[:2].sum() - 2 * TOLERANCE
    assert "Husstande, der skal bo samme sted, regnes sammen." in (
        signed_in(officer_of(agency())).get(proposal.get_absolute_url()).text
    )


def test_whoever_says_nothing_gets_no_less_than_by_the_rule_of_today() -> None:
    silent_before_one_who_wishes()
    free, limited = proposed(name="Uden"), proposed(name="Med")
    proposals.set_terms(limited, locks={}, forbids=[], protects=TODAY, by=officer_of(agency()))
    without, told = solved(free), solved(limited)
    found = safeguards_of(without.desk, without.plan)
    assert found.silent_below_today > 0
    shown = dict(judged.checks(found))
    assert shown["Har intet ønske sagt, og får mindre end efter reglen i dag"] == f"{found.silent_below_today} af 2"
    assert safeguards_of(told.desk, told.plan).silent_below_today == 0
    assert told.cost > 0


def test_a_limit_is_chosen_on_the_page_and_goes_over_to_a_proposal_like_it() -> None:
    crowded()
    proposal, page = proposed(), signed_in(officer_of(agency()))
    page.post(proposal.get_absolute_url(), {"protects": TODAY})
    proposal.refresh_from_db()
    assert proposal.protects == TODAY
    assert 'value="today" checked' in page.get(proposal.get_absolute_url()).text
    assert proposed(name="Ligesom", like=proposal).protects == TODAY
    with pytest.raises(Refused, match="Den grænse er der ikke"):
        proposals.set_terms(proposal, locks={}, forbids=[], protects="luck", by=officer_of(agency()))


def test_a_limit_that_cannot_hold_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    crowded()
    desk = desk_of(agency(), waiting(agency()))
    monkeypatch.setattr("fodfaeste.web.placement.desk.safeguards.value_by_household", lambda *_: np.full(4, 99.0))
    with pytest.raises(Refused, match="Beskyttelsen kan ikke holde for alle"):
        protected(desk, TODAY)


def test_what_room_is_worth_to_those_who_come_later_is_nothing_that_a_household_gets() -> None:
    """A price moves the proposal; the household's own best place and what it misses stay what they were."""
    arriving("Én")
    free = desk_of(agency(), waiting(agency()), priced=False)
    dear = -np.outer([2], [50.0 * (place.code == ESBJERG) for place in free.places])
    problem = replace(free.problem, outcomes={**free.problem.outcomes, LATER: dear})
    priced = replace(free, problem=problem, goal=Goal(weights={**(free.goal.weights or {}), LATER: 1.0}))
    (without,), (with_price,) = (safeguards_of(one, one.plan()).households for one in (free, priced))
    assert (without.place, without.best) == ("Esbjerg", "Esbjerg")
    assert with_price.place != "Esbjerg"
    assert with_price.best == "Esbjerg"
    assert 0 < with_price.loss < 1
    assert without.chance > with_price.chance > without.chance - 1


# ------------------------------------------------------------------ 9. every adult


def test_every_adult_counts_and_no_child() -> None:
    child = member("Barn", born=ARRIVES.replace(year=ARRIVES.year - 5))
    one = arriving("Én", members=(member(),))
    two = arriving("To", members=(member(), member("Samir")))
    family = arriving("Familie", members=(member(), member("Samir"), child))
    work = {name.reference: case_of(name).facts["options"] for name in (one, two, family)}
    at = {name: {option["code"]: option["work"][0] for option in told} for name, told in work.items()}
    for code, forecast_of_one in at[one.reference].items():
        assert at[two.reference][code] == pytest.approx(2 * forecast_of_one, rel=1e-4)
        assert at[family.reference][code] == pytest.approx(at[two.reference][code])


# ------------------------------------------------------------------ 5. equal within the error


def test_places_that_are_as_good_within_the_error_are_named() -> None:
    arriving("Én")
    told = solved(proposed())
    (one,) = safeguards_of(told.desk, told.plan).households
    table = near_ties(told.plan).table
    assert one.equals == tuple(table["other"])
    assert one.equals
    page = signed_in(officer_of(agency())).get(told.proposal.get_absolute_url()).text
    assert "Kunne lige så godt være et andet sted" in page
    assert one.equals[0] in page


def test_without_a_forecast_no_error_is_known_and_nothing_is_called_equal() -> None:
    arriving("Én")
    forecast.switch_off(agency(), reason="prøve", by=officer_of(agency()))
    desk = desk_of(agency(), waiting(agency()))
    found = safeguards_of(desk, desk.plan())
    assert found.with_equals == 0
    assert found.clearly_below_today is None


# ------------------------------------------------------------------ 7. groups


def test_groups_stand_beside_lots_and_what_they_could_have_alone() -> None:
    for number in range(12):
        arriving(f"Nr. {number}", language="ar", members=(member(), member("Samir")) if number % 2 else (member(),))
    told = solved(proposed())
    found = [one for one in safeguards_of(told.desk, told.plan).groups if one.column == "language"]
    library = fairness(told.plan, "language", random_draws=DRAWS, seed=0).groups
    assert {one.outcome for one in found} == set(library["outcome"])
    for one, row in zip(found, library.iter_rows(named=True), strict=True):
        assert (one.value, one.households) == ("ar", 12)
        assert (one.achieved, one.random, one.alone) == pytest.approx((row["achieved"], row["random"], row["alone"]))
    page = signed_in(officer_of(agency())).get(told.proposal.get_absolute_url()).text
    assert "arabisk" in page
    assert "Lodtrækning" in page
    # Six alone and six together: neither is shown, nor the rest by which it could be worked out.
    assert {one.value for one in safeguards_of(told.desk, told.plan).groups if one.column == "household"} == {"other"}


def test_fewer_than_ten_households_are_no_group() -> None:
    for number in range(9):
        arriving(f"Nr. {number}")
    told = solved(proposed())
    assert safeguards_of(told.desk, told.plan).groups == ()
    page = signed_in(officer_of(agency())).get(told.proposal.get_absolute_url()).text
    assert "Der er under ti husstande" in page


# ------------------------------------------------------------------ 1. a person decides


def assignments() -> Iterator[tuple[str, str]]:
    """Each line of the web application that sets where a household goes, or how far it has come: file and function."""
    for file in sorted(SOURCE.rglob("*.py")):
        if "migrations" in file.parts:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if sets_a_place(node):
                        yield str(file.relative_to(SOURCE)), function.name


def sets_a_place(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        targets = [one for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Attribute)]
        return any(one.attr in {"place", "state"} and ast.unparse(one.value) == "arrival" for one in targets)
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) == "PlacementRecord.objects.create"
    return False


def test_a_place_is_written_only_where_somebody_decides() -> None:
    found = set(assignments())
    assert {file for file, _ in found} == {
        "placement/desk/domain/decisions.py",
        "placement/desk/domain/receiving.py",
    }
    assert ("placement/desk/domain/decisions.py", "decide") in found
    for name in ("decide", "undo", "send", "note_objection", "answer_objection"):
        by = inspect.signature(getattr(decisions, name)).parameters["by"]
        assert by.kind is inspect.Parameter.KEYWORD_ONLY
        assert by.default is inspect.Parameter.empty


def test_only_an_officer_of_the_agency_decides(country: Country) -> None:
    family = arriving()
    case = case_of(family)
    gone = officer_of(agency())
    gone.is_active = False
    for by in (
        country.users[Role.WORKER],
        country.users[Role.LEADER],
        made_user("nobody", agency(), Role.ANALYST),
        gone,
    ):
        with pytest.raises(Refused):
            decisions.decide(family, ESBJERG, seen=case.mark, by=by)
    assert not PlacementRecord.objects.exists()


def test_solving_and_looking_write_no_decision() -> None:
    crowded()
    page, proposal = signed_in(officer_of(agency())), proposed()
    with CaptureQueriesContext(connection) as made:
        page.get(proposal.get_absolute_url())
    written = [query["sql"] for query in made if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not [sql for sql in written if "placement_arrival" in sql or "placement_placementrecord" in sql]
    assert set(Arrival.objects.values_list("state", flat=True)) == {"waiting"}


def test_no_page_decides_on_several_households_at_once() -> None:
    acts = [one for one in urls.urlpatterns if one.name in {"arrival-decide", "arrival-send", "take-in"}]
    assert len(acts) == 3
    assert all("<int:pk>" in str(one.pattern) for one in acts)
    page = signed_in(officer_of(agency()))
    one, other = arriving("Én"), arriving("To")
    seen = case_of(one).mark
    page.post(f"{one.get_absolute_url()}afgoer/", {"seen": seen, "code": ESBJERG, "pk": other.pk})
    other.refresh_from_db()
    assert other.state == "waiting"


def test_means_of_the_score_are_those_of_lots() -> None:
    """What a household is told it gets beside lots is the difference of the two figures, to the last digit."""
    crowded()
    told = solved(proposed())
    found = safeguards_of(told.desk, told.plan)
    mine, _today = values(told)
    lots = by_lot(told.desk)[SCORE].mean
    assert [one.chance for one in found.households] == pytest.approx(list(mine - lots))
