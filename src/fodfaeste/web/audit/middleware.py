"""Tells the database who acts, and writes down whose file was opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.http import HttpRequest

from fodfaeste.web.audit.context import Context, current, of_request, telling
from fodfaeste.web.audit.reads import Openings, write

AT_A_TIME = 500
"""Parts of a streamed answer, such as rows of a file, between which nobody acts."""


class AuditMiddleware:
    """Stands after `ViewerMiddleware`: each request acts as its viewer, and as nobody once it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        """Answer a request."""
        request.openings = Openings()
        with telling(of_request(request.viewer)):
            response = self._get_response(request)
            write(request)
            if response.streaming and getattr(response, "file_to_stream", None) is None:
                response.streaming_content = _still_acting(iter(response.streaming_content), current())
            return response


def _still_acting(parts: Iterator[bytes], context: Context) -> Iterator[bytes]:
    """Read what is streamed as whoever asked for it: it is read when the request is over, and nobody acts any more."""
    while True:
        with telling(context):
            batch = b"".join(islice(parts, AT_A_TIME))
        if not batch:
            return
        yield batch
