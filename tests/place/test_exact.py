"""The exact solver against everything tried out, and its certificates against a checker that shares no code with it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from fodfaeste.errors import Refused
from fodfaeste.place import NOWHERE, Balance, Goal, Plan, Problem, Wishes
from fodfaeste.place.exact import solve_exactly
from fodfaeste.place.exact.model import capacities, pairs_of
from fodfaeste.place.exact.search import Watch, reduced_gains, relaxed
from fodfaeste.place.units import units_of

from .brute_force import best_of_all
from .checker import check
from .drawn_problems import GOALS, problems


@settings(max_examples=150)
@given(problems(), GOALS)
def test_small_problems_get_the_best_plan_there_is(problem: Problem, goal: Goal) -> None:
    best = best_of_all(problem, goal)
    if best is None:
        with pytest.raises(Refused, match="minimums that cannot all be reached"):
            solve_exactly(problem, goal)
        return
    plan = solve_exactly(problem, goal)
    check(plan)
    told = plan.certificate
    if goal.unplaced == "first":
        assert told.persons_placed == told.persons_bound == best.persons
    assert told.objective == pytest.approx(float(best.objective), abs=1e-9)
    assert told.bound == pytest.approx(float(best.objective), abs=1e-7)
    assert told.stopped == "optimal"


def country(households: int, places: int, *, room: float = 1.05, seed: int = 0, **more: object) -> Problem:
    """Households of one to five people, a tenth of the pairs forbidden."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, (households, 1))
    capacity = np.full((places, 1), int(np.ceil(sizes.sum() * room / places)))
    return Problem(
        households=tuple(f"h{i}" for i in range(households)),
        places=tuple(f"p{j}" for j in range(places)),
        sizes=sizes,
        capacity=capacity,
        outcomes={"work": rng.random((households, places))},
        allowed=rng.random((households, places)) > 0.1,
        **more,
    )


def test_a_country_too_large_to_be_tried_out_is_proven_all_the_same() -> None:
    plan = solve_exactly(country(60, 6, seed=1))
    check(plan)
    assert plan.certificate.proof == "search"
    assert plan.certificate.stopped == "optimal"
    assert plan.certificate.gap <= 1e-9


def test_more_people_than_room_are_placed_to_the_last_that_fits() -> None:
    plan = solve_exactly(country(40, 4, room=0.8))
    check(plan)
    told = plan.certificate
    assert told.persons_placed == told.persons_bound == int(plan.problem.capacity.sum())
    assert np.isfinite(told.unplaced_price)
    assert {reason for reason in plan.reasons if reason} == {"no_room"}


def test_a_gap_is_kept_and_told() -> None:
    plan = solve_exactly(country(60, 6, seed=1), gap=0.01)
    check(plan)
    assert 0 < plan.certificate.gap <= 0.01
    assert plan.certificate.stopped == "gap"


def test_where_prices_alone_prove_it_the_certificate_says_so() -> None:
    """Room for all at their best places: every price is 0, and the bound is each household's best."""
    wide = country(20, 3, room=4.0)
    plan = solve_exactly(wide)
    assert plan.certificate.proof == "prices"
    assert not plan.certificate.prices.any()
    best = np.where(wide.allowed, wide.outcomes["work"], 0.0).max(axis=1).sum()
    assert plan.certificate.bound == pytest.approx(best, rel=1e-12)


def test_the_price_of_room_is_what_one_more_unit_would_add() -> None:
    """Two want the one place in the north; the second best pays what it would gain there, and no minimum is set."""
    scores = {"work": np.array([[0.9, 0.2], [0.7, 0.4]])}
    problem = Problem(("a", "b"), ("north", "south"), np.array([[1], [1]]), np.array([[1], [5]]), scores)
    plan = solve_exactly(problem)
    assert plan.place.tolist() == [0, 1]
    assert 0.3 - 1e-9 <= plan.certificate.prices[0, 0] <= 0.7 + 1e-9
    wider = solve_exactly(replace(problem, capacity=np.array([[2], [5]])))
    assert wider.certificate.value - plan.certificate.value == pytest.approx(0.3)


