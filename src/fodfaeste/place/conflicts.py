"""What is right in form and cannot be fulfilled, told as the fewest rules that stand against each other."""

from __future__ import annotations

from fodfaeste.errors import Refused
from fodfaeste.place.minimum_rules import minimum_conflicts
from fodfaeste.place.problem import Goal, Problem
from fodfaeste.place.rule_checks import Conflict, lock_conflicts, tie_conflicts

__all__ = ["Conflict", "conflicts", "raise_conflicts"]


def conflicts(problem: Problem, goal: Goal | None = None) -> tuple[Conflict, ...]:
    """Find the rules of a problem that cannot all hold.

    Too little room for everybody is none: who does not find room stays unplaced, with the reason. Nor is a household
    that is allowed nowhere.

    Parameters
    ----------
    problem : Problem
    goal : Goal, optional
        With a price for missing persons (`short_price`) minimums may be missed, and so are in no conflict.

    Returns
    -------
    tuple of Conflict
        Ties that fit nowhere, ties locked apart, locks that break a rule or exceed room, minimums that exceed room or
        supply. Minimums are looked at once ties and locks are in order.

    References
    ----------
    Junker (2004), QUICKXPLAIN: preferred explanations and relaxations for over-constrained problems, AAAI, 167-172.
    """
    plain = (*tie_conflicts(problem), *lock_conflicts(problem))
    if plain or (goal is not None and goal.short_price is not None):
        return plain
    return minimum_conflicts(problem)


def raise_conflicts(problem: Problem, goal: Goal | None = None) -> None:
    """Refuse a problem whose rules cannot all hold.

    Raises
    ------
    Refused
        With the rules in words, a line a conflict.
    """
    found = conflicts(problem, goal)
    if found:
        raise Refused("\n".join(str(conflict) for conflict in found))
