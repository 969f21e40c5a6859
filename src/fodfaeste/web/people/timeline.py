"""What happened to a person, and what is to happen, as one list of days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from fodfaeste.web.people.places import municipality_name


@dataclass(frozen=True)
class Event:
    """Something on a day."""

    day: date
    words: str
    to_come: bool = False


def timeline(facts: Iterable[tuple[date | None, str]], *, today: date) -> list[Event]:
    """Put what is known in order, the latest first; what has no day is left out, and nothing stands twice."""
    known = dict.fromkeys((day, words) for day, words in facts if day is not None)
    events = [Event(day, words, to_come=day > today) for day, words in known]
    return sorted(events, key=lambda event: (event.day, event.words), reverse=True)


def facts_of(person: Any, parts: Any) -> Iterator[tuple[date | None, str]]:
    """Give the days that are known of a person with what happened on them.

    Parameters
    ----------
    person : Person
    parts : Parts
        What belongs to them (`views.persons`).
    """
    yield person.arrival_date, _("Første dag i en dansk kommune")
    yield person.takeover_date, _("Overtaget af kommunen")
    for held in parts.responsibilities:
        yield held.start, _("%(place)s er ansvarlig, ved %(who)s") % {"place": held.organisation, "who": held.worker}
    for stay in parts.residence:
        yield stay.start, _("Bor i %(place)s") % {"place": municipality_name(stay.municipality, stay.start)}
        yield stay.end, _("Bor ikke længere i %(place)s: %(why)s") % _ended(stay)
    for member in parts.households:
        yield member.start, _("Hører til husstanden %(name)s") % {"name": member.household}
        yield member.end, _("Hører ikke længere til husstanden %(name)s") % {"name": member.household}
    for work in parts.work:
        what = " – ".join(filter(None, [str(work.get_kind_display()), work.employer]))
        yield work.start, _("Begyndte: %(what)s") % {"what": what}
        yield work.end, _("Sluttede: %(what)s") % {"what": what}
    for wish in parts.wishes:
        yield wish.said, _("Ønske om %(what)s: %(words)s") % {"what": wish.get_about_display(), "words": wish.words}
    for consent in parts.consents:
        yield consent.given, _("Samtykke: %(what)s") % {"what": consent}
        yield consent.withdrawn, _("Samtykke trukket tilbage: %(what)s") % {"what": consent}


def _ended(stay: Any) -> dict[str, str]:
    return {
        "place": municipality_name(stay.municipality, stay.start),
        "why": str(stay.get_end_reason_display() or _("ukendt")),
    }
