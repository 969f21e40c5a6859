"""Forms of the programme's pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from fodfaeste.errors import Refused
from fodfaeste.web.programme.domain.evaluations import Judged
from fodfaeste.web.programme.domain.files import A_MEGABYTE, ENDINGS, CheckedFile, checked
from fodfaeste.web.programme.domain.note_templates import Template
from fodfaeste.web.programme.domain.text import ActivityText, GoalText, Offer
from fodfaeste.web.programme.models import Absence, ActivityKind, Goal, GoalEvaluation, JournalNote, Programme

LANGUAGES = [
    ("da", _("dansk")),
    ("ar", _("arabisk")),
    ("uk", _("ukrainsk")),
    ("en", _("engelsk")),
    ("ti", _("tigrinya")),
    ("fa", _("persisk/dari")),
    ("so", _("somali")),
    ("tr", _("tyrkisk")),
    ("ku", _("kurdisk")),
]
"""Languages that goals are written in."""

OFFERS = 4
"""Alternatives that the form of an activity has room for."""

MOST_TAGS, LONGEST_TAG = 10, 40

A_DAY = timedelta(days=1)


class DayInput(forms.DateInput):
    """A day, picked or typed."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class HourInput(forms.TimeInput):
    """A clock time."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def day_field(label: Any, **more: Any) -> forms.DateField:
    """Make a field for a day."""
    return forms.DateField(label=label, widget=DayInput(), **more)


class OpenForm(forms.Form):
    """Opens a programme."""

    track = forms.ChoiceField(label=_("Efter"), choices=Programme.Track.choices)
    takeover = day_field(_("Kommunen overtog ansvaret"))
    start = day_field(_("Programmet begynder"))


class CloseForm(forms.Form):
    """Ends a programme."""

    end = day_field(_("Første dag uden program"))


class GoalForm(forms.Form):
    """A goal of the plan."""

    words = forms.CharField(label=_("Mål"), widget=forms.Textarea(attrs={"rows": 3}))
    language = forms.ChoiceField(label=_("Sprog"), choices=LANGUAGES, initial="da")
    own_words = forms.BooleanField(label=_("Personens egne ord"), required=False)
    danish = forms.CharField(
        label=_("Det samme på dansk"), required=False, help_text=_("hvis målet er skrevet på et andet sprog")
    )

    def goal(self, number: int) -> GoalText:
        """Give the goal that was written."""
        return GoalText(**self.cleaned_data, number=number)


class ActivityForm(forms.Form):
    """An activity of the plan, with what was offered and chosen."""

    kind = forms.ChoiceField(label=_("Art"), choices=ActivityKind.choices)
    name = forms.CharField(label=_("Aktivitet"), max_length=120)
    place = forms.CharField(label=_("Sted"), max_length=120)
    hours_a_week = forms.DecimalField(
        label=_("Timer om ugen"), min_value=Decimal(0), max_value=Decimal(60), max_digits=4, decimal_places=1
    )
    start = day_field(_("Første dag"))
    last = day_field(_("Sidste dag"))
    chosen = forms.TypedChoiceField(
        label=_("Personen valgte"), required=False, coerce=int, empty_value=None, choices=[("", "–")]
    )
    wish = forms.CharField(label=_("Personens eget ønske"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    chosen_on = day_field(_("Valgt eller sagt den"), required=False)
    with_interpreter = forms.BooleanField(label=_("Med tolk"), required=False)
    why_no_choice = forms.CharField(
        label=_("Hvorfor der ikke var to reelle muligheder"),
        required=False,
        help_text=_("kun hvor der ikke var"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [
            ("", "–"),
            *((str(n), _("Mulighed %(number)d") % {"number": n + 1}) for n in range(OFFERS)),
        ]
        for number in range(OFFERS):
            label = _("Mulighed %(number)d") % {"number": number + 1}
            self.fields[f"offer_{number}"] = forms.CharField(label=label, max_length=200, required=False)
            self.fields[f"unreal_{number}"] = forms.BooleanField(
                label=_("Mulighed %(number)d kunne ikke vælges i praksis") % {"number": number + 1}, required=False
            )
        self.order_fields(["kind", "name", "place", "hours_a_week", "start", "last", *self._offer_names(), "chosen"])

    @staticmethod
    def _offer_names() -> Iterable[str]:
        return (f"{part}_{number}" for number in range(OFFERS) for part in ("offer", "unreal"))

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning, and the choice of something that was not offered."""
        found = self.cleaned_data
        if found.get("start") and found.get("last") and found["last"] < found["start"]:
            self.add_error("last", _("Den sidste dag ligger før den første."))
        chosen = found.get("chosen")
        if chosen is not None and (not found.get(f"offer_{chosen}") or found.get(f"unreal_{chosen}")):
            self.add_error("chosen", _("Det valgte skal være en mulighed, der er skrevet og kunne vælges."))
        return found

    def activity(self, before: ActivityText | None) -> ActivityText:
        """Give the activity that was written, with the week that it had."""
        found = dict(self.cleaned_data)
        offered = [(n, found.pop(f"offer_{n}"), found.pop(f"unreal_{n}")) for n in range(OFFERS)]
        kept = [(n, Offer(words, not unreal)) for n, words, unreal in offered if words]
        positions = [n for n, _offer in kept]
        chosen = found.pop("chosen")
        return ActivityText(
            **found | {"end": found.pop("last") + A_DAY},
            offers=tuple(offer for _n, offer in kept),
            chosen=None if chosen is None else positions.index(chosen),
            times=before.times if before else (),
            number=before.number if before else 0,
        )

    @staticmethod
    def values(one: ActivityText) -> dict[str, Any]:
        """Give an activity as the form shows it."""
        same = ("kind", "name", "place", "hours_a_week", "start", "chosen", "wish", "chosen_on", "with_interpreter")
        return {
            **{name: getattr(one, name) for name in (*same, "why_no_choice")},
            "last": one.end - A_DAY,
            **{f"offer_{n}": offer.words for n, offer in enumerate(one.offers)},
            **{f"unreal_{n}": not offer.real for n, offer in enumerate(one.offers)},
        }


