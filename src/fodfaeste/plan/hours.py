"""How many hours a plan fills, week by week and on average, against what the rules ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import gt, lt
from typing import Literal

from fodfaeste.errors import BadInput, Problem
from fodfaeste.plan.days import IsoWeek
from fodfaeste.plan.programme import Citation, ProgrammeRules
from fodfaeste.plan.text import Text, text

DANISH = "danish"
"""The element whose hours have a limit of their own."""

TOLERANCE = 0.005
"""Hours that differ from a limit by less than two decimals show do not differ from it."""

Code = Literal[
    "average_below", "average_above", "average_danish_above", "week_below", "week_above", "week_danish_above"
]


@dataclass(frozen=True)
class PlannedActivity:
    """So many hours of something in each of some weeks; a ramp is several of them.

    Attributes
    ----------
    element : str
        Which part of the programme it is, such as ``danish``; see `ProgrammeRules.elements`. Preparation counts, and is
        an element of its own here.
    hours : float
        A week.
    first, last : IsoWeek
        Both included.

    Raises
    ------
    BadInput
        If the hours are negative or more than a week has, or the last week lies before the first.
    """

    element: str
    hours: float
    first: IsoWeek
    last: IsoWeek

    def __post_init__(self) -> None:
        if not 0 <= self.hours <= 7 * 24:
            raise BadInput(Problem(f"{self.hours} hours a week", "0 to 168", "Correct the hours."))
        if self.last < self.first:
            found = f"a last week {self.last.week} of {self.last.year}"
            expected = f"week {self.first.week} of {self.first.year}, the first, or a later one"
            raise BadInput(Problem(found, expected, "Exchange or correct the weeks."))


@dataclass(frozen=True)
class WeekHours:
    """The hours of one week, in all and by element."""

    week: IsoWeek
    total: float
    by_element: tuple[tuple[str, float], ...]

    def of(self, element: str) -> float:
        """Give the hours of one element."""
        return dict(self.by_element).get(element, 0.0)


@dataclass(frozen=True)
class HoursFinding:
    """Something about the hours that somebody has to know.

    Attributes
    ----------
    code : Code
        ``average_...`` breaks a rule; ``week_...`` is a week that pulls the average there, and may be meant.
    weeks : tuple of IsoWeek
        Of an average, the weeks where it is furthest off; else all the weeks that are.
    hours : float
        The average, or those of the week that is furthest off.
    limit : float
    words : Text
    rule : Citation
    """

    code: Code
    weeks: tuple[IsoWeek, ...]
    hours: float
    limit: float
    words: Text
    rule: Citation


@dataclass(frozen=True)
class HoursCheck:
    """All weeks looked at, and what was found; nothing, if the hours are in order."""

    weeks: tuple[WeekHours, ...]
    findings: tuple[HoursFinding, ...]

    @property
    def keeps_the_rules(self) -> bool:
        """Whether all averages lie within what the rules ask for."""
        return not any(one.code.startswith("average") for one in self.findings)


def weekly_hours(activities: Iterable[PlannedActivity], week: IsoWeek) -> WeekHours:
    """Add up the hours of a week, in all and by element."""
    by_element: dict[str, float] = {}
    for one in activities:
        if one.first <= week <= one.last:
            by_element[one.element] = by_element.get(one.element, 0.0) + one.hours
    return WeekHours(week, float(sum(by_element.values())), tuple(sorted(by_element.items())))


def hours_check(
    rules: ProgrammeRules,
    activities: Sequence[PlannedActivity],
    weeks: Sequence[IsoWeek],
    *,
    agreed_min: float | None = None,
) -> HoursCheck:
    """Compare a plan's hours with the rules: the average of every 13 weeks in a row, and each week by itself.

    Parameters
    ----------
    rules : ProgrammeRules
        `weekly_hours_min`, `weekly_hours_max`, `danish_hours_max`, and the number of weeks in `average_weeks`.
    activities : sequence of PlannedActivity
    weeks : sequence of IsoWeek
        Those that count, in order; weeks without programme, such as holidays, may be left out. Where they are fewer
        than the rules average over, all of them are averaged.
    agreed_min : float, optional
        The hours a week agreed for a person who cannot do more, such as for health, in place of the rules' least.

    Raises
    ------
    BadInput
        If there are no weeks, or they are not in order.
    """
    _check_order(weeks)
    counted = tuple(weekly_hours(activities, week) for week in weeks)
    found = [
        finding
        for measure in _measures(rules, agreed_min)
        for finding in (_average_off(counted, rules.average_weeks, measure), _weeks_off(counted, measure))
        if finding is not None
    ]
    return HoursCheck(counted, tuple(sorted(found, key=lambda one: one.code.startswith("week"))))


@dataclass(frozen=True)
class _Measure:
    """Hours of some kind that may not lie beyond a limit: `off` says whether the first number is beyond the second."""

    average: Code
    week: Code
    hours: Callable[[WeekHours], float]
    off: Callable[[float, float], bool]
    limit: float
    rule: Citation

    def beyond(self, hours: float) -> bool:
        return abs(hours - self.limit) >= TOLERANCE and self.off(hours, self.limit)

    def distance(self, hours: float) -> float:
        return abs(hours - self.limit)


def _measures(rules: ProgrammeRules, agreed_min: float | None) -> list[_Measure]:
    least = float(rules.weekly_hours_min if agreed_min is None else agreed_min)
    cite_least, cite_most = rules.cite("weekly_hours_min"), rules.cite("weekly_hours_max")
    most = float(rules.weekly_hours_max)
    found = [
        _Measure("average_below", "week_below", lambda one: one.total, lt, least, cite_least),
        _Measure("average_above", "week_above", lambda one: one.total, gt, most, cite_most),
    ]
    if rules.danish_hours_max is not None:
        limit, cited = float(rules.danish_hours_max), rules.cite("danish_hours_max")
        danish = _Measure("average_danish_above", "week_danish_above", lambda one: one.of(DANISH), gt, limit, cited)
        found.append(danish)
    return found


def _average_off(counted: tuple[WeekHours, ...], over: int, measure: _Measure) -> HoursFinding | None:
    size = min(over, len(counted))
    windows = [counted[start : start + size] for start in range(len(counted) - size + 1)]
    averages = [sum(measure.hours(one) for one in window) / size for window in windows]
    off = [(measure.distance(average), -place) for place, average in enumerate(averages) if measure.beyond(average)]
    if not off:
        return None
    worst = -max(off)[1]
    return _finding(measure.average, measure, tuple(one.week for one in windows[worst]), averages[worst])


def _weeks_off(counted: tuple[WeekHours, ...], measure: _Measure) -> HoursFinding | None:
    off = [one for one in counted if measure.beyond(measure.hours(one))]
    if not off:
        return None
    worst = max((measure.hours(one) for one in off), key=measure.distance)
    return _finding(measure.week, measure, tuple(one.week for one in off), worst)


def _finding(code: Code, measure: _Measure, weeks: tuple[IsoWeek, ...], hours: float) -> HoursFinding:
    words = text(f"hours.{code}", weeks=weeks_in_words(weeks), hours=hours, limit=measure.limit)
    return HoursFinding(code, weeks, hours, measure.limit, words, measure.rule)


def _check_order(weeks: Sequence[IsoWeek]) -> None:
    if not weeks:
        raise BadInput(Problem("no weeks", "at least one", "Name the weeks that the hours are counted in."))
    for before, after in pairwise(weeks):
        if not before < after:
            found = f"week {after.week} of {after.year} after week {before.week} of {before.year}"
            raise BadInput(Problem(found, "each week once, the earliest first", "Put the weeks in order."))


def weeks_in_words(weeks: Sequence[IsoWeek]) -> Text:
    """Write weeks in words, those in a row together: ``uge 48-50 i 2026 og uge 2 i 2027``."""
    runs: list[list[IsoWeek]] = []
    for week in weeks:
        if runs and runs[-1][-1].later(1) == week:
            runs[-1].append(week)
        else:
            runs.append([week])
    said = [_run(run) for run in runs]
    listed = text("and")
    return Text(*(_joined([one[lang] for one in said], listed[lang]) for lang in ("da", "en")))


def _run(run: list[IsoWeek]) -> Text:
    first, last = run[0], run[-1]
    if first == last:
        return text("week.one", week=first.week, year=first.year)
    if first.year == last.year:
        return text("week.run", first=first.week, last=last.week, year=first.year)
    return text("week.run_years", first=first.week, first_year=first.year, last=last.week, last_year=last.year)


def _joined(parts: list[str], last: str) -> str:
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}" if len(parts) > 1 else parts[0]
