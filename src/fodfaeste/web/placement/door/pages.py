"""What every page of a household's own begins with."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.newcomer.pages import context as newcomers_context
from fodfaeste.web.newcomer.pages import to_the_code
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.desk.views.doors import opened
from fodfaeste.web.placement.door.sessions import HOUSEHOLDS_ENTRANCE

View = Callable[..., HttpResponseBase]
FRAME = "placement/door/frame.html"


def own(view: View) -> View:
    """Let the household whose page it is enter: the view is called with the request, the household, and the rest.

    It is written down that it looked. Whoever has no such session is led to the code, and what they typed waits for
    them; to whoever is signed in as something else there is no such page.
    """

    @never_cache
    @wraps(view)
    def entered(request: HttpRequest, *arguments: Any, **more: Any) -> HttpResponseBase:
        if request.viewer.user is not None:
            raise Http404
        if request.viewer.arrival is None:
            return to_the_code(request, HOUSEHOLDS_ENTRANCE, reverse("household:code"))
        found = visible(request.viewer, Arrival).select_related("organisation", "made_by")
        arrival = found.filter(pk=request.viewer.arrival).first()
        if arrival is None:
            raise Http404
        if request.method == "GET":
            opened(request, arrival)
        return view(request, arrival, *arguments, **more)

    return entered


def context(**more: Any) -> dict[str, Any]:
    """Give what the frame of a household's page needs besides what the page shows."""
    return newcomers_context(frame=FRAME, **more)
