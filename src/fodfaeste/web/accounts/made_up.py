"""Made-up persons of an office that tries things first: the room that makes them says how, once, when it starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fodfaeste.web.accounts.models import Organisation


@dataclass(frozen=True)
class MadeUpPersons:
    """What a room can do with made-up persons of an office.

    Attributes
    ----------
    make : function of an office
        Makes a handful, unless it has them already; gives how many there are.
    remove : function of an office
        Takes all of them away, with all that hangs on them; gives how many there were.
    count : function of an office
    """

    make: Callable[[Organisation], int]
    remove: Callable[[Organisation], int]
    count: Callable[[Organisation], int]


_ROOMS: list[MadeUpPersons] = []


def offer(room: MadeUpPersons) -> None:
    """Let a room make persons up."""
    _ROOMS.append(room)


def make(organisation: Organisation) -> int:
    """Give the office made-up persons; how many there are."""
    return sum(room.make(organisation) for room in _ROOMS)


def remove(organisation: Organisation) -> int:
    """Take its made-up persons away; how many there were."""
    return sum(room.remove(organisation) for room in _ROOMS)


def count(organisation: Organisation) -> int:
    """Count its made-up persons."""
    return sum(room.count(organisation) for room in _ROOMS)
