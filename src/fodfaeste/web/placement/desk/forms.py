"""Forms of the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.people.models import Schooling, Sex
from fodfaeste.web.placement.desk.models import (
    CIVIL_STATUS,
    LANGUAGES,
    Arrival,
    ArrivalWish,
    Proposal,
)
from fodfaeste.web.placement.desk.words import ABOUT, REASONS, municipality_names
from fodfaeste.web.placement.rounds.forms import DayInput, sheet_field
from fodfaeste.web.placement.rounds.permissions import agencies

MEMBERS, WISHES = "members", "wishes"
EMPTY_ROWS = 3
"""Rows to fill in beyond those that are there; who needs more saves and comes back."""


def _municipalities(empty: Any = None) -> list[tuple[str, Any]]:
    named = sorted(((code, name) for code, name in municipality_names().items()), key=lambda one: one[1])
    return [("", empty or "–"), *named]


class HouseholdForm(forms.Form):
    """A household as a whole."""

    name = forms.CharField(label=_("Betegnelse"), max_length=120, help_text=_("Det, I kalder husstanden."))
    arrives = forms.DateField(label=_("Ankommer"), widget=DayInput())
    language = forms.ChoiceField(label=_("Sprog"), choices=LANGUAGES)
    needs = forms.CharField(
        label=_("Hensyn"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Det, modtageren skal vide. Det indgår ikke i prognosen."),
    )
    together_with = forms.ModelChoiceField(
        Arrival.objects.none(), label=_("Skal bo samme sted som"), required=False, empty_label=_("Ingen anden husstand")
    )
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Myndighed"), empty_label=None)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *given: Any, viewer: Viewer, others: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        _of_own_agency(self, viewer)
        self.fields["together_with"].queryset = others


class MemberForm(forms.Form):
    """Somebody of the household."""

    given_name = forms.CharField(label=_("Fornavn"), max_length=120)
    family_name = forms.CharField(label=_("Efternavn"), max_length=120, required=False)
    birth_date = forms.DateField(label=_("Født"), widget=DayInput())
    sex = forms.ChoiceField(label=_("Køn"), choices=[("", "–"), *Sex.choices])
    citizenship = forms.RegexField(
        r"^[A-Za-z]{3}$", label=_("Statsborgerskab"), help_text=_("Tre bogstaver, fx SYR eller UKR.")
    )
    trade = forms.CharField(label=_("Arbejde før"), max_length=120, required=False)
    schooling = forms.ChoiceField(
        label=_("Skolegang"), required=False, choices=[("", _("ikke kendt")), *Schooling.choices]
    )
    civil_status = forms.ChoiceField(
        label=_("Civilstand"), required=False, choices=[("", _("ikke kendt")), *CIVIL_STATUS]
    )

    def clean_citizenship(self) -> str:
        """Write codes in capitals."""
        return str(self.cleaned_data["citizenship"]).upper()


MISSING = {
    "code": _("Vælg en kommune."),
    "size": _("Vælg en størrelse."),
    "sector": _("Vælg et slags arbejde."),
    "around": _("Vælg omgivelser."),
}
"""What a wish can be about, and what is said where that is not filled in."""


class WishForm(forms.Form):
    """A wish or a condition."""

    kind = forms.ChoiceField(label=_("Ønske eller betingelse"), choices=[("", "–"), *ArrivalWish.Kind.choices])
    code = forms.ChoiceField(label=_("Kommune"), required=False, choices=lazy(_municipalities, list)())
    km = forms.IntegerField(label=_("Højst så mange km væk"), required=False, min_value=0, max_value=300)
    size = forms.ChoiceField(label=_("Byens størrelse"), required=False, choices=[("", "–"), *ArrivalWish.Size.choices])
    sector = forms.ChoiceField(
        label=_("Slags arbejde"), required=False, choices=[("", "–"), *ArrivalWish.Sector.choices]
    )
    around = forms.ChoiceField(label=_("Omgivelser"), required=False, choices=[("", "–"), *ArrivalWish.Around.choices])
    weight = forms.TypedChoiceField(
        label=_("Hvor vigtigt"),
        required=False,
        coerce=int,
        empty_value=2,
        choices=[("", "–"), *ArrivalWish._meta.get_field("weight").choices],
    )
    hard = forms.BooleanField(label=_("Skal være opfyldt"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for what a wish is about, and let go of what it is not about."""
        found: dict[str, Any] = super().clean() or {}
        found["km"] = found.get("km") or 0
        kind = found.get("kind")
        if kind:
            about = ABOUT[kind][0] if kind in ABOUT else "code"
            if not found.get(about):
                self.add_error(about, MISSING[about])
            found |= {name: "" for name in MISSING if name != about}
        return found


