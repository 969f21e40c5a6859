"""Countries, languages and persons as pages call them."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fodfaeste.web.base.danish import sort_key
from fodfaeste.web.people.models import Person

STATELESS, UNKNOWN = "XXA", "XXX"
"""Codes that travel documents have (ICAO 9303) for whoever has no citizenship, or none that is known."""


def name_in_lists(person: Person) -> str:
    """Name a person where others stand beside them: who is protected by the case number alone."""
    return _("Beskyttet (%(case)s)") % {"case": person.case_number} if person.protected else str(person)


def country(code: str) -> str:
    """Name a country by its three letters; the code itself where it is none."""
    return _names_of_countries(get_language()).get(code, code)


def language(code: str) -> str:
    """Name a language by its code; the code itself where it is none."""
    return str(_locale(get_language()).languages.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Give all countries, three letters and name, in the order of their names; then who has none."""
    return _countries(get_language())


def languages() -> list[tuple[str, str]]:
    """Give languages with a code of two letters, in the order of their names."""
    return _languages(get_language())


def _locale(code: str | None) -> Locale:
    return Locale.parse(code or "da", sep="-")


@lru_cache(maxsize=8)
def _countries(code: str | None) -> list[tuple[str, str]]:
    names = _locale(code).territories
    longer = {long: short[0] for long, short in get_global("territory_aliases").items() if len(long) == 3 and short}
    known = {long: names[short] for long, short in longer.items() if long.isalpha() and short in names}
    nobody = [(STATELESS, _("statsløs")), (UNKNOWN, _("ukendt"))]
    return [*sorted(known.items(), key=lambda pair: sort_key(pair[1])), *nobody]


@lru_cache(maxsize=8)
def _names_of_countries(code: str | None) -> dict[str, str]:
    return dict(_countries(code))


@lru_cache(maxsize=8)
def _languages(code: str | None) -> list[tuple[str, str]]:
    found = [(short, name) for short, name in _locale(code).languages.items() if len(short) == 2]
    return sorted(found, key=lambda pair: sort_key(pair[1]))
