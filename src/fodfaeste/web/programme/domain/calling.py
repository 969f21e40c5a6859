"""Whom a newcomer, and whoever they work for, can call: who looks after the case today, and at which telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fodfaeste.web.accounts.domain.phones import phone_of
from fodfaeste.web.people.models import Responsibility
from fodfaeste.web.programme.covering import looks_after


@dataclass(frozen=True)
class Contact:
    """Somebody to call, where they work, and their telephone; it is empty where neither has one."""

    name: str
    office: str
    phone: str


def contact_of(held: Responsibility | None, today: date) -> Contact | None:
    """Give whom to call about a case: who stands in today, or else whose it is. None where it is nobody's."""
    if held is None:
        return None
    who = looks_after(held, today)
    return Contact(who.name, held.organisation.name, phone_of(who, held.organisation))
