"""The page of prices: what room is worth to those who come later, what it rests on, and working it out again."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.desk import words
from fodfaeste.web.placement.desk.views.doors import for_officers
from fodfaeste.web.placement.forecasts.in_use import state_of
from fodfaeste.web.placement.prices.lists import standing
from fodfaeste.web.placement.prices.making import make_prices
from fodfaeste.web.placement.prices.models import PriceList
from fodfaeste.web.placement.prices.words import UNPRICED
from fodfaeste.web.placement.rounds.permissions import agencies
from fodfaeste.web.programme.views.rooms import done


@for_officers
def prices(request: HttpRequest) -> HttpResponse:
    """Show the list that counts, else the newest and why none does; a post works a new one out."""
    office = Organisation.objects.filter(pk__in=agencies(request.viewer)).order_by("pk").first()
    if office is None:
        raise Http404
    today = timezone.localdate()
    if request.method == "POST":
        done(request, lambda: make_prices(office, today, by=request.user), _("Priserne er regnet igen."))
        return redirect("placement:prices")
    found = standing(office, today.year, today, state_of(office).on)
    newest = found.listed or visible(request.viewer, PriceList).filter(organisation=office, year=today.year).first()
    rows = sorted(newest.prices.items(), key=lambda one: (-one[1], words.place_name(one[0]))) if newest else []
    context = {
        "newest": newest,
        "unpriced": UNPRICED.get(found.why_not, ""),
        "rows": [(words.place_name(code), words.number(price)) for code, price in rows],
    }
    return render(request, "placement/prices.html", context)
