"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from fodfaeste import __version__
from fodfaeste.web.base.menu import Entry, menu
from fodfaeste.web.base.sessions import EVERY

OFFICE_LANGUAGES = ("da", "en")
"""Languages that every page has; pages for newcomers have all."""


def page(request: HttpRequest) -> dict[str, Any]:
    """Give who is looking and for which office, what the menu offers them, and which languages the page has."""
    viewer = getattr(request, "viewer", None)
    return {
        "viewer": viewer,
        "version": __version__,
        "menu": SimpleLazyObject(lambda: _menu(viewer, request.path) if _signed_in(viewer) else []),
        "offices": sorted(viewer.offices, key=str) if viewer is not None else [],
        "languages": [(code, _own_name(code)) for code in OFFICE_LANGUAGES],
        "idle_seconds": settings.SESSION_COOKIE_AGE - EVERY,
    }


def all_languages() -> list[tuple[str, str]]:
    """Give the languages of a page for newcomers, each by its own name."""
    return [(code, _own_name(code)) for code, _ in settings.LANGUAGES]


def _own_name(code: str) -> str:
    return {"da": "Dansk", "en": "English", "ar": "العربية", "uk": "Українська"}.get(code, code)


def _signed_in(viewer: Any) -> bool:
    return viewer is not None and viewer.user is not None


def _menu(viewer: Any, here: str) -> list[tuple[Entry, str]]:
    """Give the entries of the menu, and for the one that leads here, or nearest above here, what to call it."""
    entries = menu(viewer)
    nearest = max((entry.href for entry in entries if here.startswith(entry.href)), key=len, default="")
    return [(entry, "" if entry.href != nearest else "page" if entry.href == here else "true") for entry in entries]
