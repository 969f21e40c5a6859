"""Who came by a link: in the session while it lasts, and which link a browser has opened, in a signed cookie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from fodfaeste.web.accounts.viewer import NOBODY
from fodfaeste.web.newcomer.domain.links import LASTS, Claim, is_open
from fodfaeste.web.newcomer.models import Link

WHO = "newcomer"
"""Where the session says who came, and by which link. It ends an hour after the last page, as every session does."""

OPENED = "fodfaeste-link"
"""The cookie that says which link this browser has opened, signed."""


class NewcomerMiddleware:
    """Stands after `ViewerMiddleware` and before the logs': whoever came by a link that still holds is their person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; who is signed in as a user is that user, whatever link was opened before."""
        who = request.session.get(WHO)
        if who is not None and request.viewer.user is None:
            claim = Claim(*who)
            if is_open(claim):
                request.viewer, request.own_link = replace(NOBODY, person=claim.person), claim.link
            else:
                del request.session[WHO]
        return self._get_response(request)


def come_in(request: HttpRequest, response: HttpResponse, link: Link) -> None:
    """Let the session be the person's, and remember in which browser the link was opened."""
    request.session.cycle_key()
    request.session[WHO] = [link.person_id, link.pk]
    left: timedelta = link.expires - timezone.now()
    _keep(response, OPENED, f"{link.person_id}.{link.pk}", left)


def opened_here(request: HttpRequest) -> Claim | None:
    """Say which link this browser has opened."""
    said = request.get_signed_cookie(OPENED, default="", salt=OPENED, max_age=LASTS)
    if not said:
        return None
    person, _, link = said.partition(".")
    return Claim(int(person), int(link))


def go_out(request: HttpRequest, response: HttpResponse) -> None:
    """End the session, and forget the browser's language, so that the next at a shared screen begins anew."""
    request.session.flush()
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)


def speak(response: HttpResponse, language: str) -> None:
    """Let the browser's next pages be in a language."""
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


def _keep(response: HttpResponse, name: str, value: str, lasts: timedelta) -> None:
    response.set_signed_cookie(
        name, value, salt=name, max_age=lasts, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
