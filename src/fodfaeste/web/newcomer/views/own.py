"""A newcomer's own pages."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fodfaeste.web.newcomer import asks, drafts
from fodfaeste.web.newcomer.domain import own as shown
from fodfaeste.web.newcomer.forms import AnswerForm, SignForm
from fodfaeste.web.newcomer.pages import context, own
from fodfaeste.web.newcomer.words import ACTIVITIES
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.plans import approve_oneself
from fodfaeste.web.programme.domain.replies import reply
from fodfaeste.web.programme.domain.text import text_of
from fodfaeste.web.programme.models import Plan
from fodfaeste.web.programme.views.rooms import done

SOON = timedelta(weeks=8)
"""Appointments after the next one are shown so far ahead."""

LINES = 200
"""Lines of the log on a page."""


@own
def first(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the next appointment, the week, what is asked, and where there is more."""
    viewer, today = request.viewer, timezone.localdate()
    found = shown.appointments(viewer, today=today)
    proposed = shown.proposed_plan(viewer)
    return render(
        request,
        "newcomer/first.html",
        context(
            person=person,
            next=found[0] if found else None,
            later=[one for one in found[1:] if one.day <= today + SOON],
            week=shown.week(viewer, found, today=today),
            asks=asks.asks_of(viewer),
            to_sign=proposed is not None and shown.signed_by_oneself(viewer, proposed) is None,
            call=shown.whom_to_call(viewer, today=today),
        ),
    )


@own
def answer(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Take an answer to an appointment: they come, they cannot, they want an interpreter."""
    viewer = request.viewer
    row = shown.to_come(viewer, today=timezone.localdate()).filter(pk=pk).first()
    if row is None:
        raise Http404
    [appointment] = (one for one in shown.appointments(viewer, today=timezone.localdate()) if one.pk == pk)
    before = appointment.reply
    kept = None if request.method == "POST" else drafts.offered(request)
    initial = {name: getattr(before, name) for name in AnswerForm.base_fields} if before else {}
    form = AnswerForm(request.POST if request.method == "POST" else kept, initial=initial)
    sent = request.method == "POST" and form.is_valid()
    if sent and done(
        request,
        lambda: reply(row, viewer=viewer, link=request.own_link, language=get_language() or "da", **form.cleaned_data),
        _("Tak. Kommunen har fået dit svar."),
        form,
    ):
        return redirect("newcomer:first")
    return render(request, "newcomer/answer.html", context(person=person, appointment=appointment, form=form))


@own
def plan(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the plan that holds, and lead to the one that is laid before them."""
    viewer = request.viewer
    held, proposed = shown.held_plan(viewer), shown.proposed_plan(viewer)
    signed = None if proposed is None else shown.signed_by_oneself(viewer, proposed)
    return render(
        request,
        "newcomer/plan.html",
        context(person=person, plan=held, text=_text(held), proposed=proposed, signed=signed, kinds=ACTIVITIES),
    )


@own
def approve(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the plan that is laid before them, and take their signature."""
    viewer = request.viewer
    proposed = shown.proposed_plan(viewer)
    if proposed is None:
        raise Http404
    kept = None if request.method == "POST" else drafts.offered(request)
    form = SignForm(request.POST if request.method == "POST" else kept, initial={"seen": proposed.text_hash})
    sent = request.method == "POST" and form.is_valid()
    if sent and done(
        request,
        lambda: approve_oneself(proposed, viewer=viewer, link=request.own_link, **form.cleaned_data),
        _("Tak. Du har sagt ja til planen."),
        form,
    ):
        return redirect("newcomer:plan")
    return render(
        request,
        "newcomer/approve.html",
        context(
            person=person,
            plan=proposed,
            text=_text(proposed),
            signed=shown.signed_by_oneself(viewer, proposed),
            form=form,
            kinds=ACTIVITIES,
        ),
    )


@own
def log(request: HttpRequest, person: Person) -> HttpResponse:
    """Show when others have looked in their file, at what, where they work and what for."""
    page = Paginator(shown.looks(request.viewer), LINES).get_page(request.GET.get("side"))
    looks = [shown.look_of(opening) for opening in page.object_list]
    return render(request, "newcomer/log.html", context(person=person, looks=looks, page=page))


def _text(found: Plan | None) -> object:
    return None if found is None else text_of(found)
