"""What every page of a newcomer's own begins with."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from fodfaeste.web.accounts.gate import visible_or_404
from fodfaeste.web.audit.reads import opened
from fodfaeste.web.base.context import all_languages
from fodfaeste.web.newcomer import drafts, texts
from fodfaeste.web.newcomer.sessions import PERSONS_ENTRANCE, Entrance
from fodfaeste.web.people.models import Person

View = Callable[..., HttpResponseBase]


def own(view: View) -> View:
    """Let the newcomer whose page it is enter: the view is called with the request, their person, and the rest.

    It is written down that they looked. Whoever has no such session is led to the code, and what they typed waits for
    them (`drafts`); to whoever is signed in as something else there is no such page. Templates extend
    ``newcomer/frame.html``, with `context`.
    """

    @never_cache
    @wraps(view)
    def entered(request: HttpRequest, *arguments: Any, **more: Any) -> HttpResponseBase:
        if request.viewer.user is not None:
            raise Http404
        if request.viewer.person is None:
            return to_the_code(request, PERSONS_ENTRANCE, reverse("newcomer:code"))
        person = visible_or_404(request.viewer, Person, pk=request.viewer.person)
        opened(request, person)
        return view(request, person, *arguments, **more)

    return entered


def context(**more: Any) -> dict[str, Any]:
    """Give what the frame of a newcomer's page needs besides what the page shows."""
    return {"languages": all_languages(), "unchecked": texts.unchecked(), **more}


def to_the_code(request: HttpRequest, entrance: Entrance, address: str) -> HttpResponse:
    """Lead to where the code is asked for; what was typed waits."""
    posted = request.method == "POST"
    page = drafts.keep(request, entrance.opened_here(request)) if posted else request.get_full_path()
    return redirect(f"{address}?{urlencode({'next': page})}")
