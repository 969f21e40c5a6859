"""One way in: `solve` looks at the problem, takes the method that fits it, and always returns a certificate."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Literal

import numpy as np

from fodfaeste.errors import Refused
from fodfaeste.place.bounds import locked_places
from fodfaeste.place.conflicts import raise_conflicts
from fodfaeste.place.exact import solve_exactly
from fodfaeste.place.exact.start import by_name, by_unit
from fodfaeste.place.knapsacks import losses, useful
from fodfaeste.place.objective import worth
from fodfaeste.place.packing import everybody_fits, is_for, packed
from fodfaeste.place.plan import Certificate, Plan, Stopped, relative_gap
from fodfaeste.place.prices import PROVEN, RAISED, Found, Start, solve_units
from fodfaeste.place.prices.device import PROCESSOR
from fodfaeste.place.problem import NOWHERE, WISHES, Bools, Goal, Problem
from fodfaeste.place.progress import Progress, told_by_gap
from fodfaeste.place.units import Units, units_of

Method = Literal["auto", "exact", "prices"]

SEARCHED = 200_000
"""Pairs of household and place up to which a gap that prices leave open is closed by a search tree."""

ORDERED = 3_000_000
"""Pairs up to which options are taken that only an integer programme keeps."""

CLOSE = 0.01
"""Gap to which prices have to come where packing might do better."""

FIRST_REACH = 0.25
"""Loss of the pairs that a search begins with, as a share of what there may be to gain."""


def solve(
    problem: Problem,
    goal: Goal | None = None,
    *,
    gap: float = 1e-3,
    seed: int = 0,
    warm: Plan | None = None,
    method: Method = "auto",
    progress: Progress | None = None,
    device: str = PROCESSOR,
) -> Plan:
    """Propose a place for each household, and prove how good the proposal is.

    Parameters
    ----------
    problem : Problem
    goal : Goal, optional
        Left out: everybody is placed first, then each outcome counts 1.
    gap : float
        How far below its bound the plan may stay, as a share of the bound; 0 asks for the proven best.
    seed : int
        The same seed gives the same plan on the same machine.
    warm : Plan, optional
        A plan of a problem that is nearly the same, yesterday's say: its prices and places are begun with. Households
        and places are known by their names.
    method : {"auto", "exact", "prices"}
        `prices` for size, `exact` for every option of the goal and for proof. `auto` lets prices go first wherever the
        goal has no option that needs the other, and closes what they leave open by a search tree where that is small.
    progress : callable, optional
        Hears what is being done, with the gap so far in words, and the share of 1 that is done. If it raises
        `KeyboardInterrupt`, as Ctrl-C does, the best plan so far is returned; before there is any the interrupt goes
        on.
    device : str
        Where prices read the scores: the processor, or a device of PyTorch such as ``cuda`` where that is installed.

    Returns
    -------
    Plan
        With a certificate: `place.plan.Certificate`.

    Raises
    ------
    Refused
        If rules contradict each other (the fewest that do are named), or the goal has an option, or the problem
        minimums, that no solver keeps at this size; or there is no such device.
    """
    began = time.perf_counter()
    goal = goal or Goal()
    raise_conflicts(problem, goal)
    pairs = len(problem.households) * len(problem.places)
    needs = needs_search(problem, goal)
    by_gap = None if progress is None else told_by_gap(progress, gap)
    if method == "prices" and needs:
        raise Refused(f"Prices alone do not keep {needs}. Use method='exact', or leave it out of the goal.")
    if needs and pairs > ORDERED and method == "auto":
        raise Refused(
            f"{needs.capitalize()} is kept by the exact solver alone, which this problem of {pairs:,} pairs is too "
            "large for. Leave it out, give wishes a weight instead of an order, or solve parts of the problem."
        )
    if needs or method == "exact":
        return solve_exactly(problem, goal, gap=gap, seed=seed, warm=warm, progress=by_gap)
    units = units_of(problem, goal)
    if not units.shape[0]:
        # Everybody is locked: there are no prices of who is still to come.
        return solve_exactly(problem, goal, gap=gap, seed=seed, warm=warm, progress=by_gap)
    start = None if warm is None else _start(units, warm)
    found = _found(units, goal, gap=gap, seed=seed, start=start, progress=progress, device=device)
    if goal.short_price is None and _misses_minimums(units, found):
        if found.interrupted:
            raise KeyboardInterrupt
        if method == "prices" or pairs > ORDERED:
            raise Refused(
                "Prices found no plan that fills every minimum, though there may be one. Lower a minimum, give "
                "minimums a price (short_price), or solve parts of the problem."
            )
        return solve_exactly(problem, goal, gap=gap, seed=seed, warm=warm, progress=by_gap)
    plan = _plan(units, goal, found, gap=gap, seed=seed, began=began)
    if method == "prices" or plan.certificate.stopped != "no_better_found" or pairs > SEARCHED:
        return plan
    return _searched(units, plan, found, gap=gap, seed=seed, progress=by_gap, began=began)


def _found(
    units: Units, goal: Goal, *, gap: float, seed: int, start: Start | None, progress: Progress | None, device: str
) -> Found:
    """Go by prices; where room is short for units of many kinds, by packing: instead of them, or from their plan."""
    packs = is_for(units, goal)
    before = None if start is None else start.place
    if not packs or everybody_fits(units, seed=seed):
        rounds = 1 if packs else RAISED
        found = solve_units(
            units, goal, gap=gap, seed=seed, warm=start, progress=progress, device=device, rounds=rounds
        )
        if not packs or found.interrupted or _far(units, goal, found) <= max(gap, CLOSE):
            return found
        before = found.place
    return packed(units, goal, gap=gap, seed=seed, start=before, progress=progress)


def _far(units: Units, goal: Goal, found: Found) -> float:
    """Say how far what was found is from its bound, as a share of that."""
    place = units.spread(found.place)
    placed = int(units.problem.persons[place != NOWHERE].sum())
    return relative_gap(_bound(units, goal, found, placed), worth(units, goal, place).objective)


def needs_search(problem: Problem, goal: Goal) -> str:
    """Name an option of the goal that only the exact solver keeps; empty if there is none."""
    if goal.floors:
        return "a floor for a group"
    if goal.balance is not None:
        return "balance between places"
    if goal.network is not None:
        return "a bonus for compatriots"
    weighed = goal.weights is not None and WISHES in goal.weights
    if problem.wishes is not None and goal.wish_tolerance is not None and not weighed:
        return "the order of wishes before outcomes"
    return ""


def _start(units: Units, warm: Plan) -> Start:
    """Read prices and places of an earlier plan by name; what is new costs nothing and is nowhere."""
    problem, earlier = units.problem, warm.problem
    place = {name: number for number, name in enumerate(earlier.places)}
    dimension = {name: number for number, name in enumerate(earlier.dimensions)}
    prices = np.zeros(units.capacity.shape)
    for j, name in enumerate(problem.places):
        for d, what in enumerate(problem.dimensions):
            if name in place and what in dimension:
                prices[j, d] = warm.certificate.prices[place[name], dimension[what]]
    return Start(prices, by_unit(units, by_name(problem, warm)))


def _plan(units: Units, goal: Goal, found: Found, *, gap: float, seed: int, began: float) -> Plan:
    problem = units.problem
    place = units.spread(found.place)
    told = worth(units, goal, place)
    persons = problem.persons
    placed = int(persons[place != NOWHERE].sum())
    bound = max(_bound(units, goal, found, placed), told.objective)
    left = relative_gap(bound, told.objective)
    certificate = Certificate(
        value=told.value,
        objective=told.objective,
        bound=bound,
        gap=left,
        prices=found.prices,
        unplaced_price=found.penalty,
        persons=int(persons.sum()),
        persons_placed=placed,
        persons_bound=_persons_bound(units, found),
        proof="prices" if found.unit_prices is None else "knapsacks",
        stopped=_why(found, left, gap),
        method="prices",
        seconds=time.perf_counter() - began,
        reads=found.reads,
        seed=seed,
        unit_prices=found.unit_prices,
    )
    return Plan(problem, goal, place, units.reasons(place), certificate)


def _misses_minimums(units: Units, found: Found) -> bool:
    placed = found.place != NOWHERE
    came = np.bincount(found.place[placed], weights=units.persons[placed], minlength=units.shape[1])
    return bool((came < units.minimum).any())


def _bound(units: Units, goal: Goal, found: Found, placed: int) -> float:
    """Add to what prices prove of the open units what the locked are worth, and who need not be placed."""
    bound = found.bound + units.value(locked_places(units))
    if goal.short_price is not None:
        beyond = np.maximum(units.minimum - units.capacity[:, units.person_dimension], 0)
        bound -= goal.short_price * float(beyond.sum())
    if goal.unplaced == "first":
        bound += found.penalty * float(units.problem.persons.sum() - placed)
    return float(bound)


def _persons_bound(units: Units, found: Found) -> int:
    open_, room = int(units.persons.sum()), int(units.capacity[:, units.person_dimension].sum())
    most = open_ if found.persons_bound is None else found.persons_bound
    return int(units.problem.persons.sum()) - open_ + min(open_, room, most)


def _why(found: Found, left: float, gap: float) -> Stopped:
    if left <= PROVEN:
        return "optimal"
    if left <= gap:
        return "gap"
    return "interrupted" if found.interrupted else "no_better_found"


def _searched(
    units: Units, plan: Plan, found: Found, *, gap: float, seed: int, progress: Progress | None, began: float
) -> Plan:
    """Close the gap by search trees over the pairs that a better plan could use, the likeliest first.

    Where each pair's least loss is known, a tree over those that lose little finds a better plan; once no other pair
    could be part of one that is better still, it is proven.
    """
    known = plan.certificate
    everybody = known.persons_placed == known.persons or plan.goal.unplaced != "first"
    worse = known.bound - known.objective
    if not everybody:
        searched = solve_exactly(units.problem, plan.goal, gap=gap, seed=seed, progress=progress, start=plan.place)
    elif found.choices is None or found.unit_prices is None or not found.whole:
        may, _ = useful(units, known.prices, worse)
        searched = _tree(units, plan, may, outside=known.objective, gap=gap, seed=seed, progress=progress)
    else:
        choices, searched = found.choices, plan
        loss = losses(choices, found.unit_prices)
        reach = FIRST_REACH * worse
        while True:
            near = loss <= reach
            may = np.zeros(units.shape, np.bool_)
            may[choices.unit[near], choices.place[near]] = True
            outside = known.bound - reach
            searched = _tree(units, searched, may, outside=outside, gap=gap, seed=seed, progress=progress)
            worse = known.bound - searched.certificate.objective
            if worse <= reach or searched.certificate.stopped == "interrupted":
                break
            reach = min(2 * reach, worse)
    certificate = replace(searched.certificate, seconds=time.perf_counter() - began)
    return replace(searched, certificate=certificate)


def _tree(
    units: Units, plan: Plan, may: Bools, *, outside: float, gap: float, seed: int, progress: Progress | None
) -> Plan:
    """Search among some pairs and those of the plan; whatever uses another pair is worth no more than `outside`."""
    there = plan.place[units.unit_of != NOWHERE]
    used = units.unit_of[units.unit_of != NOWHERE]
    may[used[there != NOWHERE], there[there != NOWHERE]] = True
    return solve_exactly(
        units.problem,
        plan.goal,
        gap=gap,
        seed=seed,
        progress=progress,
        start=plan.place,
        bound=plan.certificate.bound,
        candidates=may,
        outside=max(outside, plan.certificate.objective),
    )
