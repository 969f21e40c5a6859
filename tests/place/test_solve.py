"""The one way in: which method is taken, what a plan of each says of itself, and what is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import Refused
from fodfaeste.place import NOWHERE, Balance, Floor, Goal, Network, Plan, Problem, Wishes, solve
from fodfaeste.place.bounds import certified_bound
from fodfaeste.place.exact import solve_exactly
from fodfaeste.place.prices import Found, solve_units
from fodfaeste.place.solve import needs_search
from fodfaeste.place.units import Units, units_of

from .brute_force import best_of_all
from .checker import check
from .countries import country
from .drawn_problems import problems

ROOT = Path(__file__).parents[2]

SOLVE = sys.modules["fodfaeste.place.solve"]
"""The module; the name is the function's."""


# What comes out


@settings(max_examples=40)
@given(problem=problems(minimums=False, wishes=False), unplaced=st.sampled_from([0.0, 0.25, 1.0]))
def test_a_price_for_the_unplaced_is_weighed_against_what_they_would_gain(problem: Problem, unplaced: float) -> None:
    goal = Goal(unplaced=unplaced)
    plan, best = solve(problem, goal, gap=0.0), best_of_all(problem, goal)
    check(plan)
    assert best is not None
    assert plan.certificate.objective == pytest.approx(float(best.objective), abs=1e-9)


@settings(max_examples=40)
@given(problem=problems(minimums=False, wishes=False))
def test_where_room_is_short_as_many_are_placed_as_can_be(problem: Problem) -> None:
    plan, best = solve(problem, gap=0.0), best_of_all(problem, Goal())
    check(plan)
    assert best is not None
    assert plan.certificate.persons_placed == best.persons


@settings(max_examples=40)
@given(problem=problems(wishes=False), gap=st.sampled_from([0.0, 0.05]))
def test_a_minimum_without_a_price_is_kept_whoever_solves(problem: Problem, gap: float) -> None:
    """A plan of prices that misses one is no plan: the search takes over, or says that there is none."""
    goal = Goal(unplaced=0.0)
    best = best_of_all(problem, goal)
    if best is None:
        with pytest.raises(Refused):
            solve(problem, goal, gap=gap)
        return
    plan = solve(problem, goal, gap=gap)
    check(plan)
    assert plan.certificate.objective >= float(best.objective) - gap * abs(plan.certificate.bound) - 1e-9


