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
from django.db.models import Q, QuerySet
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
    text = text[:LONGEST]
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
    asked = understood(text, today=today)
    if asked.is_empty:
        return Found()
    rows = _by_numbers(among, asked)
    ranked = _by_words(rows, asked.words) if asked.words else list(rows.values_list("pk", flat=True)[: MOST + 1])
    return Found(_in_order(among, ranked[:MOST]), len(ranked) > MOST)


def _words(piece: str) -> list[str]:
    """Give the words that a piece asks for; the joint of what a hyphen joins is found by its parts."""
    parts = words_of(piece)
    return parts[:-1] if len(parts) > 2 else parts


def _by_numbers(among: QuerySet[Person], asked: Asked) -> QuerySet[Person]:
    """Keep whom dates and numbers fit. A case number that was merged into another leads to the other."""
    if asked.days:
        among = among.filter(birth_date__in=asked.days)
    for number in asked.numbers:
        among = among.filter(cpr_hash__in=cpr.hashes(number))
    if asked.cases:
        numbers = [spelt for case in asked.cases for spelt in {case, case.upper()}]
        cases = Q(case_number__in=numbers) | Q(merged__case_number__in=numbers)
        among = among.filter(pk__in=Person._default_manager.filter(cases).values("pk"))
    return among


def _by_words(rows: QuerySet[Person], words: tuple[str, ...]) -> list[int]:
    """Give the keys of whom the words fit, the nearest first."""
    seen: dict[tuple[str, str], float | None] = {}

    def far(asked: str, word: str) -> float | None:
        if (asked, word) not in seen:
            seen[asked, word] = far_from(asked, word)
        return seen[asked, word]

    sql, parameters = candidates_sql(words, connection.vendor)
    kept = rows.filter(pk__in=RawSQL(sql, parameters)).order_by("pk").values_list("pk", "search")
    ranked: list[tuple[float, str, int]] = []
    for pk, search in kept.iterator(chunk_size=5000):
        total = 0.0
        have = words_in(search)
        for asked in words:
            nearest = min((each for word in have if (each := far(asked, word)) is not None), default=None)
            if nearest is None:
                break
            total += nearest
        else:
            ranked.append((total, search, pk))
    ranked.sort()
    return [pk for _total, _search, pk in ranked]


def _in_order(among: QuerySet[Person], keys: list[int]) -> list[Person]:
    by_key = {person.pk: person for person in among.filter(pk__in=keys)}
    return [by_key[key] for key in keys if key in by_key]


# Candidates


def candidates_sql(words: tuple[str, ...], vendor: str) -> tuple[str, list[str]]:
    """Write the query for the keys of persons who may be meant: those that each word names, by any of its ways.

    Parameters
    ----------
    words : tuple of str
        Folded.
    vendor : str
        ``postgresql`` or ``sqlite``.
    """
    parts = [_of_a_word(word, vendor) for word in words]
    sql = " INTERSECT ".join(f"SELECT id FROM ({part}) AS word_{number}" for number, (part, _) in enumerate(parts))
    return sql, [parameter for _, parameters in parts for parameter in parameters]


def wholes(word: str) -> list[str]:
    """Give the stretches of letters of which one is enough: the beginning, the skeleton, two neighbours exchanged."""
    found = [f" {word}" if len(word) > 1 else f" {word} "]
    if bones := skeleton(word):
        found.append(f"={bones}=")
    if slips_allowed(word):
        exchanged = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
        found += [f" {other} " for other in exchanged if other != word]
    return found


def thirds(word: str) -> tuple[list[str], int]:
    """Give stretches of three letters, and how many of them a word with slips has left at least.

    A slip changes three of them. Of four letters those at the ends are enough: a slip leaves one of the two alone.
    """
    padded = f" {word} "
    all_of_them = list(dict.fromkeys(padded[at : at + 3] for at in range(len(word))))
    if len(word) == 4:
        return [all_of_them[0], all_of_them[-1]], 1
    return all_of_them, max(2, len(all_of_them) - 3 * slips_allowed(word))


def _of_a_word(word: str, vendor: str) -> tuple[str, list[str]]:
    sql, parameters = _any_of(wholes(word), vendor)
    if not slips_allowed(word):
        return sql, parameters
    parts, least = thirds(word)
    each, more = zip(*(_any_of([part], vendor) for part in parts), strict=True)
    some = f"SELECT id FROM ({' UNION ALL '.join(each)}) AS parts GROUP BY id HAVING COUNT(*) >= {least}"
    return f"{sql} UNION {some}", [*parameters, *(parameter for found in more for parameter in found)]


def _any_of(stretches: list[str], vendor: str) -> tuple[str, list[str]]:
    if vendor == "postgresql":
        either = " OR ".join(["search LIKE %s"] * len(stretches))
        return f"SELECT id FROM people_person WHERE {either}", [f"%{_plain(each)}%" for each in stretches]
    match = " OR ".join(f'"{each}"' for each in stretches)
    return "SELECT rowid AS id FROM people_words WHERE people_words MATCH %s", [match]


def _plain(stretch: str) -> str:
    """Let an underline be one: LIKE takes it for any letter."""
    return stretch.replace("_", r"\_")
