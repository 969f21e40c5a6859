"""Times of a week: minutes after midnight, weekdays 1 (Monday) to 7, and stretches of a day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from fodfaeste.errors import BadInput, Problem

MIDNIGHT = 24 * 60
"""The last minute of a day; what goes on into the next day is a slot of its own."""

WEEKDAYS = range(1, 8)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")


@dataclass(frozen=True, order=True)
class Slot:
    """A stretch of one weekday, the same every week.

    Attributes
    ----------
    weekday : int
        1 (Monday) to 7.
    start, end : int
        Minutes after midnight; the end is not included, so 9-12 and 12-15 do not overlap.

    Raises
    ------
    BadInput
        If the weekday is none, or the slot does not begin and then end on the same day.
    """

    weekday: int
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.weekday not in WEEKDAYS:
            raise BadInput(Problem(f"the weekday {self.weekday}", "1 (Monday) to 7 (Sunday)", "Correct it."))
        if not 0 <= self.start < self.end <= MIDNIGHT:
            found = f"a slot from {clock(self.start)} to {clock(self.end)}"
            todo = "Correct it; what goes on after midnight is a slot of the next day."
            raise BadInput(Problem(found, "a start and a later end between 00:00 and 24:00", todo))

    @property
    def minutes(self) -> int:
        """How long it is."""
        return self.end - self.start

    def overlap(self, other: Slot) -> int:
        """Count the minutes that both take."""
        if self.weekday != other.weekday:
            return 0
        return max(0, min(self.end, other.end) - max(self.start, other.start))


def slot(weekday: int, start: int | str | time, end: int | str | time) -> Slot:
    """Make a slot of clock times: ``slot(4, "07:00", "14:24")`` is Thursday from seven.

    Raises
    ------
    BadInput
        If a time cannot be read, or the slot is none.
    """
    return Slot(weekday, minute(start), minute(end))


def minute(moment: int | str | time) -> int:
    """Give the minutes after midnight of a clock time; seconds do not count.

    Raises
    ------
    BadInput
        If a text is not like 07:00.
    """
    if isinstance(moment, time):
        return 60 * moment.hour + moment.minute
    if isinstance(moment, int):
        return moment
    found = _CLOCK.fullmatch(moment.strip())
    total = 60 * int(found[1]) + int(found[2]) if found else -1
    if found is None or int(found[2]) > 59 or total > MIDNIGHT:
        raise BadInput(Problem(f"the time {moment!r}", "hours and minutes such as 07:00", "Correct it."))
    return total


def clock(minutes: int) -> str:
    """Write minutes after midnight as a clock time: 425 is 07:05."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def outside(inner: Slot, hours: Iterable[Slot]) -> int:
    """Count the minutes of a slot that lie in none of the others; those may touch and overlap."""
    reached, missing = inner.start, 0
    for one in sorted(other for other in hours if other.weekday == inner.weekday):
        missing += max(0, min(one.start, inner.end) - reached)
        reached = max(reached, min(one.end, inner.end))
    return missing + max(0, inner.end - reached)
