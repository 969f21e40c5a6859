"""What keeps an account open: each room says how much of its work still hangs on a user.

A room registers what it counts, and what one and many of them are called::

    @open_work
    def _cases(user: User, organisation: Organisation | None) -> OpenWork:
        return OpenWork(count, ngettext_lazy("%(count)d sag", "%(count)d sager", "count"))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fodfaeste.web.accounts.models import Organisation, User


@dataclass(frozen=True)
class OpenWork:
    """Work of one kind that somebody has open.

    Attributes
    ----------
    count : int
    words : str
        What so many are called, with ``%(count)d`` where the number stands; may be chosen by the number (ngettext).
    """

    count: int
    words: Any

    def __str__(self) -> str:
        return str(self.words % {"count": self.count})


Counter = Callable[[User, Organisation | None], OpenWork]
"""Counts what a user has open in one organisation, or in all."""

_COUNTERS: list[Counter] = []


def open_work(counter: Counter) -> Counter:
    """Let a room's work keep accounts open."""
    _COUNTERS.append(counter)
    return counter


def what_is_open(user: User, organisation: Organisation | None = None) -> tuple[OpenWork, ...]:
    """Count what a user has open, by kind; kinds of which there is nothing are left out."""
    counted = (counter(user, organisation) for counter in _COUNTERS)
    return tuple(work for work in counted if work.count)
