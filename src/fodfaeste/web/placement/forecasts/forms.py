"""Forms of the register of models."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

ASK, ON, OFF, WITHDRAW = "ask", "on", "off", "withdraw"

ACTS = {
    ASK: _("Bed om, at prognosen slås til"),
    ON: _("Slå prognosen til som den anden person"),
    OFF: _("Slå prognosen fra"),
    WITHDRAW: _("Træk det tilbage, der er bedt om"),
}


class SwitchForm(forms.Form):
    """Asks for a model, switches it on or off; `seen` is the trial that whoever acts has before them."""

    act = forms.ChoiceField(label=_("Handling"))
    reason = forms.CharField(label=_("Hvorfor"), widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *given: Any, acts: tuple[str, ...], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["act"].choices = [(one, ACTS[one]) for one in acts]
