"""Who may see which moves: who prepares them, and who is offered them; closed files the office that closed them."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.moving import models

_SENT = (models.Move.State.OFFERED, models.Move.State.ACCEPTED)
"""States in which a move is known to the office that it leads to."""


def _of_moves(viewer: Viewer, prefix: str = "") -> Q | None:
    if viewer.person is not None:
        # A newcomer sees the moves that they are asked about, and what they answered.
        movers = models.Mover.objects.filter(person=viewer.person).values("move")
        return Q(**{f"{prefix}pk__in": movers}) & ~Q(**{f"{prefix}state": models.Move.State.WITHDRAWN})
    offices = viewer.casework
    if not offices:
        return None
    return Q(**{f"{prefix}from_office__in": offices}) | Q(
        **{f"{prefix}to_office__in": offices, f"{prefix}state__in": _SENT}
    )


@scoped(models.Move)
def _moves(viewer: Viewer) -> Q | None:
    return _of_moves(viewer)


@scoped(models.Mover)
def _movers(viewer: Viewer) -> Q | None:
    found = _of_moves(viewer, "move__")
    return found if found is None or viewer.person is None else found & Q(person=viewer.person)


@scoped(models.Agreement)
def _agreements(viewer: Viewer) -> Q | None:
    found = _of_moves(viewer, "mover__move__")
    return found if found is None or viewer.person is None else found & Q(mover__person=viewer.person)


@scoped(models.ClosedCase)
def _closed(viewer: Viewer) -> Q | None:
    offices = viewer.casework
    return Q(organisation__in=offices, day__lte=timezone.localdate()) if offices else None
