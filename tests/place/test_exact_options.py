"""Each option of a goal against everything tried out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, Refused, UnknownName
from fodfaeste.place import Balance, Floor, Goal, LowRank, Network, Problem, Wishes
from fodfaeste.place.exact import solve_exactly
from fodfaeste.place.exact.floors import floors_of
from fodfaeste.place.exact.search import Watch
from fodfaeste.place.units import units_of

from .brute_force import alone, best_of_all
from .checker import check
from .drawn_problems import GOALS, problems


def is_the_best(problem: Problem, goal: Goal, floors: dict[tuple[str, str], float] | None = None) -> None:
    best = best_of_all(problem, goal, floors)
    if best is None:
        with pytest.raises(Refused):
            solve_exactly(problem, goal)
        return
    plan = solve_exactly(problem, goal)
    check(plan)
    assert plan.certificate.objective == pytest.approx(float(best.objective), abs=1e-7)
    assert plan.certificate.bound == pytest.approx(float(best.objective), abs=1e-7)


@settings(max_examples=40)
@given(problems(), GOALS, st.data())
def test_balance_takes_off_what_places_are_above_and_below_their_share(
    problem: Problem, goal: Goal, data: st.DataObject
) -> None:
    places = len(problem.places)
    each = st.lists(st.integers(0, 4), min_size=places, max_size=places).map(tuple)
    balance = Balance(
        weight=data.draw(st.sampled_from([0.0, 0.125, 1.0])),
        share=data.draw(st.none() | each.map(lambda shares: tuple(map(float, shares)))),
        placed=data.draw(st.none() | each),
    )
    is_the_best(problem, replace(goal, balance=balance))


@settings(max_examples=40)
@given(problems(), GOALS, st.data())
def test_compatriots_add_ever_less_and_may_take_away(problem: Problem, goal: Goal, data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.sampled_from([-1.0, -0.25, 0.0, 0.5, 2.0]), max_size=3))
    key = st.tuples(st.sampled_from(problem.places), st.sampled_from(["a", "b"]))
    network = Network(
        group="kind",
        steps=tuple(sorted(steps, reverse=True)),
        step=data.draw(st.integers(1, 3)),
        stock=data.draw(st.dictionaries(key, st.integers(0, 4), max_size=2)),
    )
    is_the_best(problem, replace(goal, network=network))


@settings(max_examples=40)
@given(problems(), GOALS, st.sampled_from([0.0, 0.25]))
def test_floors_are_kept_or_missed_by_the_least_sum(problem: Problem, goal: Goal, tolerance: float) -> None:
    goal = replace(goal, floors=(Floor("kind", "alone", tolerance),))
    groups = {group for group in problem.groups["kind"] if group}
    tops = {group: float(alone(problem, goal, "kind", group)) for group in groups}
    is_the_best(problem, goal, {("kind", group): top - tolerance * abs(top) for group, top in tops.items()})


@settings(max_examples=25)
@given(problems(), GOALS)
def test_floors_of_chance_are_the_mean_of_random_placements(problem: Problem, goal: Goal) -> None:
    goal = replace(goal, floors=(Floor("kind"),))
    floors = floors_of(units_of(problem, goal), goal, gap=0.0, seed=0, watch=Watch())
    is_the_best(problem, goal, {(floor.column, floor.group): floor.least for floor in floors})


@settings(max_examples=25)
@given(problems(wishes=True), st.floats(0, 2), st.floats(0, 1))
def test_wishes_with_a_weight_are_one_more_outcome(problem: Problem, weight: float, work: float) -> None:
    is_the_best(problem, Goal(weights={"wishes": weight, "work": work}))


def small(**more: object) -> Problem:
    """Two pairs of siblings in mind: four households of one, two places for two."""
    fields = {
        "households": ("a", "b", "c", "d"),
        "places": ("north", "south"),
        "sizes": np.ones((4, 1), np.int64),
        "capacity": np.full((2, 1), 2),
        "outcomes": {"work": np.array([[0.9, 0.1], [0.8, 0.1], [0.7, 0.1], [0.6, 0.1]])},
        "groups": {"kind": ("x", "x", "y", "y")},
    }
    return Problem(**{**fields, **more})


def test_a_floor_moves_a_place_from_the_group_that_gains_most_to_the_group_that_would_have_none() -> None:
    free = solve_exactly(small())
    assert free.place.tolist() == [0, 0, 1, 1]
    plan = solve_exactly(small(), Goal(floors=(Floor("kind"),)))
    assert sorted(plan.place[:2].tolist()) == sorted(plan.place[2:].tolist()) == [0, 1]
    assert plan.certificate.value < free.certificate.value
    assert plan.notes == ()


def test_floors_that_cannot_all_be_kept_are_told_with_what_is_missing() -> None:
    plan = solve_exactly(small(), Goal(floors=(Floor("kind", "alone"),)))
    check(plan)
    assert len(plan.notes) == 1
    assert "The floor of kind " in plan.notes[0]
    assert "2 households have to reach" in plan.notes[0]


def test_wishes_come_before_outcomes_up_to_the_tolerance() -> None:
    wishes = Wishes(np.array([[0, 1], [0, 1], [1, 0], [1, 0]]))
    strict = solve_exactly(small(wishes=wishes), Goal(wish_tolerance=0.0))
    assert strict.place.tolist() == [1, 1, 0, 0]
    check(strict, wishes=4.0)
    half = solve_exactly(small(wishes=wishes), Goal(wish_tolerance=0.5))
    check(half, wishes=2.0)
    assert half.certificate.value > strict.certificate.value
    assert "of 4 that could be fulfilled" in half.notes[0]
    assert solve_exactly(small(wishes=wishes), Goal(wish_tolerance=None)).place.tolist() == [0, 0, 1, 1]


def test_caution_prefers_what_is_sure() -> None:
    sure = small(sds={"work": np.array([[0.5, 0.0]] + [[0.0, 0.0]] * 3)})
    assert solve_exactly(sure, Goal(caution=2.0)).place.tolist() == [1, 0, 0, 1]
    check(solve_exactly(sure, Goal(caution=2.0)))


def test_a_stock_of_compatriots_draws_those_who_come_to_another_place_once_there_are_enough() -> None:
    flat = small(outcomes={"work": np.zeros((4, 2))}, capacity=np.full((2, 1), 4))
    together = Goal(network=Network("kind", steps=(1.0, 0.5, 0.0)))
    alone_there = solve_exactly(flat, together)
    assert alone_there.certificate.objective == pytest.approx(4.0)
    stocked = replace(together, network=Network("kind", (1.0, 0.5, 0.0), stock={("north", "x"): 3}))
    plan = solve_exactly(flat, stocked)
    assert plan.place[:2].tolist() == [1, 1]
    assert plan.certificate.objective == pytest.approx(3.5)
    check(plan)


@pytest.mark.parametrize("scores", [np.float32, LowRank])
def test_scores_of_single_precision_and_factors_are_solved_as_they_are(scores: type) -> None:
    rng = np.random.default_rng(1)
    left, right = (rng.random((shape, 2)).astype(np.float32) for shape in (4, 2))
    work = LowRank(left, right) if scores is LowRank else left @ right.T
    plan = solve_exactly(small(outcomes={"work": work}))
    check(plan)
    best = best_of_all(plan.problem, Goal())
    assert best is not None
    assert plan.certificate.value == pytest.approx(float(best.objective), rel=1e-6)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_that_scores_come_in_changes_nothing(unit: float) -> None:
    rng = np.random.default_rng(2)
    work = rng.random((4, 2))
    plain, scaled = (solve_exactly(small(outcomes={"work": factor * work})) for factor in (1.0, unit))
    assert plain.place.tolist() == scaled.place.tolist()
    assert scaled.certificate.value == pytest.approx(unit * plain.certificate.value, rel=1e-12)


def test_placing_everybody_comes_first_however_large_the_scores_are() -> None:
    """A weight for it would have to exceed a million, and leave no digit for the small ones."""
    work = np.array([[1e6, 0.0], [0.0, 1e-4], [0.0, 2e-4], [0.0, 0.0]])
    allowed = np.array([[True, True], [True, False], [True, True], [True, True]])
    sizes = np.array([[2], [2], [1], [1]])
    plan = solve_exactly(small(outcomes={"work": work}, allowed=allowed, sizes=sizes, capacity=np.array([[2], [4]])))
    assert plan.certificate.persons_placed == 6
    assert plan.place.tolist() == [1, 0, 1, 1]
    check(plan)


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        (Goal(floors=(Floor("kin"),)), "Did you mean kind"),
        (Goal(network=Network("kin", (1.0,))), "Did you mean kind"),
        (Goal(network=Network("kind", (1.0, 2.0))), "none worth more than the one before"),
        (Goal(network=Network("kind", (1.0,), step=0)), "at least one person"),
        (Goal(balance=Balance(1.0, share=(1.0,))), "2 shares from 0"),
        (Goal(balance=Balance(1.0, placed=(1,))), "2, one a place"),
        (Goal(balance=Balance(-1.0)), "a weight from 0"),
    ],
)
def test_an_option_that_fits_the_problem_badly_is_refused_with_what_to_do(goal: Goal, message: str) -> None:
    with pytest.raises((BadInput, UnknownName), match=message):
        solve_exactly(small(), goal)
