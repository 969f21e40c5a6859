"""Whose follow-ups somebody sees beside their own, because they stand in: a room above says so.

@covers
def _stood_in_for(viewer: Viewer, today: date) -> Iterable[Covered]:
    ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from fodfaeste.web.accounts.viewer import Viewer


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
