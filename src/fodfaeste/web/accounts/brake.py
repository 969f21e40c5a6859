"""Whose password is being guessed: what the brake (axes) counts by."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest


def account_tried(request: HttpRequest | None, credentials: Mapping[str, str] | None) -> str | None:
    """Give the address that somebody tries to sign in with, in small letters; None where nobody tries.

    The form calls it ``login``; what it is checked by, ``email``.
    """
    said = dict(credentials or {})
    tried = said.get("email") or said.get("username") or (request.POST.get("login") if request is not None else None)
    return str(tried).strip().lower() if tried else None
