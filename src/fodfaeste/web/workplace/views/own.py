"""The page on which a newcomer reads an agreement with a workplace, and answers."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.newcomer import drafts
from fodfaeste.web.newcomer.domain.own import whom_to_call
from fodfaeste.web.newcomer.pages import context, own
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.letter import LANGUAGES
from fodfaeste.web.programme.views.rooms import done
from fodfaeste.web.workplace.days import steps_of
from fodfaeste.web.workplace.domain.answers import answer_oneself
from fodfaeste.web.workplace.domain.text import text_of
from fodfaeste.web.workplace.letter import letter
from fodfaeste.web.workplace.models import Agreement, Answer
from fodfaeste.web.workplace.own_forms import OwnNameForm, OwnUnfitForm


@own
def answer(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Show an agreement, and take their yes, or what does not fit."""
    row = visible_or_404(request.viewer, Agreement, pk=pk)
    sent = request.POST if request.method == "POST" else drafts.offered(request)
    does, seen = (sent or {}).get("do"), {"seen": row.text_hash}
    yes = OwnNameForm(sent if does == "yes" else None, initial=seen)
    no = OwnUnfitForm(sent if does == "no" else None, initial=seen)
    for form, words in ((yes, _("Tak. Du har sagt ja til aftalen.")), (no, _("Tak. Kommunen har fået dit svar."))):
        is_sent = request.method == "POST" and form.is_valid()
        if is_sent and done(request, partial(_answer, request, row, form), words, form):
            return redirect("own-agreement:answer", pk)
    text, today = text_of(row), timezone.localdate()
    shown = context(
        person=person,
        row=row,
        text=text,
        steps=steps_of(text.times),
        call=whom_to_call(request.viewer, today=today),
        mine=visible(request.viewer, Answer).filter(agreement=row, lifted=None).first(),
        yes=yes,
        no=no,
    )
    return render(request, "workplace/own.html", shown)


def _answer(request: HttpRequest, row: Agreement, form: Any) -> Agreement:
    return answer_oneself(row, viewer=request.viewer, link=request.own_link, **form.cleaned_data)


@own
def agreement_letter(request: HttpRequest, person: Person, pk: int) -> HttpResponseBase:
    """Hand out the agreement as a PDF, in Danish beside the language of the page."""
    row = visible_or_404(request.viewer, Agreement, pk=pk, person=person)
    spoken = (get_language() or "da").partition("-")[0]
    content = letter(row, "person", spoken if spoken in LANGUAGES else "da", on=timezone.localdate())
    return FileResponse(io.BytesIO(content), content_type="application/pdf", filename=_("aftale.pdf"))
