"""Forms of handovers and stand-ins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.programme.forms import day_field

Choices = Iterable[tuple[str, Any]]

LINE, WORDS = 2_000, 500
"""Signs that a line, and that a reason may have."""


class BeginForm(forms.Form):
    """Begins a handover; whoever runs the office says whose."""

    worker = forms.ChoiceField(label=_("Hvem holder op?"))
    leaves = day_field(_("Første dag uden medarbejderen"))

    def __init__(self, *arguments: Any, workers: Choices, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["worker"].choices = list(workers)


class LineForm(forms.Form):
    """What a worker would tell of a case."""

    told = forms.CharField(
        label=_("Det vil jeg fortælle dig"), max_length=LINE, widget=forms.Textarea(attrs={"rows": 3})
    )
    matters = forms.CharField(
        label=_("Hvem der betyder noget"),
        help_text=_("fx en nabo, en lærer eller en kontaktperson på arbejdet"),
        max_length=WORDS,
        required=False,
    )


class OfferForm(forms.Form):
    """Chooses who is asked to take cases over."""

    receiver = forms.ChoiceField(label=_("Modtager"))

    def __init__(self, *arguments: Any, receivers: Choices, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["receiver"].choices = [("", "–"), *receivers]


class RestForm(OfferForm):
    """Offers what is left, for a worker who cannot."""

    told = forms.CharField(
        label=_("Linje til de sager, hvor medarbejderen ingen har skrevet"),
        max_length=LINE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class LaterForm(OfferForm):
    """Offers the cases that begin later."""

    told = forms.CharField(
        label=_("Det vil jeg fortælle dig"), max_length=LINE, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReturnForm(forms.Form):
    """Says why a case is given back."""

    reason = forms.CharField(label=_("Hvorfor du giver sagen tilbage"), max_length=WORDS)


class StandInForm(forms.Form):
    """Arranges a stand-in."""

    absent = forms.ChoiceField(label=_("Hvem er væk?"))
    stand_in = forms.ChoiceField(label=_("Hvem er vikar?"))
    start = day_field(_("Fra"))
    end = day_field(_("Første dag uden vikar"))
    urgent = forms.CharField(label=_("Det, der haster"), max_length=WORDS)

    def __init__(self, *arguments: Any, absent: Choices, stand_ins: Choices, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["absent"].choices = list(absent)
        self.fields["stand_in"].choices = [("", "–"), *stand_ins]
