"""The placement problem as an integer programme, solved by HiGHS."""

from __future__ import annotations

import time

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fodfaeste.place.plan import Certificate, Plan, relative_gap
from fodfaeste.place.problem import NOWHERE, Goal, Problem
from fodfaeste.place.scores import block
from fodfaeste.place.units import units_of


def solve_exactly(problem: Problem, goal: Goal, *, gap: float = 0.0, seed: int = 0) -> Plan:
    """Solve as one integer programme; see `place.solve`."""
    began = time.perf_counter()
    units = units_of(problem, goal)
    many, places = units.shape
    persons = units.persons
    values = np.asarray(block(units.scores, slice(0, many)), np.float64)
    unit, place = np.nonzero(units.may(slice(0, many)))
    penalty = _penalty(values[unit, place], goal)
    gain = values[unit, place] + penalty * persons[unit]
    columns = unit.size
    rows = [sparse.csr_array((np.ones(columns), (unit, np.arange(columns))), shape=(many, columns))]
    low, high = [np.full(many, -np.inf)], [np.ones(many)]
    for dimension in range(units.sizes.shape[1]):
        taken = sparse.csr_array((units.sizes[unit, dimension], (place, np.arange(columns))), shape=(places, columns))
        rows.append(taken)
        least = units.minimum if dimension == units.person_dimension else np.full(places, -np.inf)
        low.append(np.where(least > 0, least, -np.inf))
        high.append(units.capacity[:, dimension].astype(float))
    matrix = sparse.vstack(rows, format="csr")
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.sense_ = highspy.ObjSense.kMaximize
    model.row_lower_, model.row_upper_ = np.concatenate(low), np.concatenate(high)
    model.col_lower_, model.col_upper_ = np.zeros(columns), np.ones(columns)
    model.col_cost_ = gain
    model.integrality_ = [highspy.HighsVarType.kInteger] * columns
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("random_seed", seed), ("mip_rel_gap", gap)):
        solver.setOptionValue(name, value)
    solver.passModel(model)
    solver.run()
    chosen = np.asarray(solver.getSolution().col_value) > 0.5
    unit_place = np.full(many, NOWHERE)
    unit_place[unit[chosen]] = place[chosen]
    where = units.spread(unit_place)
    value = units.value(where)
    placed = int(problem.persons[where != NOWHERE].sum())
    certificate = Certificate(
        value=value,
        objective=value,
        bound=value,
        gap=relative_gap(value, value),
        prices=np.zeros(units.capacity.shape),
        unplaced_price=penalty,
        persons=int(problem.persons.sum()),
        persons_placed=placed,
        persons_bound=placed,
        proof="search",
        stopped="optimal",
        method="exact",
        seconds=time.perf_counter() - began,
        reads=1.0,
        seed=seed,
    )
    return Plan(problem, goal, where, units.reasons(where), certificate)


def _penalty(values: NDArray[np.float64], goal: Goal) -> float:
    if goal.unplaced != "first":
        return float(goal.unplaced)
    spread = float(values.max(initial=0.0) - values.min(initial=0.0))
    return 2.0 * spread * 1.0 + 1.0
