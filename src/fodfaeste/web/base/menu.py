"""The main menu: each room says once, when it starts, which entry it has and to whom it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    """An entry of the main menu.

    Attributes
    ----------
    label : str
    address : str
        The name of an address, as in ``people:list``.
    place : int
        Smaller numbers come first.
    for_whom : function of a viewer
        Whether it is shown to them. It only saves them a closed door: who may enter is for the page to say.
    """

    label: str
    address: str
    place: int
    for_whom: Callable[[Any], bool]

    @cached_property
    def href(self) -> str:
        """Give where it leads."""
        return str(reverse(self.address))


_ENTRIES: dict[str, Entry] = {}


def offer(label: str, address: str, *, place: int, for_whom: Callable[[Any], bool]) -> None:
    """Put an entry into the main menu; one an address."""
    _ENTRIES[address] = Entry(label, address, place, for_whom)


def menu(viewer: Any) -> list[Entry]:
    """Give the entries that are shown to a viewer, in their order."""
    return sorted((entry for entry in _ENTRIES.values() if entry.for_whom(viewer)), key=lambda entry: entry.place)
