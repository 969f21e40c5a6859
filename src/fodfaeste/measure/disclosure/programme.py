"""Linear and integer programmes over the cells of linked tables, solved by HiGHS."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fodfaeste.errors import BadInput, Problem, Refused
from fodfaeste.measure.disclosure.printed import Array

NOISE = 1e-6
"""How far a solver's figure may lie from the whole number that it stands for."""

NODES = 5000
"""How many nodes an integer programme may branch into."""


class Infeasible(Exception):
    """No point meets all constraints."""


class Unfinished(Refused):
    """The search was stopped before its end."""

    def __init__(self) -> None:
        super().__init__(
            f"The answer was not found in {NODES} branches of the integer programme. Give fewer linked tables together."
        )


class Programme:
    """One HiGHS model whose costs and limits change between solutions, so that each starts from the last.

    Parameters
    ----------
    rows : sparse array, shape (constraints, columns)
    low, high : ndarray
        Limits of the rows.
    lower, upper : ndarray
        Limits of the columns.
    """

    def __init__(self, rows: sparse.csr_array, low: Array, high: Array, lower: Array, upper: Array) -> None:
        self.columns = rows.shape[1]
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = rows.shape
        model.row_lower_, model.row_upper_ = low, high
        model.col_lower_, model.col_upper_ = lower, upper
        model.col_cost_ = np.zeros(self.columns)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 1),
            ("mip_rel_gap", 0.0),
            # A limit in nodes, not in seconds: two runs give the same answer.
            ("mip_max_nodes", NODES),
            # Mostly costs change between solutions: the last vertex stays feasible, and the primal simplex goes on.
            ("simplex_strategy", 4),
            ("presolve", "off"),
        ):
            self.solver.setOptionValue(option, value)
        self.solver.passModel(model)

    def limit(self, column: int, lower: float, upper: float) -> None:
        """Change the limits of a column."""
        self.solver.changeColBounds(column, lower, upper)

    def cost(self, column: int, cost: float) -> None:
        """Change the cost of a column."""
        self.solver.changeColCost(column, cost)

    def require(self, columns: NDArray[np.int64], values: Array, least: float) -> None:
        """Add a row: the columns times the values are `least` or more."""
        self.solver.addRow(least, np.inf, len(columns), columns.astype(np.int32), values)

    def coefficient(self, row: int, column: int, value: float) -> None:
        """Change one coefficient."""
        self.solver.changeCoeff(row, column, value)

    def solve(self, *, integers: bool = False, maximise: bool = False) -> tuple[float, Array] | None:
        """Give the best value and a point that has it; `None` where it grows without limit.

        With `integers` the columns are whole: the linear programme goes first, and often its vertex is whole already.

        Raises
        ------
        Infeasible
            If no point meets all constraints.
        Unfinished
            If the integer programme has too many nodes.
        """
        sense = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
        self.solver.changeObjectiveSense(sense)
        found = self._run()
        if found is None or not integers or _whole(found[1]):
            return found
        self._switch(highspy.HighsVarType.kInteger, "choose")
        try:
            return self._run()
        finally:
            self._switch(highspy.HighsVarType.kContinuous, "off")

    def prices(self) -> Array:
        """Give the reduced cost of each column at the last vertex."""
        return np.asarray(self.solver.getSolution().col_dual)

    def _run(self) -> tuple[float, Array] | None:
        self.solver.run()
        status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kUnknown:
            # From a vertex that is no longer feasible the primal simplex may lose its way: start afresh.
            self.solver.clearSolver()
            self.solver.run()
            status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return self.solver.getInfo().objective_function_value, np.asarray(self.solver.getSolution().col_value)
        if status == highspy.HighsModelStatus.kUnbounded:
            return None
        if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
            raise Infeasible
        raise Unfinished

    def _switch(self, kind: highspy.HighsVarType, presolve: str) -> None:
        self.solver.setOptionValue("presolve", presolve)
        every = np.arange(self.columns, dtype=np.int32)
        self.solver.changeColsIntegrality(self.columns, every, np.full(self.columns, kind))


def _whole(point: Array) -> bool:
    return bool(np.all(np.abs(point - np.round(point)) < NOISE))


class Attacker:
    """Somebody who knows all printed cells and sums, and that nobody counts below 0.

    Attributes
    ----------
    known : ndarray of float, shape (cells,)
        NaN where the cell is not known.
    """

    def __init__(self, sums: sparse.csr_array, known: Array) -> None:
        self.known = known.copy()
        unknown = np.isnan(known)
        zero = np.zeros(sums.shape[0])
        lower, upper = np.where(unknown, 0.0, known), np.where(unknown, np.inf, known)
        self.programme = Programme(sums, zero, zero, lower, upper)

    def learn(self, cell: int, value: float) -> None:
        """Print a cell; NaN suppresses it."""
        self.known[cell] = value
        hidden = np.isnan(value)
        self.programme.limit(cell, 0.0 if hidden else value, np.inf if hidden else value)

    def interval(self, cell: int) -> tuple[float, float, Array, Array]:
        """Give the least and the greatest count that a suppressed cell can have, and the tables in which it has them.

        Counts are whole: where a vertex of the linear programme is not, the integer programme decides. Where a count
        has no limit there is no such table, and its cells are NaN.

        Raises
        ------
        BadInput
            If no counts agree with what is known.
        """
        unlimited = np.inf, np.full(len(self.known), np.nan)
        self.programme.cost(cell, 1.0)
        low, at_low = self._solve() or unlimited
        high, at_high = self._solve(maximise=True) or unlimited
        self.programme.cost(cell, 0.0)
        return float(np.round(low)), float(np.round(high)), at_low, at_high

    def check(self) -> None:
        """Make sure that some counts agree with what is known.

        Raises
        ------
        BadInput
            If none do.
        """
        self._solve()

    def _solve(self, *, maximise: bool = False) -> tuple[float, Array] | None:
        try:
            return self.programme.solve(integers=True, maximise=maximise)
        except Infeasible:
            raise BadInput(
                Problem(
                    "figures that contradict each other",
                    "cells that add to their totals",
                    "Check for misprints, and that suppressed cells are rows with an empty count.",
                )
            ) from None

    def apart(self, cell: int, need: float) -> bool:
        """Say whether the greatest and the least possible count lie `need` or more apart."""
        low, high, _, _ = self.interval(cell)
        return high - low >= need

    def gains(self, cell: int, true: Array) -> Array:
        """Bound how much wider a cell's interval gets by suppressing each other cell, from the prices at both ends.

        The interval is at most as wide as the gains of all suppressed cells together, whichever cells they are
        (duality; Fischetti, Salazar 2001). It must have limits.
        """
        self.programme.cost(cell, 1.0)
        total = np.zeros_like(true)
        for maximise in (True, False):
            self.programme.solve(maximise=maximise)
            price = self.programme.prices() if maximise else -self.programme.prices()
            price[np.abs(price) < NOISE] = 0.0
            total += np.where(price > 0, np.inf, -price * true)
        self.programme.cost(cell, 0.0)
        return total
