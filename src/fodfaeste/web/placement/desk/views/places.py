"""What municipalities have, as the forecast and the room of a proposal read it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.desk import words
from fodfaeste.web.placement.desk.domain.places import set_facts
from fodfaeste.web.placement.desk.forms import PlaceForm
from fodfaeste.web.placement.desk.models import PlaceFacts
from fodfaeste.web.placement.desk.views.doors import for_officers
from fodfaeste.web.placement.rounds.permissions import agencies
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422


@for_officers
def places(request: HttpRequest) -> HttpResponse:
    """List all municipalities with what is known of them."""
    facts = {one.code: one for one in visible(request.viewer, PlaceFacts)}
    named = sorted(words.municipality_names().items(), key=lambda one: one[1])
    rows = [
        {
            "code": code,
            "name": name,
            "facts": facts.get(code),
            "rate": "" if (rate := getattr(facts.get(code), "employment_rate", None)) is None else words.per_cent(rate),
        }
        for code, name in named
    ]
    return render(request, "placement/places.html", {"rows": rows})


@for_officers
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Change what is known of a municipality."""
    office = Organisation.objects.filter(pk__in=agencies(request.viewer)).order_by("pk").first()
    name = words.municipality_names().get(code)
    if office is None or name is None:
        raise Http404
    facts = visible(request.viewer, PlaceFacts).filter(organisation=office, code=code).first()
    rate = None if facts is None or facts.employment_rate is None else round(100 * facts.employment_rate, 1)
    initial = {
        "employment_rate": rate,
        "dwellings": getattr(facts, "dwellings", None),
        "school_places": getattr(facts, "school_places", None),
    }
    form = PlaceForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        told = form.cleaned_data
        if done(request, lambda: set_facts(office, code, by=request.user, **told), _("Vilkårene er gemt."), form):
            return redirect("placement:places")
    context = {"form": form, "name": name}
    return render(request, "placement/place.html", context, status=UNREADABLE if form.errors else 200)
