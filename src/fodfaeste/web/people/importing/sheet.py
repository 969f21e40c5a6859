"""From a file to rows of text. Nothing is judged yet but the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fodfaeste.errors import BadInput, Problem
from fodfaeste.web.base.sheets import LONGEST_CELL, MOST_ROWS, Line, head_of, refused, sheets_of, unmarked
from fodfaeste.web.people.importing.columns import BY_HEAD, REQUIRED, Cells, Column, folded


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


def read_sheet(file_name: str, content: bytes) -> Sheet:
    """Read a file.

    Raises
    ------
    BadInput
        If it is too large, neither XLSX nor CSV, or lacks a column that has to be there.
    """
    return _first_list(file_name, sheets_of(file_name, content, _known_in))


def _known_in(line: Iterable[str]) -> int:
    return sum(folded(cell) in BY_HEAD for cell in line)


def _first_list(file_name: str, sheets: Iterable[list[Line]]) -> Sheet:
    """Take the first sheet that has heads of ours."""
    best: Sequence[str] = ()
    for lines in sheets:
        place = head_of(lines, _known_in)
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
