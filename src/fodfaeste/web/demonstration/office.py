"""A handful of made-up persons in an office that is being set up, to try things with; and away with all of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.plan import add_months
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.context import also_see, seeing
from fodfaeste.web.demonstration.country import SEED, clear, settle
from fodfaeste.web.demonstration.models import MadeUpPerson
from fodfaeste.web.demonstration.newcomers import Newcomer
from fodfaeste.web.people.models import Merge, Person, Responsibility

FAMILY_NAME = "Opdigtet"
"""What all of them are called, so that nobody takes them for somebody."""


class One(NamedTuple):
    """Somebody made up: who has the same number lives together; `months` since they came, `years` in a trade."""

    household: int
    name: str
    sex: str
    age: int
    citizenship: str
    months: int
    language: str
    trade: str = ""
    years: int = 0


HANDFUL = (
    One(1, "Rasu", "male", 41, "SYR", 26, "ar", "murer", 12),
    One(1, "Lima", "female", 38, "SYR", 26, "ar", "syning", 6),
    One(1, "Noka", "female", 9, "SYR", 26, "ar"),
    One(2, "Tavi", "female", 29, "UKR", 14, "uk", "butik", 5),
    One(3, "Jomi", "male", 33, "ERI", 7, "ti", "lager", 3),
    One(4, "Zesu", "female", 52, "AFG", 2, "fa"),
)
"""Newcomers at different places of their programmes."""


@transaction.atomic
def make(office: Organisation) -> int:
    """Make the handful, unless it is there; gives how many there are.

    Raises
    ------
    Refused
        If nobody works with persons in the office yet, so that nobody could be responsible for them.
    """
    if there := count(office):
        return there
    today = timezone.localdate()
    if not office.memberships.on(today).filter(role=Role.WORKER).exists():
        raise Refused(
            _("Opdigtede borgere skal have en sagsbehandler: tilføj først en integrationsmedarbejder, eller svar nej.")
        )
    rng = np.random.Generator(np.random.PCG64(SEED))
    households: dict[int, list[Newcomer]] = {}
    for one in HANDFUL:
        households.setdefault(one.household, []).append(_newcomer(one, office, today))
    with seeing([office.pk]):
        for together in households.values():
            MadeUpPerson.objects.bulk_create(
                MadeUpPerson(person=person, organisation=office) for person in settle(together, office, today, rng)
            )
    return len(HANDFUL)


@transaction.atomic
def remove(office: Organisation) -> int:
    """Take every made-up person of the office away, with all that was done with them; the logs stay.

    Whoever has moved to another office meanwhile is that office's, and stays.

    Raises
    ------
    Refused
        Where one of them and somebody who is not made up have been merged.
    """
    with seeing([office.pk]):
        made = list(_made_up(office).values_list("person", flat=True))
        also_see(*made)
        mixed = Merge.objects.filter(Q(kept__in=made) | Q(gone__in=made), undone=None).select_related("kept")
        if mixed:
            raise Refused(
                _("En opdigtet borger er lagt sammen med en anden: %(cases)s. Fortryd sammenlægningen først.")
                % {"cases": ", ".join(merge.kept.case_number for merge in mixed)}
            )
        clear(Person.objects.filter(pk__in=made))
    return len(made)


def count(office: Organisation) -> int:
    """Count the made-up persons of an office."""
    with seeing([office.pk]):
        return _made_up(office).count()


def _made_up(office: Organisation) -> QuerySet[MadeUpPerson]:
    """Give the office's made-up persons, but for those whom another office has now or will have."""
    lasts = Q(end=None) | Q(end__gt=timezone.localdate())
    elsewhere = Responsibility.objects.filter(lasts, person=OuterRef("person")).exclude(organisation=office)
    return MadeUpPerson.objects.filter(~Exists(elsewhere), organisation=office)


def _newcomer(one: One, office: Organisation, today: date) -> Newcomer:
    return Newcomer(
        household=one.household,
        given_name=one.name,
        family_name=FAMILY_NAME,
        sex=one.sex,
        birth_date=add_months(today, -12 * one.age) - timedelta(days=40),
        citizenship=one.citizenship,
        permit="other",
        civil_status="",
        schooling="unknown",
        language=one.language,
        municipality=office.code,
        arrival=add_months(today, -one.months),
        left=None,
        reason="",
        to="",
        trade=one.trade,
        years=one.years,
        work=(),
    )
