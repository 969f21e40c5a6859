"""Files of tables as lines of text: XLSX, or CSV as offices' spreadsheets write it. Others judge what they say."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _

from fodfaeste.errors import BadInput, Problem

MEBIBYTE = 1024 * 1024
LARGEST = 5 * MEBIBYTE
"""Bytes of a file."""
LARGEST_UNPACKED = 60 * MEBIBYTE
"""Bytes of what an XLSX file holds, unpacked."""
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 2000, 60, 500
HEAD_WITHIN = 10
"""The heads stand within so many rows: lists often have a title first."""
TRAPS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""A spreadsheet may take text that begins with one of these for a formula."""
MOST_EMPTY = 1000
"""After so many empty rows the list has ended, however far a sheet has been formatted."""

Line = tuple[int, Sequence[str]]
"""A line of a spreadsheet: its number, and its cells as text."""

Known = Callable[[Iterable[str]], int]
"""Counts the cells of a line that are heads of ours."""


def sheets_of(file_name: str, content: bytes, known: Known) -> Iterable[list[Line]]:
    """Give the lines of each sheet of a file; a CSV file is one sheet.

    Raises
    ------
    BadInput
        If it is too large, or neither XLSX nor CSV.
    """
    if len(content) > LARGEST:
        found = _("%(size).1f MB") % {"size": len(content) / MEBIBYTE}
        expected = _("højst %(size)d MB") % {"size": LARGEST / MEBIBYTE}
        raise refused(file_name, found, expected, _("Del listen, eller slet billeder og andre ark."))
    if content.startswith(b"PK\x03\x04"):
        return _workbook(file_name, content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        todo = _("Åbn filen, fjern en eventuel adgangskode, og gem den som .xlsx.")
        raise refused(file_name, _("et gammelt regneark eller et med adgangskode"), _("en .xlsx- eller .csv-fil"), todo)
    return [_csv(file_name, content, known)]


def head_of(lines: Sequence[Line], known: Known) -> int | None:
    """Say which of the first lines has most heads of ours; None in an empty sheet."""
    return max(range(min(HEAD_WITHIN, len(lines))), key=lambda at: known(lines[at][1]), default=None)


def refused(file_name: str, found: str, expected: str, todo: str, column: str | None = None) -> BadInput:
    """Say why a file as a whole cannot be read."""
    return BadInput(Problem(found, expected, todo, file_name, None, column))


def _csv(file_name: str, content: bytes, known: Known) -> list[Line]:
    text = _decoded(file_name, content)
    try:
        separator = max(";,\t", key=lambda sign: max(map(known, _split(text, sign, HEAD_WITHIN)), default=0))
        lines = list(_split(text, separator, None))
    except csv.Error:
        todo = _("Gem listen som .xlsx, eller skriv den i skabelonen.")
        raise refused(file_name, _("ingen regneark"), _("celler adskilt af semikolon eller komma"), todo) from None
    return list(enumerate(lines, 1))


def _split(text: str, separator: str, most: int | None) -> Iterator[list[str]]:
    for number, line in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator)):
        if most is not None and number >= most:
            return
        yield line


def _decoded(file_name: str, content: bytes) -> str:
    """Read bytes as UTF-8, and where they are not as Windows-1252, which Danish Excel writes."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    todo = _("Gem listen som .xlsx, eller som CSV i UTF-8.")
    raise refused(file_name, _("noget, der ikke er tekst"), _("en .xlsx- eller .csv-fil"), todo)


def is_formula(cell: str) -> bool:
    """Say whether a spreadsheet may compute this, also behind marks against it."""
    return cell.lstrip("'").startswith(TRAPS)


def marked(cell: str) -> str:
    """Put a mark before what a spreadsheet would compute, as the files of lists do too."""
    return f"'{cell}" if is_formula(cell) else cell


def unmarked(cell: str) -> str:
    """Take the mark off again."""
    return cell[1:] if cell.startswith("'") and is_formula(cell) else cell


def _workbook(file_name: str, content: bytes) -> Iterator[list[Line]]:
    """Give the lines of each sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise refused(file_name, _("en fil, der pakket ud fylder for meget"), _("en liste"), _("Del listen."))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a spreadsheet has beside its cells, which nobody reads here
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            for sheet in book.worksheets:
                yield list(_lines(sheet))
            book.close()
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError, OSError, ParseError) as error:
        todo = _("Åbn den i et regneark, og gem den igen som .xlsx.")
        raise refused(file_name, _("en fil, der ikke kan læses"), _("en .xlsx-fil"), todo) from error


def _lines(sheet: Any) -> Iterator[Line]:
    sheet.reset_dimensions()  # some programs write a wrong size, and rows would be lost
    empty = 0
    for number, line in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
        cells = [_from_cell(cell.value, cell.number_format) for cell in line]
        empty = 0 if any(cells) else empty + 1
        if empty > MOST_EMPTY:
            return
        yield number, cells


def _from_cell(value: object, form: str | None) -> str:
    """Write a cell as a person reads it: days Danish, and zeros in front where the sheet shows them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, date | datetime):
        return value.strftime("%d-%m-%Y")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        digits = len(form) if form and set(form) == {"0"} else 0
        return str(value).zfill(digits)
    return str(value)
