"""Forms of the logs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation


class ReasonForm(forms.Form):
    """Why somebody opens the file of a person that they do not work with."""

    reason = forms.CharField(
        label=_("Hvorfor åbner du sagen?"),
        help_text=_(
            "Skriv det med egne ord. Begrundelsen gemmes, og databeskyttelsesrådgiveren og personen kan se den."
        ),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"min_length": _("Skriv lidt mere: mindst %(limit_value)d tegn.")},
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class DrawForm(forms.Form):
    """Which month's sample is drawn, and for which municipality."""

    organisation = forms.ModelChoiceField(label=_("Kommune"), queryset=Organisation.objects.none(), empty_label=None)
    month = forms.DateField(
        label=_("Måned"),
        help_text=_("fx 2026-10"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
    )

    def __init__(self, *args: Any, offices: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=offices).order_by("name")


class AnswerForm(forms.Form):
    """Whether an opening was needed, and why; left empty where it is not answered yet."""

    needed = forms.ChoiceField(
        label=_("Var opslaget nødvendigt?"),
        required=False,
        choices=[("yes", _("Ja")), ("no", _("Nej"))],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(label=_("Hvorfor?"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        """Take both answers, or none."""
        said = super().clean() or self.cleaned_data
        if said.get("needed") and not said.get("why"):
            self.add_error("why", _("Skriv, hvorfor det var eller ikke var nødvendigt."))
        if said.get("why") and not said.get("needed"):
            self.add_error("needed", _("Vælg ja eller nej."))
        return said
