"""`datapackage.json` beside a register: what its tables and columns are, so that no program has to guess."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from fodfaeste.data.register.schema import TABLES, Column, TableSchema

TYPES = {"text": "string", "date": "date", "number": "number", "year": "year"}


def described(title: str, tables: Mapping[str, tuple[int, bytes]], made: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a register as a Frictionless data package.

    Parameters
    ----------
    tables : mapping of str to (int, bytes)
        The rows of each table, and its CSV file.
    made : mapping
        Who made it, and when.
    """
    return {
        "profile": "tabular-data-package",
        "name": "register",
        "title": title,
        **made,
        "resources": [_resource(TABLES[name], rows, content) for name, (rows, content) in tables.items()],
    }


def _resource(table: TableSchema, rows: int, content: bytes) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "rowCount": rows,
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [{"name": one.name, **_field(one)} for one in table.columns],
            "missingValues": [""],
            **dict(_keys(table)),
        },
    }


def _field(column: Column) -> dict[str, Any]:
    said = {"type": TYPES[column.kind], "title": column.name.replace("_", " "), "description": column.meaning}
    asked = {
        "required": column.required or None,
        "enum": list(column.allowed) or None,
        "pattern": column.pattern or None,
        "minimum": column.lowest,
        "maximum": column.highest,
    }
    constraints = {name: value for name, value in asked.items() if value is not None}
    return {**said, "constraints": constraints} if constraints else said


def _keys(table: TableSchema) -> Iterator[tuple[str, Any]]:
    needed = {column.name for column in table.columns if column.required}
    if needed.issuperset(table.key):
        yield "primaryKey", list(table.key)
    if table.has_person and table.name != "persons":
        yield "foreignKeys", [{"fields": ["person"], "reference": {"resource": "persons", "fields": ["person"]}}]
