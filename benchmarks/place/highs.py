"""HiGHS as a peer: the linear programme by simplex, interior point and PDLP, the whole programme by its MIP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.place.alone import Prepared
from benchmarks.place.instances import opened
from benchmarks.place.lp import Lp, answer, lp_of

MIP_SECONDS = 90.0
"""After which the MIP says how far it is; with the model's making it stays within the limits."""


def simplex(folder: str) -> Prepared:
    return _linear(folder, solver="simplex")


def interior_point(folder: str) -> Prepared:
    return _linear(folder, solver="ipm", run_crossover="off")


def pdlp(folder: str, gap: str) -> Prepared:
    return _linear(folder, solver="pdlp", pdlp_optimality_tolerance=float(gap), kkt_tolerance=float(gap))


def mip(folder: str, gap: str) -> Prepared:
    arrays = opened(Path(folder))
    lp = lp_of(arrays)
    call = _solver(lp, whole=True, mip_rel_gap=float(gap), time_limit=MIP_SECONDS)

    def tell(solver: Any) -> dict[str, Any]:
        info = solver.getInfo()
        x = np.asarray(solver.getSolution().col_value)
        if not np.isfinite(info.mip_gap):
            return {"bound": info.mip_dual_bound, "gap": None, "finished": False}
        finished = _status(solver) == "kOptimal"
        return {**answer(arrays, lp, x, None), "bound": info.mip_dual_bound, "gap": info.mip_gap, "finished": finished}

    return Prepared(call, tell)


def _linear(folder: str, **options: object) -> Prepared:
    arrays = opened(Path(folder))
    lp = lp_of(arrays)

    def tell(solver: Any) -> dict[str, Any]:
        solution = solver.getSolution()
        told = answer(arrays, lp, np.asarray(solution.col_value), np.asarray(solution.row_dual))
        return {**told, "finished": _status(solver) == "kOptimal"}

    return Prepared(_solver(lp, **options), tell)


def _solver(lp: Lp, *, whole: bool = False, **options: object) -> Callable[[], Any]:
    """Hand the model over anew for each run, so that none starts from the last; handing over is a part of the run."""
    import highspy

    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = lp.matrix.shape
    model.sense_ = highspy.ObjSense.kMaximize
    model.row_lower_, model.row_upper_ = lp.low, lp.high
    model.col_lower_, model.col_upper_ = np.zeros(lp.gain.size), np.ones(lp.gain.size)
    model.col_cost_ = lp.gain
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * lp.gain.size
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = lp.matrix.indptr, lp.matrix.indices
    model.a_matrix_.value_ = lp.matrix.data

    def run() -> Any:
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in {"output_flag": False, **options}.items():
            solver.setOptionValue(name, value)
        solver.passModel(model)
        solver.run()
        return solver

    return run


def _status(solver: Any) -> str:
    return str(solver.getModelStatus()).rpartition(".")[2]
