"""What an agreement says, as values: from the plan and from what is typed, with a fingerprint, and what it lacks."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.hours import hours_of
from fodfaeste.web.programme.domain.text import ActivityText, Time
from fodfaeste.web.workplace.models import Agreement

A_WEEK = 7
A_DAY = timedelta(days=1)
LIKE_CPR = re.compile(r"\d{6}[ -]?\d{4}")
SHORT = 3
"""Family names of fewer letters stand in too many words to be looked for."""

CVR_WEIGHTS, CVR_MODULUS = (2, 7, 6, 5, 4, 3, 2, 1), 11


@dataclass(frozen=True)
class Facts:
    """What is agreed besides what the plan says: by whom, for what, and what the newcomer is called there."""

    employer: str
    cvr: str
    contact: str
    mentor: str
    called: str
    tasks: str
    goal: str


@dataclass(frozen=True)
class AgreementText:
    """All that an agreement says.

    Attributes
    ----------
    end : date
        The first day without it.
    """

    facts: Facts
    name: str
    place: str
    hours_a_week: Decimal
    start: date
    end: date
    times: tuple[Time, ...]

    @classmethod
    def of(cls, one: ActivityText, facts: Facts) -> AgreementText:
        """Put together what the plan says of an activity and what is agreed besides."""
        return cls(facts, one.name, one.place, one.hours_a_week, one.start, one.end, one.times)

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.end - A_DAY

    @property
    def weeks(self) -> int:
        """How many weeks it lasts; one that is begun counts."""
        return -(-(self.end - self.start).days // A_WEEK)

    @property
    def fingerprint(self) -> str:
        """A hash that is the same for the same text, and another for any other."""
        said = json.dumps(asdict(self), default=_written, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def columns(self) -> dict[str, Any]:
        """Give it as an agreement's row has it."""
        plan = {name: getattr(self, name) for name in ("name", "place", "hours_a_week", "start", "end")}
        return {**plan, "week": [_stored(one) for one in self.times], **asdict(self.facts)}

    def what_is_missing(self) -> list[str]:
        """List what it still needs before the three can be asked."""
        named = {
            "employer": _("arbejdspladsens navn"),
            "cvr": _("CVR-nummeret"),
            "contact": _("kontaktpersonen"),
            "mentor": _("mentoren"),
            "called": _("hvad den nytilkomne kaldes"),
            "tasks": _("opgaverne"),
            "goal": _("det sproglige mål"),
        }
        lacking = [words for name, words in named.items() if not getattr(self.facts, name).strip()]
        if not self.times:
            lacking.append(_("dagene i ugen: mal dem først på planens uge"))
        return lacking


def text_of(row: Agreement) -> AgreementText:
    """Read what an agreement says."""
    facts = Facts(**{name: getattr(row, name) for name in Facts.__dataclass_fields__})
    times = tuple(_time(one) for one in row.week)
    return AgreementText(facts, row.name, row.place, row.hours_a_week, row.start, row.end, times)


def hours_painted(times: Iterable[Time]) -> float:
    """Give the hours of a week that has no steps; those of a week with steps differ from one to the next."""
    return sum(hours_of(one) for one in times)


def tells_too_much(facts: Facts, person: Person) -> list[str]:
    """Name what a workplace would read and may not: a CPR number, or the newcomer's family name."""
    said = {
        _("Kaldes på arbejdspladsen"): facts.called,
        _("Opgaver"): facts.tasks,
        _("Sprogligt mål"): facts.goal,
    }
    family = person.family_name.strip().casefold()
    found = []
    for where, words in said.items():
        if LIKE_CPR.search(words):
            found.append(_("%(where)s: der står noget, der ligner et CPR-nummer.") % {"where": where})
        if len(family) >= SHORT and re.search(rf"\b{re.escape(family)}\b", words.casefold()):
            found.append(_("%(where)s: skriv kun fornavnet; arbejdspladsen får ikke efternavnet.") % {"where": where})
    return found


def is_cvr(number: str) -> bool:
    """Say whether eight digits can be a CVR number: their weighted sum is divisible by 11."""
    if len(number) != len(CVR_WEIGHTS) or not number.isdecimal():
        return False
    return sum(int(digit) * weight for digit, weight in zip(number, CVR_WEIGHTS, strict=True)) % CVR_MODULUS == 0


def _written(value: Any) -> str:
    # 22 and 22.0 hours are the same hours.
    return f"{value:.1f}" if isinstance(value, Decimal) else value.isoformat()


def _stored(one: Time) -> dict[str, Any]:
    days = {name: day.isoformat() for name in ("start", "end") if (day := getattr(one, name)) is not None}
    return {"weekday": one.weekday, "begins": f"{one.begins:%H:%M}", "ends": f"{one.ends:%H:%M}", **days}


def _time(stored: Mapping[str, Any]) -> Time:
    start, end = (date.fromisoformat(stored[name]) if name in stored else None for name in ("start", "end"))
    return Time(stored["weekday"], time.fromisoformat(stored["begins"]), time.fromisoformat(stored["ends"]), start, end)
