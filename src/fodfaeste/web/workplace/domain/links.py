"""The workplace's link: given by the office, opened without account or code, closed by time, the office, or the end.

Its address names the agreement and the link. The wall shows the agreement alone; whether it is still the office's is
asked in the person's sight, for that one question.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from fodfaeste.web.accounts.models import User
from fodfaeste.web.audit.context import of_agreement, seeing, telling
from fodfaeste.web.links.addresses import Addresses, digest, new_secret
from fodfaeste.web.people.models import Responsibility
from fodfaeste.web.programme.domain.calling import Contact, contact_of
from fodfaeste.web.programme.permissions import refuse_strangers
from fodfaeste.web.workplace.models import Agreement, WorkplaceLink

LEAST = timedelta(days=14)
"""A link opens until the agreement is over, and at least so long."""

_ADDRESSES = Addresses("fodfaeste.workplace.link")


@dataclass(frozen=True)
class Given:
    """A link that was given. Its address is told here and kept nowhere."""

    link: WorkplaceLink
    token: str


@transaction.atomic
def give_link(agreement: Agreement, *, by: User) -> Given:
    """Make a link to an agreement for its workplace. Others that are open stay so.

    Raises
    ------
    Refused
        If the person is not the office's.
    """
    refuse_strangers(by, agreement.person)
    secret = new_secret()
    over = timezone.make_aware(datetime.combine(agreement.end, time.min))
    link = WorkplaceLink.objects.create(
        agreement=agreement, made_by=by, expires=max(over, timezone.now() + LEAST), secret=digest(secret)
    )
    return Given(link, _ADDRESSES.write((agreement.pk, link.pk), secret))


@transaction.atomic
def withdraw(link: WorkplaceLink, *, by: User) -> None:
    """Close a link.

    Raises
    ------
    Refused
        If the person is not the office's.
    """
    refuse_strangers(by, link.agreement.person)
    WorkplaceLink.objects.select_for_update(of=("self",)).get(pk=link.pk).close()


def live(agreement: Agreement) -> QuerySet[WorkplaceLink]:
    """Give the links of an agreement that open it."""
    return agreement.links.filter(WorkplaceLink.not_ended()).select_related("made_by")


def open_with(token: str) -> WorkplaceLink | None:
    """Give the link that an address opens; None if it was not made here, or opens nothing any more."""
    found = _ADDRESSES.read(token, 2)
    if found is None:
        return None
    (agreement, number), secret = found
    with telling(of_agreement(agreement)):
        rows = WorkplaceLink.objects.filter(WorkplaceLink.not_ended(), pk=number, agreement=agreement)
        rows = rows.exclude(agreement__state=Agreement.State.OFF).filter(secret=digest(secret))
        link = rows.select_related("agreement").first()
        if link is None or held(link.agreement) is None:
            return None
        if link.opened is None:
            link.opened = timezone.now()
            link.save(update_fields=["opened"])
        return link


def held(agreement: Agreement) -> Responsibility | None:
    """Give with whom the case is today, if it still is the office's that made the agreement, and the programme runs."""
    today = timezone.localdate()
    with seeing(persons=[agreement.person_id]):
        rows = Responsibility.objects.filter(
            Q(end=None) | Q(end__gt=today),
            start__lte=today,
            person=agreement.person_id,
            person__merged_into=None,
            person__programmes=agreement.programme_id,
            person__programmes__end=None,
            organisation=agreement.organisation_id,
        )
        return rows.select_related("worker", "organisation").first()


def whom_to_call(agreement: Agreement) -> Contact | None:
    """Give whom the workplace calls today: whose case it is, or who stands in."""
    return contact_of(held(agreement), timezone.localdate())
