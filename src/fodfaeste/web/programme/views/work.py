"""The day's work, meeting mode, follow-ups and what a leader counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.base.lists import answer
from fodfaeste.web.programme import lists
from fodfaeste.web.programme.domain.choices import choice_share
from fodfaeste.web.programme.domain.day import KINDS, Cases, cases_of, day_of, missed, weights
from fodfaeste.web.programme.domain.evaluations import EVALUATION, evaluate, goals_to_judge
from fodfaeste.web.programme.domain.follow_ups import AGREED, agree_follow_up, record_follow_up
from fodfaeste.web.programme.domain.lists import missed_by_kind
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.domain.plans import latest, write_plan
from fodfaeste.web.programme.domain.text import GoalText, text_of
from fodfaeste.web.programme.domain.tiles import Tile, near_tiles
from fodfaeste.web.programme.forms import TalkForm
from fodfaeste.web.programme.letter import LANGUAGES, sentences
from fodfaeste.web.programme.models import FollowUp, Programme
from fodfaeste.web.programme.views.rooms import Room, acts, done
from fodfaeste.web.programme.words import said

OFFICE = "kontor"
TILES = 12
"""Deadlines that the day's page shows; how many more there are, it says."""


@login_required
def today(request: HttpRequest) -> HttpResponse:
    """Show the day's work: what is overdue, today's, this week's; of the own caseload, or of the whole office."""
    viewer, now = request.viewer, timezone.localdate()
    if viewer.has(Role.LEADER) and not viewer.casework:
        return redirect("programme:missed")
    if not viewer.casework:
        raise PermissionDenied
    own = request.GET.get("hvis") != OFFICE
    cases = cases_of(viewer, now) if own else None
    near = _near(viewer, cases, now) if cases else ()
    context = {
        "own": own,
        "cases": cases,
        "day": day_of(viewer, own=own, today=now, cases=cases),
        "now": now,
        "near": near[:TILES],
        "more": len(near) - len(near[:TILES]),
        "share": None if own else choice_share(viewer),
        "weights": () if own else weights(viewer, today=now),
    }
    return render(request, "programme/today.html", context)


def _near(viewer: Viewer, cases: Cases, day: date) -> tuple[tuple[Programme, Tile], ...]:
    """Give the near deadlines of the own caseload."""
    mine = visible(viewer, Programme).filter(end=None, person__in=cases.persons)
    return near_tiles(list(mine.select_related("person")), today=day)


@login_required
def leader(request: HttpRequest) -> HttpResponseBase:
    """Show a leader what was missed, as counts."""
    viewer, day = request.viewer, timezone.localdate()
    if not viewer.has(Role.LEADER):
        raise PermissionDenied
    rows = missed_by_kind(viewer, day)
    listing = lists.missed(rows.all, several=len(viewer.organisations({Role.LEADER})) > 1)
    found = missed(viewer, today=day)
    total = {name: sum(getattr(one, name) for one in found) for name in ("overdue", "climbed")}
    context = {"total": total, "share": choice_share(viewer)}
    return answer(request, listing, rows, template="programme/missed.html", context=context)


@acts
def talk(request: HttpRequest, room: Room) -> HttpResponse:
    """Meeting mode: a talk is recorded with what was agreed, in two languages on the screen."""
    can_be_held = visible(room.reader, FollowUp).filter(held_from__lte=timezone.localdate())
    waiting = list(can_be_held.filter(programme=room.running, held=None))
    judged = goals_to_judge(room.running) if any(one.code == EVALUATION for one in waiting) else ()
    form = TalkForm(request.POST or None, initial=_beginning(request, room, waiting), judged=judged)
    form.fields["follow_up"].choices = [
        *((str(one.pk), said(one.words)) for one in waiting),
        ("", _("En anden samtale")),
    ]
    if form.is_valid() and done(
        request, lambda: _record(request, room, form, waiting), _("Samtalen er noteret."), form
    ):
        return redirect("programme:person", room.person.pk)
    other = room.person.language if room.person.language in LANGUAGES and room.person.language != "da" else ""
    context = {"room": room, "form": form, "other": other, "words": sentences(other or "da", "da")}
    return render(request, "programme/talk.html", context)


def _beginning(request: HttpRequest, room: Room, waiting: list[FollowUp]) -> dict[str, Any]:
    asked = request.GET.get("opfoelgning", "")
    chosen = next((one for one in waiting if str(one.pk) == asked), next(iter(waiting), None))
    return {
        "follow_up": str(chosen.pk) if chosen else "",
        "held": timezone.localdate(),
        "language": room.person.language,
    }


@transaction.atomic
def _record(request: HttpRequest, room: Room, form: TalkForm, waiting: list[FollowUp]) -> None:
    found = form.cleaned_data
    who = {"by": request.user, "present": found["present"], "with_interpreter": found["with_interpreter"]}
    chosen = next((one for one in waiting if str(one.pk) == found["follow_up"]), None)
    if chosen is not None:
        now = timezone.localdate()
        held = record_follow_up(chosen, held=found["held"], note=found["text"], today=now, **who)
        if chosen.code == EVALUATION:
            evaluate(held, form.judgements(), by=request.user)
    else:
        office = room.running.organisation
        add_note(room.person, organisation=office, day=found["held"], text=found["text"], kind="talk", **who)
    _write_goals(request, room, form.goals())
    if found["next_day"]:
        agree_follow_up(
            room.running, by=request.user, day=found["next_day"], hour=found["next_hour"], words=KINDS[AGREED]
        )


def _write_goals(request: HttpRequest, room: Room, goals: list[GoalText]) -> None:
    text = text_of(latest(room.running))
    for one in goals:
        text = text.with_goal(one)
    if goals:
        write_plan(room.running, text, by=request.user)
