"""Who may see which links: whoever works with the person. The person themselves sees none."""

from __future__ import annotations

from django.db.models import Q

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.newcomer import models
from fodfaeste.web.people.permissions import of_own_municipality


@scoped(models.Link)
def _links(viewer: Viewer) -> Q | None:
    own = of_own_municipality(viewer, "person__")
    return None if own is None else own & Q(organisation__in=viewer.casework)
