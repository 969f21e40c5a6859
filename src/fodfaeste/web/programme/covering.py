"""Whose follow-ups somebody sees beside their own, because they stand in, and who stands in for whom: a room above
says so.

@covers
def _stood_in_for(viewer: Viewer, today: date) -> Iterable[Covered]:
    ...

@stands_in
def _stand_in(held: Responsibility, today: date) -> User | None:
    ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.people.models import Responsibility


@dataclass(frozen=True)
class Covered:
    """A colleague whose cases in an office somebody looks after."""

    worker: int
    organisation: int


Covers = Callable[[Viewer, date], Iterable[Covered]]

_COVERS: list[Covers] = []


def covers(found: Covers) -> Covers:
    """Let a room say whose cases somebody looks after on a day."""
    _COVERS.append(found)
    return found


def covered_by(viewer: Viewer, today: date) -> tuple[Covered, ...]:
    """Give the colleagues whose cases somebody looks after on a day."""
    return tuple(one for found in _COVERS for one in found(viewer, today))


StandsIn = Callable[[Responsibility, date], User | None]

_STAND_IN: list[StandsIn] = []


def stands_in(found: StandsIn) -> StandsIn:
    """Let a room say who looks after a case on a day in the place of whose it is."""
    _STAND_IN.append(found)
    return found


def looks_after(held: Responsibility, today: date) -> User:
    """Give who looks after a case on a day: whose it is, or who stands in for them."""
    return next(filter(None, (found(held, today) for found in _STAND_IN)), held.worker)