class ApproveForm(forms.Form):
    """Both sides' approval: who has approved already is left out."""

    present = forms.CharField(label=_("Hvem var til stede"), max_length=300, help_text=_("også tolken"))
    person = forms.CharField(
        label=_("Personens navn, skrevet af personen selv"), max_length=200, required=False, strip=True
    )
    municipality = forms.CharField(label=_("Navn på den, der godkender for kommunen"), max_length=200, required=False)
    seen = forms.CharField(widget=forms.HiddenInput)


class TalkForm(forms.Form):
    """A talk: what was said, who was there, which follow-up it was, and when the next is."""

    follow_up = forms.ChoiceField(label=_("Samtalen er"), required=False, widget=forms.RadioSelect)
    held = day_field(_("Holdt den"))
    text = forms.CharField(label=_("Hvad blev sagt og aftalt"), widget=forms.Textarea(attrs={"rows": 8}))
    goal_1 = forms.CharField(label=_("Mål 1"), required=False)
    goal_2 = forms.CharField(label=_("Mål 2"), required=False)
    goal_3 = forms.CharField(label=_("Mål 3"), required=False)
    own_words = forms.BooleanField(label=_("Mål 1 er personens egne ord"), required=False)
    language = forms.ChoiceField(label=_("Mål 1 er skrevet på"), choices=LANGUAGES, initial="da")
    present = forms.CharField(label=_("Til stede"), max_length=300, required=False)
    with_interpreter = forms.BooleanField(label=_("Med tolk"), required=False)
    next_day = day_field(_("Næste samtale"), required=False)
    next_hour = forms.TimeField(label=_("Klokken"), required=False, widget=HourInput())

    def __init__(self, *args: Any, judged: Sequence[Goal] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.judged = judged
        for goal in judged:
            words = goal.danish or goal.words
            label = _("Mål %(number)d: %(words)s") % {"number": goal.number, "words": words}
            self.fields[f"outcome_{goal.number}"] = forms.ChoiceField(
                label=label, choices=GoalEvaluation.Outcome.choices, widget=forms.RadioSelect, required=False
            )
            self.fields[f"why_{goal.number}"] = forms.CharField(
                label=_("Mål %(number)d med ord") % {"number": goal.number},
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def evaluation(self) -> list[BoundField]:
        """Give the fields in which goals are evaluated."""
        return [self[f"{part}_{goal.number}"] for goal in self.judged for part in ("outcome", "why")]

    def judgements(self) -> list[Judged]:
        """Give what was said of the goals, as far as something was."""
        found = ((goal.number, self.cleaned_data[f"outcome_{goal.number}"]) for goal in self.judged)
        return [Judged(number, said, self.cleaned_data[f"why_{number}"]) for number, said in found if said]

    def goals(self) -> list[GoalText]:
        """Give the goals that were written; the first may be in own words."""
        own = {"own_words": self.cleaned_data["own_words"], "language": self.cleaned_data["language"]}
        found = [(n, self.cleaned_data[f"goal_{n}"].strip()) for n in (1, 2, 3)]
        return [GoalText(words, **own if n == 1 else {}) for n, words in found if words]


class SeveralFiles(forms.ClearableFileInput):
    """Chooses one file or several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files that may stand beside a note; each is looked into, and all that is wrong is said at once."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        """Give the files, read."""
        wrong, found = [], []
        for one in data or []:
            try:
                found.append(checked(super().clean(one, initial)))
            except Refused as refusal:
                wrong.append(str(refusal))
        if wrong:
            raise forms.ValidationError(wrong)
        return found


class TagsField(forms.CharField):
    """Words with commas between them, in small letters, each once."""

    def clean(self, value: Any) -> list[str]:
        """Give the words."""
        words = list(dict.fromkeys(filter(None, (word.strip().lower() for word in super().clean(value).split(",")))))
        if len(words) > MOST_TAGS or any(len(word) > LONGEST_TAG for word in words):
            raise forms.ValidationError(
                _("Skriv højst %(most)d emneord på hver højst %(longest)d tegn, med komma imellem.")
                % {"most": MOST_TAGS, "longest": LONGEST_TAG}
            )
        return words


class NoteForm(forms.Form):
    """A note of the journal. An empty one can begin with a template."""

    template = forms.ChoiceField(label=_("Skabelon"), required=False)
    kind = forms.ChoiceField(label=_("Art"), choices=JournalNote.Kind.choices, initial=JournalNote.Kind.NOTE)
    day = day_field(_("Dag"))
    text = forms.CharField(label=_("Notat"), widget=forms.Textarea(attrs={"rows": 8}))
    present = forms.CharField(label=_("Til stede"), max_length=300, required=False)
    with_interpreter = forms.BooleanField(label=_("Med tolk"), required=False)
    tags = TagsField(label=_("Emneord"), required=False, help_text=_("med komma imellem"))
    files = FilesField(label=_("Bilag"), required=False)

    def __init__(self, *args: Any, templates: Iterable[str] = (), in_use: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [("", "–"), *((name, name) for name in templates)]
        words = ", ".join(in_use)
        if words:
            self.fields["tags"].help_text = _("med komma imellem; i brug på kontoret: %(words)s") % {"words": words}
        self.fields["files"].help_text = files_hint()

    def note(self) -> dict[str, Any]:
        """Give the note that was written."""
        return {name: value for name, value in self.cleaned_data.items() if name != "template"}


def files_hint() -> str:
    """Say which files may stand beside a note."""
    endings = ", ".join(ending for kind in settings.NOTE_FILE_KINDS for ending in ENDINGS[kind])
    largest = settings.NOTE_FILE_LARGEST // A_MEGABYTE
    return _("%(endings)s; højst %(largest)d MB hver. Et bilag fjernes ikke igen: det rettes med et nyt notat.") % {
        "endings": endings,
        "largest": largest,
    }


class TemplateForm(forms.Form):
    """A template of notes."""

    name = forms.CharField(label=_("Navn"), max_length=80)
    kind = forms.ChoiceField(label=_("Art"), choices=JournalNote.Kind.choices, initial=JournalNote.Kind.NOTE)
    text = forms.CharField(label=_("Tekst, som notatet begynder med"), widget=forms.Textarea(attrs={"rows": 12}))

    def template(self) -> Template:
        """Give the template that was written."""
        return Template(**self.cleaned_data)


class CorrectionForm(forms.Form):
    """What a note should have said."""

    text = forms.CharField(label=_("Notatet skal være"), widget=forms.Textarea(attrs={"rows": 8}))


class AbsenceForm(forms.Form):
    """A day of absence."""

    day = day_field(_("Dag"))
    reason = forms.ChoiceField(label=_("Grund"), choices=Absence.Reason.choices)
    words = forms.CharField(label=_("Uddybning"), max_length=200, required=False)
    lawful = forms.NullBooleanField(
        label=_("Lovligt"),
        required=False,
        widget=forms.Select(choices=[("unknown", _("ikke vurderet")), ("true", _("ja")), ("false", _("nej"))]),
    )


class NeedsForm(forms.Form):
    """What the week has to keep to."""

    home = forms.CharField(label=_("Bopæl, som rejsetabellen kalder stedet"), max_length=120, required=False)
    travel_minutes = forms.IntegerField(label=_("Højst minutters rejse om dagen"), min_value=0, max_value=600)
    school_days_in_row = forms.IntegerField(label=_("Højst skoledage i træk"), min_value=1, max_value=7, required=False)
    needs_childcare = forms.BooleanField(label=_("Har børn, der skal passes"), required=False)
    agreed_hours = forms.DecimalField(
        label=_("Aftalte timer om ugen"),
        min_value=Decimal(0),
        max_value=Decimal(60),
        max_digits=3,
        decimal_places=1,
        required=False,
        help_text=_("kun hvor færre end reglens timer er aftalt, fx af hensyn til helbred"),
    )


class TravelForm(forms.Form):
    """A travel table as CSV."""

    connections = forms.FileField(
        label=_("Rejsetabel (CSV)"),
        help_text=_("kolonner: from, to, minutes, weekdays, earliest_arrival, line"),
    )
    places = forms.FileField(
        label=_("Steder med koordinater (CSV)"), required=False, help_text=_("kolonner: place, latitude, longitude")
    )

    def texts(self) -> dict[str, str]:
        """Give what the files say."""
        return {name: self._text(name) for name in ("connections", "places")}

    def _text(self, name: str) -> str:
        sent = self.cleaned_data.get(name)
        return sent.read().decode("utf-8-sig") if sent else ""
