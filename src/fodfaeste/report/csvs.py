"""A report's tables as CSV files with a Frictionless data package beside them: raw figures, one file a table."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from fodfaeste.report.document import Cell, Column, Document, Table

_TYPES = {"text": "string", "count": "integer"}
_UNITS = {"percent": "share of 1", "percent_interval": "share of 1", "count": "persons"}
_ENDS = ("lower", "upper")


def write(document: Document, folder: Path) -> list[Path]:
    """Write `<table>.csv` for every table, and `datapackage.json`; what is not known is an empty cell."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = list(document.tables())
    made = [_write_table(table, folder / f"{table.name}.csv") for table in tables]
    described = {
        "profile": "tabular-data-package",
        "name": "report",
        "title": document.title,
        "description": document.subtitle,
        "resources": [_resource(table) for table in tables],
    }
    package = folder / "datapackage.json"
    package.write_text(json.dumps(described, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return [*made, package]


def _write_table(table: Table, path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field["name"] for field in _fields(table))
        for row in table.rows:
            writer.writerow(_text(cell) for cell in _flat(row, table.columns))
    return path


def _flat(row: tuple[Cell, ...], columns: tuple[Column, ...]) -> list[Cell]:
    cells: list[Cell] = []
    for value, column in zip(row, columns, strict=True):
        if column.kind.endswith("_interval"):
            cells += list(value) if isinstance(value, tuple) else [None, None]
        else:
            cells.append(value)
    return cells


def _text(cell: Cell) -> str:
    return "" if cell is None else repr(float(cell)) if isinstance(cell, float) else str(cell)


def _resource(table: Table) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.title,
        "description": " ".join(part for part in (table.base, table.note) if part),
        "encoding": "utf-8",
        "schema": {"fields": _fields(table), "missingValues": [""]},
    }


def _fields(table: Table) -> list[dict[str, str]]:
    fields: list[dict[str, str]] = []
    for column in table.columns:
        ends = _ENDS if column.kind.endswith("_interval") else ("",)
        fields += [_field(column, end, {field["name"] for field in fields}) for end in ends]
    return fields


def _field(column: Column, end: str, taken: set[str]) -> dict[str, str]:
    plain = "_".join(part for part in (_plain(column.label), end) if part)
    name = next(name for name in (plain, *(f"{plain}_{k}" for k in range(2, 99))) if name not in taken)
    field = {"name": name, "title": column.label, "type": _TYPES.get(column.kind, "number")}
    return field | ({"unit": _UNITS[column.kind]} if column.kind in _UNITS else {})


def _plain(label: str) -> str:
    """Make a column name of a label: no capitals, spaces or signs; æ, ø and å written out."""
    written = label.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa").replace("%", " pct ")
    letters = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
