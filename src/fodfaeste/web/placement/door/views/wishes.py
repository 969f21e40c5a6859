"""A household says what it wishes: page by page, kept as it goes, and sent in the end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.newcomer import drafts
from fodfaeste.web.placement.desk import words
from fodfaeste.web.placement.desk.case import wish_facts
from fodfaeste.web.placement.desk.domain.decisions import TOLD
from fodfaeste.web.placement.desk.models import Arrival, ArrivalWish
from fodfaeste.web.placement.door.domain import answering
from fodfaeste.web.placement.door.domain.answering import Answers
from fodfaeste.web.placement.door.domain.choice import how_much
from fodfaeste.web.placement.door.pages import context, own
from fodfaeste.web.placement.door.wishing import PAGES, after, answers_of, page_of, wishes_of
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422


@own
def start(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Say how much choice there is, and lead to the questions or to the answer that there is no wish."""
    if arrival.state in TOLD:
        return redirect("household:first")
    return render(
        request,
        "placement/door/start.html",
        context(
            arrival=arrival,
            choice=how_much(arrival),
            page=PAGES[0],
            begun=answering.draft_of(request.viewer) is not None,
        ),
    )


@own
def page(request: HttpRequest, arrival: Arrival, key: str) -> HttpResponse:
    """Ask what a page asks, and keep the answer."""
    found = page_of(key)
    if found is None:
        raise Http404
    if arrival.state in TOLD:
        return _too_late(request)
    answers = _answers(request, arrival)
    posted = request.method == "POST"
    typed = request.POST if posted else drafts.offered(request)
    rows = found.formset(typed, answers.get(key, []))
    if posted and rows.is_valid():
        answers[key] = [_row(form) for form in rows.forms if form.cleaned_data and form.wishes()]
        answering.keep(request.viewer, answers)
        if "more" in request.POST:
            return redirect("household:wish", key)
        following = after(found)
        return redirect("household:wish", following.key) if following else redirect("household:wishes-check")
    number = PAGES.index(found)
    shown = context(
        arrival=arrival,
        page=found,
        rows=rows,
        number=number + 1,
        count=len(PAGES),
        before=PAGES[number - 1] if number else None,
        form=_first_faulty(rows) if posted else None,
    )
    return render(request, "placement/door/wish.html", shown, status=UNREADABLE if posted else 200)


@own
def check(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Show all answers together, and send them."""
    if arrival.state in TOLD:
        return _too_late(request)
    answers = _answers(request, arrival)
    if request.method == "POST" and _send(request, wishes_of(answers)):
        return redirect("household:first")
    told = [(one, [words.wish_words(wish) for wish in wishes_of({one.key: answers.get(one.key, [])})]) for one in PAGES]
    office = [words.wish_words(wish_facts(one)) for one in _by_officers(request)]
    shown = context(arrival=arrival, told=told, any=any(said for _page, said in told), office=office)
    return render(request, "placement/door/check.html", shown)


@require_POST
@own
def none(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Take the answer that there is no wish."""
    if arrival.state in TOLD:
        return _too_late(request)
    _send(request, [])
    return redirect("household:first")


def _send(request: HttpRequest, wishes: list[dict[str, Any]]) -> bool:
    said = (
        _("Tak. Vi har fået jeres ønsker.")
        if wishes
        else _("Tak. Vi har skrevet, at I ingen ønsker har. Det er et svar.")
    )
    return done(request, lambda: answering.answer(request.viewer, link=request.own_link, wishes=wishes), said)


def _answers(request: HttpRequest, arrival: Arrival) -> Answers:
    """Give what is not sent yet, or else what was sent last."""
    kept = answering.draft_of(request.viewer)
    if kept is not None:
        return kept
    sent = visible(request.viewer, ArrivalWish).filter(arrival=arrival, origin=ArrivalWish.Origin.HOUSEHOLD)
    return answers_of(wish_facts(one) for one in sent.order_by("pk"))


def _by_officers(request: HttpRequest) -> Any:
    own = visible(request.viewer, ArrivalWish).filter(arrival=request.viewer.arrival)
    return own.filter(origin=ArrivalWish.Origin.OFFICER)


def _row(form: Any) -> dict[str, Any]:
    """Give a row as it was typed, so that it can be shown again."""
    said = dict(form.cleaned_data)
    return {**said, "hard": int(said["hard"])} if "hard" in said else said


def _first_faulty(rows: Any) -> Any:
    return next((form for form in rows.forms if form.errors), None)


def _too_late(request: HttpRequest) -> HttpResponse:
    """Say in words that the wishes are not changed any more."""
    messages.error(
        request,
        _("Afgørelsen er sendt, så ønskerne kan ikke ændres mere. Er I uenige, så skriv det under afgørelsen."),
    )
    return redirect("household:first")
