"""The form of what a municipality has: work, who lives there, and what is free from when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.web.placement.desk.domain.places import Figure
from fodfaeste.web.placement.desk.figure_words import SECTORS, About, free_choices
from fodfaeste.web.placement.desk.figures import FREE, SHARES, PlaceFigure, Topic
from fodfaeste.web.placement.desk.models import LANGUAGES
from fodfaeste.web.placement.rounds.forms import DayInput

WHOLE = 100
"""Per cent of everything."""
EMPTY_ROWS = 4
"""Rows to fill in beyond those that are there; who needs more saves and comes back."""


class Section(forms.Form):
    """Figures of one day; an empty field is not known."""

    of = forms.DateField(
        label=gettext_lazy("Opgjort"), widget=DayInput(), help_text=gettext_lazy("Den dag, tallene er fra.")
    )

    def __init__(self, *given: Any, said: Sequence[PlaceFigure], **more: Any) -> None:
        super().__init__(*given, **more)
        self.about: dict[str, About] = {}
        self.said = {(one.topic, one.key): one for one in said}
        self.lay_out()
        days = [one.of for about, one in self.said.items() if about in self.about.values() and one.of]
        self.fields["of"].initial = max(days, default=timezone.localdate())
        self.order_fields([*self.about, "of"])

    def lay_out(self) -> None:
        """Make the fields."""
        raise NotImplementedError

    def ask(self, name: str, about: About, label: str, help_text: str = "") -> None:
        """Make a field of a figure."""
        share = about[0] in SHARES
        kind, most = (forms.FloatField, {"max_value": WHOLE}) if share else (forms.IntegerField, {})
        self.about[name] = about
        self.fields[name] = kind(label=label, help_text=help_text, required=False, min_value=0, **most)
        if about in self.said:
            value = self.said[about].value
            self.fields[name].initial = round(WHOLE * value, 1) if share else int(value)

    def figures(self) -> list[Figure]:
        """Give what was filled in."""
        told = self.cleaned_data
        return [
            Figure(topic, key, told[name] / WHOLE if topic in SHARES else told[name], told["of"])
            for name, (topic, key) in self.about.items()
            if told[name] is not None
        ]


class WorkForm(Section):
    """The share in work, and what the jobs are in."""

    prefix = "work"

    def lay_out(self) -> None:
        """Make the fields."""
        help_text = _("Af befolkningen i den arbejdsdygtige alder. Uden tal bruges gennemsnittet af de andre.")
        self.ask("rate", (str(Topic.WORK), ""), _("Andel i arbejde, i procent"), help_text)
        for key, name in SECTORS:
            label = _("Job i %(sector)s, i procent af alle job") % {"sector": name}
            self.ask(f"sector_{key}", (str(Topic.SECTOR), key), label)


class PeopleForm(Section):
    """Who lives there already."""

    prefix = "people"

    def lay_out(self) -> None:
        """Make the fields."""
        for key, name in LANGUAGES:
            self.ask(f"speaks_{key}", (str(Topic.SPEAKERS), key), _("Taler %(language)s") % {"language": name})
        self.ask("clubs", (str(Topic.CLUBS), ""), _("Foreninger"))


class FreeDayForm(forms.Form):
    """The day that what is free is of."""

    prefix = "free_day"
    of = forms.DateField(
        label=gettext_lazy("Opgjort"), widget=DayInput(), help_text=gettext_lazy("Den dag, tallene er fra.")
    )


def _what() -> list[tuple[str, str]]:
    return [("", "–"), *((f"{topic}:{key}", label) for (topic, key), label in free_choices())]


class FreeForm(forms.Form):
    """So many of something that are free from a day on."""

    what = forms.ChoiceField(label=gettext_lazy("Hvad"), choices=lazy(_what, list)())
    many = forms.IntegerField(
        label=gettext_lazy("Hvor mange"), min_value=0, help_text=gettext_lazy("0, hvis I ved, at der ingen er.")
    )
    free_from = forms.DateField(
        label=gettext_lazy("Ledig fra"), required=False, widget=DayInput(), help_text=gettext_lazy("Tom: ledig nu.")
    )


class PlaceForms:
    """All of the page's forms together."""

    def __init__(self, data: Any, said: Sequence[PlaceFigure]) -> None:
        order = [about for about, _words in free_choices()]
        free = sorted(
            (one for one in said if one.topic in FREE), key=lambda one: (order.index((one.topic, one.key)), one.pk)
        )
        rows = [{"what": f"{one.topic}:{one.key}", "many": int(one.value), "free_from": one.free_from} for one in free]
        day = max((one.of for one in free if one.of), default=timezone.localdate())
        made = forms.formset_factory(FreeForm, extra=0 if data is not None else EMPTY_ROWS, can_delete=True)
        self.work, self.people = WorkForm(data, said=said), PeopleForm(data, said=said)
        self.free_day = FreeDayForm(data, initial={"of": day})
        self.free = made(data, initial=rows, prefix="free")

    def is_valid(self) -> bool:
        """Say whether all is well."""
        # Each is asked, so that each says what is wrong with it.
        held = [one.is_valid() for one in (self.work, self.people, self.free_day, self.free)]
        return all(held)

    @property
    def refused(self) -> bool:
        """Say whether something is wrong."""
        alone = (self.work, self.people, self.free_day)
        return any(one.errors for one in alone) or (self.free.is_bound and not self.free.is_valid())

    def figures(self) -> list[Figure]:
        """Give all that was filled in."""
        of = self.free_day.cleaned_data["of"]
        free = []
        for form in self.free.forms:
            told = form.cleaned_data
            if told and not told.get("DELETE"):
                topic, _colon, key = told["what"].partition(":")
                free.append(Figure(topic, key, told["many"], of, told["free_from"]))
        return [*self.work.figures(), *self.people.figures(), *free]
