"""Forms of quota rounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.base.sheets import LARGEST, MEBIBYTE, MOST_ROWS
from fodfaeste.web.placement.rounds.models import QuotaLine, QuotaRound
from fodfaeste.web.placement.rounds.permissions import agencies

MOST_PERSONS = 1_000_000
"""A national number beyond this is a slip."""


class DayInput(forms.DateInput):
    """A day, picked or typed."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _persons(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_PERSONS, **more)


def sheet_field(label: Any) -> forms.FileField:
    """Give a field that takes a spreadsheet."""
    return forms.FileField(
        label=label,
        help_text=_("En .xlsx- eller .csv-fil på højst %(size)d MB og %(rows)d rækker.")
        % {"size": LARGEST / MEBIBYTE, "rows": MOST_ROWS},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class BeginForm(forms.Form):
    """Begins the round of a year."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Myndighed"), empty_label=None)
    year = forms.IntegerField(label=_("Kvoter for året"), min_value=2000, max_value=2100)
    track = forms.ChoiceField(label=_("Efter"), choices=QuotaRound.Track.choices)
    national = _persons(
        _("Landstal"), help_text=_("Personer, der ventes i året. For Ukraine: det antal, tal fastsættes for ad gangen.")
    )
    rules_on = forms.DateField(
        label=_("Regler, der gælder den"),
        required=False,
        widget=DayInput(),
        help_text=_("Tom: 1. januar i det år, hvor kvoterne meldes ud."),
    )

    def __init__(self, *given: Any, viewer: Viewer, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["year"].initial = timezone.localdate().year + 1
        own = Organisation.objects.filter(pk__in=agencies(viewer)).order_by("name")
        self.fields["organisation"].queryset = own
        if len(agencies(viewer)) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.fields["organisation"].initial = own[0]


class NationalForm(forms.Form):
    """Gives a draft another national number."""

    national = _persons(_("Landstal"))


class FiguresForm(forms.Form):
    """Takes a file with figures in."""

    file = sheet_field(_("Fil med tal for hver kommune"))


class AgreementForm(forms.Form):
    """Takes a file with an agreement in, with what its numbers do not say."""

    region = forms.ChoiceField(label=_("Region"))
    received = forms.DateField(label=_("Modtaget"), widget=DayInput())
    file = sheet_field(_("Fil med de aftalte tal"))
    written = forms.BooleanField(label=_("Aftalen er skriftlig"), required=False)
    says_how_to_change = forms.BooleanField(
        label=_("Aftalen siger, hvordan en ændring af landstallet fordeles"), required=False
    )
    told_beforehand = forms.BooleanField(
        label=_("Det er meddelt styrelsen, før landstallet blev ændret"), required=False
    )

    def __init__(self, *given: Any, regions: Sequence[str], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["region"].choices = [(region, region) for region in regions]
        self.fields["received"].initial = timezone.localdate()


class RevisionForm(forms.Form):
    """Asks whether another expected number changes the national number, and why."""

    expected = _persons(_("Nu ventes i alt"))
    reason = forms.CharField(
        label=_("Hvorfor"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Skal skrives, når en ny version begyndes."),
    )


class WhatIfForm(forms.Form):
    """Another total, or other figures of one municipality; nothing of it is saved."""

    national = _persons(_("Landstal"))
    code = forms.ChoiceField(label=_("Kommune med andre tal"), required=False)
    population = _persons(_("Indbyggere"), required=False)
    immigrants_refugees = _persons(_("Indvandrere og flygtninge"), required=False)
    family_reunified = _persons(_("Familiesammenførte"), required=False)

    def __init__(self, *given: Any, lines: Sequence[QuotaLine], formula: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        by_name = sorted((line.name, line.code) for line in lines)
        self.fields["code"].choices = [("", _("Ingen")), *((code, name) for name, code in by_name)]
        for name in ("population", "immigrants_refugees", "family_reunified"):
            self.fields[name].help_text = _("Tom: som i runden.")
        if not formula:
            del self.fields["immigrants_refugees"], self.fields["family_reunified"]
        self.lines = {line.code: line for line in lines}

    def clean(self) -> dict[str, Any]:
        """Refuse figures of nobody, and more immigrants and refugees than inhabitants."""
        found: dict[str, Any] = super().clean() or {}
        given = [
            name for name in ("population", "immigrants_refugees", "family_reunified") if found.get(name) is not None
        ]
        if given and not found.get("code"):
            self.add_error("code", _("Vælg den kommune, som tallene er for."))
        elif given:
            line = self.lines[found["code"]]
            population = found["population"] if found.get("population") is not None else line.population
            some = found.get("immigrants_refugees")
            some = line.immigrants_refugees if some is None else some
            if some is not None and some > population:
                self.add_error("immigrants_refugees", _("Højst så mange som indbyggere."))
        return found
