"""Forms of an office's own administration and of its start."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any, cast

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fodfaeste.data.municipalities import valid_on
from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.logo import MOST_KILOBYTES, checked
from fodfaeste.web.accounts.domain.start import LETTER_LANGUAGES, Use, known_rule_sets, suggested_uses
from fodfaeste.web.accounts.models import WEEKDAYS, Organisation
from fodfaeste.web.accounts.roles import OF_KIND, ROLES, Kind, Role

A_DAY = timedelta(days=1)
OFFICE_DAYS = range(5)
OPENS, CLOSES = time(9), time(15)
"""What is suggested for Monday to Friday."""


class DayInput(forms.DateInput):
    """A day, chosen in the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A time of day."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def phone_field(label: Any, help_text: Any) -> forms.RegexField:
    """Make a field for a telephone number, which may stay empty."""
    return forms.RegexField(
        r"^\+?[0-9][0-9 ]{6,18}$",
        label=label,
        help_text=help_text,
        required=False,
        max_length=20,
        error_messages={"invalid": _("Skriv et telefonnummer med tal, fx 12 34 56 78 eller +45 12 34 56 78.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "dir": "ltr"}),
    )


class OwnPhoneForm(forms.Form):
    """Where somebody is reached at work."""

    phone = phone_field(
        _("Arbejdstelefon"),
        _("Vises for borgerne i dine sager og deres arbejdspladser. Uden den vises kontorets nummer."),
    )


def _roles(roles: Iterable[Role]) -> list[tuple[str, Any]]:
    return [(role.value, name) for role, name in ROLES.items() if role in roles]


class RoleForm(forms.Form):
    """A role from one day to another, both with it."""

    role = forms.ChoiceField(label=_("Rolle"))
    start = forms.DateField(label=_("Fra"), widget=DayInput)
    last = forms.DateField(
        label=_("Til og med"),
        widget=DayInput,
        required=False,
        help_text=_("Kun for vikarer og andre, hvis adgang skal slutte af sig selv."),
    )

    def __init__(self, organisation: Organisation, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = _roles(organisation.possible_roles)
        self.fields["start"].initial = timezone.localdate()

    @property
    def given(self) -> dict[str, Any]:
        """The role with its first day, and the first day without it."""
        last: date | None = self.cleaned_data["last"]
        return {
            "role": Role(self.cleaned_data["role"]),
            "start": self.cleaned_data["start"],
            "end": None if last is None else last + A_DAY,
        }


class InviteForm(RoleForm):
    """Somebody new, with their first role."""

    name = forms.CharField(label=_("Navn"), max_length=200)
    email = forms.EmailField(label=_("E-mailadresse"), help_text=_("Den, de logger ind med."))

    field_order = ("name", "email", "role", "start", "last")


class EndForm(forms.Form):
    """The last day of a role."""

    last = forms.DateField(label=_("Sidste dag"), widget=DayInput)

    @property
    def day(self) -> date:
        """The first day without it."""
        return cast(date, self.cleaned_data["last"]) + A_DAY


class PartnerForm(forms.Form):
    """With whom to cooperate."""

    receiver = forms.ModelChoiceField(Organisation.objects.none(), label=_("Hvem vil I samarbejde med?"))

    def __init__(self, organisation: Organisation, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        kinds = (Kind.MUNICIPALITY, Kind.SCHOOL, Kind.ASSOCIATION)
        others = Organisation.objects.filter(kind__in=kinds).exclude(pk=organisation.pk)
        self.fields["receiver"].queryset = others.exclude(partners=organisation).order_by("name")


class MunicipalityForm(forms.Form):
    """Which municipality an office is, and its logo."""

    code = forms.ChoiceField(label=_("Kommune"))
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG eller JPEG på højst 100 kB. Det står øverst på siderne og i breve."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    without_logo = forms.BooleanField(label=_("Fjern det logo, der er nu"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if not self.initial.get("logo"):
            del self.fields["without_logo"]
        rows = valid_on(timezone.localdate()).select("code", "name").sort("name").iter_rows()
        self.fields["code"].choices = [(code, f"{name} ({code})") for code, name in rows]

    def clean_logo(self) -> bytes:
        """Read the picture."""
        sent = self.cleaned_data["logo"]
        content = b"" if sent is None or sent is self.initial.get("logo") else sent.read(MOST_KILOBYTES * 1000 + 1)
        if content:
            try:
                checked(content)
            except Refused as refused:
                raise forms.ValidationError(str(refused)) from None
        return content


class HoursForm(forms.Form):
    """When an office is open: two times for every weekday, both empty where it is closed; and where it is reached."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for day, name in WEEKDAYS.items():
            for part, label in (("opens", _("%(day)s: åbner")), ("closes", _("%(day)s: lukker"))):
                self.fields[f"{part}_{day}"] = forms.TimeField(
                    label=label % {"day": str(name).capitalize()}, widget=TimeInput, required=False
                )
        self.fields["phone"] = phone_field(
            _("Kontorets telefon"),
            _("Vises for borgere og arbejdspladser, hvor en medarbejder ikke har sit eget nummer."),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse half a day."""
        said = cast(dict[str, Any], super().clean())
        for day in WEEKDAYS:
            if bool(said.get(f"opens_{day}")) != bool(said.get(f"closes_{day}")):
                self.add_error(f"closes_{day}", _("Skriv begge tidspunkter, eller ingen af dem."))
        return said

    @property
    def hours(self) -> dict[int, tuple[time, time]]:
        """When it is open, by weekday."""
        said = self.cleaned_data
        return {day: (said[f"opens_{day}"], said[f"closes_{day}"]) for day in WEEKDAYS if said[f"opens_{day}"]}


def hours_of(organisation: Organisation) -> dict[str, Any]:
    """Give what the form of hours begins with: those of the office, or ordinary ones, and its telephone."""
    rows = {row.weekday: (row.opens, row.closes) for row in organisation.hours.all()}
    open_on = rows or dict.fromkeys(OFFICE_DAYS, (OPENS, CLOSES))
    found = {
        f"{part}_{day}": times[position]
        for day, times in open_on.items()
        for position, part in enumerate(("opens", "closes"))
    }
    return {**found, "phone": organisation.phone}


class LanguagesForm(forms.Form):
    """Which languages an office writes in."""

    languages = forms.MultipleChoiceField(
        label=_("Sprog, I skriver til borgerne på"),
        choices=list(LETTER_LANGUAGES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Dansk er altid med."),
    )


class RolesForm(forms.Form):
    """Which roles an office fills."""

    roles = forms.MultipleChoiceField(
        label=_("Roller, I har"),
        choices=_roles(OF_KIND[Kind.MUNICIPALITY] - {Role.ADMINISTRATOR}),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("En administrator er der altid."),
    )


class ColleaguesForm(forms.Form):
    """A list of people, a line each."""

    people = forms.CharField(
        label=_("Medarbejdere"),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        help_text=_(
            "En linje til hver: navn; e-mail; rolle. Kan kopieres fra et regneark. Lad den stå tom, hvis I er nok."
        ),
    )


class RuleSetsForm(forms.Form):
    """For whom each rule set is used: by the day on which the municipality took over."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, rule_set in known_rule_sets().items():
            words = {"id": name, "title": rule_set.title.da}
            self.fields[f"{name}-start"] = forms.DateField(
                label=_("%(id)s: overtaget fra") % words, help_text=words["title"], widget=DayInput, required=False
            )
            self.fields[f"{name}-last"] = forms.DateField(
                label=_("%(id)s: til og med") % words, widget=DayInput, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a last day without a first."""
        said = cast(dict[str, Any], super().clean())
        for name in known_rule_sets():
            if said.get(f"{name}-last") and not said.get(f"{name}-start"):
                self.add_error(f"{name}-start", _("Skriv også den første dag, eller lad begge stå tomme."))
        return said

    @property
    def uses(self) -> tuple[Use, ...]:
        """The rule sets that have a first day."""
        said = self.cleaned_data
        return tuple(
            Use(name, start, None if (last := said[f"{name}-last"]) is None else last + A_DAY)
            for name in known_rule_sets()
            if (start := said[f"{name}-start"]) is not None
        )


def rule_sets_of(organisation: Organisation) -> dict[str, date | None]:
    """Give what the form of rule sets begins with: those that the office uses, or each until the next begins."""
    rows = [Use(row.rule_set, row.start, row.end) for row in organisation.rule_sets.all()] or suggested_uses()
    days: dict[str, date | None] = {}
    for use in rows:
        days[f"{use.rule_set}-start"] = use.start
        days[f"{use.rule_set}-last"] = None if use.end is None else use.end - A_DAY
    return days


class MadeUpDataForm(forms.Form):
    """Whether to try with made-up persons first."""

    wanted = forms.TypedChoiceField(
        label=_("Vil I prøve med opdigtede borgere først?"),
        choices=[("yes", _("Ja, læg opdigtede borgere ind")), ("no", _("Nej, vi begynder med det samme"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )


class FinishForm(forms.Form):
    """Nothing more to say."""


class PasskeyForm(AddWebAuthnForm):
    """A passkey and what its owner calls it; it signs in by itself unless they say otherwise."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].label = _("Navn")
        self.fields["name"].help_text = _("Så I kan kende nøglen igen, fx »Min telefon«.")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Log ind med nøglen alene, uden adgangskode")
        self.fields["passwordless"].help_text = _("Nøglen beder så om fingeraftryk, ansigt eller en kode.")
