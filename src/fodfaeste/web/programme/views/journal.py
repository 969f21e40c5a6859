"""The journal: notes are written, corrected and read; what is half written is kept as it is typed. And absence."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.web.accounts.drafts import offered
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.programme.domain.absences import mark_absent
from fodfaeste.web.programme.domain.notes import add_note, correct_note, keep_draft
from fodfaeste.web.programme.forms import AbsenceForm, CorrectionForm, NoteForm
from fodfaeste.web.programme.models import Absence, Draft, JournalNote
from fodfaeste.web.programme.views.rooms import Room, acts, done, office_of, reads

A_PAGE = 100


@reads
def journal(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the journal, the newest day first, and where to write in it."""
    return _page(request, room, NoteForm(offered(request), initial=_beginning(request, room)))


def _beginning(request: HttpRequest, room: Room) -> dict[str, Any]:
    draft = visible(request.viewer, Draft).filter(person=room.person).first()
    return {"day": timezone.localdate(), "kind": "note", "text": draft.text if draft else ""}


def _page(request: HttpRequest, room: Room, form: NoteForm) -> HttpResponse:
    notes = visible(room.reader, JournalNote).filter(person=room.person, corrects=None)
    # A correction of a correction stands below it, however many there are.
    notes = notes.select_related("author", "corrected_by__author", "corrected_by__corrected_by__author")
    context = {"room": room, "form": form if room.may_act else None, "notes": notes[:A_PAGE]}
    return render(request, "programme/journal.html", context)


@require_POST
@acts
def write(request: HttpRequest, room: Room) -> HttpResponse:
    """Add a note."""
    form = NoteForm(request.POST)
    office = office_of(request.viewer, room.person)
    if form.is_valid() and done(
        request,
        lambda: add_note(room.person, by=request.user, organisation=office, **form.cleaned_data),
        _("Notatet er skrevet."),
        form,
    ):
        return redirect("programme:journal", room.person.pk)
    return _page(request, room, form)


@acts
def correct(request: HttpRequest, room: Room, note: int) -> HttpResponse:
    """Correct a note by a new one."""
    row = visible_or_404(request.viewer, JournalNote, person=room.person, pk=note)
    form = CorrectionForm(request.POST or None, initial={"text": row.text})
    if form.is_valid() and done(
        request, lambda: correct_note(row, by=request.user, **form.cleaned_data), _("Notatet er rettet."), form
    ):
        return redirect("programme:journal", room.person.pk)
    return render(request, "programme/correct.html", {"room": room, "form": form, "note": row})


@require_POST
@acts
def draft(request: HttpRequest, room: Room) -> HttpResponse:
    """Keep what is being written; a script sends it every few seconds."""
    keep_draft(room.person, by=request.user, text=request.POST.get("text", ""))
    return HttpResponse(status=204)


@acts
def absence(request: HttpRequest, room: Room) -> HttpResponse:
    """Note a day of absence, and list them."""
    form = AbsenceForm(request.POST or None, initial={"day": timezone.localdate()})
    if form.is_valid() and done(
        request,
        lambda: mark_absent(room.running, by=request.user, **form.cleaned_data),
        _("Fraværet er noteret."),
        form,
    ):
        return redirect("programme:absence", room.person.pk)
    days = visible(request.viewer, Absence).filter(programme=room.running).select_related("noted_by")
    return render(request, "programme/absence.html", {"room": room, "form": form, "days": days})
