"""A list of arriving households from a spreadsheet: a row a person, checked cell by cell before anything is saved.

Nothing is stored while it is mended: the cells go with the page, signed, and come back with those that were corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.core import signing
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.base.sheets import head_of, refused, sheets_of, unmarked
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.people.importing.cells import Unread, read_citizenship, read_day, read_text, read_word
from fodfaeste.web.people.models import Schooling, Sex
from fodfaeste.web.placement.desk.domain.arrivals import add_arrival
from fodfaeste.web.placement.desk.models import CIVIL_STATUS, LANGUAGES, Arrival, ArrivalWish
from fodfaeste.web.placement.desk.words import municipality_names

MOST = 1000
"""Persons of one list."""
LONGEST = 120
SALT = "arriving households"

Cells = dict[str, str]
Reader = Callable[[str], Any]


@dataclass(frozen=True)
class Column:
    """A column of the list: its head, whether each row needs it, and how a cell is read."""

    name: str
    head: str | Promise
    read: Reader
    needed: bool = False


def _text(cell: str) -> str:
    return read_text(cell, longest=LONGEST)


def _language(cell: str) -> str:
    words = {said: code for code, name in LANGUAGES for said in (code, str(name).casefold())}
    return read_word(cell, words=words, shown=", ".join(code for code, _name in LANGUAGES))


def _sex(cell: str) -> str:
    female, male = str(Sex.FEMALE), str(Sex.MALE)
    words = dict.fromkeys(("k", "kvinde", "female"), female) | dict.fromkeys(("m", "mand", "male"), male)
    return read_word(cell, words=words, shown=_("kvinde eller mand"))


def _choice(choices: Sequence[tuple[str, Any]]) -> Reader:
    def read(cell: str) -> str:
        words = {said: code for code, name in choices for said in (code, str(name).casefold())}
        return read_word(cell, words=words, shown=", ".join(str(name) for _code, name in choices))

    return read


def _municipality(cell: str) -> str:
    words = {said: code for code, name in municipality_names().items() for said in (code, name.casefold())}
    said = cell.casefold().removesuffix(" kommune")
    return read_word(said, words=words, shown=_("en kommune"))


def _sector(cell: str) -> str:
    return _chosen(cell, ArrivalWish.Sector)


def _around(cell: str) -> str:
    return _chosen(cell, ArrivalWish.Around)


def _chosen(cell: str, choices: Any) -> str:
    words = {said: str(one) for one in choices for said in (str(one), str(one.label).casefold())}
    return read_word(cell, words=words, shown=", ".join(str(one.label) for one in choices))


COLUMNS = (
    Column("reference", gettext_lazy("Husstand"), _text, needed=True),
    Column("name", gettext_lazy("Betegnelse"), _text),
    Column("arrives", gettext_lazy("Ankommer"), read_day, needed=True),
    Column("language", gettext_lazy("Sprog"), _language, needed=True),
    Column("given_name", gettext_lazy("Fornavn"), _text, needed=True),
    Column("family_name", gettext_lazy("Efternavn"), _text),
    Column("birth_date", gettext_lazy("Født"), read_day, needed=True),
    Column("sex", gettext_lazy("Køn"), _sex, needed=True),
    Column("citizenship", gettext_lazy("Statsborgerskab"), read_citizenship, needed=True),
    Column("trade", gettext_lazy("Arbejde før"), _text),
    Column("schooling", gettext_lazy("Skolegang"), _choice(Schooling.choices)),
    Column("civil_status", gettext_lazy("Civilstand"), _choice(CIVIL_STATUS)),
    Column("wished", gettext_lazy("Ønsker at bo i"), _municipality),
    Column("family", gettext_lazy("Familie i"), _municipality),
    Column("treatment", gettext_lazy("Behandling kun i"), _municipality),
    Column("sector", gettext_lazy("Arbejde inden for"), _sector),
    Column("around", gettext_lazy("Omgivelser"), _around),
)
MEMBER = ("given_name", "family_name", "birth_date", "sex", "citizenship", "trade", "schooling", "civil_status")
PLAIN: dict[str, Any] = {"code": "", "km": 0, "size": "", "sector": "", "around": "", "hard": False, "weight": 2}
WISHES: dict[str, tuple[str, dict[str, Any]]] = {
    "wished": ("code", {**PLAIN, "kind": ArrivalWish.Kind.NETWORK}),
    "family": ("code", {**PLAIN, "kind": ArrivalWish.Kind.FAMILY}),
    "treatment": ("code", {**PLAIN, "kind": ArrivalWish.Kind.TREATMENT, "hard": True}),
    "sector": ("sector", {**PLAIN, "kind": ArrivalWish.Kind.SECTOR}),
    "around": ("around", {**PLAIN, "kind": ArrivalWish.Kind.AROUND}),
}
"""What a cell of a column is as a wish: the field that it fills, and all others."""


@dataclass(frozen=True)
class Checked:
    """A list that was read: its cells, what is wrong with which, and the households where nothing is."""

    rows: list[Cells]
    faults: dict[tuple[int, str], str] = field(default_factory=dict)
    households: list[dict[str, Any]] = field(default_factory=list)


def rows_of(file_name: str, content: bytes) -> list[Cells]:
    """Read the cells of a file, by the names of their columns.

    Raises
    ------
    BadInput
        If it is no list, a needed column is missing, or it is too long.
    """
    heads = {_folded(str(column.head)): column.name for column in COLUMNS}

    def known(cells: Iterable[str]) -> int:
        return sum(1 for cell in cells if _folded(cell) in heads)

    for lines in sheets_of(file_name, content, known):
        at = head_of(lines, known)
        if at is None or not known(lines[at][1]):
            continue
        names = [heads.get(_folded(cell), "") for cell in lines[at][1]]
        missing = [str(column.head) for column in COLUMNS if column.needed and column.name not in names]
        if missing:
            found = _("ingen kolonne %(names)s") % {"names": ", ".join(missing)}
            raise refused(file_name, found, _("skabelonens kolonner"), _("Brug skabelonen."))
        rows = [
            {name: unmarked(cell.strip()) for name, cell in zip(names, cells, strict=False) if name}
            for _number, cells in lines[at + 1 :]
            if any(cell.strip() for cell in cells)
        ]
        if len(rows) > MOST:
            raise refused(file_name, str(len(rows)), _("højst %(most)d personer") % {"most": MOST}, _("Del listen."))
        return rows
    raise refused(file_name, _("ingen liste over husstande"), _("skabelonens kolonner"), _("Brug skabelonen."))


def checked(rows: list[Cells], organisation: Organisation) -> Checked:
    """Say what is wrong with each cell, and make households of the rows."""
    faults: dict[tuple[int, str], str] = {}
    read: list[dict[str, Any]] = []
    for number, cells in enumerate(rows):
        told: dict[str, Any] = {}
        for column in COLUMNS:
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
        if told.get("birth_date") and told.get("arrives") and told["birth_date"] > told["arrives"]:
            faults[number, "birth_date"] = _("Født efter ankomsten.")
        read.append(told)
    used = {cells.get("reference", "") for cells in rows}
    there = Arrival.objects.filter(organisation=organisation, reference__in=used).values_list("reference", flat=True)
    for number, cells in enumerate(rows):
        if cells.get("reference") in set(there):
            faults[number, "reference"] = _("Nummeret er skrevet ind før.")
    return Checked(rows, faults, [] if faults else _households(read))


def save(found: Checked, organisation: Organisation, *, by: User) -> int:
    """Write all households down, or none.

    Raises
    ------
    Refused
        If something is still wrong.
    """
    if found.faults:
        raise Refused(_("Noget skal rettes endnu. Ret de markerede celler først."))
    with change(by):
        for one in found.households:
            add_arrival(organisation, by=by, **one)
    return len(found.households)


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


def _households(read: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join rows of one reference; what is said of the household counts from its first row."""
    made: list[dict[str, Any]] = []
    for _reference, group in groupby(sorted(read, key=lambda row: row["reference"]), key=lambda row: row["reference"]):
        rows = list(group)
        first = rows[0]
        name = first["name"] or _("Familien %(name)s") % {"name": first["family_name"] or first["given_name"]}
        household = {"reference": first["reference"], "name": name, "needs": None, "together_with": None}
        wishes: set[tuple[str, str]] = {(column, row[column]) for row in rows for column in WISHES if row[column]}
        made.append(
            {
                "household": {**household, "arrives": first["arrives"], "language": first["language"]},
                "members": [{name: row[name] for name in MEMBER} for row in rows],
                "wishes": [{**WISHES[column][1], WISHES[column][0]: said} for column, said in sorted(wishes)],
            }
        )
    return made


def _folded(head: str) -> str:
    return " ".join(head.casefold().split())


def mended(rows: list[Cells], cells: Mapping[str, str]) -> list[Cells]:
    """Put corrected cells into their rows; they are named as their fields of the page are."""
    return [
        {**row, **{name: cells[at].strip() for name in _names() if (at := f"celle-{number}-{name}") in cells}}
        for number, row in enumerate(rows)
    ]


def _names() -> list[str]:
    return [column.name for column in COLUMNS]