def test_a_minimum_that_nobody_would_fill_has_a_price_below_zero() -> None:
    scores = {"work": np.array([[0.9, 0.2], [0.7, 0.4]])}
    problem = Problem(
        ("a", "b"), ("north", "south"), np.array([[1], [1]]), np.array([[5], [5]]), scores, minimum=np.array([0, 1])
    )
    plan = solve_exactly(problem)
    check(plan)
    assert plan.place.tolist() == [0, 1]
    assert plan.certificate.prices[1, 0] == pytest.approx(-0.3)
    assert plan.certificate.proof == "prices"
    # At a price of 0.1 a person the minimum is not worth its cost.
    soft = solve_exactly(problem, Goal(short_price=0.1))
    check(soft)
    assert soft.place.tolist() == [0, 0]
    assert soft.certificate.objective == pytest.approx(1.6 - 0.1)
    assert soft.certificate.prices[1, 0] == pytest.approx(-0.1)


def test_the_same_seed_gives_the_same_plan() -> None:
    first, second = (solve_exactly(country(60, 6, seed=1), gap=0.005, seed=7) for _ in range(2))
    assert first.place.tolist() == second.place.tolist()
    assert first.certificate.bound == second.certificate.bound


def stopped_at(
    step: str, problem: Problem, goal: Goal | None = None, *, word: int = 1, press: bool = False, gap: float = 0.0
) -> Plan:
    """Stop at the first, or a later, word of a step: by an exception, or as Ctrl-C does."""
    words: list[str] = []

    def progress(name: str, gap: float) -> None:
        words.append(name)
        if words.count(step) == word and name == step:
            if not press:
                raise KeyboardInterrupt
            signal.raise_signal(signal.SIGINT)

    return solve_exactly(problem, goal, progress=progress, gap=gap)


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C is heard, also where whoever started the tests does not listen to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("press", [False, True])
@pytest.mark.parametrize(("step", "word"), [("start", 1), ("outcomes", 1), ("outcomes", 3)])
@pytest.mark.usefixtures("heard")
def test_ctrl_c_gives_the_best_plan_so_far_with_its_gap(step: str, word: int, press: bool) -> None:
    before = signal.getsignal(signal.SIGINT)
    plan = stopped_at(step, country(200, 12, room=1.02), word=word, press=press)
    check(plan)
    assert plan.certificate.stopped == "interrupted"
    assert plan.certificate.gap > 0
    assert plan.certificate.proof == ("none" if step == "start" else "prices" if word == 1 else "search")
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.parametrize("step", ["persons", "wishes"])
def test_stopped_in_an_earlier_step_the_plan_is_what_that_step_has(step: str) -> None:
    crowd = country(60, 5, room=0.97, seed=2)
    rank = np.random.default_rng(0).integers(0, 4, (60, 5))
    plan = stopped_at(step, replace(crowd, wishes=Wishes(rank)), Goal(balance=Balance(0.01)), gap=0.001)
    check(plan)
    assert plan.certificate.stopped == "interrupted"
    assert plan.certificate.proof == "none"
    assert plan.certificate.persons_placed > 200 * 0.9


def test_stopped_before_any_plan_is_known_there_is_none() -> None:
    """Hard minimums that no quick plan meets."""
    with pytest.raises(KeyboardInterrupt):
        stopped_at("start", country(60, 6, minimum=np.full(6, 30)))


def test_another_threads_search_and_another_handler_are_left_alone() -> None:
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        plan = stopped_at("start", country(30, 3), press=True)
    finally:
        signal.signal(signal.SIGINT, before)
    assert pressed == [signal.SIGINT]
    assert plan.certificate.stopped == "optimal"
    found: list[Plan] = []
    thread = threading.Thread(target=lambda: found.append(solve_exactly(country(30, 3))))
    thread.start()
    thread.join()
    assert found[0].place.tolist() == plan.place.tolist()


