"""The rules of a request that could be given up, each with a name in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from fodfaeste.plan.text import Text
from fodfaeste.plan.week.clash import Clash
from fodfaeste.plan.week.clashes import asked_minutes
from fodfaeste.plan.week.network import Network
from fodfaeste.plan.week.request import WeekRequest
from fodfaeste.plan.week.texts import (
    activity_words,
    duration_words,
    estimate_words,
    hours_words,
    joined,
    kinds_words,
    line_words,
    said,
    weekday_words,
)
from fodfaeste.plan.week.times import clock
from fodfaeste.plan.week.travel import TravelTable
from fodfaeste.plan.week.values import Activity, HoursAsked

RuleCode = Literal[
    "fixed",
    "series",
    "hours_below",
    "hours_above",
    "model",
    "school_days",
    "opening_hours",
    "childcare",
    "first_bus",
    "travel_between",
    "travel_limit",
]
RuleKey = tuple[RuleCode, object]
"""A rule's code, and what it is about."""

TRAVEL_LIMIT: RuleKey = ("travel_limit", None)
_RULE_OF: dict[str, RuleCode] = {
    "opening_hours": "opening_hours",
    "childcare": "childcare",
    "no_childcare": "childcare",
    "first_bus": "first_bus",
    "no_connection": "first_bus",
    "travel_between": "travel_between",
}
"""The rules that clashes of single activities and ways break."""


@dataclass(frozen=True)
class Rule:
    """A rule that could be given up.

    Attributes
    ----------
    code : RuleCode
    about : object
        Which of its kind: the fixed activity, the name of the series, the hours asked for, the place, the start and
        goal of the way; None where there is only one.
    text : Text
        Without a capital letter and a full stop, to stand in a list.
    """

    code: RuleCode
    about: object
    text: Text


def rules_of(request: WeekRequest, network: Network) -> tuple[Rule, ...]:
    """Name the rules of a request that something could break."""
    return (
        *_fixed(network.candidates),
        *_series(network.candidates),
        *_hours(request),
        *_patterns(request),
        *_of_clashes(request, network),
        Rule(*TRAVEL_LIMIT, said("rule.travel_limit", limit=request.limits.travel_minutes)),
    )


def rule_key(clash: Clash) -> RuleKey:
    """Say which rule a clash of an activity or a way breaks: its code, and what it is about."""
    code = _RULE_OF[clash.code]
    return code, clash.places if code != "childcare" else None


def _fixed(candidates: Iterable[Activity]) -> Iterator[Rule]:
    for one in candidates:
        if one.fixed:
            yield Rule("fixed", one, said("rule.fixed", one=activity_words(one), day=weekday_words(one.slot.weekday)))


def _series(candidates: Iterable[Activity]) -> Iterator[Rule]:
    names = [one.series for one in candidates if one.series]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Rule("series", name, said("rule.series", name=name))


def _hours(request: WeekRequest) -> Iterator[Rule]:
    for asked in dict.fromkeys(request.limits.hours):
        least, most = asked_minutes(asked)
        kinds = kinds_words(asked.kinds)
        if least is not None:
            offered = duration_words(_offered(request, asked))
            words = said("rule.hours_below", kinds=kinds, asked=duration_words(least), offered=offered)
            yield Rule("hours_below", asked, words)
        if most is not None:
            yield Rule("hours_above", asked, said("rule.hours_above", kinds=kinds, asked=duration_words(most)))


def _offered(request: WeekRequest, asked: HoursAsked) -> int:
    return sum(one.slot.minutes for one in request.candidates if one.kind in asked.kinds)


def _patterns(request: WeekRequest) -> Iterator[Rule]:
    if request.model:
        yield Rule("model", None, said("rule.model", model=request.model.text))
    if limit := request.limits.school_days_in_row:
        yield Rule("school_days", None, said("rule.school_days", limit=limit))


def _of_clashes(request: WeekRequest, network: Network) -> Iterator[Rule]:
    found: dict[RuleKey, list[Clash]] = {}
    for clash in network.clashes():
        found.setdefault(rule_key(clash), []).append(clash)
    for (code, about), broken in sorted(found.items(), key=lambda item: (item[0][0], str(item[0][1]))):
        yield Rule(code, about, _words(code, broken, request))


def _words(code: RuleCode, broken: list[Clash], request: WeekRequest) -> Text:
    if code == "childcare":
        care = [one.slot for one in request.week.activities if one.kind == "childcare"]
        return said("rule.childcare", hours=hours_words(care))
    if code == "opening_hours":
        (place,) = broken[0].places
        return said("rule.opening_hours", place=place, hours=hours_words(request.limits.opening(place) or ()))
    start, goal = broken[0].places
    weekdays = sorted({clash.weekday for clash in broken if clash.weekday})
    if code == "first_bus":
        days = joined((_first_there(request.travel, start, goal, weekday) for weekday in weekdays), ", ")
        return said("rule.first_bus", start=start, goal=goal, days=days)
    ways = [way for weekday in weekdays if (way := request.travel.way(start, goal, weekday))]
    estimate = estimate_words(any(way.estimated for way in ways))
    return said(
        "rule.travel_between", start=start, goal=goal, way=_span(way.minutes for way in ways), estimate=estimate
    )


def _span(minutes: Iterable[int]) -> str:
    known = sorted(set(minutes))
    return f"{known[0]}–{known[-1]}" if len(known) > 1 else str(known[0])


def _first_there(travel: TravelTable, start: str, goal: str, weekday: int) -> Text:
    way = travel.way(start, goal, weekday)
    day = weekday_words(weekday)
    if way is None:
        return said("part.nothing_goes", day=day)
    return said("part.first_there", day=day, time=clock(way.earliest_arrival or 0), line=line_words(way.line))
