"""Rows of the programme's lists: what is to be followed up, who has which case, what a leader counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from fodfaeste.plan import ESCALATE_DAYS
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.people.models import Responsibility
from fodfaeste.web.programme.models import CountedFollowUp, FollowUp, Plan, Programme

SUNDAY = 6


def held_on(viewer: Viewer, day: date) -> QuerySet:
    """Give who is responsible for whom on a day."""
    rows = visible(viewer, Responsibility).filter(start__lte=day)
    return rows.filter(Q(end=None) | Q(end__gt=day))


def sunday_of(day: date) -> date:
    """Give the last day of a day's week."""
    return day + timedelta(days=SUNDAY - day.weekday())


def waiting(viewer: Viewer, day: date) -> QuerySet:
    """Give the follow-ups that nobody has held, of programmes that run, each with who has the case as `held`."""
    rows = visible(viewer, FollowUp).filter(held=None, programme__end=None)
    workers = Prefetch(
        "programme__person__responsibilities",
        queryset=held_on(viewer, day).select_related("worker"),
        to_attr="held_today",
    )
    return rows.select_related("programme__person").prefetch_related(workers)


def cases(viewer: Viewer, day: date) -> QuerySet:
    """Give the cases of a day: each with rule set, state of the plan, the next follow-up and how many are overdue."""
    own = {"person": OuterRef("person"), "organisation": OuterRef("organisation")}
    programmes = Programme.objects.filter(end=None, **own)
    plans = Plan.objects.filter(
        programme__end=None,
        programme__person=OuterRef("person"),
        programme__organisation=OuterRef("organisation"),
    ).order_by("-number")
    open_ones = FollowUp.objects.filter(
        held=None,
        programme__end=None,
        programme__person=OuterRef("person"),
        programme__organisation=OuterRef("organisation"),
    )
    late = open_ones.filter(due__lt=day).order_by().values("programme").annotate(count=Count("pk")).values("count")
    return (
        held_on(viewer, day)
        .select_related("person", "worker")
        .annotate(
            rule_set=Subquery(programmes.values("rule_set")[:1]),
            plan_state=Subquery(plans.values("state")[:1]),
            next_due=Subquery(open_ones.filter(due__gte=day).order_by("due").values("due")[:1]),
            overdue=Coalesce(Subquery(late[:1]), Value(0)),
        )
    )


def missed_by_kind(viewer: Viewer, day: date) -> QuerySet:
    """Count what was missed in the municipalities that somebody leads, by kind; no person is in it."""
    late = visible(viewer, CountedFollowUp).filter(held=None, programme__end=None, due__lt=day)
    climbed = Q(due__lte=day - timedelta(days=ESCALATE_DAYS))
    rows: Any = late.order_by().values("code", office=F("programme__organisation__name"))
    return rows.annotate(overdue=Count("pk", distinct=True), climbed=Count("pk", filter=climbed, distinct=True))