def test_progress_tells_each_step_and_ends_at_the_gap() -> None:
    told: list[tuple[str, float]] = []
    plan = solve_exactly(country(60, 6, seed=1), progress=lambda step, gap: told.append((step, gap)))
    assert told[0] == ("start", np.inf)
    assert told[-1][0] == "outcomes"
    assert told[-1][1] <= 1e-9
    check(plan)


def test_yesterdays_plan_is_where_today_starts_by_name() -> None:
    problem = country(60, 6)
    best = solve_exactly(problem)
    order = np.random.default_rng(0).permutation(60)
    today = Problem(
        households=tuple(problem.households[i] for i in order),
        places=problem.places,
        sizes=problem.sizes[order],
        capacity=problem.capacity,
        outcomes={"work": problem.outcomes["work"][order]},
        allowed=problem.allowed[order],
    )
    # Nothing better than yesterday's plan can be found, and a gap of 1 asks for nothing: what comes out went in.
    kept = solve_exactly(today, gap=0.99, warm=best)
    assert kept.where() == best.where()
    assert kept.certificate.value == pytest.approx(best.certificate.value)
    check(kept)


def test_a_start_and_a_bound_that_meet_leave_nothing_to_search() -> None:
    problem = country(60, 6, seed=1)
    best = solve_exactly(problem)
    told: list[str] = []
    again = solve_exactly(
        problem, start=best.place, bound=best.certificate.bound, progress=lambda step, _: told.append(step)
    )
    assert told == ["start", "outcomes"]
    assert again.place.tolist() == best.place.tolist()
    assert again.certificate.stopped == "optimal"
    assert again.certificate.proof == "search"


def test_columns_that_a_bound_rules_out_are_not_missed() -> None:
    problem = country(60, 6, seed=1)
    best = solve_exactly(problem)
    start = solve_exactly(problem, gap=0.01)
    units = units_of(problem, Goal())
    pairs = pairs_of(units)
    programme = capacities(units, pairs, Goal())
    programme = replace(programme, low=np.where(np.arange(programme.low.size) < 60, 1.0, programme.low))
    linear = relaxed(programme, "", Watch())
    kept = reduced_gains(programme, linear.duals) >= start.certificate.objective - linear.bound
    assert 0 < kept.sum() < kept.size
    columns = pairs.unit[kept], pairs.place[kept]
    mask = np.zeros(problem.allowed.shape, np.bool_)
    mask[columns] = True
    for candidates, outside in ((columns, None), (mask, start.certificate.objective)):
        plan = solve_exactly(problem, start=start.place, candidates=candidates, outside=outside)
        assert plan.certificate.value == pytest.approx(best.certificate.value, rel=1e-12)
        assert plan.certificate.gap <= 1e-9
        check(plan)
    # The bound is never below what the caller says of the columns left out.
    loose = solve_exactly(problem, start=start.place, candidates=columns, outside=linear.bound - 0.001)
    assert loose.certificate.bound == pytest.approx(linear.bound - 0.001)
    # Where nobody answers for the columns left out, only prices count, and they prove less.
    plan = solve_exactly(problem, candidates=columns)
    assert plan.certificate.bound >= linear.bound - 1e-9
    check(plan)


def test_a_start_that_breaks_a_rule_is_not_started_from() -> None:
    problem = country(30, 3)
    best = solve_exactly(problem)
    assert solve_exactly(problem, start=np.zeros(30, np.int64)).place.tolist() == best.place.tolist()
    assert solve_exactly(problem, start=np.full(30, NOWHERE)).place.tolist() == best.place.tolist()


def test_nobody_to_place_and_nowhere_to_go_are_plans_too() -> None:
    one = Problem(("a",), ("north",), np.array([[1]]), np.array([[1]]), {"work": np.array([[0.5]])})
    locked = solve_exactly(replace(one, locks=np.array([0])))
    check(locked)
    assert locked.certificate.value == 0.5
    nowhere = solve_exactly(replace(one, allowed=np.array([[False]])))
    check(nowhere)
    assert nowhere.reasons == ("no_place_allowed",)
