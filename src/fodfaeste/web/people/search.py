"""Finding persons: by names in any order and with slips, by case number, by birth date, by a whole CPR number.

The database names candidates by its index of three letters at a time (migration 0003), the same on both; which of them
is meant, and in which order, is decided here, by `names.far_from`. So both databases give the same answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from fodfaeste.web.people import cpr
from fodfaeste.web.people.dates import days_meant
from fodfaeste.web.people.models import Person
from fodfaeste.web.people.names import PARTICLES, far_from, skeleton, slips_allowed, words_in, words_of

MOST = 50
"""Persons that an answer has: who looks for one among more writes another word."""

LONGEST = 100
"""Letters of a search that are read."""

CASE_NUMBER = re.compile(r"[A-Za-z]{1,3}-\S+")
NUMBER_APART = re.compile(r"(?<!\d)(\d{6})\s*[\s\u2010-\u2015-]\s*(\d{4})(?!\d)")
"""A CPR number with a space in it, or a dash of another kind."""
BIRTH_IN_WORDS = re.compile(r"\d{1,2}\.?\s+[A-Za-z]{3,9}\.?\s+\d{4}|\d{1,2}[-./]\d{1,2}\s+\d{4}")


@dataclass(frozen=True)
class Asked:
    """What somebody looks for.

    Attributes
    ----------
    words : tuple of str
        Folded words of names: all of them have to be the person's.
    days : tuple of date
        What a birth date that was typed can mean; empty where none was.
    numbers : tuple of str
        Whole CPR numbers.
    cases : tuple of str
        Case numbers.
    """

    words: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    numbers: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is asked for."""
        return not (self.words or self.days or self.numbers or self.cases)


@dataclass(frozen=True)
class Found:
    """Who was found, the nearest first; `more` where there are others."""

    persons: list[Person] = field(default_factory=list)
    more: bool = False


def understood(text: str, *, today: date) -> Asked:
    """Read what was typed."""
    text = NUMBER_APART.sub(r"\1-\2", text[:LONGEST])
    days: list[date] = []
    for piece in BIRTH_IN_WORDS.findall(text):
        if meant := days_meant(re.sub(r"(?<=\d)\s+(?=\d)", "-", piece), today=today):
            days += meant
            text = text.replace(piece, " ", 1)
    kinds: dict[str, list[Any]] = {"words": [], "days": days, "numbers": [], "cases": []}
    for piece in text.replace(",", " ").split():
        if cpr.looks_whole(piece):
            kinds["numbers"].append(piece)
        elif meant := days_meant(piece, today=today):
            kinds["days"] += meant
        elif CASE_NUMBER.fullmatch(piece) and any(letter.isdigit() for letter in piece):
            kinds["cases"].append(piece)
        else:
            kinds["words"] += _words(piece)
    telling = [word for word in kinds["words"] if word not in PARTICLES]
    kinds["words"] = telling or kinds["words"]
    return Asked(**{kind: tuple(dict.fromkeys(found)) for kind, found in kinds.items()})


def find(among: QuerySet[Person], text: str, *, today: date) -> Found:
    """Find persons among those that a viewer may see.

    Parameters
    ----------
    among : QuerySet of Person
        From the gate.
    text : str
        What was typed: words, dates and numbers, which all have to fit.

    Returns
    -------
    Found
        At most `MOST`, those with the fewest slips first, equals in Danish order.
    """
    ranked = find_keys(among, text, today=today)
    return Found(_in_order(among, ranked[:MOST]), len(ranked) > MOST)


def find_keys(among: QuerySet[Person], text: str, *, today: date) -> list[int]:
    """Give the keys of whom `find` would find, the nearest first; also of those beyond `MOST` where words are asked."""
    asked = understood(text, today=today)
    if asked.is_empty:
        return []
    rows = _by_numbers(among, asked)
    return _by_words(rows, asked.words) if asked.words else list(rows.values_list("pk", flat=True)[: MOST + 1])


def _words(piece: str) -> list[str]:
    """Give the words that a piece asks for; the joint of what a hyphen joins is found by its parts."""
    parts = words_of(piece)
    return parts[:-1] if len(parts) > 2 else parts


