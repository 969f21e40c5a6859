"""Who may see whom: coordinators of the association that somebody has agreed to be in touch with, while that holds."""

from __future__ import annotations

from functools import partial

from django.db.models import Q
from django.utils import timezone

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.community import models


def _contacts(viewer: Viewer, prefix: str = "") -> Q | None:
    if not viewer.associations:
        return None
    today = timezone.localdate()
    rows = Q(**{f"{prefix}association__in": viewer.associations})
    for of in ("", "held_"):
        last = Q(**{f"{prefix}{of}end": None}) | Q(**{f"{prefix}{of}end__gt": today})
        rows &= Q(**{f"{prefix}{of}start__lte": today}) & last
    return rows


scoped(models.Contact)(_contacts)
scoped(models.SpokenLanguage)(partial(_contacts, prefix="contact__"))
scoped(models.LeisureWish)(partial(_contacts, prefix="contact__"))
