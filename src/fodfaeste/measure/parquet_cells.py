"""Cells of a Parquet file, counted by the codes that its text columns are stored as: no row's text is ever made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

ROWS_AT_A_TIME = 2**23
# Keys of cells are 64-bit numbers.
MOST_COMBINATIONS = 2**62

Codes = NDArray[np.integer[Any]]


def count_parquet(path: Path, columns: Sequence[str], count: str) -> pl.DataFrame | None:
    """Count the combinations of some columns, in row groups of `ROWS_AT_A_TIME` together or of one.

    Returns
    -------
    polars.DataFrame or None
        The columns and `count` (Int64), sorted by the columns; empty cells are a value of their own. None where this is
        no way to count: columns of other kinds than text, whole numbers, days, and true or false, too many
        combinations to number them, or no rows.
    """
    schema = pq.read_schema(path)
    if not all(_has_codes(schema.field(name).type) for name in columns):
        return None
    text = [name for name in columns if _is_text(schema.field(name).type)]
    parts = []
    with pq.ParquetFile(path, read_dictionary=text) as file:
        for groups in _together(file.metadata):
            part = _counted(file.read_row_groups(groups, columns=list(columns)), columns, count)
            if part is None:
                return None
            parts.append(part)
    if len(parts) <= 1:
        return parts[0] if parts else None
    return pl.concat(parts).group_by(columns).agg(pl.col(count).sum()).sort(columns)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _has_codes(kind: pa.DataType) -> bool:
    # Not floats: which of them are the same is a question of its own.
    return _is_text(kind) or bool(pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_date32(kind))


def _together(file: pq.FileMetaData) -> Iterator[list[int]]:
    groups: list[int] = []
    rows = 0
    for group in range(file.num_row_groups):
        more = file.row_group(group).num_rows
        if groups and rows + more > ROWS_AT_A_TIME:
            yield groups
            groups, rows = [], 0
        groups.append(group)
        rows += more
    if groups:
        yield groups


def _counted(table: pa.Table, columns: Sequence[str], count: str) -> pl.DataFrame | None:
    table = table.unify_dictionaries()
    coded = [_coded(table[name]) for name in columns]
    sizes = [len(values) for _, values in coded]
    combinations = prod(sizes)
    if combinations > MOST_COMBINATIONS:
        return None
    key = np.zeros(table.num_rows, dtype=np.int32 if combinations < 2**31 else np.int64)
    for (codes, _), size in zip(coded, sizes, strict=True):
        key *= size
        key += codes
    cells, persons = _distinct(key, combinations)
    places = np.unravel_index(cells, sizes)
    found = {name: coded[k][1].gather(places[k]) for k, name in enumerate(columns)}
    return pl.DataFrame({**found, count: persons})


def _coded(column: pa.ChunkedArray) -> tuple[Codes, pl.Series]:
    """Give each row's place among the sorted values of its column, and these; an empty cell is the first value.

    >>> codes, values = _coded(pa.chunked_array([["b", "a", None, "b"]]))
    >>> codes.tolist(), values.to_list()
    ([2, 1, 0, 2], [None, 'a', 'b'])
    """
    array = column.combine_chunks()
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    stored = pl.Series(pl.from_arrow(array.dictionary))
    values = stored.unique().sort()
    # A dictionary may hold a value that no row has, or one twice.
    rank = values.search_sorted(stored).to_numpy().astype(np.int32)
    indices = array.indices
    if indices.null_count:
        values = pl.concat([pl.Series([None], dtype=values.dtype), values])
        rank = np.append(rank + 1, np.int32(0))
        indices = indices.fill_null(len(stored))
    return rank[indices.to_numpy()], values


def _distinct(key: Codes, combinations: int) -> tuple[Codes, Codes]:
    if combinations > 4 * key.size:
        return np.unique(key, return_counts=True)
    persons = np.bincount(key, minlength=combinations)
    cells = np.flatnonzero(persons)
    return cells, persons[cells]
