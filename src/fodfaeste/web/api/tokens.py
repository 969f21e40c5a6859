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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.permissions import must_administer
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.api.models import Token

SECRET_BYTES = 32
LONGEST = timedelta(days=366)
PREFIX = "fod_"
"""What tokens begin with, so that one that leaked is found by scanners."""


class Scope(StrEnum):
    """What a token may read, or write."""

    PERSONS = "persons:read"
    PLANS = "plans:read"
    FOLLOW_UPS = "follow-ups:read"
    INSIGHT = "insight:read"
    ARRIVALS = "arrivals:read"
    NEW_ARRIVALS = "arrivals:write"


SCOPES = {
    Scope.PERSONS: gettext_lazy("Personer: navn, sagsnummer, fødselsdato og opholdsgrundlag"),
    Scope.PLANS: gettext_lazy("Planer: mål, også med personens egne ord, aktiviteter og ugens tider"),
    Scope.FOLLOW_UPS: gettext_lazy("Opfølgninger: hvilken dag de skal holdes, og om de er holdt"),
    Scope.INSIGHT: gettext_lazy("Indsigt: årets sammenligning af kommunerne, uden personer og med små antal skjult"),
    Scope.ARRIVALS: gettext_lazy("Ankommende husstande: personer, hensyn, ønsker, og hvor de er placeret"),
    Scope.NEW_ARRIVALS: gettext_lazy("Skrive nye ankommende husstande ind, og ikke andet"),
}
"""What each is called, so that an administrator can tell what it gives away."""
OF_KIND: dict[Kind, tuple[Scope, ...]] = {
    Kind.MUNICIPALITY: (Scope.PERSONS, Scope.PLANS, Scope.FOLLOW_UPS, Scope.INSIGHT),
    Kind.AGENCY: (Scope.ARRIVALS, Scope.NEW_ARRIVALS, Scope.INSIGHT),
}
"""What tokens of each kind of organisation can have: a municipality has persons, an agency has those who arrive."""


@dataclass(frozen=True)
class Bearer:
    """Who comes with a token: a viewer of its organisation, and what the token may do."""

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
        If `by` is no administrator of the organisation, tokens of its kind cannot have a scope, none is named, or it
        would last longer than a year.
    """
    must_administer(by, organisation)
    now = timezone.now()
    asked = frozenset(scopes)
    if not asked:
        raise Refused(_("Adgangsnøglen ville ikke kunne noget. Vælg, hvad den må."))
    if not asked <= frozenset(scopes_of(organisation)):
        raise Refused(_("Det kan en adgangsnøgle hos %(office)s ikke få lov til.") % {"office": organisation})
    if not now < expires <= now + LONGEST:
        raise Refused(_("En adgangsnøgle varer højst et år og udløber på en dag, der kommer. Vælg en anden dag."))
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


def scopes_of(organisation: Organisation) -> tuple[Scope, ...]:
    """Give what a token of an organisation can be let do; nothing, where there can be none."""
    return OF_KIND.get(Kind(organisation.kind), ())


def revoke(token: Token, *, by: User) -> None:
    """Withdraw a token at once."""
    must_administer(by, token.organisation)
    Token.objects.filter(pk=token.pk, revoked=None).update(revoked=timezone.now())


def note_use(token: Token) -> None:
    """Write down on which day a token was last used: once a day, however often it is."""
    today = timezone.localdate()
    if token.used != today:
        Token.objects.filter(pk=token.pk).update(used=today)


def bearer_of(secret: str) -> Bearer | None:
    """Find who a secret belongs to; None where it belongs to nobody, has expired or was withdrawn."""
    token = Token.objects.select_related("organisation").filter(digest=digest_of(secret), revoked=None).first()
    if token is None or token.expires <= timezone.now():
        return None
    role = Role.WORKER if token.organisation.kind == Kind.MUNICIPALITY else Role.OFFICER
    viewer = Viewer(None, frozenset({(token.organisation_id, role)}))
    return Bearer(token, viewer, frozenset(map(Scope, token.scopes)))


def digest_of(secret: str) -> str:
    """Give what is kept of a secret. It is long and random, so that a plain digest cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()
