"""A newcomer of the demonstration country with their own page: a plan to say yes to, an appointment, the way in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal

from django.db.models import Case, Value, When
from django.urls import reverse

from fodfaeste.plan import office_days, working_day
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.newcomer.domain.links import give_access
from fodfaeste.web.people.models import Responsibility
from fodfaeste.web.programme.domain.follow_ups import agree_follow_up
from fodfaeste.web.programme.domain.plans import approve, latest, propose, write_plan
from fodfaeste.web.programme.domain.text import GoalText, text_of
from fodfaeste.web.programme.models import Approval, Plan, Programme

LANGUAGE = "ar"
SPEAKERS = ("SYR", "IRQ")
"""Whom the page's language suits, by citizenship."""

GOAL = GoalText(
    "أريد أن أتكلم الدنماركية مع جيراني", "ar", own_words=True, danish="Jeg vil tale dansk med mine naboer. (opdigtet)"
)
AGREED = {"da": "Møde om praktik på rådhuset (opdigtet)", "en": "Meeting on the traineeship at the town hall (made up)"}
SOON, AT = timedelta(days=3), time(10, 0)


@dataclass(frozen=True)
class OwnPage:
    """How the newcomer comes in.

    Attributes
    ----------
    path : str
        The address, after that of the site.
    code : str
    """

    path: str
    code: str


def open_own_page(offices: Iterable[Organisation], *, today: date) -> OwnPage | None:
    """Bring one newcomer of some municipalities as far as that, and give them access; None where nobody has a plan."""
    programme = _chosen(offices)
    if programme is None:
        return None
    by = worker_of(programme)
    _lay_before(programme, by)
    day = working_day(today + SOON, office_days()).day
    if not programme.follow_ups.filter(code="agreed", due=day).exists():
        agree_follow_up(programme, by=by, day=day, words=AGREED, hour=AT)
    given = give_access(programme.person, by=by, language=LANGUAGE)
    return OwnPage(reverse("newcomer:link", args=[given.token]), given.code)


def _chosen(offices: Iterable[Organisation]) -> Programme | None:
    """Choose the newest programme with a plan that holds, of somebody who reads the language if there is one."""
    held = Programme.objects.filter(organisation__in=list(offices), end=None, plans__state=Plan.State.APPROVED)
    suits = Case(When(person__citizenship__in=SPEAKERS, then=Value(0)), default=Value(1))
    return held.select_related("person").order_by(suits, "-start", "pk").first()


def worker_of(programme: Programme) -> User:
    """Give who works with the person of a programme."""
    held = Responsibility.objects.filter(person=programme.person, organisation=programme.organisation_id)
    return held.select_related("worker").latest("start").worker


def _lay_before(programme: Programme, by: User) -> None:
    """Propose a next version, with a goal in their own words and more hours of Danish; the office has signed it."""
    if latest(programme).state == Plan.State.APPROVED:
        text = text_of(latest(programme)).with_goal(GOAL)
        school = text.activities[0]
        more = replace(school, hours_a_week=school.hours_a_week + Decimal(3))
        write_plan(programme, text.with_activity(more), by=by)
        plan = propose(programme, by=by)
        side = Approval.Side.MUNICIPALITY
        approve(plan, by=by, side=side, name=by.name, present=by.name, seen=plan.text_hash)
