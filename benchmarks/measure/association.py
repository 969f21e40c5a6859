"""Gamma with both its standard errors, beside what counts cells, tests an association, or gives gamma alone."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from benchmarks.people import MUNICIPALITIES, folder
from benchmarks.r import in_r
from benchmarks.timing import Task, alone, timed
from fodfaeste.measure import gamma

SEED, ROWS = 2002, 1_000_000

Floats = NDArray[np.float64]


def gamma_of_cells() -> Task:
    path = ranks(ROWS)
    cells = folder() / "ranks.csv"
    pl.read_parquet(path).group_by("x", "y").agg(pl.len().alias("persons")).sort("x", "y").write_csv(cells)
    return Task(
        f"gamma with both errors, {ROWS:,} rows in {MUNICIPALITIES} x 50 cells, Parquet read",
        alone("gamma", ours, path),
        (
            in_r("vcdExtra::GKgamma", "gamma.R", cells, says="cells handed over; gamma and ASE1"),
            alone("pandas crosstab", crosstab, path, says="the cells alone: no gamma"),
            alone("scipy somersd", somersd, path, says="Somers' d and its test: no gamma, no ASE1"),
            alone("scipy kendalltau", kendalltau, path, says="tau-b and a test: no gamma, no errors"),
        ),
        target=0.2,
        says="DescTools, whose gamma is in C++, is not packaged by Debian and was not run",
    )


@cache
def ranks(rows: int) -> Path:
    """Write two ordinal columns as Parquet: x of 275 values, y of 50 that goes with it."""
    rng = np.random.default_rng(SEED)
    x = rng.integers(0, MUNICIPALITIES, rows)
    y = np.clip(x // 12 + rng.integers(-20, 21, rows), 0, 49)
    path = folder() / f"ranks-{rows}.parquet"
    pl.DataFrame({"x": x, "y": y}).write_parquet(path)
    return path


def ours(path: str) -> object:
    frame = pl.read_parquet(path)
    return gamma(frame["x"], frame["y"])


def crosstab(path: str) -> object:
    frame = pd.read_parquet(path)
    return pd.crosstab(frame["x"], frame["y"])


def somersd(path: str) -> object:
    frame = pd.read_parquet(path)
    return stats.somersd(frame["x"], frame["y"])


def kendalltau(path: str) -> object:
    frame = pd.read_parquet(path)
    return stats.kendalltau(frame["x"], frame["y"])


def gamma_of_pairs() -> Task:
    path = pairs(ROWS)
    return Task(
        f"gamma with both errors, {ROWS:,} continuous pairs, Parquet read",
        alone("gamma", ours, path),
        (alone("scipy kendalltau", kendalltau, path, says="tau-b and a test: no gamma, no errors"),),
        target=2.5,
    )


@cache
def pairs(rows: int) -> Path:
    """Write continuous pairs with a correlation of 0.7 as Parquet."""
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=rows)
    path = folder() / f"pairs-{rows}.parquet"
    pl.DataFrame({"x": x, "y": x + rng.normal(size=rows)}).write_parquet(path)
    return path


def gamma_of_few_pairs() -> Task:
    few = 200
    x, y = pl.read_parquet(pairs(few))
    mine, theirs = timed("gamma", lambda: gamma(x, y)), timed("scipy somersd", lambda: stats.somersd(x, y))
    half = timed("scipy somersd", lambda: stats.somersd(x[: few // 2], y[: few // 2]))
    slower = theirs.seconds / half.seconds
    says = f"Somers' d and its test: no gamma, no ASE1; {slower:.0f} times as long as for half the pairs"
    return Task(f"gamma with both errors, {few} continuous pairs", mine, (replace(theirs, says=says),))
