"""Who may see handovers and stand-ins: those who work in the office, its leaders, and its administrators.

What a handover says of persons is for those who work with them; leaders and administrators count (`seeing`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.open_work import OpenWork, open_work
from fodfaeste.web.accounts.roles import CASEWORK, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.handover import models
from fodfaeste.web.people.permissions import of_own_municipality
from fodfaeste.web.programme.models import Draft

RUN = frozenset({Role.LEADER, Role.ADMINISTRATOR})
"""Who arranges handovers and stand-ins for others."""

INVOLVED = CASEWORK | RUN


def run_by(viewer: Viewer) -> frozenset[int]:
    """Give the offices in which somebody arranges handovers and stand-ins for others."""
    return viewer.organisations(RUN)


def _of_office(viewer: Viewer) -> Q | None:
    offices = viewer.organisations(INVOLVED)
    return Q(organisation__in=offices) if offices else None


scoped(models.Handover)(_of_office)
scoped(models.StandIn)(_of_office)


@scoped(models.HandedCase)
def _cases(viewer: Viewer) -> Q | None:
    own = of_own_municipality(viewer, "person__")
    return None if own is None else own & Q(handover__organisation__in=viewer.casework)


def has_role(user: User, organisation: Organisation, roles: Collection[Role]) -> bool:
    """Say whether somebody has one of some roles in an office today."""
    held = Membership.objects.on(timezone.localdate()).filter(user=user, organisation=organisation, role__in=roles)
    return user.is_active and held.exists()


def must_run(by: User, organisation: Organisation) -> None:
    """Refuse whoever neither leads nor administers an office today."""
    if not has_role(by, organisation, RUN):
        raise Refused(_("Kun lederen eller en administrator i %(office)s kan gøre det.") % {"office": organisation})


def must_be_own_or_run(by: User, worker: User, organisation: Organisation) -> None:
    """Refuse whoever is not the worker that it is about and does not run the office either."""
    if not (by == worker and has_role(by, organisation, CASEWORK)):
        must_run(by, organisation)


def drafts_of(users: Iterable[User | int], organisation: Organisation | None = None) -> QuerySet[Draft]:
    """Give what some have not saved yet of persons that an office, or any, is responsible for today.

    It is for its writer to read. Everybody else counts, inside `seeing`.
    """
    today = timezone.localdate()
    here: dict[str, object] = {"person__responsibilities__start__lte": today, "person__merged_into": None}
    if organisation is not None:
        here["person__responsibilities__organisation"] = organisation
    last = Q(person__responsibilities__end=None) | Q(person__responsibilities__end__gt=today)
    return Draft.objects.filter(last, user__in=users, **here).distinct()


@open_work
def _offers(user: User, organisation: Organisation | None) -> OpenWork:
    """Whoever was offered cases answers first."""
    rows = models.HandedCase.objects.filter(receiver=user, state=models.HandedCase.State.OFFERED, handover__closed=None)
    with seeing(_offices(user, organisation)):
        count = rows.count() if organisation is None else rows.filter(handover__organisation=organisation).count()
    words = ngettext("%(count)d tilbudt sag, der ikke er svaret på", "%(count)d tilbudte sager uden svar", count)
    return OpenWork(count, words)


@open_work
def _drafts(user: User, organisation: Organisation | None) -> OpenWork:
    """What somebody wrote and did not save is theirs to finish; a leader can let it be discarded unread."""
    with seeing(_offices(user, organisation)):
        count = drafts_of([user], organisation).count()
    words = ngettext(
        "%(count)d kladde, der skal gøres færdig eller kasseres",
        "%(count)d kladder, der skal gøres færdige eller kasseres",
        count,
    )
    return OpenWork(count, words)


def _offices(user: User, organisation: Organisation | None) -> frozenset[int]:
    if organisation is not None:
        return frozenset({organisation.pk})
    return frozenset(Membership.objects.filter(user=user).values_list("organisation", flat=True))
