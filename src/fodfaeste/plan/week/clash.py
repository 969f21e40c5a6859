"""A clash: something in a week that cannot be, told in Danish and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fodfaeste.plan.text import Text
from fodfaeste.plan.week.texts import (
    Values,
    activity_words,
    duration_words,
    estimate_words,
    said,
    weekday_words,
)
from fodfaeste.plan.week.values import Activity

Code = Literal[
    "overlap",
    "travel_between",
    "first_bus",
    "no_connection",
    "travel_limit",
    "opening_hours",
    "childcare",
    "no_childcare",
    "school_days",
    "hours_below",
    "hours_above",
]


@dataclass(frozen=True)
class Clash:
    """Something that cannot be as it is planned.

    Attributes
    ----------
    code : Code
    weekday : int or None
        1 (Monday) to 7; for school days in a row the first of them; None where it is the whole week.
    minutes : int or None
        By how much: of overlap, too late, too long, too few. None where minutes do not say it.
    activities : tuple of Activity
        Those that it is about.
    text : Text
        A sentence in Danish and English: ``clash.text.da``.
    places : tuple of str
        The place, or the start and goal of the way, where it is about one.
    estimated : bool
        Whether a way in it is an estimate, so that a table may show that there is no clash.
    """

    code: Code
    weekday: int | None
    minutes: int | None
    activities: tuple[Activity, ...]
    text: Text
    places: tuple[str, ...] = ()
    estimated: bool = False


def clash_of(
    code: Code,
    weekday: int,
    minutes: int | None,
    activities: tuple[Activity, ...],
    values: Values,
    *,
    places: tuple[str, ...] = (),
    estimated: bool = False,
) -> Clash:
    """Put a clash of one weekday into words.

    What the sentence takes: `day`, `one` and `other` (the activities), `minutes`, `estimate`, and `values`.
    """
    named = dict(zip(("one", "other"), map(activity_words, activities), strict=False))
    said_minutes: dict[str, Text] = {} if minutes is None else {"minutes": duration_words(minutes)}
    text = said(
        f"clash.{code}",
        **{"day": weekday_words(weekday), "estimate": estimate_words(estimated), **named, **said_minutes, **values},
    )
    return Clash(code, weekday, minutes, activities, text.capital, places, estimated)
