"""Compiles the inner loops of placing once, so that nobody's first plan waits: `python -m fodfaeste.place.loops`.

Numba keeps what it has compiled beside the package; where that cannot be written to, in the folder that NUMBA_CACHE_DIR
names. What is kept already is loaded, which takes a second or two.
"""

from __future__ import annotations

import numpy as np

from fodfaeste.place.fairness import fairness
from fodfaeste.place.problem import Problem
from fodfaeste.place.solve import solve

HOUSEHOLDS, PLACES, SEED = 40, 4, 1


def compile_loops() -> None:
    """Solve small problems that take every way: scores of both kinds, room enough and too little, alike and unlike."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    persons = rng.integers(1, 5, HOUSEHOLDS)
    rooms = rng.integers(0, 4, (HOUSEHOLDS, 3))
    for kind in (np.float32, np.float64):
        work = rng.random((HOUSEHOLDS, PLACES)).astype(kind)
        solve(_problem(persons[:, None], work, share=1.1), gap=0.0)
        plan = solve(_problem(np.column_stack([persons, rooms]), work, share=0.7), method="prices")
        fairness(plan, group="kind")


def _problem(sizes: np.ndarray, work: np.ndarray, *, share: float) -> Problem:
    """Make a problem whose places have so much room of all that is needed."""
    return Problem(
        households=tuple(map(str, range(HOUSEHOLDS))),
        places=tuple(map(str, range(PLACES))),
        dimensions=("persons", "one", "two", "three")[: sizes.shape[1]],
        sizes=sizes,
        capacity=np.tile(np.ceil(share * sizes.sum(axis=0) / PLACES).astype(np.int64), (PLACES, 1)),
        outcomes={"work": work},
        allowed=np.add.outer(np.arange(HOUSEHOLDS), np.arange(PLACES)) % 9 > 0,
        groups={"kind": ("a", "b") * (HOUSEHOLDS // 2)},
    )


if __name__ == "__main__":
    compile_loops()
