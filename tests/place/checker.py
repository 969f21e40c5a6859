"""Checks a plan and its certificate without any of the solvers' code: plain loops over fractions, slow and exact.

`check(plan)` raises an AssertionError that says what is wrong. Only the shared types are known here: a problem, a goal
and a plan, as their docstrings describe them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, isinf

import numpy as np

from fodfaeste.place import Goal, LowRank, Plan, Problem

NOWHERE = -1


@dataclass(frozen=True)
class Parts:
    """What a placement is worth, part by part."""

    value: Fraction
    unplaced: Fraction
    short: Fraction
    uneven: Fraction
    bonus: Fraction

    @property
    def objective(self) -> Fraction:
        return self.value - self.unplaced - self.short - self.uneven + self.bonus


def check(plan: Plan, *, floors: Mapping[tuple[str, str], float] | None = None, wishes: float | None = None) -> None:
    """Recompute everything that a plan says of itself.

    Parameters
    ----------
    plan : Plan
    floors : mapping of (group column, group) to the least sum of scores, optional
        Floors that have to hold.
    wishes : float, optional
        The least sum of wishes that the plan has to fulfil.
    """
    check_rules(plan)
    check_reasons(plan)
    check_figures(plan)
    check_bound(plan)
    near = float(tolerance(plan.problem, plan.goal))
    for (column, group), least in (floors or {}).items():
        members = [i for i, name in enumerate(plan.problem.groups[column]) if name == group]
        got = float(sum(score(plan.problem, plan.goal, i, int(plan.place[i])) for i in members if placed(plan, i)))
        assert got >= least - near, f"group {group} of {column} gets {got}, its floor is {least}"
    if wishes is not None:
        got = float(wishes_met(plan.problem, plan.place.tolist()))
        assert got >= wishes - near, f"wishes are fulfilled for {got}, it has to be {wishes}"


def placed(plan: Plan, household: int) -> bool:
    return int(plan.place[household]) != NOWHERE


def check_rules(plan: Plan) -> None:
    """Room in every dimension, what is allowed, ties, locks, minimums without a price."""
    problem, where = plan.problem, plan.place.tolist()
    assert len(where) == len(problem.households), "not every household has an answer"
    broken = broken_rules(problem, plan.goal, where)
    assert not broken, "; ".join(broken)


def broken_rules(problem: Problem, goal: Goal, where: list[int]) -> list[str]:
    """Name every rule that a placement breaks."""
    found = []
    places, names = range(len(problem.places)), problem.households
    for i, j in enumerate(where):
        if j == NOWHERE:
            continue
        if j not in places:
            return [f"{names[i]} goes to place {j}, which there is not"]
        if problem.allowed is not None and not problem.allowed[i, j]:
            found.append(f"{names[i]} goes to {problem.places[j]}, where it is not allowed")
    for j in places:
        for d, dimension in enumerate(problem.dimensions):
            used = sum(int(problem.sizes[i, d]) for i, place in enumerate(where) if place == j)
            if used > int(problem.capacity[j, d]):
                found.append(f"{problem.places[j]} has {problem.capacity[j, d]} {dimension} and gets {used}")
    parted = [tie for tie in problem.ties if len({where[i] for i in tie}) > 1]
    found += [f"the tied {', '.join(names[i] for i in tie)} go to different places" for tie in parted]
    for i, lock in enumerate(problem.locks.tolist()):
        if lock != NOWHERE and where[i] != lock:
            found.append(f"{names[i]} is locked to {problem.places[lock]} and goes elsewhere")
    if goal.short_price is None:
        for j, lack in enumerate(shortfalls(problem, where)):
            if lack:
                found.append(f"{problem.places[j]} lacks {lack} persons to its minimum")
    return found


def check_reasons(plan: Plan) -> None:
    """Who is placed has no reason for not being; who is not has the true one."""
    problem, where = plan.problem, plan.place.tolist()
    assert len(plan.reasons) == len(where), "not every household has a reason, or none"
    for i, reason in enumerate(plan.reasons):
        name = problem.households[i]
        if where[i] != NOWHERE:
            assert not reason, f"{name} is placed, and said to be unplaced: {reason}"
            continue
        unit = next((tie for tie in problem.ties if i in tie), (i,))
        ruled = [j for j in range(len(problem.places)) if all(may(problem, one, j) for one in unit)]
        fitting = [j for j in ruled if fits(problem, unit, j, room_of_locked(problem))]
        free = [j for j in fitting if fits(problem, unit, j, room_of(problem, where))]
        true = "costs_more_than_it_gains" if free else "no_room" if fitting else "too_large" if ruled else ""
        assert reason == (true or "no_place_allowed"), f"{name} is unplaced for {true!r}, not for {reason!r}"


def check_figures(plan: Plan) -> None:
    """Value, objective, gap and persons."""
    problem, where, told = plan.problem, plan.place.tolist(), plan.certificate
    near = tolerance(problem, plan.goal)
    parts = parts_of(problem, plan.goal, where)
    same(told.value, parts.value, near, "value")
    same(told.objective, parts.objective, near, "objective")
    persons = [int(size) for size in problem.persons]
    came = sum(size for size, j in zip(persons, where, strict=True) if j != NOWHERE)
    assert told.persons == sum(persons), f"there are {sum(persons)} persons, not {told.persons}"
    assert told.persons_placed == came, f"{came} persons are placed, not {told.persons_placed}"
    assert came <= told.persons_bound <= sum(persons), (
        f"at most {told.persons_bound} of {sum(persons)} placed, {came} are"
    )
    gap = max(0.0, told.bound - told.objective) / max(abs(told.bound), 1e-9)
    assert abs(told.gap - gap) <= 1e-12, f"the gap is {gap}, not {told.gap}"


def check_bound(plan: Plan) -> None:
    """Recompute what the prices prove; a bound below that needs a search for its proof."""
    told, problem = plan.certificate, plan.problem
    near = tolerance(problem, plan.goal)
    assert told.bound >= told.objective - near, f"the bound {told.bound} lies below the objective {told.objective}"
    persons = problem.person_dimension
    for j, d in np.argwhere(np.asarray(told.prices) < 0).tolist():
        allowed = d == persons and problem.minimum[j] > 0
        assert allowed, f"{problem.places[j]} has a price below 0 for {problem.dimensions[d]} without a minimum"
    proven = bound_of_prices(plan)
    if told.proof == "knapsacks":
        proven = max(exact(told.objective), bound_of_knapsacks(plan))
    if told.proof == "search":
        assert told.bound <= proven + near, f"the prices prove {float(proven)}, and a search no more than {told.bound}"
    else:
        assert told.bound >= proven - near, f"the prices prove no more than {float(proven)}, not {told.bound}"


def bound_of_prices(plan: Plan) -> Fraction:
    """Say what no plan that places as many persons can exceed, from the certificate's prices alone."""
    problem, goal, told = plan.problem, plan.goal, plan.certificate
    dims, places, p = range(len(problem.dimensions)), range(len(problem.places)), problem.person_dimension
    price = [[exact(told.prices[j, d]) for d in dims] for j in places]
    room = room_of_locked(problem)
    lacks = shortfalls(problem, locks_of(problem))
    bound = Fraction(0)
    for j in places:
        lack = lacks[j]
        if goal.short_price is not None:
            bound -= exact(goal.short_price) * max(0, lack - room[j][p])
            lack = min(lack, room[j][p])
            price[j][p] = max(price[j][p], -exact(goal.short_price))
        bound += sum(max(price[j][d], Fraction(0)) * room[j][d] for d in dims)
        bound += min(price[j][p], Fraction(0)) * lack
    for unit in units_of(problem):
        bound += max(choices(plan, unit, price).values())
    return bound + besides(plan)


