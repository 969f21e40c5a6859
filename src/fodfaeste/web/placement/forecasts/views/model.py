"""A trained model's page: data sheet, card, features, figures, calibration, and how it stands to who arrives now."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from fodfaeste.errors import BadInput, Refused
from fodfaeste.report.place.card import card_document
from fodfaeste.report.place.shared import outcome_name, sentence
from fodfaeste.report.place.shared import words as report_words
from fodfaeste.web.placement.desk.views.proposals import as_blocks, report_language
from fodfaeste.web.placement.forecasts import words
from fodfaeste.web.placement.forecasts.domain.register import is_fresh, last_trial
from fodfaeste.web.placement.forecasts.domain.watching import drifted
from fodfaeste.web.placement.forecasts.in_use import choice_of, state_of
from fodfaeste.web.placement.forecasts.models import ForecastModel
from fodfaeste.web.placement.forecasts.views.doors import of_model

SPREAD = 1.96
PLACES, TENTH = "place", "tenth"


@of_model
def model(request: HttpRequest, found: ForecastModel) -> HttpResponse:
    """Show a model."""
    lang, trial = report_language(), last_trial(found)
    state = state_of(found.organisation)
    context = {
        "model": found,
        "on": choice_of(found).is_same(state.on),
        "asked": choice_of(found).is_same(state.asked_for),
        "trial": trial,
        "fresh": trial is not None and is_fresh(trial),
        "document": as_blocks(card_document(found.facts, lang)),
        "calibration": _calibration(found),
        "drift": _drift(found),
        "age_years": (timezone.localdate() - found.last_arrival).days // 365,
    }
    return render(request, "placement/forecast_model.html", context)


@of_model
def picture(_request: HttpRequest, found: ForecastModel, outcome: str) -> HttpResponse:
    """Give the chart of an outcome's calibration, in the language of the page."""
    lang = report_language()
    drawn = [one for one in found.pictures if one["outcome"] == outcome and one["language"] == lang]
    if not drawn:
        raise Http404
    return HttpResponse(drawn[0]["svg"], content_type="image/svg+xml")


def _calibration(found: ForecastModel) -> list[dict[str, Any]]:
    lang = "en" if get_language() == "en" else "da"
    told = []
    for name in found.facts["outcomes"]:
        told_of = [row for row in found.calibration if row["outcome"] == name]
        rows = [_calibrated(row) for row in sorted(told_of, key=_in_order)]
        by = list(dict.fromkeys(row["by"] for row in told_of))
        title = next((one["title"] for one in found.pictures if (one["outcome"], one["language"]) == (name, lang)), "")
        told.append(
            {
                "outcome": name,
                "name": sentence(outcome_name(name, report_words(report_language()))),
                "title": title,
                "groups": [
                    {"by": words.BY.get(one, one), "places": one == PLACES, "rows": [r for r in rows if r["by"] == one]}
                    for one in by
                ],
            }
        )
    return told


def _in_order(row: dict[str, Any]) -> int:
    """Put tenths in order of their number; others stand in order already."""
    return int(row["group"]) if row["by"] == TENTH else 0


def _calibrated(row: dict[str, Any]) -> dict[str, Any]:
    apart = row["observed"] - row["forecast"]
    low, high = apart - SPREAD * row["error"], apart + SPREAD * row["error"]
    return {
        "by": row["by"],
        "group": words.group_words(row["by"], row["group"]),
        "persons": row["persons"],
        "forecast": words.share(row["forecast"]),
        "observed": words.share(row["observed"]),
        "apart": words.points(apart, low, high),
        "far": not low <= 0 <= high,
    }


def _drift(found: ForecastModel) -> dict[str, Any]:
    try:
        return drifted(found)
    except (Refused, BadInput) as refusal:
        return {"refusal": str(refusal)}
