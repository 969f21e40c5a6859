"""The first administrator of an organisation: made by whoever runs the installation, from its command line."""

from __future__ import annotations

from typing import cast

from django.db import transaction
from django.utils import timezone

from fodfaeste.data.municipalities import valid_on
from fodfaeste.errors import Refused, UnknownName
from fodfaeste.web.accounts.domain.roles import account
from fodfaeste.web.accounts.domain.taking_on import begin_anew, has_been_here
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import OF_KIND, Kind, Role


@transaction.atomic
def first_administrator(email: str, name: str, organisation: str, kind: str = Kind.MUNICIPALITY) -> User:
    """Make an administrator, and their organisation where there is none yet.

    Parameters
    ----------
    organisation : str
        A municipality's code or name as in `fodfaeste.data.municipalities`, or another organisation's name.
    kind : str
        What kind to make where there is none by that name.

    Raises
    ------
    UnknownName
        If there is no such kind, or no such municipality today.
    Refused
        If the address is none, the name is missing, the account is closed, or employers were meant: they come by link.
    """
    if kind not in list(Kind):
        raise UnknownName("the kind of organisation", kind, list(Kind))
    if Role.ADMINISTRATOR not in OF_KIND[Kind(kind)]:
        raise Refused("Employers come by link and have no administrator: choose another kind.")
    was_there = User.objects.filter(email=email.strip().lower()).exists()
    user = account(email, name)
    today = timezone.localdate()
    office = _organisation(organisation.strip(), Kind(kind))
    if was_there and not has_been_here(user, office):
        # Another office may have made it, and chosen its password: its owner chooses one by the new link.
        begin_anew(user)
    role = {"user": user, "organisation": office, "role": Role.ADMINISTRATOR}
    if not Membership.objects.on(today).filter(**role).exists():
        Membership.objects.create(start=today, **role)
    return user


def _organisation(called: str, kind: Kind) -> Organisation:
    if kind is not Kind.MUNICIPALITY:
        return Organisation.objects.get_or_create(kind=kind, name=called)[0]
    found = Organisation.objects.filter(kind=kind)
    known = found.filter(name=called) | found.filter(code=called)
    if called and (office := known.first()) is not None:
        return office
    code, name = municipality(called)
    return Organisation.objects.get_or_create(kind=kind, code=code, defaults={"name": name})[0]


def municipality(called: str) -> tuple[str, str]:
    """Look up a municipality of today by its code or name; gives both."""
    today = valid_on(timezone.localdate())
    for code, name in today.select("code", "name").iter_rows():
        if called == code or called.casefold() == name.casefold():
            return cast(str, code), cast(str, name)
    raise UnknownName("the municipality", called, today["name"].to_list())
