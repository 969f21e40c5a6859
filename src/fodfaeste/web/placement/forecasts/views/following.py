"""Following a model up: overrides, their reasons, objections and reversals, and forecasts beside what came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fodfaeste.measure.intervals import interval
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.placement.desk.models import LANGUAGES
from fodfaeste.web.placement.desk.words import REASONS
from fodfaeste.web.placement.forecasts import words
from fodfaeste.web.placement.forecasts.domain import watching
from fodfaeste.web.placement.forecasts.models import ForecastOutcome
from fodfaeste.web.placement.forecasts.views.doors import for_office


@for_office
def following(request: HttpRequest, office: Organisation) -> HttpResponse:
    """Show how the models do in use."""
    decisions = watching.decisions_of(office)
    officers = User.objects.filter(pk__in={int(one.by) for one in decisions})
    names = {
        **{str(one.pk): one.name or one.email for one in officers},
        **{code: str(name) for code, name in LANGUAGES},
        **{code: str(name) for code, name in words.VALUES.items()},
        "": _("uden prognose"),
    }
    by = {**words.BY, "model": _("Model"), "place": _("Foreslået kommune")}
    context = {
        "decided": len(decisions),
        "overrides": [{**one, "by": by[one["by"]]} for one in watching.override_rows(decisions, names)],
        "reasons": [(REASONS.get(code, words.VALUES.get(code, code)), n) for code, n in watching.reasons(decisions)],
        "objections": watching.objections(office),
        "outcomes": [_came(one, names, by) for one in visible(request.viewer, ForecastOutcome)],
    }
    return render(request, "placement/forecast_following.html", context)


def _came(one: ForecastOutcome, names: Mapping[str, str], by: Mapping[str, Any]) -> dict[str, Any]:
    """Say what came beside what was forecast; nothing is compared that nobody counted."""
    low, high = interval(one.came, one.adults, level=watching.LEVEL)
    return {
        "row": one,
        "by": by.get(one.by, _("Alle")),
        "value": names.get(one.value, one.value) if one.by in by else "",
        "expected": words.share(one.expected / one.adults),
        "came": words.shares(one.came / one.adults, float(low), float(high)),
        "far": not low <= one.expected / one.adults <= high,
    }
