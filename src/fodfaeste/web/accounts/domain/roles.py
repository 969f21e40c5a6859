"""Giving and ending roles, and closing accounts: never without an administrator, never away from open work.

Whatever is refused is refused with words that the office's administrator can act on.
"""

from __future__ import annotations

from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.links import password_link
from fodfaeste.web.accounts.domain.sign_out import sign_out_everywhere
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.open_work import what_is_open
from fodfaeste.web.accounts.permissions import must_administer
from fodfaeste.web.accounts.roles import CASEWORK, ROLES, Role


def locked(organisation: Organisation) -> Organisation:
    """Take an organisation so that nobody else changes its roles before the transaction is over."""
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


@transaction.atomic
def invite(email: str, name: str, organisation: Organisation, *, by: User) -> User:
    """Make somebody's account, or find the one that they have already. They have no role yet, and no password.

    Raises
    ------
    Refused
        If the address is none, the name is missing, or the account has been closed.
    """
    must_administer(by, organisation)
    return account(email, name)


def account(email: str, name: str) -> User:
    """Make an account with a verified address, or find it."""
    email, name = email.strip().lower(), name.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("%(email)s er ikke en e-mailadresse.") % {"email": email or _("(tomt)")}) from None
    if (user := User.objects.filter(email=email).first()) is not None:
        if not user.is_active:
            raise Refused(_("Kontoen %(email)s er lukket. Brug en anden adresse.") % {"email": email})
        return user
    if not name:
        raise Refused(_("Skriv, hvad %(email)s hedder.") % {"email": email})
    user = User.objects.create_user(email, None, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@transaction.atomic
def give_role(
    user: User, organisation: Organisation, role: Role, start: date, end: date | None = None, *, by: User
) -> Membership:
    """Give a role from a day on; with an end it ends by itself, as for a stand-in.

    Parameters
    ----------
    start, end : date
        The first day with the role, and the first day without it.

    Raises
    ------
    Refused
        If it is not the office's administrator who gives it, the office has no such role, the account is closed, the
        days are the wrong way round or gone, or the user has the role on one of these days already.
    """
    office = locked(organisation)
    must_administer(by, office)
    return _give(user, office, role, start, end)


def _give(user: User, office: Organisation, role: Role, start: date, end: date | None) -> Membership:
    must_be_possible(user, office, role, start, end)
    return Membership.objects.create(user=user, organisation=office, role=role, start=start, end=end)


def must_be_possible(user: User, office: Organisation, role: Role, start: date, end: date | None) -> None:
    """Refuse a role that somebody cannot have from one day to another, in words.

    Raises
    ------
    Refused
    """
    words = {"user": user, "role": ROLES[role], "office": office}
    if not user.is_active:
        raise Refused(_("Kontoen for %(user)s er lukket.") % words)
    if role not in office.possible_roles:
        raise Refused(_("%(office)s har ikke rollen %(role)s.") % words)
    if start < timezone.localdate():
        raise Refused(_("En rolle kan tidligst begynde i dag."))
    if end is not None and end <= start:
        raise Refused(_("Rollen skal slutte efter den begynder."))
    held = Membership.objects.filter(user=user, organisation=office, role=role)
    for other in held:
        if (end is None or other.start < end) and (other.end is None or start < other.end):
            raise Refused(_("%(user)s har allerede rollen %(role)s i den tid.") % words)


@transaction.atomic
def end_role(membership: Membership, day: date, *, by: User) -> None:
    """End a role; `day` is the first day without it. A role that has not begun by then is taken away.

    Raises
    ------
    Refused
        If it is not the office's administrator who ends it, the day has gone, the office would be without
        administrator, or the user would have open cases here without a role to work on them.
    """
    office = locked(membership.organisation)
    must_administer(by, office)
    _end(Membership.objects.get(pk=membership.pk), office, day)


def _end(held: Membership, office: Organisation, day: date) -> None:
    if day < timezone.localdate():
        raise Refused(_("En rolle kan tidligst slutte i dag."))
    if held.end is not None and held.end <= day:
        raise Refused(_("Rollen slutter allerede %(day)s.") % {"day": date_format(held.end, "j. F Y")})
    if Role(held.role) is Role.ADMINISTRATOR:
        _keep_an_administrator(held, office, day)
    if Role(held.role) in CASEWORK:
        _keep_open_work(held, office, day)
    if held.start >= day:
        held.delete()
        return
    held.end = day
    held.save(update_fields=["end"])


def _keep_an_administrator(held: Membership, office: Organisation, day: date) -> None:
    """Refuse to leave an office without administrator on any day from today on: one has to stay without an end."""
    staying = Membership.objects.filter(
        organisation=office, role=Role.ADMINISTRATOR, start__lte=day, end=None, user__is_active=True
    )
    if held.end is None and not staying.exclude(pk=held.pk).exists():
        raise Refused(
            _("%(user)s er den sidste administrator i %(office)s. Giv først en anden rollen, uden slutdato.")
            % {"user": held.user, "office": office}
        )


def _keep_open_work(held: Membership, office: Organisation, day: date) -> None:
    """Refuse to end the last role with which somebody works on cases that they still have."""
    others = Membership.objects.filter(user=held.user, organisation=office, role__in=CASEWORK).exclude(pk=held.pk)
    if not others.on(day).exists():
        _refuse_open_work(held.user, office)


def _refuse_open_work(user: User, office: Organisation | None) -> None:
    if open_ := what_is_open(user, office):
        counted = get_text_list([str(work) for work in open_], _("og"))
        raise Refused(
            _("%(user)s har stadig %(work)s. Giv dem videre til en kollega først.") % {"user": user, "work": counted}
        )


@transaction.atomic
def close_account(user: User, organisation: Organisation, *, by: User) -> None:
    """Close an account: its roles end today, and whoever is signed in with it is signed out.

    Raises
    ------
    Refused
        If work is open (with the number), the user has a role in another organisation, or is the last administrator.
    """
    office = locked(organisation)
    must_administer(by, office)
    today = timezone.localdate()
    user = User.objects.select_for_update().get(pk=user.pk)
    must_be_ours(user, office)
    _refuse_open_work(user, None)
    for held in Membership.objects.filter(user=user, organisation=office).exclude(end__lte=today):
        _end(held, office, today)
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    sign_out_everywhere(user)


def must_be_ours(user: User, office: Organisation) -> None:
    """Refuse to touch the account of somebody who has no role here, or has one elsewhere too.

    Whoever could give such a user a new password could see what they see elsewhere.
    """
    running = Membership.objects.filter(user=user).exclude(end__lte=timezone.localdate())
    if not Membership.objects.filter(user=user, organisation=office).exists():
        raise Refused(_("%(user)s hører ikke til %(office)s.") % {"user": user, "office": office})
    if elsewhere := running.exclude(organisation=office).first():
        raise Refused(
            _("%(user)s har også en rolle i %(other)s. I kan afslutte roller her, men ikke røre ved kontoen.")
            % {"user": user, "other": elsewhere.organisation}
        )


@transaction.atomic
def reset_second_factor(user: User, organisation: Organisation, *, by: User) -> None:
    """Take away somebody's second factor, as when a telephone is lost: they set up a new one when they sign in next.

    Raises
    ------
    Refused
        If the user has no role in the organisation, or one in another.
    """
    must_administer(by, organisation)
    must_be_ours(user, organisation)
    Authenticator.objects.filter(user=user).delete()
    sign_out_everywhere(user)


def new_password_link(user: User, organisation: Organisation, *, by: User) -> str:
    """Give the path at which somebody of this office chooses a password, once.

    Raises
    ------
    Refused
        If the account is closed, the user has no role in the organisation, or has one in another.
    """
    must_administer(by, organisation)
    must_be_ours(user, organisation)
    if not user.is_active:
        raise Refused(_("Kontoen for %(user)s er lukket.") % {"user": user})
    return password_link(user)
