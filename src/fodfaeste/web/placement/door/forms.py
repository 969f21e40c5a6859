"""Forms of a household's own pages: the code, its wishes page by page, and an objection.

Each row of a page says the wishes that it means (`wishes`), and is made of wishes again (`rows`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.newcomer.forms import CodeForm
from fodfaeste.web.placement.desk.models import ArrivalWish
from fodfaeste.web.placement.desk.words import municipality_names

Kind, Size = ArrivalWish.Kind, ArrivalWish.Size
Wish = Mapping[str, Any]
Rows = Sequence[Wish]
LONGEST = 2000
"""Signs of an objection."""


class HouseholdCodeForm(CodeForm):
    """Asks for the code that was told apart from the link."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["code"].help_text = _("6 tal, som I har fået sammen med linket")


class ObjectionForm(forms.Form):
    """Says that a household disagrees, in its own words."""

    text = forms.CharField(
        label=_("Hvad er I uenige i?"),
        help_text=_("I kan skrive på jeres eget sprog."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )


def _municipalities() -> list[tuple[str, Any]]:
    named = sorted(municipality_names().items(), key=lambda one: one[1])
    return [("", "–"), *named]


def _place(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=lazy(_municipalities, list)())


def _km() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Hvor tæt på?"),
        required=False,
        coerce=int,
        empty_value=0,
        choices=[(0, _("i den samme kommune")), (30, _("højst 30 km væk")), (60, _("højst 60 km væk"))],
    )


class RowForm(forms.Form):
    """A row: what it is about, how important it is, and whether it has to be so."""

    kinds: ClassVar[tuple[Any, ...]] = ()
    """Kinds of wishes that the page holds."""
    blank: ClassVar[dict[str, Any]] = {
        "code": "",
        "km": 0,
        "size": "",
        "sector": "",
        "around": "",
        "hard": False,
        "weight": 2,
    }

    weight = forms.TypedChoiceField(
        label=_("Hvor vigtigt er det?"),
        required=False,
        coerce=int,
        empty_value=2,
        initial=2,
        choices=[(1, _("lidt vigtigt")), (2, _("vigtigt")), (3, _("meget vigtigt"))],
        widget=forms.RadioSelect,
    )
    hard = forms.TypedChoiceField(
        label=_("Skal det være sådan?"),
        required=False,
        coerce=lambda said: str(said) in {"1", "True"},
        empty_value=False,
        initial=0,
        choices=[(0, _("Det må gerne være sådan")), (1, _("Det skal være sådan; andre steder kan vi ikke bo"))],
        widget=forms.RadioSelect,
    )

    def wishes(self) -> list[dict[str, Any]]:
        """Give the wishes that the row means; none where it is empty."""
        raise NotImplementedError

    @classmethod
    def rows(cls, wishes: Iterable[Wish]) -> list[dict[str, Any]]:
        """Give the rows that wishes were made of."""
        return [{**one, "hard": int(one["hard"])} for one in wishes]

    def _wish(self, kind: Any, **more: Any) -> dict[str, Any]:
        said = self.cleaned_data
        return {**self.blank, "kind": str(kind), "weight": said["weight"], "hard": said["hard"], **more}


