"""Sentences, numbers and dates in the reader's language.

Sentences live in `texts/*.toml`, Danish and English side by side, so that who knows the field can read and mend both.
"""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from babel.numbers import format_decimal

from fodfaeste.errors import UnknownName
from fodfaeste.report.document import Cell, Column
from fodfaeste.values import round_half_up

Lang = Literal["da", "en"]
DASH = "–"


@dataclass(frozen=True)
class Words:
    """Writes in one language: `words("retention.title", n=words.count(9134))`."""

    lang: Lang
    catalogue: str = "dk2002"

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence `key` with its values put in; they are formatted already."""
        sentences = texts(self.catalogue)
        if key not in sentences:
            raise UnknownName("no sentence", key, sentences)
        return sentences[key][self.lang].format(**values)

    def count(self, value: float) -> str:
        """Write a whole number: 9.134 in Danish, 9,134 in English."""
        return str(format_decimal(round(value), format="#,##0", locale=self.lang))

    def number(self, value: float, decimals: int = 1) -> str:
        """Write a number with fixed decimals, halves rounded up as in printed tables."""
        pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
        # Adding 0 makes -0 into 0: nothing is less than nothing.
        rounded = round_half_up(value, decimals) + 0.0
        return str(format_decimal(rounded, format=pattern, locale=self.lang)).replace("-", "−")

    def percent(self, share: float, decimals: int = 1) -> str:
        """Write a share of 1 as per cent: 61,9 % in Danish, 61.9% in English."""
        return self.number(100 * share, decimals) + self._sign

    def interval(self, low: float, high: float, decimals: int = 1) -> str:
        """Write an interval of shares of 1 as per cent."""
        return f"{self.number(100 * low, decimals)}{DASH}{self.number(100 * high, decimals)}{self._sign}"

    def p_value(self, value: float) -> str:
        """Write a p-value with three decimals, or that it is smaller than they can show."""
        return f"< {self.number(0.001, 3)}" if value < 0.001 else self.number(value, 3)

    def cell(self, value: Cell, column: Column) -> str:
        """Write a table's cell; what is not known is a dash."""
        if value is None:
            return DASH
        if isinstance(value, tuple):
            if column.kind == "rank_interval":
                return f"{self.count(value[0])}{DASH}{self.count(value[1])}"
            return self.interval(*value, column.decimals)
        if isinstance(value, str):
            return value
        if column.kind == "count":
            return self.count(value)
        if column.kind == "p_value":
            return self.p_value(value)
        return self.percent(value, column.decimals) if column.kind == "percent" else self.number(value, column.decimals)

    @property
    def _sign(self) -> str:
        return "\N{NO-BREAK SPACE}%" if self.lang == "da" else "%"


@cache
def texts(catalogue: str) -> dict[str, dict[str, str]]:
    """Read a catalogue of sentences by dotted key.

    Raises
    ------
    ValueError
        If a sentence lacks a language, or its languages do not take the same values.
    """
    raw = tomllib.loads(files("fodfaeste.report").joinpath(f"texts/{catalogue}.toml").read_text("utf-8"))
    sentences = dict(_flat(raw, ""))
    for key, both in sentences.items():
        if set(both) != {"da", "en"} or placeholders(both["da"]) != placeholders(both["en"]):
            raise ValueError(f"{catalogue}.toml, {key}: needs da and en, taking the same values")
    return sentences


def placeholders(sentence: str) -> set[str]:
    """Name the values that a sentence takes."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _flat(tree: dict[str, object], prefix: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    for key, value in tree.items():
        if not isinstance(value, dict):
            raise ValueError(f"{prefix}{key}: a sentence is a table with da and en")
        if all(isinstance(inner, str) for inner in value.values()):
            found.append((prefix + key, value))
        else:
            found += _flat(value, f"{prefix}{key}.")
    return found
