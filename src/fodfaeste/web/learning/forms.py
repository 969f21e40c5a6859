"""Forms of schooling: for the office that enrols somebody, and for the school."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.web.accounts.models import WEEKDAYS, Organisation
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.learning.domain.days import PRESENT, Expected, Told, answer_of, stamp
from fodfaeste.web.learning.levels import LEVELS
from fodfaeste.web.people.forms import DayField, VersionedForm
from fodfaeste.web.programme.domain.text import ActivityText
from fodfaeste.web.programme.models import Absence

UNKNOWN = ("", "–")
DAYS = [(number + 1, name) for number, name in WEEKDAYS.items() if number < 5]


class DaysField(forms.TypedMultipleChoiceField):
    """Days of the week, 1 is Monday."""

    def __init__(self, **more: Any) -> None:
        super().__init__(choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple, required=False, **more)


class ToldForm(VersionedForm):
    """What the school is told besides."""

    days = DaysField(label=gettext_lazy("Mulige dage"), help_text=gettext_lazy("Ingen, hvis alle dage passer."))
    called = forms.CharField(
        label=gettext_lazy("Kaldes på skolen"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Kun hvis det ikke er personens eget navn. Er navnet beskyttet, ser skolen kun dette."),
    )
    activity = forms.TypedChoiceField(
        label=gettext_lazy("Planens aktivitet på skolen"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, danish: tuple[ActivityText, ...] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        # Which one it is asked only where a plan has several.
        if len(danish) > 1:
            self.fields["activity"].choices = [
                ("", _("al danskundervisning")),
                *((one.number, one.name) for one in danish),
            ]
        else:
            del self.fields["activity"]


class EnrolForm(ToldForm):
    """Enrols somebody."""

    school = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("Sprogskole"), empty_label="–")
    start = DayField(label=gettext_lazy("Første dag på skolen"))
    end = DayField(label=gettext_lazy("Første dag uden skolen"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("Niveau"), choices=[UNKNOWN, *LEVELS], required=False)

    field_order = ("school", "start", "end", "level", "days", "called", "activity")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["school"].queryset = Organisation.objects.filter(kind=Kind.SCHOOL).order_by("name")


class EndForm(VersionedForm):
    """Ends an enrolment."""

    end = DayField(label=gettext_lazy("Første dag uden skolen"))


class LevelForm(forms.Form):
    """Says at which level somebody is taught from today on."""

    level = forms.ChoiceField(label=gettext_lazy("Niveau fra i dag"), choices=[UNKNOWN, *LEVELS])


class ModuleTestForm(forms.Form):
    """A module test that was passed."""

    level = forms.ChoiceField(label=gettext_lazy("Bestået modultest"), choices=[UNKNOWN, *LEVELS])
    day = DayField(label=gettext_lazy("Bestået den"))


class WhichDayForm(forms.Form):
    """Which day is looked at."""

    dag = DayField(label=gettext_lazy("Dag"))


def answers() -> list[tuple[str, str]]:
    """Give what can be told of a learner: nothing, that they came, or why not."""
    away = [(value, _("fravær: %(reason)s") % {"reason": label}) for value, label in Absence.Reason.choices]
    return [("", _("ikke noteret")), (PRESENT, _("til stede")), *away]


@dataclass(frozen=True)
class Row:
    """A learner's fields."""

    expected: Expected
    answer: BoundField
    words: BoundField
    seen: BoundField
    clashes: bool


class DayForm(forms.Form):
    """Who came on a day: one answer a learner, and what was said.

    Who has a time by the plan and of whom nothing is written yet is proposed to have come.
    """

    def __init__(self, data: Any, expected: list[Expected]) -> None:
        super().__init__(data, auto_id="f-%s")
        self.expected = expected
        self.clashes: frozenset[int] = frozenset()
        for one in expected:
            self._ask(one)

    def _ask(self, one: Expected) -> None:
        pk, noted = one.learner.pk, one.noted
        proposed = PRESENT if one.times else ""
        self.fields[f"svar-{pk}"] = forms.ChoiceField(
            label=str(one.learner),
            choices=answers,
            required=False,
            initial=proposed if noted is None else answer_of(noted),
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        self.fields[f"ord-{pk}"] = forms.CharField(
            label=_("Hvad blev sagt om %(who)s") % {"who": one.learner},
            max_length=200,
            required=False,
            initial=noted.words if noted else "",
            widget=forms.TextInput(attrs={"class": "form-input"}),
        )
        self.fields[f"set-{pk}"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=stamp(noted))

    def rows(self) -> Iterator[Row]:
        """Give the fields learner by learner."""
        for one in self.expected:
            pk = one.learner.pk
            yield Row(one, self[f"svar-{pk}"], self[f"ord-{pk}"], self[f"set-{pk}"], pk in self.clashes)

    def after(self, expected: list[Expected]) -> DayForm:
        """Give the form again where a colleague has written something else of some: what was typed, beside theirs.

        Sent once more, what was typed stands.
        """
        data = self.data.copy()
        for one in expected:
            data[f"set-{one.learner.pk}"] = stamp(one.noted)
        again = DayForm(data, expected)
        again.clashes = self.clashes
        again.add_error(None, _("En kollega har imens noteret noget andet om nogle af dem. Se rækkerne, og gem igen."))
        return again

    def told(self) -> dict[int, Told]:
        """Give what was told, of those of whom something was."""
        said: Mapping[str, str] = self.cleaned_data
        return {
            pk: Told(said[f"svar-{pk}"], said[f"ord-{pk}"], said[f"set-{pk}"])
            for pk in (one.learner.pk for one in self.expected)
            if said[f"svar-{pk}"]
        }
