"""What somebody reads before they agree to a move, in the languages of newcomers' pages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel.dates import format_date

from fodfaeste.web.moving.groups import Group
from fodfaeste.web.moving.models import Move

LANGUAGES = ("da", "en", "ar", "uk")
"""Languages that there are sentences in; in the place of another, Danish."""

SOURCE = "da"


@dataclass(frozen=True)
class Reading:
    """What is read in a language: where to and when, what goes along, what stays, that it is up to them."""

    language: str
    title: str
    where: str
    along: str
    parts: tuple[str, ...]
    notes: str
    free: str


def language_of(code: str) -> str:
    """Give the language in which somebody reads: theirs, or Danish where there are no sentences in it."""
    return code if code in LANGUAGES else SOURCE


def say(key: str, language: str, **values: object) -> str:
    """Give a sentence."""
    return _sentences()[key][language_of(language)].format(**values)


def reading(move: Move, language: str) -> Reading:
    """Give all that is read before somebody agrees to a move."""
    spoken = language_of(language)
    day = format_date(move.day, "long", locale=spoken)
    parts = ["basic", *(group.value for group in Group if group in move.groups)]
    return Reading(
        language=spoken,
        title=say("title", spoken),
        where=say("where", spoken, old=move.from_office.name, new=move.to_name, day=day),
        along=say("along", spoken),
        parts=tuple(say(part, spoken) for part in parts),
        notes=say("notes", spoken),
        free=say("free", spoken),
    )


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    text = files("fodfaeste.web.moving.texts").joinpath("agreement.toml").read_text("utf-8")
    return tomllib.loads(text)
