"""Packing: who finds room where there is too little of it, of many kinds, and how well they are placed then."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from fodfaeste.place import NOWHERE, Goal, Plan, Problem, solve
from fodfaeste.place.exact import solve_exactly
from fodfaeste.place.packing import PAIRS, everybody_fits, is_for, packed
from fodfaeste.place.prices import FIRST_PENALTY, Found, Start, apart_of, solve_units
from fodfaeste.place.units import Units, units_of

from .brute_force import best_of_all
from .checker import check
from .countries import country
from .drawn_problems import problems

SOLVE = sys.modules["fodfaeste.place.solve"]
"""The module; the name is the function's."""


def office(households: int, places: int, *, room: float, seed: int = 0) -> Problem:
    """Draw households as an office has them, with one dwelling each: those of so many rooms or more are a dimension."""
    rng = np.random.default_rng(seed)
    persons = rng.integers(1, 8, households)
    rooms, children = -(-persons // 2), rng.binomial(persons - 1, 0.5)
    sizes = np.column_stack([persons, rooms > 0, rooms > 1, rooms > 2, children, persons - children])
    spread = rng.dirichlet(np.full(places, 5.0), sizes.shape[1]).T
    capacity = np.floor(room * sizes.sum(axis=0) * spread).astype(np.int64)
    # A dwelling of three rooms is one of two rooms or more.
    capacity[:, 1:4] = np.cumsum(capacity[:, 3:0:-1], axis=1)[:, ::-1]
    return Problem(
        households=tuple(f"h{number}" for number in range(households)),
        places=tuple(f"p{number}" for number in range(places)),
        dimensions=("persons", "dwelling_1", "dwelling_2", "dwelling_3", "school", "class"),
        sizes=sizes.astype(np.int64),
        capacity=capacity,
        outcomes={"work": rng.random((households, places)) * np.sqrt(persons)[:, None]},
        allowed=rng.random((households, places)) < 0.8,
    )


FIRST_PLAN = """
import numpy as np
from fodfaeste.place import Problem, Wishes, solve, Goal
from fodfaeste.place.fairness import fairness

rng = np.random.default_rng(0)
persons = rng.integers(1, 8, 60)
sizes = np.array([persons, persons > 1, persons > 2, persons > 4, rng.integers(0, 3, 60)]).T
problem = Problem(
    tuple(map(str, range(60))), tuple("abcdefghij"), sizes, np.array([sizes.sum(axis=0) // 11] * 10),
    {"work": rng.random((60, 10))}, dimensions=("persons", "1", "2", "3", "school"), allowed=rng.random((60, 10)) < 0.8,
    ties=((0, 1),), groups={"kind": ("a", "b") * 30}, wishes=Wishes(rng.integers(0, 3, (60, 10))),
)
goal = Goal(weights={"work": 1.0, "wishes": 1.0})
fairness(solve(problem, goal, method="prices"), "kind", method="prices")
"""
"""Tables turned as the desk turns them, ties and wishes."""


def placed(units: Units, found: Found) -> int:
    return int(units.persons[found.place != NOWHERE].sum())


def leaving_the_last(units: Units, *_: object, **more: object) -> Found:
    """Place all but the last unit, wherever, which is far from any bound."""
    found = solve_units(units, Goal(), gap=0.0, seed=0)
    return replace(found, place=np.where(np.arange(units.shape[0]) == units.shape[0] - 1, NOWHERE, found.place))


# As many persons as possible, and then what they gain


@settings(max_examples=25, deadline=None)
@given(problem=problems(minimums=False, wishes=False, households=6))
def test_of_few_households_it_places_as_many_persons_as_any_plan(problem: Problem) -> None:
    units = units_of(problem, Goal())
    if not units.shape[0]:
        return
    found, best = packed(units, Goal(), gap=0.0, seed=0), best_of_all(problem, Goal())
    assert best is not None
    locked = int(problem.persons.sum() - units.persons.sum())
    assert locked + placed(units, found) == best.persons
    assert found.persons_bound is not None
    assert found.persons_bound >= placed(units, found)


@pytest.mark.parametrize("seed", range(3))
def test_it_places_nearly_as_many_as_is_proven_to_be_possible_and_them_nearly_as_well(seed: int) -> None:
    problem = office(70, 14, room=0.9, seed=seed)
    plan, best = solve(problem, method="prices"), solve_exactly(problem, gap=0.01)
    check(plan)
    most = best.certificate.persons_placed
    assert plan.certificate.persons_bound >= most >= plan.certificate.persons_placed >= 0.985 * most
    assert plan.certificate.value >= 0.95 * best.certificate.value
    assert plan.certificate.bound >= best.certificate.value


def test_auto_goes_on_from_it_to_what_is_asked() -> None:
    plan = solve(office(40, 8, room=0.9), gap=0.005)
    check(plan)
    assert plan.certificate.gap <= 0.005


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = office(60, 12, room=0.9)
    plan, again = (solve(problem, method="prices", seed=3) for _ in range(2))
    assert plan.place.tolist() == again.place.tolist()
    assert plan.certificate.bound == again.certificate.bound


def test_it_is_never_worse_than_where_it_starts() -> None:
    problem = office(60, 12, room=0.9)
    best = solve_exactly(problem, gap=0.01)
    again = solve(problem, method="prices", warm=best)
    assert again.certificate.persons_placed == best.certificate.persons_placed
    assert again.certificate.value >= best.certificate.value - 1e-9


def test_of_a_start_without_room_it_keeps_what_has_room() -> None:
    units = units_of(office(60, 12, room=0.9), Goal())
    found = packed(units, Goal(), gap=1e-3, seed=0, start=np.zeros(60, np.int64))
    used = np.zeros_like(units.capacity)
    there = found.place != NOWHERE
    np.add.at(used, found.place[there], units.sizes[there])
    assert (used <= units.capacity).all()


# When it is taken


def test_it_is_for_small_problems_of_many_kinds_that_place_persons_first() -> None:
    problem = office(40, 8, room=0.9)
    assert is_for(units_of(problem, Goal()), Goal())
    assert not is_for(units_of(problem, Goal(unplaced=1.0)), Goal(unplaced=1.0))
    few_kinds = country(40, 8, room=0.9)
    assert not is_for(units_of(few_kinds, Goal()), Goal())
    filled = replace(problem, minimum=np.ones(8, np.int64))
    assert not is_for(units_of(filled, Goal()), Goal())
    large = office(PAIRS // 100 + 1, 100, room=0.9)
    assert not is_for(units_of(large, Goal()), Goal())


def test_where_everybody_fits_and_prices_prove_it_near_enough_they_are_taken() -> None:
    problem = office(60, 12, room=4.0)
    units = units_of(problem, Goal())
    assert everybody_fits(units, seed=0)
    plan, by_prices = solve(problem, method="prices"), solve_units(units, Goal(), gap=1e-3, seed=0, rounds=1)
    check(plan)
    assert plan.place.tolist() == by_prices.place.tolist()


def test_where_prices_leave_somebody_who_would_find_room_packing_places_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SOLVE, "solve_units", leaving_the_last)
    problem = replace(office(60, 12, room=4.0), allowed=None)
    plan = solve(problem, method="prices")
    check(plan)
    assert (plan.place != NOWHERE).all()


def test_who_may_be_nowhere_makes_nobody_else_dearer() -> None:
    problem = country(60, 4, room=1.5)
    allowed = np.ones((60, 4), np.bool_)
    allowed[7] = False
    problem = replace(problem, allowed=allowed)
    units = units_of(problem, Goal())
    found = solve_units(units, Goal(), gap=1e-3, seed=0)
    assert np.flatnonzero(found.place == NOWHERE).tolist() == [7]
    assert found.penalty == FIRST_PENALTY * apart_of(units)


# Stopped on the way


def test_stopped_before_there_is_a_bound_there_is_no_plan() -> None:
    def stop(_doing: str, _share: float) -> None:
        raise KeyboardInterrupt

    units = units_of(office(60, 12, room=0.9), Goal())
    with pytest.raises(KeyboardInterrupt):
        packed(units, Goal(), gap=1e-3, seed=0, progress=stop)


def test_stopped_later_it_hands_over_the_best_plan_so_far() -> None:
    def stop(_doing: str, share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    plan: Plan = solve(office(60, 12, room=0.9), method="prices", progress=stop)
    check(plan)
    assert plan.certificate.stopped == "interrupted"


def test_a_start_by_prices_and_places_is_taken_by_name() -> None:
    units = units_of(office(60, 12, room=0.9), Goal())
    before = packed(units, Goal(), gap=1e-3, seed=0)
    again = SOLVE._found(
        units, Goal(), gap=1e-3, seed=1, start=Start(before.prices, before.place), progress=None, device="cpu"
    )
    assert placed(units, again) >= placed(units, before)


# Compiled beforehand


@pytest.mark.long
def test_an_office_s_first_plan_finds_every_loop_compiled(tmp_path: Path) -> None:
    """In a place of their own they are compiled once, and a plan as an office makes it adds none."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}

    def kept_after(*arguments: str) -> set[str]:
        subprocess.run([sys.executable, *arguments], env=environment, check=True, timeout=600)
        return {file.name for file in tmp_path.rglob("*.nbc")}

    compiled = kept_after("-m", "fodfaeste.place.loops")
    assert any(name.startswith("kernels.search") for name in compiled)
    assert kept_after("-c", FIRST_PLAN) == compiled
