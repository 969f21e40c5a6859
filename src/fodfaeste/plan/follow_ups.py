"""When a case is followed up, on working days; what is missed climbs to the leader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from fodfaeste.plan.days import ClosedDay, WorkingDay, add_months, office_days, working_day
from fodfaeste.plan.deadlines import what_now_talk
from fodfaeste.plan.programme import Citation, ProgrammeRules
from fodfaeste.plan.text import Text, text

State = Literal["planned", "due", "held", "overdue"]

ESCALATE_DAYS = 7
"""So many days after a missed day it climbs to the leader; the report's rule, and an office's to change."""


@dataclass(frozen=True)
class FollowUp:
    """A follow-up with its day.

    Attributes
    ----------
    code : str
        Stable, such as ``traineeship_first``.
    day : date
        A working day.
    wanted : date
        The day as counted; earlier than `day` where that is a weekend, a holiday or a closing day of the office.
    why : Text, optional
        Why it moved; None where it did not.
    words : Text
    rule : Citation
    """

    code: str
    day: date
    wanted: date
    why: Text | None
    words: Text
    rule: Citation


def follow_ups(
    rules: ProgrammeRules,
    takeover: date,
    *,
    plan_agreed: date | None = None,
    in_work: bool = False,
    traineeships: Iterable[date] = (),
    closed: Sequence[ClosedDay] | None = None,
) -> tuple[FollowUp, ...]:
    """List all follow-ups of a case, the first day first: of traineeships, of the plan, and the talk on what comes now.

    Parameters
    ----------
    rules : ProgrammeRules
    takeover : date
        The first day on which the municipality was responsible.
    plan_agreed : date, optional
        The day that evaluations of the plan count from; none are listed without one.
    in_work : bool
        Whether the person is in ordinary work or education without benefit, and so followed up less often.
    traineeships : iterable of date
        The first day of each.
    closed : sequence of ClosedDay, optional
        Closing days of the office; `office_days` unless given.
    """
    days = office_days() if closed is None else closed
    talk = what_now_talk(rules, takeover)
    found = [_on(talk.code, talk.day, talk.words, talk.rule, days)]
    for start in traineeships:
        found += traineeship_follow_ups(rules, start, closed=days)
    if plan_agreed is not None:
        last = add_months(takeover, rules.extend_until_months or rules.programme_months)
        found += plan_follow_ups(rules, plan_agreed, last=last, in_work=in_work, closed=days)
    return tuple(sorted(found, key=lambda one: (one.day, one.wanted, one.code)))


def traineeship_follow_ups(
    rules: ProgrammeRules, start: date, *, closed: Sequence[ClosedDay] | None = None
) -> tuple[FollowUp, FollowUp]:
    """Give the two follow-ups of a traineeship: a start on 1 December gives 15 December and 1 March."""
    closed = office_days() if closed is None else closed
    days, months = rules.traineeship_days, rules.traineeship_months
    first = text("follow_up.traineeship_first", days=days)
    second = text("follow_up.traineeship_second", months=months)
    return (
        _on("traineeship_first", start + timedelta(days=days), first, rules.cite("traineeship_days"), closed),
        _on("traineeship_second", add_months(start, months), second, rules.cite("traineeship_months"), closed),
    )


def plan_follow_ups(
    rules: ProgrammeRules,
    agreed: date,
    *,
    last: date,
    in_work: bool = False,
    closed: Sequence[ClosedDay] | None = None,
) -> tuple[FollowUp, ...]:
    """Give the evaluations of a plan that was agreed on a day, up to a last day.

    Where the rules ask for some talks in the first months, those are spread over them evenly (four in six months: every
    six weeks); the interval counts from there on. Each day counts from the plan's, so that a moved one moves no other.
    """
    closed = office_days() if closed is None else closed
    talks = [] if in_work and rules.followup_in_work_months else _first_talks(rules, agreed)
    parameter = "followup_in_work_months" if in_work and rules.followup_in_work_months else "followup_months"
    interval: int = getattr(rules, parameter)
    months = interval + ((rules.followup_first_months or 0) if talks else 0)
    found = [
        _on("plan_talk", day, text("follow_up.plan_talk", number=number), rules.cite("followup_first_talks"), closed)
        for number, day in enumerate(talks, start=1)
        if day <= last
    ]
    while (day := add_months(agreed, months)) <= last:
        words = text("follow_up.plan_evaluation", months=months)
        found.append(_on("plan_evaluation", day, words, rules.cite(parameter), closed))
        months += interval
    return tuple(found)


def state(day: date, today: date, *, held: date | None = None) -> State:
    """Say how a follow-up stands: planned before its day, due on it, overdue after it, and held once it was held."""
    if held is not None:
        return "held"
    return "planned" if today < day else "due" if today == day else "overdue"


def escalates(day: date, today: date, *, after_days: int = ESCALATE_DAYS) -> bool:
    """Say whether a follow-up that was not held climbs to the leader: a week after its day, unless said otherwise.

    Parameters
    ----------
    day : date
        The day on which it should have been held.
    today : date
    after_days : int
    """
    return today >= day + timedelta(days=after_days)


def _first_talks(rules: ProgrammeRules, agreed: date) -> list[date]:
    if not rules.followup_first_talks or not rules.followup_first_months:
        return []
    # In whole weeks the last talk keeps some days' distance from the end, so that a moved one still lies within.
    apart = (add_months(agreed, rules.followup_first_months) - agreed).days // 7 // rules.followup_first_talks
    return [agreed + timedelta(weeks=apart * number) for number in range(1, rules.followup_first_talks + 1)]


def _on(code: str, wanted: date, words: Text, rule: Citation, closed: Sequence[ClosedDay]) -> FollowUp:
    found: WorkingDay = working_day(wanted, closed)
    return FollowUp(code, found.day, wanted, found.why, words, rule)
