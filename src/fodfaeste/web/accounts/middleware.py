"""Puts who is looking on each request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from fodfaeste.web.accounts.viewer import NOBODY, viewer_of


class ViewerMiddleware:
    """Sets `request.viewer`: one query a request of somebody signed in, none for nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        user = request.user
        request.viewer = viewer_of(user, timezone.localdate()) if user.is_authenticated else NOBODY
        return self._get_response(request)
