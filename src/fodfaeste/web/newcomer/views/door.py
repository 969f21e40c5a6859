"""The way in and out of somebody's own pages: the link, the code, signing out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from fodfaeste.web.newcomer import sessions
from fodfaeste.web.newcomer.domain.doors import Claim
from fodfaeste.web.newcomer.forms import CodeForm
from fodfaeste.web.newcomer.pages import context
from fodfaeste.web.newcomer.sessions import PERSONS_ENTRANCE, Entrance


@dataclass(frozen=True)
class Doorway:
    """The pages by which somebody comes in and goes out.

    Attributes
    ----------
    entrance : Entrance
    namespace : str
        Of their addresses; ``first`` is where a code leads.
    folder : str
        Of their templates.
    form : type of CodeForm
    wrong : str
        What a wrong code, a closed link and one that never was are answered alike.
    context : function
        Gives what the frame of these pages needs.
    """

    entrance: Entrance
    namespace: str
    folder: str
    form: type[CodeForm]
    wrong: str | Promise
    context: Callable[..., dict[str, Any]]

    def addresses(self) -> list[URLPattern]:
        """Give the addresses of these pages."""
        asks = sensitive_post_parameters("code")
        return [
            path("kode/", never_cache(asks(self.code)), name="code"),
            path("ud/", require_POST(never_cache(self.leave)), name="leave"),
            path("farvel/", self.left, name="left"),
            path("link/<str:token>/", never_cache(asks(self.link)), name="link"),
        ]

    def link(self, request: HttpRequest, token: str) -> HttpResponse:
        """Ask for the code of a link; in the browser that has opened it, for the code alone."""
        claim, here = self.entrance.door.read(token), self.entrance.opened_here(request)
        if claim is not None and here is not None and here.link == claim.link:
            claim = here
        return self._ask(request, claim)

    def code(self, request: HttpRequest) -> HttpResponse:
        """Ask for the code again, in a browser that has opened a link; elsewhere say that a link is needed."""
        claim = self.entrance.opened_here(request)
        if claim is None:
            return self._show(request, "no_link")
        return self._ask(request, claim)

    def leave(self, request: HttpRequest) -> HttpResponse:
        """End the session."""
        language, left = translation.get_language(), self._address("left")
        response = redirect(left)
        sessions.go_out(request, response)
        if language:
            response["Location"] = f"{left}?sprog={language}"
        return response

    def left(self, request: HttpRequest) -> HttpResponse:
        """Say that the session is over, in the language in which it was."""
        asked = request.GET.get("sprog", "")
        if asked in dict(settings.LANGUAGES):
            _speak(request, asked)
        return self._show(request, "left")

    def _ask(self, request: HttpRequest, claim: Claim | None) -> HttpResponse:
        begins = None
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            begins = self.entrance.door.language_of(claim)
            if begins:
                _speak(request, begins)
        if request.viewer.user is not None:
            return self._show(request, "signed_in")
        form = self.form(request.POST or None)
        if form.is_valid():
            opened = self.entrance.door.open_with(claim, form.cleaned_data["code"])
            if opened is not None:
                response = redirect(self._next(request))
                self.entrance.come_in(request, response, opened)
                if begins:
                    sessions.speak(response, begins)
                return response
            form.add_error(None, self.wrong)
        return self._show(request, "code", form=form, next=self._next(request))

    def _show(self, request: HttpRequest, page: str, **more: Any) -> HttpResponse:
        return render(request, f"{self.folder}/{page}.html", self.context(**more))

    def _next(self, request: HttpRequest) -> str:
        """Give the page of theirs that they were on their way to, or the first."""
        first = self._address("first")
        asked = request.POST.get("next") or request.GET.get("next", "")
        ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
        return asked if ours and asked.startswith(first) else first

    def _address(self, name: str) -> str:
        return reverse(f"{self.namespace}:{name}")


def _speak(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = language


NEWCOMERS = Doorway(
    PERSONS_ENTRANCE,
    namespace="newcomer",
    folder="newcomer",
    form=CodeForm,
    wrong=_("Koden er forkert, eller linket er lukket. Prøv igen, eller bed kommunen om et nyt link."),
    context=context,
)
