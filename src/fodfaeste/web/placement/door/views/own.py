"""A household's own pages: where its case stands, why it is to live where it is, objecting, and who has looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.newcomer import drafts
from fodfaeste.web.placement.desk import words
from fodfaeste.web.placement.desk.case import wish_facts
from fodfaeste.web.placement.desk.domain.asking import asked_of
from fodfaeste.web.placement.desk.domain.decisions import TOLD, object_oneself, open_objection
from fodfaeste.web.placement.desk.models import Arrival, ArrivalOpening, PlacementRecord
from fodfaeste.web.placement.desk.statement import object_until, statement_of
from fodfaeste.web.placement.door.domain import answering
from fodfaeste.web.placement.door.domain.choice import how_much
from fodfaeste.web.placement.door.forms import ObjectionForm
from fodfaeste.web.placement.door.pages import context, own
from fodfaeste.web.placement.door.words import OBJECTED, SAID_OF, page_words
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422
LOOKS = 200
"""Openings that are shown, the newest."""
Act = PlacementRecord.Act


@dataclass(frozen=True)
class Told:
    """A decision as a household was told it.

    Attributes
    ----------
    record : PlacementRecord
        The decision.
    sent : date
    """

    record: PlacementRecord
    sent: date

    @property
    def until(self) -> date:
        """The last day on which an objection is sure to be looked at."""
        return object_until(self.sent)


@own
def first(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Show where the case stands, and what can be done."""
    told = _told(request, arrival)
    waits = arrival.state not in TOLD
    shown = context(
        arrival=arrival,
        told=told,
        waits=waits,
        place=words.place_name(arrival.place) if told else "",
        asked=asked_of(arrival) if waits else None,
        wishes=[words.wish_words(wish_facts(one)) for one in arrival.wishes.all()] if waits else [],
        begun=waits and answering.draft_of(request.viewer) is not None,
        choice=how_much(arrival) if waits else None,
        history=_history(request, arrival),
    )
    return render(request, "placement/door/first.html", shown)


@own
def why(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Show what was decided and why, in the words of the letter, and take an objection."""
    told = _told(request, arrival)
    if told is None:
        return redirect("household:first")
    posted = request.method == "POST"
    form = ObjectionForm(request.POST if posted else drafts.offered(request))
    said = {"viewer": request.viewer, "link": request.own_link, "language": get_language() or "da"}
    if (
        posted
        and form.is_valid()
        and done(request, lambda: object_oneself(**said, **form.cleaned_data), OBJECTED, form)
    ):
        return redirect("household:why")
    shown = context(
        arrival=arrival,
        told=told,
        said=statement_of(arrival, told.record, (get_language() or "da").partition("-")[0], sent=told.sent),
        in_time=timezone.localdate() <= told.until,
        waiting=open_objection(arrival),
        history=_history(request, arrival),
        form=form,
    )
    return render(request, "placement/door/why.html", shown, status=UNREADABLE if posted else 200)


@own
def log(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Show when others have opened the household's page, where they work and what it was."""
    rows = visible(request.viewer, ArrivalOpening).filter(arrival=arrival).defer("by")[:LOOKS]
    looks = [(timezone.localtime(one.at), *page_words(one.page, arrival)) for one in rows]
    return render(request, "placement/door/log.html", context(arrival=arrival, looks=looks))


def _told(request: HttpRequest, arrival: Arrival) -> Told | None:
    """Give the decision that holds, once it is sent."""
    if arrival.state not in TOLD:
        return None
    records = visible(request.viewer, PlacementRecord).filter(arrival=arrival).order_by("-pk")
    sent, record = records.filter(act=Act.SENT).first(), records.filter(act=Act.DECIDED).first()
    if sent is None or record is None:
        return None
    return Told(record, timezone.localdate(sent.at))


@dataclass(frozen=True)
class Happened:
    """Something that happened in a case: when, what, who did it, and in which words."""

    at: datetime
    what: object
    who: str
    text: str
    lang: str


def _history(request: HttpRequest, arrival: Arrival) -> list[Happened]:
    """Give what a household may know of its case, in order."""
    rows = visible(request.viewer, PlacementRecord).filter(arrival=arrival).select_related(None)
    return [
        Happened(
            timezone.localtime(one.at),
            SAID_OF[one.act],
            "" if one.by_id is None else one.by_name,
            one.facts["decision"]["place_name"] if "decision" in one.facts else one.facts.get("text", ""),
            one.facts.get("language", "da"),
        )
        for one in rows
    ]
