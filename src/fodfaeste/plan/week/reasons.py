"""Why a week was proposed: a sentence for everything chosen and everything left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from fodfaeste.plan.text import Text
from fodfaeste.plan.week.clashes import asked_minutes, clashes, travel_minutes, week_ways
from fodfaeste.plan.week.request import WeekRequest
from fodfaeste.plan.week.texts import (
    NOTHING,
    activity_words,
    duration_words,
    estimate_words,
    joined,
    kinds_words,
    said,
    weekday_words,
)
from fodfaeste.plan.week.values import Activity, HoursAsked, Week

ReasonCode = Literal["fixed", "kept", "added", "given_up", "not_taken", "hours", "travel", "optimum"]


@dataclass(frozen=True)
class Reason:
    """Why something is in a proposed week, or not.

    Attributes
    ----------
    code : ReasonCode
    activity : Activity or None
        None where it is about the whole week.
    text : Text
    """

    code: ReasonCode
    activity: Activity | None
    text: Text


def reasons_of(request: WeekRequest, week: Week, value: int) -> tuple[Reason, ...]:
    """Give the reasons for a week, in the order of time, and then what is about the whole of it."""
    single = (
        _chosen(request, one) if one in week.activities else _left(request, week, value, one)
        for one in request.candidates
    )
    return (*single, *(_hours(week, asked) for asked in request.limits.hours), *_whole(request, week, value))


def _chosen(request: WeekRequest, one: Activity) -> Reason:
    code: ReasonCode = "fixed" if one.fixed else "kept" if request.is_present(one) else "added"
    wished = None if one.fixed else request.wished(one)
    day = NOTHING if wished is None else said("reason.wished" if wished else "reason.not_wished")
    return Reason(code, one, joined([said(f"reason.{code}", **_named(one)).capital, day], ""))


def _left(request: WeekRequest, week: Week, value: int, one: Activity) -> Reason:
    code: ReasonCode = "given_up" if request.is_present(one) else "not_taken"
    why = _why_not(request, week, value, one)
    return Reason(code, one, said(f"reason.{code}", why=why, **_named(one)).capital)


def _named(one: Activity) -> dict[str, Text]:
    return {"day": weekday_words(one.slot.weekday), "one": activity_words(one)}


def _why_not(request: WeekRequest, week: Week, value: int, one: Activity) -> Text:
    """Say what would be wrong with the proposed week and this in it too; of what clashes the first is named."""
    series = [other for other in request.candidates if other == one or (one.series and other.series == one.series)]
    more = [other for other in series if other not in week.activities]
    with_it = replace(week, activities=(*week.activities, *more))
    found = clashes(with_it, request.travel, request.limits)
    if found:
        return found[0].text
    if request.model and not request.model.fits(with_it):
        return said("reason.because_model", model=request.model.text)
    chosen = tuple(other for other in request.candidates if other in with_it.activities)
    with_value = request.value(chosen, sum(travel_minutes(with_it, request.travel)))
    return said("reason.because_enough", minutes=with_value - value)


def _hours(week: Week, asked: HoursAsked) -> Reason:
    least, most = asked_minutes(asked)
    have = duration_words(week.minutes(asked.kinds))
    limits = {
        name: NOTHING if limit is None else said(f"reason.{name}", asked=duration_words(limit))
        for name, limit in (("least", least), ("most", most))
    }
    return Reason("hours", None, said("reason.hours", kinds=kinds_words(asked.kinds), have=have, **limits).capital)


def _whole(request: WeekRequest, week: Week, value: int) -> Iterator[Reason]:
    days, ways = travel_minutes(week, request.travel), week_ways(week, request.travel).values()
    estimate = estimate_words(any(way.estimated for there in ways for way in there))
    limit = request.limits.travel_minutes
    words = said("reason.travel", total=sum(days), longest=max(days), limit=limit, estimate=estimate)
    yield Reason("travel", None, words)
    yield Reason("optimum", None, said("reason.optimum", value=value))
