"""A list of arriving households on its way in: read, mended in its cells, saved as a whole."""

from __future__ import annotations

from typing import Any

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fodfaeste.errors import BadInput
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.base import files
from fodfaeste.web.placement.desk import cells, importing
from fodfaeste.web.placement.desk.forms import ListForm
from fodfaeste.web.placement.desk.views.doors import for_officers
from fodfaeste.web.placement.rounds.permissions import agencies
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422


@for_officers
def take(request: HttpRequest) -> HttpResponse:
    """Read a list, or its cells that were mended; save it where nothing is wrong."""
    if "rows" in request.POST:
        return _mended(request)
    form = ListForm(request.POST or None, request.FILES or None, viewer=request.viewer)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            rows = importing.rows_of(sent.name, sent.read())
        except BadInput as fault:
            form.add_error("file", str(fault))
        else:
            return _shown(request, rows, form.cleaned_data["organisation"])
    return render(request, "placement/arrivals_list.html", {"form": form}, status=UNREADABLE if form.errors else 200)


@for_officers
def template(_request: HttpRequest, kind: str) -> HttpResponseBase:
    """Hand out the list to be filled in."""
    if kind not in files.FORMATS:
        raise Http404
    return files.FORMATS[kind](f"husstande.{kind}", [str(column.head) for column in importing.COLUMNS], [])


def _mended(request: HttpRequest) -> HttpResponse:
    own = Organisation.objects.filter(pk__in=agencies(request.viewer))
    office = own.filter(pk=request.POST.get("organisation") or None).first()
    try:
        rows = cells.mended(importing.COLUMNS, cells.unsealed(request.POST["rows"]), request.POST)
    except BadSignature:
        raise Http404 from None
    if office is None:
        raise Http404
    found = importing.checked(rows, office)
    if (
        "gem" in request.POST
        and not found.faults
        and done(request, lambda: importing.save(found, office, by=request.user), _("Husstandene er gemt."))
    ):
        return redirect("placement:arrivals")
    return _shown(request, rows, office)


def _shown(request: HttpRequest, rows: list[cells.Cells], office: Organisation) -> HttpResponse:
    found = importing.checked(rows, office)
    context = {**read_context(importing.COLUMNS, rows, found.faults), "found": found, "office": office}
    return render(request, "placement/arrivals_read.html", context, status=UNREADABLE if found.faults else 200)


def read_context(columns: cells.Columns, rows: list[cells.Cells], faults: cells.Faults) -> dict[str, Any]:
    """Give a list as its page shows it: what is wrong can be written in."""
    return {
        "columns": columns,
        "rows": [_row(number, row, columns, faults) for number, row in enumerate(rows)],
        "sealed": cells.sealed(rows),
        "faults": faults,
    }


def _row(number: int, row: cells.Cells, columns: cells.Columns, faults: cells.Faults) -> dict[str, Any]:
    told = [
        {
            "name": column.name,
            "head": column.head,
            "text": row.get(column.name, ""),
            "fault": faults.get((number, column.name), ""),
        }
        for column in columns
    ]
    return {"number": number, "shown": number + 1, "cells": told, "faulty": any(one["fault"] for one in told)}
