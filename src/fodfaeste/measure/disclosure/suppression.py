"""Which further cells to suppress, so that small counts cannot be found by subtraction.

A small cell is protected when two tables agree with all that is printed and differ in it by as much as is needed; such
a pair of tables is its witness. A heuristic finds cheap witnesses one small cell at a time, then tries again knowing
the others, then prints again what no witness needs. On small problems branch and cut finds the optimum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from fodfaeste.measure.disclosure.printed import Array, Flags
from fodfaeste.measure.disclosure.programme import NOISE, Attacker, Programme, Unfinished

ROUNDS = 5
"""How often all witnesses are sought anew; later rounds seldom gain anything."""
CHOICES = 100
"""How often the optimum is sought anew before the heuristic takes over."""


@dataclass(frozen=True, eq=False)
class Problem:
    """What has to be hidden, what may be, and at what cost.

    Attributes
    ----------
    sums : sparse array, shape (relations, cells)
    true : ndarray of float, shape (cells,)
        All counts.
    small : ndarray of bool
        Cells that must be suppressed and protected.
    candidates : ndarray of bool
        Cells that may be suppressed for it.
    unprinted : ndarray of bool
        Cells that no table prints.
    cost : ndarray of float
        Whole numbers above 0.
    need : int
        How far the greatest and the least possible count of a small cell must lie apart.
    hidden : ndarray of bool
        Cells that are suppressed already, whatever is chosen; none of them is a candidate.
    """

    sums: sparse.csr_array
    true: Array
    small: Flags
    candidates: Flags
    unprinted: Flags
    cost: Array
    need: int
    hidden: Flags

    def total_cost(self, suppressed: Flags) -> float:
        """Add the costs of what is suppressed beyond the small cells."""
        return float(self.cost[suppressed & self.candidates].sum())

    def attacker(self, suppressed: Flags) -> Attacker:
        """Print all but the suppressed cells."""
        return Attacker(self.sums, np.where(suppressed | self.unprinted | self.hidden, np.nan, self.true))


@dataclass(frozen=True, eq=False)
class Pattern:
    """Suppressed cells, and the least that any protecting pattern costs."""

    suppressed: Flags
    cost: float
    bound: float


def suppress(problem: Problem, exact_up_to: int) -> Pattern:
    """Choose the cells to suppress.

    There always is a choice: where all counts above 0 are suppressed, any multiple of the true tables fits as well.
    """
    if not problem.small.any():
        return Pattern(problem.small.copy(), 0.0, 0.0)
    master = _Master(problem)
    if problem.candidates.sum() <= exact_up_to and (found := _optimum(problem, master)) is not None:
        return Pattern(found, problem.total_cost(found), problem.total_cost(found))
    pattern = _Witnesses(problem).pattern()
    return Pattern(pattern, problem.total_cost(pattern), master.bound())


# The heuristic


@dataclass(eq=False)
class _Witnesses:
    """For each small cell two tables, as deviations from the true one, and the cells in which these differ."""

    problem: Problem
    touched: dict[int, Flags] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem = self.problem
        cells = len(problem.true)
        # Four columns a cell: up and down in the first table, up and down in the second.
        both = sparse.block_diag([sparse.hstack([problem.sums, -problem.sums])] * 2)
        apart = sparse.csr_array((1, 4 * cells))
        movable = problem.small | problem.candidates | problem.unprinted | problem.hidden
        most = np.where(movable, np.inf, 0.0)
        down = np.where(problem.unprinted, np.inf, np.where(movable, problem.true, 0.0))
        low = np.zeros(both.shape[0] + 1)
        high = low.copy()
        low[-1], high[-1] = problem.need, np.inf
        rows = sparse.csr_array(sparse.vstack([both, apart]))
        self.apart = both.shape[0]
        self.cells = cells
        self.programme = Programme(rows, low, high, np.zeros(4 * cells), np.concatenate([most, down, most, down]))
        self.free = ~problem.candidates
        for cell in range(cells):
            self._charge(cell)

    def _charge(self, cell: int) -> None:
        # What is suppressed anyway costs almost nothing, so that a witness still takes a short way through it.
        cost = 0.0 if self.problem.unprinted[cell] else 1e-3 if self.free[cell] else self.problem.cost[cell]
        for block in range(4):
            self.programme.cost(block * self.cells + cell, cost)

    def _set_free(self, free: Flags) -> None:
        for cell in np.flatnonzero(free != self.free):
            self.free[cell] = free[cell]
            self._charge(int(cell))

    def _seek(self, cell: int) -> Flags:
        for block, sign in enumerate((1.0, -1.0, -1.0, 1.0)):
            self.programme.coefficient(self.apart, block * self.cells + cell, sign)
        found = self.programme.solve(integers=True)
        for block in range(4):
            self.programme.coefficient(self.apart, block * self.cells + cell, 0.0)
        assert found is not None  # costs are not negative, so the least cost has a limit
        return np.asarray((np.abs(found[1]) > NOISE).reshape(4, self.cells).any(axis=0))

    def _suppressed(self, without: int | None = None) -> Flags:
        used = self.problem.small.copy()
        for cell, touched in self.touched.items():
            if cell != without:
                used |= touched & self.problem.candidates
        return used

    def pattern(self) -> Flags:
        small = [int(cell) for cell in np.flatnonzero(self.problem.small)]
        best, touched = np.inf, self.touched
        for _round in range(ROUNDS):
            for cell in small:
                self._set_free(self._suppressed(without=cell) | ~self.problem.candidates)
                self.touched[cell] = self._seek(cell)
            cost = self.problem.total_cost(self._suppressed())
            if cost >= best:
                break
            best, touched = cost, dict(self.touched)
        self.touched = touched
        return self._printed_again(self._suppressed())

    def _length(self, small: int) -> int:
        return int(self.touched[small].sum())

    def _printed_again(self, suppressed: Flags) -> Flags:
        problem, attacker = self.problem, self.problem.attacker(suppressed)
        extra = np.flatnonzero(suppressed & problem.candidates)
        for cell in extra[np.argsort(-problem.cost[extra], kind="stable")]:
            attacker.learn(int(cell), problem.true[cell])
            # Small cells with few ways out first: if one needs this cell, the others need not be asked.
            relying = sorted((small for small, way in self.touched.items() if way[cell]), key=self._length)
            found = _witnessed(attacker, relying, problem)
            if found is None:
                attacker.learn(int(cell), np.nan)
            else:
                self.touched.update(found)
        return np.isnan(attacker.known) & ~problem.unprinted


def _witnessed(attacker: Attacker, cells: Iterable[int], problem: Problem) -> dict[int, Flags] | None:
    found = {}
    for cell in cells:
        low, high, at_low, at_high = attacker.interval(cell)
        if high - low < problem.need:
            return None
        # Written so that NaN counts as moved: without a limit there is no table to compare, and every cell may matter.
        still = (np.abs(at_low - problem.true) <= NOISE) & (np.abs(at_high - problem.true) <= NOISE)
        found[cell] = ~still & np.isnan(attacker.known)
    return found


# The optimum


class _Master:
    """Chooses cells by what is known to be necessary so far."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        gone = problem.unprinted | problem.hidden
        chosen = (problem.small | gone).astype(np.float64)
        rows: list[int] = []
        columns: list[int] = []
        signs: list[float] = []
        least: list[float] = []
        for line in np.split(problem.sums.indices, problem.sums.indptr[1:-1]):
            small, maybe = line[problem.small[line]], np.sort(line[problem.candidates[line]])
            if gone[line].any() or len(small) > 1:
                continue
            # One suppressed cell alone in its sum is found by subtraction: beside a small one another must go, and a
            # candidate goes only together with another.
            for cell in [-1] if len(small) else maybe:
                others = maybe[maybe != cell]
                own = [] if len(small) else [cell]
                rows += [len(least)] * (len(others) + len(own))
                columns += [*others, *own]
                signs += [1.0] * len(others) + [-1.0] * len(own)
                least.append(float(len(small)))
        shape = (len(least), len(problem.true))
        self.programme = Programme(
            sparse.csr_array((signs, (rows, columns)), shape=shape),
            np.array(least),
            np.full(len(least), np.inf),
            chosen,
            np.maximum(chosen, problem.candidates.astype(np.float64)),
        )
        for cell in np.flatnonzero(problem.candidates):
            self.programme.cost(int(cell), float(problem.cost[cell]))

    def bound(self) -> float:
        """Give the least cost that is possible as far as is known, from the linear programme."""
        found = self.programme.solve()
        assert found is not None  # the costs are not negative
        return float(np.ceil(found[0] - NOISE))

    def choose(self) -> Flags:
        """Give the cheapest cells that are possible as far as is known."""
        found = self.programme.solve(integers=True)
        assert found is not None  # the costs are not negative
        return (found[1] > 0.5) & self.problem.candidates

    def learn(self, gains: Array, suppressed: Flags) -> None:
        """Rule out a choice that leaves a small cell too narrow, with all others that do for the same reason."""
        candidates = self.problem.candidates
        gone = self.problem.small | self.problem.unprinted | self.problem.hidden
        missing = self.problem.need - gains[gone].sum()
        # Priced as if counts were not whole, the cell may seem wide enough; then all that is known is: more is needed.
        weight = np.minimum(gains, missing) if missing > NOISE else (~suppressed).astype(np.float64)
        columns = np.flatnonzero(candidates & (weight > 0))
        self.programme.require(columns, weight[columns], missing if missing > NOISE else 1.0)


def _optimum(problem: Problem, master: _Master) -> Flags | None:
    """Choose, attack, learn what was missing, choose again (Fischetti, Salazar 2001); `None` if it takes too long."""
    for _choice in range(CHOICES):
        try:
            suppressed = problem.small | master.choose()
        except Unfinished:
            return None
        attacker = problem.attacker(suppressed)
        small = [int(cell) for cell in np.flatnonzero(problem.small)]
        narrow = [cell for cell in small if not attacker.apart(cell, problem.need)]
        if not narrow:
            return suppressed
        for cell in narrow:
            master.learn(attacker.gains(cell, problem.true), suppressed)
    return None
