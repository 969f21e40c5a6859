"""Whose a case is, and moving it to a colleague: on every day exactly one of them has it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.models import Responsibility


def cases_of(organisation: Organisation, today: date) -> QuerySet[Responsibility]:
    """Give the responsibilities that an office has today.

    Whoever does not work there asks inside `seeing`, and shows none of it that the gate does not let them see.
    """
    running = Q(end=None) | Q(end__gt=today)
    return Responsibility.objects.filter(running, organisation=organisation, start__lte=today, person__merged_into=None)


def held_by(worker: User, organisation: Organisation, today: date) -> QuerySet[Responsibility]:
    """Give those of them that are a worker's."""
    return cases_of(organisation, today).filter(worker=worker)


def later_of(worker: User, organisation: Organisation, today: date) -> QuerySet[Responsibility]:
    """Give a worker's cases whose responsibility begins on a day to come. Their persons are in nobody's sight yet."""
    return Responsibility.objects.filter(worker=worker, organisation=organisation, start__gt=today)


@transaction.atomic
def move(held: Responsibility, to: User, today: date) -> None:
    """Let a colleague of the same office have a case from today on: the day before was the last of the other.

    A case that was taken on today changes hands in its row, which would otherwise end before it began; so does one
    that begins later.
    """
    if held.start >= today:
        held.worker = to
        held.save(update_fields=["worker"])
        return
    until = held.end
    held.end = today
    held.save(update_fields=["end"])
    Responsibility.objects.create(person=held.person, organisation=held.organisation, worker=to, start=today, end=until)
