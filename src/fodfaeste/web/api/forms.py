"""The form of a new token."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.forms import A_DAY, DayInput
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.api.tokens import SCOPES, Scope, scopes_of

A_YEAR = timedelta(days=365)


class TokenForm(forms.Form):
    """For which system, what it may read, and until when."""

    name = forms.CharField(
        label=_("Hvilket system"), max_length=120, help_text=_("Sådan kommer det til at hedde i loggen, fx ESDH.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Hvad må det?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Vælg kun det, som systemet skal bruge. Det kan aldrig rette noget, der er skrevet."),
    )
    last = forms.DateField(label=_("Sidste dag"), widget=DayInput, help_text=_("Højst et år frem."))

    def __init__(self, *args: Any, office: Organisation, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["scopes"].choices = [(scope.value, SCOPES[scope]) for scope in scopes_of(office)]
        self.fields["last"].initial = timezone.localdate() + A_YEAR

    @property
    def given(self) -> dict[str, Any]:
        """What was chosen; the token expires when its last day is over."""
        said = self.cleaned_data
        expires = timezone.make_aware(datetime.combine(said["last"] + A_DAY, time.min))
        return {"name": said["name"], "scopes": [Scope(one) for one in said["scopes"]], "expires": expires}
