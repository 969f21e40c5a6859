"""A person's programme: opened, shown with deadlines and hours, closed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.plan import programme_rule_sets
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.programme.domain import hours
from fodfaeste.web.programme.domain.choices import choices_in
from fodfaeste.web.programme.domain.evaluations import evaluations_of
from fodfaeste.web.programme.domain.plans import holding, latest, what_is_missing
from fodfaeste.web.programme.domain.programmes import close_programme, open_programme, rules_of, set_needs
from fodfaeste.web.programme.domain.text import text_of
from fodfaeste.web.programme.domain.tiles import tiles
from fodfaeste.web.programme.forms import CloseForm, NeedsForm, OpenForm
from fodfaeste.web.programme.models import FollowUp, GoalEvaluation
from fodfaeste.web.programme.views.rooms import Room, acts, done, office_of, reads


@reads
def programme(request: HttpRequest, room: Room) -> HttpResponse:
    """Show a person's programme, or how to open one."""
    if room.programme is None:
        form = OpenForm(initial=_beginning(room)) if room.may_act else None
        return render(request, "programme/open.html", {"room": room, "form": form})
    return render(request, "programme/programme.html", {"room": room, **_whole(room)})


def _beginning(room: Room) -> dict[str, Any]:
    track = "ukraine" if room.person.citizenship == "UKR" else "integration"
    return {"track": track, "takeover": room.person.takeover_date, "start": room.person.takeover_date}


def _whole(room: Room) -> dict[str, Any]:
    """Gather what the page of a programme shows."""
    running, today = room.running, timezone.localdate()
    rules, plan, held = rules_of(running, today), latest(running), holding(running)
    text = text_of(plan)
    agreed = running.agreed_hours
    return {
        "programme": running,
        "rules": rules,
        "rule_set": next(one for one in programme_rule_sets() if one.id == running.rule_set),
        "tiles": tiles(running, today=today),
        "plan": plan,
        "text": text,
        "missing": what_is_missing(text),
        "holding": held,
        "approvals": plan.approvals.all(),
        "versions": plan.number,
        "hours": hours.check(text, rules, None if agreed is None else float(agreed)),
        "choices": choices_in(text),
        "evaluations": evaluations_of(
            visible(room.reader, GoalEvaluation)
            .filter(follow_up__programme=running)
            .select_related("goal", "follow_up")
        ),
        "follow_ups": sorted(
            visible(room.reader, FollowUp).filter(programme=running).select_related("held_by", "reply"),
            key=lambda one: one.held is not None,  # what is to be held first; each by its day, as they come
        ),
        "today": today,
        "close": CloseForm(initial={"end": today}),
    }


@require_POST
@acts
def open_(request: HttpRequest, room: Room) -> HttpResponse:
    """Open a programme."""
    form = OpenForm(request.POST)
    if form.is_valid():
        office = office_of(request.viewer, room.person)
        if done(
            request,
            lambda: open_programme(room.person, by=request.user, organisation=office, **form.cleaned_data),
            _("Programmet er åbnet."),
            form,
        ):
            return redirect("programme:person", room.person.pk)
    return render(request, "programme/open.html", {"room": room, "form": form})


@require_POST
@acts
def close(request: HttpRequest, room: Room) -> HttpResponse:
    """End a programme."""
    form = CloseForm(request.POST)
    if form.is_valid():
        end = form.cleaned_data["end"]
        done(request, lambda: close_programme(room.running, by=request.user, end=end), _("Programmet er afsluttet."))
    return redirect("programme:person", room.person.pk)


@acts
def needs(request: HttpRequest, room: Room) -> HttpResponse:
    """Write down what the person's week has to keep to."""
    running = room.running
    form = NeedsForm(request.POST or None, initial={name: getattr(running, name) for name in NeedsForm.base_fields})
    if form.is_valid() and done(
        request,
        lambda: set_needs(running, by=request.user, **form.cleaned_data),
        _("Hensynene er gemt."),
        form,
    ):
        return redirect("programme:week", room.person.pk)
    return render(request, "programme/needs.html", {"room": room, "form": form})
