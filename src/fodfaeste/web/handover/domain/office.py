"""What a leader sees of handovers and stand-ins: numbers, colleagues and case numbers, and no person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import CASEWORK
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.handover.domain.cases import cases_of
from fodfaeste.web.handover.models import HandedCase, Handover, StandIn
from fodfaeste.web.handover.permissions import drafts_of
from fodfaeste.web.people.models import Responsibility

State: Any = HandedCase.State


@dataclass(frozen=True)
class UnderWay:
    """A handover as its office counts it.

    Attributes
    ----------
    of : int
        Cases to hand on: those that are still the worker's, and those accepted.
    left : tuple of str
        Case numbers of those that are still the worker's.
    drafts : int
        What the worker has not saved.
    days : int
        Days until the first one without the worker; negative when it has gone.
    later : int
        Cases of the worker that begin on a day to come.
    """

    handover: Handover
    of: int
    accepted: int
    offered: int
    returned: int
    left: tuple[str, ...]
    drafts: int
    days: int
    later: int

    @property
    def waiting(self) -> int:
        """How many nobody is asked about."""
        return len(self.left) - self.offered - self.returned

    @property
    def open(self) -> int:
        """How many nobody has been asked about, or who was asked has returned."""
        return self.waiting + self.returned


def under_way(organisation: Organisation, *, today: date) -> tuple[UnderWay, ...]:
    """Count every handover of an office that is not over; five queries, however many there are."""
    with seeing([organisation.pk]):
        rows = list(Handover.objects.filter(organisation=organisation, closed=None).select_related("worker"))
        workers = [row.worker_id for row in rows]
        held: dict[int, dict[int, str]] = {worker: {} for worker in workers}
        for worker, person, number in _held(organisation, workers, today):
            held[worker][person] = number
        answers: dict[int, list[tuple[int, str]]] = {row.pk: [] for row in rows}
        for handover, person, state in HandedCase.objects.filter(handover__in=rows).values_list(
            "handover", "person", "state"
        ):
            answers[handover].append((person, state))
        drafts = dict(
            drafts_of(workers, organisation).values_list("user").annotate(count=Count("pk", distinct=True)).order_by()
        )
        begin_later = Responsibility.objects.filter(organisation=organisation, worker__in=workers, start__gt=today)
        later = Counter(begin_later.values_list("worker", flat=True))
    return tuple(
        _under_way(
            row, held[row.worker_id], answers[row.pk], (drafts.get(row.worker_id, 0), later[row.worker_id]), today
        )
        for row in rows
    )


def _held(organisation: Organisation, workers: list[int], today: date) -> Iterable[tuple[int, int, str]]:
    rows = cases_of(organisation, today).filter(worker__in=workers).order_by("person__case_number")
    return rows.values_list("worker", "person", "person__case_number")


def _under_way(
    row: Handover, held: Mapping[int, str], answers: list[tuple[int, str]], counts: tuple[int, int], today: date
) -> UnderWay:
    """Put a row together; `counts` are the worker's drafts and cases that begin later."""
    still = Counter(state for person, state in answers if person in held)
    accepted = sum(state == State.ACCEPTED and person not in held for person, state in answers)
    return UnderWay(
        row,
        len(held) + accepted,
        accepted,
        still[State.OFFERED],
        still[State.RETURNED],
        tuple(held.values()),
        counts[0],
        (row.leaves - today).days,
        counts[1],
    )


def stand_ins(organisation: Organisation, *, today: date) -> list[StandIn]:
    """Give who stands in for whom, now and later."""
    with seeing([organisation.pk]):
        rows = StandIn.objects.filter(organisation=organisation, end__gt=today)
        return list(rows.select_related("absent", "stand_in", "organisation"))


@dataclass(frozen=True)
class Neighbour:
    """Somebody of a cooperating office who could take over, once an administrator has given them the role."""

    pk: int
    name: str
    organisation: str
    email: str


def neighbours(organisation: Organisation, *, today: date) -> tuple[Neighbour, ...]:
    """Give those who work with cases in cooperating offices and have no role here today; one query."""
    here = Membership.objects.on(today).filter(organisation=organisation, role__in=CASEWORK, user=OuterRef("user"))
    rows = Membership.objects.on(today).filter(
        ~Exists(here), organisation__partners=organisation, role__in=CASEWORK, user__is_active=True
    )
    found = rows.values_list("user", "user__name", "organisation__name", "user__email").distinct()
    return tuple(Neighbour(*row) for row in found.order_by("organisation__name", "user__name"))


def receivers(organisation: Organisation, *, without: User, today: date) -> list[tuple[User, int]]:
    """Give those who can be offered cases here today, with how many they have; one query."""
    working = Membership.objects.on(today).filter(organisation=organisation, role__in=CASEWORK, user=OuterRef("pk"))
    running = Q(caseload__organisation=organisation, caseload__start__lte=today, caseload__person__merged_into=None)
    running &= Q(caseload__end=None) | Q(caseload__end__gt=today)
    with seeing([organisation.pk]):
        rows = User.objects.filter(Exists(working), is_active=True).exclude(pk=without.pk)
        rows = rows.annotate(cases=Count("caseload", filter=running)).order_by("name", "pk")
        return [(user, user.cases) for user in rows]
