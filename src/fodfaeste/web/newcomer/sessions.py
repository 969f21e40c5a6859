"""Who came by a link: in the session while it lasts, and which link a browser has opened, in a signed cookie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from fodfaeste.web.accounts.viewer import NOBODY, Viewer
from fodfaeste.web.newcomer.domain.doors import Claim, Door
from fodfaeste.web.newcomer.domain.links import PERSONS

WHO = "newcomer"
"""Where the session says whose pages are open, and by which link: one at a time, whatever door they came by. It ends an
hour after the last page, as every session does."""


@dataclass(frozen=True)
class Entrance:
    """How browsers come in by a door.

    Attributes
    ----------
    door : Door
    cookie : str
        What says which link this browser has opened, signed.
    viewer : function
        Gives who somebody is who came in, by the number of whom the pages are about.
    """

    door: Door
    cookie: str
    viewer: Callable[[int], Viewer]

    def come_in(self, request: HttpRequest, response: HttpResponse, link: Any) -> None:
        """Let the session be theirs, whoever came before, and remember in which browser the link was opened."""
        whose = getattr(link, f"{self.door.whose}_id")
        request.session.cycle_key()
        request.session[WHO] = [self.door.whose, whose, link.pk]
        left: timedelta = link.expires - timezone.now()
        _keep(response, self.cookie, f"{whose}.{link.pk}", left)

    def opened_here(self, request: HttpRequest) -> Claim | None:
        """Say which link this browser has opened."""
        said = request.get_signed_cookie(self.cookie, default="", salt=self.cookie, max_age=self.door.lasts)
        if not said:
            return None
        whose, _, link = said.partition(".")
        return Claim(int(whose), int(link))


PERSONS_ENTRANCE = Entrance(PERSONS, "fodfaeste-link", lambda person: replace(NOBODY, person=person))


class ByLink:
    """Stands after `ViewerMiddleware` and before the logs': whoever came by a link that holds is who it is for."""

    entrance: ClassVar[Entrance]

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; who is signed in as a user is that user, whatever link was opened before."""
        door, *who = request.session.get(WHO, [None])
        if door == self.entrance.door.whose and request.viewer.user is None:
            claim = Claim(*who)
            if self.entrance.door.is_open(claim):
                request.viewer, request.own_link = self.entrance.viewer(claim.whose), claim.link
            else:
                del request.session[WHO]
        return self._get_response(request)


class NewcomerMiddleware(ByLink):
    """Lets newcomers in."""

    entrance = PERSONS_ENTRANCE


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
