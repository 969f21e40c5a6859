"""A handover under way and a stand-in that runs, in the first two municipalities of the demonstration country."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.context import acting
from fodfaeste.web.handover.domain.cases import held_by
from fodfaeste.web.handover.domain.handovers import accept, begin_handover, give_back, offer, tell
from fodfaeste.web.handover.domain.stand_ins import arrange_stand_in
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.drafts import keep_draft

TOLD = (
    "Ring hellere end at skrive; hun svarer samme dag. (opdigtet)",
    "Han venter på svar fra værkstedet. Det har jeg lovet at følge op på. (opdigtet)",
    "Moderen er den, der holder styr på aftalerne. (opdigtet)",
    "Sig det langsomt, og bed ham gentage det. (opdigtet)",
)
"""Lines that a worker could write."""

LEAVES, AWAY = timedelta(days=18), timedelta(days=14)
ACCEPTED, RETURNED, OFFERED, WRITTEN = 2, 1, 5, 4
"""How many cases of the handover have come how far; nobody has been asked about the rest."""


def hand_on(offices: Sequence[Organisation], *, today: date) -> None:
    """Let a worker of the first office hand on to the other, and in the second the job consultant stand in for one."""
    first, second = _of(offices[0], Role.WORKER)
    with acting(first):
        _begin(offices[0], first, second, today)
    absent, consultant = _of(offices[1], Role.WORKER)[0], _of(offices[1], Role.CONSULTANT)[0]
    with acting(absent):
        arrange_stand_in(
            absent,
            offices[1],
            stand_in=consultant,
            start=today,
            end=today + AWAY,
            urgent="Værkstedet ringer om praktikken på torsdag. (opdigtet)",
            by=absent,
        )


def _begin(office: Organisation, first: User, second: User, today: date) -> None:
    persons = [row.person for row in held_by(first, office, today).select_related("person").order_by("pk")]
    if not persons:
        return
    handover = begin_handover(first, office, leaves=today + LEAVES, by=first)
    written = persons[: ACCEPTED + RETURNED + OFFERED + WRITTEN]
    for number, person in enumerate(written):
        tell(handover, person, told=TOLD[number % len(TOLD)], by=first)
    asked = written[: ACCEPTED + RETURNED + OFFERED]
    offer(handover, asked, receiver=second, by=first)
    cases = list(handover.cases.filter(person__in=asked).order_by("pk"))
    for case in cases[:ACCEPTED]:
        accept(case, by=second)
    for case in cases[ACCEPTED : ACCEPTED + RETURNED]:
        give_back(case, reason="Vi bor i samme opgang. (opdigtet)", by=second)
    _half_written(persons[-1], first)


def _half_written(person: Person, by: User) -> None:
    """Leave a note of the journal that nobody has saved."""
    fields = (("text", "Vi talte om, hvem der overtager efter mig. (opdigtet)"),)
    keep_draft(person, by=by, address=f"/program/{person.pk}/journal/skriv/", fields=fields, window="opdigtet")


def _of(office: Organisation, role: Role) -> list[User]:
    return [held.user for held in office.memberships.filter(role=role).order_by("pk").select_related("user")]
