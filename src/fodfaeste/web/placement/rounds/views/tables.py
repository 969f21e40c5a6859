"""Pages of tables that come into a round: figures and agreements, from a file or typed, looked through and mended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.errors import BadInput, Problem, Refused
from fodfaeste.web.base import files
from fodfaeste.web.base.sheets import LARGEST
from fodfaeste.web.placement.rounds.domain import tables as domain
from fodfaeste.web.placement.rounds.forms import AgreementForm, FiguresForm
from fodfaeste.web.placement.rounds.models import QuotaAgreement, QuotaRound, QuotaUpload
from fodfaeste.web.placement.rounds.reading import Checked, places_on
from fodfaeste.web.placement.rounds.views.doors import acts, of_officer
from fodfaeste.web.placement.rounds.views.reading import agreements_of
from fodfaeste.web.programme.views.rooms import done

SAVE = "gem"
"""The button that saves a table; others look it through again."""

WHAT = {"tal": QuotaUpload.Kind.FIGURES, "aftale": QuotaUpload.Kind.AGREEMENT}
"""What templates there are, as the address calls them."""


@acts
def figures(request: HttpRequest, round_: QuotaRound) -> HttpResponse:
    """Take a file with figures in."""
    form = FiguresForm(*_sent(request))
    problems: Sequence[Problem] = ()
    if form.is_valid():
        sent = form.cleaned_data["file"]
        told = {"file_name": sent.name, "content": sent.read(LARGEST + 1)}
        try:
            return redirect("placement:round-upload", domain.read_figures(round_, by=request.user, **told).pk)
        except BadInput as error:
            problems = error.problems
    columns = domain.columns_of(round_, QuotaUpload.Kind.FIGURES)
    context = {"round": round_, "form": form, "problems": problems, "columns": columns, "open": round_.uploads.all()}
    return render(request, "placement/figures.html", context, status=_status(form, problems))


@require_POST
@acts
def typed(request: HttpRequest, round_: QuotaRound) -> HttpResponse:
    """Lay every municipality out to be typed."""
    made: list[QuotaUpload] = []
    done(request, lambda: made.append(domain.type_figures(round_, by=request.user)), _("Skriv tallene, og gem."))
    return redirect("placement:round-upload", made[0].pk) if made else redirect(round_)


@acts
def template(_request: HttpRequest, round_: QuotaRound, what: str, kind: str) -> HttpResponseBase:
    """Hand out the table with the municipalities of the year, to be filled in."""
    if what not in WHAT or kind not in files.FORMATS:
        raise Http404
    columns = domain.columns_of(round_, WHAT[what])
    known = ("code", "name", "region")
    rows = (
        [getattr(place, column.name) if column.name in known else "" for column in columns]
        for place in places_on(round_.municipalities_on)
    )
    return files.FORMATS[kind](f"{what}-{round_.year}.{kind}", [column.danish for column in columns], rows)


@acts
def agreements(request: HttpRequest, round_: QuotaRound) -> HttpResponse:
    """Take agreements in, and show how each condition is answered."""
    lines = list(round_.lines.all())
    regions = sorted({line.region for line in lines})
    form = AgreementForm(*_sent(request), regions=regions)
    problems: Sequence[Problem] = ()
    if form.is_valid():
        told: dict[str, Any] = {**form.cleaned_data}
        sent = told.pop("file")
        told |= {"file_name": sent.name, "content": sent.read(LARGEST + 1)}
        try:
            return redirect("placement:round-upload", domain.read_agreement(round_, by=request.user, **told).pk)
        except BadInput as error:
            problems = error.problems
    context = {"round": round_, "form": form, "problems": problems, "regions": regions}
    context |= {"agreements": agreements_of(round_, lines)}
    return render(request, "placement/agreements.html", context, status=_status(form, problems))


@require_POST
@acts
def drop(request: HttpRequest, round_: QuotaRound, agreement: int) -> HttpResponse:
    """Take an agreement out again."""
    found = QuotaAgreement.objects.filter(round=round_, pk=agreement).select_related("round").first()
    if found is None:
        raise Http404
    done(
        request, lambda: domain.drop_agreement(found, by=request.user), _("Aftalen er taget ud; regionen er beregnet.")
    )
    return redirect("placement:round-agreements", round_.pk)


def _uploaded(request: HttpRequest, pk: int) -> QuotaUpload:
    found = QuotaUpload.objects.select_related("round__organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    if not of_officer(request, found.round_id).is_draft:
        raise Http404
    return found


@login_required
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a table as it would be saved; mend its cells; save it."""
    found = _uploaded(request, pk)
    if request.method == "POST":
        found = domain.mend(found, _cells(request), by=request.user)
        if SAVE in request.POST and _saved(request, found):
            where = "round-agreements" if found.kind == QuotaUpload.Kind.AGREEMENT else "round"
            return redirect(f"placement:{where}", found.round_id)
        if SAVE not in request.POST:
            return redirect("placement:round-upload", found.pk)
    checked = domain.check(found)
    context = {"upload": found, "round": found.round, "checked": checked, "rows": _rows(found, checked)}
    context["columns"] = domain.columns_of(found.round, found.kind)
    return render(request, "placement/upload.html", context, status=422 if SAVE in request.POST else 200)


def _saved(request: HttpRequest, found: QuotaUpload) -> bool:
    try:
        domain.save(found, by=request.user)
    except BadInput:
        messages.error(request, _("Tabellen er ikke gemt: mindst én skal bo et sted, og mindst én være indvandrer."))
        return False
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, _("Tabellen er gemt, og kvoterne er beregnet."))
    return True


@require_POST
@login_required
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a table away."""
    found = _uploaded(request, pk)
    done(request, lambda: domain.discard_upload(found, by=request.user), _("Tabellen er slettet. Intet er ændret."))
    return redirect(found.round)


def _cells(request: HttpRequest) -> dict[tuple[int, str], str]:
    """Read the cells of the page: ``12:population`` is that column of row 12."""
    found = {}
    for name, text in request.POST.items():
        number, colon, column = name.partition(":")
        if colon and number.isdecimal():
            found[int(number), column] = text
    return found


def _rows(found: QuotaUpload, checked: Checked) -> list[dict[str, Any]]:
    """Give the rows as the page shows them: what is wrong, or was to be typed, can be written in."""
    is_typed = not found.file_name
    rows = []
    for row in checked.rows:
        wrong = checked.of(row.number)
        cells = [
            {
                "column": column,
                "text": row.cells.get(column.name, ""),
                "problem": wrong.get(column.name),
                "open": column.name in wrong or (is_typed and column.number),
            }
            for column in domain.columns_of(found.round, found.kind)
        ]
        name = row.cells.get("name") or row.cells.get("code") or str(row.number)
        rows.append({"number": row.number, "name": name, "cells": cells, "faulty": bool(wrong)})
    return rows


def _sent(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _status(form: Any, problems: Sequence[Problem]) -> int:
    return 422 if problems or form.errors else 200
