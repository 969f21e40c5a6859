"""The price list that holds: the newest of the year, for a week."""

from __future__ import annotations

from datetime import date, timedelta

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.prices.models import PriceList

HOLDS = timedelta(days=7)
"""A list that is older says nothing: too many have come since."""


def price_list(organisation: Organisation, year: int, today: date) -> PriceList | None:
    """Give the list that an agency's proposals of a year are made by; None if there is none of the last week."""
    newest = PriceList.objects.filter(organisation=organisation, year=year).first()
    return newest if newest is not None and today - newest.day < HOLDS else None
