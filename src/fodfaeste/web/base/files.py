"""Tables as files to take away: CSV as a Danish spreadsheet reads it, and XLSX. Rows pass through one by one."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse

from fodfaeste.web.base.cells import Plain, defused, plain, written

AT_A_TIME = 2_000
"""Rows that are read from the database together."""

A_SHEET = 1_048_576
"""Rows of a sheet, the heading among them; a longer table goes on in another."""

BOM = "\ufeff"
"""Without it a spreadsheet takes æ, ø and å for something else."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
QUIET = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class _Line:
    """What `csv` writes to: it gives each line back."""

    def write(self, text: str) -> str:
        return text


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[object]], *, mark: str = BOM) -> Iterator[str]:
    """Give the lines of a CSV file: UTF-8 with its mark, semicolons, decimal commas, no formulas."""
    writer: Any = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    yield mark + writer.writerow([defused(heading) for heading in headings])
    for row in rows:
        yield writer.writerow([written(value) for value in row])


def write_xlsx(out: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a spreadsheet: a frozen heading, days as days, numbers as numbers, all text as text."""
    with xlsxwriter.Workbook(out, QUIET) as book:
        bold = book.add_format({"bold": True})
        styles: dict[type[date], Any] = {date: book.add_format({"num_format": "dd-mm-yyyy"})}
        styles[datetime] = book.add_format({"num_format": "dd-mm-yyyy hh:mm"})
        sheet, at = _sheet(book, headings, bold), 0
        for row in rows:
            at += 1
            if at == A_SHEET:
                sheet, at = _sheet(book, headings, bold), 1
            for place, value in enumerate(row):
                _write(sheet, at, place, plain(value), styles)


def _sheet(book: Any, headings: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(headings) - 1, 0), 20)
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, defused(heading), bold)
    return sheet


def _write(sheet: Any, row: int, place: int, value: Plain, styles: dict[type[date], Any]) -> None:
    if isinstance(value, datetime | date):
        sheet.write_datetime(row, place, value, styles[type(value)])
    elif isinstance(value, str):
        sheet.write_string(row, place, value)
    else:
        sheet.write_number(row, place, value)


def csv_file(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Answer with a table as CSV, while it is being read."""
    response = StreamingHttpResponse(csv_lines(headings, rows), content_type="text/csv; charset=utf-8")
    return private(response, name)


def xlsx_file(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> FileResponse:
    """Answer with a table as a spreadsheet, written to disk first."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it once it is sent
    write_xlsx(out, headings, rows)
    out.seek(0)
    return private(FileResponse(out, content_type=XLSX), name)


def private(response: Any, name: str) -> Any:
    """Let an answer be kept as a file by whoever asked, and by nobody on the way."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


FORMATS: dict[str, Callable[[str, Sequence[str], Iterable[Sequence[object]]], Any]] = {
    "csv": csv_file,
    "xlsx": xlsx_file,
}
"""The kinds of file that a table may leave as."""
