"""Who may see a household's links: the agency that has it. Its draft of wishes it sees alone."""

from __future__ import annotations

from django.db.models import Q

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.placement.door import models
from fodfaeste.web.placement.rounds.permissions import agencies


@scoped(models.ArrivalLink)
def _links(viewer: Viewer) -> Q | None:
    offices = agencies(viewer)
    return Q(arrival__organisation__in=offices) if offices else None


@scoped(models.WishDraft)
def _drafts(viewer: Viewer) -> Q | None:
    return None if viewer.arrival is None else Q(arrival=viewer.arrival)
