"""What stands in a cell of a list: as a page shows it, and as files write it, without traps for spreadsheets."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _

TRAPS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes text that begins with one of these for a formula, or may after it was saved as CSV once."""

EXACT = 2**53
"""Whole numbers up to here are exact in double precision."""

LONGEST = 32_767
"""Characters that a cell of a spreadsheet holds."""

Plain = str | int | float | date | datetime
"""What a file's cell holds."""


def value_of(row: Any, path: str) -> object:
    """Follow a path as Django writes them (``organisation__name``); a choice gives its words, a gap gives None."""
    *through, last = path.split("__")
    for step in through:
        row = getattr(row, step)
        if row is None:
            return None
    held, words = getattr(row, last), _words(row.__class__, last)
    return str(words[held]) if words and held in words else held


@cache
def _words(kind: Any, name: str) -> dict[object, object]:
    """Give the words of a field's choices, if it has any; Django puts them together anew for each row."""
    options = getattr(kind, "_meta", None)
    fields = {field.name: field for field in options.fields} if options else {}
    return dict(fields[name].flatchoices) if name in fields and fields[name].choices else {}


def shown(value: object) -> str:
    """Give a value as a page shows it: days as 26-11-2026, numbers with a decimal comma, nothing as a dash."""
    if value is None or value == "" or _is_no_figure(value):
        return "–"
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, datetime):
        return f"{_local(value):%d-%m-%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    return str(localize(value)) if is_number(value) else str(value)


def plain(value: object) -> Plain:
    """Give a value as a file's cell holds it: numbers and days stay what they are, text cannot become a formula."""
    if value is None or _is_no_figure(value):
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, datetime):
        return _local(value)
    if isinstance(value, date | int | float):
        return value
    if isinstance(value, Decimal):
        return _number(value)
    return defused(str(value))


def written(value: object) -> str:
    """Give a value as a CSV file writes it for a Danish spreadsheet: decimal comma, days as 2026-11-26."""
    if isinstance(value, Decimal) and not _is_no_figure(value):
        return format(value, "f").replace(".", ",")
    held = plain(value)
    if isinstance(held, datetime):
        return f"{held:%Y-%m-%d %H:%M}"
    if isinstance(held, date):
        return held.isoformat()
    return str(held).replace(".", ",") if isinstance(held, float) else str(held)


def defused(text: str) -> str:
    """Give text that no spreadsheet takes for a formula: an apostrophe comes before what would begin one."""
    text = text[: LONGEST - 1]
    return f"'{text}" if text.startswith(TRAPS) else text


def is_number(value: object) -> bool:
    """Say whether a value is a number; yes and no are not."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _is_no_figure(value: object) -> bool:
    """Say whether a value is infinite or not a number."""
    if isinstance(value, Decimal):
        return not value.is_finite()
    return isinstance(value, float) and not math.isfinite(value)


def _number(value: Decimal) -> int | float | str:
    """Give a decimal as a spreadsheet keeps numbers: in double precision. What is too large for that is text."""
    number = float(value)
    if not math.isfinite(number):
        return defused(str(value))
    return int(number) if number.is_integer() and abs(number) <= EXACT else number


def _local(moment: datetime) -> datetime:
    """Give Danish time without saying so: files and pages have no other."""
    return timezone.make_naive(moment) if timezone.is_aware(moment) else moment
