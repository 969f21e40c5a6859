"""Two arriving households of the demonstration country with their own pages: one that waits, and one that is placed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Value, When
from django.urls import reverse

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.door.domain.links import give_access

LANGUAGE = "ar"
"""Whom the pages are for first; a household that speaks none of their languages gets English."""
READ_BY_MANY = "en"


@dataclass(frozen=True)
class HouseholdPage:
    """How a household comes in.

    Attributes
    ----------
    what : str
        What it finds there.
    path : str
        The address, after that of the site.
    code : str
    """

    what: str
    path: str
    code: str


def open_household_pages(offices: Iterable[Organisation]) -> tuple[HouseholdPage, ...]:
    """Give a household that waits and one that was told its place access to their own pages, where there are such."""
    told = {
        Arrival.State.WAITING: "An arriving household's own page, to say what it wishes",
        Arrival.State.SENT: "The own page of a household that is placed, with the reasons",
    }
    held = list(offices)
    found = [(what, _chosen(held, state)) for state, what in told.items()]
    return tuple(_opened(what, arrival) for what, arrival in found if arrival is not None)


def _chosen(offices: list[Organisation], state: Any) -> Arrival | None:
    suits = Case(When(language=LANGUAGE, then=Value(0)), default=Value(1))
    rows = Arrival.objects.filter(organisation__in=offices, state=state)
    return rows.select_related("organisation", "made_by").order_by(suits, "pk").first()


def _opened(what: str, arrival: Arrival) -> HouseholdPage:
    spoken = arrival.language if arrival.language in dict(settings.LANGUAGES) else READ_BY_MANY
    given = give_access(arrival, by=arrival.made_by, language=spoken)
    return HouseholdPage(what, reverse("household:link", args=[given.token]), given.code)
