"""The calendar of a worker's follow-ups: its address, and what answers there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fodfaeste.web.audit import acting
from fodfaeste.web.programme.domain.feeds import calendar, feed_of, make_feed, signed, withdraw_feed
from fodfaeste.web.programme.models import Feed


@login_required
def feed(request: HttpRequest) -> HttpResponse:
    """Make and withdraw the address of the own calendar."""
    if not request.viewer.casework:
        raise PermissionDenied
    if request.method == "POST":
        if request.POST.get("do") == "withdraw":
            withdraw_feed(by=request.user)
            messages.success(request, _("Adressen er trukket tilbage; kalenderen svarer ikke mere."))
        else:
            make_feed(by=request.user)
            messages.success(request, _("Der er lavet en ny adresse; den gamle svarer ikke mere."))
        return redirect("programme:feed")
    mine = Feed.objects.filter(user=request.user, withdrawn=None).first()
    address = request.build_absolute_uri(reverse("programme:calendar", args=[signed(mine)])) if mine else ""
    return render(request, "programme/feed.html", {"address": address})


@require_GET
def ics(_request: HttpRequest, address: str) -> HttpResponse:
    """Answer a calendar that asks; its address is its key."""
    found = feed_of(address)
    if found is None:
        raise Http404
    # Nobody is signed in: the wall of the database is told for whom the calendar asks.
    with acting(found.user):
        made = calendar(found, today=timezone.localdate())
    return HttpResponse(made, content_type="text/calendar; charset=utf-8")
