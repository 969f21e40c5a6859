"""What a language school sees: its learners, one of them, and who came on a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.errors import Refused
from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.base.lists import PAGE, answer, beside_a_form
from fodfaeste.web.learning import lists
from fodfaeste.web.learning.domain import learners as known
from fodfaeste.web.learning.domain.days import Expected, expected_on, record_day
from fodfaeste.web.learning.domain.levels import pass_test, set_level, take_back_step
from fodfaeste.web.learning.forms import DayForm, LevelForm, ModuleTestForm, WhichDayForm
from fodfaeste.web.learning.models import Attendance, Enrolment, Learner, Step
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.views.rooms import done

View = Callable[..., HttpResponseBase]

A_DAY, FRIDAY = timedelta(days=1), 5
A_PAGE = 100
"""Learners that one form has; a day of more comes in pages."""

HOUR, UNTIMED = "kl", "uden"
"""What the address says of which class is shown: the one that begins then, or whoever has no time in a plan."""


def at_school(view: View) -> View:
    """Let whoever plans or teaches at a school enter."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, **more: Any) -> HttpResponseBase:
        if not request.viewer.schools:
            raise PermissionDenied
        return view(request, **more)

    return entered


@at_school
def learners(request: HttpRequest) -> HttpResponseBase:
    """List the learners of today; whoever plans sees figures above them."""
    viewer, today = request.viewer, timezone.localdate()
    context = {
        "figures": known.figures(viewer, today) if viewer.has(Role.PLANNER) else None,
        "coming": list(known.learners_to_come(viewer, today)),
    }
    handed_out = partial(audit.handed_out, person="person")
    rows = known.learners_now(viewer, today)
    listing = lists.learners(viewer, today)
    return answer(request, listing, rows, template="learning/learners.html", context=context, handed_out=handed_out)


@login_required
def learner(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a learner: level, times, who came, whom to call; write down their level and tests."""
    row = visible_or_404(request.viewer, Learner, pk=pk)
    audit.opened(request, Person(pk=row.person))
    sent, now = request.POST.get("do"), timezone.localdate()
    level = LevelForm(request.POST if sent == "level" else None, prefix="niveau")
    test = ModuleTestForm(
        request.POST if sent == "test" else None,
        prefix="test",
        initial={"level": f"{row.track}-{row.module}" if row.module else "", "day": now},
    )
    enrolment = visible_or_404(request.viewer, Enrolment, pk=pk) if sent else None
    for form, act, words in (
        (level, partial(set_level, enrolment, day=now), _("Niveauet er gemt.")),
        (test, partial(pass_test, enrolment), _("Modultesten er skrevet ned.")),
    ):
        if form.is_valid() and done(request, partial(act, by=request.user, **form.cleaned_data), words, form):
            return redirect("learning:learner", pk)
    lessons = list(known.lessons_now(request.viewer, now).filter(learner=pk))
    days = visible(request.viewer, Attendance).filter(enrolment=pk).select_related("by")
    context = {
        "row": row,
        "lessons": lessons,
        "hours": known.hours_a_week(lessons),
        "possible": lists.possible(row.days),
        "call": known.whom_to_call(row, now),
        "steps": visible(request.viewer, Step).filter(enrolment=pk).select_related("by"),
        "level": level,
        "test": test,
        "crumbs": [(_("Kursister"), reverse("learning:learners"))],
    }
    give = beside_a_form if request.method == "POST" else answer
    return give(request, lists.ATTENDANCE, days, template="learning/learner.html", context=context)


@require_POST
@login_required
def take_back(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """Take back a step that was written down by mistake."""
    found = visible_or_404(request.viewer, Step, pk=step, enrolment=visible_or_404(request.viewer, Learner, pk=pk).pk)
    done(request, partial(take_back_step, found, by=request.user), _("Det er taget tilbage."))
    return redirect("learning:learner", pk)


@at_school
def day(request: HttpRequest) -> HttpResponse:
    """Show who is taught on a day, and take down who came."""
    now = timezone.localdate()
    chosen, everybody = _day_of(request, now)
    asked = (request.POST if request.method == "POST" else request.GET).get(HOUR, "")
    hours = sorted({_begins(one) for one in everybody}, key=lambda one: (one == UNTIMED, one))
    hour = asked if asked in hours else ""
    pages = Paginator([one for one in everybody if hour in ("", _begins(one))], A_PAGE)
    page = pages.get_page((request.POST if request.method == "POST" else request.GET).get(PAGE))
    expected = list(page.object_list)
    form = DayForm(request.POST if request.method == "POST" else None, expected)
    if form.is_valid() and _recorded(request, chosen, form):
        there = {"dag": chosen.isoformat(), **({HOUR: hour} if hour else {})}
        there |= {PAGE: page.number} if page.number > 1 else {}
        return redirect(f"{reverse('learning:day')}?{urlencode(there)}")
    if form.is_bound and form.clashes:
        shown = {one.learner.pk for one in expected}
        form = form.after([one for one in expected_on(request.viewer, chosen) if one.learner.pk in shown])
    context = {
        "form": form,
        "chosen": chosen,
        "which": WhichDayForm(initial={"dag": chosen}),
        "before": chosen - A_DAY,
        "after": chosen + A_DAY if chosen < now else None,
        "to_come": chosen > now,
        "hours": hours,
        "hour": hour,
        "untimed": UNTIMED,
        "page": page,
        "of": pages.count,
        "noted": sum(one.noted is not None for one in pages.object_list),
    }
    return render(request, "learning/day.html", context)


def _begins(one: Expected) -> str:
    """Say when a class begins, as its address has it."""
    return f"{one.times[0][0]:%H:%M}" if one.times else UNTIMED


def _day_of(request: HttpRequest, now: date) -> tuple[date, list[Expected]]:
    """Give the day that was asked for, or today, with who is taught on it; the working day before where nobody is."""
    which = WhichDayForm(request.POST if request.method == "POST" else request.GET)
    chosen = which.cleaned_data["dag"] if which.is_valid() else now
    expected = expected_on(request.viewer, chosen)
    if not expected and not which.is_valid():
        chosen -= A_DAY * max(1, chosen.isoweekday() - FRIDAY)
        expected = expected_on(request.viewer, chosen)
    return chosen, expected


def _recorded(request: HttpRequest, chosen: date, form: DayForm) -> bool:
    """Write a day down; say how many, and of whom a colleague has written something else meanwhile."""
    try:
        kept = record_day(chosen, form.told(), by=request.user)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    form.clashes = kept.clashes
    if kept.present or kept.absent:
        said = {"present": kept.present, "absent": kept.absent}
        messages.success(request, _("Gemt: %(present)s til stede, %(absent)s fraværende.") % said)
    elif not kept.clashes:
        messages.info(request, _("Der var intet at gemme."))
    return not kept.clashes
