"""The plan's pages: goals, activities, proposing, approving, comparing versions, the letter."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.programme.domain.plans import approve, latest, propose, write_plan
from fodfaeste.web.programme.domain.text import PlanText, compare, text_of
from fodfaeste.web.programme.forms import ActivityForm, ApproveForm, GoalForm
from fodfaeste.web.programme.letter import LANGUAGES, letter
from fodfaeste.web.programme.models import Approval, Plan
from fodfaeste.web.programme.views.rooms import Room, acts, done, reads

SIDES = tuple(Approval.Side.values)


@acts
def goal(request: HttpRequest, room: Room, number: int = 0) -> HttpResponse:
    """Write a goal; 0 is a new one."""
    text = text_of(latest(room.running))
    before = _part(text.goals, number)
    initial = {name: getattr(before, name) for name in GoalForm.base_fields} if before else {}
    form = GoalForm(request.POST or None, initial=initial)
    return _written(
        request,
        room,
        form,
        lambda: text.with_goal(form.goal(number)),
        {"title": _("Mål"), "what": "maal", "number": number},
    )


@acts
def activity(request: HttpRequest, room: Room, number: int = 0) -> HttpResponse:
    """Write an activity with what was offered and chosen; 0 is a new one."""
    text = text_of(latest(room.running))
    before = _part(text.activities, number)
    form = ActivityForm(request.POST or None, initial=ActivityForm.values(before) if before else {})
    return _written(
        request,
        room,
        form,
        lambda: text.with_activity(form.activity(before)),
        {"title": _("Aktivitet"), "what": "aktivitet", "number": number},
    )


def _part(parts: tuple[Any, ...], number: int) -> Any:
    if not number:
        return None
    found = next((one for one in parts if one.number == number), None)
    if found is None:
        raise Http404
    return found


def _written(
    request: HttpRequest, room: Room, form: forms.Form, text: Callable[[], PlanText], about: dict[str, Any]
) -> HttpResponse:
    """Write what a valid form says into the plan; show the form until it does."""
    plan = latest(room.running)
    if form.is_valid():
        seen = _edits(request, plan)
        if done(
            request,
            lambda: write_plan(room.running, text(), by=request.user, seen=seen),
            _("Planen er skrevet."),
            form,
        ):
            return redirect("programme:person", room.person.pk)
    context = {"room": room, "form": form, "plan": plan, "edits": _edits(request, plan), **about}
    return render(request, "programme/part.html", context)


def _edits(request: HttpRequest, plan: Plan) -> int:
    """Say which text the writer had before them: the one that the page was made from."""
    sent = request.POST.get("edits", "")
    return int(sent) if sent.isdecimal() else plan.edits


@require_POST
@acts
def remove(request: HttpRequest, room: Room, what: str, number: int) -> HttpResponse:
    """Take a goal or an activity out of the plan."""
    text = text_of(latest(room.running))
    without = text.without_goal(number) if what == "maal" else text.without_activity(number)
    done(request, lambda: write_plan(room.running, without, by=request.user), _("Planen er skrevet."))
    return redirect("programme:person", room.person.pk)


@require_POST
@acts
def propose_plan(request: HttpRequest, room: Room) -> HttpResponse:
    """Lay the draft before both sides."""
    if done(request, lambda: propose(room.running, by=request.user), _("Planen er klar til at blive godkendt.")):
        return redirect("programme:approve", room.person.pk)
    return redirect("programme:person", room.person.pk)


@acts
def approve_plan(request: HttpRequest, room: Room) -> HttpResponse:
    """Show what is to be approved, and take the approval of one side or both."""
    plan = latest(room.running)
    signed = {one.side: one for one in plan.approvals.filter(lifted=None)}
    form = ApproveForm(request.POST or None, initial={"seen": plan.text_hash})
    for side in signed:
        form.fields.pop(side)
    if form.is_valid() and done(
        request, lambda: _sign(plan, form.cleaned_data, request), _("Godkendelsen er modtaget."), form
    ):
        return redirect("programme:person", room.person.pk)
    context = {"room": room, "form": form, "plan": plan, "text": text_of(plan), "approvals": signed.values()}
    return render(request, "programme/approve.html", context)


def _sign(plan: Plan, found: dict[str, str], request: HttpRequest) -> None:
    names = {side: found[side] for side in SIDES if found.get(side)}
    if not names:
        raise Refused(_("Skriv navnet på mindst én, der godkender."))
    for side, name in names.items():
        approve(plan, by=request.user, side=side, name=name, present=found["present"], seen=found["seen"])


@reads
def compare_versions(request: HttpRequest, room: Room) -> HttpResponse:
    """Show two versions side by side: the two newest, unless asked for others."""
    plans = list(visible(room.reader, Plan).filter(programme=room.running).order_by("-number"))
    after = _asked(plans, request.GET.get("til", ""), plans[0])
    before = _asked(plans, request.GET.get("fra", ""), plans[min(1, len(plans) - 1)])
    found = compare(text_of(before), text_of(after))
    context = {"room": room, "plans": plans, "before": before, "after": after, "differences": found}
    return render(request, "programme/compare.html", context)


def _asked(plans: list[Plan], number: str, otherwise: Plan) -> Plan:
    return next((plan for plan in plans if str(plan.number) == number), otherwise)


@reads
def plan_letter(request: HttpRequest, room: Room, number: int) -> HttpResponseBase:
    """Give a version of the plan as a letter in Danish beside the person's language."""
    plan = visible_or_404(room.reader, Plan, programme=room.running, number=number)
    asked = request.GET.get("sprog", room.person.language)
    lang = asked if asked in LANGUAGES else "da"
    made = letter(plan, lang, on=timezone.localdate())
    name = f"plan-{room.person.case_number}-{number}.pdf"
    return FileResponse(io.BytesIO(made), content_type="application/pdf", filename=name)
