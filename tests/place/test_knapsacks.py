"""Knapsacks: the bound from prices of households lies between the best plan and the linear programme's bound."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse

from fodfaeste.place import NOWHERE, Goal, Problem, solve
from fodfaeste.place.bounds import lagrangian_bound
from fodfaeste.place.knapsacks import Choices, choices_of, losses, tighten, useful
from fodfaeste.place.knapsacks.kernels import fill
from fodfaeste.place.units import Units, units_of

from .checker import check
from .countries import country

GOAL = Goal(unplaced=0.0)


@st.composite
def small(draw: st.DrawFn) -> tuple[Units, np.ndarray, np.ndarray]:
    """Units of at most three places with prices of their own and of room, in eighths."""
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 3))

    def table(low: int, high: int, *shape: int) -> np.ndarray:
        many = int(np.prod(shape))
        return np.array(draw(st.lists(st.integers(low, high), min_size=many, max_size=many))).reshape(shape)

    problem = Problem(
        households=tuple(map(str, range(n))),
        places=tuple("xyz"[:m]),
        sizes=table(0, 3, n, 1),
        capacity=table(0, 6, m, 1),
        outcomes={"work": table(-4, 16, n, m) / 8},
    )
    return units_of(problem, GOAL), table(0, 16, n) / 8, table(0, 8, m, 1) / 8


def plans(units: Units, penalty: float = 0.0) -> list[tuple[tuple[int, ...], float]]:
    """All plans that fit, with what they are worth less a penalty per person unplaced."""
    found = []
    for where in product(range(NOWHERE, units.shape[1]), repeat=units.shape[0]):
        at = np.array(where)
        load = np.bincount(at[at >= 0], weights=units.sizes[at >= 0, 0], minlength=units.shape[1])
        if (load <= units.capacity[:, 0]).all():
            left = penalty * units.persons[at == NOWHERE].sum()
            found.append((where, float(sum(units.scores[i, j] for i, j in enumerate(where) if j != NOWHERE) - left)))
    return found


def everything(units: Units, penalty: float = 0.0) -> Choices:
    return choices_of(units, units.may(slice(0, units.shape[0])), penalty)


def bound_at(choices: Choices, prices: np.ndarray) -> float:
    chosen = np.zeros(choices.unit.size, np.bool_)
    parts = choices.begins, choices.unit, choices.size, choices.gain, choices.room
    gained = fill(*parts, prices, chosen)
    size, gain = choices.size * chosen, (choices.gain - prices[choices.unit]) * chosen
    assert gained == pytest.approx(gain.sum())
    assert (np.bincount(choices.place, weights=size, minlength=choices.room.size) <= choices.room).all()
    return float(prices.sum()) + gained


@settings(max_examples=40)
@given(small(), st.sampled_from([0.0, 0.25, 2.0]))
def test_no_plan_is_worth_more_than_any_prices_of_households_prove(
    drawn: tuple[Units, np.ndarray, np.ndarray], penalty: float
) -> None:
    units, prices, _ = drawn
    choices = everything(units, penalty)
    prices = np.maximum(prices - 0.5, choices.lowest)
    best = max(worth for _, worth in plans(units, penalty))
    assert best <= bound_at(choices, prices) + 1e-9
    tight = tighten(choices, prices, known=best, enough=best)
    assert best - 1e-9 <= tight.bound <= bound_at(choices, prices) + 1e-9
    assert tight.bound == pytest.approx(bound_at(choices, tight.prices))


@settings(max_examples=40)
@given(small())
def test_a_pair_loses_at_least_what_it_is_said_to(drawn: tuple[Units, np.ndarray, np.ndarray]) -> None:
    units, prices, _ = drawn
    choices = everything(units)
    bound = bound_at(choices, prices)
    loss = losses(choices, prices)
    assert (loss >= -1e-9).all()
    every = plans(units)
    for pair, (unit, place) in enumerate(zip(choices.unit.tolist(), choices.place.tolist(), strict=True)):
        with_it = max(worth for where, worth in every if where[unit] == place)
        assert with_it <= bound - loss[pair] + 1e-9


@settings(max_examples=40)
@given(small())
def test_pairs_left_out_by_prices_of_room_are_in_no_better_plan(drawn: tuple[Units, np.ndarray, np.ndarray]) -> None:
    units, _, prices = drawn
    bound = lagrangian_bound(units, prices, np.inf)
    everybody = [(where, worth) for where, worth in plans(units) if NOWHERE not in where]
    for where, worth in everybody:
        may, left = useful(units, prices, bound - worth)
        assert all(may[i, j] for i, j in enumerate(where))
        # Who is nobody may stay away at no cost.
        kept = np.where(units.persons > 0, left, np.maximum(left, 0.0))
        assert kept.sum() + (prices * units.capacity).sum() == pytest.approx(bound)


def test_two_families_that_do_not_fit_together_by_hand() -> None:
    """Three beds, two families of two: at 0.25 a bed room proves 0.85; at 0.1 and 0 a family, whole ones prove 0.6."""
    problem = Problem(("a", "b"), ("x",), np.array([[2], [2]]), np.array([[3]]), {"work": np.array([[0.6], [0.5]])})
    units = units_of(problem, GOAL)
    choices = everything(units)
    assert lagrangian_bound(units, np.array([[0.25]]), 0.0) == pytest.approx(0.75 + 0.1)
    assert bound_at(choices, np.array([0.1, 0.0])) == pytest.approx(0.1 + 0.5)
    assert losses(choices, np.array([0.0, 0.0])) == pytest.approx([0.0, 0.1])
    heard: list[float] = []
    tight = tighten(choices, np.array([0.5, 0.5]), known=0.6, enough=0.0, told=heard.append)
    assert tight.bound == heard[-1] == pytest.approx(0.6, abs=1e-3)


def test_a_search_for_prices_that_is_cut_short_has_a_bound_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    units = units_of(country(30, 4, room=1.0), GOAL)
    choices, start = everything(units), np.full(30, 0.3)
    monkeypatch.setattr("fodfaeste.place.knapsacks.STEPS", 3)
    short = tighten(choices, start, known=10.0, enough=0.0)
    monkeypatch.setattr("fodfaeste.place.knapsacks.STEPS", 300)
    assert tighten(choices, start, known=10.0, enough=0.0).bound <= short.bound <= bound_at(choices, start)


def integer_and_linear_optimum(problem: Problem) -> tuple[float, float]:
    """By HiGHS through scipy: whole households, and households that may be divided; all are placed."""
    households, places = problem.shape
    gain = problem.outcomes["work"].ravel().astype(np.float64)
    once = sparse.kron(sparse.eye_array(households), np.ones((1, places)))
    room = sparse.kron(problem.sizes[:, 0][None, :], sparse.eye_array(places))
    rows = [
        optimize.LinearConstraint(sparse.csr_array(once), 1, 1),
        optimize.LinearConstraint(sparse.csr_array(room), -np.inf, problem.capacity[:, 0]),
    ]
    bounds = optimize.Bounds(0, problem.allowed.ravel().astype(float))
    exact = {"mip_rel_gap": 0.0}
    whole, divided = (
        optimize.milp(-gain, integrality=np.full(gain.size, kind), bounds=bounds, constraints=rows, options=exact)
        for kind in (1, 0)
    )
    return -whole.fun, -divided.fun


@pytest.mark.parametrize("seed", range(3))
def test_the_bound_lies_between_the_best_plan_and_the_linear_programme(seed: int) -> None:
    problem = country(40, 5, room=1.0, seed=seed)
    whole, divided = integer_and_linear_optimum(problem)
    plan = solve(problem, gap=0.0, method="prices")
    check(plan)
    assert plan.certificate.proof == "knapsacks"
    assert whole * (1 - 1e-6) <= plan.certificate.bound < divided
    assert plan.certificate.objective <= whole * (1 + 1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_tree_over_the_near_pairs_proves_the_best_plan(seed: int) -> None:
    problem = country(60, 6, room=1.0, seed=seed)
    plan = solve(problem, gap=0.0)
    check(plan)
    assert plan.certificate.gap <= 1e-9
    assert plan.certificate.proof in {"search", "knapsacks"}
    assert plan.certificate.objective == pytest.approx(integer_and_linear_optimum(problem)[0], rel=1e-6)
