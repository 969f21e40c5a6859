"""Which named rules cannot hold together, and the fewest of them.

Whether rules can hold together is asked of HiGHS as a feasibility problem; which of them cannot is found by divide and
conquer over the rules (Junker 2004, QUICKXPLAIN): without any one of the set that comes out the rest can hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import highspy
import numpy as np
from scipy import sparse

from fodfaeste.place.problem import NOWHERE, Ints

NODES = 200
TRIED = 300
"""How many smaller sets are tried."""
IMPOSSIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


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


class Question:
    """Asks HiGHS whether some rules can hold together; the rows of the others bind nothing.

    Parameters
    ----------
    households : int
    household : ndarray of int64, shape (pairs,)
        The household of each pair of household and place; each is at one place at most.
    rules : sequence of Rule
    whole : bool
        Whether households are indivisible. If not, what cannot hold cannot hold for indivisible ones either.
    """

    def __init__(self, households: int, household: Ints, rules: Sequence[Rule], *, whole: bool) -> None:
        pairs = household.size
        once = sparse.csr_array((np.ones(pairs), (household, np.arange(pairs))), shape=(households, pairs))
        heights = [rule.part.shape[0] for rule in rules]
        ends = households + np.cumsum(heights, dtype=np.int64)
        self._rows = {
            rule: range(int(end) - height, int(end)) for rule, height, end in zip(rules, heights, ends, strict=True)
        }
        matrix = sparse.csr_array(sparse.vstack([once, *(rule.part for rule in rules)]))
        self._highs = _feasibility(matrix, households, whole=whole)

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


def smallest_set(holds: Callable[[Sequence[Rule]], bool], rules: Sequence[Rule], *, few: bool = True) -> list[Rule]:
    """Find rules that cannot hold together while any of them less can; none where all can hold.

    Parameters
    ----------
    holds : function of rules
        Whether they can hold together.
    few : bool
        Whether the fewest such rules are looked for, where there are not many sets to try.
    """
    if holds(rules):
        return []
    found = _irreducible(holds, [], list(rules), added=False)
    many = 1
    while few and many < len(found) and sum(comb(len(rules), size) for size in range(1, many + 1)) <= TRIED:
        for tried in combinations(rules, many):
            if any(rule.kind == "minimum" for rule in tried) and not holds(tried):
                return list(tried)
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
