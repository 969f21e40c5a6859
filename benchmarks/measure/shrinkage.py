"""The beta-binomial of the report's municipalities, beside a general optimiser."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from benchmarks.measure.report2002 import employment
from benchmarks.timing import Task, timed
from fodfaeste.measure import shrink

Floats = NDArray[np.float64]


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
