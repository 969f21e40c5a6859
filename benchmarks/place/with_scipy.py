"""SciPy as a peer: its MIP, and linear assignment with places repeated by their room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.place.alone import Prepared
from benchmarks.place.highs import MIP_SECONDS
from benchmarks.place.instances import opened
from benchmarks.place.lp import answer, lp_of

NEVER = -1e3
"""The score of what is forbidden, as assignment has no other way to say it."""


def milp(folder: str, gap: str) -> Prepared:
    from scipy import optimize

    arrays = opened(Path(folder))
    lp = lp_of(arrays)
    rows = optimize.LinearConstraint(lp.matrix, lp.low, lp.high)
    asked = {"mip_rel_gap": float(gap), "time_limit": MIP_SECONDS}

    def run() -> Any:
        whole = np.ones(lp.gain.size)
        return optimize.milp(-lp.gain, integrality=whole, bounds=optimize.Bounds(0, 1), constraints=rows, options=asked)

    def tell(result: Any) -> dict[str, Any]:
        finished = result.status == 0
        bound = None if result.mip_dual_bound is None else -result.mip_dual_bound
        if result.x is None:
            return {"bound": bound, "gap": None, "finished": finished}
        told = answer(arrays, lp, result.x, None)
        return {**told, "bound": bound, "gap": result.mip_gap, "finished": finished}

    return Prepared(run, tell)


def assignment(folder: str) -> Prepared:
    """Households of one person to places repeated as often as they have room."""
    from scipy.optimize import linear_sum_assignment

    arrays = opened(Path(folder))
    assert arrays.scores is not None
    scores = np.where(np.asarray(arrays.allowed), arrays.scores, np.float32(NEVER))
    room = np.repeat(np.arange(arrays.capacity.shape[0]), arrays.capacity[:, 0])
    wide = scores[:, room]

    def tell(result: Any) -> dict[str, Any]:
        household, slot = result
        value = float(scores[household, room[slot]].sum(dtype=np.float64))
        return {"value": value, "divided": 0, "amiss": 0.0, "bound": value, "finished": True}

    return Prepared(lambda: linear_sum_assignment(wide, maximize=True), tell)
