"""A plan that can be agreed on, and the acts that get it there: examples for the tests of the programme."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.programme.domain.plans import approve, propose, write_plan
from fodfaeste.web.programme.domain.programmes import open_programme
from fodfaeste.web.programme.domain.text import ActivityText, GoalText, Offer, PlanText, Time
from fodfaeste.web.programme.models import Plan, Programme

from .conftest import TAKEOVER, Country

DANISH = ActivityText(
    kind="danish",
    name="DU2.3",
    place="Sprogskolen",
    hours_a_week=Decimal("15"),
    start=date(2024, 3, 11),
    end=date(2025, 3, 10),
    offers=(Offer("Dag, onsdag og fredag"), Offer("Aften, tirsdag og torsdag")),
    chosen=0,
    chosen_on=date(2024, 3, 5),
    with_interpreter=True,
    times=(Time(3, time(8, 30), time(15, 30)), Time(5, time(8, 30), time(15, 30))),
    number=1,
)
WORK = ActivityText(
    kind="traineeship",
    name="Praktik",
    place="Værkstedet",
    hours_a_week=Decimal("22"),
    start=date(2024, 12, 1),
    end=date(2025, 3, 3),
    offers=(Offer("Værksted"), Offer("Butik"), Offer("Børnehave", real=False)),
    chosen=0,
    chosen_on=date(2024, 3, 5),
    number=2,
)
GOALS = (
    GoalText("Jeg vil arbejde med træ igen", own_words=True, number=1),
    GoalText("أريد أن أتكلم مع جيراني", "ar", own_words=True, danish="Jeg vil tale med mine naboer", number=2),
    GoalText("Prøve i dansk inden sommer", number=3),
)
PLAN = PlanText(GOALS, (DANISH, WORK))


def opened(country: Country, start: date = TAKEOVER, by: User | None = None) -> Programme:
    """The programme of the own municipality's person, opened by its worker unless somebody else does."""
    worker = by or country.users[Role.WORKER]
    return open_programme(country.person, by=worker, organisation=country.own, track="integration", start=start)


def proposed(programme: Programme, by: User, text: PlanText = PLAN) -> Plan:
    """The next version, laid before both."""
    write_plan(programme, text, by=by)
    return propose(programme, by=by)


def sign(plan: Plan, by: User, *sides: str) -> Plan:
    """Sign for some sides."""
    for side in sides or ("person", "municipality"):
        plan = approve(plan, by=by, side=side, name="Prøve Eksempel", present="Tolk 12", seen=plan.text_hash)
    return plan


def agreed(programme: Programme, by: User, text: PlanText = PLAN) -> Plan:
    """The next version, approved by both."""
    return sign(proposed(programme, by, text), by)


def longer(text: PlanText, hours: int) -> PlanText:
    """The same plan with other hours of Danish."""
    return text.with_activity(replace(text.activities[0], hours_a_week=Decimal(hours)))
