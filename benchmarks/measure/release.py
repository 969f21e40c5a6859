"""The end of a residence rule: three answers, of persons and of municipalities."""

from __future__ import annotations

import pandas as pd

from benchmarks.people import MUNICIPALITIES, people
from benchmarks.timing import Task, alone
from fodfaeste.measure import release_test

SEED, ROWS = 2002, 1_000_000


def of_persons() -> Task:
    path = people(ROWS)
    return Task(
        f"release test with 1,000 bootstraps of persons, {ROWS:,} rows",
        alone("release_test", ours, path, says="Parquet read; three answers, regression, bunching, placebo"),
        (alone("pandas groupby", counts, path, says="Parquet read; the counts by cohort, month and event alone"),),
        target=1.0,
        says="No peer",
    )


def of_municipalities() -> Task:
    return Task(
        f"release test with 1,000 bootstraps of {MUNICIPALITIES} municipalities, {ROWS:,} rows",
        alone("release_test", ours_by_unit, people(ROWS), says="the same, persons of one municipality not independent"),
        target=1.0,
        says="No peer",
    )


def ours(path: str) -> object:
    return release_test(path, "months", "event", "cohort", bound="bound", free="free", seed=SEED)


def ours_by_unit(path: str) -> object:
    return release_test(path, "months", "event", "cohort", bound="bound", free="free", unit="municipality", seed=SEED)


def counts(path: str) -> object:
    frame = pd.read_parquet(path, columns=["cohort", "months", "event"])
    return frame.groupby(["cohort", "months", "event"]).size()
