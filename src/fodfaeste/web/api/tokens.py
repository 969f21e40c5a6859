"""Makes, checks and withdraws tokens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.api.models import Token

SECRET_BYTES = 32
LONGEST = timedelta(days=366)
PREFIX = "fod_"
"""What tokens begin with, so that one that leaked is found by scanners."""


class Scope(StrEnum):
    """What a token may read."""

    PERSONS = "persons:read"
    PLANS = "plans:read"
    FOLLOW_UPS = "follow-ups:read"


@dataclass(frozen=True)
class Bearer:
    """Who reads with a token: a viewer of its organisation, and what the token may read."""

    token: Token
    viewer: Viewer
    scopes: frozenset[Scope]


@transaction.atomic
def make_token(
    name: str, organisation: Organisation, scopes: Iterable[Scope], *, expires: datetime, by: User
) -> tuple[Token, str]:
    """Make a token; its secret is given here and never again.

    Raises
    ------
    Refused
        If `by` is no administrator of the organisation, no scope is named, or it would last longer than a year.
    """
    now = timezone.now()
    asked = frozenset(scopes)
    if organisation.pk not in viewer_of(by, timezone.localdate()).organisations({Role.ADMINISTRATOR}):
        raise Refused("Only an administrator of the organisation makes tokens for it.")
    if not asked:
        raise Refused("The token would read nothing. Name what it may read.")
    if not now < expires <= now + LONGEST:
        raise Refused("A token lasts a year at most, and until a time that is still to come. Choose another day.")
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = Token.objects.create(
        name=name,
        organisation=organisation,
        scopes=sorted(asked),
        digest=digest_of(secret),
        made_by=by,
        made=now,
        expires=expires,
    )
    return token, secret


def revoke(token: Token, *, by: User) -> None:
    """Withdraw a token at once."""
    if token.organisation_id not in viewer_of(by, timezone.localdate()).organisations({Role.ADMINISTRATOR}):
        raise Refused("Only an administrator of the organisation withdraws its tokens.")
    Token.objects.filter(pk=token.pk, revoked=None).update(revoked=timezone.now())


def bearer_of(secret: str) -> Bearer | None:
    """Find who a secret belongs to; None where it belongs to nobody, has expired or was withdrawn."""
    token = Token.objects.select_related("organisation").filter(digest=digest_of(secret), revoked=None).first()
    if token is None or token.expires <= timezone.now():
        return None
    viewer = Viewer(None, frozenset({(token.organisation_id, Role.WORKER)}))
    return Bearer(token, viewer, frozenset(map(Scope, token.scopes)))


def digest_of(secret: str) -> str:
    """Give what is kept of a secret. It is long and random, so that a plain digest cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()
