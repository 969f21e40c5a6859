"""The journal: notes are written, corrected, found and read, with files and words. And absence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.web.accounts.drafts import offered
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.base.lists import answer, beside_a_form
from fodfaeste.web.programme import lists
from fodfaeste.web.programme.domain.absences import mark_absent
from fodfaeste.web.programme.domain.note_templates import templates_of
from fodfaeste.web.programme.domain.notes import add_note, correct_note
from fodfaeste.web.programme.forms import AbsenceForm, CorrectionForm, NoteForm
from fodfaeste.web.programme.models import Absence, JournalNote, NoteFile, NoteTag
from fodfaeste.web.programme.views.rooms import Room, acts, done, office_of, reads

SUGGESTED = 12
"""Words in use at the office that a note's form names."""


@reads
def journal(request: HttpRequest, room: Room) -> HttpResponseBase:
    """Show the journal, the newest day first unless asked otherwise, and where to write in it."""
    form = _form(room, offered(request)) if room.may_act else None
    return _page(request, room, form)


def _form(room: Room, data: Any = None, files: Any = None) -> NoteForm:
    """Give the form of a note with the templates and words of the office."""
    office = office_of(room.reader, room.person)
    used = NoteTag.objects.filter(note__organisation=office).values_list("word", flat=True)
    often = used.order_by().annotate(times=Count("pk")).order_by("-times", "word")[:SUGGESTED]
    beginning = {"day": timezone.localdate(), "kind": "note"}
    names = [one.name for one in templates_of(office)]
    return NoteForm(data, files, initial=beginning, templates=names, in_use=often)


def _page(request: HttpRequest, room: Room, form: NoteForm | None) -> HttpResponseBase:
    notes = visible(room.reader, JournalNote).filter(person=room.person, corrects=None)
    # A correction of a correction stands below it, however many there are.
    whole = notes.select_related("author", "corrected_by__author", "corrected_by__corrected_by__author")
    whole = whole.prefetch_related("tags", "files")
    context = {"room": room, "form": form, "office": office_of(room.reader, room.person)}
    give = beside_a_form if request.method == "POST" else answer
    return give(request, lists.journal(notes), whole, template="programme/journal.html", context=context)


@require_POST
@acts
def write(request: HttpRequest, room: Room) -> HttpResponseBase:
    """Add a note, or begin an empty one with a template."""
    if request.POST.get("do") == "template":
        return _page(request, room, _form(room, _begun(request, room)))
    form = _form(room, request.POST, request.FILES)
    office = office_of(request.viewer, room.person)
    if form.is_valid() and done(
        request,
        lambda: add_note(room.person, by=request.user, organisation=office, **form.note()),
        _("Notatet er skrevet."),
        form,
    ):
        return redirect("programme:journal", room.person.pk)
    return _page(request, room, form)


def _begun(request: HttpRequest, room: Room) -> QueryDict:
    """Give what was sent with the text of the chosen template where nothing was written; what was stays."""
    sent = request.POST.copy()
    found = {one.name: one for one in templates_of(office_of(request.viewer, room.person))}
    chosen = found.get(sent.get("template", ""))
    if chosen is None:
        messages.error(request, _("Vælg en skabelon."))
    elif sent.get("text", "").strip():
        messages.error(request, _("Notatet er ikke tomt. En skabelon sættes kun ind i et tomt notat."))
    else:
        sent["text"], sent["kind"] = chosen.text, chosen.kind
        messages.success(request, _("Skabelonen er sat ind. Notatet er ikke skrevet endnu."))
    return sent


@reads
def note_file(_request: HttpRequest, room: Room, file: int) -> HttpResponse:
    """Give out a file that stands beside a note: to be saved, never to be opened as a page."""
    row = visible_or_404(room.reader, NoteFile, note__person=room.person, pk=file)
    with row.stored.open("rb") as stored:
        response = HttpResponse(stored.read(), content_type=row.kind)
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=row.name))
    response["X-Content-Type-Options"], response["Cache-Control"] = "nosniff", "private, no-store"
    return response


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


@acts
def absence(request: HttpRequest, room: Room) -> HttpResponseBase:
    """Note a day of absence, and list them."""
    days = visible(request.viewer, Absence).filter(programme=room.running).select_related("noted_by")
    form = AbsenceForm(request.POST or None, initial=_noted_on(days, request.GET.get("dag", "")))
    if form.is_valid() and done(
        request,
        lambda: mark_absent(room.running, by=request.user, **form.cleaned_data),
        _("Fraværet er noteret."),
        form,
    ):
        return redirect("programme:absence", room.person.pk)
    context = {"room": room, "form": form}
    give = beside_a_form if request.method == "POST" else answer
    return give(request, lists.ABSENCES, days, template="programme/absence.html", context=context)


def _noted_on(days: QuerySet, asked: str) -> dict[str, Any]:
    """Begin with what is noted of the day that was asked for, so that it can be judged; with today where none is."""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return {"day": timezone.localdate()}
    row = days.filter(day=day).first()
    if row is None:
        return {"day": day}
    judged = {None: "unknown", True: "true", False: "false"}[row.lawful]
    return {"day": day, "reason": row.reason, "words": row.words, "lawful": judged}
