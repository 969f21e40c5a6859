"""Exact ranks beside simulation, and Fisher's test of all pairs beside one pair at a time."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from benchmarks.measure.report2002 import employment
from benchmarks.people import MUNICIPALITIES
from benchmarks.timing import Task, timed
from fodfaeste.measure import rank, rank_sets, shrink
from fodfaeste.measure.rank import RankResult
from fodfaeste.measure.shrink import ShrinkResult

SEED = 2002

Floats = NDArray[np.float64]


def ranks_of_216() -> Task:
    return ranks(employment(), "the 216 municipalities of the employment table", None)


def ranks_of_275() -> Task:
    """As many municipalities as there were before 2007, as large and as different as those of the table."""
    rng = np.random.default_rng(SEED)
    real = employment()
    fitted = shrink(real, "events", "n", "unit")
    n = rng.choice(real["n"].to_numpy(), MUNICIPALITIES)
    x = rng.binomial(n, rng.beta(fitted.alpha, fitted.beta, MUNICIPALITIES))
    made_up = pl.DataFrame({"unit": [str(k) for k in range(MUNICIPALITIES)], "events": x, "n": n})
    return ranks(made_up, f"{MUNICIPALITIES} made-up municipalities", 4.0)


def ranks(people: pl.DataFrame, who: str, target: float | None) -> Task:
    shrunk = shrink(people, "events", "n", "unit")
    fine = expected(rank(shrunk, "high", nodes=32))
    off = np.abs(expected(rank(shrunk, "high")) - fine).max()

    def drawn(draws: int) -> str:
        return f"expected ranks off by up to {np.abs(plain_simulation(shrunk, draws) - fine).max():.2g}, no pmf"

    return Task(
        f"exact ranks of {who}",
        timed("rank", lambda: rank(shrunk, "high"), f"whole rank distributions; expected ranks off by up to {off:.1g}"),
        tuple(
            timed(f"{draws:,} draws in NumPy", partial(plain_simulation, shrunk, draws), drawn(draws))
            for draws in (20_000, 100_000)
        ),
        target,
        says="Off, that is, from the same integral with four times the nodes.",
    )


def expected(ranked: RankResult) -> Floats:
    return ranked.pmf @ np.arange(1, ranked.pmf.shape[0] + 1)


def plain_simulation(shrunk: ShrinkResult, draws: int) -> Floats:
    """Give expected ranks as anybody would write it: draw every rate, sort, average; 20,000 draws at a time."""
    rng = np.random.default_rng(SEED)
    a, b = shrunk.posterior_alpha[:, 0], shrunk.posterior_beta[:, 0]
    total = np.zeros(a.size)
    for _ in range(draws // 20_000):
        rates = rng.beta(a, b, size=(20_000, a.size))
        total += np.argsort(np.argsort(-rates, axis=1), axis=1).sum(axis=0)
    return total / draws + 1


def fisher_of_all_pairs() -> Task:
    people = employment()
    x, n = people["events"].to_numpy(), people["n"].to_numpy()
    first, second = np.triu_indices(x.size, 1)
    sample = np.random.default_rng(SEED).choice(first.size, 1000, replace=False)

    def theirs() -> None:
        for pair in sample:
            i, j = first[pair], second[pair]
            stats.fisher_exact([[x[i], n[i] - x[i]], [x[j], n[j] - x[j]]])

    return Task(
        f"rank sets of 216 municipalities: Fisher's exact test of {first.size:,} pairs, with Holm",
        timed("rank_sets", lambda: rank_sets(people, "events", "n", "unit", good="high")),
        (
            timed(
                "scipy fisher_exact, pair by pair",
                theirs,
                f"scaled up from {sample.size:,} pairs drawn by lot; the tests alone",
                times=first.size / sample.size,
            ),
        ),
    )
