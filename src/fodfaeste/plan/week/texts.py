"""Sentences in Danish and English side by side, from `texts.toml`."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from fodfaeste.plan.text import LANGUAGES, Lang, Text
from fodfaeste.plan.week.times import Slot, clock
from fodfaeste.plan.week.values import Activity, Kind

Values = Mapping[str, str | int | Text]
"""What a sentence takes, by name."""

NOTHING = Text("", "")


def said(key: str, /, **values: str | int | Text) -> Text:
    """Write the sentence `key` in both languages; values are the same in both, or texts themselves."""
    sentence = sentences()[key]
    return Text(*(sentence[lang].format(**_written(values, lang)) for lang in LANGUAGES))


def _written(values: Values, lang: Lang) -> dict[str, str | int]:
    return {name: value[lang] if isinstance(value, Text) else value for name, value in values.items()}


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Read all sentences by dotted key.

    Raises
    ------
    ValueError
        If a sentence lacks a language, or its languages do not take the same values.
    """
    raw = tomllib.loads(files("fodfaeste.plan.week").joinpath("texts.toml").read_text("utf-8"))
    return checked({f"{table}.{key}": both for table, entries in raw.items() for key, both in entries.items()})


def checked(found: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Give sentences back that have both languages, taking the same values."""
    for key, both in found.items():
        if set(both) != set(LANGUAGES) or _taken(both["da"]) != _taken(both["en"]):
            raise ValueError(f"texts.toml, {key}: needs da and en, taking the same values")
    return found


def _taken(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def joined(parts: Iterable[Text], by: str | Text = "; ") -> Text:
    """Join texts language by language."""
    listed = list(parts)
    return Text(*((by if isinstance(by, str) else by[lang]).join(part[lang] for part in listed) for lang in LANGUAGES))


def weekday_words(weekday: int) -> Text:
    """Name a weekday, 1 being Monday."""
    return said(f"weekday.{weekday}")


def kinds_words(kinds: Sequence[Kind]) -> Text:
    """Name kinds of activities: with commas, and *and* before the last."""
    *others, last = (said(f"kind.{kind}") for kind in kinds)
    return joined([joined(others, ", "), last], said("part.and")) if others else last


def activity_words(activity: Activity) -> Text:
    """Name an activity with its place and times."""
    slot = activity.slot
    times = {"start": clock(slot.start), "end": clock(slot.end)}
    return said("part.activity", name=activity.name, place=activity.place, **times)


def duration_words(minutes: int) -> Text:
    """Write hours and minutes without rounding: 22 h 12 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return said("part.minutes", minutes=rest)
    return said("part.hours_minutes", hours=hours, minutes=rest) if rest else said("part.hours", hours=hours)


def line_words(line: str) -> Text:
    """Name a line in brackets, where it has a name."""
    return said("part.line", line=line) if line else NOTHING


def estimate_words(estimated: bool) -> Text:
    """Say that a time is an estimate, where it is."""
    return said("part.estimate") if estimated else NOTHING


def hours_words(slots: Sequence[Slot]) -> Text:
    """Write hours of a week, days with the same hours together: Monday–Friday 08:00–16:00."""
    if not slots:
        return said("part.never")
    by_day: dict[int, list[str]] = {}
    for slot in sorted(slots):
        by_day.setdefault(slot.weekday, []).append(f"{clock(slot.start)}–{clock(slot.end)}")
    runs: list[list[Any]] = []
    for weekday, times in by_day.items():
        if runs and runs[-1][1] == weekday - 1 and runs[-1][2] == times:
            runs[-1][1] = weekday
        else:
            runs.append([weekday, weekday, times])
    return joined((_run_words(*run) for run in runs), ", ")


def _run_words(first: int, last: int, times: Sequence[str]) -> Text:
    days = weekday_words(first)
    if last > first:
        days = said("part.days", first=days, last=weekday_words(last))
    and_ = said("part.and")
    return Text(*(f"{days[lang]} {and_[lang].join(times)}" for lang in LANGUAGES))
