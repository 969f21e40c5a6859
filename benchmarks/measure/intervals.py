"""Intervals of many shares, beside statsmodels."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from statsmodels.stats.proportion import proportion_confint

from benchmarks.timing import Task, timed
from fodfaeste.measure import proportion
from fodfaeste.measure.intervals import interval

SEED, ROWS = 2002, 1_000_000


def wilson() -> Task:
    x, n = shares(ROWS)
    return Task(
        f"Wilson intervals of {ROWS:,} shares",
        timed("interval", lambda: interval(x, n, "wilson"), "input checked, no digits lost for few of many"),
        (timed("statsmodels proportion_confint", lambda: proportion_confint(x, n, method="wilson"), "no checks"),),
    )


def clopper_pearson() -> Task:
    x, n = shares(ROWS)
    return Task(
        f"Clopper-Pearson intervals of {ROWS:,} shares",
        timed("interval", lambda: interval(x, n, "clopper-pearson")),
        (timed("statsmodels proportion_confint", lambda: proportion_confint(x, n, method="beta")),),
    )


def table_of_rates() -> Task:
    x, n = shares(100_000)
    frame = pl.DataFrame({"x": x, "n": n})
    return Task(
        "table of 100,000 rates, every cell checked, Wilson at two levels",
        timed("proportion", lambda: proportion(frame, "x", "n")),
        says="No peer: statsmodels gives bare limits.",
    )


def shares(rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Make counts of events among 1 to 399 people."""
    rng = np.random.default_rng(SEED)
    n = rng.integers(1, 400, rows)
    return rng.binomial(n, 0.4), n
