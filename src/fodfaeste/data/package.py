"""Frictionless tabular data packages: a datapackage.json and its CSV files, read with care and typed by their schema.

The part of the Data Package and Table Schema specifications (version 1) that tables of figures need. What a
descriptor asks beyond that is refused by name, never passed over.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.tables import TextTable, number, read_text

DESCRIPTOR = "datapackage.json"

Value = str | int | float | bool | date
"""What a cell becomes; an empty one becomes `None`."""


@dataclass(frozen=True)
class Provenance:
    """Where a table is printed; empty texts where the descriptor does not say."""

    chapter: str = ""
    table: str = ""


@dataclass(frozen=True)
class Field:
    """A column: its type and what its cells have to fulfil."""

    name: str
    type: str
    description: str = ""
    unit: str = ""
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values have to occur in columns of another table of the package."""

    fields: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Schema:
    """The columns of a table and its keys."""

    fields: tuple[Field, ...]
    missing_values: tuple[str, ...] = ("",)
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.fields)

    def field(self, name: str) -> Field:
        """Return the column of that name.

        Raises
        ------
        UnknownName
            If there is no such column.
        """
        for column in self.fields:
            if column.name == name:
                return column
        raise UnknownName("no column", name, self.names)


@dataclass(frozen=True, eq=False)
class Table:
    """One table of a package.

    Attributes
    ----------
    name, title, description : str
        As in the descriptor.
    provenance : Provenance
        Where it is printed.
    schema : Schema
        Its columns.
    text : TextTable
        The cells as printed.
    frame : polars.DataFrame
        The same rows typed by the schema, columns in its order.
    """

    name: str
    title: str
    description: str
    provenance: Provenance
    schema: Schema
    text: TextTable
    frame: pl.DataFrame


@dataclass(frozen=True)
class _Resource:
    name: str
    path: str
    title: str
    description: str
    provenance: Provenance
    schema: Schema
    row_count: int | None


@dataclass(frozen=True, eq=False)
class Package:
    """A folder of tables with their descriptor.

    Attributes
    ----------
    name, title : str
        As in the descriptor.
    folder : Path or Traversable
        Where datapackage.json lies.
    names : tuple of str
        The names of its tables, in the descriptor's order.
    descriptor : dict
        The whole datapackage.json.
    """

    name: str
    title: str
    folder: Path | Traversable
    names: tuple[str, ...]
    descriptor: Mapping[str, Any]
    _resources: Mapping[str, _Resource] = field(repr=False)
    _tables: dict[str, Table] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> Table:
        """Read a table, check its cells, and keep it for the next call.

        Raises
        ------
        UnknownName
            If the package has no such table.
        BadInput
            With one problem for each cell, column or key that the schema does not allow.
        """
        if name not in self._resources:
            raise UnknownName("no table", name, self.names, file=DESCRIPTOR)
        if name not in self._tables:
            resource = self._resources[name]
            self._tables[name] = _table(resource, _location(self.folder, self.descriptor, resource))
        return self._tables[name]

    def check(self) -> None:
        """Read every table and look up every foreign key.

        Raises
        ------
        BadInput
            With all problems of all tables at once.
        """
        problems: list[Problem] = []
        whole: dict[str, Table] = {}
        for name in self.names:
            try:
                whole[name] = self.table(name)
            except BadInput as error:
                problems += error.problems
        for table in whole.values():
            for key in table.schema.foreign_keys:
                target = key.table or table.name
                if target in whole:
                    problems += _without_counterpart(table, key, whole[target])
        if problems:
            raise BadInput(*problems)


def read(folder: Path | Traversable) -> Package:
    """Read the descriptor of a data package; its tables follow when they are asked for.

    Parameters
    ----------
    folder : Path or Traversable
        The folder of datapackage.json, or that file itself. The tables lie at the resources' paths, seen from that
        folder or from the descriptor's `basepath` inside it.

    Raises
    ------
    BadInput
        If there is no descriptor, or it is not JSON, or it asks for what this reader does not do.
    """
    if folder.name == DESCRIPTOR and isinstance(folder, Path):
        folder = folder.parent
    file = folder / DESCRIPTOR
    if not file.is_file():
        raise BadInput(
            Problem(
                f"no {DESCRIPTOR}", "a data package", "Give the folder in which its datapackage.json lies.", str(folder)
            )
        )
    descriptor = _json(file.read_bytes())
    problems: list[Problem] = []
    resources = _resources(descriptor, problems)
    if problems:
        raise BadInput(*problems)
    return Package(
        str(descriptor.get("name", "")),
        str(descriptor.get("title", "")),
        folder,
        tuple(resource.name for resource in resources),
        descriptor,
        {resource.name: resource for resource in resources},
    )


