"""The week of an agreement as pages show it: days in order, with their times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from fodfaeste.web.programme.domain.text import Time
from fodfaeste.web.workplace.domain.text import hours_painted

MONDAY = date(2001, 1, 1)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """Weeks that are alike: from when, to which last day, with their times; all of them where there is one step.

    Attributes
    ----------
    days : tuple of (day, Time)
        The day is any with that weekday, for templates to name.
    """

    first: date | None
    last: date | None
    days: tuple[tuple[date, Time], ...]

    @property
    def hours(self) -> float:
        """The hours of such a week."""
        return round(hours_painted(when for _day, when in self.days), 1)


def steps_of(times: Iterable[Time]) -> list[Step]:
    """Give the weeks of an agreement: one, or several where work rises by steps."""
    found: dict[tuple[date | None, date | None], list[Time]] = {}
    for one in times:
        found.setdefault((one.start, one.end), []).append(one)
    return [
        Step(start, end and end - A_DAY, tuple((MONDAY + (one.weekday - 1) * A_DAY, one) for one in alike))
        for (start, end), alike in found.items()
    ]
