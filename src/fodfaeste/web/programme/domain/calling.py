"""Whom a newcomer, and whoever they work for, can call: who looks after the case today, where, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta

from fodfaeste.web.accounts.domain.phones import phone_of
from fodfaeste.web.accounts.models import OfficeHours
from fodfaeste.web.people.models import Responsibility
from fodfaeste.web.programme.covering import looks_after

MONDAY = date(2001, 1, 1)


@dataclass(frozen=True)
class Open:
    """Days after each other on which an office has the same hours; each is any day with that weekday, to be named."""

    first: date
    last: date
    opens: time
    closes: time


@dataclass(frozen=True)
class Contact:
    """Somebody to call, where they work, and their telephone; it is empty where neither has one."""

    name: str
    office: str
    phone: str
    hours: tuple[Open, ...] = ()


def contact_of(held: Responsibility | None, today: date) -> Contact | None:
    """Give whom to call about a case: who stands in today, or else whose it is. None where it is nobody's."""
    if held is None:
        return None
    who = looks_after(held, today)
    hours = tuple(alike(held.organisation.hours.all()))
    return Contact(who.name, held.organisation.name, phone_of(who, held.organisation), hours)


def alike(rows: Iterable[OfficeHours]) -> Iterable[Open]:
    """Put days together that follow each other and have the same hours."""
    found: list[Open] = []
    for row in rows:
        day = MONDAY + timedelta(days=row.weekday)
        one = Open(day, day, row.opens, row.closes)
        last = found[-1] if found else None
        if last and last.last + timedelta(days=1) == day and (last.opens, last.closes) == (one.opens, one.closes):
            found[-1] = Open(last.first, day, one.opens, one.closes)
        else:
            found.append(one)
    return found
