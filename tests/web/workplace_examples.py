"""An agreement with a workplace, and its three answers: examples for the tests of agreements."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from django.test import Client
from django.urls import reverse

from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.programme.domain.plans import write_plan
from fodfaeste.web.programme.domain.text import ActivityText, PlanText, Time
from fodfaeste.web.programme.models import Programme
from fodfaeste.web.workplace.domain.agreements import send, write
from fodfaeste.web.workplace.domain.answers import answer_as_workplace, approve
from fodfaeste.web.workplace.domain.links import Given, give_link
from fodfaeste.web.workplace.domain.text import Facts
from fodfaeste.web.workplace.models import Agreement

from .conftest import Country
from .programme_examples import GOALS, WORK, opened
from .test_week_grid import BARE

CVR = "99999993"
"""Nobody's: eight digits whose weighted sum is divisible by 11."""

FACTS = Facts(
    employer="Værkstedet ApS",
    cvr=CVR,
    contact="Kim Kontakt",
    mentor="Mona Mentor",
    called="Prøve",
    tasks="Slibe og male stole",
    goal="Kunne værktøjernes navne på dansk",
)
DAYS = tuple(Time(day, time(8), time(15, 24)) for day in (1, 2, 4))
AT_WORK: ActivityText = replace(WORK, times=DAYS)
WITH_WORK = PlanText(GOALS, (BARE.activities[0], AT_WORK))
ACTIVITY = AT_WORK.number


def at_work(country: Country, by: User | None = None) -> Programme:
    """The programme of the own municipality's person, with a plan that has days at a workplace."""
    programme = opened(country, by=by)
    write_plan(programme, WITH_WORK, by=by or country.users[Role.WORKER])
    return programme


def drafted(programme: Programme, by: User, facts: Facts = FACTS) -> Agreement:
    """An agreement that nobody has been asked about."""
    return write(programme, ACTIVITY, facts, by=by)


def sent(programme: Programme, by: User, facts: Facts = FACTS) -> Agreement:
    """An agreement that is laid before the three."""
    return send(drafted(programme, by, facts), by=by)


def say_yes(agreement: Agreement, by: User, *sides: str) -> Agreement:
    """Let some sides approve, all three where none is named."""
    for side in sides or ("person", "workplace", "office"):
        if side == "workplace":
            viewer = Viewer(agreement=agreement.pk)
            agreement = answer_as_workplace(
                agreement, viewer=viewer, link=1, name="Kim Kontakt", seen=agreement.text_hash
            )
        else:
            present = "Tolk 12" if side == "person" else ""
            agreement = approve(
                agreement, by=by, side=side, name="Prøve Eksempel", present=present, seen=agreement.text_hash
            )
    return agreement


def address(given: Given) -> str:
    """Where a link leads."""
    return reverse("by-link:agreement", args=[given.token])


def workplace(agreement: Agreement, by: User) -> tuple[Client, str]:
    """A browser of the workplace, and the address that it was given."""
    return Client(), address(give_link(agreement, by=by))
