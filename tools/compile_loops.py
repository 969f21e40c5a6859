"""Compiles the inner loops once, at set-up, so that nobody's first report or plan waits for them."""

import numpy as np

from fodfaeste import measure, place

COUNTS = {"unit": ["a", "b", "c"], "moved": [1, 10, 33], "arrived": [17, 60, 160]}
COLUMNS = ("moved", "arrived", "unit")

measure.rank(measure.shrink(COUNTS, *COLUMNS), good="low", top=1)
measure.rank_sets(COUNTS, *COLUMNS, good="low")
measure.cif({"months": [1, 2, 3, 3], "event": [1, 2, 0, 1]}, "months", "event")

rng = np.random.Generator(np.random.PCG64(1))
SIZES = rng.integers(1, 5, 40)
for kind in (np.float32, np.float64):
    problem = place.Problem(
        households=tuple(map(str, range(40))),
        places=tuple("abcd"),
        sizes=SIZES,
        capacity=np.full(4, SIZES.sum() // 4 + 2),
        outcomes={"work": rng.random((40, 4)).astype(kind)},
        allowed=rng.random((40, 4)) < 0.9,
    )
    place.solve(problem, gap=0.0)
