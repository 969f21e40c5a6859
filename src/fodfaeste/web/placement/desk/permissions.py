"""Who sees arriving households: the agency's placement officers, once it is sent the receiving municipality, and each
household itself, by a link of its own: its people, its wishes, and what was decided once that is sent.
"""

from __future__ import annotations

from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.placement.desk import models
from fodfaeste.web.placement.desk.figures import PlaceFigure
from fodfaeste.web.placement.floors.models import FloorSwitch
from fodfaeste.web.placement.prices.models import PriceList
from fodfaeste.web.placement.rounds.permissions import agencies


def _arrivals_at(viewer: Viewer, prefix: str = "") -> Q | None:
    offices = agencies(viewer)
    if viewer.arrival is not None:
        return Q(**{f"{prefix}pk": viewer.arrival})
    if not offices and not viewer.casework:
        return None
    sent = Q(**{f"{prefix}receiver__in": viewer.casework, f"{prefix}state__in": ("sent", "received")})
    return Q(**{f"{prefix}organisation__in": offices}) | sent


@scoped(models.Arrival)
def _arrivals(viewer: Viewer) -> Q | None:
    return _arrivals_at(viewer)


@scoped(models.ArrivingPerson)
@scoped(models.ArrivalWish)
def _of_arrivals(viewer: Viewer) -> Q | None:
    return _arrivals_at(viewer, "arrival__")


@scoped(models.PlacementRecord)
def _records(viewer: Viewer) -> Q | None:
    """A household sees a decision once it is sent, and never one that was taken back before."""
    found = _arrivals_at(viewer, "arrival__")
    if viewer.arrival is None or found is None:
        return found
    act = models.PlacementRecord.Act
    later = models.PlacementRecord.objects.filter(arrival=OuterRef("arrival"), pk__gt=OuterRef("pk"))
    next_act = later.filter(act__in=(act.UNDONE, act.SENT)).order_by("pk").values("act")[:1]
    told = ~Q(act__in=(act.DECIDED, act.UNDONE)) | Q(Q(act=act.DECIDED), Exact(Subquery(next_act), Value(act.SENT)))
    return found & told


@scoped(models.Asking)
def _askings(viewer: Viewer) -> Q | None:
    """Whether a household was asked is for the agency that has it, and the household."""
    if viewer.arrival is not None:
        return Q(arrival=viewer.arrival)
    offices = agencies(viewer)
    return Q(arrival__organisation__in=offices) if offices else None


@scoped(models.ArrivalOpening)
def _openings(viewer: Viewer) -> Q | None:
    """Who opened a household's page is for the agency that has it; the household sees when others did."""
    if viewer.arrival is not None:
        return Q(arrival=viewer.arrival, own_link=None)
    offices = agencies(viewer)
    return Q(arrival__organisation__in=offices) if offices else None


@scoped(models.Proposal)
@scoped(models.RoomTaken)
@scoped(models.ForecastSwitch)
@scoped(FloorSwitch)
@scoped(PriceList)
def _of_the_agency(viewer: Viewer) -> Q | None:
    offices = agencies(viewer)
    return Q(organisation__in=offices) if offices else None


@scoped(PlaceFigure)
def _figures(viewer: Viewer) -> Q | None:
    """Officers read what municipalities say too; a municipality reads its own."""
    offices = agencies(viewer)
    own = Q(said_by__in=offices | says_own(viewer))
    return own | Q(said_by__kind=Kind.MUNICIPALITY) if offices else own


def says_own(viewer: Viewer) -> frozenset[int]:
    """Give the municipalities of which somebody may say what they have."""
    return viewer.casework | viewer.organisations({Role.LEADER})


def leads(viewer: Viewer) -> bool:
    """Say whether somebody leads an office: of a municipality they say what it has."""
    return viewer.has(Role.LEADER)


def may_say(viewer: Viewer, office: Organisation, code: str) -> bool:
    """Say whether somebody may speak of a municipality for an office: an agency of all, a municipality of itself."""
    if office.kind == Kind.MUNICIPALITY:
        return office.pk in says_own(viewer) and office.code == code
    return office.pk in agencies(viewer)


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
