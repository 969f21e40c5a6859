"""From a file to rows of text: XLSX, or CSV as offices' spreadsheets write it. Nothing is judged yet but the file."""

from __future__ import annotations

import csv
import difflib
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _

from fodfaeste.errors import BadInput, Problem
from fodfaeste.web.people.importing.columns import BY_HEAD, REQUIRED, Cells, Column, folded

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


@dataclass(frozen=True)
class Row:
    """A row of a list, with the number that its spreadsheet shows beside it."""

    number: int
    cells: Cells


@dataclass(frozen=True)
class Sheet:
    """A list as it was sent; `unread` are heads of columns that nothing is known of and that are left out."""

    rows: tuple[Row, ...]
    unread: tuple[str, ...]


Line = tuple[int, Sequence[str]]
"""A line of a spreadsheet: its number, and its cells as text."""


def read_sheet(file_name: str, content: bytes) -> Sheet:
    """Read a file.

    Raises
    ------
    BadInput
        If it is too large, neither XLSX nor CSV, or lacks a column that has to be there.
    """
    if len(content) > LARGEST:
        found = _("%(size).1f MB") % {"size": len(content) / MEBIBYTE}
        expected = _("højst %(size)d MB") % {"size": LARGEST / MEBIBYTE}
        raise refused(file_name, found, expected, _("Del listen, eller slet billeder og andre ark."))
    if content.startswith(b"PK\x03\x04"):
        return _first_list(file_name, _workbook(file_name, content))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        todo = _("Åbn filen, fjern en eventuel adgangskode, og gem den som .xlsx.")
        raise refused(file_name, _("et gammelt regneark eller et med adgangskode"), _("en .xlsx- eller .csv-fil"), todo)
    return _first_list(file_name, [_csv(file_name, content)])


def refused(file_name: str, found: str, expected: str, todo: str, column: str | None = None) -> BadInput:
    """Say why a file as a whole cannot be read."""
    return BadInput(Problem(found, expected, todo, file_name, None, column))


# Lines of a file


def _csv(file_name: str, content: bytes) -> list[Line]:
    text = _decoded(file_name, content)
    try:
        separator = max(";,\t", key=lambda sign: max(map(_known_in, _split(text, sign, HEAD_WITHIN)), default=0))
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


def _known_in(line: Iterable[str]) -> int:
    return sum(folded(cell) in BY_HEAD for cell in line)


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


# From lines to rows


def _first_list(file_name: str, sheets: Iterable[list[Line]]) -> Sheet:
    """Take the first sheet that has heads of ours."""
    best: Sequence[str] = ()
    for lines in sheets:
        place = max(range(min(HEAD_WITHIN, len(lines))), key=lambda at: _known_in(lines[at][1]), default=None)
        if place is None:
            continue
        heads = lines[place][1]
        if _known_in(heads) >= len(REQUIRED) - 1:
            return _list(file_name, heads, lines[place + 1 :])
        best = max(best, heads, key=_known_in)
    raise _lacking(file_name, best, REQUIRED)


def _list(file_name: str, heads: Sequence[str], lines: Sequence[Line]) -> Sheet:
    columns = _columns(file_name, heads)
    read = (Row(number, _cells(file_name, number, line, columns)) for number, line in lines)
    rows = tuple(row for row in read if not row.cells.empty)
    if len(rows) > MOST_ROWS:
        found, expected = _("%(n)d rækker") % {"n": len(rows)}, _("højst %(n)d rækker") % {"n": MOST_ROWS}
        raise refused(file_name, found, expected, _("Del listen i flere filer."))
    if not rows:
        raise refused(file_name, _("ingen rækker"), _("mindst en person"), _("Skriv en række for hver person."))
    return Sheet(rows, tuple(head.strip() for head in heads if head.strip() and folded(head) not in BY_HEAD))


def _columns(file_name: str, heads: Sequence[str]) -> Mapping[int, Column]:
    found = {place: BY_HEAD[folded(head)] for place, head in enumerate(heads) if folded(head) in BY_HEAD}
    named = [column.name for column in found.values()]
    for column in found.values():
        if named.count(column.name) > 1:
            todo = _("Slet den ene kolonne.")
            raise refused(file_name, _("kolonnen to gange"), _("hver kolonne en gang"), todo, column.danish)
    if lacking := [column for column in REQUIRED if column.name not in named]:
        raise _lacking(file_name, heads, lacking)
    return found


def _lacking(file_name: str, heads: Sequence[str], lacking: Sequence[Column]) -> BadInput:
    """Name the columns that are not there, with heads that look like them."""
    problems = []
    for column in lacking:
        spoken = {folded(head): head.strip() for head in heads if head.strip() and folded(head) not in BY_HEAD}
        near = difflib.get_close_matches(folded(column.danish), spoken, n=1, cutoff=0.6)
        todo = _("Er det ”%(head)s”? Så ret overskriften.") % {"head": spoken[near[0]]} if near else _("Tilføj den.")
        problems.append(Problem(_("ingen kolonne"), str(column.how), todo, file_name, None, column.danish))
    return BadInput(*problems)


def _cells(file_name: str, number: int, line: Sequence[str], columns: Mapping[int, Column]) -> Cells:
    cells = {}
    for place, column in columns.items():
        text = unmarked(" ".join(line[place].split())) if place < len(line) else ""
        if len(text) > LONGEST_CELL:
            found = _("%(n)d tegn") % {"n": len(text)}
            expected = _("højst %(n)d tegn i en celle") % {"n": LONGEST_CELL}
            raise BadInput(Problem(found, expected, _("Skriv det kortere."), file_name, number, column.danish))
        cells[column.name] = text
    return Cells(**cells)
