"""What the past says of a model, and the form of the two who switch it on: each has this page before them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.report.place.shared import outcome_name, sentence
from fodfaeste.report.place.shared import words as report_words
from fodfaeste.web.placement.desk.domain import forecast as domain
from fodfaeste.web.placement.desk.views.proposals import report_language
from fodfaeste.web.placement.desk.words import place_name
from fodfaeste.web.placement.forecasts import words
from fodfaeste.web.placement.forecasts.domain.register import FRESH_DAYS, is_fresh, last_trial
from fodfaeste.web.placement.forecasts.forms import ASK, ON, SwitchForm
from fodfaeste.web.placement.forecasts.in_use import choice_of, state_of
from fodfaeste.web.placement.forecasts.models import ForecastModel, ForecastTrial
from fodfaeste.web.placement.forecasts.views.doors import of_model
from fodfaeste.web.placement.prices.words import by_another_forecast
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422
MOST_OVERLAP = 20
OWN = "model"
Told = Mapping[str, Any]


@of_model
def trial(request: HttpRequest, found: ForecastModel) -> HttpResponse:
    """Show the newest trial; ask for the model, or switch it on as the second person."""
    office, kept = found.organisation, last_trial(found)
    data = request.POST if request.method == "POST" else None
    state, own = state_of(office), choice_of(found)
    asked = state.asked if own.is_same(state.asked_for) else None
    begun = {"seen": "" if kept is None else kept.sha256, "act": ASK if asked is None else ON}
    form = SwitchForm(data, acts=(ASK, ON), initial=begun)
    if form.is_valid():
        told = {"reason": form.cleaned_data["reason"], "seen": form.cleaned_data["seen"], "by": request.user}
        asks = form.cleaned_data["act"] == ASK
        act = (lambda: domain.ask(office, found, **told)) if asks else (lambda: _switch_on(found, told))
        if done(request, act, _("Det er skrevet ned."), form):
            return redirect("placement:forecast-trial", pk=found.pk)
    context = {
        "model": found,
        "trial": kept,
        "fresh": kept is not None and is_fresh(kept),
        "fresh_days": FRESH_DAYS,
        "on": own.is_same(state.on),
        "unpriced": by_another_forecast(office, state.on),
        "asked": asked,
        "form": form,
        **({} if kept is None else _shown(kept)),
    }
    return render(request, "placement/forecast_trial.html", context, status=UNREADABLE if form.errors else 200)


def _switch_on(found: ForecastModel, told: Mapping[str, Any]) -> Any:
    """Switch on, from a model's own page, that model and no other."""
    waiting = state_of(found.organisation).asked_for
    if waiting is not None and not waiting.is_same(choice_of(found)):
        raise Refused(_("Der er bedt om en anden model: %(model)s.") % {"model": waiting})
    return domain.switch_on(found.organisation, **told)


def _shown(kept: ForecastTrial) -> dict[str, Any]:
    told = kept.told
    return {
        "day": parse_date(told["day"]),
        "last": parse_date(told["last"]),
        "places": sorted(place_name(code) for code in told["places"]),
        "covered": words.share(told["covered"], 0),
        "observed_until": parse_date(told["register"]["observed_until"]),
        "rules": [
            {"words": words.RULES[one["code"]], "passed": one["passed"], "found": _found(one, told)}
            for one in told["checks"]
        ],
        "outcomes": [_outcome(name, one) for name, one in told["outcomes"].items()],
        "null": _null(told["null"]),
        "possible": [_possible(one) for one in told["possible"]],
    }


def _name(outcome: str) -> str:
    return sentence(outcome_name(outcome, report_words(report_language())))


def _found(check: Told, told: Told) -> str:
    """Say what broke a rule, or kept it: outcomes and groups by their names."""
    if check["code"] == "optimism":
        null = told["null"]
        return _("lover %(promised)s; uden stedvirkning loves %(null)s") % {
            "promised": words.share(null["promised"]),
            "null": words.shares(null["mean"], null["lower"], null["upper"]),
        }
    if check["code"] == "groups":
        named = []
        for one in filter(None, check["found"].split("; ")):
            outcome, _colon, group = one.partition(": ")
            by, _space, value = group.partition(" ")
            named.append(f"{_name(outcome)}, {words.BY.get(by, by)}: {words.group_words(by, value)}")
        return "; ".join(named)
    return ", ".join(_name(one) for one in filter(None, check["found"].split(", ")))


def _outcome(name: str, told: Told) -> dict[str, Any]:
    own = [one for one in told["groups"] if one["policy"] == OWN]
    chance = {(one["by"], one["value"]): one for one in told["groups"] if one["policy"] == "random"}
    return {
        "name": _name(name),
        "trained": told["trained"],
        "adults": told["adults"],
        "observed": words.share(told["observed"]),
        "policies": [_policy(one) for one in told["policies"]],
        "groups": [
            {
                "by": words.BY.get(one["by"], one["by"]),
                "group": words.group_words(one["by"], one["value"]),
                "adults": one["rows"],
                "then": words.share(one["estimate"] - one["difference"]),
                "random": words.share(chance[one["by"], one["value"]]["estimate"])
                if (one["by"], one["value"]) in chance
                else "",
                "model": words.share(one["estimate"]),
                "difference": words.points(one["difference"], one["difference_lower"], one["difference_upper"]),
            }
            for one in own
        ],
        "overlap": [
            {
                "group": words.group_words("household", one["value"]),
                "place": place_name(one["place"]),
                "sent": words.decimal(one["sent"], 0),
                "seen": one["seen"],
                "lacking": words.decimal(one["unsupported"], 0),
            }
            for one in told["overlap"]
            if one["policy"] == OWN
        ][:MOST_OVERLAP],
    }


def _policy(one: Told) -> dict[str, Any]:
    refused = words.REFUSED.get(one["refused"] or "")
    return {
        "name": words.POLICIES[one["policy"]],
        "own": one["policy"] == OWN,
        "refused": refused,
        "estimate": "" if refused else words.shares(one["estimate"], max(0.0, one["lower"]), min(1.0, one["upper"])),
        "difference": ""
        if refused
        else words.points(one["difference"], one["difference_lower"], one["difference_upper"]),
        "matched": words.share(one["matched"], 0),
        "effective": words.decimal(one["effective"], 0),
        "unsupported": words.share(one["unsupported"]),
    }


def _null(told: Told) -> dict[str, Any]:
    return {
        "promised": words.share(told["promised"]),
        "mean": words.shares(told["mean"], told["lower"], told["upper"]),
        "beyond": words.share(told["beyond"]),
        "worlds": len(told["null"]),
        "p": words.decimal(told["p_value"], 2),
    }


def _possible(told: Told) -> dict[str, Any]:
    return {
        "by": words.BY.get(told["by"], told["by"]),
        "group": words.group_words(told["by"], told["value"]),
        "households": told["households"],
        **{name: words.decimal(told[name], 2) for name in ("before", "random", "achieved", "alone")},
    }
