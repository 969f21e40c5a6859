"""The best week by HiGHS, and which rules can hold together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import highspy
import numpy as np
from numpy.typing import NDArray

from fodfaeste.plan.week.constraints import Columns, Rows, Terms, rows_of
from fodfaeste.plan.week.day_plans import DayPlan
from fodfaeste.plan.week.request import WeekRequest
from fodfaeste.plan.week.rules import Rule

TOGETHER = 12
"""For how many candidates a tie is decided at once: their weights, powers of two, stay far from the solver's noise."""

POSSIBLE = highspy.HighsModelStatus.kOptimal
IMPOSSIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


class WeekProgramme:
    """All weeks that can be chosen for a request, in one HiGHS model.

    Parameters
    ----------
    request : WeekRequest
    plans : sequence of DayPlan
    rules : sequence of Rule
        Those of the request; `kept` speaks of them by position.
    """

    def __init__(self, request: WeekRequest, plans: Sequence[DayPlan], rules: Sequence[Rule]) -> None:
        self._request, self._plans = request, plans
        self._columns = Columns(plans, rules)
        self._highs = _loaded(rows_of(request, plans, rules, self._columns), self._columns.many)

    def best(self) -> tuple[int, ...] | None:
        """Choose the best week that keeps all rules; give the positions of its candidates, or None if there is none.

        Among weeks of equal value that with the fewest minutes is chosen, then that which has the earlier activities.
        """
        self._let_go(())
        if not self._run(self._value()):
            return None
        before = self._highs.getNumRow()
        for terms in (self._minutes(), *self._earlier_first()):
            self._stay_as_good()
            self._run(terms)
        added = np.arange(before, self._highs.getNumRow(), dtype=np.int32)
        solution = self._solution()
        self._highs.deleteRows(added.size, added)
        return tuple(sorted(node for column, plan in enumerate(self._plans) if solution[column] for node in plan.taken))

    def kept(self, hard: Collection[int]) -> frozenset[int] | None:
        """Keep as many rules as can hold beside those at the positions `hard`; None if these cannot hold together."""
        switches = self._columns.switches
        self._let_go([position for position in range(len(switches)) if position not in hard])
        if not self._run(dict.fromkeys(switches, 1.0)):
            return None
        solution = self._solution()
        return frozenset(position for position, switch in enumerate(switches) if not solution[switch])

    def _value(self) -> Terms:
        """Minutes of travel and what counts as such, but for what is the same for every week."""
        extra = [self._request.extra(one) for one in self._request.candidates]
        values = (plan.travel + sum(extra[node] for node in plan.taken) for plan in self._plans)
        return {column: float(value) for column, value in enumerate(values)}

    def _minutes(self) -> Terms:
        return self._columns.together(
            {node: float(one.slot.minutes) for node, one in enumerate(self._request.candidates)}
        )

    def _earlier_first(self) -> Iterable[Terms]:
        nodes = range(len(self._request.candidates))
        for start in nodes[::TOGETHER]:
            some = nodes[start : start + TOGETHER]
            yield self._columns.together({node: -(2.0 ** (some[-1] - node)) for node in some})

    def _let_go(self, positions: Collection[int]) -> None:
        """Allow the rules at some positions to be given up, and no others."""
        for position, switch in enumerate(self._columns.switches):
            self._highs.changeColBounds(switch, 0, float(position in positions))

    def _run(self, cost: Terms) -> bool:
        """Look for the least cost; say whether there is anything to choose."""
        self._cost = np.zeros(self._columns.many)
        for column, value in cost.items():
            self._cost[column] = value
        self._highs.changeColsCost(self._cost.size, np.arange(self._cost.size, dtype=np.int32), self._cost)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status != POSSIBLE and status not in IMPOSSIBLE:
            raise RuntimeError(f"HiGHS ended a week with: {self._highs.modelStatusToString(status)}")
        return bool(status == POSSIBLE)

    def _stay_as_good(self) -> None:
        """From now on allow only weeks that are as good as the one just found."""
        there = np.flatnonzero(self._cost).astype(np.int32)
        best = round(float(self._cost @ self._solution()))
        self._highs.addRow(-np.inf, best, there.size, there, self._cost[there])

    def _solution(self) -> NDArray[np.float64]:
        return np.round(np.asarray(self._highs.getSolution().col_value))


def _loaded(rows: Rows, columns: int) -> highspy.Highs:
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = len(rows.terms), columns
    model.row_lower_, model.row_upper_ = np.array(rows.low), np.array(rows.high)
    model.col_lower_, model.col_upper_, model.col_cost_ = np.zeros(columns), np.ones(columns), np.zeros(columns)
    model.integrality_ = [highspy.HighsVarType.kInteger] * columns
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(terms) for terms in rows.terms)])
    model.a_matrix_.index_ = np.array([column for terms in rows.terms for column in terms])
    model.a_matrix_.value_ = np.array([value for terms in rows.terms for value in terms.values()])
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    # One thread, as everywhere in the package: HiGHS keeps one pool a process, and two runs give the same answer.
    for option, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0)):
        solver.setOptionValue(option, value)
    solver.passModel(model)
    return solver
