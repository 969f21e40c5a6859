"""What each day of a week could be: one plan for each set of consequences, and of several that which is best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fodfaeste.plan.week.network import HOME, Arc, Network
from fodfaeste.plan.week.request import WeekRequest
from fodfaeste.plan.week.rules import TRAVEL_LIMIT, RuleKey, rule_key
from fodfaeste.plan.week.values import SCHOOL, WORK


@dataclass(frozen=True)
class DayPlan:
    """One way to spend a weekday.

    Attributes
    ----------
    weekday : int
    taken : tuple of int
        Positions of the candidates, in order of time; none on a free day.
    travel : int
        Minutes.
    broken : frozenset of RuleKey
        The rules that have to be given up for it.
    """

    weekday: int
    taken: tuple[int, ...]
    travel: int
    broken: frozenset[RuleKey]


def day_plans(request: WeekRequest, network: Network) -> tuple[DayPlan, ...]:
    """Give the plans of all days that have candidates.

    Of plans that break the same rules, have the same hours and mean the same to the rules of the whole week only the
    best is there: exchanging the others for it could make no week worse.
    """
    weekdays = dict.fromkeys(arc.weekday for arc in network.arcs)
    return tuple(plan for weekday in weekdays for plan in _Day(request, network, weekday).plans())


def breaking_least(request: WeekRequest, plans: Sequence[DayPlan]) -> tuple[DayPlan, ...]:
    """Leave out plans that break all that another one breaks, and more, and mean the same to the whole week."""
    meaning = Meaning(request)
    same: dict[object, list[DayPlan]] = {}
    for plan in plans:
        same.setdefault((plan.weekday, meaning.of(plan.taken)), []).append(plan)
    return tuple(
        plan for alike in same.values() for plan in alike if not any(other.broken < plan.broken for other in alike)
    )


class Meaning:
    """What the rules of the whole week see of a day."""

    def __init__(self, request: WeekRequest) -> None:
        self._candidates = request.candidates
        self._kinds = [asked.kinds for asked in request.limits.hours]
        series = [one.series for one in request.candidates if one.series]
        many = enumerate(request.candidates)
        self._special = frozenset(node for node, one in many if one.fixed or series.count(one.series) > 1)

    def of(self, taken: Sequence[int]) -> object:
        """Give hours by what is asked for, whether there is school and work, and what is fixed or of a series."""
        there = [self._candidates[node] for node in taken]
        hours = tuple(sum(one.slot.minutes for one in there if one.kind in kinds) for kinds in self._kinds)
        marks = tuple(any(one.kind in kinds for one in there) for kinds in (SCHOOL, WORK))
        return hours, marks, self._special.intersection(taken)


class _Day:
    """The paths through one day, built up candidate by candidate; what cannot become the best is left out at once."""

    def __init__(self, request: WeekRequest, network: Network, weekday: int) -> None:
        self._request, self._weekday, self._meaning = request, weekday, Meaning(request)
        self._arcs = [arc for arc in network.arcs if arc.weekday == weekday]
        self._nodes = [arc.head for arc in self._arcs if arc.tail == HOME and arc.head != HOME]
        self._during = {node: frozenset(map(rule_key, network.during[node])) for node in self._nodes}
        self._on_way = {(arc.tail, arc.head): frozenset(map(rule_key, arc.way.clashes)) for arc in self._arcs}

    def plans(self) -> Iterable[DayPlan]:
        begun = {HOME: [DayPlan(self._weekday, (), 0, frozenset())]}
        for node in self._nodes:
            ways = [arc for arc in self._arcs if arc.head == node]
            begun[node] = self._best(self._longer(plan, arc) for arc in ways for plan in begun[arc.tail])
        back = [arc for arc in self._arcs if arc.head == HOME]
        whole = (self._whole(self._longer(plan, arc)) for arc in back for plan in begun[arc.tail])
        return self._best(whole, shorter_counts=False)

    def _longer(self, plan: DayPlan, arc: Arc) -> DayPlan:
        broken = plan.broken | self._on_way[arc.tail, arc.head]
        if arc.head == HOME:
            return DayPlan(plan.weekday, plan.taken, plan.travel + arc.way.minutes, broken)
        broken |= self._during[arc.head]
        return DayPlan(plan.weekday, (*plan.taken, arc.head), plan.travel + arc.way.minutes, broken)

    def _whole(self, plan: DayPlan) -> DayPlan:
        if plan.travel <= self._request.limits.travel_minutes:
            return plan
        return DayPlan(plan.weekday, plan.taken, plan.travel, plan.broken | {TRAVEL_LIMIT})

    def _best(self, plans: Iterable[DayPlan], *, shorter_counts: bool = True) -> list[DayPlan]:
        """Of plans with the same consequences keep the best; on the way also those that have travelled less."""
        kept: dict[object, list[DayPlan]] = {}
        for plan in sorted(plans, key=self._rank):
            others = kept.setdefault((plan.broken, self._meaning.of(plan.taken)), [])
            if not others or (shorter_counts and plan.travel < min(other.travel for other in others)):
                others.append(plan)
        return [plan for same in kept.values() for plan in same]

    def _rank(self, plan: DayPlan) -> tuple[int, int, list[bool]]:
        """Value, minutes, and whether candidates are left out, the earliest first; less is better."""
        candidates = self._request.candidates
        value = plan.travel + sum(self._request.extra(candidates[node]) for node in plan.taken)
        minutes = sum(candidates[node].slot.minutes for node in plan.taken)
        return value, minutes, [node not in plan.taken for node in self._nodes]
