"""The office's page: gives a household access to its own pages, lists the links that are open, and closes them."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fodfaeste.web.accounts.gate import visible_or_404
from fodfaeste.web.newcomer.domain.doors import MOST_TRIES
from fodfaeste.web.newcomer.office_forms import AccessForm
from fodfaeste.web.placement.desk.domain.asking import Act, note_spoken
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.desk.views.doors import of_household
from fodfaeste.web.placement.door.domain import links
from fodfaeste.web.placement.door.models import ArrivalLink
from fodfaeste.web.programme.views.rooms import done

READ_BY_MANY = "en"
"""The language for those whose own the pages do not have."""


@never_cache
@of_household
def access(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """List the links of a household, and make one: address and code are shown once, with a sheet to hand over."""
    spoken = arrival.language if arrival.language in dict(settings.LANGUAGES) else READ_BY_MANY
    form = AccessForm(request.POST or None, initial={"language": spoken})
    given = None
    if form.is_valid():
        given = links.give_access(arrival, by=request.user, language=form.cleaned_data["language"])
    context = {
        "arrival": arrival,
        "form": form,
        "given": given,
        "address": given and request.build_absolute_uri(reverse("household:link", args=[given.token])),
        "links": links.live(arrival),
        "days": links.LASTS.days,
        "tries": MOST_TRIES,
        "crumbs": [(str(arrival), arrival.get_absolute_url())],
    }
    return render(request, "placement/door/office/access.html", context)


@require_POST
@of_household
def withdraw(request: HttpRequest, arrival: Arrival, link: int) -> HttpResponse:
    """Close a link."""
    found = visible_or_404(request.viewer, ArrivalLink, pk=link, arrival=arrival)
    links.withdraw(found, by=request.user)
    messages.success(request, _("Adgangen er lukket."))
    return redirect("placement:arrival-access", arrival.pk)


@require_POST
@of_household
def asked(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Write down that a household was asked by word of mouth, or has no wish."""
    act = Act.NONE if request.POST.get("act") == Act.NONE else Act.ASKED
    done(request, lambda: note_spoken(arrival, act=act, by=request.user), _("Det er skrevet ned."))
    return redirect(arrival)
