"""The register's first page: what is on, which models there are, and everything that was done with the switch."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fodfaeste import __version__
from fodfaeste.place.outcomes import rule_set
from fodfaeste.place.outcomes.default import parameters
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.desk.computing import FORBIDDEN_BY
from fodfaeste.web.placement.desk.domain import forecast as domain
from fodfaeste.web.placement.desk.words import FORBIDDEN
from fodfaeste.web.placement.forecasts.domain.register import is_fresh
from fodfaeste.web.placement.forecasts.forms import ASK, OFF, ON, WITHDRAW, SwitchForm
from fodfaeste.web.placement.forecasts.in_use import DEFAULT, State, choice_of, default_choice, state_of
from fodfaeste.web.placement.forecasts.models import ForecastModel
from fodfaeste.web.placement.forecasts.views.doors import for_office
from fodfaeste.web.placement.prices.words import by_another_forecast
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422


@for_office
def overview(request: HttpRequest, office: Organisation) -> HttpResponse:
    """Show what is on and which models there are; switch off, or withdraw what was asked for."""
    form = SwitchForm(request.POST if request.method == "POST" else None, acts=(OFF, WITHDRAW))
    if form.is_valid():
        act = domain.switch_off if form.cleaned_data["act"] == OFF else domain.withdraw
        reason = form.cleaned_data["reason"]
        if done(request, lambda: act(office, reason=reason, by=request.user), _("Det er skrevet ned."), form):
            return redirect("placement:forecast")
    state = state_of(office)
    context = {
        "office": office,
        "on": state.on,
        "unpriced": by_another_forecast(office, state.on),
        "asked": state.asked,
        "asked_for": state.asked_for,
        "form": form if state.on or state.asked else None,
        "default": default_choice(),
        "default_is_on": default_choice().is_same(state.on),
        "rows": _rows(office, state),
        "switches": domain.switches(office),
    }
    return render(request, "placement/forecast.html", context, status=UNREADABLE if form.errors else 200)


@for_office
def default_model(request: HttpRequest, office: Organisation) -> HttpResponse:
    """Show the default model: what it rests on, what it may not know; ask for it, and switch it on."""
    form = SwitchForm(request.POST if request.method == "POST" else None, acts=(ASK, ON, OFF))
    if form.is_valid():
        acts = {ASK: domain.ask, ON: domain.switch_on, OFF: domain.switch_off}
        act, reason = acts[form.cleaned_data["act"]], form.cleaned_data["reason"]
        if done(request, lambda: act(office, reason=reason, by=request.user), _("Det er skrevet ned."), form):
            return redirect("placement:forecast-default")
    state, rules = state_of(office), rule_set(FORBIDDEN_BY)
    own = default_choice()
    context = {
        "on": own.is_same(state.on),
        "unpriced": by_another_forecast(office, state.on),
        "asked": state.asked if own.is_same(state.asked_for) else None,
        "form": form,
        "model": DEFAULT,
        "version": __version__,
        "parameters": list(parameters().values()),
        "rules": rules,
        "forbidden": [FORBIDDEN.get(one, one) for one in rules.forbidden],
    }
    return render(request, "placement/forecast_default.html", context, status=UNREADABLE if form.errors else 200)


def _rows(office: Organisation, state: State) -> list[dict[str, Any]]:
    found = ForecastModel.objects.filter(organisation=office).defer("facts", "calibration", "pictures")
    return [
        {
            "model": one,
            "on": choice_of(one).is_same(state.on),
            "asked": choice_of(one).is_same(state.asked_for),
            "trial": (trial := next(iter(sorted(one.trials.all(), key=lambda kept: -kept.pk)), None)),
            "fresh": trial is not None and is_fresh(trial),
        }
        for one in found.prefetch_related("trials")
    ]
