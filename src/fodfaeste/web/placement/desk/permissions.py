"""Who sees arriving households: the agency's placement officers, and, once it is sent, the receiving municipality."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.placement.desk import models
from fodfaeste.web.placement.prices.models import PriceList
from fodfaeste.web.placement.rounds.permissions import agencies


def _arrivals_at(viewer: Viewer, prefix: str = "") -> Q | None:
    offices = agencies(viewer)
    if not offices and not viewer.casework:
        return None
    sent = Q(**{f"{prefix}receiver__in": viewer.casework, f"{prefix}state__in": ("sent", "received")})
    return Q(**{f"{prefix}organisation__in": offices}) | sent


@scoped(models.Arrival)
def _arrivals(viewer: Viewer) -> Q | None:
    return _arrivals_at(viewer)


@scoped(models.ArrivingPerson)
@scoped(models.ArrivalWish)
@scoped(models.PlacementRecord)
def _of_arrivals(viewer: Viewer) -> Q | None:
    return _arrivals_at(viewer, "arrival__")


@scoped(models.ArrivalOpening)
def _openings(viewer: Viewer) -> Q | None:
    """Who opened a household's page is for the agency that has it."""
    offices = agencies(viewer)
    return Q(arrival__organisation__in=offices) if offices else None


@scoped(models.Proposal)
@scoped(models.PlaceFacts)
@scoped(models.RoomTaken)
@scoped(models.ForecastSwitch)
@scoped(PriceList)
def _of_the_agency(viewer: Viewer) -> Q | None:
    offices = agencies(viewer)
    return Q(organisation__in=offices) if offices else None


def is_officer(viewer: Viewer) -> bool:
    """Say whether somebody works at the desk."""
    return bool(agencies(viewer))


def receives(viewer: Viewer) -> bool:
    """Say whether somebody takes households in."""
    return bool(viewer.casework)


def must_be_officer(by: User, organisation: Organisation) -> None:
    """Refuse whoever is no placement officer of an agency today.

    Raises
    ------
    Refused
    """
    if not by.is_active or organisation.pk not in agencies(viewer_of(by, timezone.localdate())):
        raise Refused(_("Kun en visitator i %(office)s kan gøre det.") % {"office": organisation})
