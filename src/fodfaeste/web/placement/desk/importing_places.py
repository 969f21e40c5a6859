"""A list of what municipalities have, from a spreadsheet: a row a figure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.base.sheets import refused
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.people.importing.cells import Unread, read_day, read_word
from fodfaeste.web.placement.desk import cells
from fodfaeste.web.placement.desk.cells import Cells, Column, Faults, read_municipality
from fodfaeste.web.placement.desk.domain.places import Figure, say_figures
from fodfaeste.web.placement.desk.figure_words import About, all_choices
from fodfaeste.web.placement.desk.figures import FREE, SHARES

MOST = 2000
"""Rows of one list."""
WHOLE = 100
"""Per cent of everything."""


def _about(cell: str) -> About:
    choices = all_choices()
    words = {label.casefold(): str(number) for number, (_about_, label) in enumerate(choices)}
    number = read_word(cell, words=words, shown=_("et af skabelonens ord"))
    return choices[int(number)][0]


def _number(cell: str) -> float:
    text = cell.removesuffix("%").strip()
    if not re.fullmatch(r"\d{1,3}(\.\d{3})*(,\d+)?|\d+([.,]\d+)?", text):
        raise Unread(_("et tal"), _("Skriv det med cifre."))
    # 1.200 is twelve hundred here; 0.75 and 76.5 are decimals of another keyboard.
    if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+(,\d+)?", text):
        text = text.replace(".", "")
    return float(text.replace(",", "."))


COLUMNS = (
    Column("code", gettext_lazy("Kommune"), read_municipality, needed=True),
    Column("about", gettext_lazy("Hvad"), _about, needed=True),
    Column("value", gettext_lazy("Tal"), _number, needed=True),
    Column("free_from", gettext_lazy("Ledig fra"), read_day),
    Column("of", gettext_lazy("Opgjort"), read_day, needed=True),
)


@dataclass(frozen=True)
class Checked:
    """A list that was read: its cells, what is wrong with which, and the figures of each municipality."""

    rows: list[Cells]
    faults: Faults = field(default_factory=dict)
    figures: dict[str, list[Figure]] = field(default_factory=dict)

    @property
    def many(self) -> int:
        """Count the figures."""
        return sum(map(len, self.figures.values()))


def rows_of(file_name: str, content: bytes) -> list[Cells]:
    """Read the cells of a file; rows in which no number was filled in are left out.

    Raises
    ------
    BadInput
        If it is no list, a needed column is missing, or it is too long.
    """
    rows = cells.rows_of(COLUMNS, file_name, content, most=MOST)
    filled = [row for row in rows if row.get("value")]
    if not filled:
        raise refused(file_name, _("ingen tal"), _("mindst ét tal"), _("Skriv tal i kolonnen Tal."))
    return filled


def template_rows(organisation: Organisation) -> list[list[Any]]:
    """Give the rows of the template: all that can be said, of the municipality itself where one asks."""
    name = organisation.name.removesuffix(" Kommune") if organisation.kind == Kind.MUNICIPALITY else ""
    return [[name, label, "", "", ""] for _about_, label in all_choices()]


def checked(rows: list[Cells], organisation: Organisation) -> Checked:
    """Say what is wrong with each cell, and make figures of the rows."""
    read, faults = cells.read_cells(COLUMNS, rows)
    seen: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(read):
        faults |= {
            (number, column): words for column, words in _wrong(row, organisation) if (number, column) not in faults
        }
        about = (row.get("code"), row.get("about"), row.get("free_from"))
        if (first := seen.setdefault(about, number)) != number:
            faults.setdefault((number, "about"), _("Det samme står i række %(n)d.") % {"n": first + 1})
    figures: dict[str, list[Figure]] = {}
    for row in read if not faults else []:
        figures.setdefault(row["code"], []).append(_figure(row))
    return Checked(rows, faults, figures)


def save(found: Checked, organisation: Organisation, *, by: User) -> int:
    """Write all figures down, or none; of the topics that a municipality has here, they replace what was said before.

    Raises
    ------
    Refused
        If something is still wrong.
    """
    if found.faults:
        raise Refused(_("Noget skal rettes endnu. Ret de markerede celler først."))
    with change(by):
        for code, figures in found.figures.items():
            say_figures(organisation, code, figures, topics={one.topic for one in figures}, by=by)
    return found.many


def _wrong(row: dict[str, Any], organisation: Organisation) -> Any:
    """Say what does not go together in a row."""
    if row.get("code") and organisation.kind == Kind.MUNICIPALITY and row["code"] != organisation.code:
        yield "code", _("Her skrives kun om jeres egen kommune.")
    if row.get("of") and row["of"] > timezone.localdate():
        yield "of", _("Dagen er ikke kommet endnu.")
    if not row.get("about") or row.get("value", "") == "":
        return
    topic, value = row["about"][0], row["value"]
    if topic in SHARES and value > WHOLE:
        yield "value", _("En andel er højst 100 procent.")
    if topic not in SHARES and value != int(value):
        yield "value", _("Skriv et helt tal.")
    if row.get("free_from") and topic not in FREE:
        yield "free_from", _("Kun det, der er ledigt, har en dag, det er ledigt fra.")


def _figure(row: dict[str, Any]) -> Figure:
    topic, key = row["about"]
    value = row["value"] / WHOLE if topic in SHARES else row["value"]
    return Figure(topic, key, value, row["of"], row["free_from"] or None)
