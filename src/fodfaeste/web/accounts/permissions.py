"""Who may administer what, and who sees persons and so needs a second factor."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.models import CooperationOffer, Invitation, Membership, Organisation, SetUp, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer

SEES_PERSONS = frozenset(Role) - {Role.NEWCOMER}
"""Who sees somebody's file, takes a register away, or can give themselves or others a role that does: they need a
second factor."""


def administered(viewer: Viewer) -> frozenset[int]:
    """Give the organisations that a viewer administers today."""
    return viewer.organisations({Role.ADMINISTRATOR})


def administers(user: User, organisation: Organisation, day: date | None = None) -> bool:
    """Say whether a user administers an organisation on a day, today without it."""
    held = Membership.objects.on(day or timezone.localdate())
    return user.is_active and held.filter(user=user, organisation=organisation, role=Role.ADMINISTRATOR).exists()


def must_administer(user: User, organisation: Organisation) -> None:
    """Refuse whoever does not administer an organisation today."""
    if not administers(user, organisation):
        raise Refused(_("Kun en administrator i %(office)s kan gøre det.") % {"office": organisation})


def _of_administered(viewer: Viewer, field: str) -> Q | None:
    offices = administered(viewer)
    return Q(**{f"{field}__in": offices}) if offices else None


@scoped(Membership)
def _roles(viewer: Viewer) -> Q | None:
    return _of_administered(viewer, "organisation")


@scoped(SetUp)
def _set_ups(viewer: Viewer) -> Q | None:
    return _of_administered(viewer, "organisation")


@scoped(Invitation)
def _invitations(viewer: Viewer) -> Q | None:
    return _of_administered(viewer, "organisation")


@scoped(CooperationOffer)
def _offers(viewer: Viewer) -> Q | None:
    offices = administered(viewer)
    return Q(sender__in=offices) | Q(receiver__in=offices) if offices else None
