"""What a workplace sees by its link: the one agreement, whom to call, and two ways to answer."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import NOBODY
from fodfaeste.web.audit.context import become, of_request
from fodfaeste.web.audit.reads import opened
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.views.rooms import done
from fodfaeste.web.workplace.days import steps_of
from fodfaeste.web.workplace.domain.answers import answer_as_workplace, sides
from fodfaeste.web.workplace.domain.links import open_with, whom_to_call
from fodfaeste.web.workplace.domain.text import text_of
from fodfaeste.web.workplace.forms import UnfitForm, WorkplaceForm
from fodfaeste.web.workplace.letter import letter
from fodfaeste.web.workplace.models import Agreement, Answer, WorkplaceLink

View = Callable[..., HttpResponseBase]


def by_link(view: View) -> View:
    """Let whoever has the link of an agreement that still opens enter, as its workplace, for this one request.

    No session and no cookie says who came: the address does, each time. Whoever is signed in here, or came to their
    own page, is asked to sign out first: an answer is the workplace's alone. That it was opened is written down.
    """

    @never_cache
    @wraps(view)
    def entered(request: HttpRequest, token: str) -> HttpResponseBase:
        if request.viewer.user is not None or request.viewer.person is not None:
            return render(request, "workplace/signed_in.html")
        link = open_with(token)
        if link is None:
            return render(request, "workplace/closed.html", status=404)
        request.viewer = replace(NOBODY, agreement=link.agreement_id)
        become(of_request(request.viewer))
        opened(request, Person(pk=link.agreement.person_id))
        return view(request, link, token)

    return entered


@by_link
def agreement(request: HttpRequest, link: WorkplaceLink, token: str) -> HttpResponse:
    """Show the agreement, and take the workplace's answer."""
    row, call = visible(request.viewer, Agreement).first(), whom_to_call(link.agreement)
    if row is None:
        return render(request, "workplace/in_change.html", {"call": call})
    seen = {"seen": row.text_hash}
    does = request.POST.get("do")
    yes = WorkplaceForm(request.POST if does == "yes" else None, initial=seen)
    no = UnfitForm(request.POST if does == "no" else None, initial=seen)
    for form, words in (
        (yes, _("Tak. Aftalen er godkendt for arbejdspladsen.")),
        (no, _("Tak. Kommunen har fået besked.")),
    ):
        if form.is_valid() and done(request, partial(_answer, request, row, link, form), words, form):
            return redirect("by-link:agreement", token)
    mine = visible(request.viewer, Answer).filter(agreement=row, lifted=None).first()
    return render(
        request,
        "workplace/linked.html",
        {**_shown(row), "call": call, "yes": yes, "no": no, "mine": mine, "token": token},
    )


def _answer(request: HttpRequest, row: Agreement, link: WorkplaceLink, form: Any) -> Agreement:
    return answer_as_workplace(row, viewer=request.viewer, link=link.pk, **form.cleaned_data)


def _shown(row: Agreement) -> dict[str, Any]:
    text = text_of(row)
    return {"row": row, "text": text, "steps": steps_of(text.times), "sides": sides(row)}


@by_link
def agreement_letter(request: HttpRequest, _link: WorkplaceLink, _token: str) -> HttpResponseBase:
    """Hand out the agreement as a PDF, as the workplace may have it."""
    row = visible(request.viewer, Agreement).first()
    if row is None:
        raise Http404
    spoken = "en" if (get_language() or "").startswith("en") else "da"
    content = letter(row, "workplace", spoken, on=timezone.localdate())
    return FileResponse(io.BytesIO(content), content_type="application/pdf", filename=_("aftale.pdf"))
