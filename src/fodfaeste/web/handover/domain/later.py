"""Cases whose responsibility begins on a day to come: offered together, and accepted with effect from that day.

Until that day nobody here sees the persons, neither who hands on nor who takes over. What is known of such a case is
its day, whose it will be, and the line about it.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.handover.domain.cases import later_of
from fodfaeste.web.handover.domain.handovers import offer_told, opened_again
from fodfaeste.web.handover.models import HandedCase, Handover
from fodfaeste.web.handover.permissions import must_be_own_or_run
from fodfaeste.web.people.models import Responsibility

State = HandedCase.State


@transaction.atomic
def offer_later(handover: Handover, *, receiver: User, told: str, by: User) -> int:
    """Offer to a colleague every case that begins later and that nobody is asked about; gives how many.

    Raises
    ------
    Refused
        If somebody else does it than the worker or who runs the office, no line is written, there is no such case, or
        the receiver does not work in the office.
    """
    must_be_own_or_run(by, handover.worker, handover.organisation)
    if not told.strip():
        raise Refused(_("Skriv en linje om sagerne."))
    with seeing([handover.organisation_id]):
        handover = opened_again(handover)
        rows = later_of(handover.worker, handover.organisation, timezone.localdate()).order_by("start", "pk")
        cases = [HandedCase.objects.get_or_create(handover=handover, person_id=row.person_id)[0] for row in rows]
        waiting = [case for case in cases if case.state in {State.WAITING, State.RETURNED}]
        if not waiting:
            raise Refused(_("Der er ingen sager, der begynder senere, og som ingen er spurgt om."))
        for case in waiting:
            case.told = told.strip()
            case.save(update_fields=["told"])
        return offer_told(handover, waiting, receiver)


def later_offers(viewer: Viewer, today: date) -> QuerySet:
    """Give the cases that wait for a viewer's answer and begin later, each with its `day`, the first first."""
    begins = Responsibility.objects.filter(
        person=OuterRef("person"),
        organisation=OuterRef("handover__organisation"),
        worker=OuterRef("handover__worker"),
        start__gt=today,
    )
    rows = HandedCase.objects.filter(
        receiver=viewer.user,
        state=State.OFFERED,
        handover__closed=None,
        handover__organisation__in=viewer.casework,
    )
    rows = rows.annotate(day=Subquery(begins.order_by("start").values("start")[:1])).exclude(day=None)
    return rows.select_related("handover__worker", "handover__organisation").order_by("day", "pk")
