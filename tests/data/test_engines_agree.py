"""DuckDB and Spark count the same: every table of the register report, cell by cell."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from fodfaeste.data import synthetic
from fodfaeste.data.register import open_register
from fodfaeste.report.register.tables import RegisterTables, gather

pytestmark = pytest.mark.long

TABLES = (
    *("units", "rows", "status", "moves", "histories", "work", "support"),
    *("destinations", "employment", "indicators"),
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.build(1, 0.1, tmp_path_factory.mktemp("register"))


def counted(source: Path, engine: str, work: Path) -> RegisterTables:
    with open_register(source, engine=engine, work=work) as opened:
        return gather(opened, work / "cells", lambda _doing, _share: None)


@pytest.fixture(scope="module")
def both(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[RegisterTables, RegisterTables]:
    work = tmp_path_factory.mktemp("work")
    return counted(source, "duckdb", work / "duckdb"), counted(source, "local", work / "spark")


@pytest.mark.parametrize("name", TABLES)
def test_both_engines_give_the_same_table(both: tuple[RegisterTables, RegisterTables], name: str) -> None:
    on_duckdb, on_spark = (getattr(tables, name) for tables in both)
    assert isinstance(on_duckdb, pl.DataFrame)
    assert on_duckdb.height > 0
    assert_frame_equal(on_duckdb, on_spark)
