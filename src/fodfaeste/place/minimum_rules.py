"""Minimums that cannot be reached, and the fewest rules that keep them from it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np
from scipy import sparse

from fodfaeste.place.folder_tables import some
from fodfaeste.place.problem import NOWHERE, Bools, Ints, Problem
from fodfaeste.place.rule_checks import Conflict, locked, locks_with_ties, names, tied
from fodfaeste.place.rule_search import Question, Rule, smallest_set
from fodfaeste.place.supply import short_of_supply

WHOLE = 2_000
"""Pairs of household and place up to which households are asked about as what they are, indivisible."""
ASKED = 20_000
"""Pairs up to which every rule is asked about; above, ties and room for several at once are left to the solver."""
SHOWN = 5


def minimum_conflicts(problem: Problem) -> tuple[Conflict, ...]:
    """Find minimums that exceed what places hold or what may come, alone or together.

    What is told is so. What cannot be shown quickly to be impossible is not told: with more than 2,000 pairs of
    household and place households count as divisible, and with more than 20,000 only the number of persons who may come
    is compared with the minimums.
    """
    wanted = np.flatnonzero(problem.minimum > 0)
    if not wanted.size:
        return ()
    allowed = _allowed(problem, wanted)
    alone = (*_above_room(problem, wanted), *_above_supply(problem, wanted, allowed))
    may = _may_come(problem, wanted)
    if alone or _reached_by_filling_up(problem, wanted, may):
        return alone
    if np.count_nonzero(allowed) <= ASKED:
        return tuple(_together(problem, wanted))
    short = short_of_supply(problem.minimum[wanted], problem.persons, may)
    if not short.size:
        return ()
    who = np.flatnonzero(may[:, short].any(axis=1))
    return (_short_of_households(problem, wanted[short].tolist(), who, ()),)


# One place alone


def _above_room(problem: Problem, wanted: Ints) -> Iterator[Conflict]:
    room = problem.capacity[:, problem.person_dimension]
    for place in wanted[problem.minimum[wanted] > room[wanted]].tolist():
        rules = (_minimum(problem, place), _room(problem, place, problem.person_dimension))
        todo = "Lower the minimum, or add room."
        yield Conflict("minimum_above_room", rules, (), (problem.places[place],), todo)


def _above_supply(problem: Problem, wanted: Ints, may: Bools) -> Iterator[Conflict]:
    supply = problem.persons @ may
    for position in np.flatnonzero(supply < problem.minimum[wanted]).tolist():
        yield _short_of_households(problem, [int(wanted[position])], np.flatnonzero(may[:, position]), ())


def _allowed(problem: Problem, wanted: Ints) -> Bools:
    return np.ones((problem.shape[0], wanted.size), np.bool_) if problem.allowed is None else problem.allowed[:, wanted]


def _may_come(problem: Problem, wanted: Ints) -> Bools:
    """Say who may come to which of some places and finds room there when it is empty; shape (households, wanted)."""
    sizes, kind = np.unique(problem.sizes, axis=0, return_inverse=True)
    fits = np.stack([(size <= problem.capacity[wanted]).all(axis=1) for size in sizes])
    locks = locks_with_ties(problem)[:, None]
    return np.asarray(_allowed(problem, wanted) & fits[kind.reshape(-1)] & ((locks == NOWHERE) | (locks == wanted)))


def _reached_by_filling_up(problem: Problem, wanted: Ints, may: Bools) -> bool:
    """Say whether filling one place after the other reaches all minimums; if it does, nothing stands against them."""
    may = may.copy()
    locks = locks_with_ties(problem)
    group = np.arange(problem.shape[0])
    for tie in problem.ties:
        group[list(tie)] = min(tie)
        may[list(tie)] &= may[list(tie)].all(axis=0)
    sizes = np.zeros_like(problem.sizes)
    np.add.at(sizes, group, problem.sizes)
    free = (group == np.arange(group.size)) & (locks == NOWHERE)
    used = np.zeros_like(problem.capacity)
    np.add.at(used, locks[locks != NOWHERE], problem.sizes[locks != NOWHERE])
    persons = sizes[:, problem.person_dimension]
    choices = may.sum(axis=1)
    scarce = np.argsort((persons[:, None] * may)[free].sum(axis=0) - problem.minimum[wanted], kind="stable")
    for position in scarce.tolist():
        place = int(wanted[position])
        room = problem.capacity[place] - used[place]
        missing = int(problem.minimum[place] - used[place, problem.person_dimension])
        ready = np.flatnonzero(free & may[:, position] & (persons > 0))
        # Who can go to few places comes first, and of these the largest.
        for one in ready[np.lexsort((-persons[ready], choices[ready]))].tolist():
            if missing <= 0:
                break
            if (sizes[one] <= room).all():
                room, missing, free[one] = room - sizes[one], missing - int(persons[one]), False
        if missing > 0:
            return False
    return True


# Places together


def _together(problem: Problem, wanted: Ints) -> Iterator[Conflict]:
    """Find conflicts one after the other, each time without the minimums of those before."""
    household, position = np.nonzero(_allowed(problem, wanted))
    rules = [
        *_place_rules(problem, household, wanted[position], wanted),
        *_lock_rules(problem, household, wanted[position]),
        *_tie_rules(problem, household, wanted[position]),
    ]
    many = problem.shape[0]
    search = partial(smallest_set, few=household.size <= WHOLE)
    questions = [Question(many, household, rules, whole=whole) for whole in (False, household.size <= WHOLE)]
    while few := search(questions[0].holds, rules) or search(questions[1].holds, rules):
        least = [rule.place for rule in few if rule.kind == "minimum"]
        others = tuple(rule.words for rule in few if rule.kind != "minimum")
        who = _allowed(problem, np.array(least)).any(axis=1)
        yield _short_of_households(problem, least, np.flatnonzero(who), others)
        rules = [rule for rule in rules if rule.kind != "minimum" or rule.place not in least]


def _place_rules(problem: Problem, household: Ints, place: Ints, wanted: Ints) -> Iterator[Rule]:
    for one in wanted.tolist():
        persons = _row(place == one, problem.persons[household])
        yield Rule("minimum", _minimum(problem, one), persons, float(problem.minimum[one]), np.inf, one)
        for dimension in range(len(problem.dimensions)):
            taken = _row(place == one, problem.sizes[household, dimension])
            room = float(problem.capacity[one, dimension])
            yield Rule("room", _room(problem, one, dimension), taken, -np.inf, room, one)


def _lock_rules(problem: Problem, household: Ints, place: Ints) -> Iterator[Rule]:
    for one in np.flatnonzero(problem.locks != NOWHERE).tolist():
        here = (household == one) & (place == problem.locks[one])
        # Locked to a place without a minimum it is at none of those with one.
        mask, share = (here, 1.0) if here.any() else (household == one, 0.0)
        yield Rule("lock", locked(problem, one), _row(mask, np.ones_like(household)), share, share)


def _tie_rules(problem: Problem, household: Ints, place: Ints) -> Iterator[Rule]:
    for tie in problem.ties:
        rows = [row for first, second in pairwise(tie) for row in _same_place(household, place, first, second)]
        if rows:
            yield Rule("tie", tied(problem, list(tie)), sparse.csr_array(sparse.vstack(rows)), 0.0, 0.0)


def _same_place(household: Ints, place: Ints, first: int, second: int) -> Iterator[sparse.csr_array]:
    """Give, for each place, one household being there less the other being there; that has to be 0."""
    signs = (household == first).astype(np.int64) - (household == second)
    for one in np.unique(place[signs != 0]).tolist():
        yield _row(place == one, signs)


def _row(mask: Bools, values: Ints) -> sparse.csr_array:
    at = np.flatnonzero(mask & (values != 0))
    return sparse.csr_array((values[at].astype(float), (np.zeros_like(at), at)), shape=(1, mask.size))


# Words


def _minimum(problem: Problem, place: int) -> str:
    what = problem.dimensions[problem.person_dimension]
    return f"{problem.places[place]} has to get at least {problem.minimum[place]} {what}."


def _minimums(problem: Problem, places: list[int]) -> list[str]:
    if len(places) <= SHOWN:
        return [_minimum(problem, place) for place in places]
    what, need = problem.dimensions[problem.person_dimension], int(problem.minimum[places].sum())
    listed = some([problem.places[place] for place in places], SHOWN)
    return [f"{len(places)} places ({listed}) have to get at least {need} {what} together."]


def _room(problem: Problem, place: int, dimension: int) -> str:
    return f"{problem.places[place]} has room for {problem.capacity[place, dimension]} {problem.dimensions[dimension]}."


def _short_of_households(problem: Problem, places: list[int], who: Ints, others: tuple[str, ...]) -> Conflict:
    """Word a conflict: the minimums, the other rules, and who there is to reach them."""
    what = problem.dimensions[problem.person_dimension]
    supply, need = int(problem.persons[who].sum()), int(problem.minimum[places].sum())
    where = "there" if len(places) == 1 else "to any of them"
    listed = some(names(problem, who), SHOWN)
    if not who.size:
        may = f"No household may go {where}."
    elif supply < need:
        subject = "household" if who.size == 1 else "households"
        may = f"Only {subject} {listed} ({supply} {what}) may go {where}."
    else:
        sized = some([f"{problem.households[one]} ({problem.persons[one]})" for one in who], SHOWN)
        may = f"Those who may go {where} are {sized}, and no choice among them keeps all of this."
    return Conflict(
        kind="minimums_above_supply",
        rules=(*_minimums(problem, places), *others, may),
        households=names(problem, who),
        places=tuple(problem.places[place] for place in places),
        todo="Lower a minimum, allow more households, or give up one of the other rules.",
    )
