"""The list as a file: a template to fill in, and rows written into it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

import xlsxwriter

from fodfaeste.web.base.sheets import MOST_ROWS, marked
from fodfaeste.web.people.importing.columns import COLUMNS, Cells

HEADS = tuple(column.danish + (" *" if column.required else "") for column in COLUMNS)
EXAMPLE = Cells(**{column.name: column.example for column in COLUMNS})
CHOICES = {
    "sex": ["kvinde", "mand"],
    "permit": ["flygtning", "familiesammenført", "andet"],
    "civil_status": ["gift", "ugift"],
    "schooling": ["ingen", "grundskole", "ungdomsuddannelse", "videregående uddannelse", "ukendt"],
    "protected": ["ja", "nej"],
}
"""Columns that a spreadsheet offers a choice for."""


def write_csv(rows: Iterable[Cells] = ()) -> bytes:
    """Write rows as CSV that Danish Excel opens: semicolons, UTF-8 with its mark, nothing that would be computed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(HEADS)
    writer.writerows([marked(cell) for cell in astuple(row)] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(rows: Iterable[Cells] = ()) -> bytes:
    """Write rows as XLSX: every cell text, so that zeros in front stay, and beside them a sheet on what to write."""
    out = io.BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, as_text) as book:
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        sheet = book.add_worksheet("Personer")
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, len(COLUMNS) - 1, 18, text)
        sheet.write_row(0, 0, HEADS, head)
        _offer_choices(sheet)
        for number, row in enumerate(rows, 1):
            for place, cell in enumerate(astuple(row)):
                sheet.write_string(number, place, marked(cell), text)
        _write_guide(book, head)
    return out.getvalue()


def _offer_choices(sheet: Any) -> None:
    for place, column in enumerate(COLUMNS):
        if column.name in CHOICES:
            told = {"validate": "list", "source": CHOICES[column.name], "error_type": "information"}
            sheet.data_validation(1, place, MOST_ROWS, place, told)


def _write_guide(book: Any, head: Any) -> None:
    guide = book.add_worksheet("Vejledning")
    guide.set_column(0, 3, 32)
    guide.write_row(0, 0, ("Overskrift", "På engelsk", "Hvad der skrives", "Som fx"), head)
    for number, column in enumerate(COLUMNS, 1):
        guide.write_row(number, 0, (HEADS[number - 1], column.english, str(column.how), column.example))
