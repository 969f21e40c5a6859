"""Small problems tried out in full: every place, or none, for everything that moves together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from fodfaeste.place import Goal, Problem

from .checker import NOWHERE, broken_rules, exact, locks_of, parts_of, score, units_of, wishes_met


@dataclass(frozen=True)
class BestOfAll:
    """The best placement in the goal's order; of equally good ones the first met.

    persons, short_of_floors, wishes, objective : what it reaches, `wishes` being the most there are before outcomes.
    """

    where: tuple[int, ...]
    persons: int
    short_of_floors: Fraction
    wishes: Fraction
    objective: Fraction


def placements(problem: Problem, goal: Goal) -> Iterator[list[int]]:
    """Go through all placements that break no rule."""
    units, locks = units_of(problem), locks_of(problem)
    for choice in product(range(NOWHERE, len(problem.places)), repeat=len(units)):
        where = list(locks)
        for unit, j in zip(units, choice, strict=True):
            for i in unit:
                where[i] = j
        if not broken_rules(problem, goal, where):
            yield where


def best_of_all(problem: Problem, goal: Goal, floors: dict[tuple[str, str], float] | None = None) -> BestOfAll | None:
    """Find the best in the goal's order by trying everything; None where no placement keeps the rules.

    Persons placed (where they come first), then as little short of the floors as possible, then wishes, then the
    objective among those that fulfil wishes but for the tolerance.
    """
    left = list(placements(problem, goal))
    if not left:
        return None
    if goal.unplaced == "first":
        most = max(persons(problem, where) for where in left)
        left = [where for where in left if persons(problem, where) == most]
    least = min(lack(problem, goal, where, floors or {}) for where in left)
    left = [where for where in left if lack(problem, goal, where, floors or {}) <= least]
    wishes = Fraction(0)
    if problem.wishes is not None and goal.wish_tolerance is not None and "wishes" not in (goal.weights or {}):
        wishes = max(wishes_met(problem, where) for where in left)
        enough = (1 - exact(goal.wish_tolerance)) * wishes
        left = [where for where in left if wishes_met(problem, where) >= enough]
    best = max(left, key=lambda where: parts_of(problem, goal, where).objective)
    return BestOfAll(tuple(best), persons(problem, best), least, wishes, parts_of(problem, goal, best).objective)


def persons(problem: Problem, where: list[int]) -> int:
    return sum(int(size) for size, j in zip(problem.persons, where, strict=True) if j != NOWHERE)


def lack(problem: Problem, goal: Goal, where: list[int], floors: dict[tuple[str, str], float]) -> Fraction:
    """Sum how much groups are short of their floors; a billionth is rounding."""
    total = Fraction(0)
    for (column, group), least in floors.items():
        members = [i for i, name in enumerate(problem.groups[column]) if name == group]
        got = sum((score(problem, goal, i, where[i]) for i in members if where[i] != NOWHERE), Fraction(0))
        short = exact(least) - got
        total += short if short > Fraction(1, 10**9) else 0
    return total


def alone(problem: Problem, goal: Goal, column: str, group: str) -> Fraction:
    """Find the most that one group could get if only it came besides the locked; minimums ask nothing of it."""
    members = [i for i, name in enumerate(problem.groups[column]) if name == group]
    free = Goal(goal.weights, goal.caution, short_price=0.0)
    return max(
        sum((score(problem, goal, i, where[i]) for i in members if where[i] != NOWHERE), Fraction(0))
        for where in placements(problem, free)
    )
