"""Tables with given margins: fitted, rounded without touching a margin, and dealt out in whole persons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

from fodfaeste.data.synthetic.days import Floats, Ints

Margin = tuple[tuple[int, ...], NDArray[np.int64] | Floats]
"""The axes that a margin keeps, and its values."""


def fit(seed: Floats, margins: Sequence[Margin], *, steps: int = 500) -> Floats:
    """Scale a table until its margins are the wanted ones (iterative proportional fitting).

    Parameters
    ----------
    seed : ndarray of float
        Any table; its zeros stay, and so do its odds ratios.
    margins : sequence of (axes, values)
        Wanted sums over all other axes; their totals are the same.
    steps : int, default 500
        Rounds after which the table is taken as it is.

    References
    ----------
    Deming and Stephan (1940), Ann. Math. Statist. 11, 427-444.
    """
    table = seed.astype(np.float64)
    for _ in range(steps):
        worst = 0.0
        for axes, wanted in margins:
            others = tuple(axis for axis in range(table.ndim) if axis not in axes)
            have = table.sum(axis=others, keepdims=True)
            goal = np.asarray(wanted, dtype=np.float64).reshape(have.shape)
            worst = max(worst, float(np.abs(have - goal).max()))
            table = table * np.divide(goal, have, out=np.zeros_like(goal), where=have > 0)
        if worst < 1e-9:
            break
    return table


def round_with_margins(table: Floats, rows: Ints, columns: Ints, rng: np.random.Generator) -> Ints:
    """Round a two-way table up or down to whole numbers with exactly these row and column sums.

    The rounding is the corner of a transport problem, so whole numbers exist whenever the table has the margins, and
    cells with a large fraction are rounded up first; `rng` decides where the fractions are alike.

    References
    ----------
    Cox and Ernst (1982), INFOR 20, 423-432.
    """
    near = np.round(table)
    steady = np.where(np.abs(table - near) < 1e-6, near, table)
    down = np.floor(steady).astype(np.int64)
    fraction = steady - down
    free = fraction > 0
    if not free.any():
        return down
    row, column = np.nonzero(free)
    cells = np.arange(row.size)
    constraints = coo_array(
        (np.ones(2 * cells.size), (np.concatenate([row, rows.size + column]), np.tile(cells, 2))),
        shape=(rows.size + columns.size, cells.size),
    )
    left = np.concatenate([rows - down.sum(axis=1), columns - down.sum(axis=0)])
    cost = -fraction[free] + 0.01 * rng.random(cells.size)
    found = linprog(cost, A_eq=constraints.tocsr(), b_eq=left, bounds=(0, 1), method="highs-ds")
    down[row, column] += np.round(found.x).astype(np.int64)
    return down


def deal(weights: Floats, total: int) -> Ints:
    """Deal `total` whole persons out by weight; the largest remainders get the last ones."""
    share = weights * (total / weights.sum())
    counts = np.floor(share).astype(np.int64)
    last = np.argsort(counts - share, kind="stable")[: total - int(counts.sum())]
    counts[last] += 1
    return np.asarray(counts)


def deal_between(wanted: Floats, low: Ints, high: Ints, total: int) -> Ints:
    """Round `wanted` to whole numbers from `low` to `high` with the sum `total`, each as near as can be."""
    if not low.sum() <= total <= high.sum():
        raise ValueError(f"{total} lies outside {low.sum()} to {high.sum()}")
    # One shift for all, clipped at the limits, hits the sum; what rounding leaves is dealt to whoever is furthest off.
    below, above = float((low - wanted).min()) - 1, float((high - wanted).max()) + 1
    for _ in range(100):
        middle = (below + above) / 2
        if np.clip(wanted + middle, low, high).sum() < total:
            below = middle
        else:
            above = middle
    goal = np.clip(wanted + above, low, high)
    counts = np.floor(goal + 1e-9).astype(np.int64)
    short = total - int(counts.sum())
    room = np.flatnonzero(counts < high)
    last = room[np.argsort((counts - goal)[room], kind="stable")[:short]]
    counts[last] += 1
    return np.asarray(counts)


def draw_from(counts: Ints, total: int, rng: np.random.Generator) -> Ints:
    """Draw `total` of the persons that `counts` counts, without putting them back."""
    return np.asarray(rng.multivariate_hypergeometric(counts, total, method="marginals"))


def rank_within(groups: Ints, score: Floats) -> Ints:
    """Number the members of each group from 0 by falling score."""
    order = np.lexsort((-score, groups))
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if ordered.size else np.zeros(0, np.int64)
    sizes = np.diff(np.append(starts, ordered.size))
    rank = np.empty(groups.size, np.int64)
    rank[order] = np.arange(groups.size) - np.repeat(starts, sizes)
    return rank


def draw_columns(weights: Floats, rng: np.random.Generator) -> Ints:
    """Draw a column in each row of a table of weights."""
    up_to = np.cumsum(weights, axis=1)
    lot = rng.random(len(up_to)) * up_to[:, -1]
    return np.asarray(np.minimum((up_to <= lot[:, None]).sum(axis=1), up_to.shape[1] - 1))
