"""Why a household is proposed where it is: the figures add up, and the changes that would flip it really do."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fodfaeste.errors import UnknownName
from fodfaeste.place import NOWHERE, Balance, Goal, Network, Plan, Problem, Wishes, solve
from fodfaeste.place.evaluation.plain import plain
from fodfaeste.place.explain import explain

from .worlds import Around, world


def two_places(work, *, room=(1, 1), **given):
    """Households of one person at two places, by their chance of work."""
    work = np.array(work, float)
    n = work.shape[0]
    return Problem(
        households=tuple("abcdefgh"[:n]),
        places=("North", "South"),
        sizes=np.ones(n, int),
        capacity=np.array(room),
        outcomes={"work": work},
        **given,
    )


def without_prices(plan):
    return replace(plan, certificate=replace(plan.certificate, prices=np.zeros_like(plan.certificate.prices)))


# What is shown


def test_the_proposed_place_comes_first_and_the_next_four_follow_from_the_best():
    told = explain(solve(world(places=8), gap=0), "h3")
    assert told.options["chosen"].to_list() == [True, False, False, False, False]
    assert told.options["place"][0] == told.place
    assert told.options["behind"].to_list()[1:] == sorted(told.options["behind"].to_list()[1:])


@given(st.integers(0, 20), st.integers(0, 29), st.sampled_from([0.0, 0.5]), st.booleans())
@settings(max_examples=5)
def test_the_terms_of_each_place_add_up_to_its_net(seed, household, caution, priced):
    problem = world(seed, 30, 4, wishes=True)
    goal = Goal(
        weights={"work": 2.0, "staying": 0.5, "wishes": 0.3},
        caution=caution,
        balance=Balance(0.01),
        network=Network("kind", (0.1, 0.05), 10),
    )
    plan = solve(problem, goal)
    plan = plan if priced else without_prices(plan)
    told = explain(plan, household)
    sums = told.terms.group_by("place").agg(pl.col("amount").sum())
    joined = told.options.join(sums, on="place")
    assert joined["amount"].to_list() == pytest.approx(joined["net"].to_list())
    assert set(told.terms["term"]) >= {"work", "staying", "wishes", "network", "balance", "price"}
    assert ("caution" in told.terms["term"].to_list()) == (caution > 0)


def test_forecasts_have_intervals_from_the_standard_deviations_and_none_without():
    told = explain(solve(world(), gap=0), "h0").forecasts
    work = told.filter(pl.col("outcome") == "work")
    assert (work["upper"] - work["lower"]).to_list() == pytest.approx([2 * 1.959964 * 0.1] * work.height, abs=1e-6)
    assert told.filter(pl.col("outcome") == "staying")["lower"].null_count() == work.height


def test_draws_replace_standard_deviations():
    problem = world(sd=0)
    draws = Around(problem.outcomes, 0.05, count=400)
    told = explain(solve(problem, gap=0), "h0", draws=draws)
    assert told.forecasts["sd"].to_list() == pytest.approx([0.05] * told.forecasts.height, rel=0.2)
    assert told.options["behind_lower"].null_count() == 1


def test_a_household_may_be_given_by_its_position_and_others_are_refused():
    plan = solve(world())
    assert explain(plan, 3).household == "h3"
    with pytest.raises(UnknownName, match="h3"):
        explain(plan, "h333")
    with pytest.raises(UnknownName, match="position"):
        explain(plan, 40)


def test_everything_can_be_told_to_machines():
    told = explain(solve(world(wishes=True)), "h0").to_dict()
    assert told["options"][0]["chosen"] is True
    assert told["notes"][0]["code"]


# What decided


def test_a_lock_decides_before_anything_else_and_its_removal_is_the_change():
    plan = solve(two_places([[0.9, 0.1], [0.2, 0.1]], locks=np.array([1, NOWHERE])))
    told = explain(plan, "a")
    assert (told.place, told.decided_by) == ("South", "lock")
    assert told.flips.row(0, named=True)["kind"] == "unlock"
    assert told.flips.height == 1


def test_who_is_tied_to_somebody_locked_is_told_so():
    problem = two_places([[0.9, 0.1], [0.2, 0.1]], room=(2, 2), locks=np.array([1, NOWHERE]), ties=((0, 1),))
    told = explain(solve(problem), "b")
    assert (told.decided_by, told.together) == ("tie_to_locked", ("b", "a"))


def test_the_only_place_allowed_decides():
    told = explain(solve(two_places([[0.9, 0.1]], allowed=np.array([[False, True]]))), "a")
    assert told.decided_by == "only_place"
    assert told.ruled_out.row(0) == ("North", 0.9, "not_allowed")
    assert told.flips.filter(pl.col("kind") == "allow")["place"].to_list() == ["North"]


def test_a_place_that_is_too_small_is_ruled_out_as_such():
    problem = replace(two_places([[0.9, 0.1]], room=(1, 2)), sizes=np.array([[2]]))
    assert explain(solve(problem), "a").ruled_out.row(0) == ("North", 0.9, "too_large")


def test_the_highest_score_decides_where_nobody_else_wants_the_place():
    told = explain(solve(two_places([[0.9, 0.1], [0.1, 0.9]])), "a")
    assert (told.place, told.decided_by) == ("North", "highest_score")


@pytest.mark.parametrize("priced", [True, False])
def test_the_price_decides_where_another_household_needs_the_place_more(priced):
    plan = solve(two_places([[0.6, 0.5], [0.9, 0.1]]), gap=0)
    told = explain(plan if priced and plan.certificate.prices.any() else without_prices(plan), "a")
    assert (told.place, told.decided_by) == ("South", "price")
    north = told.options.filter(pl.col("place") == "North").row(0, named=True)
    assert (north["needed_by"], north["losers"]) == (1, 1)
    assert north["others_lose"] == pytest.approx(0.8)
    assert north["cost_at_most"] == pytest.approx(0.7)
    assert told.displaced.rows() == [("North", "b", "North", "South", 1, pytest.approx(-0.8))]


def test_places_within_the_error_are_equal_and_said_to_be():
    problem = two_places([[0.50, 0.52]], sds={"work": np.full((1, 2), 0.1)})
    told = explain(solve(problem), "a")
    assert (told.place, told.decided_by, told.equal) == ("South", "near_tie", ("North",))
    assert explain(solve(problem), "a", within=0.1).equal == ()


def test_a_tie_that_takes_a_household_along_decides():
    problem = two_places([[0.6, 0.5], [0.1, 0.9]], room=(2, 2), ties=((0, 1),))
    told = explain(solve(problem), "a")
    assert (told.place, told.decided_by) == ("South", "tie")
    assert told.options["score"].to_list() == pytest.approx([1.4, 0.7])
    assert "untie" in told.flips["kind"].to_list()


def test_a_wish_that_comes_before_the_score_decides():
    problem = two_places([[0.9, 0.1]], wishes=Wishes(np.array([[0, 1]])))
    told = explain(solve(problem), "a")
    assert (told.place, told.decided_by, told.wishes_known) == ("South", "wishes", True)
    assert told.options["wish"].to_list() == [1, 0]
    assert "wishes_first" in {note.code for note in told.notes}
    assert told.flips.filter(pl.col("kind") == "score")["enough"].to_list() == [None]


def test_silence_is_no_wish():
    problem = two_places([[0.9, 0.1], [0.2, 0.8]], wishes=Wishes(np.array([[0, 1], [0, 0]])))
    told = explain(solve(problem), "b")
    assert not told.wishes_known
    assert told.options["wish"].null_count() == told.options.height


def test_a_household_without_a_place_has_a_reason_and_what_it_would_take():
    told = explain(solve(two_places([[0.6, 0.5], [0.9, 0.1], [0.2, 0.9]])), "a")
    assert (told.place, told.decided_by, told.reason) == (None, "unplaced", "no_room")
    assert not told.options["chosen"].any()
    assert told.options["cost_at_least"].null_count() == told.options.height


def test_a_plan_that_is_not_the_best_for_a_household_at_its_prices_says_the_whole_decided():
    problem = world()
    plan = solve(problem, gap=0)
    here = int(plan.place[0])
    other = next(j for j in np.flatnonzero(problem.may(0)) if j != here)
    score = problem.outcomes["work"][0, other] + problem.outcomes["staying"][0, other]
    raised = {**problem.outcomes, "work": problem.outcomes["work"].copy()}
    raised["work"][0, other] += 10 - score
    told = explain(Plan(replace(problem, outcomes=raised), plan.goal, plan.place, plan.reasons, plan.certificate), 0)
    assert told.decided_by == "whole_plan"


# What would have to change


@given(st.integers(0, 40), st.integers(0, 11), st.sampled_from([0.1, 0.3, 1.0]))
@settings(max_examples=8)
def test_whether_a_wish_alone_flips_the_proposal_is_as_solving_again_says(seed, household, weight):
    """`enough`: the first wish for the place brings it there; no row: not even the only wish of the household does."""
    problem = world(seed, 12, 3, wishes=True)
    goal = Goal(weights={"work": 1.0, "staying": 1.0, "wishes": weight})
    plan = solve(problem, goal, gap=0)
    assume(plan.place[household] != NOWHERE)
    told = explain(plan, household, exact=True)
    could = {row["place"]: row for row in told.flips.filter(pl.col("kind") == "wish").iter_rows(named=True)}
    rank = problem.wishes.rank
    for name in told.options.filter(~pl.col("chosen"))["place"]:
        there = problem.places.index(name)
        if rank[household, there] == 1:
            assert name not in could
            continue
        wished = rank.copy()
        if name not in could:
            wished[household] = 0
        wished[household] = np.where(wished[household] > 0, wished[household] + 1, 0)
        wished[household, there] = 1
        again = solve(replace(problem, wishes=Wishes(wished)), goal, gap=0)
        if name not in could:
            assert again.place[household] != there
        elif could[name]["enough"] is not None:
            assert again.place[household] == there


def test_wishes_without_a_weight_of_their_own_lead_to_no_place():
    told = explain(solve(world(wishes=True), Goal(wish_tolerance=None), gap=0), "h0")
    assert "wish" not in told.flips["kind"].to_list()


@given(st.integers(0, 30), st.integers(0, 11))
@settings(max_examples=5)
def test_a_rise_of_the_score_flips_the_proposal_exactly_where_solving_again_says(seed, household):
    problem = world(seed, 12, 3)
    plan = solve(problem, gap=0)
    told = explain(plan, household, exact=True)
    rises = told.flips.filter((pl.col("kind") == "score") & pl.col("needed").is_not_null())
    assume(rises.height and told.place is not None)
    rise = rises.row(0, named=True)
    j = problem.places.index(rise["place"])
    assert rise["enough"] == pytest.approx(rise["needed"], abs=1e-6)
    for change, there in ((rise["enough"] + 1e-4, True), (rise["needed"] - 1e-4, False)):
        work = problem.outcomes["work"].copy()
        work[household, j] += change
        if change > 0:
            again = solve(replace(problem, outcomes={**problem.outcomes, "work": work}), gap=0)
            assert (again.place[household] == j) == there


@given(st.integers(0, 60), st.integers(0, 11), st.booleans())
@settings(max_examples=6)
def test_the_bounds_without_solving_again_hold_what_solving_again_finds(seed, household, priced):
    plan = solve(world(seed, 12, 3), gap=0)
    plan = plan if priced else without_prices(plan)
    bounds = {row["place"]: row for row in explain(plan, household).options.iter_rows(named=True)}
    for row in explain(plan, household, exact=True).options.iter_rows(named=True):
        if (cost := row["cost_at_most"]) is not None and row["place"] in bounds:
            low, high = bounds[row["place"]]["cost_at_least"], bounds[row["place"]]["cost_at_most"]
            assert low is None or low <= cost + 1e-6
            assert high is None or high >= cost - 1e-6


def test_the_room_that_is_found_to_be_enough_is_and_less_is_not():
    problem = two_places([[0.6, 0.5], [0.9, 0.1]])
    told = explain(solve(problem, gap=0), "a", exact=True)
    room = told.flips.filter(pl.col("kind") == "capacity").row(0, named=True)
    assert (room["place"], room["name"], room["needed"], room["enough"]) == ("North", "persons", 1.0, 1.0)
    assert solve(replace(problem, capacity=np.array([[2], [1]])), gap=0).place[0] == 0


def test_room_that_does_not_help_is_not_said_to_be_enough():
    # Two others want North more than a does: one more place there goes to one of them.
    problem = two_places([[0.6, 0.5], [0.9, 0.1], [0.8, 0.1], [0.9, 0.0]], room=(1, 3))
    told = explain(solve(problem, gap=0), "a", exact=True)
    assert told.flips.filter(pl.col("kind") == "capacity")["enough"].to_list() == [None]


def test_the_change_of_a_weight_brings_the_other_place_level_at_the_prices():
    problem = world(3, 30, 4, wishes=True)
    plan = solve(problem, Goal(weights={"work": 1.0, "staying": 1.0, "wishes": 0.1}))
    of = {**problem.outcomes, "wishes": problem.wishes.share()}
    for household in range(5):
        told = explain(plan, household)
        for flip in told.flips.filter(pl.col("kind") == "weight").iter_rows(named=True):
            here = plan.place[household]
            there = problem.places.index(flip["place"])
            outcome = of[flip["name"]][household]
            behind = told.options.filter(pl.col("place") == flip["place"])["behind"][0]
            assert behind - flip["needed"] * (outcome[there] - outcome[here]) == pytest.approx(0)


def test_locked_households_in_the_way_are_not_displaced():
    plan = solve(two_places([[0.6, 0.5], [0.9, 0.1]], locks=np.array([NOWHERE, 0])))
    told = explain(plan, "a")
    north = told.options.filter(pl.col("place") == "North")
    assert north["cost_at_most"].to_list() in ([None], [])
    assert told.displaced.height == 0


def test_a_minimum_that_the_place_would_miss_is_counted_into_what_it_costs():
    problem = two_places([[0.9, 0.1], [0.8, 0.1]], room=(2, 2), minimum=np.array([0, 1]))
    plan = solve(problem, gap=0)
    sent = int(np.flatnonzero(plan.place == 1)[0])
    north = explain(plan, sent).options.filter(pl.col("place") == "North").row(0, named=True)
    assert north["cost_at_most"] == pytest.approx(0.1)


def test_without_uncertainty_the_reader_is_warned():
    codes = {note.code for note in explain(solve(world(sd=0)), 0).notes}
    assert "no_uncertainty" in codes
    assert "no_prices" in {note.code for note in explain(without_prices(solve(world())), 0).notes}


def test_what_cannot_be_solved_round_a_household_has_no_exact_cost():
    # North is full of somebody locked: no plan has both there.
    plan = solve(two_places([[0.6, 0.5], [0.9, 0.1]], locks=np.array([NOWHERE, 0])))
    priced = replace(plan, certificate=replace(plan.certificate, prices=np.array([[0.5], [0.0]])))
    north = explain(priced, "a", exact=True).options.filter(pl.col("place") == "North").row(0, named=True)
    assert (north["cost_at_least"], north["cost_at_most"], north["losers"]) == (None, None, 0)


def test_a_place_that_cannot_spare_the_household_does_not_let_it_go():
    plan = solve(two_places([[0.9, 0.1]], minimum=np.array([0, 1])))
    priced = replace(plan, certificate=replace(plan.certificate, prices=np.array([[0.0], [-0.8]])))
    north = explain(priced, "a").options.filter(pl.col("place") == "North").row(0, named=True)
    assert (north["fits"], north["needed_by"], north["cost_at_most"]) == (False, 0, None)


def test_of_several_ties_the_one_that_the_household_is_in_counts():
    problem = two_places([[0.6, 0.5]] * 5, room=(5, 5), ties=((0, 1), (2, 3)))
    assert explain(solve(problem), "d").together == ("d", "c")
    assert explain(solve(problem), "e").together == ("e",)


def test_results_become_plain_values():
    told = plain({"a": np.float64(np.inf), "b": (np.arange(2), pl.DataFrame({"x": [1.0]})), "c": {1: None}})
    assert told == {"a": None, "b": [[0, 1], [{"x": 1.0}]], "c": {"1": None}}
