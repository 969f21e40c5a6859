"""Gives a household access to its own pages, and takes it away; `newcomer.domain.doors` tells how a link works."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet

from fodfaeste.web.accounts.models import User
from fodfaeste.web.audit.context import of_arrival, seeing
from fodfaeste.web.newcomer.domain.doors import Door, Given
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.domain.arrivals import locked
from fodfaeste.web.placement.desk.domain.asking import note_asked
from fodfaeste.web.placement.desk.domain.decisions import TOLD
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.door.models import ArrivalLink

LASTS = timedelta(days=60)
"""From the question for wishes past the last day to object."""


def _all(rows: QuerySet[ArrivalLink]) -> QuerySet[ArrivalLink]:
    """Nothing but time, wrong codes and the office closes a household's link."""
    return rows


HOUSEHOLDS = Door(ArrivalLink, "arrival", "fodfaeste.arrival", holds=_all, in_sight=of_arrival, lasts=LASTS)
"""The door of households' own pages."""


def give_access(arrival: Arrival, *, by: User, language: str) -> Given:
    """Make a link for a household, in the language that its pages begin with; with it the household is asked.

    Raises
    ------
    Refused
        If whoever does it is no officer of the agency that has the household.
    """
    with change(by), seeing([arrival.organisation_id]):
        found = locked(arrival, by)
        if found.state not in TOLD:
            note_asked(found, by=by)
        return HOUSEHOLDS.make(found.pk, by=by, language=language)


def withdraw(link: ArrivalLink, *, by: User) -> ArrivalLink:
    """Close a link; a page that is open by it asks for another with its next click.

    Raises
    ------
    Refused
        If whoever does it is no officer of the agency that has the household.
    """
    with change(by), seeing([link.arrival.organisation_id]):
        locked(link.arrival, by)
        closed: ArrivalLink = HOUSEHOLDS.close(link)
        return closed


def live(arrival: Arrival) -> QuerySet[ArrivalLink]:
    """Give the links of a household that can be opened, or are open."""
    return HOUSEHOLDS.alive().filter(arrival=arrival).select_related("made_by")
