"""A preview as its page shows it: cells that can be mended, what is wrong with them, and what may be decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from fodfaeste.errors import BadInput, Problem
from fodfaeste.plan import ProgrammeRules
from fodfaeste.web.accounts.rule_sets import chooser
from fodfaeste.web.people.importing.columns import BY_NAME, COLUMNS, Column
from fodfaeste.web.people.importing.looking import Looked, Preview
from fodfaeste.web.people.models import Person

STATES = {
    "new": _("ny"),
    "same": _("kendt"),
    "unsure": _("kendt?"),
    "faulty": _("fejl"),
    "out": _("udeladt"),
}
"""What each state of a row is called."""

ALWAYS = ("given_name", "family_name", "birth_date", "sex", "citizenship", "takeover_date")
"""Columns that are shown though nobody has written in them."""


@dataclass(frozen=True)
class CellShown:
    """A cell; `problem` is what is wrong with it, `is_open` whether it can be written in."""

    column: Column
    text: str
    problem: Problem | None
    is_open: bool


@dataclass(frozen=True)
class RowShown:
    """A row of the page. `rule_set` is the one that its takeover chooses, empty where there is none."""

    key: int
    number: int
    state: str
    words: str
    name: str
    cells: tuple[CellShown, ...]
    others: tuple[Problem, ...]
    suggested: tuple[Person, ...]
    joins: Person | None
    decided: bool
    rule_set: str

    @property
    def is_open(self) -> bool:
        """Whether a cell of it can be written in."""
        return any(cell.is_open for cell in self.cells)


@dataclass(frozen=True)
class Page:
    """A preview as its page shows it."""

    columns: tuple[Column, ...]
    rows: tuple[RowShown, ...]


def page_of(preview: Preview, *, only_faulty: bool, mending: str) -> Page:
    """Show a preview: all rows or those that somebody has to look at; every cell of the row `mending` is open."""
    rows = preview.faulty if only_faulty else preview.rows
    columns = tuple(column for column in COLUMNS if _is_shown(column, preview.rows))
    if not rows:
        return Page(columns, ())
    rules = chooser(rows[0].row.imported.organisation)
    return Page(columns, tuple(_shown(one, columns, rules, all_open=str(one.row.pk) == mending) for one in rows))


def _is_shown(column: Column, rows: Sequence[Looked]) -> bool:
    return column.name in ALWAYS or any(getattr(one.cells, column.name) for one in rows)


def _shown(
    one: Looked, columns: Sequence[Column], rules: Callable[[date], ProgrammeRules], *, all_open: bool
) -> RowShown:
    wrong = {} if one.left_out else {each.column: each for each in reversed(one.problems)}
    shown = COLUMNS if all_open else columns
    others = tuple(replace(each, column=BY_NAME[each.column or ""].danish) for each in one.problems)
    cells = tuple(
        CellShown(column, getattr(one.cells, column.name), wrong.get(column.name), all_open or column.name in wrong)
        for column in shown
    )
    return RowShown(
        key=one.row.pk,
        number=one.row.number,
        state=one.state,
        words=str(STATES[one.state]),
        name=f"{one.cells.given_name} {one.cells.family_name}".strip(),
        cells=cells,
        others=() if one.left_out else others,
        suggested=() if one.left_out else one.suggested,
        joins=one.joins,
        decided=bool(one.row.decision),
        rule_set=_rule_set(one, rules),
    )


def _rule_set(one: Looked, rules: Callable[[date], ProgrammeRules]) -> str:
    if one.candidate is None or one.joins:
        return ""
    try:
        return rules(one.candidate.takeover_date).id
    except BadInput:
        return ""
