"""The calendar of a round: each day of the rule set, the working day that it becomes, and where that stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fodfaeste.place.quota import Step, calendar
from fodfaeste.place.rule_sets import Value
from fodfaeste.plan.days import WorkingDay, working_day
from fodfaeste.web.placement.rounds.computing import rules_of
from fodfaeste.web.placement.rounds.models import QuotaRound

WORDS = {
    "population_day": _("Indbyggere, indvandrere og flygtninge opgøres pr. denne dag"),
    "population_counted_on": _("Indbyggere opgøres pr. denne dag"),
    "national_deadline": _("Landstallet meldes ud, og de beregnede tal sendes til kommunerne"),
    "region_deadline": _("Regioner (før 2007 amter) melder en aftale om deres kvoter"),
    "region_fix_date": _("Styrelsen fastsætter kvoter for regioner uden aftale"),
    "agreement_deadline": _("Kommunerne i en region melder en aftalt fordeling"),
    "fix_date": _("Styrelsen fastsætter kvoter, hvor der ikke er en gyldig aftale"),
}
"""What each day of the rules is for."""

CERTAINTIES = {
    "A": _("læst i lov eller bekendtgørelse"),
    "B": _("læst på en officiel side"),
    "C": _("almen viden, bør bekræftes"),
    "S": _("et forslag her"),
}
"""How sure a rule is."""


def reader_language() -> Literal["da", "en"]:
    """Say which of the languages of rules the reader has."""
    return "en" if (get_language() or "da").startswith("en") else "da"


def source_of(rule: Value) -> str:
    """Say where a rule stands, and how sure that is."""
    said = [part for part in (rule.source, rule.note.get(reader_language(), "")) if part]
    return "; ".join([*said, str(CERTAINTIES[rule.certainty])])


@dataclass(frozen=True)
class Day:
    """A day of the round as its page shows it."""

    step: Step
    working: WorkingDay | None

    @property
    def words(self) -> str:
        """What it is for."""
        return str(WORDS[self.step.code])

    @property
    def day(self) -> date:
        """The day that counts in the office."""
        return self.working.day if self.working else self.step.day

    @property
    def moved(self) -> str:
        """Why it is another day than the rule's; empty where it is not."""
        why = self.working.why if self.working else None
        return why.capital[reader_language()] if why else ""

    @property
    def source(self) -> str:
        """Where the rule stands, and how sure that is."""
        return source_of(self.step.rule)

    def is_over(self, today: date) -> bool:
        """Say whether it lies behind."""
        return self.day < today


def days_of(round_: QuotaRound) -> list[Day]:
    """Give the calendar of a round. Days of counting move nowhere; deadlines wait for the next working day."""
    return [
        Day(step, working_day(step.day) if step.is_deadline else None)
        for step in calendar(round_.year, rules_of(round_))
    ]
