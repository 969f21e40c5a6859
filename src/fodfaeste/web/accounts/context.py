"""What every page says of signing in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from fodfaeste.web.accounts.second_factor import asked_for


def signing_in(request: HttpRequest) -> dict[str, Any]:
    """Give whether the second factor is switched off here, and whether this viewer has to set one up."""
    viewer = getattr(request, "viewer", None)
    return {
        "second_factor_off": not settings.SECOND_FACTOR_REQUIRED,
        "second_factor_missing": SimpleLazyObject(lambda: viewer is not None and asked_for(request)),
    }
