"""Sentences of the programme in Danish and English, with the figures and days put in as each language writes them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from babel.dates import format_date
from babel.numbers import format_decimal

from fodfaeste.errors import UnknownName

Lang = Literal["da", "en"]
LANGUAGES: tuple[Lang, Lang] = ("da", "en")


@dataclass(frozen=True)
class Text:
    """The same in both languages: ``text.da``, or ``text["da"]``."""

    da: str
    en: str

    def __getitem__(self, lang: str) -> str:
        """Give it in one language.

        Raises
        ------
        UnknownName
            If it is neither ``da`` nor ``en``.
        """
        if lang not in LANGUAGES:
            raise UnknownName("the language", lang, LANGUAGES)
        return str(getattr(self, lang))

    @property
    def capital(self) -> Text:
        """The same with a capital first letter."""
        return Text(*(self[lang][:1].upper() + self[lang][1:] for lang in LANGUAGES))


def text(key: str, /, **values: object) -> Text:
    """Write the sentence `key`, such as ``deadline.first_talk``, with its values.

    Days are written out, numbers with the language's decimal sign and no needless decimals, a `Text` in the language.

    Raises
    ------
    UnknownName
        If there is no such sentence.
    """
    said = sentences()
    if key not in said:
        raise UnknownName("no sentence", key, said)
    return Text(*(said[key][lang].format(**_written(values, lang)) for lang in LANGUAGES))


def both(raw: Mapping[str, str]) -> Text:
    """Make a text of a table with ``da`` and ``en``, as rules have them."""
    return Text(raw["da"], raw["en"])


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Read all sentences by dotted key."""
    raw = tomllib.loads(files("fodfaeste.plan").joinpath("texts/programme.toml").read_text("utf-8"))
    return dict(_flat(raw, ""))


def _flat(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, dict[str, str]]]:
    if set(tree) == set(LANGUAGES):
        return [(prefix.rstrip("."), dict(tree))]
    return [found for key, value in tree.items() for found in _flat(value, f"{prefix}{key}.")]


def _written(values: Mapping[str, object], lang: Lang) -> dict[str, str]:
    return {name: _one(value, lang) for name, value in values.items()}


def _one(value: object, lang: Lang) -> str:
    if isinstance(value, Text):
        return value[lang]
    if isinstance(value, date):
        return str(format_date(value, "d. MMMM y" if lang == "da" else "d MMMM y", locale=lang))
    if isinstance(value, float):
        return str(format_decimal(value, format="#,##0.##", locale=lang))
    return str(value)
