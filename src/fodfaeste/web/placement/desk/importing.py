"""A list of arriving households from a spreadsheet: a row a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.people.importing.cells import read_citizenship, read_day, read_text, read_word
from fodfaeste.web.people.models import Schooling, Sex
from fodfaeste.web.placement.desk import cells
from fodfaeste.web.placement.desk.cells import Cells, Column, Faults, Reader, read_municipality
from fodfaeste.web.placement.desk.domain.arrivals import add_arrival
from fodfaeste.web.placement.desk.models import CIVIL_STATUS, LANGUAGES, Arrival, ArrivalWish

MOST = 1000
"""Persons of one list."""
LONGEST = 120


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
    Column("wished", gettext_lazy("Ønsker at bo i"), read_municipality),
    Column("family", gettext_lazy("Familie i"), read_municipality),
    Column("treatment", gettext_lazy("Behandling kun i"), read_municipality),
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
    faults: Faults = field(default_factory=dict)
    households: list[dict[str, Any]] = field(default_factory=list)


def rows_of(file_name: str, content: bytes) -> list[Cells]:
    """Read the cells of a file.

    Raises
    ------
    BadInput
        If it is no list, a needed column is missing, or it is too long.
    """
    return cells.rows_of(COLUMNS, file_name, content, most=MOST)


def checked(rows: list[Cells], organisation: Organisation) -> Checked:
    """Say what is wrong with each cell, and make households of the rows."""
    read, faults = cells.read_cells(COLUMNS, rows)
    for number, told in enumerate(read):
        if told.get("birth_date") and told.get("arrives") and told["birth_date"] > told["arrives"]:
            faults[number, "birth_date"] = _("Født efter ankomsten.")
    used = {row.get("reference", "") for row in rows}
    there = Arrival.objects.filter(organisation=organisation, reference__in=used).values_list("reference", flat=True)
    for number, row in enumerate(rows):
        if row.get("reference") in set(there):
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