def test_where_prices_miss_a_minimum_they_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that leaves everybody out is no plan where somebody has to come."""
    problem, goal = replace(country(20, 3, room=1.5), minimum=np.array([0, 8, 0])), Goal(unplaced=0.0)
    stopped = False

    def missing(units: Units, goal: Goal, **more: Any) -> Found:
        return replace(solve_units(units, goal, **more), place=np.full(20, NOWHERE), interrupted=stopped)

    monkeypatch.setattr(SOLVE, "solve_units", missing)
    plan = solve(problem, goal)
    check(plan)
    assert plan.certificate.method == "exact"
    with pytest.raises(Refused, match="fills every minimum"):
        solve(problem, goal, method="prices")
    stopped = True
    with pytest.raises(KeyboardInterrupt):
        solve(problem, goal)


def test_a_gap_is_kept_and_told() -> None:
    plan = solve(country(400, 10), gap=0.002)
    check(plan)
    assert plan.certificate.method == "prices"
    assert plan.certificate.gap <= 0.002
    assert plan.certificate.stopped in {"gap", "optimal"}
    assert plan.certificate.seconds > 0


def test_prices_alone_say_where_they_find_nothing_better() -> None:
    plan = solve(country(60, 6, room=1.0), gap=0.0, method="prices")
    check(plan)
    assert plan.certificate.stopped == "no_better_found"


def test_households_of_one_person_need_no_search() -> None:
    """Where all are of one size the linear programme has whole answers; prices prove them to rounding."""
    plan = solve(country(100, 5, unit=True), gap=1e-5, method="prices")
    check(plan)
    assert plan.certificate.gap <= 1e-5
    assert plan.certificate.value == pytest.approx(solve_exactly(plan.problem).certificate.value, rel=2e-5)


@pytest.mark.parametrize("dimensions", [1, 2])
@pytest.mark.parametrize("unplaced", ["first", 0.1])
def test_a_search_closes_what_prices_leave_open(dimensions: int, unplaced: float) -> None:
    """With several kinds of room there are no knapsacks: the tree goes over all pairs that prices leave."""
    problem, goal = country(36, 4, dimensions=dimensions, room=1.0 + 0.1 * (dimensions - 1)), Goal(unplaced=unplaced)
    plan = solve(problem, goal, gap=0.0)
    check(plan)
    assert plan.certificate.gap <= 1e-9
    assert plan.certificate.objective == pytest.approx(solve_exactly(problem, goal).certificate.objective, rel=1e-7)


def test_where_somebody_is_left_out_the_search_starts_from_the_plan() -> None:
    plan = solve(country(30, 3, room=0.8), gap=0.0)
    check(plan)
    assert plan.certificate.stopped == "optimal"
    assert plan.certificate.persons_placed == plan.certificate.persons_bound


def test_the_same_seed_gives_the_same_plan() -> None:
    one, same = (solve(country(300, 10), gap=0.0, seed=3, method="prices") for _ in range(2))
    assert one.place.tolist() == same.place.tolist()
    assert one.certificate.bound == same.certificate.bound
    assert one.certificate.prices.tolist() == same.certificate.prices.tolist()


def test_locks_and_ties_are_kept_among_many() -> None:
    locks = np.full(300, NOWHERE)
    locks[:12] = 4
    problem = replace(
        country(300, 10, forbidden=0.0, room=1.1), locks=locks, ties=((20, 21, 22), (0, 30)), minimum=np.full(10, 60)
    )
    plan = solve(problem, gap=0.01)
    check(plan)
    assert plan.certificate.method == "prices"


def test_where_everybody_is_locked_there_is_nothing_to_price() -> None:
    plan = solve(replace(country(6, 2, forbidden=0.0, room=2.0), locks=np.zeros(6, np.int64)))
    check(plan)
    assert plan.certificate.method == "exact"
    assert (plan.place == 0).all()


def test_scores_that_are_all_the_same_still_place_everybody() -> None:
    plan = solve(replace(country(40, 4), outcomes={"work": np.zeros((40, 4))}))
    check(plan)
    assert plan.placed.all()
    without = solve(replace(country(40, 4), outcomes={}))
    check(without)
    assert without.placed.all()


def test_a_mapped_file_is_read_where_it_lies(tmp_path: Path) -> None:
    """Prices see the file itself, no copy of it, and leave it as it was."""
    problem = country(200, 8)
    np.save(tmp_path / "work.npy", problem.outcomes["work"])
    before = (tmp_path / "work.npy").read_bytes()
    mapped = np.load(tmp_path / "work.npy", mmap_mode="r")
    on_disk = replace(problem, outcomes={"work": mapped})
    assert units_of(on_disk, Goal()).scores is mapped
    plan = solve(on_disk, gap=0.01)
    check(plan)
    assert plan.place.tolist() == solve(problem, gap=0.01).place.tolist()
    assert (tmp_path / "work.npy").read_bytes() == before


# Yesterday's plan


def changed(problem: Problem, seed: int = 5) -> Problem:
    """The next day: some have left the list, others have come, places stand in another order and one is new."""
    rng = np.random.default_rng(seed)
    stay = np.flatnonzero(rng.random(len(problem.households)) > 0.02)
    new = country(8, len(problem.places), seed=seed)
    order = rng.permutation(len(problem.places))
    spare = np.ones((stay.size + 8, 1), np.bool_)
    scores = np.vstack([problem.outcomes["work"][stay], new.outcomes["work"]])[:, order]
    allowed = np.vstack([problem.allowed[stay], new.allowed])[:, order]
    return Problem(
        households=(*(problem.households[i] for i in stay), *(f"new{i}" for i in range(8))),
        places=(*(problem.places[j] for j in order), "opened"),
        sizes=np.vstack([problem.sizes[stay], new.sizes]),
        capacity=np.vstack([problem.capacity[order], [[6]]]),
        outcomes={"work": np.hstack([scores, 0.3 * spare]).astype(np.float32)},
        allowed=np.hstack([allowed, spare]),
    )


@pytest.mark.parametrize("gap", [0.002, 0.01])
def test_yesterdays_plan_gives_as_good_a_plan_without_a_sample(gap: float) -> None:
    yesterday = solve(country(500, 10), gap=gap)
    today = changed(yesterday.problem)
    warm, cold = solve(today, gap=gap, warm=yesterday), solve(today, gap=gap)
    check(warm)
    assert warm.certificate.gap <= gap
    assert warm.certificate.value >= (1 - gap) * cold.certificate.value
    assert warm.certificate.reads < 2.1 < cold.certificate.reads


def test_a_plan_of_another_country_does_no_harm() -> None:
    other = country(50, 4)
    names = tuple(f"other {name}" for name in other.places)
    strange = solve(replace(other, places=names, dimensions=("beds",)), gap=0.01)
    plan = solve(country(120, 6), gap=0.005, warm=strange)
    check(plan)
    assert plan.certificate.gap <= 0.005


@pytest.mark.parametrize("goal", [Goal(), Goal(short_price=0.01)])
def test_prices_of_a_minimum_that_is_no_longer_there_prove_nothing(goal: Goal) -> None:
    """Yesterday a place had to be filled at a price of its own; today it need not, or may be bought out cheaply."""
    free = country(200, 6, room=1.6)
    least = np.where(np.arange(6) == solve(free).used()[:, 0].argmin(), 95, 0)
    yesterday = solve(replace(free, minimum=least), gap=0.01)
    assert yesterday.certificate.prices.min() < -0.01
    for gap in (0.01, 0.5):
        today = solve(replace(free, minimum=least * (goal.short_price is not None)), goal, gap=gap, warm=yesterday)
        check(today)
        assert today.certificate.prices.min() >= -(goal.short_price or 0.0)


# Ctrl-C


def stop_at(word: str, times: int = 1) -> Callable[[str, float], None]:
    """Press Ctrl-C at the so-manieth word that begins like this."""
    heard: list[str] = []

    def progress(doing: str, _share: float) -> None:
        heard.append(doing)
        if doing.startswith(word) and sum(one.startswith(word) for one in heard) == times:
            raise KeyboardInterrupt

    return progress


@cache
def best_of_120() -> float:
    """What the best plan of the country that Ctrl-C is tried on is worth, by the exact solver."""
    return solve_exactly(country(120, 6, room=1.0, seed=1), gap=1e-6).certificate.objective


BEFORE = ["prices from a sample", "read all scores", "prices from all", "read for the bound"]


@pytest.mark.parametrize("word", BEFORE)
def test_before_there_is_a_plan_the_interrupt_goes_on(word: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        solve(country(120, 6, room=1.0, seed=1), gap=0.0, progress=stop_at(word))


@pytest.mark.parametrize(
    ("word", "times"), [("place whole", 1), ("place whole", 3), ("place whole", 6), ("start", 1), ("outcomes", 1)]
)
def test_after_that_it_ends_with_the_plan_so_far_and_a_true_bound(word: str, times: int) -> None:
    problem = country(120, 6, room=1.0, seed=1)
    plan = solve(problem, gap=0.0, progress=stop_at(word, times))
    check(plan)
    told = plan.certificate
    assert told.stopped == "interrupted"
    assert told.gap > 0
    if told.persons_placed == told.persons:
        assert told.objective <= best_of_120() * (1 + 1e-5)
        assert best_of_120() <= told.bound * (1 + 1e-6)


# What is refused


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal(floors=(Floor("kind"),)), "a floor for a group"),
        (Goal(balance=Balance(0.1)), "balance between places"),
        (Goal(network=Network("kind", (0.1,))), "a bonus for compatriots"),
        (Goal(), "the order of wishes before outcomes"),
    ],
)
def test_options_that_prices_do_not_keep_are_named(goal: Goal, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rank = np.random.default_rng(0).integers(0, 3, (20, 3))
    problem = replace(
        country(20, 3, room=1.3), groups={"kind": tuple("ab" * 10)}, wishes=None if goal != Goal() else Wishes(rank)
    )
    assert needs_search(problem, goal) == words
    with pytest.raises(Refused, match=f"do not keep {words}"):
        solve(problem, goal, method="prices")
    taken = solve(problem, goal)
    assert taken.certificate.method == "exact"
    monkeypatch.setattr(SOLVE, "ORDERED", 59)
    with pytest.raises(Refused, match=f"{words.capitalize()} is kept by the exact solver alone.*60 pairs"):
        solve(problem, goal)


def test_wishes_with_a_weight_or_without_their_order_need_no_search() -> None:
    problem = replace(country(20, 3), wishes=Wishes(np.ones((20, 3), np.int64)))
    assert not needs_search(problem, Goal(wish_tolerance=None))
    assert not needs_search(problem, Goal(weights={"work": 1.0, "wishes": 1.0}))
    assert not needs_search(country(20, 3), Goal(weights={"work": 1.0}))


def test_the_exact_solver_can_be_asked_for() -> None:
    assert solve(country(20, 3), method="exact").certificate.method == "exact"


def test_rules_that_contradict_each_other_are_refused_at_the_door() -> None:
    with pytest.raises(Refused, match="h0"):
        solve(replace(country(20, 3), capacity=np.full((3, 1), 1), ties=((0, 1),)))


def test_a_large_problem_is_left_as_prices_leave_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SOLVE, "SEARCHED", 0)
    monkeypatch.setattr("fodfaeste.place.prices.KNAPSACKS", 0)
    plan = solve(country(60, 6, room=1.0), gap=0.0)
    check(plan)
    assert plan.certificate.proof == "prices"
    assert plan.certificate.stopped == "no_better_found"


# Large


def sound(plan: Plan) -> None:
    """Room and bound, vectorised: the checker's fractions take too long here."""
    problem, told = plan.problem, plan.certificate
    assert (plan.used() <= problem.capacity).all()
    if problem.allowed is not None:
        assert problem.allowed[plan.placed, plan.place[plan.placed]].all()
    plain = certified_bound(
        units_of(problem, plan.goal), plan.goal, told.prices, told.unplaced_price, told.persons_placed
    )
    assert told.bound == pytest.approx(plain, rel=1e-6)
    assert told.objective <= told.bound


@pytest.mark.long
def test_twenty_two_thousand_households_are_placed_to_a_hundredth_of_a_per_cent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(ROOT)])
    from benchmarks.place.instances import instance

    plan = solve(instance(22_000, 275, seed=2002), gap=1e-4)
    sound(plan)
    assert plan.certificate.gap <= 1e-4
    assert plan.certificate.reads <= 3
    assert plan.placed.all()


@pytest.mark.long
def test_scores_of_many_places_are_never_formed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(ROOT)])
    from benchmarks.place.instances import instance

    plan = solve(instance(20_000, 1_500, rank=32, seed=2002), gap=1e-3)
    sound(plan)
    assert plan.certificate.gap <= 1e-3
