"""Lists from a spreadsheet: checked cell by cell before anything is saved, mended on the page, saved whole.

Nothing is stored while a list is mended: its cells go with the page, signed, and come back with those that were
corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from fodfaeste.web.base.sheets import head_of, refused, sheets_of, unmarked
from fodfaeste.web.people.importing.cells import Unread, read_word
from fodfaeste.web.placement.desk.words import municipality_names

SALT = "a list at the desk"

Cells = dict[str, str]
Reader = Callable[[str], Any]
Faults = dict[tuple[int, str], str]
"""What is wrong, by row and column."""


@dataclass(frozen=True)
class Column:
    """A column of a list: its head, how a cell is read, and whether each row needs it."""

    name: str
    head: str | Promise
    read: Reader
    needed: bool = False


Columns = Sequence[Column]


def rows_of(columns: Columns, file_name: str, content: bytes, *, most: int) -> list[Cells]:
    """Read the cells of a file, by the names of their columns.

    Raises
    ------
    BadInput
        If it is no such list, a needed column is missing, or it is too long.
    """
    heads = {_folded(str(column.head)): column.name for column in columns}

    def known(cells: Iterable[str]) -> int:
        return sum(1 for cell in cells if _folded(cell) in heads)

    for lines in sheets_of(file_name, content, known):
        at = head_of(lines, known)
        if at is None or not known(lines[at][1]):
            continue
        names = [heads.get(_folded(cell), "") for cell in lines[at][1]]
        missing = [str(column.head) for column in columns if column.needed and column.name not in names]
        if missing:
            found = _("ingen kolonne %(names)s") % {"names": ", ".join(missing)}
            raise refused(file_name, found, _("skabelonens kolonner"), _("Brug skabelonen."))
        rows = [
            {name: unmarked(cell.strip()) for name, cell in zip(names, cells, strict=False) if name}
            for _number, cells in lines[at + 1 :]
            if any(cell.strip() for cell in cells)
        ]
        if len(rows) > most:
            raise refused(file_name, str(len(rows)), _("højst %(most)d rækker") % {"most": most}, _("Del listen."))
        return rows
    raise refused(file_name, _("ingen liste"), _("skabelonens kolonner"), _("Brug skabelonen."))


def read_cells(columns: Columns, rows: Sequence[Cells]) -> tuple[list[dict[str, Any]], Faults]:
    """Read every cell; of one that cannot be read, say why."""
    faults: Faults = {}
    read: list[dict[str, Any]] = []
    for number, cells in enumerate(rows):
        told: dict[str, Any] = {}
        for column in columns:
            cell = cells.get(column.name, "")
            if not cell:
                told[column.name] = ""
                if column.needed:
                    faults[number, column.name] = _("Skal udfyldes.")
                continue
            try:
                told[column.name] = column.read(cell)
            except Unread as fault:
                faults[number, column.name] = _("Ventet: %(expected)s. %(todo)s") % {
                    "expected": fault.expected,
                    "todo": fault.todo,
                }
        read.append(told)
    return read, faults


def read_municipality(cell: str) -> str:
    """Read a municipality by its name or its code."""
    words = {said: code for code, name in municipality_names().items() for said in (code, name.casefold())}
    said = cell.casefold().removesuffix(" kommune")
    return read_word(said, words=words, shown=_("en kommune"))


def sealed(rows: list[Cells]) -> str:
    """Write the cells so that they can go with the page and come back unchanged."""
    return signing.dumps(rows, salt=SALT, compress=True)


def unsealed(text: str) -> list[Cells]:
    """Read what `sealed` wrote.

    Raises
    ------
    django.core.signing.BadSignature
        If somebody has changed it.
    """
    rows: list[Cells] = signing.loads(text, salt=SALT)
    return rows


def mended(columns: Columns, rows: list[Cells], cells: Mapping[str, str]) -> list[Cells]:
    """Put corrected cells into their rows; they are named as their fields of the page are."""
    names = [column.name for column in columns]
    return [
        {**row, **{name: cells[at].strip() for name in names if (at := f"celle-{number}-{name}") in cells}}
        for number, row in enumerate(rows)
    ]


def _folded(head: str) -> str:
    return " ".join(head.casefold().split())
