"""Made-up years of refugees and twenty places, like real ones: two years share the places, not the people.

Who gains where: employment of the adults of a household, by a logistic probability with an effect of the household, one
of the place and how well the two suit each other. Some households need a service that not every place has; a few need
one that few places have. The mix of people differs a little from year to year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place import Problem

PLACES = 20
SERVED = (0.75, 0.7, 0.6, 0.5, 0.2)
"""Share of the places that has each service."""
KINDS = (0.45, 0.2, 0.15, 0.1, 0.07, 0.03)
"""Share of the households that needs none, or one of the services."""
LARGEST = 8


@dataclass(frozen=True, eq=False)
class Places:
    """What stays from year to year."""

    effect: NDArray[np.float64]
    suits: NDArray[np.float64]
    services: NDArray[np.bool_]
    share: NDArray[np.float64]


@dataclass(frozen=True)
class Mix:
    """Who comes in a year: how many, how many of them alone, how strongly households and places suit each other."""

    households: int
    singles: float = 0.4
    suiting: float = 0.25
    shift: float = 0.0


def some_places(rng: np.random.Generator) -> Places:
    """Draw places with room for 5 to 60 persons, as shares of all room."""
    room = rng.integers(5, 61, PLACES)
    services = rng.random((PLACES, len(SERVED))) < np.array(SERVED)
    return Places(rng.normal(0, 0.45, PLACES), rng.normal(0, 1, (PLACES, 4)), services, room / room.sum())


def a_year(places: Places, mix: Mix, rng: np.random.Generator) -> Problem:
    """Draw a year, with as much room as persons; `with_room` gives it more."""
    many = mix.households
    alone = rng.random(many) < mix.singles
    size = np.where(alone, 1, np.minimum(LARGEST, 1 + rng.binomial(7, 0.42, many)))
    adults = np.where(size == 1, 1, 1 + (rng.random(many) < 0.75) + ((rng.random(many) < 0.2) & (size > 3)))
    own = rng.normal(-0.9 + mix.shift, 1.0, (many, 1))
    leaning = rng.normal(0, mix.suiting, (many, 4)) + mix.shift * np.array([0.5, -0.5, 0.25, 0.0])
    logit = own + places.effect + 0.5 * leaning @ places.suits.T + rng.normal(0, 0.15, (many, PLACES))
    need = rng.choice(len(KINDS), many, p=KINDS)
    served = np.column_stack([np.ones(PLACES, np.bool_), places.services])
    day = np.datetime64("2026-01-05") + np.sort(rng.integers(0, 364, many))
    problem = Problem(
        households=tuple(f"household {number}" for number in range(many)),
        places=tuple(f"place {number}" for number in range(PLACES)),
        sizes=size[:, None],
        capacity=np.zeros((PLACES, 1), np.int64),
        outcomes={"work": np.minimum(adults, size)[:, None] / (1 + np.exp(-logit))},
        allowed=served[:, need].T.copy(),
        arrival=day,
    )
    return with_room(problem, places, 1.0)


def with_room(problem: Problem, places: Places, times: float) -> Problem:
    """Give the places room for so many times the persons of the year."""
    room = round(float(problem.persons.sum()) * times)
    exact = places.share * room
    capacity = np.floor(exact).astype(np.int64)
    capacity[np.argsort(capacity - exact)[: room - capacity.sum()]] += 1
    return replace(problem, capacity=capacity[:, None])


def two_years(seed: int, first: Mix, second: Mix) -> tuple[Places, Problem, Problem]:
    """Draw places and two years of them."""
    rng = np.random.Generator(np.random.PCG64(seed))
    places = some_places(rng)
    return places, a_year(places, first, rng), a_year(places, second, rng)
