"""The checker itself: whatever is changed in a true plan, it says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fodfaeste.place import NOWHERE, Floor, Goal, Plan, Problem, Wishes, solve
from fodfaeste.place.exact import solve_exactly

from .checker import check
from .countries import country


def true_plan(**more: object) -> Plan:
    """Two tied households, one locked, one left over; two places."""
    problem = Problem(
        households=("a", "b", "c", "d"),
        places=("north", "south"),
        sizes=np.array([[1], [2], [1], [4]]),
        capacity=np.array([[3], [2]]),
        outcomes={"work": np.array([[0.9, 0.2], [0.5, 0.4], [0.7, 0.3], [0.6, 0.6]])},
        allowed=np.array([[True, True], [True, True], [True, False], [True, True]]),
        minimum=np.array([1, 0]),
        ties=((0, 1),),
        locks=np.array([NOWHERE, NOWHERE, NOWHERE, NOWHERE]),
        groups={"kind": ("x", "x", "y", "y")},
        wishes=Wishes(np.array([[1, 2], [1, 2], [0, 0], [0, 0]])),
    )
    return solve_exactly(replace(problem, **more))


def with_place(place: list[int]) -> Plan:
    return replace(true_plan(), place=np.array(place))


def with_figure(**figures: object) -> Plan:
    plan = true_plan()
    return replace(plan, certificate=replace(plan.certificate, **figures))


def test_a_true_plan_passes() -> None:
    plan = true_plan()
    assert plan.place.tolist() == [0, 0, NOWHERE, NOWHERE]
    check(plan, wishes=2.0, floors={("kind", "x"): 1.4})


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (with_place([0, 0, 0, NOWHERE]), "north has 3 persons and gets 4"),
        (with_place([0, 1, NOWHERE, NOWHERE]), "the tied a, b go to different places"),
        (with_place([NOWHERE, NOWHERE, 1, NOWHERE]), "c goes to south, where it is not allowed"),
        (with_place([NOWHERE, NOWHERE, NOWHERE, NOWHERE]), "north lacks 1 persons"),
        (with_place([0, 0, NOWHERE, 7]), "d goes to place 7"),
        (with_place([0, 0, NOWHERE]), "not every household has an answer"),
        (replace(true_plan(), reasons=("", "", "no_room", "no_room")), "d is unplaced for 'too_large'"),
        (replace(true_plan(), reasons=("no_room", "", "no_room", "too_large")), "a is placed, and said to be"),
        (with_figure(value=1.5), "the value is 1.4"),
        (with_figure(objective=1.5), "the objective is 1.4"),
        (with_figure(persons=9), "there are 8 persons"),
        (with_figure(persons_placed=4), "3 persons are placed"),
        (with_figure(persons_bound=2), "at most 2"),
        (with_figure(gap=0.5), "the gap is"),
        (with_figure(bound=1.0, gap=0.0), "lies below the objective"),
        (with_figure(prices=np.full((2, 1), -1.0)), "south has a price below 0"),
        (with_figure(proof="prices", prices=np.full((2, 1), 9.0)), "the prices prove no more than"),
        (with_figure(proof="search", bound=99.0, gap=1 - 1.4 / 99), "and a search no more than"),
    ],
)
def test_a_plan_that_was_changed_does_not(plan: Plan, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check(plan)


def test_a_locked_household_elsewhere_is_found() -> None:
    locked = true_plan(locks=np.array([NOWHERE, NOWHERE, 0, NOWHERE]))
    check(locked)
    with pytest.raises(AssertionError, match="c is locked to north and goes elsewhere"):
        check(replace(locked, place=np.array([NOWHERE, NOWHERE, NOWHERE, NOWHERE])))


def test_floors_and_wishes_that_are_not_reached_are_found() -> None:
    with pytest.raises(AssertionError, match="group y of kind gets 0"):
        check(true_plan(), floors={("kind", "y"): 0.5})
    with pytest.raises(AssertionError, match="wishes are fulfilled for 2"):
        check(true_plan(), wishes=2.5)


def test_prices_of_units_that_prove_less_are_found() -> None:
    plan = solve(country(40, 5, room=1.0), gap=0, method="prices")
    check(plan)
    assert plan.certificate.proof == "knapsacks"
    loose = replace(plan.certificate, unit_prices=plan.certificate.unit_prices + 1.0)
    with pytest.raises(AssertionError, match="the prices prove no more than"):
        check(replace(plan, certificate=loose))


def test_a_plan_of_the_front_door_with_a_floor_passes() -> None:
    plan = solve(true_plan().problem, Goal(floors=(Floor("kind", "alone"),)), gap=0)
    check(plan)
    assert any("cannot be kept" in note for note in plan.notes)
