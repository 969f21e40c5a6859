"""Days as whole numbers since 1970, and months counted as the register counts them.

Month t after a day is the time from the day after t-1 whole months until and with the day after t whole months. Every
arrival of the register falls on the 1st to the 28th, so that each month has that day.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FAR = np.int32(200_000)
"""A day that never comes: what stands where nothing happens."""

MONTH = 365.25 / 12
YEAR = 365.25


def day(year: int, month: int = 1, of_month: int = 1) -> int:
    """Number a day."""
    return (date(year, month, of_month) - date(1970, 1, 1)).days


OBSERVED_UNTIL = day(2006, 12, 31)
REFERENCE = day(2001)
RULE_FROM = day(1999)
WORK_DAY = day(2000)


def add_months(days: Days, months: Ints) -> Days:
    """Go some months on, to the same day of the month."""
    dates = days.astype("datetime64[D]")
    first = dates.astype("datetime64[M]")
    moved = (first + months).astype("datetime64[D]") + (dates - first.astype("datetime64[D]"))
    return np.asarray(moved.astype(np.int64), dtype=np.int32)


def months_between(start: Days, end: Days) -> Ints:
    """Give the month t with `end` in (t-1, t] months after `start`, at least 1."""
    first, last = start.astype("datetime64[D]"), end.astype("datetime64[D]")
    month_of_first, month_of_last = first.astype("datetime64[M]"), last.astype("datetime64[M]")
    whole = (month_of_last - month_of_first).astype(np.int64)
    later = (last - month_of_last.astype("datetime64[D]")) > (first - month_of_first.astype("datetime64[D]"))
    return np.asarray(np.maximum(whole + later, 1), dtype=np.int64)


def day_in(start: Days, months: Floats) -> Days:
    """Find the day `months` after `start`; the fraction says how far into the month it lies. Never `start` itself."""
    whole = np.floor(months).astype(np.int64)
    lower, upper = add_months(start, whole), add_months(start, whole + 1)
    return (lower + 1 + np.floor((months - whole) * (upper - lower)).astype(np.int32)).astype(np.int32)


def months_until(start: Days, end: int) -> Floats:
    """Measure the time from `start` until a day in months of equal length."""
    return (end - start.astype(np.float64)) / MONTH


def years_old(born: Days, on: int) -> Ints:
    """Give the age in whole years on a day."""
    birth, today = born.astype("datetime64[D]"), np.datetime64(on, "D")
    birth_month, this_month = birth.astype("datetime64[M]"), today.astype("datetime64[M]")
    months = (this_month - birth_month).astype(np.int64)
    earlier = (today - this_month.astype("datetime64[D]")) < (birth - birth_month.astype("datetime64[D]"))
    return np.asarray((months - earlier) // 12)
