"""Days as Danish offices write them, and what a typed day can mean."""

from __future__ import annotations

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
BIG_FIRST = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[-./](?P<month>\d{1,2})[-./](?P<year>\d{4}|\d{2})")
TOGETHER = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4}|\d{2})")
IN_WORDS = re.compile(r"(?P<day>\d{1,2})\.?\s*(?P<word>[a-z]{3})[a-z]*\.?\s*(?P<year>\d{4}|\d{2})")
SHAPES = (BIG_FIRST, DAY_FIRST, TOGETHER, IN_WORDS)


def danish_day(day: date) -> str:
    """Write a day as 01-02-1990."""
    return f"{day:%d-%m-%Y}"


def days_meant(text: str, *, today: date) -> list[date]:
    """Give the days that a text can mean as somebody's birth, in order; none where it is no day.

    01-02-1990, 1.2.90, 010290, 01021990, 1. februar 1990 and 1990-02-01 are one day; two digits of a year are of this
    century or the last, and never of a day to come.
    """
    for shape in SHAPES:
        if found := shape.fullmatch(text.strip().casefold()):
            return _days(found.groupdict(), today)
    return []


def _days(parts: dict[str, str], today: date) -> list[date]:
    if word := parts.get("word"):
        if word not in MONTHS:
            return []
        parts["month"] = str(MONTHS.index(word) + 1)
    year = parts["year"]
    years = [int(year)] if len(year) == 4 else [1900 + int(year), 2000 + int(year)]
    days = [_day(each, int(parts["month"]), int(parts["day"])) for each in years]
    return [day for day in days if day is not None and day <= today]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
