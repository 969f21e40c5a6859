"""A list of what municipalities have on its way in: of an agency of all, of a municipality of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fodfaeste.errors import BadInput
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.base import files
from fodfaeste.web.placement.desk import cells, importing_places
from fodfaeste.web.placement.desk.forms import PlaceListForm
from fodfaeste.web.placement.desk.views.doors import for_officers, for_the_place_itself
from fodfaeste.web.placement.desk.views.lists import read_context
from fodfaeste.web.placement.desk.views.places import own_agency, own_municipality
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422


@dataclass(frozen=True)
class Desk:
    """Whose list it is, and the addresses of its pages."""

    office: Organisation
    list: str
    template: str
    back: str


def _agencys(request: HttpRequest) -> Desk:
    names = ("placement:places-list", "placement:places-template", "placement:places")
    return Desk(own_agency(request), *names)


def _own(request: HttpRequest) -> Desk:
    names = ("placement:own-place-list", "placement:own-place-template", "placement:own-place")
    return Desk(own_municipality(request), *names)


@for_officers
def take(request: HttpRequest) -> HttpResponse:
    """Take an agency's list in."""
    return _take(request, _agencys(request))


@for_officers
def template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Hand out the list to be filled in."""
    return _template(_agencys(request), kind)


@for_the_place_itself
def take_own(request: HttpRequest) -> HttpResponse:
    """Take a municipality's own list in."""
    return _take(request, _own(request))


@for_the_place_itself
def template_own(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Hand out the list to be filled in."""
    return _template(_own(request), kind)


def _take(request: HttpRequest, desk: Desk) -> HttpResponse:
    if "rows" in request.POST:
        return _mended(request, desk)
    form = PlaceListForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            rows = importing_places.rows_of(sent.name, sent.read())
        except BadInput as fault:
            form.add_error("file", str(fault))
        else:
            return _shown(request, rows, desk)
    context = {"form": form, "desk": desk}
    return render(request, "placement/places_list.html", context, status=UNREADABLE if form.errors else 200)


def _template(desk: Desk, kind: str) -> HttpResponseBase:
    if kind not in files.FORMATS:
        raise Http404
    heads = [str(column.head) for column in importing_places.COLUMNS]
    return files.FORMATS[kind](f"kommunens-tal.{kind}", heads, importing_places.template_rows(desk.office))


def _mended(request: HttpRequest, desk: Desk) -> HttpResponse:
    try:
        rows = cells.mended(importing_places.COLUMNS, cells.unsealed(request.POST["rows"]), request.POST)
    except BadSignature:
        raise Http404 from None
    found = importing_places.checked(rows, desk.office)
    if (
        "gem" in request.POST
        and not found.faults
        and done(request, lambda: importing_places.save(found, desk.office, by=request.user), _("Tallene er gemt."))
    ):
        return redirect(desk.back)
    return _shown(request, rows, desk)


def _shown(request: HttpRequest, rows: list[cells.Cells], desk: Desk) -> HttpResponse:
    found = importing_places.checked(rows, desk.office)
    context: dict[str, Any] = {
        **read_context(importing_places.COLUMNS, rows, found.faults),
        "found": found,
        "desk": desk,
    }
    return render(request, "placement/places_read.html", context, status=UNREADABLE if found.faults else 200)
