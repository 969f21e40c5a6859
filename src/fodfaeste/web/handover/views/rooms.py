"""What the pages here have in common: the office, the handover, and the colleagues to choose from."""

from __future__ import annotations

from collections.abc import Collection

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import CASEWORK, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.handover.domain.office import neighbours, receivers
from fodfaeste.web.handover.models import Handover
from fodfaeste.web.handover.permissions import INVOLVED, RUN


def office_or_404(viewer: Viewer, pk: int, roles: Collection[Role] = INVOLVED) -> Organisation:
    """Give an office in which somebody has one of some roles."""
    if pk not in viewer.organisations(roles):
        raise Http404
    return Organisation.objects.get(pk=pk)


def handover_or_404(viewer: Viewer, pk: int, roles: Collection[Role]) -> Handover:
    """Give a handover of an office in which somebody has one of some roles."""
    with seeing(viewer.organisations(RUN)):
        rows = visible(viewer, Handover).filter(organisation__in=viewer.organisations(roles))
        found = rows.select_related("worker", "organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def own_or_404(viewer: Viewer, pk: int) -> Handover:
    """Give a handover of the viewer's own cases."""
    found = handover_or_404(viewer, pk, CASEWORK)
    if found.worker != viewer.user:
        raise Http404
    return found


def workers_of(office: Organisation) -> list[tuple[str, str]]:
    """Give those who work with cases in an office today, as choices."""
    held = Membership.objects.on(timezone.localdate()).filter(organisation=office, role__in=CASEWORK)
    rows = held.filter(user__is_active=True).order_by("user__name").values_list("user", "user__name").distinct()
    return [(str(pk), name) for pk, name in rows]


def receivers_of(office: Organisation, without: User) -> list[tuple[str, str]]:
    """Give those who can be offered cases, each with how many they have, as choices."""
    return [
        (
            str(user.pk),
            ngettext("%(name)s (%(count)d sag)", "%(name)s (%(count)d sager)", count) % {"name": user, "count": count},
        )
        for user, count in receivers(office, without=without, today=timezone.localdate())
    ]


def neighbours_of(office: Organisation) -> list[tuple[str, str]]:
    """Give those of cooperating offices who have no role here, as choices."""
    return [
        (str(one.pk), _("%(name)s, %(office)s (uden rolle her)") % {"name": one.name, "office": one.organisation})
        for one in neighbours(office, today=timezone.localdate())
    ]


def chosen(pk: str) -> User:
    """Give the colleague that a form names; its choices are colleagues alone."""
    return User.objects.get(pk=pk)
