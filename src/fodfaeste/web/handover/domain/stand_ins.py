"""Standing in for an absent colleague: from a day on, until a day, and then by itself no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.roles import give_role
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.permissions import administers
from fodfaeste.web.accounts.roles import CASEWORK, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.handover.models import StandIn
from fodfaeste.web.handover.permissions import has_role, must_be_own_or_run
from fodfaeste.web.people.models import Responsibility
from fodfaeste.web.programme.covering import Covered, covers, stands_in
from fodfaeste.web.programme.domain.refusals import in_words

A_DAY = timedelta(days=1)


@covers
def _stood_in_for(viewer: Viewer, today: date) -> Iterable[Covered]:
    """Whoever stands in sees the absent colleague's tasks with their own."""
    running = StandIn.objects.filter(stand_in=viewer.user, start__lte=today, end__gt=today)
    found = running.filter(organisation__in=viewer.casework).values_list("absent", "organisation")
    return [Covered(absent, organisation) for absent, organisation in found]


@stands_in
def _stand_in(held: Responsibility, today: date) -> User | None:
    """Whoever stands in is called today: also by whom the wall lets see no more than their own case."""
    with seeing([held.organisation_id]):
        running = StandIn.objects.filter(absent=held.worker_id, organisation=held.organisation_id)
        found = running.filter(start__lte=today, end__gt=today).select_related("stand_in").first()
    return found and found.stand_in


@transaction.atomic
def arrange_stand_in(
    absent: User, organisation: Organisation, *, stand_in: User, start: date, end: date, urgent: str, by: User
) -> StandIn:
    """Let a colleague look after somebody's cases; `end` is the first day without the stand-in.

    A stand-in who does not work in the office gets the role for exactly that time; only an administrator can give it.

    Raises
    ------
    Refused
        If somebody arranges it who may not, the days have gone or do not come in order, nothing urgent is written, the
        absent one does not work here or has a stand-in then, or the stand-in lacks the role and nobody may give it.
    """
    must_be_own_or_run(by, absent, organisation)
    if start < timezone.localdate():
        raise Refused(_("Et vikariat kan tidligst begynde i dag."))
    if end <= start:
        raise Refused(_("Den første dag uden vikar skal være efter den første dag med."))
    if not urgent.strip():
        raise Refused(_("Skriv en linje om, hvad der haster."))
    if absent == stand_in:
        raise Refused(_("Ingen er vikar for sig selv."))
    if not has_role(absent, organisation, CASEWORK):
        raise Refused(
            _("%(who)s arbejder ikke med sager i %(office)s i dag.") % {"who": absent, "office": organisation}
        )
    there = _works_throughout(stand_in, organisation, start, end)
    role = None if there else _role(stand_in, organisation, start, end, by)
    with (
        seeing([organisation.pk]),
        in_words(_("%(who)s har allerede en vikar i den tid.") % {"who": absent}),
    ):
        return StandIn.objects.create(
            absent=absent,
            stand_in=stand_in,
            organisation=organisation,
            start=start,
            end=end,
            urgent=urgent.strip(),
            membership=role,
            made_by=by,
        )


def _works_throughout(user: User, organisation: Organisation, start: date, end: date) -> bool:
    """Say whether somebody has a role of casework on every day of a time."""
    held = Membership.objects.filter(user=user, organisation=organisation, role__in=CASEWORK, start__lte=start)
    return user.is_active and held.filter(Q(end=None) | Q(end__gte=end)).exists()


def _role(stand_in: User, organisation: Organisation, start: date, end: date, by: User) -> Membership:
    if not administers(by, organisation):
        raise Refused(
            _(
                "%(who)s har ingen rolle i %(office)s i hele den tid. Bed en administrator om at aftale vikariatet: så "
                "følger rollen med og slutter af sig selv."
            )
            % {"who": stand_in, "office": organisation}
        )
    return give_role(stand_in, organisation, Role.WORKER, start, end, by=by)


@transaction.atomic
def end_stand_in(found: StandIn, *, day: date, by: User) -> None:
    """End it early, and the role that came with it; one that has not begun by then is taken away.

    Raises
    ------
    Refused
        If somebody ends it who may not, the day has gone, or it ends by then anyway.
    """
    must_be_own_or_run(by, found.absent, found.organisation)
    if day < timezone.localdate():
        raise Refused(_("Et vikariat kan tidligst slutte i dag."))
    with seeing([found.organisation_id]):
        row = StandIn.objects.select_for_update(of=("self",)).select_related("membership").get(pk=found.pk)
        if day >= row.end:
            raise Refused(_("Vikariatet slutter allerede %(day)s.") % {"day": date_format(row.end, "j. F Y")})
        membership = row.membership
        _cut(row, day)
    if membership is not None:
        _cut(membership, day)


def _cut(row: StandIn | Membership, day: date) -> None:
    if row.start >= day:
        row.delete()
        return
    row.end = day
    row.save(update_fields=["end"])
