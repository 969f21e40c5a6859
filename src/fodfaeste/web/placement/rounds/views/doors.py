"""Who enters which page of rounds: the agency's officers act; officers, leaders and analysts read what is published."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from fodfaeste.web.placement.rounds.models import QuotaRound
from fodfaeste.web.placement.rounds.permissions import agencies, makes, reads_rounds, round_or_404

View = Callable[..., HttpResponseBase]


def for_readers(view: View) -> View:
    """Let in whoever reads quotas."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, **more: Any) -> HttpResponseBase:
        if not reads_rounds(request.viewer):
            raise PermissionDenied
        return view(request, **more)

    return entered


def for_officers(view: View) -> View:
    """Let in whoever makes quotas."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, **more: Any) -> HttpResponseBase:
        if not agencies(request.viewer):
            raise PermissionDenied
        return view(request, **more)

    return entered


def reads(view: View) -> View:
    """Give a page a round that its reader may see; to others there is none."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, pk: int, **more: Any) -> HttpResponseBase:
        return view(request, round_or_404(request.viewer, pk), **more)

    return entered


def acts(view: View) -> View:
    """Give a page a round that its reader may act on; to others there is none."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, pk: int, **more: Any) -> HttpResponseBase:
        return view(request, of_officer(request, pk), **more)

    return entered


def of_officer(request: HttpRequest, pk: int) -> QuotaRound:
    """Give a round that somebody may act on."""
    round_ = round_or_404(request.viewer, pk)
    if not makes(request.viewer, round_):
        raise Http404
    return round_
