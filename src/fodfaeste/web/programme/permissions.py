"""Who may see which programmes: who works in the municipality that is responsible today and runs it.

A newcomer sees of their own what `_OWN` names: plans that are laid before them or hold, appointments to come, and what
they have answered. Not the journal, absence, nor what is only being written.
"""

from __future__ import annotations

from functools import partial, reduce
from operator import or_

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import scoped, visible
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.people.models import Person
from fodfaeste.web.people.permissions import LookingBack, of_oneself, of_own_municipality
from fodfaeste.web.programme import models


def _of_programmes(viewer: Viewer, prefix: str = "") -> Q | None:
    if isinstance(viewer, LookingBack):
        return Q(**{f"{prefix}organisation__in": viewer.keepers}) if viewer.keepers else None
    own = of_own_municipality(viewer, f"{prefix}person__")
    return None if own is None else own & Q(**{f"{prefix}organisation__in": viewer.casework})


_SHOWN = (models.Plan.State.PROPOSED, models.Plan.State.APPROVED)
"""States in which a plan is meant for the person."""

_OWN: dict[type[Model], Q] = {
    models.Programme: Q(),
    models.Plan: Q(state__in=_SHOWN),
    models.FollowUp: Q(held=None),
    models.Reply: Q(),
    models.Goal: Q(plan__state__in=_SHOWN),
    models.Activity: Q(plan__state__in=_SHOWN),
    models.Approval: Q(plan__state__in=_SHOWN, side=models.Approval.Side.PERSON),
    models.Alternative: Q(activity__plan__state__in=_SHOWN),
    models.Slot: Q(activity__plan__state__in=_SHOWN),
}
"""Which of the rows about themselves a newcomer may see; of other models none. What is held has a note, and is not."""


def _for(model: type[Model], viewer: Viewer, prefix: str = "") -> Q | None:
    own = of_oneself(viewer, f"{prefix}person__")
    if own is None:
        return _of_programmes(viewer, prefix)
    return own & _OWN[model] if model in _OWN else None


@scoped(models.Programme)
def _programmes(viewer: Viewer) -> Q | None:
    return _for(models.Programme, viewer)


@scoped(models.JournalNote)
def _notes(viewer: Viewer) -> Q | None:
    """What another municipality wrote stays with it."""
    return _of_programmes(viewer)


@scoped(models.Draft)
def _drafts(viewer: Viewer) -> Q | None:
    own = of_own_municipality(viewer, "person__")
    return None if own is None else own & Q(user=viewer.user)


def _below(prefix: str) -> None:
    for model in _BELOW[prefix]:
        scoped(model)(partial(_for, model, prefix=prefix))


_BELOW = {
    "programme__": (models.Plan, models.FollowUp, models.Absence),
    "follow_up__programme__": (models.Reply, models.GoalEvaluation),
    "plan__programme__": (models.Goal, models.Activity, models.Approval),
    "activity__plan__programme__": (models.Alternative, models.Slot),
    "note__": (models.NoteFile, models.NoteTag),
}
for _prefix in _BELOW:
    _below(_prefix)


@scoped(models.CountedFollowUp)
def _counted(viewer: Viewer) -> Q | None:
    """Leaders count those of their municipality; whose they are they do not see."""
    led = viewer.organisations({Role.LEADER})
    return Q(programme__organisation__in=led) if led else None


@scoped(models.ChoiceCount)
def _choices(viewer: Viewer) -> Q | None:
    """Workers count those of their municipality, and so do leaders, who see no plan."""
    found = [rows for rows in (_of_programmes(viewer, "programme__"), _counted(viewer)) if rows is not None]
    return reduce(or_, found) if found else None


def refuse_strangers(by: User, person: Person) -> None:
    """Let nobody act on a person whom they may not see.

    Raises
    ------
    Refused
    """
    viewer = viewer_of(by, timezone.localdate())
    if not visible(viewer, Person).filter(pk=person.pk).exists():
        raise Refused(_("Personen hører ikke til din kommune i dag."))