def bound_of_knapsacks(plan: Plan) -> Fraction:
    """Say what no plan can exceed, from a price for each unit: what all pay, and what places gain beyond it.

    A plan above the bound uses only pairs that lose less, at the prices of room, than those prove more than the bound.
    """
    problem, goal, told = plan.problem, plan.goal, plan.certificate
    assert len(problem.dimensions) == 1, "knapsacks are of one dimension"
    assert not any(shortfalls(problem, locks_of(problem))), "knapsacks know no minimums but those that locks fill"
    room = room_of_locked(problem)
    price = [[exact(told.prices[j, 0])] for j in range(len(problem.places))]
    free = bound_of_prices(plan) - exact(told.bound)
    near: list[list[tuple[int, Fraction]]] = [[] for _ in problem.places]
    bound = Fraction(0)
    for unit, raw in zip(units_of(problem), told.unit_prices.tolist(), strict=True):
        persons = sum(int(problem.persons[i]) for i in unit)
        pays = exact(raw)
        if isfinite(told.unplaced_price):
            pays = max(pays, -exact(told.unplaced_price) * persons)
        bound += pays
        left = choices(plan, unit, price)
        for j, kept in left.items():
            if j != NOWHERE and max(left.values()) - kept <= free:
                near[j].append((persons, sum((score(problem, goal, i, j) for i in unit), Fraction(0)) - pays))
    for j, items in enumerate(near):
        best = [Fraction(0)] * (room[j][0] + 1)
        for size, gain in items:
            for used in range(room[j][0], size - 1, -1):
                best[used] = max(best[used], best[used - size] + gain)
        bound += best[-1]
    return bound + besides(plan)


