"""Who may see whom: coordinators of the association that somebody has agreed to be in touch with, while that holds."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.community import models


def _of_consents(viewer: Viewer) -> Q | None:
    """Say which rows of a view hold today: a view has one for each colleague whose case it has been."""
    if not viewer.associations:
        return None
    today = timezone.localdate()
    rows = Q(association__in=viewer.associations, start__lte=today, held_start__lte=today)
    return rows & (Q(end=None) | Q(end__gt=today)) & (Q(held_end=None) | Q(held_end__gt=today))


for _model in (models.Contact, models.SpokenLanguage, models.LeisureWish):
    scoped(_model)(_of_consents)
