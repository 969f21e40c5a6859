"""The count that comes before everything, beside what else counts."""

from __future__ import annotations

import duckdb
import pandas as pd

from benchmarks.people import people
from benchmarks.timing import Task, alone
from fodfaeste.measure.cells import count_cells

ROWS = 1_000_000
COLUMNS = ["municipality", "cohort", "months", "event"]


def counted() -> Task:
    path = people(ROWS)
    return Task(
        f"cells of municipality, cohort, month and event, {ROWS:,} rows, Parquet read",
        alone("count_cells", ours, path, says="sorted, checked for empty cells, with a fingerprint"),
        (
            alone("count_cells of a DuckDB relation", of_relation, path, says="the same"),
            alone("DuckDB SQL", sql, path, says="the count alone"),
            alone("pandas groupby", groupby, path, says="the count alone"),
        ),
    )


def ours(path: str) -> object:
    return count_cells(path, COLUMNS)


def of_relation(path: str) -> object:
    return count_cells(duckdb.read_parquet(path), COLUMNS)


def sql(path: str) -> object:
    return duckdb.execute(f"select {', '.join(COLUMNS)}, count(*) from '{path}' group by all").fetchnumpy()


def groupby(path: str) -> object:
    return pd.read_parquet(path, columns=COLUMNS).groupby(COLUMNS).size()
