"""Forms of moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import CASEWORK, Kind
from fodfaeste.web.moving.domain.preparing import Terms
from fodfaeste.web.moving.grounds import grounds
from fodfaeste.web.moving.groups import BY_DEFAULT, NEVER_BY_DEFAULT, Group
from fodfaeste.web.moving.models import Mover
from fodfaeste.web.moving.texts import LANGUAGES, say
from fodfaeste.web.people.models import Person
from fodfaeste.web.people.words import language, name_in_lists
from fodfaeste.web.programme.forms import day_field


class MoveForm(forms.Form):
    """Who moves, where to, when, what goes along, and on which ground."""

    persons = forms.MultipleChoiceField(label=gettext_lazy("Hvem flytter?"), widget=forms.CheckboxSelectMultiple)
    to_office = forms.ModelChoiceField(label=gettext_lazy("Til"), queryset=Organisation.objects.none(), required=False)
    to_name = forms.CharField(
        label=gettext_lazy("Kommunens navn"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("kun hvor kommunen ikke er på listen"),
    )
    to_code = forms.CharField(
        label=gettext_lazy("Kommunekode"),
        max_length=3,
        required=False,
        help_text=gettext_lazy("tre cifre, kun hvor kommunen ikke er på listen"),
    )
    day = day_field(gettext_lazy("Første dag i den nye kommune"))
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Det går med"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(group.value, group.label.capitalize()) for group in BY_DEFAULT],
    )
    needs = forms.BooleanField(
        label=gettext_lazy("Hensyn til helbred går også med"),
        required=False,
        help_text=gettext_lazy(
            "Kun med personens samtykke, og kun hvor den nye kommune har brug for det fra første dag."
        ),
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Hjemmel, hvis det ikke sker med samtykke"), required=False, widget=forms.RadioSelect
    )
    ground_words = forms.CharField(
        label=gettext_lazy("Hvorfor hjemlen er opfyldt"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, persons: Sequence[Person], office: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._persons = {str(person.pk): person for person in persons}
        self.fields["persons"].choices = [(key, name_in_lists(person)) for key, person in self._persons.items()]
        others = Organisation.objects.filter(kind=Kind.MUNICIPALITY).exclude(pk=office.pk)
        self.fields["to_office"].queryset = others.order_by("name")
        self.fields["to_office"].empty_label = _("En kommune, der ikke bruger systemet")
        self.fields["ground"].choices = [("", _("Ingen: det sker med samtykke")), *_grounds()]

    def chosen(self) -> list[Person]:
        """Give who moves."""
        return [self._persons[key] for key in self.cleaned_data["persons"]]

    def terms(self) -> Terms:
        """Give what was written."""
        said = self.cleaned_data
        return Terms(
            to_office=said["to_office"],
            to_name=said["to_name"],
            to_code=said["to_code"].strip(),
            day=said["day"],
            groups=tuple(said["groups"]) + ((Group.NEEDS.value,) if said["needs"] else ()),
            ground=said["ground"],
            ground_words=said["ground_words"],
        )


def beginning(move: Any, persons: Sequence[Any]) -> dict[str, Any]:
    """Give what a form of a move begins with: what is written, or what is usual, without what is never by default."""
    keys = [str(person.pk) for person in persons]
    if move is None:
        return {"persons": keys, "groups": [group.value for group in BY_DEFAULT]}
    names = ("to_office", "day", "ground", "ground_words", "version")
    return {
        **{name: getattr(move, name) for name in names},
        "to_name": "" if move.to_office_id else move.to_name,
        "to_code": "" if move.to_office_id else move.to_code,
        "persons": keys,
        "groups": [group for group in move.groups if group not in NEVER_BY_DEFAULT],
        "needs": Group.NEEDS in move.groups,
    }


def _grounds() -> list[tuple[str, str]]:
    sure = {
        "A": _("læst i loven"),
        "B": _("fra en officiel side"),
        "C": _("almindelig viden, skal bekræftes"),
        "S": _("forslag"),
    }
    return [(one.id, f"{one.words} ({one.source}; {sure[one.certainty]})") for one in grounds(timezone.localdate())]


class ConsentForm(forms.Form):
    """Somebody agrees at the desk."""

    movers = forms.MultipleChoiceField(label=gettext_lazy("Samtykket gælder for"), widget=forms.CheckboxSelectMultiple)
    name = forms.CharField(
        label=gettext_lazy("Navn på den, der giver samtykke"),
        max_length=200,
        help_text=gettext_lazy("skrevet af personen selv; for børn under 15 år af en voksen i familien"),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    present = forms.CharField(label=gettext_lazy("Til stede"), max_length=300)
    with_interpreter = forms.BooleanField(label=gettext_lazy("Med tolk"), required=False)
    day = day_field(gettext_lazy("Givet den"))
    language = forms.ChoiceField(label=gettext_lazy("Læst på"))
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, movers: Sequence[Mover], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._movers = {str(mover.pk): mover for mover in movers}
        self.fields["movers"].choices = [(key, mover.name) for key, mover in self._movers.items()]
        self.fields["language"].choices = [(code, language(code)) for code in LANGUAGES]

    def chosen(self) -> list[Mover]:
        """Give whom it is for."""
        return [self._movers[key] for key in self.cleaned_data["movers"]]


class OwnConsentForm(forms.Form):
    """Somebody agrees on their own page; the words stand in their language."""

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}))
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label, self.fields["name"].help_text = say("name", language), say("hint", language)


class AcceptForm(forms.Form):
    """Who is to work with them from the day of the move."""

    worker = forms.ModelChoiceField(label=gettext_lazy("Ny medarbejder"), queryset=User.objects.none())

    def __init__(self, *args: Any, office: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Membership.objects.on(timezone.localdate()).filter(organisation=office, role__in=CASEWORK)
        workers = User.objects.filter(pk__in=held.values("user"), is_active=True)
        self.fields["worker"].queryset = workers.order_by("name")


class ReturnForm(forms.Form):
    """Why a move is sent back."""

    why = forms.CharField(label=gettext_lazy("Hvorfor sagen sendes tilbage"), widget=forms.Textarea(attrs={"rows": 3}))
