"""What a municipality is called, by the code that a row has."""

from __future__ import annotations

from datetime import date
from functools import cache

from django.utils.translation import gettext as _

from fodfaeste.data.municipalities import municipalities


def municipality_name(code: str, on: date) -> str:
    """Name a municipality as it was called on a day, or last; one that no list knows is called by its code."""
    names = _names().get(code, ())
    found = next((name for since, until, name in names if since <= on <= until), names[-1][2] if names else "")
    return found or _("kommune %(code)s") % {"code": code}


@cache
def _names() -> dict[str, list[tuple[date, date, str]]]:
    found: dict[str, list[tuple[date, date, str]]] = {}
    for row in municipalities().sort("valid_from", nulls_last=False).iter_rows(named=True):
        days = row["valid_from"] or date.min, row["valid_to"] or date.max
        found.setdefault(row["code"], []).append((*days, row["name"]))
    return found
