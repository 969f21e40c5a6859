"""Taking somebody on by their address: an account is its owner's, and another office may have made it.

Whoever made an account has had the link with which its password is chosen. So an office that types an address never
gives a role to an account that it has not made itself: it offers one, and the role begins when somebody who was given
the offer, and can sign in as its owner, says yes. An account in which nobody has a role any more begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.roles import give_role, invite, must_be_possible
from fodfaeste.web.accounts.domain.sign_out import sign_out_everywhere
from fodfaeste.web.accounts.models import Invitation, Membership, Organisation, User
from fodfaeste.web.accounts.permissions import must_administer
from fodfaeste.web.accounts.roles import Role

LASTS = timedelta(days=3)
"""As long as the link with which a password is chosen."""

_SIGNER = Signer(salt="fodfaeste.accounts.invitation")


@dataclass(frozen=True)
class TakenOn:
    """Somebody who was taken on; with an invitation where they have to say yes first."""

    user: User
    invitation: Invitation | None = None


@transaction.atomic
def take_on(
    email: str, name: str, organisation: Organisation, *, role: Role, start: date, end: date | None = None, by: User
) -> TakenOn:
    """Make somebody's account and give them a first role: both, or neither. Who has an account elsewhere is asked.

    Raises
    ------
    Refused
        If the address is none, the name is missing, the account has been closed, or the role cannot be given.
    """
    was_there = User.objects.filter(email=email.strip().lower()).exists()
    user = invite(email, name, organisation, by=by)
    if was_there and not has_been_here(user, organisation):
        if Membership.objects.filter(user=user).exists():
            return TakenOn(user, _offer(user, organisation, role, start, end, by=by))
        begin_anew(user)
    give_role(user, organisation, role, start, end, by=by)
    return TakenOn(user)


def has_been_here(user: User, organisation: Organisation) -> bool:
    """Say whether somebody has, had or will have a role in an office."""
    return Membership.objects.filter(user=user, organisation=organisation).exists()


def begin_anew(user: User) -> None:
    """Let nobody sign in to an account before its owner has chosen a password again."""
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    sign_out_everywhere(user)


def _offer(user: User, office: Organisation, role: Role, start: date, end: date | None, *, by: User) -> Invitation:
    must_be_possible(user, office, role, start, end)
    Invitation.objects.filter(user=user, organisation=office, answered=None).update(answered=timezone.now())
    return Invitation.objects.create(user=user, organisation=office, role=role, start=start, end=end, by=by)


def token_of(invitation: Invitation) -> str:
    """Give what stands in the address of an invitation."""
    return _SIGNER.sign(str(invitation.pk))


def read(token: str) -> Invitation | None:
    """Read an invitation that can still be answered; None for any other."""
    try:
        number = int(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    return open_ones().filter(pk=number).select_related("organisation", "by").first()


def open_ones() -> QuerySet[Invitation]:
    """Give invitations that can still be answered."""
    return Invitation.objects.filter(answered=None, made__gt=timezone.now() - LASTS)


@transaction.atomic
def accept(invitation: Invitation, *, by: User) -> Membership:
    """Say yes: the role begins, today if its first day has gone.

    Raises
    ------
    Refused
        If it is another's, has been answered or withdrawn, whoever offered it administers the office no longer, or its
        last day has gone.
    """
    row = Invitation.objects.select_for_update(of=("self",)).filter(pk=invitation.pk, answered=None).first()
    if row is None or row.user_id != by.pk:
        raise Refused(_("Invitationen er ikke til dig, eller den er besvaret."))
    row.answered = timezone.now()
    row.save(update_fields=["answered"])
    first = max(row.start, timezone.localdate())
    return give_role(by, row.organisation, Role(row.role), first, row.end, by=row.by)


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User) -> None:
    """Take an invitation back.

    Raises
    ------
    Refused
        If it is not the office's administrator who does it.
    """
    must_administer(by, invitation.organisation)
    row = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if row.answered is None:
        row.answered = timezone.now()
        row.save(update_fields=["answered"])
