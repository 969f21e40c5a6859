"""The choice of a week as an integer programme: 0 or 1 for every way, and for every rule a switch that gives it up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fodfaeste.plan.week.clashes import asked_minutes
from fodfaeste.plan.week.models import Model
from fodfaeste.plan.week.network import HOME, Network
from fodfaeste.plan.week.request import WeekRequest
from fodfaeste.plan.week.rules import Rule, RuleCode, rule_key
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
    """Where the columns of a programme stand.

    First the ways of the network; then, for each weekday, whether it has school, has work, and has both; then the
    switches of the rules.
    """

    def __init__(self, network: Network, rules: Sequence[Rule]) -> None:
        ways, days = len(network.arcs), len(WEEKDAYS)
        self.school, self.work, self.both = (
            range(ways + days * which, ways + days * (which + 1)) for which in range(3)
        )
        self.switches = range(ways + 3 * days, ways + 3 * days + len(rules))
        self.many = self.switches.stop
        self._into = [network.into(node) for node in range(len(network.candidates))]
        self._switch_of = {(rule.code, rule.about): column for rule, column in zip(rules, self.switches, strict=True)}

    def switch(self, code: RuleCode, about: object = None) -> int:
        """Give the column that is 1 where a rule is given up."""
        return self._switch_of[code, about]

    def taken(self, node: int, weight: float = 1.0) -> dict[int, float]:
        """Give the terms that add up to `weight` where a candidate is taken, and otherwise to 0."""
        return dict.fromkeys(self._into[node], weight)

    def together(self, weights: Iterable[tuple[int, float]]) -> dict[int, float]:
        """Give the terms that add up the weights of the candidates that are taken."""
        return {arc: weight for node, weight in weights for arc in self._into[node]}


def rows_of(request: WeekRequest, network: Network, rules: Sequence[Rule], columns: Columns) -> Rows:
    """Write down every rule of a request, each so that it binds nothing where its switch is 1."""
    writer = _Writer(request, network, columns)
    writer.paths()
    writer.barred()
    writer.days()
    for rule in rules:
        writer.rule(rule)
    return writer.rows


class _Writer:
    def __init__(self, request: WeekRequest, network: Network, columns: Columns) -> None:
        self.rows = Rows()
        self._request, self._network, self._columns = request, network, columns

    def paths(self) -> None:
        """Lead one path through each day."""
        arcs = self._network.arcs
        for weekday in dict.fromkeys(arc.weekday for arc in arcs):
            out = [position for position, arc in enumerate(arcs) if arc.weekday == weekday and arc.tail == HOME]
            self.rows.add(dict.fromkeys(out, 1.0), 1, 1)
        for node in range(len(self._network.candidates)):
            out = [position for position, arc in enumerate(arcs) if arc.tail == node]
            self.rows.add({**self._columns.taken(node), **dict.fromkeys(out, -1.0)}, 0, 0)

    def barred(self) -> None:
        """Open what breaks a rule by itself only where the rule is given up."""
        found = [(self._columns.taken(node), clashes) for node, clashes in enumerate(self._network.during)]
        found += [({position: 1.0}, arc.way.clashes) for position, arc in enumerate(self._network.arcs)]
        for terms, clashes in found:
            for key in dict.fromkeys(rule_key(clash) for clash in clashes):
                self.rows.add({**terms, self._columns.switch(*key): -1.0}, high=0)

    def days(self) -> None:
        """Mark the weekdays that have school, work and both."""
        columns = self._columns
        for weekday, school, work, both in zip(WEEKDAYS, columns.school, columns.work, columns.both, strict=True):
            self._mark(weekday, school, SCHOOL)
            self._mark(weekday, work, WORK)
            self.rows.add({school: 1.0, both: -1.0}, low=0)
            self.rows.add({work: 1.0, both: -1.0}, low=0)
            self.rows.add({school: 1.0, work: 1.0, both: -1.0}, high=1)

    def _mark(self, weekday: int, mark: int, kinds: tuple[Kind, ...]) -> None:
        all_ = enumerate(self._network.candidates)
        nodes = [node for node, one in all_ if one.slot.weekday == weekday and one.kind in kinds]
        for node in nodes:
            self.rows.add({**self._columns.taken(node), mark: -1.0}, high=0)
        self.rows.add({**self._columns.together((node, 1.0) for node in nodes), mark: -1.0}, low=0)

    def rule(self, rule: Rule) -> None:
        """Write down a rule about more than one candidate or way."""
        switch = self._columns.switch(rule.code, rule.about)
        if isinstance(rule.about, Activity):
            node = self._network.candidates.index(rule.about)
            self.rows.add({**self._columns.taken(node), switch: 1.0}, low=1)
        elif isinstance(rule.about, HoursAsked):
            self._hours(rule.code, rule.about, switch)
        elif rule.code == "series":
            self._series(rule.about, switch)
        elif rule.code == "travel_limit":
            self._travel_limit(switch)
        elif rule.code == "school_days":
            self._in_a_row(switch)
        elif rule.code == "model" and self._request.model:
            self._pattern(self._request.model, switch)

    def _series(self, name: object, switch: int) -> None:
        first, *others = (node for node, one in enumerate(self._network.candidates) if one.series == name)
        for node in others:
            apart = {**self._columns.taken(node), **self._columns.taken(first, -1.0)}
            self.rows.add({**apart, switch: -1.0}, high=0)
            self.rows.add({**apart, switch: 1.0}, low=0)

    def _hours(self, code: RuleCode, asked: HoursAsked, switch: int) -> None:
        all_ = enumerate(self._network.candidates)
        some = [(node, float(one.slot.minutes)) for node, one in all_ if one.kind in asked.kinds]
        terms, total = self._columns.together(some), sum(minutes for _, minutes in some)
        least, most = asked_minutes(asked)
        if code == "hours_below" and least is not None:
            self.rows.add({**terms, switch: float(least)}, low=least)
        elif code == "hours_above" and most is not None and total > most:
            self.rows.add({**terms, switch: most - total}, high=most)

    def _travel_limit(self, switch: int) -> None:
        limit, arcs = self._request.limits.travel_minutes, self._network.arcs
        for weekday in WEEKDAYS:
            terms = {position: float(arc.way.minutes) for position, arc in enumerate(arcs) if arc.weekday == weekday}
            if (total := sum(terms.values())) > limit:
                self.rows.add({**terms, switch: limit - total}, high=limit)

    def _in_a_row(self, switch: int) -> None:
        """Of each limit + 1 days in a row, Sunday and Monday following each other, one is free of school."""
        school, limit = self._columns.school, self._request.limits.school_days_in_row or len(WEEKDAYS)
        for start in range(len(school) if limit < len(school) else 0):
            window = [school[(start + further) % len(school)] for further in range(limit + 1)]
            self.rows.add({**dict.fromkeys(window, 1.0), switch: -1.0}, high=limit)

    def _pattern(self, model: Model, switch: int) -> None:
        columns, days = self._columns, float(len(WEEKDAYS))
        halves = dict.fromkeys(columns.both, -1.0)
        for terms, many in (
            ({**dict.fromkeys(columns.school, 1.0), **halves}, model.school_days),
            ({**dict.fromkeys(columns.work, 1.0), **halves}, model.work_days),
            (dict.fromkeys(columns.both, 1.0), model.half_days),
        ):
            self.rows.add({**terms, switch: days}, low=many)
            self.rows.add({**terms, switch: -days}, high=many)
