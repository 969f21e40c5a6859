"""POT as a peer: exact transport and Sinkhorn. Persons are the mass; in one dimension that is the linear programme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.place.alone import Prepared
from benchmarks.place.instances import Arrays, opened
from benchmarks.place.lp import price_bound

FORBIDDEN = 10.0
"""The cost of what is forbidden: more than any chain of moves around it."""
ENTROPY = 5e-3
STEPS = 100_000_000


def emd(folder: str) -> Prepared:
    import ot

    arrays = opened(Path(folder))
    persons, room, cost = _problem(arrays)

    def run() -> Any:
        return ot.emd(persons, room, cost, numItermax=STEPS, log=True, check_marginals=False)

    def tell(result: Any) -> dict[str, Any]:
        plan, log = result
        prices = np.maximum(log["v"].max() - log["v"], 0.0)
        return {**_answer(arrays, plan), "bound": _bound(arrays, prices), "finished": log["warning"] is None}

    return Prepared(run, tell)


def sinkhorn(folder: str) -> Prepared:
    """With little entropy, on the log scale; its plan divides everybody, and its value is below the optimum."""
    import ot

    arrays = opened(Path(folder))
    persons, room, cost = _problem(arrays)
    asked = {"method": "sinkhorn_log", "stopThr": 1e-4, "numItermax": 1_000, "warn": False}

    def run() -> Any:
        return ot.sinkhorn(persons, room, cost, ENTROPY, log=True, **asked)

    def tell(result: Any) -> dict[str, Any]:
        plan, log = result
        prices = np.maximum(log["log_v"].max() - log["log_v"], 0.0) * ENTROPY
        return {**_answer(arrays, plan), "bound": _bound(arrays, prices), "finished": bool(log["err"][-1] <= 1e-4)}

    return Prepared(run, tell)


def _problem(arrays: Arrays) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Persons of households and of one more that takes what room is left over; room; the cost of a person."""
    assert arrays.scores is not None
    persons = arrays.persons.astype(np.float64)
    room = arrays.capacity[:, 0].astype(np.float64)
    gain = arrays.scores / persons[:, None]
    cost = np.where(np.asarray(arrays.allowed), -gain, FORBIDDEN)
    over = room.sum() - persons.sum()
    return np.append(persons, over), room, np.vstack([cost, np.zeros(room.size)])


def _answer(arrays: Arrays, plan: NDArray[np.float64]) -> dict[str, Any]:
    moved = plan[:-1]
    persons = arrays.persons.astype(np.float64)[:, None]
    allowed = np.asarray(arrays.allowed)
    assert arrays.scores is not None
    value = float((moved / persons * np.where(allowed, arrays.scores, 0.0)).sum())
    divided = int(((moved > 1e-6) & (moved < persons - 1e-6)).any(axis=1).sum())
    amiss = np.abs(plan.sum(axis=0) - arrays.capacity[:, 0]).max()
    return {"value": value, "divided": divided, "amiss": float(max(amiss, moved[~allowed].sum()))}


def _bound(arrays: Arrays, prices: NDArray[np.float64]) -> float:
    return price_bound(arrays, prices[:, None])
