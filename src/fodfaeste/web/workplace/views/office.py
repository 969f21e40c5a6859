"""The office's page of an agreement: written, sent, approved, given a link, called off."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fodfaeste.errors import BadInput, Refused
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.programme.domain.plans import latest
from fodfaeste.web.programme.domain.text import ActivityText
from fodfaeste.web.programme.domain.text import text_of as plan_text_of
from fodfaeste.web.programme.letter import LANGUAGES
from fodfaeste.web.programme.views.rooms import Room, acts, done
from fodfaeste.web.workplace.days import steps_of
from fodfaeste.web.workplace.domain import agreements, answers, links
from fodfaeste.web.workplace.domain.text import AgreementText, Facts, text_of
from fodfaeste.web.workplace.forms import AgreementForm, ApproveForm
from fodfaeste.web.workplace.letter import letter
from fodfaeste.web.workplace.models import Agreement, Answer, WorkplaceLink

SEND = "send"
PERSON, OFFICE = str(Answer.Side.PERSON), str(Answer.Side.OFFICE)


@acts
@never_cache
def agreement(request: HttpRequest, room: Room, number: int) -> HttpResponse:
    """Show the agreement on an activity, write it, and lay it before the three."""
    one, row = _activity(room, number), agreements.current(room.running, number)
    seen = "" if row is None else text_of(row).fingerprint
    form = AgreementForm(request.POST or None, initial={**AgreementForm.values(row, room.person), "seen": seen})
    given = None
    if form.is_valid():
        try:
            row, given = _write(request, room, number, form)
        except (Refused, BadInput) as refusal:
            form.add_error(None, str(refusal))
        else:
            if given is None:
                return redirect("workplace:agreement", room.person.pk, number)
            form = AgreementForm(initial={**AgreementForm.values(row, room.person), "seen": text_of(row).fingerprint})
    return _page(request, room, one, row, form=form, given=given)


def _write(request: HttpRequest, room: Room, number: int, form: AgreementForm) -> tuple[Agreement, links.Given | None]:
    """Write what was typed, and send it where that was asked for; the first time a link is given with it."""
    row = agreements.write(room.running, number, by=request.user, **form.written())
    if request.POST.get("do") != SEND:
        messages.success(request, _("Aftalen er gemt."))
        return row, None
    # What was typed is kept also where it cannot be sent yet.
    form.data = form.data.copy()
    form.data["seen"] = text_of(row).fingerprint
    row = agreements.send(row, by=request.user)
    messages.success(request, _("Aftalen er lagt frem for alle tre."))
    given = None if links.live(row).exists() else links.give_link(row, by=request.user)
    return row, given


def _page(
    request: HttpRequest,
    room: Room,
    one: ActivityText,
    row: Agreement | None,
    *,
    form: AgreementForm | None = None,
    approving: ApproveForm | None = None,
    given: links.Given | None = None,
) -> HttpResponse:
    text = AgreementText.of(one, Facts("", "", "", "", "", "", "")) if row is None else text_of(row)
    if form is None:
        seen = {"seen": "" if row is None else text.fingerprint}
        form = AgreementForm(initial={**AgreementForm.values(row, room.person), **seen})
    sides = [] if row is None else answers.sides(row)
    page: dict[str, Any] = {
        "room": room,
        "one": one,
        "row": row,
        "text": text,
        "steps": steps_of(text.times),
        "form": form,
        "sides": sides,
        "approving": approving or _approving(request, row, sides),
        "answers": () if row is None else visible(room.reader, Answer).filter(agreement=row).select_related("taken_by"),
        "given": given,
        "address": given and request.build_absolute_uri(reverse("by-link:agreement", args=[given.token])),
        "links": () if row is None else links.live(row),
        "crumbs": [(str(room.person), reverse("people:person", args=[room.person.pk]))],
    }
    return render(request, "workplace/agreement.html", page)


def _approving(request: HttpRequest, row: Agreement | None, sides: list[tuple[str, str, bool]]) -> ApproveForm | None:
    """Give the form of approvals that can be taken here and are still waited for."""
    if row is None or row.state != Agreement.State.SENT:
        return None
    form = ApproveForm(initial={"seen": row.text_hash, "office": request.user.name}, prefix="godkend")
    return _only_open(form, sides)


def _only_open(form: ApproveForm, sides: list[tuple[str, str, bool]]) -> ApproveForm | None:
    for side, _label, approved in sides:
        if approved and side in form.fields:
            del form.fields[side]
    if PERSON not in form.fields:
        del form.fields["present"]
    return form if {PERSON, OFFICE} & form.fields.keys() else None


@require_POST
@acts
@never_cache
def approve_agreement(request: HttpRequest, room: Room, number: int) -> HttpResponse:
    """Take the office's approval, or the newcomer's in the room, or both."""
    one, row = _activity(room, number), _row(room, number)
    form = _only_open(ApproveForm(request.POST, prefix="godkend"), answers.sides(row))
    if form is None:
        return redirect("workplace:agreement", room.person.pk, number)
    if form.is_valid() and done(request, lambda: _approve(request, row, form.cleaned_data), _("Godkendt."), form):
        return redirect("workplace:agreement", room.person.pk, number)
    return _page(request, room, one, row, approving=form)


def _approve(request: HttpRequest, row: Agreement, said: dict[str, Any]) -> None:
    for side in (PERSON, OFFICE):
        if name := said.get(side):
            present = said.get("present", "") if side == PERSON else ""
            answers.approve(row, by=request.user, side=side, name=name, present=present, seen=said["seen"])


@require_POST
@acts
@never_cache
def new_link(request: HttpRequest, room: Room, number: int) -> HttpResponse:
    """Give the workplace another link: its address is shown once, on the page that answers."""
    one, row = _activity(room, number), _row(room, number)
    return _page(request, room, one, row, given=links.give_link(row, by=request.user))


@require_POST
@acts
def close_link(request: HttpRequest, room: Room, number: int, link: int) -> HttpResponse:
    """Close a link."""
    row = _row(room, number)
    found = visible_or_404(request.viewer, WorkplaceLink, pk=link, agreement=row)
    done(request, lambda: links.withdraw(found, by=request.user), _("Linket er lukket."))
    return redirect("workplace:agreement", room.person.pk, number)


@require_POST
@acts
def off(request: HttpRequest, room: Room, number: int) -> HttpResponse:
    """Call an agreement off."""
    row = _row(room, number)
    done(request, lambda: agreements.call_off(row, by=request.user), _("Aftalen er bortfaldet."))
    return redirect("programme:person", room.person.pk)


@acts
def agreement_letter(_request: HttpRequest, room: Room, number: int) -> HttpResponseBase:
    """Hand out the agreement as a PDF, in Danish beside the newcomer's language."""
    row, spoken = _row(room, number), room.person.language
    content = letter(row, "office", spoken if spoken in LANGUAGES else "da", on=timezone.localdate())
    return FileResponse(io.BytesIO(content), content_type="application/pdf", filename=_("aftale.pdf"))


def _activity(room: Room, number: int) -> ActivityText:
    """Give the activity at a workplace that an agreement is about."""
    found = (one for one in agreements.work_in(plan_text_of(latest(room.running))) if one.number == number)
    one = next(found, None)
    if one is None:
        raise Http404
    return one


def _row(room: Room, number: int) -> Agreement:
    row = agreements.current(room.running, number)
    if row is None:
        raise Http404
    return visible_or_404(room.reader, Agreement, pk=row.pk)
