"""Who has checked the texts of newcomers' pages, by language: the file beside this one says it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from django.conf import settings
from django.utils.translation import get_language


@dataclass(frozen=True)
class Checked:
    """Who has checked a language's texts, and when; empty and None while nobody has."""

    language: str
    checked_by: str = ""
    checked_on: date | None = None


@cache
def languages() -> dict[str, Checked]:
    """Give the languages of newcomers' pages, by code."""
    raw = tomllib.loads(files("fodfaeste.web.newcomer").joinpath("texts.toml").read_text("utf-8"))
    return {one.language: one for one in (Checked(**entry) for entry in raw["language"])}


def unchecked() -> bool:
    """Say whether nobody has checked the texts of the page's language; the Danish ones are the source."""
    language = get_language() or settings.LANGUAGE_CODE
    return language != settings.LANGUAGE_CODE and languages()[language].checked_on is None
