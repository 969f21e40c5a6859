"""Households that were sent to a municipality, and taking them in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.placement.desk.domain.receiving import receive
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.desk.permissions import says_own
from fodfaeste.web.placement.desk.views.doors import for_receivers, opened
from fodfaeste.web.programme.views.rooms import done


@for_receivers
def sent_here(request: HttpRequest) -> HttpResponse:
    """List the households that were sent to the municipality and wait to be taken in."""
    rows = visible(request.viewer, Arrival).filter(receiver__in=request.viewer.casework, state=Arrival.State.SENT)
    households = list(rows.prefetch_related("members"))
    for arrival in households:
        opened(request, arrival)
    context = {"households": households, "says_own": bool(says_own(request.viewer))}
    return render(request, "placement/sent_here.html", context)


@require_POST
@login_required
def take_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a household in."""
    arrival = visible_or_404(request.viewer, Arrival, pk=pk, receiver__in=request.viewer.casework)
    done(
        request, lambda: receive(arrival, by=request.user), _("Husstanden er modtaget. Personerne er oprettet hos jer.")
    )
    return redirect("placement:sent-here")
