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
from benchmarks.place.instances import ROOM, Arrays, Size, apportioned, drawn, opened, problem_of, rows_of, size_of
from benchmarks.place.lp import price_bound
from fodfaeste.place import Goal, Plan, solve
from fodfaeste.place.online import place_online

SEED = 1
GREEDY_PAIRS = 10**9
"""Above this many pairs greedy would take longer than the solver; it is not run."""
CHANGED = 0.01
FEW, EASY = (300, 12), 0.05
"""Households and places, and a gap, of a problem that is solved at once."""
EARLIER, FEW_OF_A_YEAR, HINDSIGHT = 499, 30, 1e-4
"""Households of the year before, those of a first run that only compiles, and the gap of the year's best plan."""


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


def online(folder: str, rule: str, batch: str) -> Prepared:
    """Place a year's households as they come, with another year as what is known of who may come."""
    this, before = years(size_of(Path(folder)))
    problem, earlier = problem_of(this), problem_of(before)
    asked: dict[str, Any] = {"arrivals": earlier, "batch": int(batch), "rule": rule, "seed": SEED}
    few = problem_of(rows_of(this, np.arange(FEW_OF_A_YEAR)))
    place_online(few, Goal(), **asked)

    def tell(plan: Plan) -> dict[str, Any]:
        hindsight = solve(problem, Goal(), gap=HINDSIGHT, seed=SEED).certificate.bound
        answer = told(this, plan)
        gap = max(0.0, hindsight - answer["value"]) / hindsight
        return {**answer, "bound": hindsight, "gap": gap, "proof": "hindsight", "below_greedy": False}

    return Prepared(lambda: place_online(problem, Goal(), **asked), tell, _same)


def years(size: Size) -> tuple[Arrays, Arrays]:
    """Draw this year and the one before, which had other households and the same places, with room for its own."""
    both = drawn(replace(size, households=size.households + EARLIER))
    rows = np.arange(size.households), size.households + np.arange(EARLIER)
    this, before = (_with_room(rows_of(both, part)) for part in rows)
    return this, before


def _with_room(arrays: Arrays) -> Arrays:
    """Share the same room out again, for the persons that there are."""
    total = int(np.ceil(ROOM[0] * arrays.persons.sum()))
    return replace(arrays, capacity=apportioned(arrays.capacity[:, 0].astype(float), total)[:, None])


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
    return rows_of(more, np.arange(size.households)), rows_of(more, after)


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
