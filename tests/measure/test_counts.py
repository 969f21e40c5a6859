"""Counts as they come in: whole numbers of persons, whatever type the column has."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput
from fodfaeste.measure.counts import filled_numbers, whole_numbers


def read(cells, dtype=None):
    problems = []
    values = whole_numbers(pl.Series("n", cells, dtype=dtype), "n", "register.csv", problems)
    return values, [str(problem) for problem in problems]


@settings(deadline=None)
@given(st.lists(st.none() | st.integers(0, 2**40), max_size=30))
def test_counts_are_the_same_as_integers_as_floats_and_as_text(cells):
    as_integers, _ = read(cells, pl.Int64)
    as_floats, _ = read(cells, pl.Float64)
    as_text, _ = read([None if cell is None else str(cell) for cell in cells], pl.String)
    assert as_integers == pytest.approx(as_floats, nan_ok=True)
    assert as_integers == pytest.approx(as_text, nan_ok=True)


@pytest.mark.parametrize("dtype", [pl.Int8, pl.UInt32, pl.Float32, pl.Float64])
def test_an_empty_cell_is_unknown_in_every_type(dtype):
    values, said = read([3, None, 0], dtype)
    assert values == pytest.approx([3, np.nan, 0], nan_ok=True)
    assert said == []


@settings(deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=12))
def test_a_negative_integer_is_told_as_it_would_be_in_text(cells):
    assert read(cells)[1] == read([str(cell) for cell in cells])[1]
    assert len(read(cells)[1]) == sum(cell < 0 for cell in cells)


def test_what_is_no_count_is_told_row_by_row():
    values, said = read([1.0, 1.5, -2.0, float("nan"), float("inf"), None])
    assert np.flatnonzero(np.isfinite(values)).tolist() == [0]
    assert said == [
        "register.csv, row 3, column n: found '1.5', which is not a whole number, expected a whole number of persons. "
        "Write counts as digits only.",
        "register.csv, row 4, column n: found -2, expected a count of 0 or more. "
        "Leave the cell empty if it is unknown.",
        "register.csv, row 5, column n: found 'nan', which is no figure, expected a whole number of persons. "
        "Write counts as digits only.",
        "register.csv, row 6, column n: found 'inf', which is no figure, expected a whole number of persons. "
        "Write counts as digits only.",
    ]


def test_true_and_false_are_no_counts():
    assert len(read([True, False])[1]) == 2


def test_where_a_cell_has_to_be_filled_an_empty_one_is_a_problem():
    problems = []
    values = filled_numbers(pl.Series("n", [4, None, 2]), None, range(3), "Write 0.", problems)
    assert values[[0, 2]].tolist() == [4, 2]
    assert [str(problem) for problem in problems] == [
        "row 3, column n: found an empty cell, expected a whole number of persons. Write 0."
    ]
    with pytest.raises(BadInput, match="an empty cell"):
        raise BadInput(*problems)
