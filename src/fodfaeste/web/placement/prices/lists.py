"""The price list that holds: the newest of the year that was worked out with the forecast that is on, for a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.db.models import BooleanField, ExpressionWrapper, Q

from fodfaeste import __version__
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.forecasts.in_use import Choice
from fodfaeste.web.placement.prices.models import PriceList

HOLDS = timedelta(days=7)
"""A list that is older says nothing: too many have come since."""

Unpriced = Literal["", "none", "old", "other"]
"""Why no list holds: none was made this year, the last is too old, or it was made with another forecast, or without."""


@dataclass(frozen=True)
class Standing:
    """The list that proposals are made by, or why there is none."""

    listed: PriceList | None
    why_not: Unpriced = ""


def worked_out_by(forecast: Choice | None) -> dict[str, str]:
    """Tell which forecast a list is worked out with, so that one of another is known; all empty where none is on.

    What the default model says comes with the software, so its version is that of the software.
    """
    if forecast is None:
        return {"model": "", "version": "", "sha256": ""}
    version = __version__ if forecast.is_default else forecast.version
    return {"model": forecast.name, "version": version, "sha256": forecast.sha256}


def standing(organisation: Organisation, year: int, today: date, forecast: Choice | None) -> Standing:
    """Give the list that an agency's proposals of a year are made by, while a forecast is on (None: while none is)."""
    same = ExpressionWrapper(Q(**worked_out_by(forecast)), output_field=BooleanField())
    lists = PriceList.objects.filter(organisation=organisation, year=year, model__isnull=False).annotate(same=same)
    newest = lists.order_by("-same", "-day", "-pk").first()
    if newest is None:
        return Standing(None, "none")
    if not newest.same:
        return Standing(None, "other")
    return Standing(newest) if today - newest.day < HOLDS else Standing(None, "old")
