"""Who makes quotas, and who reads them: quotas name municipalities and no person, and are public once published."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.placement.rounds.models import QuotaRound

READERS = (Role.OFFICER, Role.LEADER, Role.ANALYST)
"""Whose work quotas are."""


def reads_rounds(viewer: Viewer) -> bool:
    """Say whether somebody reads published rounds."""
    return viewer.has(*READERS)


def agencies(viewer: Viewer) -> frozenset[int]:
    """Give the agencies whose rounds somebody makes."""
    return viewer.organisations({Role.OFFICER})


def rounds_for(viewer: Viewer) -> QuerySet[QuotaRound]:
    """Give the rounds that somebody may see: drafts of their own agency, and whatever is published."""
    if not reads_rounds(viewer):
        return QuotaRound.objects.none()
    return QuotaRound.objects.filter(~Q(state="draft") | Q(organisation__in=agencies(viewer)))


def round_or_404(viewer: Viewer, pk: int) -> QuotaRound:
    """Give a round that somebody may see."""
    found = rounds_for(viewer).select_related("organisation", "follows").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def makes(viewer: Viewer, round_: QuotaRound) -> bool:
    """Say whether somebody may act on a round."""
    return round_.organisation_id in agencies(viewer)


def must_make(by: User, organisation: Organisation) -> None:
    """Refuse whoever is no placement officer of an agency today.

    Raises
    ------
    Refused
    """
    if not by.is_active or organisation.pk not in agencies(viewer_of(by, timezone.localdate())):
        raise Refused(_("Kun en visitator i %(office)s kan gøre det.") % {"office": organisation})
