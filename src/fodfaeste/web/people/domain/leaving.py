"""What follows when somebody leaves the country or dies: rooms above say what they do about it.

@on_leaving
def _close(person: Person, *, day: date, reason: str, by: User) -> None:
    ...
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fodfaeste.web.accounts.models import User
from fodfaeste.web.people.models import Person

FOR_GOOD = frozenset({"emigrated", "died"})
"""Ends of a stay (`ResidenceSpell.EndReason`) after which no municipality of the country is responsible."""

_FOLLOWING: list[Callable[..., None]] = []


def on_leaving(follow: Callable[..., None]) -> Callable[..., None]:
    """Let a room do something when somebody leaves for good; in the transaction that writes it down."""
    if follow not in _FOLLOWING:
        _FOLLOWING.append(follow)
    return follow


def left(person: Person, *, day: date, reason: str, by: User) -> None:
    """Tell all rooms that a stay has ended, where it ended for good."""
    if reason in FOR_GOOD:
        for follow in _FOLLOWING:
            follow(person, day=day, reason=reason, by=by)
