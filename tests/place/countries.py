"""Countries to place: households of one to five people, seeded, for tests of solvers that brute force cannot follow."""

from __future__ import annotations

import numpy as np

from fodfaeste.place import LowRank, Problem

DIMENSIONS = ("persons", "school_children", "treatment_slots")


def country(
    households: int,
    places: int,
    *,
    room: float = 1.03,
    seed: int = 0,
    dimensions: int = 1,
    unit: bool = False,
    forbidden: float = 0.1,
    rank: int = 0,
    **more: object,
) -> Problem:
    """Draw a country.

    Parameters
    ----------
    room : float
        Room over need in each dimension, the same at each place.
    unit : bool
        Whether all households are of one person.
    forbidden : float
        Share of pairs that are not allowed.
    rank : int
        Scores as factors of this rank; 0 for an array in single precision.
    """
    rng = np.random.default_rng(seed)
    persons = np.ones(households, np.int64) if unit else rng.integers(1, 6, households)
    sizes = np.column_stack([persons, rng.binomial(persons - 1, 0.5), rng.random(households) < 0.15])
    sizes = sizes.astype(np.int64)[:, :dimensions]
    left, right = rng.random((households, 3), np.float32), rng.random((places, 3), np.float32)
    work = (left @ right.T) / 3 + rng.random((households, places), np.float32) / 2
    if rank:
        work = LowRank(rng.random((households, rank), np.float32), rng.random((places, rank), np.float32) / rank)
    capacity = np.tile(np.ceil(room * sizes.sum(axis=0) / places), (places, 1)).astype(np.int64)
    return Problem(
        households=tuple(f"h{i}" for i in range(households)),
        places=tuple(f"p{j}" for j in range(places)),
        dimensions=DIMENSIONS[:dimensions],
        sizes=sizes,
        capacity=capacity,
        outcomes={"work": work},
        allowed=rng.random((households, places)) >= forbidden if forbidden else None,
        **more,
    )
