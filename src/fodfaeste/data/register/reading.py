"""From where a register lies to its tables: a folder of CSV and Parquet files, or a database by connection string.

A table is first *raw*, as its file has it, and then *typed*, as its schema has it: one expression a cell. What cannot
be read is empty in the typed table, its row is marked `unread`, and the checks say so.
"""

from __future__ import annotations

import difflib
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from fodfaeste.data.engine import BATCH, ROW, UNEVEN, Engine, quoted
from fodfaeste.data.register import vintages
from fodfaeste.data.register.schema import SETTINGS, TABLES, Column, Settings, TableSchema, read_settings
from fodfaeste.errors import BadInput, FodfaesteError, Problem

if TYPE_CHECKING:
    import ibis.expr.types as ir

Source = str | Path
"""A folder, or a connection string such as `duckdb://file.db`, `sqlite:///file.db` or `postgres://...`."""

UNREAD = "unread"
"""Column of a typed table: a cell of the row could not be read."""

SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True)
class Told:
    """A problem with a file as a whole, by the rule that it breaks; what is only `told` stops nobody."""

    rule: str
    problem: Problem
    refuse: bool = True


@dataclass(frozen=True, eq=False)
class Raw:
    """A table as its file has it: nothing is interpreted yet."""

    schema: TableSchema
    file: str
    table: ir.Table

    @property
    def columns(self) -> tuple[str, ...]:
        """The file's own columns."""
        return tuple(name for name in self.table.columns if name not in (ROW, UNEVEN))

    @property
    def uneven(self) -> ir.StringValue:
        """The whole line, where it has too many or too few cells."""
        return self.table[UNEVEN] if UNEVEN in self.table.columns else ibis.null("string")

    @property
    def is_text(self) -> bool:
        """Whether days or numbers have to be read from text, as in a CSV file."""
        kinds = {column.name: column.kind for column in self.schema.columns}
        return any(
            kinds[name] != "text" and self.table[name].type().is_string() for name in kinds if name in self.columns
        )


@dataclass(frozen=True, eq=False)
class Loaded:
    """All tables of a register, raw and typed, with what it says of itself."""

    engine: Engine
    raws: Mapping[str, Raw]
    settings: Settings

    @cached_property
    def typed(self) -> Mapping[str, ir.Table]:
        """Each table as its schema has it, with `row` and `unread`."""
        return {name: self._typed(raw) for name, raw in self.raws.items()}

    def _typed(self, raw: Raw) -> ir.Table:
        """Read text once and keep it; a Parquet file whose cells are as they have to be is used where it lies."""
        if raw.is_text or self._holds(raw.table, odd(raw)):
            return self.engine.keep(unique(f"typed-{raw.schema.name}"), typed(raw))
        return as_it_is(raw)

    @cached_property
    def unread(self) -> Mapping[str, bool]:
        """Whether a table has cells that could not be read."""
        return {name: self._holds(table, table[UNREAD]) for name, table in self.typed.items()}

    @cached_property
    def persons_repeat(self) -> bool:
        """Whether a person is in the table of persons more than once."""
        persons = self.typed["persons"]
        found = persons.aggregate(rows=persons.person.count(), persons=persons.person.nunique())
        rows, unique_persons = self.engine.fetch(found).row(0)
        return bool(rows > unique_persons)

    def _holds(self, table: ir.Table, condition: ir.BooleanValue) -> bool:
        return bool(self.engine.fetch(table.aggregate(n=condition.fill_null(False).cast("int64").sum()))["n"][0])

    @cached_property
    def codes(self) -> pl.DataFrame:
        """The list of municipality codes; some hundreds of rows, so it is looked at in memory."""
        codes = self.typed["municipalities"].filter(lambda t: t.code.notnull())
        return self.engine.fetch(codes.select(ROW, "code", "name", "kind", "valid_from", "valid_to", "successor"))

    @cached_property
    def readings(self) -> ir.Table:
        """What each code is read as on which days; see `vintages.readings`."""
        return lend(self.engine, "readings", vintages.readings(self.codes))

    @cached_property
    def successions(self) -> ir.Table:
        """Rows of the list of codes whose successors lead nowhere; see `vintages.broken_successions`."""
        return lend(self.engine, "successions", vintages.broken_successions(self.codes))

    def with_table(self, name: str, table: ir.Table) -> Loaded:
        """Put another raw table in the place of one."""
        changed = Loaded(self.engine, {**self.raws, name: replace(self.raws[name], table=table)}, self.settings)
        # What is known of the other tables stays known.
        typed = {**self.typed, name: changed._typed(changed.raws[name])}
        changed.__dict__["typed"] = typed
        changed.__dict__["unread"] = {**self.unread, name: self._holds(typed[name], typed[name][UNREAD])}
        return changed


