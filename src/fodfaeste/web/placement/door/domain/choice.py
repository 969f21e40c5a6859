"""How much choice a household has: how many municipalities have a quota, have room, and are not ruled out."""

from __future__ import annotations

from dataclasses import dataclass

from fodfaeste.errors import Refused
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.placement.desk.computing import round_in_force, where_its_own_are, with_all
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.desk.municipalities import country_of
from fodfaeste.web.placement.desk.wanted import Wanted


@dataclass(frozen=True)
class Choice:
    """Numbers of municipalities, counted now.

    Attributes
    ----------
    year : int
        Whose quotas count.
    with_quota : int
    with_room : int
        Of them, those whose quota has room for the whole household.
    open : int
        Of them, those that no condition rules out.
    """

    year: int
    with_quota: int
    with_room: int
    open: int


def how_much(arrival: Arrival) -> Choice | None:
    """Count; None where the year has no published quotas yet.

    It is counted on what the agency has, unseen: the household is told numbers alone.
    """
    with seeing([arrival.organisation_id]):
        found = with_all(Arrival.objects.filter(pk=arrival.pk)).get()
        try:
            round_ = round_in_force(found.organisation, found.arrives.year)
        except Refused:
            return None
        country = country_of(round_)
        allowed, _ranks, _judged = Wanted(country).of([found])
        own = where_its_own_are(found)
    persons = len(found.members.all())
    room = [place.left >= persons for place in country.places]
    may = [
        bool(is_allowed) and own <= {place.code} for place, is_allowed in zip(country.places, allowed[0], strict=True)
    ]
    return Choice(round_.year, len(room), sum(room), sum(has and one for has, one in zip(room, may, strict=True)))
