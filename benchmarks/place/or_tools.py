"""OR-tools as a peer: PDLP and GLOP, and min-cost flow. Cannot be loaded beside HiGHS, which nothing here loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.place.alone import Prepared
from benchmarks.place.instances import opened
from benchmarks.place.lp import answer, lp_of, pairs_of

COST_UNIT = 1e-7
"""The flow's costs are whole: a person's gain is counted in these."""


def pdlp(folder: str, gap: str) -> Prepared:
    from ortools.pdlp import solve_log_pb2, solvers_pb2
    from ortools.pdlp.python import pdlp as solver

    arrays = opened(Path(folder))
    lp = lp_of(arrays)
    programme = solver.QuadraticProgram()
    programme.resize_and_initialize(lp.gain.size, lp.low.size)
    programme.objective_vector = -lp.gain
    programme.constraint_matrix = sparse.csc_matrix(lp.matrix)
    programme.constraint_lower_bounds, programme.constraint_upper_bounds = lp.low, lp.high
    programme.variable_lower_bounds = np.zeros(lp.gain.size)
    programme.variable_upper_bounds = np.ones(lp.gain.size)
    asked = solvers_pb2.PrimalDualHybridGradientParams()
    criteria = asked.termination_criteria.simple_optimality_criteria
    criteria.eps_optimal_relative = criteria.eps_optimal_absolute = float(gap)
    asked.num_threads = 2

    def tell(result: Any) -> dict[str, Any]:
        told = answer(arrays, lp, result.primal_solution, result.dual_solution)
        reason = solve_log_pb2.TerminationReason.Name(result.solve_log.termination_reason)
        return {**told, "finished": reason == "TERMINATION_REASON_OPTIMAL"}

    return Prepared(lambda: solver.primal_dual_hybrid_gradient(programme, asked), tell)


def glop(folder: str) -> Prepared:
    from ortools.linear_solver.python import model_builder_helper as builder

    arrays = opened(Path(folder))
    lp = lp_of(arrays)
    model = builder.ModelBuilderHelper()
    columns = lp.gain.size
    rows = sparse.csr_matrix(lp.matrix)
    model.fill_model_from_sparse_data(np.zeros(columns), np.ones(columns), lp.gain, lp.low, lp.high, rows)
    model.set_maximize(True)

    def run() -> Any:
        solver = builder.ModelSolverHelper("glop")
        solver.solve(model)
        return solver

    def tell(solver: Any) -> dict[str, Any]:
        told = answer(arrays, lp, solver.variable_values(), solver.dual_values())
        return {**told, "finished": str(solver.status()).endswith("OPTIMAL")}

    return Prepared(run, tell)


def flow(folder: str) -> Prepared:
    """Persons flow from households to places: the linear programme in one dimension, whole where all are single."""
    from ortools.graph.python import min_cost_flow

    arrays = opened(Path(folder))
    assert arrays.scores is not None
    household, place = pairs_of(arrays)
    persons = arrays.persons
    a_person = arrays.scores[household, place].astype(np.float64) / persons[household]
    cost = -np.rint(a_person / COST_UNIT).astype(np.int64)
    households, places = arrays.scores.shape
    sink = households + places
    tails = np.concatenate([household, households + np.arange(places)])
    heads = np.concatenate([households + place, np.full(places, sink)])
    most = np.concatenate([persons[household], arrays.capacity[:, 0]])
    costs = np.concatenate([cost, np.zeros(places, np.int64)])

    def run() -> Any:
        network = min_cost_flow.SimpleMinCostFlow()
        network.add_arcs_with_capacity_and_unit_cost(tails, heads, most, costs)
        network.set_nodes_supplies(np.arange(households), persons)
        network.set_node_supply(sink, -int(persons.sum()))
        return network, network.solve()

    def tell(result: tuple[Any, Any]) -> dict[str, Any]:
        network, status = result
        moved = np.asarray(network.flows(np.arange(household.size)), np.float64)
        value = float(a_person @ moved)
        divided = np.unique(household[(moved > 0) & (moved < persons[household])]).size
        rounding = COST_UNIT * float(persons.sum())
        finished = status == network.OPTIMAL
        return {"value": value, "divided": int(divided), "amiss": 0.0, "bound": value + rounding, "finished": finished}

    return Prepared(run, tell)