def unique(name: str) -> str:
    """Make a name that the work folder does not have yet."""
    return f"{name}-{uuid.uuid4().hex[:8]}"


def lend(engine: Engine, name: str, frame: pl.DataFrame) -> ir.Table:
    """Give a small frame to the engine."""
    path = engine.work / f"{unique(name)}.parquet"
    frame.write_parquet(path)
    return engine.read(path).drop(ROW)


# Where the tables lie


def load(
    source: Source, engine: Engine, settings: Path | Mapping[str, Any] | None = None
) -> tuple[Loaded, tuple[Told, ...]]:
    """Find and read the tables; what is wrong with a file as a whole is told beside them.

    Raises
    ------
    BadInput
        If there is no such folder or database, or `register.json` says nothing that can be used.
    FodfaesteError
        If a database needs a driver that is not installed.
    """
    if isinstance(source, str) and "://" in source:
        files = stage_database(source, TABLES, engine.work)
    else:
        files = find_files(Path(source))
    told: list[Told] = []
    raws: dict[str, Raw] = {}
    for name, schema in TABLES.items():
        if name in files:
            try:
                raws[name] = raw(schema, files[name], engine)
                told += columns_told(raws[name])
            except BadInput as error:
                told += [Told("unreadable_file", problem) for problem in error.problems]
        elif not schema.optional:
            told.append(Told("missing_table", _missing(name, files)))
    said = read_settings(beside(source) / SETTINGS if settings is None else settings)
    return Loaded(engine, raws, said), tuple(told)


def beside(source: Source) -> Path:
    """Give the folder that holds `register.json`: that of the tables, or of the database's file."""
    if isinstance(source, str) and "://" in source:
        return database_file(source.partition("://")[2]).parent
    return Path(source)


def find_files(folder: Path) -> dict[str, Path]:
    """Find the CSV and Parquet files of a folder by name.

    Raises
    ------
    BadInput
        If there is no such folder, or one table as both kinds of file.
    """
    if not folder.is_dir():
        todo = "Name the folder that holds persons.csv and the other tables, or a connection string."
        raise BadInput(Problem("no such folder", "a folder with the register's tables", todo, str(folder)))
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in SUFFIXES:
            if path.stem in found:
                todo = "Take out the one that is not meant."
                raise BadInput(Problem(f"{found[path.stem].name} and {path.name}", "one of them", todo, str(folder)))
            found[path.stem] = path
    return found


def _missing(name: str, files: Iterable[str]) -> Problem:
    near = difflib.get_close_matches(name, [one for one in files if one not in TABLES], n=1, cutoff=0.5)
    todo = f"Is it {near[0]}? Then rename that." if near else f"Export it as {name}.csv or {name}.parquet."
    return Problem("no such table", "every table of a register", todo, name)


def raw(schema: TableSchema, path: Path, engine: Engine) -> Raw:
    """Read a table as its file has it; the user's own columns of numbers join the schema."""
    table = engine.read(path)
    known = (*schema.names, ROW, UNEVEN)
    own = tuple(name for name in table.columns if name not in known) if schema.further_numbers else ()
    return Raw(schema.with_numbers(own), path.name, table)


def columns_told(raw: Raw) -> Iterator[Told]:
    """Say which columns are missing (and what was probably meant), and which are not read."""
    extra = [name for name in raw.columns if name not in raw.schema.names]
    for column in raw.schema.columns:
        if column.name in raw.columns:
            continue
        near = difflib.get_close_matches(column.name, extra, n=1, cutoff=0.6)
        if near or not column.optional:
            todo = f"Is it the column {near[0]!r}? Then rename that." if near else "Export the table with this column."
            yield Told("missing_column", _column(raw, column.name, "no such column", column.expected, todo))
    for name in extra:
        found, expected = f"a column {name!r}", f"{', '.join(raw.schema.names)}"
        yield Told("unknown_column", _column(raw, name, found, expected, "It is not read."), refuse=False)