class NearForm(RowForm):
    """People to live near."""

    kinds = (Kind.FAMILY, Kind.NETWORK)

    kind = forms.ChoiceField(
        label=_("Hvem vil I bo nær?"),
        required=False,
        choices=[("", "–"), (Kind.FAMILY, _("familie")), (Kind.NETWORK, _("venner eller folk, vi kender"))],
    )
    code = _place(_("Hvor bor de?"))
    km = _km()
    field_order = ("kind", "code", "km", "weight", "hard")

    def clean(self) -> dict[str, Any]:
        """Ask for both who and where."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("kind") and not said.get("code"):
            self.add_error("code", _("Vælg den kommune, de bor i."))
        elif said.get("code") and not said.get("kind"):
            self.add_error("kind", _("Vælg, om det er familie eller venner."))
        return said

    def wishes(self) -> list[dict[str, Any]]:
        """One for each row that says who and where."""
        said = self.cleaned_data
        return [self._wish(said["kind"], code=said["code"], km=said["km"])] if said.get("kind") else []


class TownForm(RowForm):
    """How large the town is."""

    kinds = (Kind.TOWN,)

    size = forms.ChoiceField(
        label=_("Hvor stor en by vil I bo i?"),
        required=False,
        choices=[
            ("", _("Det er lige meget")),
            (Size.SMALL, _("En lille by eller på landet: under 30.000 mennesker i kommunen")),
            (Size.MIDDLE, _("En mellemstor by: 30.000 til 80.000")),
            (Size.LARGE, _("En stor by: over 80.000")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("size", "weight", "hard")

    def wishes(self) -> list[dict[str, Any]]:
        """One, unless it is all the same."""
        size = self.cleaned_data.get("size")
        return [self._wish(Kind.TOWN, size=size)] if size else []


class ManyForm(RowForm):
    """Several things of one kind, all as important."""

    about: ClassVar[str] = ""
    """What a wish of the kind says it is about."""

    def wishes(self) -> list[dict[str, Any]]:
        """One for each that is ticked."""
        return [self._wish(self.kinds[0], **{self.about: one}) for one in self.cleaned_data.get(self.about, [])]

    @classmethod
    def rows(cls, wishes: Iterable[Wish]) -> list[dict[str, Any]]:
        """Give one row with all that were ticked."""
        said = list(wishes)
        if not said:
            return []
        return [{**said[0], "hard": int(said[0]["hard"]), cls.about: [one[cls.about] for one in said]}]


class SectorForm(ManyForm):
    """Kinds of work."""

    kinds, about = (Kind.SECTOR,), "sector"

    sector = forms.MultipleChoiceField(
        label=_("Hvilket slags arbejde vil I helst have? I kan vælge flere."),
        required=False,
        choices=ArrivalWish.Sector.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("sector", "weight", "hard")


class AroundForm(ManyForm):
    """What is around the place."""

    kinds, about = (Kind.AROUND,), "around"

    around = forms.MultipleChoiceField(
        label=_("Hvordan skal der være, hvor I bor? I kan vælge flere."),
        required=False,
        choices=ArrivalWish.Around.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("around", "weight", "hard")


class WorkForm(RowForm):
    """A workplace or a job offer to live near."""

    kinds = (Kind.WORK,)

    code = _place(_("Har en af jer et job eller et jobtilbud? I hvilken kommune?"))
    km = _km()
    field_order = ("code", "km", "weight", "hard")

    def wishes(self) -> list[dict[str, Any]]:
        """One for a municipality."""
        said = self.cleaned_data
        return [self._wish(Kind.WORK, code=said["code"], km=said["km"])] if said.get("code") else []


class SchoolForm(RowForm):
    """A school or an education to live near."""

    kinds = (Kind.SCHOOL,)

    code = _place(_("Er der en skole eller uddannelse, en af jer skal gå på? I hvilken kommune?"))
    km = _km()
    field_order = ("code", "km", "weight", "hard")

    def wishes(self) -> list[dict[str, Any]]:
        """One for a municipality."""
        said = self.cleaned_data
        return [self._wish(Kind.SCHOOL, code=said["code"], km=said["km"])] if said.get("code") else []


class AvoidForm(RowForm):
    """A place where they do not want to live: it always holds, so nothing is asked beside it."""

    kinds = (Kind.AVOID,)

    code = _place(_("Hvor vil I ikke bo?"))
    weight = None
    hard = None

    def wishes(self) -> list[dict[str, Any]]:
        """One for a municipality."""
        code = self.cleaned_data.get("code")
        return [{**self.blank, "kind": str(Kind.AVOID), "code": code, "hard": True}] if code else []