def _by_numbers(among: QuerySet[Person], asked: Asked) -> QuerySet[Person]:
    """Keep whom dates and numbers fit. A case number that was merged into another leads to the other.

    Numbers are looked up first: who has them is one person, and nobody else needs to be asked for by the gate.
    """
    if asked.days:
        among = among.filter(birth_date__in=asked.days)
    for number in asked.numbers:
        known = Person._default_manager.filter(cpr_hash__in=cpr.hashes(number)).values_list("pk", flat=True)
        among = among.filter(pk__in=list(known))
    if asked.cases:
        numbers = [spelt for case in asked.cases for spelt in {case, case.upper()}]
        led = Person._default_manager.filter(case_number__in=numbers).values_list("pk", "merged_into")
        among = among.filter(pk__in=[into or pk for pk, into in led])
    return among


def _by_words(rows: QuerySet[Person], words: tuple[str, ...]) -> list[int]:
    """Give the keys of whom the words fit, the nearest first."""
    sql, parameters = candidates_sql(max(words, key=len), connection.vendor)
    kept = rows.filter(pk__in=RawSQL(sql, parameters)).order_by("pk").values_list("pk", "search")
    # Names repeat: each is compared once, however many have it.
    seen: list[dict[str, float | None]] = [{} for _word in words]
    ranked: list[tuple[float, str, int]] = []
    for pk, search in kept.iterator(chunk_size=5000):
        total = _total(words, words_in(search), seen)
        if total is not None:
            ranked.append((total, search, pk))
    ranked.sort()
    return [pk for _total, _search, pk in ranked]


def _total(words: tuple[str, ...], have: list[str], seen: list[dict[str, float | None]]) -> float | None:
    """Add up how far each word that is asked for is from the nearest that somebody has; None if one is nowhere near."""
    total = 0.0
    for asked, known in zip(words, seen, strict=True):
        nearest = None
        for word in have:
            if word not in known:
                known[word] = far_from(asked, word)
            far = known[word]
            if far is not None and (nearest is None or far < nearest):
                nearest = far
        if nearest is None:
            return None
        total += nearest
    return total


def _in_order(among: QuerySet[Person], keys: list[int]) -> list[Person]:
    by_key = {person.pk: person for person in among.filter(pk__in=keys)}
    return [by_key[key] for key in keys if key in by_key]


# Candidates


def candidates_sql(word: str, vendor: str) -> tuple[str, list[Any]]:
    """Write the query for the keys of persons of whom a word may be meant.

    Parameters
    ----------
    word : str
        Folded. Of several the longest says most; the others are looked for among its candidates.
    vendor : str
        ``postgresql`` or ``sqlite``.
    """
    some = _on_postgresql if vendor == "postgresql" else _on_sqlite
    sql, parameters = some(wholes(word), 1)
    if not slips_allowed(word):
        return sql, parameters
    more, further = some(*thirds(word))
    return f"{sql} UNION {more}", [*parameters, *further]


def wholes(word: str) -> list[str]:
    """Give the stretches of letters of which one is enough: the beginning, and the skeleton."""
    bones = skeleton(word)
    return [f" {word}" if len(word) > 1 else f" {word} ", *([f"={bones}="] if bones else [])]


def thirds(word: str) -> tuple[list[str], int]:
    """Give stretches of three letters, and how many of them a word with slips has left at least.

    A letter wrong, missing or too many changes three of them, two exchanged four, two slips close together five; slips
    further apart are found by the skeleton, if at all. Of up to five letters one slip leaves an end as it was, unless
    the two in the middle of four are exchanged.
    """
    padded = f" {word} "
    found = list(dict.fromkeys(padded[at : at + 3] for at in range(len(word))))
    if len(word) < 6:
        return [found[0], found[-1]], 1
    return found, max(2, len(found) - (4 if slips_allowed(word) == 1 else 5))


def _on_postgresql(stretches: list[str], least: int) -> tuple[str, list[Any]]:
    """Ask for whoever has at least so many of some stretches of letters; LIKE takes an underline for any letter."""
    plain = [stretch.replace("_", r"\_") for stretch in stretches]
    return "SELECT id FROM people_with_some(%s, %s)", [plain, least]


def _on_sqlite(stretches: list[str], least: int) -> tuple[str, list[Any]]:
    if least == 1:
        either = " OR ".join(f'"{stretch}"' for stretch in stretches)
        return "SELECT rowid AS id FROM people_words WHERE people_words MATCH %s", [either]
    each = " UNION ALL ".join(["SELECT rowid AS id FROM people_words WHERE people_words MATCH %s"] * len(stretches))
    sql = f"SELECT id FROM ({each}) AS parts GROUP BY id HAVING COUNT(*) >= {least}"
    return sql, [f'"{stretch}"' for stretch in stretches]
