"""What a municipality says of the accessibility of its installation: facts that only it can give.

They stand in ``tilgaengelighed.toml`` in the data folder. Until all of them do, the page calls itself a draft and names
what is missing. The statement itself is made in the state's tool (WAS-Tool) by the act on accessible websites, and
checked once a year.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from fodfaeste.errors import BadInput, Problem, UnknownName

FILE = "tilgaengelighed.toml"
KINDS: dict[str, type] = {"made_on": date, "checked_on": date, "problems": list}
CALLED: dict[str, str] = {
    "authority": _("myndighed"),
    "email": _("e-mail"),
    "phone": _("telefon"),
    "tool_address": _("adresse i WAS-Tool"),
    "made_on": _("hvornår den er lavet"),
    "checked_on": _("hvornår den sidst er gennemgået"),
    "checked_how": _("hvordan det er prøvet"),
}
"""What each fact that has to be given is called on the page."""

WRITTEN: dict[type, str] = {date: "a day as 2026-11-26", list: 'a list of texts as ["..."]', str: "a text in quotes"}


@dataclass(frozen=True)
class Statement:
    """The facts.

    Attributes
    ----------
    authority : str
        The public body that answers for the installation.
    email, phone : str
        Where to write and call when something cannot be used.
    tool_address : str
        The statement in the state's tool.
    made_on, checked_on : date or None
        When it was made, and last checked.
    checked_how : str
        By whom and how it was checked.
    problems : tuple of str
        What is known not to work, each with its way round.
    """

    authority: str = ""
    email: str = ""
    phone: str = ""
    tool_address: str = ""
    made_on: date | None = None
    checked_on: date | None = None
    checked_how: str = ""
    problems: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """Name the facts that nobody has given yet; no known problems is an answer too."""
        return [words for fact, words in CALLED.items() if not getattr(self, fact)]


def read_statement(folder: Path) -> Statement:
    """Read the facts; without a file there are none.

    Raises
    ------
    BadInput
        If the file is not TOML, or says something that is no fact of a statement.
    """
    file = folder / FILE
    if not file.exists():
        return Statement()
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(Problem(str(error), "TOML", "Mend the line that is named.", file=str(file))) from error
    return Statement(**{name: _fact(file, name, value) for name, value in said.items()})


def _fact(file: Path, name: str, value: object) -> Any:
    known = {fact.name: KINDS.get(fact.name, str) for fact in fields(Statement)}
    if name not in known:
        raise UnknownName("fact", name, known, file=str(file))
    if not isinstance(value, known[name]):
        problem = Problem(repr(value), WRITTEN[known[name]], "Write it like that.", file=str(file), column=name)
        raise BadInput(problem)
    return tuple(map(str, value)) if isinstance(value, list) else value