def _column(raw: Raw, column: str, found: str, expected: str, todo: str) -> Problem:
    return Problem(found, expected, todo, raw.file, 1, column)


# Cells: what stands there, and what it is read as

DANISH_DAY = r"^(\d{1,2})[-.](\d{1,2})[-.](\d{4})$"


def said(raw: Raw, column: Column) -> ir.StringValue:
    """Give the text of a cell without spaces around it; nothing where it is empty or the column is not there."""
    if column.name not in raw.columns:
        return ibis.null("string")
    cell = raw.table[column.name]
    return cell.strip().nullif("") if cell.type().is_string() else cell.cast("string")


def parsed(raw: Raw, column: Column) -> ir.Value:
    """Read a cell as its column's kind; nothing where it is none."""
    if column.name not in raw.columns:
        return ibis.null(_TYPES[column.kind])
    cell = raw.table[column.name]
    kind = cell.type()
    if column.kind == "text":
        return said(raw, column)
    if column.kind == "date":
        return read_day(said(raw, column)) if not kind.is_temporal() else cell.cast("date")
    if kind.is_numeric():
        return cell.cast(_TYPES[column.kind])
    pattern = r"^\d{1,9}$" if column.kind == "year" else r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$"
    text = said(raw, column)
    return text.re_search(pattern).ifelse(text, ibis.null("string")).try_cast(_TYPES[column.kind])


_TYPES = {"text": "string", "date": "date", "number": "float64", "year": "int64"}


def read_day(text: ir.StringValue) -> ir.DateValue:
    """Read YYYY-MM-DD and nothing else: engines by themselves also take 2001-1-1 or 2001, and not the same."""
    return text.re_search(r"^\d{4}-\d\d-\d\d$").ifelse(text, ibis.null("string")).try_cast("date")


def day_first(text: ir.StringValue) -> ir.StringValue:
    """Rewrite 31-12-2005 or 31.12.2005 as 2005-12-31; nothing where it is no day."""
    day, month, year = (text.re_extract(DANISH_DAY, part) for part in (1, 2, 3))
    iso = year.concat("-", month.lpad(2, "0"), "-", day.lpad(2, "0"))
    return read_day(text.re_search(DANISH_DAY).ifelse(iso, ibis.null("string"))).cast("string")


def accepted(value: ir.Value, column: Column) -> ir.BooleanValue:
    """Say whether a value that could be read is one that the column may hold."""
    if column.allowed:
        return value.isin(column.allowed)
    if column.pattern:
        return value.re_search(column.pattern)
    if column.lowest is not None and column.highest is not None:
        return value.between(column.lowest, column.highest)
    return ibis.literal(True)


def value(raw: Raw, column: Column) -> ir.Value:
    """Give what a cell holds: nothing where it is empty, cannot be read, or is none of what it may be."""
    read = parsed(raw, column)
    return ibis.ifelse(accepted(read, column), read, ibis.null(_TYPES[column.kind]))


def unreadable(raw: Raw) -> ir.BooleanValue:
    """Say which rows have a cell that is empty though required, or that holds what it may not."""
    unread = raw.uneven.notnull()
    for column in raw.schema.columns:
        empty = value(raw, column).isnull()
        unread = unread | (empty if column.required else empty & said(raw, column).notnull())
    return unread


def typed(raw: Raw) -> ir.Table:
    """Give the table as its schema has it, with `row` and `unread`."""
    values = {column.name: value(raw, column) for column in raw.schema.columns}
    return raw.table.select(raw.table[ROW], unreadable(raw).name(UNREAD), **values)


def odd(raw: Raw) -> ir.BooleanValue:
    """Say which rows of a Parquet file are not as `as_it_is` takes them: unreadable, or with spaces around a text."""
    texts = [raw.table[name] for name in raw.columns if raw.table[name].type().is_string()]
    return ibis.or_(unreadable(raw), *((text != text.strip()) | (text == "") for text in texts))


