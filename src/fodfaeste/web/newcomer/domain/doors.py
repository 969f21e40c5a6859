"""Links with codes, whosever pages they open: made, read, opened once, and asked whether they still hold.

The address holds whose link it is and a secret, signed: so the wall can be told whose single row is to be read before
anybody is signed in, and nobody can ask for another's. A link opens in one browser: the first in which its code is
given. There it opens again with the code, until it ends.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from fodfaeste.web.accounts.models import User
from fodfaeste.web.audit.context import Context, telling
from fodfaeste.web.links.addresses import Addresses, digest, new_secret
from fodfaeste.web.newcomer.models import Access

LASTS = timedelta(days=14)
MOST_TRIES = 5
"""So many wrong codes close a link."""

DIGITS = 6


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

    link: Any
    token: str
    code: str


@dataclass(frozen=True)
class Claim:
    """Which link somebody says they have; `secret` is empty where their browser has opened it before.

    Attributes
    ----------
    whose : int
        The number of the person, or whoever else the pages are about.
    """

    whose: int
    link: int
    secret: str = ""


@dataclass(frozen=True)
class Door:
    """Links of one kind.

    Attributes
    ----------
    model : type of Access
    whose : str
        The field of the model that says whose pages a link opens.
    name : str
        What this door's signatures and digests begin with, so that no other door takes them.
    holds : function
        Keeps of some links those that nothing of the door's own has closed; time, wrong codes and the office close
        links of every door.
    in_sight : function
        Says who acts where whoever it is about does, so that the wall shows them and nobody else.
    lasts : timedelta
        How long a link holds at most.
    """

    model: type[Access]
    whose: str
    name: str
    holds: Callable[[QuerySet[Any]], QuerySet[Any]]
    in_sight: Callable[[int], Context]
    lasts: timedelta = LASTS

    def make(self, whose: int, *, by: User, language: str, **more: Any) -> Given:
        """Make a link, in the language that the pages begin with; who may is asked before."""
        secret, code = new_secret(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        link = self.model.objects.create(
            **{f"{self.whose}_id": whose},
            made_by=by,
            expires=timezone.now() + self.lasts,
            secret=digest(secret),
            code=self._digest_of_code(digest(secret), code),
            language=language,
            **more,
        )
        return Given(link, self._addresses.write((whose, link.pk), secret), code)

    def close(self, link: Access) -> Access:
        """Close a link; a page that is open by it asks for another with its next click."""
        link = self.model.objects.select_for_update(of=("self",)).get(pk=link.pk)
        link.close()
        return link

    def alive(self) -> QuerySet[Any]:
        """Give links that nothing has closed."""
        return self.holds(self.model.objects.filter(Access.not_ended(), tries__lt=MOST_TRIES))

    def read(self, token: str) -> Claim | None:
        """Read what an address says; None if it was not made here."""
        found = self._addresses.read(token, 2)
        if found is None:
            return None
        (whose, link), secret = found
        return Claim(whose, link, secret)

    def language_of(self, claim: Claim | None) -> str | None:
        """Say in which language the pages of a link begin, whether it still opens them or not."""
        if claim is None:
            return None
        with self._seen(claim):
            return self._of(claim).values_list("language", flat=True).first()

    def open_with(self, claim: Claim | None, code: str) -> Any:
        """Open a link with its code; None for a wrong code, a closed link, and one that another browser has opened.

        A try is counted before the code is compared, so that codes tried side by side are counted too.
        """
        if claim is None:
            return None
        with self._seen(claim), transaction.atomic():
            rows = self._of(claim).filter(pk__in=self.alive())
            if claim.secret:
                rows = rows.filter(opened=None)
            if not rows.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
                return None
            link = self.model.objects.get(pk=claim.link)
            if not constant_time_compare(link.code, self._digest_of_code(link.secret, code)):
                return None
            link.tries, link.opened = 0, link.opened or timezone.now()
            link.save(update_fields=["tries", "opened"])
            return link

    def is_open(self, claim: Claim) -> bool:
        """Say whether a link that was opened still holds."""
        with self._seen(claim):
            return self._of(claim).filter(pk__in=self.alive()).exclude(opened=None).exists()

    def _of(self, claim: Claim) -> QuerySet[Any]:
        rows = self.model.objects.filter(**{"pk": claim.link, self.whose: claim.whose})
        return rows.filter(secret=digest(claim.secret)) if claim.secret else rows

    @contextmanager
    def _seen(self, claim: Claim) -> Iterator[None]:
        """Let the wall show the one that the signed address, or the browser's signed cookie, is about."""
        with telling(self.in_sight(claim.whose)):
            yield

    @property
    def _addresses(self) -> Addresses:
        return Addresses(f"{self.name}.link")

    def _digest_of_code(self, secret: str, code: str) -> str:
        """Six digits are soon tried out by whoever has the table; not without the installation's key."""
        return salted_hmac(f"{self.name}.code", f"{secret}{code}", algorithm="sha256").hexdigest()
