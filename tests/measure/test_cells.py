"""Counting rows in cells where they are kept."""

import duckdb
import ibis
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, NotEnoughPeople, UnknownName
from fodfaeste.measure.cells import count_cells

ROWS = {"kind": ["town", "rural", "town", None, "rural"], "months": [3, 1, 3, 2, 2]}
CELLS = [("rural", 1, 1), ("rural", 2, 1), ("town", 3, 2)]


def relation(frame):
    return duckdb.from_arrow(frame.to_arrow())


def parquet(folder):
    pl.DataFrame(ROWS).write_parquet(folder / "rows.parquet")
    return folder / "rows.parquet"


def text(folder):
    pl.DataFrame(ROWS).write_csv(folder / "rows.csv")
    return folder / "rows.csv"


@pytest.mark.parametrize(
    "bring",
    [
        lambda folder: ROWS,
        lambda folder: pl.DataFrame(ROWS),
        lambda folder: pl.LazyFrame(ROWS),
        lambda folder: pd.DataFrame(ROWS),
        lambda folder: pa.table(ROWS),
        lambda folder: relation(pl.DataFrame(ROWS)),
        lambda folder: ibis.memtable(pl.DataFrame(ROWS)),
        parquet,
        text,
    ],
    ids=["mapping", "polars", "lazy", "pandas", "arrow", "duckdb", "ibis", "parquet", "csv"],
)
def test_every_kind_of_table_has_the_same_cells(bring, tmp_path):
    cells = count_cells(bring(tmp_path), ["kind", "months"])

    assert cells.frame.rows() == CELLS
    assert cells.frame.columns == ["kind", "months", "persons"]
    assert (cells.persons_in, cells.persons_used) == (5, 4)
    assert cells.persons.tolist() == [1.0, 1.0, 2.0]
    assert [note.text for note in cells.notes] == ["1 persons are left out for an empty cell: kind (1)."]


def test_cells_that_are_given_are_added_up_and_empty_ones_fall_out():
    given_cells = {"kind": ["town", "rural", "town"], "people": ["3", "0", "4"]}

    cells = count_cells(given_cells, ["kind"], "people")
    assert cells.frame.rows() == [("town", 7)]
    assert (cells.persons_in, cells.notes) == (7, ())


def test_cells_in_a_relation_are_added_up_as_well():
    assert count_cells(relation(pl.DataFrame({"g": ["a", "a"], "k": [1, 2]})), ["g"], "k").frame.rows() == [("a", 3)]


def test_the_column_of_counts_may_be_called_persons():
    assert count_cells({"g": ["a", "a"], "persons": [1, 2]}, ["g"], "persons").frame.rows() == [("a", 3)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), min_size=1, max_size=30), st.randoms())
def test_rows_in_are_rows_counted_in_any_order_and_as_cells_again(rows, random):
    frame = pl.DataFrame(rows, schema=["g", "k"], orient="row")
    cells = count_cells(frame, ["g", "k"])

    assert cells.persons_used == cells.persons_in == len(rows)
    assert {row[:2]: row[2] for row in cells.frame.rows()} == {row: rows.count(row) for row in rows}
    shuffled = random.sample(rows, len(rows))
    assert count_cells(pl.DataFrame(shuffled, schema=["g", "k"], orient="row"), ["g", "k"]).data == cells.data
    again = count_cells(cells.frame.rename({"persons": "people"}), ["g", "k"], "people")
    assert again.frame.equals(cells.frame)
    assert again.data == cells.data


def test_a_figure_that_is_no_number_is_an_empty_cell():
    cells = count_cells(pd.DataFrame({"age": [30.0, float("nan"), 30.0]}), ["age"])

    assert cells.frame.rows() == [(30.0, 2)]
    assert "age (1)" in cells.notes[0].text


def test_a_column_named_twice_counts_once():
    assert count_cells(ROWS, ["months", "months"]).frame.columns == ["months", "persons"]


@pytest.mark.parametrize(
    ("data", "columns", "count", "error", "said"),
    [
        (ROWS, ["knd"], None, UnknownName, r"no column 'knd'.*Did you mean kind"),
        (ROWS, ["kind"], "people", UnknownName, "no column 'people'"),
        ({"g": ["a"], "k": [-1]}, ["g"], "k", BadInput, "row 2, column k: found -1"),
        ({"g": ["a", "b"], "k": [1.0, 0.5]}, ["g"], "k", BadInput, "row 3, column k: found '0.5'"),
        ({"g": ["a", "b"], "k": ["1", "2,5"]}, ["g"], "k", BadInput, "row 3, column k: .* a decimal comma"),
        ({"g": ["a", "b"], "k": [1, None]}, ["g"], "k", BadInput, "row 3, column k: found an empty cell"),
        ({"g": ["a"], "k": [1]}, ["g", "k"], "k", BadInput, "column k: .* Give it as count= alone"),
        ({"persons": ["a"]}, ["persons"], None, BadInput, "column persons: .* rename it"),
        ({"g": []}, ["g"], None, NotEnoughPeople, "at least one person with g"),
        ({"g": [None]}, ["g"], None, NotEnoughPeople, "columns for empty cells"),
        ({"g": ["a"], "k": [0]}, ["g"], "k", NotEnoughPeople, "nobody"),
        (3, ["g"], None, BadInput, "found a int"),
    ],
)
def test_what_cannot_be_counted_is_said(data, columns, count, error, said):
    with pytest.raises(error, match=said):
        count_cells(data, columns, count)


def test_a_file_is_named_in_what_is_wrong_with_it(tmp_path):
    with pytest.raises(UnknownName, match=r"rows.csv: found no column 'month'"):
        count_cells(text(tmp_path), ["month"])
    assert count_cells(text(tmp_path), ["months"]).file == "rows.csv"
