"""Tables as users bring them: files of every kind of damage, and frames of every make."""

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.tables import as_frame, as_text, fingerprint, number, read_text, source_name


def written(tmp_path, text, name="t.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def message(path):
    with pytest.raises(BadInput) as caught:
        read_text(path)
    return str(caught.value)


def test_text_stays_as_it_is_printed(tmp_path):
    table = read_text(written(tmp_path, "unit,share\nLæsø,20.00\n\nFanø,38\n"))
    assert (table.header, table.rows, table.lines) == (("unit", "share"), (("Læsø", "20.00"), ("Fanø", "38")), (2, 4))


def test_a_file_from_a_spreadsheet_may_start_with_a_byte_order_mark(tmp_path):
    assert read_text(written(tmp_path, "\ufeffunit\na\n")).header == ("unit",)


def test_latin_1_is_named_with_the_letter_that_gave_it_away(tmp_path):
    said = message(written(tmp_path, "unit\nFanø\nLæsø\n", encoding="latin-1"))
    assert said == (
        "t.csv, row 2: found a byte that is not UTF-8 (in Latin-1 it would be 'ø'), expected a file in UTF-8. "
        "Save it as 'CSV UTF-8', or run: iconv -f LATIN1 -t UTF-8."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "t.csv: found an empty file, expected a header line and rows. Export the table again."),
        ("unit,n\n", "t.csv: found a header and no rows, expected at least one row. Export the table again."),
        ("n,n\n1,2\n", "t.csv, row 1: found the column name 'n' 2 times, expected each name once. Rename one."),
        (
            "unit,pct\na,12,5\n",
            "t.csv, row 2: found 3 cells, expected 2, one for each column of the header. "
            "Quote cells that contain a comma; a decimal comma must be a point.",
        ),
    ],
)
def test_a_damaged_file_is_refused_in_words(tmp_path, text, said):
    assert message(written(tmp_path, text)) == said


def test_a_missing_file_names_its_neighbours(tmp_path):
    written(tmp_path, "a\n1\n", "moves.csv")
    with pytest.raises(UnknownName, match=r"Did you mean moves\.csv\?"):
        read_text(tmp_path / "move.csv")


def test_a_missing_file_in_a_missing_folder_says_to_check_the_path(tmp_path):
    assert "found no such file, expected a CSV file. Check the path." in message(tmp_path / "no" / "t.csv")


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("12.5", 12.5),
        (" 7 ", 7.0),
        ("12,5", "'12,5', a number with a decimal comma"),
        ("1.234,5", "'1.234,5', a number with a decimal comma"),
        ("many", "the text 'many'"),
        ("nan", "'nan', which is no figure"),
    ],
)
def test_a_cell_is_a_number_or_words_about_it(cell, read):
    assert number(cell) == read


def test_half_a_person_is_not_a_whole_number():
    assert number("2.5", whole=True) == "'2.5', which is not a whole number"


@given(st.integers(-(10**9), 10**9))
def test_every_whole_number_is_read_back(value):
    assert number(str(value), whole=True) == value


FRAME = pl.DataFrame({"unit": ["Læsø", "Fanø"], "n": [17, 60]})


@pytest.mark.parametrize(
    "data",
    [
        FRAME,
        {"unit": ["Læsø", "Fanø"], "n": [17, 60]},
        pd.DataFrame({"unit": ["Læsø", "Fanø"], "n": [17, 60]}),
        pa.table({"unit": ["Læsø", "Fanø"], "n": [17, 60]}),
        FRAME.lazy(),
    ],
    ids=["polars", "mapping", "pandas", "arrow", "lazy"],
)
def test_frames_of_every_make_say_the_same(data):
    assert as_frame(data).to_dicts() == FRAME.to_dicts()


def test_a_duckdb_relation_says_the_same():
    with duckdb.connect() as connection:
        relation = connection.sql("select * from (values ('Læsø', 17), ('Fanø', 60)) as t(unit, n)")
        assert as_frame(relation).to_dicts() == FRAME.to_dicts()


def test_files_say_the_same(tmp_path):
    FRAME.write_parquet(tmp_path / "t.parquet")
    assert as_frame(tmp_path / "t.parquet").to_dicts() == FRAME.to_dicts()
    assert as_frame(str(written(tmp_path, "unit,n\nLæsø,17\nFanø,60\n"))).to_dicts() == FRAME.to_dicts()


def test_numbers_with_leading_zeros_stay_text(tmp_path):
    assert as_frame(written(tmp_path, "code\n0012\n0430\n"))["code"].to_list() == ["0012", "0430"]


def test_empty_cells_are_unknown_and_a_column_of_them_stays_text(tmp_path):
    frame = as_frame(written(tmp_path, "unit,n,note\na,1,\nb,,\n"))
    assert frame["n"].to_list() == [1.0, None]
    assert frame.schema["note"] == pl.String


def test_a_row_of_nothing_but_commas_is_no_row(tmp_path):
    assert as_frame(written(tmp_path, "unit,n\na,1\n,\n")).height == 1


def test_what_is_no_table_is_refused_with_what_is():
    with pytest.raises(BadInput, match="found a int, expected a Polars, pandas or Arrow frame"):
        as_frame(3)


def test_only_files_have_a_name(tmp_path):
    assert source_name(tmp_path / "t.csv") == "t.csv"
    assert source_name(FRAME) is None


def test_the_fingerprint_knows_the_cells_and_nothing_else():
    assert fingerprint(FRAME) == fingerprint(FRAME.clone())
    assert fingerprint(FRAME) != fingerprint(FRAME.with_columns(n=pl.col("n") + 1))


def test_codes_that_were_taken_for_numbers_are_read_as_they_stood(tmp_path):
    frame = as_frame(written(tmp_path, "code,share,name\n101,0.5,a\n,1,b\n"))
    assert as_text(frame["code"]).to_list() == ["101", None]
    assert as_text(frame["share"]).to_list() == ["0.5", "1.0"]
    assert as_text(frame["name"]).to_list() == ["a", "b"]
