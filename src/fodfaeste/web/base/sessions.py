"""A session lasts an hour from the last request on, and is written once a minute for that, not at each request."""

from __future__ import annotations

import time

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.middleware import SessionMiddleware as _SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

KEPT = "kept"
"""Where a session says when it was last written, in seconds."""

EVERY = 60
"""Seconds after which a session that is in use is written again: it ends so much earlier at most, and never later."""


class SessionMiddleware(_SessionMiddleware):
    """Keeps a session that is in use from ending."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Write the session where it changed, or where that was a minute ago."""
        now = int(time.time())
        if _is_due(request.session, now):
            request.session[KEPT] = now
        return super().process_response(request, response)


def _is_due(session: SessionBase, now: int) -> bool:
    if session.session_key is None:
        return False
    written = session.get(KEPT, 0)
    # One that has ended is read as empty, and loses its key: it is not begun anew.
    return session.session_key is not None and (session.modified or now - written >= EVERY)
