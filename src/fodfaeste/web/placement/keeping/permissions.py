"""Who sees what holds deletions up, and the log of deletions: the agency's officers, the log whoever leads it too."""

from __future__ import annotations

from django.db.models import Q

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.placement.chain.permissions import KEEPERS
from fodfaeste.web.placement.keeping import models
from fodfaeste.web.placement.rounds.permissions import agencies


@scoped(models.KeepingHold)
def _holds(viewer: Viewer) -> Q | None:
    offices = agencies(viewer)
    return Q(arrival__organisation__in=offices) if offices else None


@scoped(models.Erasure)
def _erasures(viewer: Viewer) -> Q | None:
    offices = viewer.organisations(KEEPERS)
    return Q(organisation__in=offices) if offices else None
