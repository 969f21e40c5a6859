"""The choice of a week as an integer programme: every day plan is 0 or 1, and every rule has a switch to give it up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fodfaeste.plan.week.clashes import asked_minutes
from fodfaeste.plan.week.day_plans import DayPlan
from fodfaeste.plan.week.models import Model
from fodfaeste.plan.week.request import WeekRequest
from fodfaeste.plan.week.rules import Rule, RuleCode, RuleKey
from fodfaeste.plan.week.times import WEEKDAYS
from fodfaeste.plan.week.values import SCHOOL, WORK, Activity, HoursAsked, Kind

Terms = Mapping[int, float]
"""Coefficients by column."""


@dataclass
class Rows:
    """The rows of a programme as they are written down: `low` <= `terms` <= `high`."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)

    def add(self, terms: Terms, low: float = -np.inf, high: float = np.inf) -> None:
        """Write one down."""
        self.terms.append(terms)
        self.low.append(low)
        self.high.append(high)


class Columns:
    """Where the columns of a programme stand: first the day plans, then the switches of the rules."""

    def __init__(self, plans: Sequence[DayPlan], rules: Sequence[Rule]) -> None:
        self.switches = range(len(plans), len(plans) + len(rules))
        self.many = self.switches.stop
        self._plans = plans
        self._switch_of = {(rule.code, rule.about): column for rule, column in zip(rules, self.switches, strict=True)}

    def switch(self, key: RuleKey) -> int:
        """Give the column that is 1 where a rule is given up."""
        return self._switch_of[key]

    def taken(self, node: int, weight: float = 1.0) -> dict[int, float]:
        """Give the terms that add up to `weight` where a candidate is taken, and otherwise to 0."""
        return self.together({node: weight})

    def together(self, weights: Mapping[int, float]) -> dict[int, float]:
        """Give the terms that add up the weights of the candidates that are taken."""
        sums = (sum(weights.get(node, 0.0) for node in plan.taken) for plan in self._plans)
        return {column: total for column, total in enumerate(sums) if total}


def rows_of(request: WeekRequest, plans: Sequence[DayPlan], rules: Sequence[Rule], columns: Columns) -> Rows:
    """Write down every rule of a request, each so that it binds nothing where its switch is 1."""
    writer = _Writer(request, plans, columns)
    writer.days()
    for rule in rules:
        writer.rule(rule)
    return writer.rows


class _Writer:
    def __init__(self, request: WeekRequest, plans: Sequence[DayPlan], columns: Columns) -> None:
        self.rows = Rows()
        self._request, self._plans, self._columns = request, plans, columns

    def days(self) -> None:
        """Choose one plan a day, and open what breaks a rule by itself only where the rule is given up."""
        for weekday in dict.fromkeys(plan.weekday for plan in self._plans):
            of_day = [(column, plan) for column, plan in enumerate(self._plans) if plan.weekday == weekday]
            self.rows.add({column: 1.0 for column, _ in of_day}, 1, 1)
            broken = dict.fromkeys(key for _, plan in of_day for key in sorted(plan.broken, key=str))
            for key in broken:
                breaking = {column: 1.0 for column, plan in of_day if key in plan.broken}
                self.rows.add({**breaking, self._columns.switch(key): -1.0}, high=0)

    def rule(self, rule: Rule) -> None:
        """Write down a rule about more than one day."""
        switch = self._columns.switch((rule.code, rule.about))
        if isinstance(rule.about, Activity):
            node = self._request.candidates.index(rule.about)
            self.rows.add({**self._columns.taken(node), switch: 1.0}, low=1)
        elif isinstance(rule.about, HoursAsked):
            self._hours(rule.code, rule.about, switch)
        elif rule.code == "series":
            self._series(rule.about, switch)
        elif rule.code == "school_days":
            self._in_a_row(switch)
        elif rule.code == "model" and self._request.model:
            self._pattern(self._request.model, switch)

    def _series(self, name: object, switch: int) -> None:
        first, *others = (node for node, one in enumerate(self._request.candidates) if one.series == name)
        for node in others:
            apart = self._columns.together({node: 1.0, first: -1.0})
            self.rows.add({**apart, switch: -1.0}, high=0)
            self.rows.add({**apart, switch: 1.0}, low=0)

    def _hours(self, code: RuleCode, asked: HoursAsked, switch: int) -> None:
        all_ = enumerate(self._request.candidates)
        minutes = {node: float(one.slot.minutes) for node, one in all_ if one.kind in asked.kinds}
        terms, total = self._columns.together(minutes), sum(minutes.values())
        least, most = asked_minutes(asked)
        if code == "hours_below" and least is not None:
            self.rows.add({**terms, switch: float(least)}, low=least)
        elif code == "hours_above" and most is not None and total > most:
            self.rows.add({**terms, switch: most - total}, high=most)

    def _in_a_row(self, switch: int) -> None:
        """Of each limit + 1 days in a row, Sunday and Monday following each other, one is free of school."""
        limit = self._request.limits.school_days_in_row or len(WEEKDAYS)
        for start in WEEKDAYS if limit < len(WEEKDAYS) else ():
            window = {1 + (start + further) % len(WEEKDAYS) for further in range(limit + 1)}
            school = {column: 1.0 for column in self._with(SCHOOL) if self._plans[column].weekday in window}
            self.rows.add({**school, switch: -1.0}, high=limit)

    def _pattern(self, model: Model, switch: int) -> None:
        school, work, days = self._with(SCHOOL), self._with(WORK), float(len(WEEKDAYS))
        for columns, many in (
            (school - work, model.school_days),
            (work - school, model.work_days),
            (school & work, model.half_days),
        ):
            terms = dict.fromkeys(sorted(columns), 1.0)
            self.rows.add({**terms, switch: days}, low=many)
            self.rows.add({**terms, switch: -days}, high=many)

    def _with(self, kinds: Iterable[Kind]) -> frozenset[int]:
        """Give the columns of the plans that have something of these kinds."""
        nodes = {node for node, one in enumerate(self._request.candidates) if one.kind in kinds}
        return frozenset(column for column, plan in enumerate(self._plans) if nodes & set(plan.taken))