def members_formset(data: Any, initial: list[dict[str, Any]]) -> Any:
    """Give the rows of people."""
    made = forms.formset_factory(MemberForm, extra=0 if data is not None else EMPTY_ROWS, can_delete=True)
    return made(data, initial=initial, prefix=MEMBERS)


def wishes_formset(data: Any, initial: list[dict[str, Any]]) -> Any:
    """Give the rows of wishes and conditions."""
    made = forms.formset_factory(WishForm, extra=0 if data is not None else EMPTY_ROWS, can_delete=True)
    return made(data, initial=initial, prefix=WISHES)


class DecisionForm(forms.Form):
    """A person's decision about a household."""

    seen = forms.CharField(widget=forms.HiddenInput())
    code = forms.ChoiceField(label=_("Kommune"))
    reason_code = forms.ChoiceField(
        label=_("Grund"),
        required=False,
        choices=[("", "–"), *REASONS.items()],
        help_text=_("Kun hvis det er et andet sted end det første."),
    )
    text = forms.CharField(
        label=_("Forklaring"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Med ord: den står i begrundelsen til husstanden."),
    )

    def __init__(self, *given: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["code"].choices = places


class WordsForm(forms.Form):
    """A text that has to be written."""

    text = forms.CharField(label=_("Med ord"), widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(WordsForm):
    """The answer to an objection."""

    reopen = forms.TypedChoiceField(
        label=_("Svar"),
        coerce=lambda value: value == "1",
        choices=[("0", _("Afgørelsen fastholdes")), ("1", _("Sagen genoptages, og husstanden afgøres igen"))],
    )


class ProposalForm(forms.Form):
    """Begins a proposal for a period."""

    name = forms.CharField(label=_("Navn"), max_length=120)
    first = forms.DateField(label=_("Ankommer fra"), widget=DayInput())
    last = forms.DateField(label=_("Ankommer til og med"), widget=DayInput())
    like = forms.ModelChoiceField(
        Proposal.objects.none(),
        label=_("Som et andet forslag"),
        required=False,
        empty_label=_("Begynd forfra"),
        help_text=_("Det, der er låst og udelukket dér, tages med."),
    )
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Myndighed"), empty_label=None)

    def __init__(self, *given: Any, viewer: Viewer, own: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        _of_own_agency(self, viewer)
        self.fields["like"].queryset = own


class ListForm(forms.Form):
    """Takes a list of households in."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Myndighed"), empty_label=None)
    file = sheet_field(_("Liste over ankommende husstande"))

    def __init__(self, *given: Any, viewer: Viewer, **more: Any) -> None:
        super().__init__(*given, **more)
        _of_own_agency(self, viewer)


class PlaceListForm(forms.Form):
    """Takes a list of what municipalities have in."""

    file = sheet_field(_("Liste over kommunernes tal"))


def _of_own_agency(form: forms.Form, viewer: Viewer) -> None:
    """Let a form choose among the officer's agencies; one alone is not asked for."""
    own = Organisation.objects.filter(pk__in=agencies(viewer)).order_by("name")
    form.fields["organisation"].queryset = own
    if len(agencies(viewer)) == 1:
        form.fields["organisation"].widget = forms.HiddenInput()
        form.fields["organisation"].initial = own[0]
