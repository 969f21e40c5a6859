"""A report's tables as a workbook: a sheet a table, raw figures, intervals as two columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

from fodfaeste.report.document import Cell, Column, Document, Table

_NAMES = {
    "da": {
        "contents": "Indhold",
        "sheet": "Ark",
        "title": "Tabel",
        "base": "Grundlag",
        "lower": "nedre",
        "upper": "øvre",
    },
    "en": {
        "contents": "Contents",
        "sheet": "Sheet",
        "title": "Table",
        "base": "Base",
        "lower": "lower",
        "upper": "upper",
    },
}
_SHEET_NAME_LIMIT = 31


def write(document: Document, path: Path) -> Path:
    """Write every table of a document; what starts with = stays text."""
    names = _NAMES[document.lang]
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        book.set_properties({"title": document.title, "subject": document.subtitle})
        styles = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "note": book.add_format({"italic": True}),
        }
        contents = book.add_worksheet(names["contents"])
        contents.write_row(0, 0, [document.title], styles["title"])
        contents.write_row(2, 0, [names["sheet"], names["title"], names["base"]], styles["head"])
        contents.set_column(0, 0, 24)
        contents.set_column(1, 2, 90)
        for position, table in enumerate(document.tables()):
            sheet = table.name[:_SHEET_NAME_LIMIT]
            contents.write_url(3 + position, 0, f"internal:'{sheet}'!A1", string=sheet)
            contents.write_row(3 + position, 1, [table.title, table.base])
            _write_table(book, book.add_worksheet(sheet), table, styles, names)
    return path


def _write_table(book: Any, sheet: Any, table: Table, styles: dict[str, Any], names: dict[str, str]) -> None:
    sheet.write(0, 0, table.title, styles["title"])
    sheet.write(1, 0, table.base)
    sheet.write(2, 0, table.note, styles["note"])
    head = [label for column in table.columns for label in _labels(column, names)]
    sheet.write_row(3, 0, head, styles["head"])
    formats = [_format(book, column) for column in table.columns for _ in _labels(column, names)]
    for offset, row in enumerate(table.rows):
        cells = [cell for value, column in zip(row, table.columns, strict=True) for cell in _cells(value, column)]
        for position, cell in enumerate(cells):
            if cell is not None:
                sheet.write(4 + offset, position, cell, formats[position])
    sheet.freeze_panes(4, 1)
    sheet.autofilter(3, 0, 3 + len(table.rows), len(head) - 1)
    widest = max((len(str(row[0])) for row in table.rows), default=10)
    sheet.set_column(0, 0, min(60, widest + 2))
    sheet.set_column(1, len(head) - 1, 14)


def _labels(column: Column, names: dict[str, str]) -> list[str]:
    if column.kind.endswith("_interval"):
        return [f"{column.label}, {names['lower']}", f"{column.label}, {names['upper']}"]
    return [column.label]


def _cells(value: Cell, column: Column) -> list[Cell]:
    if column.kind.endswith("_interval"):
        return list(value) if isinstance(value, tuple) else [None, None]
    return [value]


def _format(book: Any, column: Column) -> Any:
    digits = "." + "0" * column.decimals if column.decimals else ""
    kinds = {"count": "#,##0", "number": f"0{digits}", "rank_interval": "0", "p_value": "0.0000"}
    pattern = kinds.get(column.kind, f"0{digits}%" if column.kind.startswith("percent") else "@")
    return book.add_format({"num_format": pattern, "text_wrap": column.kind == "text", "valign": "top"})
