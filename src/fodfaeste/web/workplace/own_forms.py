"""Forms of the newcomer's own page on an agreement."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class OwnNameForm(forms.Form):
    """The newcomer's yes, by a typed name."""

    name = forms.CharField(
        label=_("Skriv dit navn"),
        help_text=_("Når du skriver dit navn, siger du ja til aftalen."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput)


class OwnUnfitForm(forms.Form):
    """What does not fit, in any language."""

    words = forms.CharField(
        label=_("Hvad passer ikke?"),
        help_text=_("Du kan skrive på dit eget sprog."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput)
