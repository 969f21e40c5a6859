"""Gives somebody access to their own pages, and takes it away; how such a link works is told in `doors`."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from fodfaeste.web.accounts.models import User
from fodfaeste.web.audit.context import of_person
from fodfaeste.web.newcomer.domain.doors import DIGITS, LASTS, MOST_TRIES, Claim, Door, Given
from fodfaeste.web.newcomer.models import Link
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.programme.permissions import refuse_strangers

__all__ = [
    "DIGITS",
    "LASTS",
    "MOST_TRIES",
    "PERSONS",
    "Claim",
    "Given",
    "give_access",
    "is_open",
    "language_of",
    "live",
    "open_with",
    "read",
    "withdraw",
]


def _held(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep links whose municipality is responsible still, of persons who did not turn out to be another."""
    today = timezone.localdate()
    held = Q(person__responsibilities__end=None) | Q(person__responsibilities__end__gt=today)
    return rows.filter(
        held,
        person__merged_into=None,
        person__responsibilities__organisation=F("organisation"),
        person__responsibilities__start__lte=today,
    )


PERSONS = Door(Link, "person", "fodfaeste.newcomer", holds=_held, in_sight=of_person)
"""The door of persons' own pages."""

read, language_of, open_with, is_open = PERSONS.read, PERSONS.language_of, PERSONS.open_with, PERSONS.is_open


@transaction.atomic
def give_access(person: Person, *, by: User, language: str) -> Given:
    """Make a link for a person, in the language that their pages begin with.

    Raises
    ------
    Refused
        If the person is not the office's.
    """
    refuse_strangers(by, person)
    today = timezone.localdate()
    held = Responsibility.objects.filter(Q(end=None) | Q(end__gt=today), person=person, start__lte=today)
    office = held.values_list("organisation", flat=True)[0]
    return PERSONS.make(person.pk, by=by, language=language, organisation_id=office)


@transaction.atomic
def withdraw(link: Link, *, by: User) -> Link:
    """Close a link; a page that is open by it asks for another with its next click.

    Raises
    ------
    Refused
        If the person is not the office's.
    """
    refuse_strangers(by, link.person)
    return PERSONS.close(link)


def live(person: Person) -> QuerySet[Link]:
    """Give the links of a person that can be opened, or are open."""
    return PERSONS.alive().filter(person=person).select_related("made_by")
