"""A Parquet file is counted by the codes of its columns; the cells are those of its rows."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import NotEnoughPeople
from fodfaeste.measure import parquet_cells
from fodfaeste.measure.cells import count_cells
from fodfaeste.measure.parquet_cells import count_parquet

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Aarhus", "Ærø", "aarhus", "", None]),
        st.sampled_from([1, 2, 40, -3, None]),
        st.sampled_from([True, False, None]),
        st.sampled_from([date(1999, 1, 1), date(2000, 2, 29), None]),
    ),
    max_size=40,
)
SCHEMA = {"place": pl.String, "months": pl.Int16, "employed": pl.Boolean, "arrival": pl.Date}


def frame_of(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cells") / "rows.parquet"


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, group=st.integers(1, 50), together=st.integers(1, 50))
def test_the_cells_of_a_file_are_those_of_its_rows_however_it_is_cut(
    path: Path, rows: list[tuple[object, ...]], group: int, together: int
) -> None:
    frame = frame_of(rows)
    pq.write_table(frame.to_arrow(), path, row_group_size=group)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet_cells, "ROWS_AT_A_TIME", together)
        counted = count_parquet(path, list(SCHEMA), "persons")
    expected = frame.group_by(list(SCHEMA)).agg(pl.len().cast(pl.Int64).alias("persons")).sort(list(SCHEMA))
    assert counted is not None
    assert counted.equals(expected)
    assert counted.schema == expected.schema


def test_many_combinations_of_few_rows_are_counted_as_well(path: Path) -> None:
    frame = pl.DataFrame({"a": range(100), "b": [k // 2 for k in range(100)], "c": [str(k // 50) for k in range(100)]})
    frame.write_parquet(path)
    counted = count_parquet(path, ["c", "b"], "persons")
    assert counted is not None
    assert counted.select("c", "b").rows() == sorted({(str(k // 50), k // 2) for k in range(100)})
    assert counted["persons"].to_list() == [2] * 50


def test_a_value_that_stands_twice_in_a_dictionary_is_one_value(path: Path) -> None:
    twice = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 0]), pa.array(["b", "a", "b"]))
    codes, values = parquet_cells._coded(pa.chunked_array([twice]))
    assert codes.tolist() == [1, 0, 1, 1]
    assert values.to_list() == ["a", "b"]


def test_what_has_no_codes_or_too_many_combinations_is_counted_by_its_values(path: Path) -> None:
    frame = pl.DataFrame({"share": [0.5, 0.5, 0.25], "place": ["a", "a", "b"]})
    frame.write_parquet(path)
    assert count_parquet(path, ["share", "place"], "persons") is None
    assert count_cells(path, ["share", "place"]).frame.rows() == [(0.25, "b", 1), (0.5, "a", 2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet_cells, "MOST_COMBINATIONS", 1)
        assert count_parquet(path, ["place"], "persons") is None
        assert count_cells(path, ["place"]).frame.rows() == [("a", 2), ("b", 1)]


@pytest.mark.parametrize(
    "write", [pl.DataFrame.write_parquet, lambda frame, path: pq.write_table(frame.to_arrow(), path)]
)
def test_a_file_without_rows_has_nobody_in_it(path: Path, write: Callable[[pl.DataFrame, Path], None]) -> None:
    write(frame_of([]), path)
    with pytest.raises(NotEnoughPeople, match="nobody"):
        count_cells(path, ["place"])


def test_a_file_without_row_groups_has_nobody_in_it(path: Path) -> None:
    with pq.ParquetWriter(path, frame_of([]).to_arrow().schema):
        pass
    with pytest.raises(NotEnoughPeople, match="nobody"):
        count_cells(path, ["place"])
