"""The packet of a handover: every case with where things stand, every promise, every running agreement, the drafts.

It asks the gate as whoever looks, and takes the same number of queries for 31 cases as for 310.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.handover.domain.cases import later_of
from fodfaeste.web.handover.models import HandedCase, Handover
from fodfaeste.web.handover.permissions import drafts_of
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.programme.domain.follow_ups import AGREED
from fodfaeste.web.programme.models import Activity, ActivityKind, Draft, FollowUp, Plan, Programme

State: Any = HandedCase.State

NEXT = 3
"""Next days that a case shows."""

AT_WORK = (ActivityKind.TRAINEESHIP, ActivityKind.JOB)
"""Kinds of activity that are an agreement with a workplace."""


@dataclass
class Standing:
    """How a case stands.

    Attributes
    ----------
    told : HandedCase or None
        What the handover says of it so far.
    plan : Plan or None
        The version that holds, else the newest.
    open : list of FollowUp
        All that are not held, the first first.
    drafts : list of Draft
        Forms about the person that whoever looks has not saved.
    """

    person: Person
    told: HandedCase | None = None
    programme: Programme | None = None
    plan: Plan | None = None
    open: list[FollowUp] = field(default_factory=list)
    agreements: list[Activity] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    today: date = date.min

    @property
    def overdue(self) -> list[FollowUp]:
        """What should have been held."""
        return [one for one in self.open if one.due < self.today]

    @property
    def next(self) -> list[FollowUp]:
        """The next days."""
        return [one for one in self.open if one.due >= self.today][:NEXT]

    @property
    def promises(self) -> list[FollowUp]:
        """What was agreed with the person and is not held."""
        return [one for one in self.open if one.code == AGREED]

    @property
    def state(self) -> Any:
        """How far its handing over has come."""
        return State.WAITING if self.told is None else State(self.told.state)

    @property
    def can_be_offered(self) -> bool:
        """Whether nobody is asked about it now."""
        return self.state in {State.WAITING, State.RETURNED}


@dataclass(frozen=True)
class Packet:
    """What is handed on: the cases that are still the worker's, and those that colleagues have accepted.

    Attributes
    ----------
    later : int
        Cases of the worker whose responsibility begins on a day to come; nobody sees the persons until then.
    drafts : int
    """

    cases: tuple[Standing, ...]
    accepted: tuple[HandedCase, ...]
    later: int
    drafts: int

    @property
    def of(self) -> int:
        """How many cases there were to hand on."""
        return len(self.cases) + len(self.accepted)

    @property
    def promises(self) -> list[FollowUp]:
        """Every promise of the cases that are still the worker's."""
        return [promise for case in self.cases for promise in case.promises]

    @property
    def agreements(self) -> list[Activity]:
        """Every running agreement with a workplace."""
        return [agreement for case in self.cases for agreement in case.agreements]

    @property
    def workplaces(self) -> dict[str, list[tuple[Standing, Activity]]]:
        """The same by workplace, in the order of their names: a workplace is named by the place of the activity."""
        found: dict[str, list[tuple[Standing, Activity]]] = defaultdict(list)
        for case in self.cases:
            for agreement in case.agreements:
                found[agreement.place].append((case, agreement))
        return dict(sorted(found.items(), key=lambda one: one[0].casefold()))

    def count(self, state: str) -> int:
        """Count the worker's cases in a state."""
        return sum(case.state == state for case in self.cases)

    @property
    def offered(self) -> int:
        """How many wait for an answer."""
        return self.count(State.OFFERED)

    @property
    def returned(self) -> int:
        """How many came back."""
        return self.count(State.RETURNED)

    @property
    def waiting(self) -> int:
        """How many nobody has been asked about."""
        return self.count(State.WAITING)


def packet_of(handover: Handover, viewer: Viewer, *, today: date) -> Packet:
    """Put a packet together; nine queries."""
    running = Q(end=None) | Q(end__gt=today)
    held = visible(viewer, Responsibility).filter(
        running, worker=handover.worker, organisation=handover.organisation, start__lte=today
    )
    persons = [
        row.person for row in held.select_related("person").order_by("person__family_name", "person__given_name")
    ]
    told = visible(viewer, HandedCase).filter(handover=handover).select_related("person", "receiver")
    by_person = {row.person_id: row for row in told}
    cases = standings(persons, by_person, viewer, today=today)
    accepted = tuple(
        row
        for row in by_person.values()
        if row.state == State.ACCEPTED and row.person_id not in {person.pk for person in persons}
    )
    later = later_of(handover.worker, handover.organisation, today)
    drafts = drafts_of([handover.worker], handover.organisation).count()
    return Packet(cases, accepted, later.count(), drafts)


def standings(
    persons: list[Person], told: dict[int, HandedCase], viewer: Viewer, *, today: date
) -> tuple[Standing, ...]:
    """Say how the cases of some persons stand; five queries."""
    found = {person.pk: Standing(person, told.get(person.pk), today=today) for person in persons}
    programmes = visible(viewer, Programme).filter(person__in=found, end=None).select_related("person")
    by_programme = {row.pk: row for row in programmes}
    for row in by_programme.values():
        found[row.person_id].programme = row
    for programme, plan in _plans(viewer, by_programme).items():
        found[by_programme[programme].person_id].plan = plan
    follow_ups = visible(viewer, FollowUp).filter(programme__in=by_programme, held=None)
    for follow_up in follow_ups.order_by("due", "hour", "pk"):
        found[by_programme[follow_up.programme_id].person_id].open.append(follow_up)
    for activity in _agreements(viewer, by_programme, today):
        found[by_programme[activity.plan.programme_id].person_id].agreements.append(activity)
    for draft in visible(viewer, Draft).filter(person__in=found).order_by("saved"):
        found[draft.person_id].drafts.append(draft)
    return tuple(found.values())


def _plans(viewer: Viewer, programmes: dict[int, Programme]) -> dict[int, Plan]:
    """Give the version of each programme that holds; the newest where none does."""
    versions: dict[int, list[Plan]] = defaultdict(list)
    for plan in visible(viewer, Plan).filter(programme__in=programmes).order_by("number"):
        versions[plan.programme_id].append(plan)
    return {
        programme: next((one for one in plans if one.state == Plan.State.APPROVED), plans[-1])
        for programme, plans in versions.items()
    }


def _agreements(viewer: Viewer, programmes: dict[int, Programme], today: date) -> list[Activity]:
    rows = visible(viewer, Activity).filter(
        plan__programme__in=programmes, plan__state=Plan.State.APPROVED, kind__in=AT_WORK, start__lte=today
    )
    return list(rows.filter(end__gt=today).select_related("plan").order_by("end", "pk"))


def offered_to(viewer: Viewer) -> list[HandedCase]:
    """Give the cases that wait for a viewer's answer."""
    rows = visible(viewer, HandedCase).filter(receiver=viewer.user, state=State.OFFERED, handover__closed=None)
    return list(rows.select_related("person", "handover__worker").order_by("handover__leaves", "pk"))
