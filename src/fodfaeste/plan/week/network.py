"""A week as a network: on each day a path leads from home through activities and home again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations

from fodfaeste.plan.week.clash import Clash
from fodfaeste.plan.week.day import Day, Way, day_of
from fodfaeste.plan.week.request import WeekRequest
from fodfaeste.plan.week.times import WEEKDAYS
from fodfaeste.plan.week.values import Activity

HOME = -1


@dataclass(frozen=True)
class Arc:
    """A way of a weekday from one activity to the next; `tail` and `head` are positions of candidates, or `HOME`."""

    weekday: int
    tail: int
    head: int
    way: Way


@dataclass(frozen=True)
class Network:
    """Everything that can follow each other.

    Attributes
    ----------
    candidates : tuple of Activity
    during : tuple of tuple of Clash
        What is wrong with each candidate by itself.
    arcs : tuple of Arc
        Every way that could be taken if no rule but that of being at one place at a time held; from home straight to
        home is a free day.
    """

    candidates: tuple[Activity, ...]
    during: tuple[tuple[Clash, ...], ...]
    arcs: tuple[Arc, ...]

    def clashes(self) -> tuple[Clash, ...]:
        """Give everything that is wrong with a candidate or a way."""
        ways = chain.from_iterable(arc.way.clashes for arc in self.arcs)
        return (*chain.from_iterable(self.during), *ways)


def network_of(request: WeekRequest) -> Network:
    """Lay out the network of a request.

    Raises
    ------
    BadInput
        If a way that could be needed is neither in the travel table nor can be estimated.
    """
    candidates = request.candidates
    days = {weekday: day_of(request.week, weekday, request.travel, request.limits) for weekday in WEEKDAYS}
    during = tuple(days[one.slot.weekday].during(one) for one in candidates)
    arcs = chain.from_iterable(_arcs(day, candidates) for day in days.values())
    return Network(candidates, during, tuple(arcs))


def _arcs(day: Day, candidates: tuple[Activity, ...]) -> list[Arc]:
    there = [(node, one) for node, one in enumerate(candidates) if one.slot.weekday == day.weekday]
    if not there:
        return []
    arcs = [Arc(day.weekday, HOME, HOME, Way(0, estimated=False, clashes=()))]
    for node, one in there:
        arcs += [Arc(day.weekday, HOME, node, day.there(one)), Arc(day.weekday, node, HOME, day.back(one))]
    arcs += [
        Arc(day.weekday, node, later, day.between(one, other))
        for (node, one), (later, other) in combinations(there, 2)
        if one.slot.end <= other.slot.start
    ]
    return arcs
