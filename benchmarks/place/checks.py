"""What a plan is worth and whether it keeps the rules, worked out without the solver; and greedy, to compare with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.place.instances import Arrays
from benchmarks.place.lp import parts

NOWHERE = -1
TOLERANCE = 1e-6
"""Of a value; scores are float32."""

Answers = Mapping[str, Mapping[str, Any]]
"""Who answered what."""


def plan_facts(arrays: Arrays, place: NDArray[np.int64]) -> dict[str, Any]:
    """Give a plan's value, the persons placed, and by how much it breaks rooms and rules."""
    placed = np.flatnonzero(place != NOWHERE)
    used = np.zeros_like(arrays.capacity)
    np.add.at(used, place[placed], arrays.sizes[placed])
    forbidden = 0 if arrays.allowed is None else int((~arrays.allowed[placed, place[placed]]).sum())
    return {
        "value": value_of(arrays, placed, place[placed]),
        "placed": int(arrays.persons[placed].sum()),
        "persons": int(arrays.persons.sum()),
        "over_room": int(np.maximum(used - arrays.capacity, 0).sum()),
        "forbidden": forbidden,
    }


def value_of(arrays: Arrays, household: NDArray[np.int64], place: NDArray[np.int64]) -> float:
    """Add the scores of pairs up, in double precision."""
    if arrays.factors is not None:
        left, right = arrays.factors
        return float(np.einsum("ir,ir->", left[household], right[place], dtype=np.float64))
    assert arrays.scores is not None
    return float(arrays.scores[household, place].sum(dtype=np.float64))


def greedy(arrays: Arrays) -> NDArray[np.int64]:
    """Send one household after the other where it gains most of what is still open."""
    room = arrays.capacity.copy()
    place = np.full(arrays.sizes.shape[0], NOWHERE, np.int64)
    for rows, scores, allowed in parts(arrays):
        best = np.where(allowed, scores, -np.inf)
        for i in range(best.shape[0]):
            household = rows.start + i
            size = arrays.sizes[household]
            j = int(best[i].argmax())
            if (size > room[j]).any():
                open_to = np.where((size <= room).all(axis=1), best[i], -np.inf)
                j = int(open_to.argmax())
                if open_to[j] == -np.inf:
                    continue
            place[household] = j
            room[j] -= size
    return place


def faults_of(answers: Answers, ours: Sequence[str]) -> list[str]:
    """Say what cannot be true of the answers to one instance: ours against the rules, and against each peer's.

    A bound below a value that somebody reached is false, and so is a value above a bound that somebody proved.
    """
    found = []
    for who in ours:
        found += [f"{who}: {fault}" for fault in _own_faults(answers.get(who, {}))]
        found += [f"{who}: {fault}" for other in answers for fault in _disagreements(answers, who, other)]
    return found


def _own_faults(answer: Mapping[str, Any]) -> list[str]:
    told = {
        "over_room": "takes more room than there is",
        "forbidden": "sends somebody where it is forbidden",
        "below_greedy": "is worth less than greedy",
        "bound_off": "claims a bound that its prices do not prove",
        "value_off": "claims a value that its plan has not",
    }
    faults = [says for key, says in told.items() if answer.get(key)]
    return faults + (["gives two plans for one seed"] if answer.get("same") is False else [])


def _disagreements(answers: Answers, who: str, other: str) -> list[str]:
    mine, theirs = answers.get(who, {}), answers[other]
    if who == other or not mine or mine.get("placed") != mine.get("persons"):
        return []
    faults = []
    if _above(mine.get("value"), theirs.get("bound")):
        faults.append(f"value {mine['value']:.6f} above the bound {theirs['bound']:.6f} of {other}")
    # A linear programme's optimum is a bound on plans and no plan itself; prices bound it too, a search tree does not.
    exact = theirs.get("finished") and theirs.get("amiss", 1.0) <= TOLERANCE
    whole = theirs.get("divided") == 0
    if exact and (whole or mine.get("proof") == "prices") and _above(theirs.get("value"), mine.get("bound")):
        faults.append(f"bound {mine['bound']:.6f} below the value {theirs['value']:.6f} of {other}")
    return faults


def _above(value: float | None, bound: float | None) -> bool:
    return value is not None and bound is not None and value > bound + TOLERANCE * max(1.0, abs(bound))
