"""Who sees the chain of an agency's records: whoever works at its desk, and whoever leads it."""

from __future__ import annotations

from django.db.models import Q

from fodfaeste.web.accounts.gate import scoped, visible
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.placement.chain import models

KEEPERS = frozenset({Role.OFFICER, Role.LEADER})


def kept_by(viewer: Viewer) -> Organisation | None:
    """Give the agency whose records somebody may check."""
    offices = Organisation.objects.filter(pk__in=viewer.organisations(KEEPERS), kind=Kind.AGENCY)
    return offices.order_by("pk").first()


def last_check_found(viewer: Viewer) -> bool:
    """Say whether the last check of a chain that somebody sees found anything."""
    last = visible(viewer, models.ChainCheck).order_by("-at", "-pk").values_list("found", flat=True).first()
    return bool(last)


@scoped(models.ChainHead)
@scoped(models.ChainEntry)
@scoped(models.ChainCheck)
def _of_the_agency(viewer: Viewer) -> Q | None:
    """Municipalities have no such chain: only an agency's records are in one."""
    offices = viewer.organisations(KEEPERS)
    return Q(organisation__in=offices) if offices else None