def choices(plan: Plan, unit: tuple[int, ...], price: list[list[Fraction]]) -> dict[int, Fraction]:
    """Say what a unit has left at each place where it may go when it pays for its room, and at `NOWHERE`."""
    problem, goal, told = plan.problem, plan.goal, plan.certificate
    room, left = room_of_locked(problem), {}
    persons = sum(int(problem.persons[i]) for i in unit)
    for j in range(len(problem.places)):
        if all(may(problem, i, j) for i in unit) and fits(problem, unit, j, room):
            paid = sum(p * int(problem.sizes[i, d]) for i in unit for d, p in enumerate(price[j]))
            left[j] = sum((score(problem, goal, i, j) for i in unit), Fraction(0)) - paid
    if persons == 0 or (isinf(told.unplaced_price) and not left):
        left[NOWHERE] = Fraction(0)
    elif isfinite(told.unplaced_price):
        left[NOWHERE] = -exact(told.unplaced_price) * persons
    return left


def besides(plan: Plan) -> Fraction:
    """Add up what the locked are worth, who need not be placed, and the most that compatriots add."""
    problem, goal, told = plan.problem, plan.goal, plan.certificate
    total = sum((score(problem, goal, i, j) for i, j in enumerate(locks_of(problem)) if j != NOWHERE), Fraction(0))
    if goal.unplaced == "first" and isfinite(told.unplaced_price):
        total += exact(told.unplaced_price) * (told.persons - told.persons_placed)
    return total + most_bonus(problem, goal)


def parts_of(problem: Problem, goal: Goal, where: list[int]) -> Parts:
    """Weigh a placement."""
    nothing = Fraction(0)
    persons = [int(size) for size in problem.persons]
    left = sum(size for size, j in zip(persons, where, strict=True) if j == NOWHERE)
    return Parts(
        value=sum((score(problem, goal, i, j) for i, j in enumerate(where) if j != NOWHERE), nothing),
        unplaced=nothing if goal.unplaced == "first" else exact(goal.unplaced) * left,
        short=exact(goal.short_price or 0.0) * sum(shortfalls(problem, where)),
        uneven=uneven(problem, goal, where),
        bonus=bonus(problem, goal, where),
    )


def score(problem: Problem, goal: Goal, i: int, j: int) -> Fraction:
    """Weigh the outcomes of one household at one place."""
    weights = dict.fromkeys(problem.outcomes, 1.0) if goal.weights is None else goal.weights
    total = Fraction(0)
    for name, weight in weights.items():
        if name in problem.outcomes:
            total += exact(weight) * entry(problem.outcomes[name], i, j)
            if goal.caution and name in problem.sds:
                total -= exact(goal.caution) * abs(exact(weight)) * entry(problem.sds[name], i, j)
        else:
            total += exact(weight) * wish(problem, i, j)
    return total


def entry(scores: np.ndarray | LowRank, i: int, j: int) -> Fraction:
    if isinstance(scores, LowRank):
        pairs = zip(scores.left[i].tolist(), scores.right[j].tolist(), strict=True)
        return sum((exact(a) * exact(b) for a, b in pairs), Fraction(0))
    return exact(scores[i, j])


def wish(problem: Problem, i: int, j: int) -> Fraction:
    """1 for the first wish, equal steps down to the last, 0 for what was not wished for."""
    ranks = [int(rank) for rank in problem.wishes.rank[i]]
    return Fraction(max(ranks) - ranks[j] + 1, max(ranks)) if ranks[j] > 0 else Fraction(0)


def wishes_met(problem: Problem, where: list[int]) -> Fraction:
    return sum((wish(problem, i, j) for i, j in enumerate(where) if j != NOWHERE), Fraction(0))


def persons_at(problem: Problem, where: list[int]) -> list[int]:
    counted = [0] * len(problem.places)
    for i, j in enumerate(where):
        if j != NOWHERE:
            counted[j] += int(problem.persons[i])
    return counted


def shortfalls(problem: Problem, where: list[int]) -> list[int]:
    came = persons_at(problem, where)
    return [max(0, int(least) - have) for least, have in zip(problem.minimum, came, strict=True)]


