"""The office's pages on somebody's schooling: where they are enrolled, who came, and what the school is told."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.base.lists import answer
from fodfaeste.web.learning import lists
from fodfaeste.web.learning.domain.enrolments import change_enrolment, end_enrolment, enrol
from fodfaeste.web.learning.domain.levels import set_level
from fodfaeste.web.learning.forms import EndForm, EnrolForm, LevelForm, ToldForm
from fodfaeste.web.learning.models import Attendance, Enrolment
from fodfaeste.web.people.domain.changing import Clash
from fodfaeste.web.people.views.clashes import both_texts, with_version
from fodfaeste.web.programme.domain.plans import holding, latest
from fodfaeste.web.programme.domain.text import ActivityText, text_of
from fodfaeste.web.programme.models import ActivityKind
from fodfaeste.web.programme.views.rooms import Room, acts, done, office_of, reads


@reads
def person(request: HttpRequest, room: Room) -> HttpResponseBase:
    """Show where somebody is and was enrolled, their steps, and who came."""
    rows = visible(room.reader, Enrolment).filter(person=room.person).select_related("school", "made_by", "ended_by")
    days = visible(room.reader, Attendance).filter(enrolment__person=room.person)
    context = {
        "room": room,
        "enrolments": rows.prefetch_related("steps__by"),
        "danish": danish_of(room),
        "now": timezone.localdate(),
    }
    listed = days.select_related("by", "absence", "enrolment__school")
    return answer(request, lists.of_person(), listed, template="learning/person.html", context=context)


def danish_of(room: Room) -> tuple[ActivityText, ...]:
    """Give the Danish of the plan that holds, or of the newest where none does yet: what a school's times come from."""
    if room.programme is None:
        return ()
    plan = holding(room.programme) or latest(room.programme)
    return tuple(one for one in text_of(plan).activities if one.kind == str(ActivityKind.DANISH))


@acts
def enrol_(request: HttpRequest, room: Room) -> HttpResponse:
    """Enrol somebody at a school."""
    form = EnrolForm(request.POST or None, initial={"start": timezone.localdate()}, danish=danish_of(room))
    if form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        office = office_of(request.viewer, room.person)
        act = partial(enrol, room.person, organisation=office, by=request.user, **said)
        if done(request, act, _("Indskrevet. Skolen ser nu navn, niveau, tider og dit telefonnummer."), form):
            return redirect("schooling:person", room.person.pk)
    return render(request, "learning/enrol.html", {"room": room, "form": form})


@acts
def enrolment(request: HttpRequest, room: Room, row: int) -> HttpResponse:
    """Change what a school is told, say the level, or end an enrolment."""
    found = visible_or_404(request.viewer, Enrolment, pk=row, person=room.person)
    sent, now = request.POST.get("do"), timezone.localdate()
    begun: dict[str, Any] = {"version": found.version}
    told = ToldForm(
        request.POST if sent == "told" else None,
        prefix="skole",
        initial={**begun, "days": found.days, "called": found.called, "activity": found.activity},
        danish=danish_of(room),
    )
    level = LevelForm(request.POST if sent == "level" else None, prefix="niveau")
    ends = EndForm(request.POST if sent == "end" else None, prefix="slut", initial={**begun, "end": found.end or now})
    theirs: list[tuple[str, str]] = []
    for form, act in ((told, change_enrolment), (ends, end_enrolment)):
        if not form.is_valid():
            continue
        said = {**form.cleaned_data, "version": form.cleaned_data["version"] or 0}
        try:
            act(found, by=request.user, **said)
        except Clash as clash:
            form.data = with_version(form.data, clash.theirs, form.add_prefix("version"))
            theirs = both_texts(form, clash)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Gemt."))
            return redirect("schooling:person", room.person.pk)
    if level.is_valid():
        act_ = partial(set_level, found, day=now, by=request.user, **level.cleaned_data)
        if done(request, act_, _("Niveauet er gemt."), level):
            return redirect("schooling:person", room.person.pk)
    context = {"room": room, "row": found, "told": told, "level": level, "ends": ends, "theirs": theirs, "now": now}
    return render(request, "learning/enrolment.html", context)
