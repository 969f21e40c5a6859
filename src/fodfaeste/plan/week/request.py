"""What a week is proposed from: the present week, offers, limits, and what the person wishes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from fodfaeste.errors import BadInput, Problem
from fodfaeste.plan.week.models import Model
from fodfaeste.plan.week.times import WEEKDAYS
from fodfaeste.plan.week.travel import TravelTable
from fodfaeste.plan.week.values import Activity, Kind, Limits, Week, in_order


@dataclass(frozen=True)
class DayWish:
    """On which weekdays the person would like to have some kinds of activities.

    Attributes
    ----------
    kinds : tuple of Kind
    weekdays : tuple of int
        1 (Monday) to 7.

    Raises
    ------
    BadInput
        If a weekday is none.
    """

    kinds: tuple[Kind, ...]
    weekdays: tuple[int, ...]

    def __post_init__(self) -> None:
        for weekday in self.weekdays:
            if weekday not in WEEKDAYS:
                raise BadInput(Problem(f"the weekday {weekday}", "1 (Monday) to 7 (Sunday)", "Correct it."))


@dataclass(frozen=True)
class Weights:
    """How many minutes of travel a week something else counts as, so that all of it can be weighed.

    Attributes
    ----------
    other_day : int
        An activity on a day that was not wished.
    change : int
        An activity of the present week that is given up.

    Raises
    ------
    BadInput
        If a weight is negative.
    """

    other_day: int = 60
    change: int = 30

    def __post_init__(self) -> None:
        if min(self.other_day, self.change) < 0:
            found = f"the weights {self.other_day} and {self.change}"
            raise BadInput(Problem(found, "minutes from 0", "Correct them: nothing bad can count as good."))


@dataclass(frozen=True)
class WeekRequest:
    """What to choose a week from, and by which rules.

    Attributes
    ----------
    week : Week
        The present one. What is fixed stays, and so does its childcare; the rest may be given up.
    travel : TravelTable
    limits : Limits
    offers : tuple of Activity
        Slots of classes and of work that may be taken; those that the week has already are left out.
    wishes : tuple of DayWish
    model : Model, optional
        The pattern that the week has to have.
    weights : Weights

    Raises
    ------
    BadInput
        If an offer is fixed or childcare, or never takes place in the same week as the rest.
    """

    week: Week
    travel: TravelTable
    limits: Limits
    offers: tuple[Activity, ...] = ()
    wishes: tuple[DayWish, ...] = ()
    model: Model | None = None
    weights: Weights = Weights()

    def __post_init__(self) -> None:
        problems = [
            Problem(f"the offer {one.name}, {why}", "something that may be taken or not", "Put it into the week.")
            for one in self.offers
            for why, wrong in (("which is fixed", one.fixed), ("which is childcare", one.kind == "childcare"))
            if wrong
        ]
        if problems:
            raise BadInput(*problems)
        Week(self.week.home, self.candidates)  # refuses what never shares a week

    @cached_property
    def candidates(self) -> tuple[Activity, ...]:
        """All that the person may come to do, the fixed included, in the order of time."""
        present = [one for one in self.week.activities if one.kind != "childcare"]
        # What stands there twice is one thing; the present week's own counts.
        return in_order({_same(one): one for one in (*self.offers, *reversed(present))}.values())

    @cached_property
    def _present(self) -> frozenset[Activity]:
        return frozenset(self.week.activities)

    def wished(self, activity: Activity) -> bool | None:
        """Say whether an activity is on a wished day; None if no day was wished for its kind."""
        asked = [wish for wish in self.wishes if activity.kind in wish.kinds]
        return all(activity.slot.weekday in wish.weekdays for wish in asked) if asked else None

    def is_present(self, activity: Activity) -> bool:
        """Say whether an activity is in the present week."""
        return activity in self._present

    def value(self, activities: tuple[Activity, ...], travel_minutes: int) -> int:
        """Weigh a choice among the candidates, in minutes of travel a week; less is better."""
        present = sum(map(self.is_present, self.candidates))
        return travel_minutes + self.weights.change * present + sum(map(self.extra, activities))

    def extra(self, activity: Activity) -> int:
        """Give what taking an activity counts as, in minutes, beside the ways to it."""
        other_day = not activity.fixed and self.wished(activity) is False
        return self.weights.other_day * other_day - self.weights.change * self.is_present(activity)


def _same(activity: Activity) -> object:
    return activity.name, activity.kind, activity.place, activity.slot
