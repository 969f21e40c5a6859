"""Gives somebody access to their own pages, opens a link with its code, and takes access away.

The address holds whose link it is and a secret, signed: so the wall can be told whose single row is to be read before
anybody is signed in, and nobody can ask for another's. A link opens in one browser: the first in which its code is
given. There it opens again with the code, until it ends.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from fodfaeste.web.accounts.models import User
from fodfaeste.web.audit.context import of_person, telling
from fodfaeste.web.links.addresses import Addresses, digest, new_secret
from fodfaeste.web.newcomer.models import Link
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.programme.permissions import refuse_strangers

LASTS = timedelta(days=14)
MOST_TRIES = 5
"""So many wrong codes close a link."""

DIGITS = 6

_ADDRESSES = Addresses("fodfaeste.newcomer.link")


@dataclass(frozen=True)
class Given:
    """Access that was given. Address and code are told here and kept nowhere.

    Attributes
    ----------
    token : str
        What stands in the address.
    code : str
        Six digits, told apart from the address.
    """

    link: Link
    token: str
    code: str


@dataclass(frozen=True)
class Claim:
    """Which link somebody says they have; `secret` is empty where their browser has opened it before."""

    person: int
    link: int
    secret: str = ""


@transaction.atomic
def give_access(person: Person, *, by: User, language: str) -> Given:
    """Make a link for a person, in the language that their pages begin with.

    Raises
    ------
    Refused
        If the person is not the office's.
    """
    refuse_strangers(by, person)
    now, today = timezone.now(), timezone.localdate()
    held = Responsibility.objects.filter(Q(end=None) | Q(end__gt=today), person=person, start__lte=today)
    secret, code = new_secret(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    link = Link.objects.create(
        person=person,
        organisation_id=held.values_list("organisation", flat=True)[0],
        made_by=by,
        expires=now + LASTS,
        secret=digest(secret),
        code=_digest_of_code(digest(secret), code),
        language=language,
    )
    return Given(link, _ADDRESSES.write((person.pk, link.pk), secret), code)


@transaction.atomic
def withdraw(link: Link, *, by: User) -> Link:
    """Close a link; a page that is open by it asks for another with its next click.

    Raises
    ------
    Refused
        If the person is not the office's.
    """
    refuse_strangers(by, link.person)
    link = Link.objects.select_for_update(of=("self",)).get(pk=link.pk)
    link.close()
    return link


def live(person: Person) -> QuerySet[Link]:
    """Give the links of a person that can be opened, or are open."""
    return _alive().filter(person=person).select_related("made_by")


def read(token: str) -> Claim | None:
    """Read what an address says; None if it was not made here."""
    found = _ADDRESSES.read(token, 2)
    if found is None:
        return None
    (person, link), secret = found
    return Claim(person, link, secret)


def language_of(claim: Claim | None) -> str | None:
    """Say in which language the pages of a link begin, whether it still opens them or not."""
    if claim is None:
        return None
    with _in_sight(claim):
        return _of(claim).values_list("language", flat=True).first()


def open_with(claim: Claim | None, code: str) -> Link | None:
    """Open a link with its code; None for a wrong code, a closed link, and one that another browser has opened.

    A try is counted before the code is compared, so that codes tried side by side are counted too.
    """
    if claim is None:
        return None
    with _in_sight(claim), transaction.atomic():
        rows = _of(claim).filter(pk__in=_alive())
        if claim.secret:
            rows = rows.filter(opened=None)
        if not rows.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
            return None
        link: Link = Link.objects.get(pk=claim.link)
        if not constant_time_compare(link.code, _digest_of_code(link.secret, code)):
            return None
        link.tries, link.opened = 0, link.opened or timezone.now()
        link.save(update_fields=["tries", "opened"])
        return link


def is_open(claim: Claim) -> bool:
    """Say whether a link that was opened still holds."""
    with _in_sight(claim):
        return _of(claim).filter(pk__in=_alive()).exclude(opened=None).exists()


def _of(claim: Claim) -> QuerySet[Link]:
    rows = Link.objects.filter(pk=claim.link, person=claim.person)
    return rows.filter(secret=digest(claim.secret)) if claim.secret else rows


def _alive() -> QuerySet[Link]:
    """Give links that nothing has closed: time, wrong codes, the office, a move, or that two persons turned out one."""
    today = timezone.localdate()
    held = Q(person__responsibilities__end=None) | Q(person__responsibilities__end__gt=today)
    return Link.objects.filter(
        held,
        Link.not_ended(),
        person__merged_into=None,
        person__responsibilities__organisation=F("organisation"),
        person__responsibilities__start__lte=today,
        tries__lt=MOST_TRIES,
    )


@contextmanager
def _in_sight(claim: Claim) -> Iterator[None]:
    """Let the wall show the one person that the signed address, or the browser's signed cookie, is about."""
    with telling(of_person(claim.person)):
        yield


def _digest_of_code(secret: str, code: str) -> str:
    """Six digits are soon tried out by whoever has the table; not without the installation's key."""
    return salted_hmac("fodfaeste.newcomer.code", f"{secret}{code}", algorithm="sha256").hexdigest()
