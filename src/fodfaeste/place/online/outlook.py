"""What is known before anybody comes: households of earlier years, and how many persons are expected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import BadInput
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.online.arrivals import ArrivalModel
from fodfaeste.place.online.decide import Arrivals, joined
from fodfaeste.place.online.futures import Horizon, SampledFutures
from fodfaeste.place.problem import Goal, Ints, Problem
from fodfaeste.place.scores import block
from fodfaeste.place.units import Units, household_scores

Floats = NDArray[np.float64]

SAMPLES, SAMPLES_OF_PROGRAMMES = 24, 4
"""Futures by default: with one dimension, and with several, where each takes a linear programme a batch."""

SHARE_OF_WORTH = 0.1
"""Under `unplaced="first"` placing a person is worth this share of what people gain at their best place, on top."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """What is known before anybody comes.

    Attributes
    ----------
    earlier : Arrivals
        Households of earlier years.
    weight : ndarray of float64, shape (earlier,)
    own_weight : float
        What a household of this year counts for.
    horizon : Horizon
    samples : int
        Futures to draw.
    most : int
        How many units may come at most; only memory depends on it.
    bonus : float
        Worth of placing a person at all.
    must_place : bool
        Whether nobody who has somewhere to go may be left.
    """

    earlier: Arrivals
    weight: Floats
    own_weight: float
    horizon: Horizon
    samples: int
    most: int
    bonus: float
    must_place: bool

    @property
    def least(self) -> float:
        """What a placement has to be worth more than, to be made at all."""
        return -np.inf if self.must_place else 0.0

    def worth(self, batch: Arrivals) -> Floats:
        """Give what each person of a batch is worth at each place; minus infinity where not allowed."""
        persons = np.maximum(batch.persons, 1)[:, None]
        return np.where(batch.may, batch.scores / persons + self.bonus, -np.inf)

    def futures(
        self, room: Ints, samples: int, own_weight: float, rng: np.random.Generator, arrived: int = 0
    ) -> SampledFutures:
        """Draw futures from the earlier years."""
        return SampledFutures(
            worth=self.worth(self.earlier),
            size=self.earlier.persons,
            weight=self.weight,
            own_weight=own_weight,
            room=room[:, 0],
            horizon=self.horizon,
            samples=samples,
            capacity_for=self.most,
            arrived=arrived,
            rng=rng,
        )


def outlook_of(units: Units, goal: Goal, model: ArrivalModel, first: Ints, samples: int | None) -> Outlook:
    """Say what is known before anybody comes.

    Parameters
    ----------
    units : Units
    goal : Goal
    model : ArrivalModel
    first : ndarray of int64
        Units of the first batch: they say what people gain where no earlier year does.
    samples : int or None
        Futures; 24, or 4 with several dimensions, without it.
    """
    problem = units.problem
    locked = int((problem.capacity - units.capacity)[:, problem.person_dimension].sum())
    expected = max(0.0, model.expected(int(problem.capacity[:, problem.person_dimension].sum())) - locked)
    earlier = joined([_nobody(units), *(_earlier(year, problem, goal) for year in model.years)])
    # Who has come, or came before, says what people gain; nobody else may.
    seen = earlier if earlier.persons.size else shown(units, first)
    return Outlook(
        earlier=earlier,
        weight=model.weight_of_households(),
        own_weight=model.own_weight,
        horizon=Horizon(expected, model.uncertainty),
        samples=samples or (SAMPLES if len(problem.dimensions) == 1 else SAMPLES_OF_PROGRAMMES),
        most=units.shape[0],
        bonus=_bonus(seen) if goal.unplaced == "first" else float(goal.unplaced),
        must_place=goal.unplaced == "first",
    )


def _bonus(seen: Arrivals) -> float:
    best = np.where(seen.may, seen.scores, -np.inf).max(axis=1, initial=-np.inf)
    someone = np.isfinite(best) & (seen.persons > 0)
    return SHARE_OF_WORTH * float(np.abs(best[someone] / seen.persons[someone]).mean()) if someone.any() else 0.0


def _earlier(year: Problem, problem: Problem, goal: Goal) -> Arrivals:
    """Read the households of another year with the places in the order of this one."""
    if set(year.places) != set(problem.places) or year.dimensions != problem.dimensions:
        missing = sorted(set(problem.places) ^ set(year.places))
        found = f"an earlier year that differs in {', '.join(missing[:12])}" if missing else "other dimensions"
        expected = "the places and dimensions of this year"
        raise BadInput(Fault(found, expected, "Give the earlier year the same places and dimensions.", file="arrivals"))
    position = {place: number for number, place in enumerate(year.places)}
    columns = np.array([position[place] for place in problem.places])
    scores = np.asarray(block(household_scores(year, goal), slice(0, len(year.households))), np.float64)
    allowed = np.ones(year.shape, np.bool_) if year.allowed is None else year.allowed
    return Arrivals(scores[:, columns], allowed[:, columns], year.sizes, year.persons)


def _nobody(units: Units) -> Arrivals:
    places, dimensions = units.capacity.shape
    return Arrivals(
        np.zeros((0, places)),
        np.zeros((0, places), np.bool_),
        np.zeros((0, dimensions), np.int64),
        np.zeros(0, np.int64),
    )


def shown(units: Units, rows: Ints) -> Arrivals:
    """Show some units to a rule."""
    scores = np.asarray(block(units.scores, rows), np.float64)
    allowed = np.ones(scores.shape, np.bool_) if units.allowed is None else units.allowed[rows]
    return Arrivals(scores, allowed, units.sizes[rows], units.persons[rows])
