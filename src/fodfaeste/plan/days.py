"""Days, months and weeks as an office counts them: what is closed and why, and the next working day."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, total_ordering
from importlib.resources import files
from tomllib import loads

import holidays

from fodfaeste.errors import BadInput, Problem
from fodfaeste.plan.text import Text, both, text

SATURDAY = 5
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ClosedDay:
    """A day of every year on which the office is closed though no law makes it a holiday."""

    month: int
    day: int
    name: Text


@dataclass(frozen=True)
class WorkingDay:
    """A working day, and why it is another than the one wanted.

    Attributes
    ----------
    day : date
        A working day, never before `wanted`.
    wanted : date
    why : Text, optional
        A sentence that says what the wanted day is and where it moved; None where nothing moved.
    """

    day: date
    wanted: date
    why: Text | None


@cache
def office_days() -> tuple[ClosedDay, ...]:
    """Read the closing days that offices start with: 5 June and 24 December."""
    raw = loads(files("fodfaeste.plan").joinpath("rules/office-days.toml").read_text("utf-8"))
    return tuple(ClosedDay(int(one["day"][:2]), int(one["day"][3:]), both(one["name"])) for one in raw["closed"])


def why_closed(day: date, closed: Sequence[ClosedDay] = ()) -> Text | None:
    """Say why nobody works on a day: a holiday, a closing day of the office, a weekend; None on a working day.

    Holidays are those of Danish law on that day, so Store bededag is one until 2023. Closing days are the office's own
    and count only where given.
    """
    if names := _holiday(day):
        return text("closed.holiday", holiday=names)
    for one in closed:
        if (one.month, one.day) == (day.month, day.day):
            return text("closed.office", name=one.name)
    if day.weekday() >= SATURDAY:
        return text("closed.saturday" if day.weekday() == SATURDAY else "closed.sunday")
    return None


def working_day(wanted: date, closed: Sequence[ClosedDay] = ()) -> WorkingDay:
    """Give the first working day on or after a day, and say why it moved where it did."""
    day = wanted
    while why_closed(day, closed) is not None:
        day += A_DAY
    why = why_closed(wanted, closed)
    return WorkingDay(day, wanted, text("moved", wanted=wanted, why=why, day=day) if why else None)


def after_working_days(day: date, count: int) -> date:
    """Give the day so many working days later, by law: weekends and holidays are none, an office's closing days are."""
    for _ in range(count):
        day = working_day(day + A_DAY).day
    return day


def add_months(day: date, months: int) -> date:
    """Give the same day of a later month, or that month's last day where it is shorter."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def end_of_month(day: date) -> date:
    """Give the last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@cache
def _holidays_of(year: int) -> dict[date, Text]:
    danish, english = (holidays.country_holidays("DK", years=year, language=lang) for lang in ("da", "en_US"))
    return {day: Text(_inside(danish[day]), english[day]) for day in danish}


def _inside(name: str) -> str:
    # Danish writes holidays small inside a sentence, and Kristi with a capital letter.
    return name if name.startswith("Kristi") else name[:1].lower() + name[1:]


def _holiday(day: date) -> Text | None:
    return _holidays_of(day.year).get(day)


@total_ordering
@dataclass(frozen=True)
class IsoWeek:
    """A week as Danish offices number them: it begins on a Monday, and week 1 has the year's first Thursday.

    Raises
    ------
    BadInput
        If the year has no such week.
    """

    year: int
    week: int

    def __post_init__(self) -> None:
        try:
            date.fromisocalendar(self.year, self.week, 1)
        except ValueError:
            found = f"week {self.week} of {self.year}"
            raise BadInput(Problem(found, "a week that the year has (52 or 53)", "Correct the week.")) from None

    @classmethod
    def of(cls, day: date) -> IsoWeek:
        """Give the week that a day lies in."""
        return cls(*day.isocalendar()[:2])

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.week, 1)

    def later(self, weeks: int) -> IsoWeek:
        """Give the week so many weeks later."""
        return IsoWeek.of(self.monday + timedelta(weeks=weeks))

    def until(self, last: IsoWeek) -> tuple[IsoWeek, ...]:
        """Give all weeks from this one to `last`, both included; none if that is earlier."""
        count = (last.monday - self.monday).days // 7 + 1
        return tuple(self.later(weeks) for weeks in range(count))

    def __lt__(self, other: IsoWeek) -> bool:
        return (self.year, self.week) < (other.year, other.week)
