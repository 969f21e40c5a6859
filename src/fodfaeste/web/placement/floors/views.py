"""The page of floors: which are on, who switched which off, and switching."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.floors import switching
from fodfaeste.web.placement.floors.models import FloorSwitch
from fodfaeste.web.placement.forecasts.views.doors import for_office
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422
ACTS: dict[str, tuple[Any, Any]] = {
    "ask": (gettext_lazy("Bed om, at gulvet slås fra"), switching.ask_off),
    "off": (gettext_lazy("Slå gulvet fra som den anden person"), switching.switch_off),
    "withdraw": (gettext_lazy("Træk det tilbage, der er bedt om"), switching.withdraw),
    "on": (gettext_lazy("Slå gulvet til igen"), switching.switch_on),
}


class FloorForm(forms.Form):
    """Asks which floor, what with it, and why."""

    column = forms.ChoiceField(label=gettext_lazy("Gulv efter"), choices=FloorSwitch.Column.choices)
    act = forms.ChoiceField(
        label=gettext_lazy("Handling"), choices=[(code, words) for code, (words, _act) in ACTS.items()]
    )
    reason = forms.CharField(label=gettext_lazy("Hvorfor"), widget=forms.Textarea(attrs={"rows": 3}))


@for_office
def floors(request: HttpRequest, office: Organisation) -> HttpResponse:
    """Show the floors; a post switches one, or asks to."""
    form = FloorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        told = form.cleaned_data
        act = ACTS[told["act"]][1]
        if done(
            request,
            lambda: act(office, told["column"], reason=told["reason"], by=request.user),
            _("Det er skrevet ned."),
            form,
        ):
            return redirect("placement:floors")
    standing = switching.floors_at(office.pk)
    context = {
        "rows": [(words, standing[code]) for code, words in FloorSwitch.Column.choices],
        "form": form,
        "switches": switching.switches(office),
    }
    return render(request, "placement/floors.html", context, status=UNREADABLE if form.errors else 200)
