"""Rules that contradict each other and can be seen to by looking at one tie, one lock or one place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from fodfaeste.place.plan import used_room
from fodfaeste.place.problem import NOWHERE, Bools, Ints, Problem

Kind = Literal[
    "tie_locked_apart",
    "tie_fits_nowhere",
    "lock_not_allowed",
    "locks_exceed_room",
    "minimum_above_room",
    "minimums_above_supply",
]
SHOWN = 5
SEARCHED = 8
"""Among more tied households than this a smallest set is no longer looked for, only one with none too many."""


@dataclass(frozen=True)
class Conflict:
    """Rules that cannot hold together: without any one of them the rest can.

    Attributes
    ----------
    kind : str
    rules : tuple of str
        Each rule as a sentence, in the order in which they are best read.
    households, places : tuple of str
        Whom and what the rules name.
    todo : str
        What would resolve it.
    """

    kind: Kind
    rules: tuple[str, ...]
    households: tuple[str, ...]
    places: tuple[str, ...]
    todo: str

    def __str__(self) -> str:
        return " ".join((*self.rules, self.todo))


def lock_conflicts(problem: Problem) -> tuple[Conflict, ...]:
    """Find locks that part a tie, break a rule, or ask for more room than there is."""
    apart = tuple(_locked_apart(problem))
    if apart:
        return apart
    locks = locks_with_ties(problem)
    return (*_not_allowed(problem, locks), *_beyond_room(problem, locks))


def tie_conflicts(problem: Problem) -> tuple[Conflict, ...]:
    """Find ties for which no place is allowed, or none is large enough even when empty."""
    return tuple(
        found
        for tie in problem.ties
        if len(tie) > 1 and (problem.locks[list(tie)] == NOWHERE).all() and (found := _fits_nowhere(problem, tie))
    )


def locks_with_ties(problem: Problem) -> Ints:
    """Give the locks, where whoever is tied to somebody locked is locked as well; shape (households,)."""
    locks = problem.locks.copy()
    for tie in problem.ties:
        there = {int(locks[one]) for one in tie} - {NOWHERE}
        if there:
            locks[list(tie)] = min(there)
    return locks


def _locked_apart(problem: Problem) -> Iterator[Conflict]:
    for tie in problem.ties:
        first: dict[int, int] = {}
        for one in tie:
            if problem.locks[one] != NOWHERE:
                first.setdefault(int(problem.locks[one]), one)
        if len(first) > 1:
            pair = list(first.values())[:2]
            rules = (tied(problem, pair), *(locked(problem, one) for one in pair))
            places = tuple(problem.places[place] for place in list(first)[:2])
            yield Conflict("tie_locked_apart", rules, names(problem, pair), places, "Free one of them, or untie them.")


def _not_allowed(problem: Problem, locks: Ints) -> Iterator[Conflict]:
    where = np.flatnonzero(locks != NOWHERE)
    if problem.allowed is not None:
        for one in where[~problem.allowed[where, locks[where]]].tolist():
            place = problem.places[locks[one]]
            forbidden = f"{place} is not allowed for household {problem.households[one]}."
            rules = (*_lock_of(problem, one), forbidden)
            todo = "Free it, or allow the place."
            yield Conflict("lock_not_allowed", rules, (problem.households[one],), (place,), todo)


def _lock_of(problem: Problem, one: int) -> tuple[str, ...]:
    """Say why a household is locked: by itself, or through one that it is tied to."""
    if problem.locks[one] != NOWHERE:
        return (locked(problem, one),)
    tie = next(tie for tie in problem.ties if one in tie)
    other = next(member for member in tie if problem.locks[member] != NOWHERE)
    return tied(problem, [one, other]), locked(problem, other)


def _beyond_room(problem: Problem, locks: Ints) -> Iterator[Conflict]:
    over = used_room(problem, locks) > problem.capacity
    for place, dimension in np.argwhere(over).tolist():
        there = np.flatnonzero(locks == place)
        # The largest first: no fewer of them need more than there is.
        there = there[np.argsort(-problem.sizes[there, dimension], kind="stable")]
        needed = np.cumsum(problem.sizes[there, dimension])
        few = there[: int(np.searchsorted(needed, problem.capacity[place, dimension], side="right")) + 1]
        what, where = problem.dimensions[dimension], problem.places[place]
        need = int(problem.sizes[few, dimension].sum())
        subject = f"Household {problem.households[few[0]]} is" if few.size == 1 else f"{_listed(problem, few)} are"
        rules = (
            f"{where} has room for {problem.capacity[place, dimension]} {what}.",
            f"{subject} locked to it and {'needs' if few.size == 1 else 'need'} {need}.",
        )
        yield Conflict("locks_exceed_room", rules, names(problem, few), (where,), "Free some, or add room.")


def _fits_nowhere(problem: Problem, tie: tuple[int, ...]) -> Conflict | None:
    members = list(tie)
    common = _common(problem, members)
    need = problem.sizes[members].sum(axis=0)
    if (common & (need <= problem.capacity).all(axis=1)).any():
        return None
    todo = "Untie them, allow a place, or add room."
    if not common.any():
        few = _without_a_common_place(problem, members)
        if len(few) == 1:
            name = problem.households[few[0]]
            rest = [one for one in members if one != few[0]]
            rules = (tied(problem, [*few, *rest]), f"No place is allowed for household {name}.")
        else:
            rules = (tied(problem, few), "No place is allowed for all of them.")
        return Conflict("tie_fits_nowhere", rules, names(problem, few), (), todo)
    needed = " and ".join(f"{size} {what}" for size, what in zip(need, problem.dimensions, strict=True) if size)
    rules = (
        tied(problem, members),
        f"Together they need {needed}, and no place allowed for all of them has room for that.",
    )
    return Conflict("tie_fits_nowhere", rules, names(problem, members), (), todo)


def _common(problem: Problem, members: list[int]) -> Bools:
    """Say which places are allowed for all of some households; shape (places,)."""
    return np.asarray(np.logical_and.reduce([problem.may(one) for one in members]))


def _without_a_common_place(problem: Problem, members: list[int]) -> list[int]:
    """Find the fewest of tied households that have no allowed place in common."""
    if len(members) <= SEARCHED:
        for many in range(1, len(members)):
            for few in combinations(members, many):
                if not _common(problem, list(few)).any():
                    return list(few)
    few_left = list(members)
    for one in members:
        rest = [other for other in few_left if other != one]
        if rest and not _common(problem, rest).any():
            few_left = rest
    return few_left


# Words


def names(problem: Problem, positions: Ints | list[int]) -> tuple[str, ...]:
    """Give the names of households."""
    return tuple(problem.households[one] for one in positions)


def tied(problem: Problem, members: list[int]) -> str:
    """Say that households are tied."""
    return f"{_listed(problem, members)} are tied."


def locked(problem: Problem, one: int) -> str:
    """Say where a household is locked."""
    return f"Household {problem.households[one]} is locked to {problem.places[problem.locks[one]]}."


def _listed(problem: Problem, members: Ints | list[int]) -> str:
    told = [problem.households[one] for one in members[:SHOWN]]
    rest = len(members) - SHOWN
    if rest > 0:
        return f"Households {', '.join(told)} and {rest} more"
    return f"Households {', '.join(told[:-1])} and {told[-1]}"