def as_it_is(raw: Raw) -> ir.Table:
    """Give the table with the types of its schema, when nothing in it has to be read or refused."""
    stands = {
        column.name: raw.table[column.name].cast(_TYPES[column.kind])
        if column.name in raw.columns
        else ibis.null(_TYPES[column.kind])
        for column in raw.schema.columns
    }
    return raw.table.select(raw.table[ROW], ibis.literal(False).name(UNREAD), **stands)


# Databases


def stage_database(url: str, names: Iterable[str], work: Path) -> dict[str, Path]:
    """Copy the register's tables from a database to Parquet in the work folder; give the files by name.

    Raises
    ------
    BadInput
        If the database is not there or cannot be reached.
    FodfaesteError
        If its driver is not installed; the message says what to install.
    """
    scheme, _, rest = url.partition("://")
    folder = work / unique("database")
    folder.mkdir(parents=True)
    if scheme == "duckdb":
        return dict(_from_duckdb(database_file(rest), names, folder))
    if scheme == "sqlite":
        return dict(_from_sqlite(database_file(rest), names, folder))
    return dict(_from_server(url, names, folder))


def database_file(rest: str) -> Path:
    """Find the file of `sqlite:///file.db` (beside us) or `sqlite:////place/file.db`; two strokes do as well."""
    path = next((path for path in (Path(rest), Path(rest.removeprefix("/"))) if path.is_file()), None)
    if path is None:
        raise BadInput(Problem("no such database", "a database file", "Check the path.", rest))
    return path


def _from_duckdb(path: Path, names: Iterable[str], folder: Path) -> Iterator[tuple[str, Path]]:
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise BadInput(_no_database(path, error)) from None
    with connection:
        there = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        there |= {name for (name,) in connection.execute("SELECT view_name FROM duckdb_views()").fetchall()}
        for name in names:
            if name in there:
                staged = folder / f"{name}.parquet"
                connection.execute(f"COPY {name} TO {quoted(str(staged))} (FORMAT parquet)").fetchall()
                yield name, staged


def _from_sqlite(path: Path, names: Iterable[str], folder: Path) -> Iterator[tuple[str, Path]]:
    # SQLite types each cell by itself, so all of them are taken as text and read like those of a CSV file.
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        for name in names:
            if name in there:
                rows = connection.execute(f"SELECT * FROM {name}")
                columns = [column for column, *_ in rows.description]
                yield name, _text_parquet(rows, columns, folder / f"{name}.parquet")
    except sqlite3.DatabaseError as error:
        raise BadInput(_no_database(path, error)) from None
    finally:
        connection.close()


def _text_parquet(rows: sqlite3.Cursor, columns: list[str], staged: Path) -> Path:
    schema = pa.schema([(name, pa.string()) for name in columns])
    with pq.ParquetWriter(staged, schema) as writer:
        while batch := rows.fetchmany(BATCH):
            cells = [[None if cell is None else str(cell) for cell in column] for column in zip(*batch, strict=True)]
            writer.write_table(pa.table(dict(zip(columns, cells, strict=True)), schema=schema))
    return staged


def _from_server(url: str, names: Iterable[str], folder: Path) -> Iterator[tuple[str, Path]]:
    scheme = url.partition("://")[0]
    try:
        backend = ibis.connect(url)
        there = set(backend.list_tables())
    except ImportError:
        raise FodfaesteError(
            f"Reading {scheme}:// needs a driver that is not installed. Install it with: "
            f"pip install 'ibis-framework[{scheme}]'. Or export the tables as CSV or Parquet."
        ) from None
    except Exception as error:
        # Every driver has errors of its own. The address may hold a password, so only its kind is repeated.
        raise BadInput(_no_database(Path(f"{scheme}://..."), error)) from None
    for name in names:
        if name in there:
            staged = folder / f"{name}.parquet"
            batches = backend.table(name).to_pyarrow_batches(chunk_size=BATCH)
            with pq.ParquetWriter(staged, batches.schema) as writer:
                for batch in batches:
                    writer.write_batch(batch)
            yield name, staged


def _no_database(path: Path, error: Exception) -> Problem:
    todo = "Check the connection string, and that you may read the database."
    return Problem(f"no database that can be read ({type(error).__name__})", "a database", todo, path.name)
