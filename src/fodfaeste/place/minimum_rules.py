"""Minimums that cannot be reached, and the fewest rules that keep them from it.

Whether rules can hold together is asked of HiGHS as a feasibility problem; which of them cannot is found by divide and
conquer over the named rules (Junker 2004, QUICKXPLAIN): without any one of the set that comes out the rest can hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb

import highspy
import numpy as np
from scipy import sparse

from fodfaeste.place.problem import NOWHERE, Bools, Ints, Problem
from fodfaeste.place.rule_checks import Conflict, locked, locks_with_ties, names, tied

WHOLE = 20_000
"""Pairs of household and place up to which households are asked about as what they are, indivisible."""
ASKED = 2_000_000
"""Pairs above which only single places are looked at."""
NODES = 2_000
TRIED = 500
"""How many smaller sets are tried."""
SHOWN = 5
IMPOSSIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


def minimum_conflicts(problem: Problem) -> tuple[Conflict, ...]:
    """Find minimums that exceed what places hold or what may come, alone or together.

    What cannot be shown to be impossible is not told: with more than 20,000 pairs households count as divisible, and
    with more than 2,000,000 each place is looked at alone.
    """
    wanted = np.flatnonzero(problem.minimum > 0)
    if not wanted.size:
        return ()
    alone = (*_above_room(problem, wanted), *_above_supply(problem, wanted, _allowed(problem, wanted)))
    may = _may_come(problem, wanted)
    if alone or _reached_by_filling_up(problem, wanted, may):
        return alone
    if np.count_nonzero(_allowed(problem, wanted)) > ASKED:
        return tuple(_above_supply(problem, wanted, may))
    return tuple(_together(problem, wanted))


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


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule that could be given up.

    Attributes
    ----------
    kind : {"minimum", "room", "lock", "tie"}
    words : str
    part : sparse array, shape (rows, pairs of household and place)
        What it adds up, and `low` and `high`, between which each row has to lie.
    place : int
        Whose minimum or room it is.
    """

    kind: str
    words: str
    part: sparse.csr_array
    low: float
    high: float
    place: int = NOWHERE


def _together(problem: Problem, wanted: Ints) -> Iterator[Conflict]:
    """Find conflicts one after the other, each time without the minimums of those before."""
    household, position = np.nonzero(_allowed(problem, wanted))
    rules = [
        *_place_rules(problem, household, wanted[position], wanted),
        *_lock_rules(problem, household, wanted[position]),
        *_tie_rules(problem, household, wanted[position]),
    ]
    question = _Question(problem.shape[0], household, rules)
    while few := smallest_set(question.holds, rules):
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


class _Question:
    """Asks HiGHS whether some rules can hold together; the rows of the others bind nothing."""

    def __init__(self, households: int, household: Ints, rules: Sequence[Rule]) -> None:
        pairs = household.size
        once = sparse.csr_array((np.ones(pairs), (household, np.arange(pairs))), shape=(households, pairs))
        heights = [rule.part.shape[0] for rule in rules]
        ends = households + np.cumsum(heights, dtype=np.int64)
        self._rows = {
            rule: range(int(end) - height, int(end)) for rule, height, end in zip(rules, heights, ends, strict=True)
        }
        matrix = sparse.csr_array(sparse.vstack([once, *(rule.part for rule in rules)]))
        self._highs = _feasibility(matrix, households, whole=pairs <= WHOLE)

    def holds(self, rules: Sequence[Rule]) -> bool:
        """Say whether some rules can hold together; a search that is given up counts as yes."""
        asked = set(rules)
        for rule, rows in self._rows.items():
            span = (rule.low, rule.high) if rule in asked else (-np.inf, np.inf)
            for row in rows:
                self._highs.changeRowBounds(row, *span)
        self._highs.run()
        return self._highs.getModelStatus() not in IMPOSSIBLE


def _feasibility(matrix: sparse.csr_array, households: int, *, whole: bool) -> highspy.Highs:
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    unlimited = np.full(matrix.shape[0], np.inf)
    model.row_lower_ = -unlimited
    model.row_upper_ = np.where(np.arange(matrix.shape[0]) < households, 1.0, unlimited)
    model.col_lower_, model.col_upper_ = np.zeros(matrix.shape[1]), np.ones(matrix.shape[1])
    model.col_cost_ = np.zeros(matrix.shape[1])
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * matrix.shape[1]
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    # A limit of nodes and not of time, so that the same problem has the same answer.
    for name, value in (("output_flag", False), ("mip_max_nodes", NODES)):
        solver.setOptionValue(name, value)
    solver.passModel(model)
    return solver


def smallest_set(holds: Callable[[Sequence[Rule]], bool], rules: Sequence[Rule]) -> list[Rule]:
    """Find rules that cannot hold together while any of them less can; the fewest, where there are not many to try.

    Returns an empty list where all can hold.
    """
    if holds(rules):
        return []
    found = _irreducible(holds, [], list(rules), added=False)
    many = 1
    while many < len(found) and sum(comb(len(rules), size) for size in range(1, many + 1)) <= TRIED:
        for few in combinations(rules, many):
            if any(rule.kind == "minimum" for rule in few) and not holds(few):
                return list(few)
        many += 1
    return found


def _irreducible(
    holds: Callable[[Sequence[Rule]], bool], kept: list[Rule], rules: list[Rule], *, added: bool
) -> list[Rule]:
    """Reduce `rules` to those that conflict with `kept` and of which none is too many; `added`: `kept` just grew."""
    if added and not holds(kept):
        return []
    if len(rules) == 1:
        return rules
    half = len(rules) // 2
    first, second = rules[:half], rules[half:]
    of_second = _irreducible(holds, [*kept, *first], second, added=True)
    of_first = _irreducible(holds, [*kept, *of_second], first, added=bool(of_second))
    return [*of_first, *of_second]


# Words


def _minimum(problem: Problem, place: int) -> str:
    what = problem.dimensions[problem.person_dimension]
    return f"{problem.places[place]} has to get at least {problem.minimum[place]} {what}."


def _room(problem: Problem, place: int, dimension: int) -> str:
    return f"{problem.places[place]} has room for {problem.capacity[place, dimension]} {problem.dimensions[dimension]}."


def _short_of_households(problem: Problem, places: list[int], who: Ints, others: tuple[str, ...]) -> Conflict:
    """Word a conflict: the minimums, the other rules, and who there is to reach them."""
    what = problem.dimensions[problem.person_dimension]
    supply, need = int(problem.persons[who].sum()), int(problem.minimum[places].sum())
    where = "there" if len(places) == 1 else "to any of them"
    listed = names(problem, who[:SHOWN])
    more = f" and {who.size - SHOWN} more" if who.size > SHOWN else ""
    if not who.size:
        may = f"No household may go {where}."
    elif supply < need:
        subject = "household" if who.size == 1 else "households"
        may = f"Only {subject} {', '.join(listed)}{more} ({supply} {what}) may go {where}."
    else:
        sized = [f"{name} ({problem.persons[one]})" for name, one in zip(listed, who, strict=False)]
        may = f"Those who may go {where} are {', '.join(sized)}{more}, and no choice among them keeps all of this."
    return Conflict(
        kind="minimums_above_supply",
        rules=(*(_minimum(problem, place) for place in places), *others, may),
        households=names(problem, who),
        places=tuple(problem.places[place] for place in places),
        todo="Lower a minimum, allow more households, or give up one of the other rules.",
    )
