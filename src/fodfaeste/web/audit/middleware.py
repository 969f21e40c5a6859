"""Tells the database who acts, and writes down whose file was opened."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from fodfaeste.web.audit.context import of_request, telling
from fodfaeste.web.audit.reads import Openings, write


class AuditMiddleware:
    """Stands after `ViewerMiddleware`: each request acts as its viewer, and as nobody once it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        request.openings = Openings()
        with telling(of_request(request.viewer)) as context:
            response = self._get_response(request)
            write(request, context)
            return response
