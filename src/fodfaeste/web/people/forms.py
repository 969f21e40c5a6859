"""Forms of persons and of what belongs to them: what they give is what the acts take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.people import words
from fodfaeste.web.people.domain.facts import PersonFacts
from fodfaeste.web.people.models import (
    LEVELS,
    EmploymentSpell,
    Household,
    Permit,
    Person,
    ResidenceSpell,
    Schooling,
    Sex,
    Wish,
)

DAY_SHAPES = ("%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%d%m%Y")
YEARS = range(1900, 2100)


class DayField(forms.DateField):
    """A day, chosen or typed."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(input_formats=DAY_SHAPES, widget=widget, **more)


class CodeField(forms.ChoiceField):
    """A country or a language, chosen by its name; a code that is no longer in the list stays what it is."""

    def valid_value(self, value: str) -> bool:
        """Take what the list has, and what was there before."""
        return super().valid_value(value) or value == self.initial

    choices: Any

    def offering(self, code: str) -> None:
        """Offer a code that is stored though the list does not have it."""
        self.initial = code
        if code and not super().valid_value(code):
            self.choices = [(code, code), *self.choices]


def today() -> Any:
    """Give the day that a form begins with."""
    return timezone.localdate()


def letters() -> list[tuple[str, str]]:
    """Give the languages that letters are written in."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class VersionedForm(forms.Form):
    """A form of a row that another may change meanwhile: it carries the version that it shows."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class PersonForm(VersionedForm):
    """What is known of a person as such. The CPR number is not shown here: what is typed replaces it."""

    given_name = forms.CharField(
        label=_("Fornavn"), max_length=120, help_text=_("Det eneste navn, hvis der kun er ét.")
    )
    family_name = forms.CharField(label=_("Efternavn"), max_length=120, required=False)
    own_script = forms.CharField(
        label=_("Navn i egen skrift"),
        max_length=240,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    birth_date = DayField(label=_("Født"))
    birth_date_by_decree = forms.BooleanField(label=_("Fødselsdatoen er fastsat af en myndighed"), required=False)
    cpr = forms.CharField(label=_("CPR-nummer"), max_length=11, required=False)
    forget_cpr = forms.BooleanField(label=_("Slet det CPR-nummer, der står"), required=False)
    sex = forms.ChoiceField(label=_("Køn"), choices=Sex.choices, widget=forms.RadioSelect)
    citizenship = CodeField(label=_("Statsborgerskab"), choices=words.countries)
    permit = forms.ChoiceField(label=_("Opholdsgrundlag"), choices=Permit.choices)
    arrival_date = DayField(label=_("Første dag i en dansk kommune"))
    takeover_date = DayField(label=_("Overtaget af kommunen"))
    civil_status = forms.ChoiceField(
        label=_("Civilstand ved ankomst"),
        required=False,
        choices=[("", _("ukendt")), ("married", _("gift")), ("unmarried", _("ugift"))],
    )
    schooling = forms.ChoiceField(label=_("Skolegang før ankomst"), choices=Schooling.choices, initial="unknown")
    schooling_years = forms.IntegerField(label=_("Års skolegang"), required=False, min_value=0, max_value=30)
    phone = forms.CharField(label=_("Telefon"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Breve på"), choices=letters)
    drives = forms.BooleanField(label=_("Har kørekort"), required=False)
    has_car = forms.BooleanField(label=_("Har bil"), required=False)
    protected = forms.BooleanField(
        label=_("Beskyttet navn og adresse"),
        required=False,
        help_text=_("Navnet står da ikke i lister, filer og kalendere; kun sagsnummeret."),
    )
    not_the_same = forms.BooleanField(label=_("Det er ikke nogen af dem: opret en ny person"), required=False)

    def __init__(self, data: Any = None, *, person: Person | None = None, asks_whether_same: bool = False) -> None:
        super().__init__(data, initial=initial_of(person) if person else {})
        self._person = person
        self.fields["citizenship"].offering(person.citizenship if person else "")
        if not (person and person.cpr):
            del self.fields["forget_cpr"]
        if person and person.cpr:
            self.fields["cpr"].help_text = _("Der står et nummer. Skriv kun her for at skrive et andet.")
        if not asks_whether_same:
            del self.fields["not_the_same"]

    def facts(self) -> PersonFacts:
        """Give what was typed as facts; without a number typed, the one that is stored."""
        known = dict(self.cleaned_data)
        forget = known.pop("forget_cpr", False)
        for name in ("version", "not_the_same"):
            known.pop(name, None)
        stored = self._person.cpr if self._person and self._person.cpr and not forget else ""
        return PersonFacts(**{**known, "cpr": known["cpr"].strip() or stored})


def initial_of(person: Person) -> dict[str, Any]:
    """Give what a form of a person begins with: everything but the CPR number."""
    names = [name for name in PersonForm.base_fields if name not in {"cpr", "forget_cpr", "not_the_same"}]
    return {name: getattr(person, name) for name in names}


class LanguageForm(VersionedForm):
    """A language and its levels."""

    language = CodeField(label=_("Sprog"), choices=words.languages)
    spoken = forms.ChoiceField(label=_("Talt"), choices=LEVELS, required=False)
    written = forms.ChoiceField(label=_("Skrevet"), choices=LEVELS, required=False)
    reads_script = forms.BooleanField(label=_("Læser skriften"), required=False)
    mother_tongue = forms.BooleanField(label=_("Modersmål"), required=False)

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["language"].offering(self.initial.get("language", ""))


class WorkForm(VersionedForm):
    """A spell of work, education or unemployment."""

    kind = forms.ChoiceField(label=_("Art"), choices=EmploymentSpell.Kind.choices)
    employer = forms.CharField(label=_("Arbejdssted"), max_length=200, required=False)
    hours_a_week = forms.DecimalField(
        label=_("Timer om ugen"),
        required=False,
        min_value=0,
        max_value=99,
        max_digits=4,
        decimal_places=1,
        localize=True,
    )
    start = DayField(label=_("Fra"))
    end = DayField(label=_("Første dag uden"), required=False)


class OccupationForm(VersionedForm):
    """What somebody has worked with."""

    name = forms.CharField(label=_("Arbejde"), max_length=120, help_text=_("Også det, der ikke er papir på."))
    years = forms.IntegerField(label=_("År"), min_value=0, max_value=70, initial=0)
    last_year = forms.IntegerField(label=_("Sidste år"), min_value=YEARS[0], max_value=YEARS[-1], required=False)
    wanted = forms.BooleanField(label=_("Vil gerne igen"), required=False, initial=True)


class WishForm(VersionedForm):
    """A wish, in the person's own words."""

    about = forms.ChoiceField(label=_("Om"), choices=Wish.About.choices)
    words = forms.CharField(label=_("Egne ord"), widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))
    said = DayField(label=_("Sagt"), initial=today)
    with_interpreter = forms.BooleanField(label=_("Med tolk"), required=False)


class NeedForm(VersionedForm):
    """A need that the plan has to respect."""

    words = forms.CharField(
        label=_("Hensyn"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kun det, planen skal tage hensyn til, og ikke diagnoser."),
    )
    noted = DayField(label=_("Noteret"), initial=today)


class ConsentForm(VersionedForm):
    """A consent; one to an association that has a page here is to be in touch with it."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Forening, der må få kontakt"),
        required=False,
        empty_label="–",
        help_text=_("Koordinatoren ser navn, sprog, kommune, fritidsønsker og dit telefonnummer – intet andet."),
    )
    called = forms.CharField(
        label=_("Kaldes i foreningen"),
        max_length=60,
        required=False,
        help_text=_("Ellers fornavnet. Er navnet beskyttet, ser foreningen kun det, du skriver her."),
    )
    to_what = forms.CharField(label=_("Til hvad"), max_length=200)
    to_whom = forms.CharField(
        label=_("Til hvem"), max_length=200, required=False, help_text=_("Udfyldes kun, hvis det ikke er en forening.")
    )
    given = DayField(label=_("Givet"), initial=today)
    until = DayField(label=_("Gælder til"), required=False, help_text=_("Den første dag, det ikke gælder."))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["organisation"].queryset = Organisation.objects.filter(kind=Kind.ASSOCIATION).order_by("name")


class WithdrawalForm(VersionedForm):
    """That a consent holds no longer."""

    withdrawn = DayField(label=_("Trukket tilbage"), initial=today)


class ResidenceForm(VersionedForm):
    """A new stay in a municipality."""

    municipality = forms.RegexField(r"^\d{3}$", label=_("Kommunekode"), help_text=_("Tre cifre, fx 791."))
    start = DayField(label=_("Fra"))


class EndOfResidenceForm(VersionedForm):
    """The end of a stay."""

    end = DayField(label=_("Første dag uden"))
    reason = forms.ChoiceField(label=_("Hvorfor"), choices=ResidenceSpell.EndReason.choices)
    to = forms.RegexField(
        r"^\d{3}$", label=_("Flyttet til kommune"), required=False, help_text=_("Tre cifre, hvis den er kendt.")
    )


class JoinForm(VersionedForm):
    """Which household a person belongs to: one that is known, or a new one."""

    household = forms.ModelChoiceField(
        Household.objects.none(), label=_("Husstand"), required=False, empty_label=_("en ny")
    )
    name = forms.CharField(label=_("Betegnelse for en ny"), max_length=120, required=False)
    relation = forms.CharField(
        label=_("Forhold"), max_length=60, required=False, help_text=_("Fx mor, søn, bedstefar.")
    )
    start = DayField(label=_("Fra"))

    def clean(self) -> dict[str, Any]:
        """Ask for a name where the household is new."""
        known: dict[str, Any] = super().clean() or self.cleaned_data
        if not known.get("household") and not known.get("name"):
            self.add_error("name", _("Vælg en husstand, eller skriv, hvad den nye skal hedde."))
        return known


class LeaveForm(VersionedForm):
    """The end of belonging to a household."""

    end = DayField(label=_("Første dag uden"))


class ExpectedForm(VersionedForm):
    """Somebody of the family who is to come."""

    given_name = forms.CharField(label=_("Fornavn"), max_length=120)
    family_name = forms.CharField(label=_("Efternavn"), max_length=120, required=False)
    relation = forms.CharField(label=_("Forhold"), max_length=60, help_text=_("Fx ægtefælle, datter."))
    birth_date = DayField(label=_("Født"))
    sex = forms.ChoiceField(label=_("Køn"), choices=Sex.choices, widget=forms.RadioSelect)
    citizenship = CodeField(label=_("Statsborgerskab"), choices=words.countries)
    day = DayField(label=_("Ventes den"))


class ExpectedDayForm(VersionedForm):
    """Another day on which somebody is expected."""

    day = DayField(label=_("Ventes den"))


class HouseholdNameForm(VersionedForm):
    """What a household is called."""

    name = forms.CharField(label=_("Betegnelse"), max_length=120)


class MergeForm(forms.Form):
    """Who is the same person."""

    case_number = forms.CharField(label=_("Den andens sagsnummer"), max_length=20)
