"""Who may see which tokens: the administrators of the municipality that they are of."""

from __future__ import annotations

from django.db.models import Q

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.permissions import administered
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.api.models import Token


@scoped(Token)
def _tokens(viewer: Viewer) -> Q | None:
    offices = administered(viewer)
    return Q(organisation__in=offices) if offices else None
