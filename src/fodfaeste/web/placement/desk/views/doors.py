"""Who enters which page of the desk; each opening of a household's page is written down."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from fodfaeste.web.accounts.gate import visible_or_404
from fodfaeste.web.audit.context import also_see
from fodfaeste.web.placement.desk.models import Arrival, ArrivalOpening, Proposal
from fodfaeste.web.placement.desk.permissions import is_officer, receives, says_own
from fodfaeste.web.placement.rounds.permissions import agencies

View = Callable[..., HttpResponseBase]


def for_officers(view: View) -> View:
    """Let in whoever works at the desk."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, **more: Any) -> HttpResponseBase:
        if not is_officer(request.viewer):
            raise PermissionDenied
        see_own_offices(request)
        return view(request, **more)

    return entered


def for_receivers(view: View) -> View:
    """Let in whoever takes households in."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, **more: Any) -> HttpResponseBase:
        if not receives(request.viewer):
            raise PermissionDenied
        return view(request, **more)

    return entered


def for_the_place_itself(view: View) -> View:
    """Let in whoever may say what their own municipality has."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, **more: Any) -> HttpResponseBase:
        if not says_own(request.viewer):
            raise PermissionDenied
        return view(request, **more)

    return entered


def of_household(view: View) -> View:
    """Give a page a household of the officer's own agency; to others there is none."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, pk: int, **more: Any) -> HttpResponseBase:
        see_own_offices(request)
        arrival = visible_or_404(request.viewer, Arrival, pk=pk, organisation__in=agencies(request.viewer))
        if request.method == "GET":
            opened(request, arrival)
        return view(request, arrival, **more)

    return entered


def of_proposal(view: View) -> View:
    """Give a page a proposal of the officer's own agency; to others there is none."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, pk: int, **more: Any) -> HttpResponseBase:
        see_own_offices(request)
        return view(request, visible_or_404(request.viewer, Proposal, pk=pk), **more)

    return entered


def see_own_offices(request: HttpRequest) -> None:
    """Let the wall show the households of the officer's own agencies, until the request is over."""
    also_see(organisations=agencies(request.viewer))


def opened(request: HttpRequest, arrival: Arrival) -> None:
    """Write down that somebody has opened a household's page, a user or the household itself."""
    who = {"by": request.viewer.user} if request.viewer.user is not None else {"own_link": request.own_link}
    ArrivalOpening.objects.create(arrival=arrival, page=request.resolver_match.view_name, **who)
