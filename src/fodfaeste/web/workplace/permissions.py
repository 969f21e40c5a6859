"""Who may see agreements: whoever works with the person, the person, and whoever came by the agreement's own link.

A workplace sees the one agreement and its own answers. That the others have answered, it is told; not by what name.
"""

from __future__ import annotations

from django.db.models import Q

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.people.permissions import of_oneself, of_own_municipality
from fodfaeste.web.workplace import models

_LAID_BEFORE = models.Agreement.LAID_BEFORE


def _of_office(viewer: Viewer, prefix: str = "") -> Q | None:
    own = of_own_municipality(viewer, f"{prefix}person__")
    return None if own is None else own & Q(**{f"{prefix}organisation__in": viewer.casework})


@scoped(models.Agreement)
def _agreements(viewer: Viewer) -> Q | None:
    if viewer.agreement is not None:
        return Q(pk=viewer.agreement, state__in=_LAID_BEFORE)
    own = of_oneself(viewer, "person__")
    return _of_office(viewer) if own is None else own & Q(state__in=_LAID_BEFORE, programme__end=None)


@scoped(models.Answer)
def _answers(viewer: Viewer) -> Q | None:
    sides = models.Answer.Side
    if viewer.agreement is not None:
        return Q(agreement=viewer.agreement, agreement__state__in=_LAID_BEFORE, side=sides.WORKPLACE)
    own = of_oneself(viewer, "agreement__person__")
    if own is None:
        return _of_office(viewer, "agreement__")
    return own & Q(agreement__state__in=_LAID_BEFORE, agreement__programme__end=None, side=sides.PERSON)


@scoped(models.WorkplaceLink)
def _links(viewer: Viewer) -> Q | None:
    """The office's alone: whoever came by one has no need to see it."""
    return _of_office(viewer, "agreement__")
