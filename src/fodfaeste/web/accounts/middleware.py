"""Puts who is looking on each request, and leads whoever needs a second factor and has none to setting it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from fodfaeste.web.accounts.second_factor import asked_for
from fodfaeste.web.accounts.viewer import NOBODY, viewer_of

OPEN = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "account_request_reauthentication_code",
        "account_confirm_reauthentication_code",
        "set_language",
        "health",
        "was",
        "help",
    }
)
"""Addresses that open without a second factor, besides those that set it up: none of them shows a person."""


class ViewerMiddleware:
    """Sets `request.viewer`: one query a request of somebody signed in, none for nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        user = request.user
        request.viewer = viewer_of(user, timezone.localdate()) if user.is_authenticated else NOBODY
        return self._get_response(request)


class SecondFactorMiddleware:
    """Opens nothing but the setting up of a second factor to whoever needs one and has none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Lead to the page on which a second factor is set up."""
        name = request.resolver_match.view_name or ""
        if name in OPEN or name.startswith("mfa_") or not asked_for(request):
            return None
        return redirect("mfa_index")
