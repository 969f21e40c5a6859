"""Any prices prove a bound: of no plan that keeps the rules is the objective higher."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.place import Goal, LowRank, Network, Problem
from fodfaeste.place.bounds import certified_bound, lagrangian_bound
from fodfaeste.place.units import units_of

from .brute_force import persons, placements
from .checker import parts_of
from .drawn_problems import GOALS, problems


@settings(max_examples=60)
@given(problems(), GOALS, st.data())
def test_no_plan_is_worth_more_than_any_prices_prove(problem: Problem, goal: Goal, data: st.DataObject) -> None:
    places, dimensions = problem.capacity.shape
    eighths = st.lists(st.integers(-8, 16), min_size=places * dimensions, max_size=places * dimensions)
    prices = np.array(data.draw(eighths)).reshape(places, dimensions) / 8
    unplaced = data.draw(st.sampled_from([0.0, 0.5, 3.0])) if goal.unplaced == "first" else goal.unplaced
    for where in placements(problem, goal):
        bound = certified_bound(units_of(problem, goal), goal, prices, unplaced, persons(problem, where))
        assert float(parts_of(problem, goal, where).objective) <= bound + 1e-9


@settings(max_examples=30)
@given(problems())
def test_where_everybody_is_placed_nobody_may_be_left(problem: Problem) -> None:
    """An infinite price: plans that leave somebody are not bounded, those that do not are."""
    goal = Goal(short_price=0.0, wish_tolerance=None)
    able = sum(int(problem.persons[i]) for i in range(len(problem.households)))
    bound = certified_bound(units_of(problem, goal), goal, np.zeros(problem.capacity.shape), np.inf, able)
    for where in placements(problem, goal):
        if persons(problem, where) == able:
            assert float(parts_of(problem, goal, where).objective) <= bound + 1e-9


def test_two_families_and_one_place_for_one_of_them() -> None:
    """By hand: room for four at price 0.1 is worth 0.4; the first keeps 0.9 - 0.4, the second stays away at 0."""
    problem = Problem(("a", "b"), ("north",), np.array([[4], [4]]), np.array([[4]]), {"work": np.array([[0.9], [0.3]])})
    units = units_of(problem, Goal(unplaced=0.0))
    assert lagrangian_bound(units, np.array([[0.1]]), 0.0) == pytest.approx(0.4 + 0.5 + 0.0)
    assert lagrangian_bound(units, np.array([[0.1]]), 0.05) == pytest.approx(0.4 + 0.5 - 0.1)
    assert lagrangian_bound(units, np.array([[0.1]]), np.inf) == pytest.approx(0.4 + 0.5 - 0.1)


def test_factors_prove_what_the_scores_they_stand_for_prove(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    left, right = rng.random((50, 3)), rng.random((4, 3))
    sizes, capacity = rng.integers(1, 5, (50, 2)), np.full((4, 2), 40)
    prices = rng.random((4, 2)) / 4
    names = tuple(map(str, range(50))), ("a", "b", "c", "d")
    monkeypatch.setattr("fodfaeste.place.scores.BLOCK_BYTES", 7 * 4 * 8)
    bounds = [
        lagrangian_bound(
            units_of(Problem(*names, sizes, capacity, {"work": scores}, dimensions=("persons", "beds")), Goal()),
            prices,
            np.inf,
        )
        for scores in (LowRank(left, right), left @ right.T)
    ]
    assert bounds[0] == pytest.approx(bounds[1], rel=1e-12)


def test_compatriots_add_at_most_their_first_step_each() -> None:
    problem = Problem(
        ("a", "b"), ("north",), np.array([[1], [2]]), np.array([[3]]), groups={"kind": ("x", "")}, outcomes={}
    )
    goal = Goal(network=Network("kind", (0.5, 0.25)))
    assert certified_bound(units_of(problem, goal), goal, np.zeros((1, 1)), np.inf, 3) == pytest.approx(0.5)
