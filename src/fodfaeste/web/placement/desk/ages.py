"""How old somebody is on a day."""

from __future__ import annotations

from datetime import date

ADULT = 18


def age_on(birth: date, day: date) -> int:
    """Count whole years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_adult(birth: date, day: date) -> bool:
    """Say whether somebody is of age on a day."""
    return age_on(birth, day) >= ADULT
