"""The register of the forecast: what it rests on, what it may not know, who switched it, how often it is overridden."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fodfaeste import __version__
from fodfaeste.place.outcomes import rule_set
from fodfaeste.place.outcomes.default import parameters
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.desk import words
from fodfaeste.web.placement.desk.computing import FORBIDDEN_BY, MODEL, is_on
from fodfaeste.web.placement.desk.domain import forecast as domain
from fodfaeste.web.placement.desk.forms import SwitchForm
from fodfaeste.web.placement.desk.views.doors import for_officers
from fodfaeste.web.placement.rounds.permissions import agencies
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422
ACTS = {"ask": domain.ask, "on": domain.switch_on, "off": domain.switch_off}


@for_officers
def forecast(request: HttpRequest) -> HttpResponse:
    """Show the forecast's register, and switch it."""
    office = Organisation.objects.filter(pk__in=agencies(request.viewer)).order_by("pk").first()
    if office is None:
        raise Http404
    form = SwitchForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        act, reason = ACTS[form.cleaned_data["act"]], form.cleaned_data["reason"]
        if done(request, lambda: act(office, reason=reason, by=request.user), _("Det er skrevet ned."), form):
            return redirect("placement:forecast")
    rules = rule_set(FORBIDDEN_BY)
    context = {
        "office": office,
        "on": is_on(office),
        "asked": domain.asked(office),
        "form": form,
        "model": MODEL,
        "version": __version__,
        "parameters": list(parameters().values()),
        "rules": rules,
        "forbidden": [words.FORBIDDEN.get(one, one) for one in rules.forbidden],
        "switches": domain.switches(office),
        "overrides": _overrides(office),
    }
    return render(request, "placement/forecast.html", context, status=UNREADABLE if form.errors else 200)


def _overrides(office: Organisation) -> list[dict[str, Any]]:
    names = {"language": _("Sprog"), "household": _("Husstand")}
    values = {"alone": _("én person"), "family": _("flere personer"), "other": _("andre")}
    return [
        {
            "by": name,
            "value": values.get(row["unit"], row["unit"]),
            "n": row["n"],
            "events": row["events"],
            "rate": words.per_cent(row["rate"]),
            "between": f"{words.per_cent(row['lower'])} – {words.per_cent(row['upper'])}",
        }
        for by, name in names.items()
        if (found := domain.override_figures(office, by=by)) is not None
        for row in found.table.iter_rows(named=True)
    ]
