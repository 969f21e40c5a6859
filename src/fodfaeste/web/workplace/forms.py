"""Forms of agreements, for the office and for the workplace."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.forms import phone_field
from fodfaeste.web.people.models import Person
from fodfaeste.web.workplace.domain.text import Facts, is_cvr
from fodfaeste.web.workplace.models import Agreement


def _long() -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 3})


class AgreementForm(forms.Form):
    """What is agreed with a workplace. All of it is asked for when it is sent; until then it may be half of it."""

    employer = forms.CharField(label=_("Arbejdsplads"), max_length=120, required=False)
    cvr = forms.CharField(
        label=_("CVR-nummer"),
        max_length=11,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
    )
    contact = forms.CharField(label=_("Kontaktperson"), max_length=120, required=False)
    contact_phone = phone_field(_("Kontaktpersonens telefon"), _("Kun til kontoret; står ikke i aftalen."))
    contact_email = forms.EmailField(
        label=_("Kontaktpersonens e-mail"), required=False, help_text=_("Kun til kontoret; står ikke i aftalen.")
    )
    mentor = forms.CharField(label=_("Mentor på arbejdspladsen"), max_length=120, required=False)
    called = forms.CharField(
        label=_("Kaldes på arbejdspladsen"),
        max_length=60,
        required=False,
        help_text=_("Fornavnet eller det navn, personen vælger. Arbejdspladsen får intet andet navn."),
    )
    tasks = forms.CharField(label=_("Opgaver"), widget=_long(), required=False)
    goal = forms.CharField(label=_("Sprogligt mål"), widget=_long(), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_cvr(self) -> str:
        """Take spaces away, and refuse what cannot be a CVR number."""
        number = self.cleaned_data["cvr"].replace(" ", "")
        if number and not is_cvr(number):
            raise forms.ValidationError(_("Det er ikke et CVR-nummer: det har otte tal. Se efter på virk.dk."))
        return number

    def written(self) -> dict[str, Any]:
        """Give what was written, as `agreements.write` takes it."""
        said = dict(self.cleaned_data)
        facts = Facts(**{name: said.pop(name).strip() for name in Facts.__dataclass_fields__})
        return {"facts": facts, **said}

    @staticmethod
    def values(row: Agreement | None, person: Person) -> dict[str, Any]:
        """Give what the form begins with; whose name is protected is called what they choose."""
        if row is None:
            return {"called": "" if person.protected else person.given_name}
        return {name: getattr(row, name) for name in AgreementForm.base_fields if name != "seen"}


class ApproveForm(forms.Form):
    """The office's approval, and the newcomer's where they are in the room: who has approved already is left out."""

    office = forms.CharField(label=_("Navn på den, der godkender for kommunen"), max_length=200, required=False)
    person = forms.CharField(
        label=_("Den nytilkomnes navn, skrevet af personen selv"),
        max_length=200,
        required=False,
        help_text=_("Kun hvis I sidder sammen; ellers godkender personen på sin egen side."),
    )
    present = forms.CharField(label=_("Hvem var til stede"), max_length=300, required=False, help_text=_("også tolken"))
    seen = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Ask for somebody's name."""
        found = self.cleaned_data
        if not any(found.get(side) for side in ("office", "person")):
            raise forms.ValidationError(_("Skriv navnet på den, der godkender."))
        return found


class WorkplaceForm(forms.Form):
    """The workplace's yes, by a typed name."""

    name = forms.CharField(
        label=_("Dit navn"),
        help_text=_("Når du skriver dit navn, godkender du aftalen for arbejdspladsen."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput)


class UnfitForm(forms.Form):
    """What does not fit."""

    words = forms.CharField(label=_("Hvad passer ikke?"), max_length=2000, widget=_long())
    seen = forms.CharField(widget=forms.HiddenInput)
