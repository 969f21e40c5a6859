"""`fodfaeste.place.solve` on the instances, cold and warm, with its answer checked by code that it does not share."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.place.alone import Prepared
from benchmarks.place.checks import greedy, plan_facts
from benchmarks.place.instances import Arrays, Size, drawn, opened, problem_of, size_of
from benchmarks.place.lp import price_bound
from fodfaeste.place import Goal, Plan, solve

SEED = 1
GREEDY_PAIRS = 10**9
"""Above this many pairs greedy would take longer than the solver; it is not run."""
CHANGED = 0.01
FEW, EASY = (300, 12), 0.05
"""Households and places, and a gap, of a problem that is solved at once."""


def cold(folder: str, gap: str) -> Prepared:
    """Solve from nothing."""
    arrays = opened(Path(folder))
    problem = problem_of(arrays)
    compile_for(size_of(Path(folder)))
    return Prepared(lambda: solve(problem, Goal(), gap=float(gap), seed=SEED), _tell(arrays), _same)


def after_change(folder: str, gap: str) -> Prepared:
    """Solve from nothing, after one household in a hundred has changed."""
    size = size_of(Path(folder))
    after = _changed(size)[1]
    problem = problem_of(after)
    compile_for(size)
    return Prepared(lambda: solve(problem, Goal(), gap=float(gap), seed=SEED), _tell(after), _same)


def warm(folder: str, gap: str) -> Prepared:
    """Solve after the same change, from the plan of before."""
    before, after = _changed(size_of(Path(folder)))
    plan = solve(problem_of(before), Goal(), gap=float(gap), seed=SEED)
    problem = problem_of(after)
    return Prepared(lambda: solve(problem, Goal(), gap=float(gap), seed=SEED, warm=plan), _tell(after), _same)


def compile_for(size: Size) -> None:
    """Solve a few households of the same kind, so that inner loops are compiled, or read from the cache, before."""
    few = replace(size, households=FEW[0], places=FEW[1])
    with tempfile.TemporaryDirectory() as folder:
        for arrays in (drawn(few, Path(folder)), drawn(few)):
            solve(problem_of(arrays), Goal(), gap=EASY, seed=SEED)


def _changed(size: Size) -> tuple[Arrays, Arrays]:
    """Draw somewhat more households than there are, and let the last take the place of some of the first."""
    fresh = max(1, round(CHANGED * size.households))
    more = drawn(replace(size, households=size.households + fresh))
    rng = np.random.Generator(np.random.PCG64(size.seed))
    after = np.arange(size.households)
    after[rng.choice(size.households, fresh, replace=False)] = size.households + np.arange(fresh)
    return _rows(more, np.arange(size.households)), _rows(more, after)


def _rows(arrays: Arrays, rows: np.ndarray) -> Arrays:
    assert arrays.scores is not None
    assert arrays.allowed is not None
    return replace(arrays, sizes=arrays.sizes[rows], scores=arrays.scores[rows], allowed=arrays.allowed[rows])


def _tell(arrays: Arrays) -> Callable[[Plan], dict[str, Any]]:
    return lambda plan: told(arrays, plan)


def told(arrays: Arrays, plan: Plan) -> dict[str, Any]:
    """Say what the certificate claims, and what of it does not hold."""
    claimed = plan.certificate
    facts = plan_facts(arrays, plan.place)
    proven = price_bound(arrays, claimed.prices, claimed.unplaced_price, facts["placed"])
    plain = (
        plan_facts(arrays, greedy(arrays)) if arrays.sizes.shape[0] * arrays.capacity.shape[0] < GREEDY_PAIRS else None
    )
    return {
        **facts,
        "bound": claimed.bound,
        "gap": claimed.gap,
        "proof": claimed.proof,
        "stopped": claimed.stopped,
        "method": claimed.method,
        "reads": claimed.reads,
        "finished": True,
        "proven": proven,
        "greedy": plain and plain["value"],
        "greedy_placed": plain and plain["placed"],
        "below_greedy": plain is not None and (facts["placed"], facts["value"]) < (plain["placed"], plain["value"]),
        "bound_off": claimed.proof == "prices" and claimed.bound < proven - 1e-6 * abs(proven),
        "value_off": abs(claimed.value - facts["value"]) > 1e-6 * max(1.0, abs(facts["value"])),
    }


def _same(one: Plan, other: Plan) -> bool:
    return bool((one.place == other.place).all())
