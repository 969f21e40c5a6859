"""Groups lifted to a floor in a plan that is there already: never over room, never fewer placed, and dearly or not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import Refused
from fodfaeste.place import NOWHERE, Balance, Floor, Goal, Problem, solve
from fodfaeste.place.exact.floors import GroupFloor
from fodfaeste.place.lift import lift
from fodfaeste.place.units import household_scores

from .worlds import world

SUM = Goal(wish_tolerance=None)


def flat_and_steep(steep=6, flat=6):
    """Half have nearly the same chances everywhere, and make way for those who do not: room for each place's half."""
    chance = np.array([[0.9, 0.3]] * steep + [[0.5, 0.4]] * flat)
    many = steep + flat
    return Problem(
        households=tuple(f"h{one}" for one in range(many)),
        places=("North", "South"),
        sizes=np.ones(many, int),
        capacity=np.array([many // 2, many]),
        outcomes={"work": chance},
        groups={"chances": ("steep",) * steep + ("flat",) * flat},
    )


def floors_of(problem, share):
    """Ask for each group for so much a household."""
    of = np.array(problem.groups["chances"])
    return tuple(
        GroupFloor("chances", str(name), tuple(np.flatnonzero(of == name).tolist()), share * float((of == name).sum()))
        for name in np.unique(of)
    )


def test_a_group_below_its_floor_is_lifted_by_the_exchanges_that_cost_least():
    problem = flat_and_steep()
    plan = solve(problem, SUM, gap=0)
    scores = household_scores(problem, SUM)
    found = lift(plan, floors_of(problem, 0.43), scores)
    flat, steep = found.groups
    assert (flat.before, flat.after) == pytest.approx((2.4, 2.6))
    assert steep.after == pytest.approx(5.4 - 2 * 0.6)
    assert (found.holds, found.moved.size) == (True, 4)
    assert found.price == pytest.approx(2 * 0.5)
    assert found.plan.certificate.value == pytest.approx(plan.certificate.value - 1.0)
    assert found.plan.certificate.bound == plan.certificate.bound


def test_a_plan_that_keeps_its_floors_is_given_back_as_it_is():
    problem = flat_and_steep()
    plan = solve(problem, SUM, gap=0)
    found = lift(plan, floors_of(problem, 0.4), household_scores(problem, SUM))
    assert found.plan is plan
    assert (found.price, found.moved.size, found.holds) == (0.0, 0, True)


def test_a_floor_that_cannot_be_reached_is_reached_as_far_as_can_be_and_said_to_be_short():
    """Both groups cannot have 0.6 a household: what one lacks is not made up for by letting the other below its own."""
    problem = flat_and_steep()
    plan = solve(problem, SUM, gap=0)
    steep = next(one for one in floors_of(problem, 0.8) if one.group == "steep")
    flat = next(one for one in floors_of(problem, 0.6) if one.group == "flat")
    found = lift(plan, (flat, steep), household_scores(problem, SUM))
    assert not found.holds
    assert found.groups[0].short > 0
    assert found.groups[0].after > found.groups[0].before
    assert found.groups[1].short == pytest.approx(0, abs=1e-9)


def test_a_goal_that_weighs_more_than_scores_is_refused():
    problem = flat_and_steep()
    plan = solve(problem, SUM, gap=0)
    uneven = replace(plan, goal=replace(plan.goal, balance=Balance(0.1)))
    with pytest.raises(Refused, match="balance"):
        lift(uneven, floors_of(problem, 0.43), household_scores(problem, SUM))


@given(st.integers(0, 200), st.floats(0.0, 0.3), st.booleans(), st.booleans())
@settings(max_examples=12)
def test_whatever_is_lifted_rules_hold_and_no_plan_with_the_floors_is_worth_more_than_the_proven_best(
    seed, more, tied, out
):
    problem = world(seed, 20, 4, spare=0.8)
    if tied:
        problem = replace(problem, ties=((0, 1),), locks=np.where(np.arange(20) == 5, _open(problem, 5), NOWHERE))
    plan = solve(problem, SUM, gap=0)
    scores = household_scores(problem, SUM)
    of = np.array(problem.groups["kind"])
    floors = []
    for name in np.unique(of):
        members = np.flatnonzero(of == name)
        got = sum(float(scores[one, plan.place[one]]) for one in members if plan.place[one] != NOWHERE)
        # The first group is to have more than it has; the others may not lose by it.
        floors.append(GroupFloor("kind", str(name), tuple(members.tolist()), got * (1 + more * (not floors))))
    found = lift(plan, floors, scores, may_unplace=out)
    place = found.plan.place
    assert (found.plan.used() <= problem.capacity).all()
    assert all(problem.may(one)[place[one]] for one in np.flatnonzero(place != NOWHERE))
    assert all(len({int(place[one]) for one in tie}) == 1 for tie in problem.ties)
    assert (place[problem.locks != NOWHERE] == problem.locks[problem.locks != NOWHERE]).all()
    assert problem.persons[place != NOWHERE].sum() >= problem.persons[plan.placed].sum()
    assert out or (place[plan.placed] != NOWHERE).all()
    assert all(one.after >= min(one.before, one.floor.least) - 1e-6 for one in found.groups)
    assert found.price == pytest.approx(plan.certificate.value - found.plan.certificate.value)
    if problem.persons[place != NOWHERE].sum() == problem.persons[plan.placed].sum():
        assert found.price >= -1e-6


def test_what_lifting_costs_is_near_what_the_exact_solver_pays_for_the_same_floor():
    problem = flat_and_steep(8, 8)
    plan = solve(problem, SUM, gap=0)
    exact = solve(problem, replace(SUM, floors=(Floor("chances"),)), gap=0)
    scores = household_scores(problem, SUM)
    got = {name: np.array(problem.groups["chances"]) == name for name in ("flat", "steep")}
    worth = scores[np.arange(16), exact.place]
    floors = [
        GroupFloor("chances", name, tuple(np.flatnonzero(who).tolist()), float(worth[who].sum()))
        for name, who in got.items()
    ]
    found = lift(plan, floors, scores)
    assert found.holds
    assert found.plan.certificate.value == pytest.approx(exact.certificate.value)


def _open(problem, household):
    return int(np.flatnonzero(problem.may(household))[0])
