"""Pages of lists that are read in: they connect, and decide nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.errors import BadInput, Refused
from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.base.sheets import LARGEST
from fodfaeste.web.people.importing import acts
from fodfaeste.web.people.importing.forms import UploadForm
from fodfaeste.web.people.importing.looking import look_through
from fodfaeste.web.people.importing.models import ImportedList, ImportedRow
from fodfaeste.web.people.importing.shown import page_of
from fodfaeste.web.people.importing.template import write_csv, write_xlsx
from fodfaeste.web.people.models import Person

View = Callable[..., HttpResponse]
LATEST = 20
"""So many lists are named on the first page."""

FILES = {
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (write_csv, "text/csv; charset=utf-8"),
}
FAULTY = "fejl"
"""What the address says to see only the rows that somebody has to look at."""


def for_casework(view: View) -> View:
    """Let in who works with persons; for others there is no such page."""

    @login_required
    @wraps(view)
    def checked(request: HttpRequest, *given: Any, **more: Any) -> HttpResponse:
        if not request.viewer.casework:
            raise Http404
        return view(request, *given, **more)

    return checked


@for_casework
def lists(request: HttpRequest) -> HttpResponse:
    """Take a list in, and name the latest ones."""
    sent_in = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent_in, viewer=request.viewer)
    problems: tuple[Any, ...] = ()
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            imported = acts.begin_import(
                organisation=form.cleaned_data["organisation"],
                file_name=sent.name,
                content=sent.read(LARGEST + 1),
                by=request.user,
            )
        except BadInput as error:
            problems = tuple(error.problems)
        else:
            return redirect("people:import-list", imported.pk)
    latest = visible(request.viewer, ImportedList).select_related("owner")[:LATEST]
    status = 422 if problems or form.errors else 200
    return render(
        request, "people/import/lists.html", {"form": form, "problems": problems, "latest": latest}, status=status
    )


@for_casework
def template(_request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out the empty list."""
    if kind not in FILES:
        raise Http404
    write, content_type = FILES[kind]
    answer = HttpResponse(write(), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="personer.{kind}"'
    return answer


@for_casework
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a list as it would be saved, or what it made."""
    imported = visible_or_404(request.viewer, ImportedList, pk=pk)
    if imported.state != ImportedList.State.OPEN:
        # Who has moved on since is the next office's, with what they are called there.
        theirs = visible(request.viewer, Person)
        rows = list(imported.rows.select_related("person").filter(person__in=theirs))
        audit.listed(request, [row.person for row in rows])
        return render(request, "people/import/saved.html", {"imported": imported, "rows": rows})
    looked = look_through(imported, by=request.user)
    audit.listed(request, {person for one in looked.rows for person in (*one.suggested, one.joins) if person})
    only_faulty = request.GET.get("vis") == FAULTY
    shown = page_of(looked, only_faulty=only_faulty, mending=request.GET.get("ret", ""))
    context = {"imported": imported, "preview": looked, "page": shown, "only_faulty": only_faulty}
    return render(request, "people/import/preview.html", {**context, "counts": dict(looked.counts)})


@require_POST
@for_casework
def mend(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Write other cells into a row."""
    kept = visible_or_404(request.viewer, ImportedRow, pk=row, imported=pk)
    _tell_refusal(request, lambda: acts.mend_row(kept, request.POST.dict(), by=request.user))
    return _back(request, pk, kept)


@require_POST
@for_casework
def decide(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Say who a row is about, or leave it out."""
    kept = visible_or_404(request.viewer, ImportedRow, pk=row, imported=pk)
    decision = request.POST.get("decision", "")
    if decision not in ImportedRow.Verdict.values:
        raise Http404
    person = None
    if decision == ImportedRow.Verdict.SAME:
        person = visible_or_404(request.viewer, Person, pk=request.POST.get("person", ""))
    _tell_refusal(request, lambda: acts.decide(kept, decision, person=person, by=request.user))
    return _back(request, pk, kept)


@require_POST
@for_casework
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save a list."""
    imported = visible_or_404(request.viewer, ImportedList, pk=pk)
    if _tell_refusal(request, lambda: acts.save_import(imported, by=request.user)):
        messages.success(request, _("Listen er gemt."))
    return redirect("people:import-list", pk)


@require_POST
@for_casework
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a saved list."""
    imported = visible_or_404(request.viewer, ImportedList, pk=pk)
    if _tell_refusal(request, lambda: acts.undo_import(imported, by=request.user)):
        messages.success(request, _("Listen er fortrudt: alt, hvad den oprettede, er væk igen."))
    return redirect("people:import-list", pk)


@require_POST
@for_casework
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a list away that has not been saved."""
    imported = visible_or_404(request.viewer, ImportedList, pk=pk)
    if _tell_refusal(request, lambda: acts.discard_import(imported, by=request.user)):
        messages.success(request, _("Listen er slettet. Der er ikke oprettet nogen."))
        return redirect("people:import")
    return redirect("people:import-list", pk)


def _tell_refusal(request: HttpRequest, act: Callable[[], object]) -> bool:
    """Do something, or say why not."""
    try:
        act()
    except Refused as error:
        messages.error(request, str(error))
        return False
    return True


def _back(request: HttpRequest, pk: int, row: ImportedRow) -> HttpResponse:
    """Lead back to the row, in the filter that was chosen."""
    chosen = f"?vis={FAULTY}" if request.POST.get("vis") == FAULTY else ""
    return HttpResponseRedirect(f"{reverse('people:import-list', args=[pk])}{chosen}#raekke-{row.number}")
