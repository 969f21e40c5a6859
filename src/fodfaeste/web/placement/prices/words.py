"""What is said of prices that do not count, and why."""

from __future__ import annotations

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.forecasts.in_use import Choice
from fodfaeste.web.placement.prices.lists import standing

UNPRICED: dict[str, str | Promise] = {
    "none": _("Prisen på plads tæller ikke med: ingen har regnet den i år. Forslagene ser kun på dem, der venter nu."),
    "old": _("Prisen på plads tæller ikke med: den er over en uge gammel."),
    "other": _(
        "Prisen på plads tæller ikke med: den er regnet, før prognosen blev slået til, slået fra eller skiftet."
    ),
}
"""Words for `prices.lists.Unpriced`."""


def by_another_forecast(organisation: Organisation, forecast: Choice | None) -> str | Promise:
    """Say, where the forecast is switched, that prices are of the one before; nothing where they are not."""
    today = timezone.localdate()
    found = standing(organisation, today.year, today, forecast)
    return UNPRICED["other"] if found.why_not == "other" else ""
