"""Who reads insight: leaders their own figures and who stands behind them, leaders and analysts the comparison.

Figures name no person. Who stands behind them does, so the gate decides: whoever works with persons of the
municipality today, and, by their own page alone, its leaders.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.insight.models import Counted, Edition, Figure, Picture
from fodfaeste.web.people.permissions import of_own_municipality

READERS = frozenset({Role.LEADER, Role.ANALYST})


def led(viewer: Viewer) -> QuerySet[Organisation]:
    """Give the municipalities that a viewer leads."""
    held = viewer.organisations({Role.LEADER})
    return Organisation.objects.filter(pk__in=held, kind=Kind.MUNICIPALITY).order_by("name")


def reads_insight(viewer: Viewer) -> bool:
    """Say whether somebody reads the comparison."""
    return viewer.has(*READERS)


@scoped(Counted)
def _counted(viewer: Viewer) -> Q | None:
    own = of_own_municipality(viewer, "person__")
    return None if own is None else own & Q(organisation__in=viewer.casework)


def latest(kind: Any) -> Edition | None:
    """Give the last edition that was made."""
    return Edition.objects.filter(kind=kind, good=True).order_by("-day", "-pk").first()


def failed_since(edition: Edition | None, kind: Any) -> Edition | None:
    """Give the last attempt since, if it failed."""
    last = Edition.objects.filter(kind=kind).order_by("-made", "-pk").first()
    return None if last is None or last.good or last == edition else last


def own_figures(office: Organisation, edition: Edition) -> QuerySet[Figure]:
    """Give a municipality's own figures; the caller has asked who leads it."""
    return Figure.objects.filter(edition=edition, organisation=office)


def published_figures(edition: Edition) -> QuerySet[Figure]:
    """Give what page, file and interface show of all municipalities: the same rows, the same hidden cells."""
    return Figure.objects.filter(edition=edition, organisation=None).order_by("measure", "kind", "code", "pk")


def pictures_for(viewer: Viewer) -> QuerySet[Picture]:
    """Give the charts that somebody may see."""
    if not reads_insight(viewer):
        return Picture.objects.none()
    return Picture.objects.filter(Q(organisation=None) | Q(organisation__in=led(viewer)))
