"""Who may still come this year: households of earlier years and of this one, and how many persons are announced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from fodfaeste.errors import BadInput
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.problem import Problem

OWN_WEIGHT = 3.0
"""How many households of an earlier year one of this year counts for in what is still expected."""

UNCERTAINTY = 0.05
"""Standard deviation of how many persons come, as a share of the number announced."""


@dataclass(frozen=True, eq=False)
class ArrivalModel:
    """What futures are drawn from: last years with weights, and an announced number that may be wrong.

    Attributes
    ----------
    years : tuple of Problem
        Earlier years, with the places of this one in the same order; none: only this year's own arrivals are known.
    weights : tuple of float, one a year, or None
        How much a household of each year counts; None: 1.
    own_weight : float
        How much a household that came this year counts.
    persons : float or None
        Persons announced for the whole year. None: as many as there is room for at first, times the persons of the
        years for each unit of room that they had, if that is less.
    uncertainty : float
        Standard deviation of the number, as a share of it.

    Raises
    ------
    BadInput
        If weights do not fit the years, or something is negative.
    """

    years: tuple[Problem, ...] = ()
    weights: tuple[float, ...] | None = None
    own_weight: float = OWN_WEIGHT
    persons: float | None = None
    uncertainty: float = UNCERTAINTY

    def __post_init__(self) -> None:
        if self.weights is not None and len(self.weights) != len(self.years):
            found, expected = f"{len(self.weights)} weights", f"{len(self.years)}, one a year"
            raise BadInput(Fault(found, expected, "Give each year its weight.", column="weights"))
        for name in ("own_weight", "persons", "uncertainty"):
            if (value := getattr(self, name)) is not None and not value >= 0:
                raise BadInput(Fault(f"{name} {value}", "0 or more", "Correct it.", column=name))
        if any(not weight > 0 for weight in self.weights or ()):
            todo = "Leave a year out rather than give it none."
            raise BadInput(Fault("a year with no weight", "weights above 0", todo, column="weights"))

    def weight_of_households(self) -> NDArray[np.float64]:
        """Give each household of the earlier years its weight, year after year."""
        weights = self.weights or (1.0,) * len(self.years)
        lengths = [len(year.households) for year in self.years]
        return np.repeat(np.asarray(weights, float), lengths)

    def expected(self, room: int) -> float:
        """Say how many persons are expected in the year, where there was this much room at first."""
        if self.persons is not None:
            return float(self.persons)
        came = sum(int(year.persons.sum()) for year in self.years)
        had = sum(int(year.capacity[:, year.person_dimension].sum()) for year in self.years)
        return room * min(1.0, came / had) if had else float(room)


def persons_to_come(
    expected: float, uncertainty: float, arrived: int, draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw how many persons are still to come, given how many have.

    The number of the whole year is normal around the announcement, and not below what has already arrived: when more
    came than was announced, some more are still expected.

    Parameters
    ----------
    expected : float
        Persons announced for the year.
    uncertainty : float
        Standard deviation as a share of it; 0: the announcement is taken as certain.
    arrived : int
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int64, shape (draws,)
    """
    spread = expected * uncertainty
    if spread == 0:
        return np.full(draws, max(0, round(expected - arrived)), np.int64)
    ranks = rng.random(draws)
    year = stats.truncnorm.ppf(ranks, (arrived - expected) / spread, np.inf, loc=expected, scale=spread)
    # Beyond 37 standard deviations nothing can be told apart; there only the least is known.
    return np.asarray(np.maximum(0, np.rint(np.nan_to_num(year, nan=arrived, posinf=arrived) - arrived)), np.int64)
