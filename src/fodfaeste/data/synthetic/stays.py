"""What would have come of it had households lived elsewhere: the true chances of staying behind a register.

A register tells what happened where people were placed. This one was drawn from hazards that are known for every
municipality, so placements can be judged by the truth, and forecasts with them. Work has no such table: who finds work
goes by the person alone, and after 1 January 2000 no municipality has anything to do with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.data.synthetic import tables
from fodfaeste.data.synthetic.cohorts import LATER_YEARS, Lives
from fodfaeste.data.synthetic.days import OBSERVED_UNTIL, REFERENCE, Floats, Ints, day, months_between
from fodfaeste.data.synthetic.households import Bools, log_odds
from fodfaeste.data.synthetic.later import LAST_BOUND_MONTH, FreeHazards, rule_factors
from fodfaeste.data.synthetic.places import Counts, draw_counts, places
from fodfaeste.data.synthetic.simulate import draw_lives, generator
from fodfaeste.errors import BadInput, Problem


@dataclass(frozen=True, eq=False)
class ChancesOfStaying:
    """The true chances of still living in the first municipality, whichever that had been.

    Attributes
    ----------
    households : ndarray of int64, shape (households,)
        Their numbers in the register, rising.
    municipalities : ndarray of str, shape (275,)
        Codes.
    chance : ndarray of float64, shape (households, 275)
        Chance that the household has not moved within the months asked for, if it neither dies, emigrates nor is lost.
    """

    households: Ints
    municipalities: NDArray[np.str_]
    chance: Floats


def chances_of_staying(
    seed: int, year: int, months: int, *, release: bool = True, replica: int = 0
) -> ChancesOfStaying:
    """Work out the true chances of the households that arrived in a year.

    All others are left where they were: a single household's chance is the one it was drawn with, had it alone been
    placed elsewhere.

    Parameters
    ----------
    seed, release, replica
        Of the register; see `simulate`.
    year : int
        From 2000 to 2004.
    months : int
        From 1 to 96 months after arrival.

    Raises
    ------
    BadInput
        If the year or the months lie outside.
    """
    if not LATER_YEARS[0] <= year <= LATER_YEARS[1] or not 1 <= months <= LAST_BOUND_MONTH:
        expected = f"a year from {LATER_YEARS[0]} to {LATER_YEARS[1]}, and 1 to {LAST_BOUND_MONTH} months"
        raise BadInput(Problem(f"year {year} and {months} months", expected, "Ask for one of these."))
    counts = draw_counts(generator(seed, 0))
    drawn = draw_lives(counts, release, generator(seed, 1, replica))
    people = drawn.bound.people
    arrived = np.flatnonzero((people.arrival >= day(year)) & (people.arrival < day(year + 1)))
    stays = _stays(drawn.bound, counts, drawn.hazards, arrived, months=months, release=release)
    _, number = tables.in_order(drawn.lives)
    order = np.argsort(number[drawn.first_bound + arrived])
    return ChancesOfStaying(number[drawn.first_bound + arrived][order], places().code, stays[order])


def _stays(bound: Lives, counts: Counts, hazards: FreeHazards, asked: Ints, *, months: int, release: bool) -> Floats:
    """Multiply the months' chances up, with the weights that `later.live_under_rule` drew by."""
    people, kind, factor = bound.people, places().kind, rule_factors(release)
    of_person = np.exp(log_odds(people))
    of_place = np.exp(counts.level)
    relative = of_person * of_place[people.place]
    stays = np.ones((asked.size, of_place.size))
    for month in range(months):
        there = _at_risk(bound, month, release=release)
        hazard = hazards.move_by_kind[:, month]
        size, of_kind = people.size[there], kind[people.place[there]]
        persons = np.bincount(of_kind, size, hazard.size)
        mean = np.bincount(of_kind, relative[there] * size, hazard.size) / np.maximum(persons, 1)
        by_kind = np.divide(hazard, mean, out=np.zeros(hazard.size), where=mean > 0)
        weight = by_kind[of_kind] * relative[there]
        scale = hazards.move[month] * factor[month] * size.sum() / max(float(np.dot(weight, size)), 1e-12)
        stays *= 1 - np.minimum(scale * of_person[asked][:, None] * (by_kind[kind] * of_place)[None], 0.9)
    return stays


def _at_risk(bound: Lives, month: int, *, release: bool) -> Bools:
    """Say who was still there at the start of a month, and drawn by hazards by then; `month` counts from 0."""
    people, histories = bound.people, bound.histories
    first = np.minimum(histories.moved[:, 0], histories.gone)
    still = months_between(people.arrival, first) > month
    followed = month < months_between(people.arrival, np.full(first.size, OBSERVED_UNTIL, np.int32))
    if not release:
        return np.asarray(still & followed)
    # With the rule, the fates of the arrivals of 1999 until the reference day are printed, not drawn.
    given = people.arrival < day(LATER_YEARS[0])
    begins = np.where(given, months_between(people.arrival, np.full(first.size, REFERENCE, np.int32)), 0)
    return np.asarray(still & followed & (begins <= month))
