"""What municipalities have, as the forecast and the room of a proposal read it: said by officers, or by themselves."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.placement.desk import figure_words, words
from fodfaeste.web.placement.desk.domain.places import say_figures
from fodfaeste.web.placement.desk.figures import FREE, PlaceFigure, Topic
from fodfaeste.web.placement.desk.municipalities import Known, known_to, that_count
from fodfaeste.web.placement.desk.permissions import says_own
from fodfaeste.web.placement.desk.place_forms import PlaceForms
from fodfaeste.web.placement.desk.views.doors import for_officers, for_the_place_itself
from fodfaeste.web.placement.rounds.permissions import agencies
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422


@for_officers
def places(request: HttpRequest) -> HttpResponse:
    """List all municipalities with what is known of them."""
    known = known_to(own_agency(request).pk)
    named = sorted(words.municipality_names().items(), key=lambda one: one[1])
    rows = [{"code": code, "name": name, **_row(known.get(code, Known()))} for code, name in named]
    return render(request, "placement/places.html", {"rows": rows})


@for_officers
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Show who has said what of a municipality, and change what the agency says."""
    if code not in words.municipality_names():
        raise Http404
    return _page(request, own_agency(request), code, back="placement:places")


@for_the_place_itself
def own_place(request: HttpRequest) -> HttpResponse:
    """Let a municipality say what it has."""
    office = _municipality(request)
    if office is None:
        return render(request, "placement/no_place.html")
    return _page(request, office, office.code, back="placement:own-place")


def own_municipality(request: HttpRequest) -> Organisation:
    """Give the municipality that whoever looks may speak for; others find no such page."""
    office = _municipality(request)
    if office is None:
        raise Http404
    return office


def _municipality(request: HttpRequest) -> Organisation | None:
    own = Organisation.objects.filter(pk__in=says_own(request.viewer), kind=Kind.MUNICIPALITY).exclude(code="")
    return own.order_by("pk").first()


def own_agency(request: HttpRequest) -> Organisation:
    """Give the agency that whoever looks works for."""
    office = Organisation.objects.filter(pk__in=agencies(request.viewer)).order_by("pk").first()
    if office is None:
        raise Http404
    return office


def _page(request: HttpRequest, office: Organisation, code: str, *, back: str) -> HttpResponse:
    rows = visible(request.viewer, PlaceFigure).filter(code=code).select_related("said_by", "by")
    figures = list(rows.filter(said_by__kind=Kind.MUNICIPALITY) | rows.filter(said_by=office))
    forms = PlaceForms(
        request.POST if request.method == "POST" else None, [one for one in figures if one.said_by_id == office.pk]
    )
    if request.method == "POST" and forms.is_valid():

        def act() -> None:
            say_figures(office, code, forms.figures(), topics=Topic, by=request.user)

        if done(request, act, _("Tallene er gemt."), forms.free_day):
            return redirect(back)
    context = {
        "forms": forms,
        "name": words.place_name(code),
        "figures": figure_words.told(figures, that_count(figures)),
        "office": office,
        "is_own": office.kind == Kind.MUNICIPALITY,
    }
    return render(request, "placement/place.html", context, status=UNREADABLE if forms.refused else 200)


def _row(known: Known) -> dict[str, Any]:
    rate = known.employment_rate
    newest = max((one.of for one in known.said.values() if one.of), default=None)
    return {
        "rate": "" if rate is None else words.per_cent(rate),
        "free": [
            sum(one.many for one in known.free if one.topic == topic) if topic in known.said else None for topic in FREE
        ],
        "said": sorted({one.by for one in known.said.values()}),
        "newest": newest,
    }