# The descriptor


def _json(raw: bytes) -> Mapping[str, Any]:
    try:
        descriptor = json.loads(raw.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BadInput(
            Problem(f"no JSON ({error.msg})", "valid JSON", "Check commas and quotes there.", DESCRIPTOR, error.lineno)
        ) from None
    except UnicodeDecodeError:
        raise BadInput(_said("bytes that are not UTF-8", "a file in UTF-8", "Save it again as UTF-8.")) from None
    if not isinstance(descriptor, dict):
        raise BadInput(_said("JSON that is no object", "an object with resources", "Compare it with another package."))
    return descriptor


def _said(found: str, expected: str, todo: str) -> Problem:
    return Problem(found, expected, todo, DESCRIPTOR)


def _resources(descriptor: Mapping[str, Any], problems: list[Problem]) -> list[_Resource]:
    listed = descriptor.get("resources")
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        problems.append(_said("no resources", "a list of tables", "Describe each CSV file as a resource."))
        return []
    base = descriptor.get("basepath", "")
    if not _inside(base):
        problems.append(_said(f"basepath {base!r}", "a folder inside the package", "Write it as seen from there."))
    resources: list[_Resource] = []
    for position, one in enumerate(listed, 1):
        name, path = one.get("name"), one.get("path")
        if not isinstance(name, str) or not name:
            problems.append(_said(f"resource {position} without a name", "a name", "Name it."))
        elif name in [other.name for other in resources]:
            problems.append(_said(f"two resources named {name!r}", "each name once", "Rename one."))
        elif not isinstance(path, str) or not path or not _inside(path):
            todo = "Write the path of its CSV file as seen from the package."
            problems.append(_said(f"{name}: path {path!r}", "one path inside the package", todo))
        else:
            resources.append(_resource(name, path, one, problems))
    known = [resource.name for resource in resources]
    for resource in resources:
        for key in resource.schema.foreign_keys:
            if key.table and key.table not in known:
                found = f"{resource.name}: a foreign key to {key.table!r}"
                problems.append(_said(found, f"one of {', '.join(known)}", _meant(key.table, known)))
    return resources


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _inside(path: object) -> bool:
    if not isinstance(path, str):
        return False
    steps = PurePosixPath(path)
    return not steps.is_absolute() and ".." not in steps.parts and "\\" not in path and "://" not in path


def _resource(name: str, path: str, one: Mapping[str, Any], problems: list[Problem]) -> _Resource:
    dialect, place = _object(one.get("dialect")), _object(one.get("provenance"))
    for said, found, can in (
        ("delimiter", dialect.get("delimiter", ","), ","),
        ("quoteChar", dialect.get("quoteChar", '"'), '"'),
        ("header", dialect.get("header", True), True),
        ("encoding", str(one.get("encoding", "utf-8")).casefold(), "utf-8"),
        ("format", one.get("format", "csv"), "csv"),
    ):
        if found != can:
            problems.append(_said(f"{name}: {said} {found!r}", repr(can), "Save the table so."))
    return _Resource(
        name,
        path,
        str(one.get("title", "")),
        str(one.get("description", "")),
        Provenance(str(place.get("chapter", "")), str(place.get("table", ""))),
        _schema(name, one.get("schema"), problems),
        one.get("rowCount"),
    )


def _schema(name: str, said: object, problems: list[Problem]) -> Schema:
    described = said.get("fields") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(described, list) or not described:
        problems.append(_said(f"{name}: no schema with fields", "each column described", "List its fields."))
        return Schema(())
    fields = tuple(_field(name, one, problems) for one in described)
    names = [column.name for column in fields]
    keys = tuple(_foreign_keys(name, said.get("foreignKeys", ()), problems))
    primary = _listed(said.get("primaryKey", ()))
    for column in [*primary, *(column for key in keys for column in key.fields)]:
        if column not in names:
            found = f"{name}: a key over the column {column!r}"
            problems.append(_said(found, f"one of {', '.join(names)}", _meant(column, names)))
    return Schema(fields, _listed(said.get("missingValues", [""])), primary, keys)


def _listed(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _foreign_keys(name: str, listed: Sequence[Mapping[str, Any]], problems: list[Problem]) -> Iterator[ForeignKey]:
    for key in listed:
        try:
            there = key["reference"]
            yield ForeignKey(_listed(key["fields"]), there.get("resource", ""), _listed(there["fields"]))
        except (KeyError, TypeError, AttributeError):
            todo = "Write it as in the specification of Table Schema."
            problems.append(_said(f"{name}: the foreign key {key!r}", "fields and a reference with fields", todo))


def _field(table: str, one: Mapping[str, Any], problems: list[Problem]) -> Field:
    name, kind = str(one.get("name", "")), str(one.get("type", "string"))
    if not name:
        problems.append(
            _said(f"{table}: a field without a name", "a name", "Name it as in the header of the CSV file.")
        )
    if kind not in _TYPES:
        found = f"{table}.{name}: type {kind!r}"
        problems.append(_said(found, f"one of {', '.join(_TYPES)}", _meant(kind, _TYPES)))
    for said, can in (("decimalChar", "."), ("bareNumber", True), ("groupChar", None), ("format", "default")):
        if one.get(said, can) != can:
            problems.append(_said(f"{table}.{name}: {said} {one[said]!r}", repr(can), "Write the column so."))
    constraints = _object(one.get("constraints"))
    for said in constraints:
        if said not in _CONSTRAINTS:
            found = f"{table}.{name}: the constraint {said!r}"
            problems.append(_said(found, f"one of {', '.join(_CONSTRAINTS)}", _meant(said, _CONSTRAINTS)))
    return Field(
        name,
        kind,
        str(one.get("description", "")),
        str(one.get("unit", "")),
        bool(constraints.get("required", False)),
        bool(constraints.get("unique", False)),
        tuple(str(choice) for choice in constraints.get("enum", ())),
        constraints.get("minimum"),
        constraints.get("maximum"),
        str(constraints.get("pattern", "")),
    )


def _meant(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else "Choose one of those."


# Cells: each parser gives the value, or says in words what it found instead


def _number(cell: str) -> Value:
    return number(cell)


def _integer(cell: str) -> Value:
    value = number(cell, whole=True)
    return value if isinstance(value, str) else int(value)


def _boolean(cell: str) -> Value:
    written = cell.strip().casefold()
    if written in ("true", "1"):
        return True
    return False if written in ("false", "0") else f"the text {cell.strip()!r}"


def _date(cell: str) -> Value:
    try:
        return date.fromisoformat(cell.strip()) if re.fullmatch(r"\d{4}-\d\d-\d\d", cell.strip()) else f"{cell!r}"
    except ValueError:
        return f"{cell.strip()!r}, a day that does not exist"


def _year(cell: str) -> Value:
    return int(cell) if re.fullmatch(r"\d{4}", cell.strip()) else f"{cell.strip()!r}"


@dataclass(frozen=True)
class _Type:
    parse: Callable[[str], Value]
    dtype: type[pl.DataType]
    expected: str
    todo: str


_TYPES: Mapping[str, _Type] = {
    "string": _Type(str, pl.String, "text", ""),
    "integer": _Type(_integer, pl.Int64, "a whole number", "Write it with digits only."),
    "number": _Type(_number, pl.Float64, "a number", "Write it with digits and a decimal point."),
    "boolean": _Type(_boolean, pl.Boolean, "true or false", "Write one of these two."),
    "date": _Type(_date, pl.Date, "a day as YYYY-MM-DD", "Write it as in 2001-01-31."),
    "year": _Type(_year, pl.Int64, "a year of four digits", "Write it as in 2001."),
}
_CONSTRAINTS = ("required", "unique", "enum", "minimum", "maximum", "pattern")


# A table


def _location(folder: Path | Traversable, descriptor: Mapping[str, Any], resource: _Resource) -> Path | Traversable:
    steps = [*PurePosixPath(descriptor.get("basepath", "")).parts, *PurePosixPath(resource.path).parts]
    return folder.joinpath(*steps)


def _table(resource: _Resource, file: Path | Traversable) -> Table:
    text, schema = read_text(file), resource.schema
    problems = list(_columns(text, schema))
    values: dict[str, list[Value | None]] = {}
    for column in schema.fields:
        if column.name in text.header:
            position = text.header.index(column.name)
            cells = [row[position] for row in text.rows]
            values[column.name] = list(_typed(cells, column, schema, text, problems))
    problems.sort(key=lambda problem: problem.row or 0)
    for key in [schema.primary_key, *((column.name,) for column in schema.fields if column.unique)]:
        if key and set(key) <= set(values):
            problems += _repeated(text, values, key)
    if resource.row_count is not None and resource.row_count != len(text.rows):
        todo = "See whether rows were lost or added; rowCount in datapackage.json has to say how many there are."
        problems.append(Problem(f"{len(text.rows)} rows", f"{resource.row_count} rows (rowCount)", todo, text.file))
    if problems:
        raise BadInput(*dict.fromkeys(problems))
    frame = pl.DataFrame(
        {column.name: pl.Series(values[column.name], dtype=_TYPES[column.type].dtype) for column in schema.fields}
    )
    return Table(resource.name, resource.title, resource.description, resource.provenance, schema, text, frame)


def _columns(text: TextTable, schema: Schema) -> Iterator[Problem]:
    extra = [name for name in text.header if name not in schema.names]
    for name in schema.names:
        if name not in text.header:
            near = difflib.get_close_matches(name, extra, n=1, cutoff=0.5)
            todo = f"Is it the column {near[0]!r}? Then rename that." if near else "Export the table with this column."
            yield Problem("no such column", "every column of the schema", todo, text.file, 1, name)
    for name in extra:
        todo = "Take it out, or describe it in datapackage.json."
        yield Problem("a column that the schema does not have", ", ".join(schema.names), todo, text.file, 1, name)


def _typed(
    cells: Sequence[str], column: Field, schema: Schema, text: TextTable, problems: list[Problem]
) -> Iterator[Value | None]:
    kind = _TYPES[column.type]
    for cell, line in zip(cells, text.lines, strict=True):
        if cell in schema.missing_values or (column.type != "string" and not cell.strip()):
            if column.required:
                todo = "Fill it in, or leave the row out."
                problems.append(Problem("an empty cell", kind.expected, todo, text.file, line, column.name))
            yield None
            continue
        value = kind.parse(cell)
        if isinstance(value, str) and column.type != "string":
            problems.append(Problem(value, kind.expected, kind.todo, text.file, line, column.name))
            yield None
            continue
        if (broken := _broken(value, cell, column)) is not None:
            found, expected, todo = broken
            problems.append(Problem(found, expected, todo, text.file, line, column.name))
        yield value


def _broken(value: Value, cell: str, column: Field) -> tuple[str, str, str] | None:
    if column.enum and cell not in column.enum:
        return f"unknown {column.name} {cell!r}", f"one of {', '.join(column.enum)}", _meant(cell, column.enum)
    if column.pattern and not re.fullmatch(column.pattern, cell):
        return repr(cell), f"the pattern {column.pattern}", "Write it so."
    if isinstance(value, int | float):
        unknown = "Correct it." if column.required else "Correct it, or leave the cell empty if it is unknown."
        if column.minimum is not None and value < column.minimum:
            return f"{value:g}", f"at least {column.minimum:g}", unknown
        if column.maximum is not None and value > column.maximum:
            return f"{value:g}", f"at most {column.maximum:g}", unknown
    return None


def _repeated(text: TextTable, values: Mapping[str, Sequence[Value | None]], key: tuple[str, ...]) -> Iterator[Problem]:
    first: dict[tuple[Value | None, ...], int] = {}
    for cells, line in zip(zip(*(values[name] for name in key), strict=True), text.lines, strict=True):
        if None in cells:
            continue
        if cells in first:
            yield Problem(
                f"duplicate {' and '.join(key)} {_shown(cells)} (first on row {first[cells]})",
                f"each {' and '.join(key)} once",
                "Add the two rows together, or tell them apart.",
                text.file,
                line,
                ", ".join(key),
            )
        first.setdefault(cells, line)


def _without_counterpart(table: Table, key: ForeignKey, target: Table) -> Iterator[Problem]:
    if missing := [name for name in key.references if name not in target.schema.names]:
        found = f"{table.name}: a foreign key to {target.name}.{missing[0]}"
        yield _said(found, f"one of {', '.join(target.schema.names)}", _meant(missing[0], target.schema.names))
        return
    there = set(target.frame.select(key.references).iter_rows())
    for cells, line in zip(table.frame.select(key.fields).iter_rows(), table.text.lines, strict=True):
        if None not in cells and cells not in there:
            todo = _meant(_shown(cells), [_shown(row) for row in there])
            expected = f"one that is in the table {target.name} ({', '.join(key.references)})"
            found = f"{' and '.join(key.fields)} {_shown(cells)}"
            yield Problem(found, expected, todo, table.text.file, line, ", ".join(key.fields))


def _shown(cells: Sequence[Value | None]) -> str:
    return " and ".join(repr(cell) if isinstance(cell, str) else str(cell) for cell in cells)
