"""Small placement problems drawn by Hypothesis, with everything that a problem can have."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from fodfaeste.place import NOWHERE, Goal, Problem, Wishes

from .checker import broken_rules, locks_of

SIXTEENTHS = st.integers(-16, 48)
"""Scores are sixteenths: exact in binary, and equal often enough to have ties."""


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    households: int = 5,
    places: int = 3,
    minimums: bool = True,
    wishes: bool | None = None,
    tight: bool = True,
) -> Problem:
    """Draw a problem of at most so many households and places; locks and ties never break a rule, minimums may.

    Parameters
    ----------
    households, places : int
    minimums : bool
        Whether places may have minimums.
    wishes : bool or None
        Whether there are wishes; None: drawn.
    tight : bool
        Whether room may be too little for everybody.
    """
    n, m = draw(st.integers(1, households)), draw(st.integers(1, places))
    dimensions = ("persons", "beds")[: draw(st.integers(1, 2))]
    d = len(dimensions)
    sizes = table(draw, st.integers(0, 3), n, d)
    sizes[:, 0] = np.maximum(sizes[:, 0], draw(st.integers(0, 1)))
    capacity = table(draw, st.integers(0, 6), m, d) if tight else np.tile(sizes.sum(axis=0), (m, 1))
    outcomes = {"work": table(draw, SIXTEENTHS, n, m) / 16}
    if draw(st.booleans()):
        outcomes["staying"] = table(draw, SIXTEENTHS, n, m) / 16
    ranked = draw(st.booleans()) if wishes is None else wishes
    allowed = table(draw, st.sampled_from([True, True, True, False]), n, m).astype(bool)
    tie = draw(st.sampled_from([(), (0, n - 1), (0, 1)])) if n > 1 else ()
    # The front door refuses ties that fit nowhere.
    fit = allowed[list(tie)].all(axis=0) & (sizes[list(tie)].sum(axis=0) <= capacity).all(axis=1)
    bare = {
        "households": tuple(f"h{i}" for i in range(n)),
        "places": tuple(f"p{j}" for j in range(m)),
        "sizes": sizes,
        "capacity": capacity,
        "dimensions": dimensions,
        "outcomes": outcomes,
        "allowed": allowed,
        "ties": (tie,) if tie and fit.any() else (),
        "minimum": table(draw, st.sampled_from([0, 0, 0, 1, 2]), m, 1)[:, 0] * minimums,
        "groups": {"kind": tuple(draw(st.lists(st.sampled_from(["a", "b", ""]), min_size=n, max_size=n)))},
        "wishes": Wishes(table(draw, st.integers(0, 3), n, m)) if ranked else None,
    }
    locks = np.full(n, NOWHERE)
    locked = draw(st.integers(0, n - 1))
    locks[locked] = draw(st.integers(NOWHERE, m - 1))
    problem = Problem(**bare, locks=locks)
    held = broken_rules(problem, Goal(short_price=0.0), locks_of(problem))
    return Problem(**bare) if held else problem


def table(draw: st.DrawFn, of: st.SearchStrategy[int], rows: int, columns: int) -> np.ndarray:
    cells = draw(st.lists(of, min_size=rows * columns, max_size=rows * columns))
    return np.array(cells, np.int64).reshape(rows, columns)


GOALS = st.builds(
    Goal,
    unplaced=st.sampled_from(["first", "first", 0.0, 0.25, 5.0]),
    wish_tolerance=st.sampled_from([None, 0.0, 0.05, 0.5]),
    short_price=st.sampled_from([None, 0.0, 0.5, 10.0]),
)
"""Goals without options."""
