"""What `fodfaeste.measure` does, and what else does it or something near it.

Times are of calls in a warm process: compiled code is in the cache, libraries are loaded. Made-up data are seeded.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray
from scipy import optimize, special, stats
from statsmodels.stats.proportion import proportion_confint

from benchmarks.timing import Task, timed, timed_process
from fodfaeste.measure import gamma, proportion, rank, rank_sets, shrink
from fodfaeste.measure.disclosure import protect
from fodfaeste.measure.intervals import interval
from fodfaeste.measure.rank import RankResult
from fodfaeste.measure.shrink import ShrinkResult

SEED = 2002
ROWS = 1_000_000
MUNICIPALITIES = 275

Floats = NDArray[np.float64]


# Gamma


def gamma_of_cells() -> Task:
    rng = np.random.default_rng(SEED)
    x = rng.integers(0, MUNICIPALITIES, ROWS)
    y = np.clip(x // 12 + rng.integers(-20, 21, ROWS), 0, 49)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        pl.DataFrame({"x": x, "y": y}).write_parquet(path)

        def ours() -> object:
            frame = pl.read_parquet(path)
            return gamma(frame["x"], frame["y"])

        def theirs(statistic: Callable[[pd.Series, pd.Series], object]) -> object:
            frame = pd.read_parquet(path)
            return statistic(frame["x"], frame["y"])

        return Task(
            f"gamma with both errors, {ROWS:,} rows in {MUNICIPALITIES} x 50 cells, Parquet read",
            timed("gamma", ours),
            (
                timed("pandas crosstab", partial(theirs, pd.crosstab), "the cells alone: no gamma"),
                timed("scipy somersd", partial(theirs, stats.somersd), "Somers' d and its test: no gamma, no ASE1"),
                timed("scipy kendalltau", partial(theirs, stats.kendalltau), "tau-b and a test: no gamma, no errors"),
            ),
            target=0.2,
        )


def gamma_of_pairs() -> Task:
    x, y = pairs(ROWS)
    return Task(
        f"gamma with both errors, {ROWS:,} continuous pairs",
        timed("gamma", lambda: gamma(x, y)),
        (timed("scipy kendalltau", lambda: stats.kendalltau(x, y), "tau-b and a test: no gamma, no errors"),),
        target=2.5,
    )


def gamma_of_few_pairs() -> Task:
    few = 200
    x, y = pairs(few)
    ours, theirs = timed("gamma", lambda: gamma(x, y)), timed("scipy somersd", lambda: stats.somersd(x, y))
    half = timed("scipy somersd", lambda: stats.somersd(x[: few // 2], y[: few // 2]))
    slower = theirs.seconds / half.seconds
    says = f"Somers' d and its test: no gamma, no ASE1; {slower:.0f} times as long as for half the pairs"
    return Task(f"gamma with both errors, {few} continuous pairs", ours, (replace(theirs, says=says),))


def pairs(n: int) -> tuple[Floats, Floats]:
    """Make continuous pairs with a correlation of 0.7."""
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=n)
    return x, x + rng.normal(size=n)


# Intervals


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


# Shrinkage


def beta_binomial() -> Task:
    people = employment()
    x, n = people["events"].to_numpy(), people["n"].to_numpy()

    def minus_log_likelihood(at: Floats) -> float:
        mu, size = special.expit(at[0]), np.exp(at[1])
        return -float(stats.betabinom.logpmf(x, n, mu * size, (1 - mu) * size).sum())

    start = np.array([special.logit(x.sum() / n.sum()), np.log(20)])
    fitted = shrink(people, "events", "n", "unit")
    found = optimize.minimize(minus_log_likelihood, start, method="BFGS")
    gain = found.fun - minus_log_likelihood(np.array([special.logit(fitted.mu), np.log(fitted.M)]))
    return Task(
        "beta-binomial of 216 municipalities by maximum likelihood",
        timed("shrink", lambda: shrink(people, "events", "n", "unit"), "with 216 posteriors and their intervals"),
        (
            timed(
                "scipy minimize (BFGS) on betabinom.logpmf",
                lambda: optimize.minimize(minus_log_likelihood, start, method="BFGS"),
                f"the two parameters alone; its log-likelihood is {gain:.1e} below ours",
            ),
        ),
        says="statsmodels has no beta-binomial.",
    )


# Ranks


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


# Small counts


def suppression() -> Task:
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables" / "employment_2000.csv") as path:
        wide = pl.read_csv(path)
    groups = ["employed", "unemployed", "outside_labour_force"]
    table = wide.unpivot(groups, index="municipality", variable_name="status", value_name="count")
    found = protect(table).summary
    choice = f"at most {found['gap']:.1%} above the fewest" if found["gap"] else "proven to be the fewest"
    return Task(
        "small counts of the employment table (216 x 3 with totals) suppressed",
        timed("protect", lambda: protect(table)),
        says=f"{found['suppressed']} of {found['cells']} cells, {choice}. No peer in Python.",
    )


# The report


def report_again() -> Task:
    return report(bytecode=True)


def report_first() -> Task:
    return report(bytecode=False)


def report(*, bytecode: bool) -> Task:
    """Write the report in a fresh process, with the bytecode of all libraries at hand, as pip leaves it, or not."""
    program = "import sys; from pathlib import Path; from fodfaeste.report import write; write(Path(sys.argv[1]))"
    others = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", program, f"{folder}/report"]
        if bytecode:
            environment = {**others, "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
            subprocess.run(command, env=environment, check=True)
            says, runs = "page, PDF, workbook, charts; imports counted, compiled as pip leaves them", 2
        else:
            environment = {**others, "PYTHONPYCACHEPREFIX": f"{folder}/none", "PYTHONDONTWRITEBYTECODE": "1"}
            says, runs = "the same, with every library compiled to bytecode first", 1
        return Task(
            f"the whole report of 2002 from a fresh process, {'bytecode' if bytecode else 'no bytecode'} at hand",
            timed_process("fodfaeste report", command, environment, says, runs),
            target=20.0,
            says="No peer.",
        )


def employment() -> pl.DataFrame:
    """Read the report's employed persons of 216 municipalities."""
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables" / "employment_2000.csv") as path:
        table = pl.read_csv(path)
    people = pl.sum_horizontal("employed", "unemployed", "outside_labour_force")
    return table.select(unit="municipality", events="employed", n=people)


TASKS: Mapping[str, Callable[[], Task]] = {
    "gamma-cells": gamma_of_cells,
    "gamma-pairs": gamma_of_pairs,
    "gamma-few": gamma_of_few_pairs,
    "wilson": wilson,
    "clopper-pearson": clopper_pearson,
    "proportion": table_of_rates,
    "beta-binomial": beta_binomial,
    "ranks-216": ranks_of_216,
    "ranks-275": ranks_of_275,
    "rank-sets": fisher_of_all_pairs,
    "protect": suppression,
    "report": report_again,
    "report-first": report_first,
}
