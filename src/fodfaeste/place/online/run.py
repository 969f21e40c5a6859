"""Placing while households come: batch by batch, by what is known when each batch comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Refused, UnknownName
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.bounds import certified_bound
from fodfaeste.place.objective import worth
from fodfaeste.place.online.arrivals import ArrivalModel
from fodfaeste.place.online.decide import Greedy, Reserve, Rule
from fodfaeste.place.online.lookahead import DualPrices, NoFuture, Potentials, Prices
from fodfaeste.place.online.outlook import Outlook, outlook_of, shown
from fodfaeste.place.online.plan import Batch, CapacityChange, OnlinePlan
from fodfaeste.place.online.sequence import Order, batches_of
from fodfaeste.place.plan import Certificate, relative_gap
from fodfaeste.place.problem import NOWHERE, WISHES, Goal, Ints, Problem
from fodfaeste.place.units import Units, units_of

Floats = NDArray[np.float64]
Progress = Callable[[str, float], None]
RuleName = Literal["prices", "greedy", "reserve", "no_future", "potentials"]


def place_online(
    problem: Problem,
    goal: Goal | None = None,
    *,
    arrivals: Problem | ArrivalModel | None = None,
    batch: Literal["week"] | int = "week",
    order: Order = "arrival",
    rule: RuleName = "prices",
    samples: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    capacity_changes: Sequence[CapacityChange] = (),
) -> OnlinePlan:
    """Place households as they come, each batch by what is known when it comes.

    The problem holds the whole year, and a batch is shown to the rule only when its turn comes: no decision depends on
    who comes later. What is known from the start is the places with their room, who is locked (their room is taken),
    and `arrivals`. A tie is known from when the first of the tied comes, with the sizes and scores of all of them: they
    are placed together then, and room is kept for those who follow.

    Parameters
    ----------
    problem : Problem
    goal : Goal, optional
    arrivals : Problem or ArrivalModel, optional
        Another year, or several and an announced number; None: only this year's own arrivals, and as many persons as
        there is room for.
    batch : "week" or int
        Households that are decided together: those of a week of the calendar, or so many at a time.
    order : {"arrival", "shuffled"}
        `shuffled` lets households come in an order drawn by the seed.
    rule : {"prices", "greedy", "reserve", "no_future", "potentials"}
        `prices`: gain less what those to come lose, over sampled futures. `greedy`: the best place with room.
        `reserve`: greedy, with room released as the year goes. `no_future`: the best plan of each batch by itself.
        `potentials`: the published rule of Ahani et al., with five futures a batch.
    samples : int, optional
        Sampled futures; 24, or 4 with several dimensions, unless given.
    seed : int
    progress : callable, optional
        Called with a text and the share done after each batch.
    capacity_changes : sequence of CapacityChange
        Room that is revised during the year; known only from then on.

    Returns
    -------
    OnlinePlan
        Its certificate compares with the bound that the year's average prices prove once all have come.

    Raises
    ------
    Refused
        If the goal has minimums, floors, a balance, a network or wishes without a weight: `solve` keeps those; or if
        weeks are asked for without arrival days.
    BadInput, UnknownName
        If earlier years have other places or outcomes, or an option does not exist.
    """
    began = time.perf_counter()
    goal = goal or Goal()
    _check_options(batch, order, rule, samples)
    _check_goal(problem, goal)
    model = arrivals if isinstance(arrivals, ArrivalModel) else ArrivalModel(() if arrivals is None else (arrivals,))
    units = units_of(problem, goal)
    rng = np.random.Generator(np.random.PCG64(seed))
    line = batches_of(units, batch, order, rng)
    outlook = outlook_of(units, goal, model, line[0] if line else np.zeros(0, np.int64), samples)
    decider = _rule(rule, outlook, units.capacity, rng)
    revised = {number: [one for one in capacity_changes if one.batch == number] for number in range(len(line))}
    capacity, used = units.capacity.copy(), np.zeros_like(units.capacity)
    taken_by_locked = problem.capacity - units.capacity
    unit_place = np.full(units.shape[0], NOWHERE)
    log: list[Batch] = []
    for number, came in enumerate(line):
        for change in revised[number]:
            capacity[change.place, change.dimension] = change.capacity - taken_by_locked[change.place, change.dimension]
        if revised[number]:
            decider.revise(np.maximum(capacity - used, 0))
        place = decider.decide(shown(units, came), np.maximum(capacity - used, 0))
        unit_place[came] = place
        placed = place != NOWHERE
        np.add.at(used, place[placed], units.sizes[came[placed]])
        log.append(_logged(units, came, unit_place, decider, np.maximum(capacity - used, 0)))
        if progress is not None:
            progress(f"batch {number + 1} of {len(line)}", (number + 1) / len(line))
    held = np.maximum(capacity, used) + taken_by_locked
    if capacity_changes:
        units = replace(units, problem=replace(problem, capacity=held), capacity=held - taken_by_locked)
    place = units.spread(unit_place)
    return OnlinePlan(
        units.problem,
        goal,
        place,
        units.reasons(place),
        _certificate(units, outlook, goal, place, log, seconds=time.perf_counter() - began, seed=seed),
        _notes(model, rule),
        tuple(log),
    )


def _check_options(batch: object, order: str, rule: str, samples: int | None) -> None:
    if batch != "week" and not (isinstance(batch, int) and batch >= 1):
        raise BadInput(Fault(f"the batch {batch!r}", "week, or a whole number from 1", "Choose one."))
    if order not in get_args(Order):
        raise UnknownName("the order", order, get_args(Order))
    if rule not in get_args(RuleName):
        raise UnknownName("the rule", rule, get_args(RuleName))
    if samples is not None and samples < 1:
        raise BadInput(Fault(f"{samples} samples", "at least 1", "Average over some futures."))


def _check_goal(problem: Problem, goal: Goal) -> None:
    """Refuse what cannot be kept while nobody knows who comes."""
    asked = {
        "minimums": bool((problem.minimum > 0).any()),
        "floors by group": bool(goal.floors),
        "a balance": goal.balance is not None,
        "a network bonus": goal.network is not None,
    }
    if names := [name for name, wanted in asked.items() if wanted]:
        raise Refused(
            f"Placing as households come does not keep {', '.join(names)}. Solve each batch by `solve`, which does, or "
            "leave them out here."
        )
    weighed = goal.weights is not None and WISHES in goal.weights
    if problem.wishes is not None and problem.wishes.said.any() and goal.wish_tolerance is not None and not weighed:
        raise Refused(
            "Wishes come before outcomes only where a whole batch is solved, by `solve`. Give wishes a weight here "
            "(0 leaves them out)."
        )


def _rule(name: RuleName, outlook: Outlook, room: Ints, rng: np.random.Generator) -> Rule:
    if name == "greedy":
        return Greedy(outlook.horizon.expected, room.shape)
    if name == "reserve":
        return Reserve(outlook.horizon.expected, room)
    if name == "no_future":
        return NoFuture(outlook, room)
    if room.shape[1] > 1:
        if name == "potentials":
            raise Refused("The published potentials have one dimension. Use the rule prices.")
        return DualPrices(outlook, room, rng)
    return Potentials(outlook, room, rng) if name == "potentials" else Prices(outlook, room, rng)


def _logged(units: Units, came: Ints, unit_place: Ints, decider: Rule, room: Ints) -> Batch:
    rows = [np.flatnonzero(units.unit_of == unit) for unit in came]
    households = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    place = unit_place[units.unit_of[households]]
    return Batch(households, place, decider.prices(), room, decider.to_come)


def _certificate(
    units: Units, outlook: Outlook, goal: Goal, place: Ints, log: Sequence[Batch], *, seconds: float, seed: int
) -> Certificate:
    """Certify by the average prices of the year, or by each household's best place where that proves more."""
    problem = units.problem
    made = worth(units, goal, place)
    placed = int(problem.persons[place != NOWHERE].sum())
    mean = np.mean([batch.prices for batch in log], axis=0) if log else np.zeros(units.capacity.shape)
    if goal.unplaced != "first":
        of_none = [float(goal.unplaced)]
    else:
        # With everybody placed nobody may be left; else the persons left have the price that placing them had.
        of_none = [np.inf] if placed == problem.persons.sum() else [0.0, outlook.bonus]
    proofs = [(prices, price) for prices in (mean, np.zeros_like(mean)) for price in of_none]
    bounds = [certified_bound(units, goal, prices, price, placed) for prices, price in proofs]
    bound, (prices, unplaced_price) = min(bounds), proofs[int(np.argmin(bounds))]
    fit = units.may(slice(0, units.shape[0])).any(axis=1)
    could = int(problem.persons[units.unit_of == NOWHERE].sum() + units.persons[fit].sum())
    return Certificate(
        value=made.value,
        objective=made.objective,
        bound=bound,
        gap=relative_gap(bound, made.objective),
        prices=prices,
        unplaced_price=unplaced_price,
        persons=int(problem.persons.sum()),
        persons_placed=placed,
        persons_bound=min(could, int(problem.capacity[:, problem.person_dimension].sum())),
        proof="prices",
        stopped="online",
        method="online",
        seconds=seconds,
        reads=1.0,
        seed=seed,
    )


def _notes(model: ArrivalModel, rule: RuleName) -> tuple[str, ...]:
    if rule in ("greedy", "no_future") or model.years:
        return ()
    return (
        "No earlier year was given: who is still to come was drawn from who had come so far, as many persons as there "
        "is room for.",
    )
