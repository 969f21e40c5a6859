"""From where a register lies to its tables: folders, databases, and what is wrong with a file as a whole."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import duckdb
import ibis
import polars as pl
import pyarrow as pa
import pytest
from broken import SETTINGS, sound
from broken import write as write_register

from fodfaeste.data.register import check, open_register
from fodfaeste.data.register.reading import day_first, lend, read_day
from fodfaeste.errors import BadInput, FodfaesteError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_register(sound(1, persons=8), tmp_path_factory.mktemp("sound"))


def fetched(register) -> dict[str, pl.DataFrame]:
    return {name: register.engine.fetch(table).sort(pl.all()) for name, table in register.tables.items()}


def test_csv_parquet_duckdb_and_sqlite_hold_the_same_register(folder, engine, tmp_path):
    stored = write_register(sound(1, persons=8), tmp_path / "stored", ".parquet")
    base, lite = tmp_path / "base", tmp_path / "lite"
    for place in (base, lite):
        place.mkdir()
        shutil.copyfile(folder / "register.json", place / "register.json")
    with duckdb.connect(str(base / "r.duckdb")) as connection:
        for path in stored.glob("*.parquet"):
            connection.execute(f"CREATE TABLE {path.stem} AS FROM '{path}'").fetchall()
    connection = sqlite3.connect(lite / "r.sqlite")
    for path in folder.glob("*.csv"):
        rows = pl.read_csv(path, infer_schema=False)
        columns = ", ".join(f'"{name}"' for name in rows.columns)
        connection.execute(f"CREATE TABLE {path.stem} ({columns})")
        connection.executemany(f"INSERT INTO {path.stem} VALUES ({', '.join('?' * rows.width)})", rows.rows())
    connection.commit()
    connection.close()
    first, *others = (
        fetched(open_register(source, engine=engine))
        for source in (folder, stored, f"duckdb://{base / 'r.duckdb'}", f"sqlite:///{lite / 'r.sqlite'}")
    )
    for other in others:
        assert all(first[name].equals(other[name]) for name in first)


class Server:
    """A database server as Ibis would give it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list_tables(self) -> list[str]:
        return [path.stem for path in self.folder.glob("*.parquet")]

    def table(self, name: str):
        table = pl.read_parquet(self.folder / f"{name}.parquet").to_arrow()
        return type("Found", (), {"to_pyarrow_batches": lambda _, chunk_size: _reader(table, chunk_size)})()


def _reader(table: pa.Table, chunk_size: int) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(chunk_size))


def test_a_server_is_read_in_batches_and_its_settings_are_given(engine, tmp_path, monkeypatch):
    stored = write_register(sound(1, persons=8), tmp_path / "stored", ".parquet")
    monkeypatch.setattr(ibis, "connect", lambda _: Server(stored))
    register = open_register("postgres://reader@host/register", engine=engine, settings=SETTINGS)
    assert register.rows.row(by_predicate=pl.col("table") == "persons") == ("persons", 8, 8, 0)


def test_a_driver_that_is_not_installed_is_named(engine, monkeypatch):
    def connect(_):
        raise ImportError

    monkeypatch.setattr(ibis, "connect", connect)
    with pytest.raises(FodfaesteError, match=r"pip install 'ibis-framework\[postgres\]'"):
        check("postgres://reader:secret@host/register", engine=engine)


def test_a_server_that_cannot_be_reached_is_told_without_its_password(engine, monkeypatch):
    def connect(_):
        raise ConnectionError("reader:secret@host")

    monkeypatch.setattr(ibis, "connect", connect)
    with pytest.raises(BadInput, match="ConnectionError") as error:
        check("postgres://reader:secret@host/register", engine=engine)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("scheme", ["duckdb", "sqlite"])
def test_a_database_that_is_not_there_or_is_none(engine, tmp_path, scheme):
    with pytest.raises(BadInput, match="no such database"):
        check(f"{scheme}://{tmp_path}/nothing.db", engine=engine)
    (tmp_path / "text.db").write_text("this is no database, however long it goes on about it" * 20)
    with pytest.raises(BadInput, match="no database that can be read"):
        check(f"{scheme}://{tmp_path}/text.db", engine=engine)


# What is wrong with a file as a whole


def told(source, engine) -> pl.DataFrame:
    return check(source, engine=engine).table.select("file", "column", "rule", "severity", "todo")


def changed(folder: Path, to: Path, name: str, columns: dict[str, str] | None) -> Path:
    shutil.copytree(folder, to)
    path = to / f"{name}.csv"
    if columns is None:
        path.unlink()
    else:
        pl.read_csv(path, infer_schema=False).rename(columns).write_csv(path)
    return to