def uneven(problem: Problem, goal: Goal, where: list[int]) -> Fraction:
    """Sum how many persons each place is off its share, at the weight."""
    if goal.balance is None:
        return Fraction(0)
    room = [int(capacity) for capacity in problem.capacity[:, problem.person_dimension]]
    share = [exact(one) for one in (room if goal.balance.share is None else goal.balance.share)]
    before = goal.balance.placed or [0] * len(room)
    there = [a + b for a, b in zip(persons_at(problem, where), before, strict=True)]
    whole = sum(share) or Fraction(1)
    off = sum(abs(have - part / whole * sum(there)) for have, part in zip(there, share, strict=True))
    return exact(goal.balance.weight) * off


def bonus(problem: Problem, goal: Goal, where: list[int]) -> Fraction:
    """Count compatriots at every place one by one; each adds what its step is worth."""
    if goal.network is None:
        return Fraction(0)
    there: dict[tuple[str, str], int] = dict(goal.network.stock)
    total = Fraction(0)
    for i, j in enumerate(where):
        of = problem.groups[goal.network.group][i]
        if j != NOWHERE and of:
            key = problem.places[j], of
            for _ in range(int(problem.persons[i])):
                total += worth_of_next(goal, there.get(key, 0))
                there[key] = there.get(key, 0) + 1
    return total


def worth_of_next(goal: Goal, there: int) -> Fraction:
    steps = goal.network.steps
    step = there // goal.network.step
    worth = steps[step] if step < len(steps) else min(0.0, steps[-1]) if steps else 0.0
    return exact(worth) / goal.network.step


def most_bonus(problem: Problem, goal: Goal) -> Fraction:
    """Give every person the best that one more compatriot adds anywhere."""
    total = Fraction(0)
    for i, size in enumerate(problem.persons.tolist()):
        if goal.network is not None and problem.groups[goal.network.group][i]:
            of = problem.groups[goal.network.group][i]
            starts = [worth_of_next(goal, goal.network.stock.get((place, of), 0)) for place in problem.places]
            total += size * max(Fraction(0), *starts)
    return total


def locks_of(problem: Problem) -> list[int]:
    """Whoever is tied to somebody locked is locked there too."""
    locks = problem.locks.tolist()
    for tie in problem.ties:
        there = [locks[i] for i in tie if locks[i] != NOWHERE]
        for i in tie:
            locks[i] = there[0] if there else NOWHERE
    return locks


def units_of(problem: Problem) -> list[tuple[int, ...]]:
    """List what moves together and is not locked, by the first household of each."""
    locks = locks_of(problem)
    tied = {i: tie for tie in problem.ties for i in tie}
    units = {tied.get(i, (i,)) for i in range(len(problem.households)) if locks[i] == NOWHERE}
    return sorted(units, key=min)


def room_of(problem: Problem, where: list[int]) -> list[list[int]]:
    room = [[int(capacity) for capacity in row] for row in problem.capacity]
    for i, j in enumerate(where):
        for d in range(len(problem.dimensions)):
            if j != NOWHERE:
                room[j][d] -= int(problem.sizes[i, d])
    return room


def room_of_locked(problem: Problem) -> list[list[int]]:
    return room_of(problem, locks_of(problem))


def fits(problem: Problem, unit: tuple[int, ...], j: int, room: list[list[int]]) -> bool:
    dims = range(len(problem.dimensions))
    return all(sum(int(problem.sizes[i, d]) for i in unit) <= room[j][d] for d in dims)


def may(problem: Problem, i: int, j: int) -> bool:
    return problem.allowed is None or bool(problem.allowed[i, j])


def exact(figure: float) -> Fraction:
    return Fraction(float(figure))


def tolerance(problem: Problem, goal: Goal) -> Fraction:
    """Rounding: a billionth of the largest scores together, a hundred-thousandth where scores are single precision."""
    weights = dict.fromkeys(problem.outcomes, 1.0) if goal.weights is None else goal.weights
    single, largest = False, 1.0
    for name, scores in problem.outcomes.items():
        single |= scores.dtype == np.float32
        parts = (scores.left, scores.right) if isinstance(scores, LowRank) else (scores,)
        width = parts[0].shape[1] if isinstance(scores, LowRank) else 1
        most = width * float(np.prod([np.nan_to_num(np.abs(part), posinf=0.0).max(initial=0.0) for part in parts]))
        largest += abs(weights.get(name, 0.0)) * most * len(problem.households)
    return exact(largest * (1e-5 if single else 1e-9))


def same(told: float, true: Fraction, near: Fraction, what: str) -> None:
    assert abs(exact(told) - true) <= near, f"the {what} is {float(true)}, not {told}"
