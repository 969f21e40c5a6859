"""The exact solver against everything tried out, and its certificates against a checker that shares no code with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from fodfaeste.errors import Refused
from fodfaeste.place import Goal, Problem
from fodfaeste.place.exact import solve_exactly

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
