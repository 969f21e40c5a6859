"""Forms of newcomers' pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.newcomer.domain.links import DIGITS
from fodfaeste.web.programme.models import Reply

YES, NO = Reply.Coming.YES, Reply.Coming.NO


class CodeForm(forms.Form):
    """Asks for the code that was told apart from the link."""

    code = forms.RegexField(
        rf"^\d{{{DIGITS}}}$",
        label=_("Kode"),
        help_text=_("6 tal, som du har fået af kommunen"),
        error_messages={"invalid": _("Koden er 6 tal.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr"}),
    )


class AnswerForm(forms.Form):
    """Answers an appointment."""

    coming = forms.ChoiceField(
        label=_("Kommer du?"), choices=[(YES, _("Jeg kommer")), (NO, _("Jeg kan ikke komme"))], widget=forms.RadioSelect
    )
    interpreter = forms.BooleanField(label=_("Jeg ønsker tolk"), required=False)
    words = forms.CharField(
        label=_("Vil du sige mere?"),
        help_text=_("Du kan skrive på dit eget sprog."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class SignForm(forms.Form):
    """Signs the plan by typing one's name."""

    name = forms.CharField(
        label=_("Skriv dit navn"),
        help_text=_("Når du skriver dit navn, siger du ja til planen."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput)
