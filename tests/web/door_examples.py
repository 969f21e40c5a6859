"""A household at its own pages: examples for the tests of an arriving household's door."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from fodfaeste.web.newcomer.domain.doors import Given
from fodfaeste.web.placement.desk.domain import decisions
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord
from fodfaeste.web.placement.door.domain.links import give_access

from .desk_examples import decided
from .quota_examples import officer_of

FIRST, WHY = "/ankomst/", "/ankomst/hvorfor/"


def given_to(arrival: Arrival, language: str = "da") -> Given:
    """Access that an officer of its agency gives to a household."""
    return give_access(arrival, by=officer_of(arrival.organisation), language=language)


def address(given: Given) -> str:
    """Where a household's link leads."""
    return reverse("household:link", args=[given.token])


def came_by(given: Given) -> Client:
    """A browser in which a household's link has been opened with its code."""
    client = Client()
    answer = client.post(address(given), {"code": given.code})
    assert answer.status_code == 302, answer.text
    return client


def household(arrival: Arrival, language: str = "da") -> Client:
    """A browser in which a household is at its own pages."""
    return came_by(given_to(arrival, language))


def sent(arrival: Arrival, code: str | None = None, **why: str) -> PlacementRecord:
    """Decide on a household and tell it; gives the record of the decision."""
    record = decided(arrival, code, **why)
    decisions.send(arrival, by=officer_of(arrival.organisation))
    return record


def row(number: int = 0, **fields: Any) -> dict[str, Any]:
    """A row of a page of wishes, as a browser sends it."""
    return {f"rows-{number}-{name}": value for name, value in {"weight": 2, "hard": 0, **fields}.items()}


def rows(*each: dict[str, Any]) -> dict[str, Any]:
    """A page of wishes with its rows."""
    sent = {"rows-TOTAL_FORMS": len(each), "rows-INITIAL_FORMS": 0}
    for number, fields in enumerate(each):
        sent |= row(number, **fields)
    return sent
