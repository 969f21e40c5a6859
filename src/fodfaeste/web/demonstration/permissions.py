"""Who may see which made-up persons are made up: whoever works where they are."""

from __future__ import annotations

from django.db.models import Q

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.demonstration.models import MadeUpPerson


@scoped(MadeUpPerson)
def _made_up(viewer: Viewer) -> Q | None:
    return Q(organisation__in=viewer.casework) if viewer.casework else None
