"""What the chapters of the plan report write in the same way: names of outcomes and reasons, values, bases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from fodfaeste.place import Plan
from fodfaeste.report.document import Column, Kind
from fodfaeste.report.words import DASH, Lang, Words, texts

CATALOGUE = "place"
Z = 1.959963984540054
"""The normal quantile of a 95 % interval."""

_MONTHS = re.compile(r"(?P<name>.+?)_(?P<months>\d+)(?:m|_months)?")


def words(lang: Lang) -> Words:
    """Give the words that all chapters share."""
    return Words(lang, CATALOGUE)


def said(prefix: str, name: str, w: Words) -> str:
    """Look up what a name is called; unknown ones are shown as they are."""
    key = f"{prefix}.{name}"
    return w(key) if key in texts(w.catalogue) else name.replace("_", " ")


def outcome_name(name: str, w: Words) -> str:
    """Name an outcome: `work` in words, `work_12` with its months."""
    timed = _MONTHS.fullmatch(name)
    if timed is None:
        return said("outcome", name, w)
    return w("outcome.after", name=said("outcome", timed["name"], w), months=timed["months"])


def dimension_name(name: str, w: Words) -> str:
    """Name what takes room."""
    return said("dimension", name, w)


def value(amount: float, w: Words) -> str:
    """Write a value with as many decimals as its size makes sense of."""
    size = abs(amount)
    return w.number(amount, 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 0.095 or size < 5e-5 else 3)


def span(low: float, high: float, w: Words) -> str:
    """Write an interval of values, which may be negative."""
    return f"{value(low, w)} {DASH} {value(high, w)}"


def sentence(text: str) -> str:
    """Begin with a capital."""
    return text[:1].upper() + text[1:]


def listing(names: Iterable[str], w: Words, last: Literal["and", "or"] = "and") -> str:
    """Join names as a sentence does: a, b and c."""
    all_names: Sequence[str] = list(names)
    if len(all_names) < 2:
        return "".join(all_names)
    return f"{', '.join(all_names[:-1])} {w(last)} {all_names[-1]}"


def column(key: str, w: Words, kind: Kind = "text", decimals: int = 1, **values: object) -> Column:
    """Make a column headed by one of the shared words."""
    return Column(w(f"col.{key}", **values), kind, decimals)


def base(plan: Plan, w: Words) -> str:
    """Say how many households and people the problem has."""
    persons = w.count(plan.problem.persons.sum())
    return w("base.persons", households=w.count(len(plan.problem.households)), persons=persons)


def base_placed(plan: Plan, w: Words) -> str:
    """Say how many households and people have a place."""
    persons = w.count(plan.certificate.persons_placed)
    return w("base.placed", households=w.count(plan.placed.sum()), persons=persons)