def test_a_missing_table_is_asked_for(folder, engine, tmp_path):
    found = told(changed(folder, tmp_path / "r", "persons", None), engine)
    assert found.rows() == [
        ("persons", None, "missing_table", "refuse", "Export it as persons.csv or persons.parquet.")
    ]


def test_a_table_under_another_name_is_guessed(folder, engine, tmp_path):
    place = changed(folder, tmp_path / "r", "municipality_indicators", None)
    (place / "persons.csv").rename(place / "person.csv")
    assert told(place, engine)["todo"].to_list() == ["Is it person? Then rename that."]


def test_a_column_under_another_name_is_guessed_and_the_stranger_told(folder, engine, tmp_path):
    found = told(changed(folder, tmp_path / "r", "persons", {"birth_date": "birthdate"}), engine)
    assert found.rows() == [
        ("persons.csv", "birth_date", "missing_column", "refuse", "Is it the column 'birthdate'? Then rename that."),
        ("persons.csv", "birthdate", "unknown_column", "told", "It is not read."),
    ]


def test_nothing_of_a_register_is_used_while_a_file_is_refused(folder, engine, tmp_path):
    findings = check(changed(folder, tmp_path / "r", "persons", {"sex": "gender"}), engine=engine)
    assert findings.rows["rows_used"].to_list() == [0] * 5
    assert findings.rows["rows_in"].equals(findings.rows["rows_listed"].rename("rows_in"))


def test_a_file_that_cannot_be_read_is_a_finding_too(folder, engine, tmp_path):
    place = shutil.copytree(folder, tmp_path / "r")
    (place / "persons.csv").write_bytes(b"person,sex\n1,\xe6\n")
    assert told(place, engine)["rule"].to_list() == ["unreadable_file"]


def test_an_optional_column_may_be_missing_and_is_then_empty(folder, engine, tmp_path):
    place = shutil.copytree(folder, tmp_path / "r")
    persons = pl.read_csv(place / "persons.csv", infer_schema=False)
    persons.drop("schooling", "household").write_csv(place / "persons.csv")
    register = open_register(place, engine=engine)
    assert set(fetched(register)["persons"]["schooling"]) == {None}


def test_a_table_twice_is_no_choice_of_ours(folder, engine, tmp_path):
    place = shutil.copytree(folder, tmp_path / "r")
    pl.DataFrame({"person": [1]}).write_parquet(place / "persons.parquet")
    with pytest.raises(BadInput, match=r"persons\.csv and persons\.parquet"):
        check(place, engine=engine)


def test_no_folder(engine, tmp_path):
    with pytest.raises(BadInput, match="no such folder"):
        check(tmp_path / "nowhere", engine=engine)


# Cells


DAYS = """
    text       | read as    | meant as
    2005-12-31 | 2005-12-31 |
    31-12-2005 |            | 2005-12-31
    1.2.2006   |            | 2006-02-01
    31/12/2005 |            |
    2005-02-30 |            |
    30-02-2005 |            |
    2005-1-1   |            |
    2005       |            | """


def test_a_day_is_read_one_way_only_and_a_danish_one_recognised(engine):
    """Engines by themselves would also take 2005-1-1, and Spark 2005."""
    rows = [[cell.strip() or None for cell in line.split("|")] for line in DAYS.strip().splitlines()[1:]]
    table = lend(engine, "days", pl.DataFrame(rows, schema=["text", "read", "meant"], orient="row"))
    found = engine.fetch(table.select("text", read=read_day(table.text).cast("string"), meant=day_first(table.text)))
    assert sorted(found.rows()) == sorted(tuple(row) for row in rows)


def test_numbers_as_persons_and_times_as_days_are_taken_for_what_they_are(engine, tmp_path):
    """Parquet of other programs: whole numbers for persons, a time of day at midnight for days, spaces around text."""
    place = write_register(sound(1, persons=4), tmp_path / "r", ".parquet")
    for name in ("persons", "residence_spells", "employment_spells"):
        path = place / f"{name}.parquet"
        rows = pl.read_parquet(path).with_columns(pl.col("person").str.slice(1).cast(pl.Int32))
        if name == "persons":
            rows = rows.with_columns(pl.col("birth_date").cast(pl.Datetime("us")), sex=" " + pl.col("sex"))
        rows.write_parquet(path)
    found = fetched(open_register(place, engine=engine))["persons"]
    assert found["person"].to_list() == ["0", "1", "2", "3"]
    assert set(found["sex"]) <= {"female", "male"}
    assert found.schema["birth_date"] == pl.Date
