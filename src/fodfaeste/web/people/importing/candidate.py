"""A row that has been read: who it is about, typed, or what is wrong with which cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from fodfaeste.errors import Problem, Refused
from fodfaeste.web.people import cpr
from fodfaeste.web.people.importing.cells import READERS, Spoken, Unread, Worked
from fodfaeste.web.people.importing.columns import COLUMNS, Cells


@dataclass(frozen=True)
class Candidate:
    """Somebody on the list, as a person would be made of them.

    `household` is the list's word for it, empty for whoever comes alone; `worker` an e-mail address, empty for whoever
    reads the list in; `case_number` empty where the office gives one.
    """

    given_name: str
    family_name: str
    birth_date: date
    sex: str
    citizenship: str
    takeover_date: date
    arrival_date: date
    case_number: str = ""
    own_script: str = ""
    household: str = ""
    relation: str = ""
    permit: str = "refugee"
    civil_status: str = ""
    cpr: str = ""
    languages: tuple[Spoken, ...] = ()
    schooling: str = "unknown"
    schooling_years: int | None = None
    occupations: tuple[Worked, ...] = ()
    worker: str = ""
    phone: str = ""
    protected: bool = False

    @property
    def name(self) -> str:
        """The name as it is read aloud."""
        return f"{self.given_name} {self.family_name}".strip()


def problem(row: int, column: str, found: str, expected: str, todo: str) -> Problem:
    """Name a cell, what stands in it, what was expected and what to do; the column by its name in code."""
    said = _("”%(cell)s”") % {"cell": found} if found else _("en tom celle")
    return Problem(said, expected, todo, None, row, column)


def read_row(row: int, cells: Cells, *, today: date) -> tuple[Candidate | None, tuple[Problem, ...]]:
    """Read a row.

    Parameters
    ----------
    row : int
        The line of the sheet.
    cells : Cells
    today : date
        Nobody on the list is born later.

    Returns
    -------
    candidate : Candidate or None
        None where a cell cannot be read, or days contradict each other.
    problems : tuple of Problem
        All that is wrong in the row, by column.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column in COLUMNS:
        text = getattr(cells, column.name)
        if not text:
            if column.required:
                todo = _("Udfyld den, eller udelad rækken.")
                problems.append(problem(row, column.name, "", str(column.how), todo))
            continue
        try:
            values[column.name] = READERS[column.name](text)
        except Unread as error:
            problems.append(problem(row, column.name, text, error.expected, error.todo))
    problems += _contradictions(row, cells, values, today)
    if problems:
        return None, tuple(problems)
    values["protected"] = bool(values.get("protected"))
    values.setdefault("family_name", "")
    values.setdefault("arrival_date", values["takeover_date"])
    return Candidate(**values), ()


def _contradictions(row: int, cells: Cells, values: Mapping[str, Any], today: date) -> list[Problem]:
    """Find days and numbers that cannot all be right."""
    if (born := values.get("birth_date")) is None:
        return []
    found = []
    if born > today:
        found.append(problem(row, "birth_date", cells.birth_date, _("en dag, der er gået"), _("Ret fødselsdagen.")))
    for name in ("arrival_date", "takeover_date"):
        if name in values and values[name] < born:
            expected = _("en dag, der ikke er før fødslen, %(day)s") % {"day": cells.birth_date}
            found.append(problem(row, name, getattr(cells, name), expected, _("Ret en af de to dage.")))
    given = values.get("arrival_date") or values.get("takeover_date")
    if "cpr" in values and given:
        try:
            cpr.checked(values["cpr"], birth_date=born, given_from=given)
        except Refused as error:
            found.append(problem(row, "cpr", f"{cells.cpr[:6]}-…", _("et nummer, der kan være personens"), str(error)))
    return found
