"""Every error that a user can meet: what was found, what was expected, what to do.

The command line catches `FodfaesteError` once and leaves with its `exit_code`::

    FodfaesteError            1
    ├── BadInput              3   a file, a column, a row or a figure is not what it has to be
    │   ├── NotEnoughPeople   3   a rate of nobody is unknown, not 0
    │   └── UnknownName       3   no such table, column or option; says what was probably meant
    └── Refused               4   the figures allow no honest answer to what was asked
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class FodfaesteError(Exception):
    """Whatever Fodfæste tells its user that it cannot do."""

    exit_code = 1


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: where it stands, what was found, what was expected, what to do.

    `row` is the line of the file, the header being line 1; `None` where the problem is not in one row.
    """

    found: str
    expected: str
    todo: str
    file: str | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        place = [self.file or "", f"row {self.row}" if self.row else "", f"column {self.column}" if self.column else ""]
        where = ", ".join(part for part in place if part)
        said = f"found {self.found}, expected {self.expected}. {self.todo}"
        return f"{where}: {said}" if where else said


class BadInput(FodfaesteError):
    """One or more problems with what was given; all are named at once."""

    exit_code = 3

    def __init__(self, *problems: Problem) -> None:
        self.problems: Sequence[Problem] = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class NotEnoughPeople(BadInput):
    """There is nobody, or too few, to say anything about."""


class UnknownName(BadInput):
    """A name that is not there, with the nearest names that are."""

    def __init__(self, what: str, name: str, known: Iterable[str], *, file: str | None = None) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        todo = f"Did you mean {' or '.join(near)}?" if near else "Choose one of those."
        shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
        super().__init__(Problem(f"{what} {name!r}", f"one of {shown}", todo, file=file))


class Refused(FodfaesteError):
    """An answer would mislead: the text says why, and what to ask instead."""

    exit_code = 4
