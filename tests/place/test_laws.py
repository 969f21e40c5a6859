"""Laws of placement: what holds for every problem, whoever solves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse

from fodfaeste.errors import Refused
from fodfaeste.place import NOWHERE, Goal, LowRank, Plan, Problem, Wishes, solve
from fodfaeste.place.bounds import certified_bound
from fodfaeste.place.evaluation.baselines import greedy_placement
from fodfaeste.place.exact import solve_exactly
from fodfaeste.place.objective import worth
from fodfaeste.place.units import units_of

from .brute_force import best_of_all
from .checker import check
from .drawn_problems import GOALS, problems

Solver = Callable[..., Plan]

both = pytest.mark.parametrize("solver", [solve, solve_exactly])

PLAIN = st.sampled_from([Goal(wish_tolerance=None), Goal(unplaced=0.25), Goal(wish_tolerance=None, short_price=0.5)])
"""Goals under which plans are compared by persons placed, then by the objective."""


def reached(plan: Plan) -> tuple[int, float]:
    """What a plan is compared by; a billionth is rounding."""
    first = plan.certificate.persons_placed if plan.goal.unplaced == "first" else 0
    return first, round(plan.certificate.objective, 9)


def solved(solver: Solver, problem: Problem, goal: Goal) -> Plan | None:
    """The best plan, checked; None where hard minimums cannot be reached."""
    try:
        plan = solver(problem, goal, gap=0.0)
    except Refused:
        assert best_of_all(problem, goal) is None
        return None
    check(plan)
    return plan


@both
@settings(max_examples=60)
@given(problem=problems(), goal=GOALS)
def test_no_placement_that_keeps_the_rules_is_better(solver: Solver, problem: Problem, goal: Goal) -> None:
    plan, best = solved(solver, problem, goal), best_of_all(problem, goal)
    assert (plan is None) == (best is None)
    if plan is not None and best is not None:
        assert plan.certificate.objective == pytest.approx(float(best.objective), abs=1e-7)
        assert goal.unplaced != "first" or plan.certificate.persons_placed == best.persons


@both
@settings(max_examples=40)
@given(problem=problems(minimums=False, wishes=False), goal=PLAIN, data=st.data())
def test_more_room_never_makes_the_best_plan_worse(
    solver: Solver, problem: Problem, goal: Goal, data: st.DataObject
) -> None:
    more = np.array(
        data.draw(st.lists(st.integers(0, 3), min_size=problem.capacity.size, max_size=problem.capacity.size))
    )
    wider = replace(problem, capacity=problem.capacity + more.reshape(problem.capacity.shape))
    assert reached(solver(wider, goal, gap=0.0)) >= reached(solver(problem, goal, gap=0.0))


@both
@settings(max_examples=40)
@given(problem=problems(), goal=GOALS, data=st.data())
def test_the_order_of_households_and_places_changes_no_value(
    solver: Solver, problem: Problem, goal: Goal, data: st.DataObject
) -> None:
    households, places = (data.draw(st.permutations(range(many))) for many in problem.shape)
    plan, other = solved(solver, problem, goal), solved(solver, reordered(problem, households, places), goal)
    assert (plan is None) == (other is None)
    if plan is not None and other is not None:
        assert reached(other) == pytest.approx(reached(plan), abs=1e-7)


def reordered(problem: Problem, households: list[int], places: list[int]) -> Problem:
    """The same problem with households and places listed in another order."""
    at = np.ix_(households, places)
    new_place = np.append(np.argsort(places), NOWHERE)
    new_household = np.argsort(households)
    return Problem(
        households=tuple(problem.households[i] for i in households),
        places=tuple(problem.places[j] for j in places),
        sizes=problem.sizes[households],
        capacity=problem.capacity[places],
        dimensions=problem.dimensions,
        outcomes={name: scores[at] for name, scores in problem.outcomes.items()},
        allowed=problem.allowed[at],
        minimum=problem.minimum[places],
        ties=tuple(tuple(int(new_household[i]) for i in tie) for tie in problem.ties),
        locks=new_place[problem.locks[households]],
        groups={name: tuple(of[i] for i in households) for name, of in problem.groups.items()},
        wishes=None if problem.wishes is None else Wishes(problem.wishes.rank[at]),
    )


@both
@settings(max_examples=40)
@given(problem=problems(wishes=False), goal=PLAIN, data=st.data())
def test_whoever_is_locked_where_the_best_plan_has_them_stays_and_nothing_is_lost(
    solver: Solver, problem: Problem, goal: Goal, data: st.DataObject
) -> None:
    plan = solved(solver, problem, goal)
    if plan is None or not plan.placed.any():
        return
    held = np.array(data.draw(st.lists(st.booleans(), min_size=plan.place.size, max_size=plan.place.size)))
    locks = np.where(held & plan.placed, plan.place, problem.locks)
    locked = solved(solver, replace(problem, locks=locks), goal)
    assert locked is not None
    assert (locked.place[locks != NOWHERE] == locks[locks != NOWHERE]).all()
    assert reached(locked) == pytest.approx(reached(plan), abs=1e-7)


@both
@settings(max_examples=40)
@given(problem=problems(minimums=False, wishes=False), goal=PLAIN, gap=st.sampled_from([0.0, 0.1]))
def test_no_plan_is_worse_than_letting_each_take_the_best_that_is_left(
    solver: Solver, problem: Problem, goal: Goal, gap: float
) -> None:
    plan = solver(problem, goal, gap=gap)
    greedy = greedy_placement(problem, goal)
    units = units_of(problem, goal)
    persons = int(problem.persons[greedy != NOWHERE].sum()) if goal.unplaced == "first" else 0
    assert reached(plan) >= (persons, round(worth(units, goal, greedy).objective, 9))
    assert plan.certificate.gap <= gap + 1e-9


@both
@settings(max_examples=20)
@given(problem=problems(), goal=GOALS, seed=st.integers(0, 3))
def test_the_same_seed_gives_the_same_plan(solver: Solver, problem: Problem, goal: Goal, seed: int) -> None:
    try:
        first, second = (solver(problem, goal, seed=seed) for _ in range(2))
    except Refused:
        return
    assert first.place.tolist() == second.place.tolist()
    assert first.certificate.bound == second.certificate.bound
    assert first.certificate.prices.tolist() == second.certificate.prices.tolist()


@both
@settings(max_examples=40)
@given(problem=problems(minimums=False), goal=GOALS, word=st.integers(1, 6))
def test_wherever_it_is_stopped_the_plan_keeps_the_rules_and_the_bound_holds(
    solver: Solver, problem: Problem, goal: Goal, word: int
) -> None:
    left = word

    def progress(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt

    try:
        plan = solver(problem, goal, gap=0.0, progress=progress)
    except KeyboardInterrupt:
        return
    check(plan)
    best = best_of_all(problem, goal)
    assert best is not None
    if goal.unplaced != "first" or plan.certificate.persons_placed == best.persons:
        assert plan.certificate.bound >= float(best.objective) - 1e-9


def town(seed: int, *, room: float = 1.05, scores: str = "double", forbidden: float = 0.1) -> Problem:
    """Twenty-five households and four places: too many to try out, few enough for other software."""
    rng = np.random.default_rng(seed)
    sizes = np.stack([rng.integers(1, 6, 25), rng.integers(0, 3, 25)], axis=1)
    left, right = rng.random((25, 3)), rng.random((4, 3))
    work = {"double": left @ right.T, "single": (left @ right.T).astype(np.float32), "factors": LowRank(left, right)}
    return Problem(
        households=tuple(f"h{i}" for i in range(25)),
        places=tuple("abcd"),
        dimensions=("persons", "school_children"),
        sizes=sizes,
        capacity=np.ceil(room * sizes.sum(axis=0) / 4 * np.ones((4, 1))).astype(np.int64),
        outcomes={"work": work[scores]},
        allowed=rng.random((25, 4)) > forbidden if forbidden else None,
    )


def rows_for_scipy(problem: Problem) -> tuple[sparse.csr_array, np.ndarray]:
    """Households once, and capacities, column by column of a household-by-place table."""
    households, places = problem.shape
    once = sparse.kron(sparse.eye_array(households), np.ones((1, places)))
    room = [sparse.kron(problem.sizes[None, :, d], sparse.eye_array(places)) for d in range(len(problem.dimensions))]
    return sparse.csr_array(sparse.vstack([once, *room])), np.append(np.ones(households), problem.capacity.T.ravel())


@both
@pytest.mark.parametrize("seed", range(3))
def test_other_software_finds_the_same_optimum_and_the_same_bound(solver: Solver, seed: int) -> None:
    problem, goal = town(seed, room=0.9), Goal(unplaced=0.0)
    plan = solver(problem, goal, gap=0.0)
    check(plan)
    matrix, limits = rows_for_scipy(problem)
    gain = np.where(problem.allowed, problem.outcomes["work"], 0.0).ravel()
    upper = problem.allowed.ravel().astype(float)
    whole = optimize.milp(
        -gain,
        integrality=np.ones(gain.size),
        bounds=optimize.Bounds(0, upper),
        constraints=optimize.LinearConstraint(matrix, -np.inf, limits),
        options={"mip_rel_gap": 0.0},
    )
    assert plan.certificate.objective == pytest.approx(-whole.fun, rel=1e-8)
    assert plan.certificate.bound == pytest.approx(-whole.fun, rel=1e-8)
    linear = optimize.linprog(-gain, A_ub=matrix, b_ub=limits, bounds=np.stack([np.zeros(gain.size), upper], axis=1))
    proven = certified_bound(units_of(problem, goal), goal, plan.certificate.prices, 0.0, 0)
    if solver is solve_exactly:
        assert proven == pytest.approx(-linear.fun, rel=1e-9)
    assert proven >= -linear.fun - 1e-9


@both
@pytest.mark.parametrize("scores", ["double", "single", "factors"])
@pytest.mark.parametrize("gap", [0.0, 0.01])
def test_a_town_is_placed_whatever_its_scores_are_stored_as(solver: Solver, scores: str, gap: float) -> None:
    plan = solver(town(7, scores=scores, forbidden=0.0), gap=gap)
    check(plan)
    assert plan.certificate.gap <= gap + 1e-9
    assert plan.certificate.persons_placed == plan.certificate.persons
    assert plan.certificate.value == pytest.approx(
        solve_exactly(town(7, forbidden=0.0)).certificate.value, rel=gap + 1e-6
    )
