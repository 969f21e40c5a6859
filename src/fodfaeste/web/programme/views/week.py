"""The week grid: days are ticked, clashes stand beside it, a week can be proposed; all of it one form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.errors import BadInput, Refused
from fodfaeste.plan.week import MODELS, WORK, Proposal
from fodfaeste.web.programme.domain import week as weeks
from fodfaeste.web.programme.domain.plans import latest, write_plan
from fodfaeste.web.programme.domain.programmes import rules_of
from fodfaeste.web.programme.domain.text import ActivityText, PlanText, Time, text_of
from fodfaeste.web.programme.domain.travel import store_travel
from fodfaeste.web.programme.domain.week import Surroundings
from fodfaeste.web.programme.forms import TravelForm
from fodfaeste.web.programme.views.rooms import Room, acts, done
from fodfaeste.web.programme.words import said

WEEK = tuple(range(1, 8))
WEEKDAYS = (
    gettext_lazy("mandag"),
    gettext_lazy("tirsdag"),
    gettext_lazy("onsdag"),
    gettext_lazy("torsdag"),
    gettext_lazy("fredag"),
    gettext_lazy("lørdag"),
    gettext_lazy("søndag"),
)
WRITES = ("save", "ramp")
SCHOOL_DAY, WORK_DAY = (time(8, 30), time(13, 30)), (time(8, 0), time(15, 24))
"""Times that a line begins with until somebody writes others."""


@dataclass(frozen=True)
class Line:
    """A line of the grid: an activity at certain times of the day, on the days that are ticked."""

    activity: ActivityText
    key: str
    begins: time
    ends: time
    days: frozenset[int]
    new: bool


def lines_of(text: PlanText) -> list[Line]:
    """Give the lines of the grid: one for each pair of times that an activity has, and one for others."""
    return [line for one in text.activities for line in _lines(one)]


def _lines(one: ActivityText) -> list[Line]:
    spans: dict[tuple[time, time], set[int]] = {}
    for when in one.times:
        spans.setdefault((when.begins, when.ends), set()).add(when.weekday)
    usual = WORK_DAY if one.kind in WORK else SCHOOL_DAY
    found = [*spans.items(), (usual, set())] if spans else [(usual, set())]
    return [
        Line(one, f"{one.number}-{row}", *span, frozenset(days), bool(spans) and not days)
        for row, (span, days) in enumerate(found)
    ]


def read_lines(text: PlanText, sent: QueryDict, *, offered: bool = False) -> PlanText:
    """Read the grid as it was sent.

    Parameters
    ----------
    offered : bool
        Whether a line without a ticked day counts, on every working day: its times could be had. A line for other
        times that nobody has used is no offer.

    Raises
    ------
    Refused
        If a time cannot be read, or ends before it begins.
    """
    found: dict[int, list[Time]] = {one.number: [] for one in text.activities}
    names = {one.number: one.name for one in text.activities}
    for key in sent.getlist("line"):
        number, _dash, _row = key.partition("-")
        if not number.isdecimal() or int(number) not in found:
            raise Refused(_("Planen er ændret imens; hent siden igen."))
        days = [int(day) for day in sent.getlist(f"day-{key}") if day in map(str, WEEK)]
        if not days and not (offered and not sent.get(f"new-{key}")):
            continue
        begins, ends = (parse_time(sent.get(f"{edge}-{key}", "")) for edge in ("begins", "ends"))
        if begins is None or ends is None or ends <= begins:
            raise Refused(_("%(name)s: skriv et klokkeslæt fra og et senere til.") % {"name": names[int(number)]})
        found[int(number)] += [Time(day, begins, ends) for day in days or weeks.WORKING_WEEK]
    times = {number: tuple(dict.fromkeys(several)) for number, several in found.items()}
    return weeks.with_times(text, times)


@acts
def week(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the week of the plan, and paint, check or propose another."""
    plan = latest(room.running)
    stored = text_of(plan)
    around = weeks.surroundings(room.running, rules_of(room.running), stored)
    page: dict[str, Any] = {"text": stored, "painted": False}
    if request.method == "POST":
        try:
            page |= _asked(request.POST, stored, around)
            if request.POST.get("do") in WRITES:
                seen = request.POST.get("edits", "")
                write_plan(room.running, page["text"], by=request.user, seen=int(seen) if seen.isdecimal() else None)
                messages.success(request, _("Ugen er gemt i planen."))
                return redirect("programme:week", room.person.pk)
        except (Refused, BadInput) as refusal:
            messages.error(request, str(refusal))
    return render(request, "programme/week.html", {"room": room, "plan": plan, **_grid(page, around)})


def _asked(sent: QueryDict, stored: PlanText, around: Surroundings) -> dict[str, Any]:
    """Do what a button of the page asks for; nothing is written by it."""
    text = read_lines(stored, sent)
    if sent.get("do") == "propose":
        offered = weeks.on_every_day(read_lines(stored, sent, offered=True))
        pattern = sent.get("pattern", "")
        found = weeks.propose(text, around, pattern if pattern in MODELS else next(iter(MODELS)), offered=offered)
        if isinstance(found, Proposal):
            return {"text": weeks.painted(text, [found.week]), "proposal": found, "painted": True}
        return {"text": text, "conflict": found, "painted": True}
    if sent.get("do") == "ramp":
        return {"text": _ramp(sent, text, around), "painted": True}
    return {"text": text, "painted": True}


def _ramp(sent: QueryDict, text: PlanText, around: Surroundings) -> PlanText:
    steps = [int(part) for part in sent.get("steps", "").replace(",", " ").split() if part.isdecimal()]
    begins, apart = parse_date(sent.get("begins", "")), sent.get("weeks", "")
    if begins is None or not apart.isdecimal():
        raise Refused(_("Skriv den første dag, og hvor mange uger et trin varer."))
    return weeks.rising(text, around, begins=begins, steps=steps, weeks_a_step=int(apart))


def _grid(page: dict[str, Any], around: Surroundings) -> dict[str, Any]:
    """Gather what the page shows of a week, whether it is written or only painted."""
    text: PlanText = page["text"]
    found = weeks.clashes_of(text, around)
    return {
        **page,
        "lines": lines_of(text),
        "weekdays": [(day, WEEKDAYS[day - 1]) for day in WEEK],
        "weeks": found,
        "clashing": sum(len(clashes) for _week, clashes in found),
        "unknown": around.unknown,
        "patterns": [(key, said(model.text)) for key, model in MODELS.items()],
        "ramped": any(when.start for one in text.activities for when in one.times),
        "begins": max((one.start for one in text.activities), default=timezone.localdate()),
    }


@login_required
def travel(request: HttpRequest) -> HttpResponse:
    """Bring in the municipality's travel table."""
    if not request.viewer.casework:
        raise PermissionDenied
    form = TravelForm(request.POST or None, request.FILES or None)
    if form.is_valid() and done(
        request, lambda: store_travel(by=request.user, **form.texts()), _("Rejsetabellen er læst."), form
    ):
        return redirect("programme:travel")
    return render(request, "programme/travel.html", {"form": form})
