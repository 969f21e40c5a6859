"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from fodfaeste import __version__


def page(request: HttpRequest) -> dict[str, Any]:
    """Give who is looking, and which version this is."""
    return {"viewer": request.viewer, "version": __version__}
