"""Persons who may be the one that is about to be registered: born the same day, with a name that sounds the same."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from fodfaeste.web.people import cpr
from fodfaeste.web.people.models import Person
from fodfaeste.web.people.names import PARTICLES, far_from, words_in, words_of


def same_birth(day: date) -> Q:
    """Keep who is born on a day, or with day and month exchanged, as forms of two countries do."""
    days = Q(birth_date=day)
    if day.day <= 12:
        days |= Q(birth_date=date(day.year, day.day, day.month))
    return days


def likely_same(among: QuerySet[Person], *, names: str, birth_date: date, number: str = "") -> list[Person]:
    """Give who of some persons may be meant, the surest first.

    Parameters
    ----------
    among : QuerySet of Person
        Whom the viewer may see.
    names : str
        Given and family names, in any order.
    number : str
        The CPR number, where it is known: who has it is meant, whatever else is written.
    """
    known = list(among.filter(cpr_hash__in=cpr.hashes(number))) if number.strip() else []
    asked = words_of(names)
    born = among.filter(same_birth(birth_date)).exclude(pk__in=[person.pk for person in known])
    near = [
        (unlikeness, person) for person in born if (unlikeness := unlike(asked, words_in(person.search))) is not None
    ]
    near.sort(key=lambda pair: (pair[1].birth_date != birth_date, pair[0], pair[1].pk))
    return known + [person for _unlikeness, person in near]


def unlike(asked: list[str], have: list[str]) -> float | None:
    """Add up how far folded names are from each other; None unless each word of the shorter list has its like."""
    one, other = (_telling(words) for words in (asked, have))
    fewer, more = sorted((one, other), key=len)
    found = [min((far for word in more if (far := far_from(name, word)) is not None), default=None) for name in fewer]
    if not fewer or any(far is None for far in found):
        return None
    return sum(far for far in found if far is not None)


def _telling(words: list[str]) -> list[str]:
    return [word for word in words if word not in PARTICLES] or words
