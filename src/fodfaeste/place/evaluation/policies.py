"""Rules that a back-test compares with what was done: by chance, in turn, and by the solver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.evaluation.baselines import greedy_placement
from fodfaeste.place.evaluation.history import History
from fodfaeste.place.problem import NOWHERE, Goal, Ints, Problem
from fodfaeste.place.solve import solve

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Known:
    """What a policy may know of the past without having seen the outcomes that it is judged by.

    Attributes
    ----------
    history : History
        Outcomes in it are off limits.
    forecasts : ndarray of float64, shape (rows, places)
        Of each row, by models that were fitted to other folds.
    fold : ndarray of int64, shape (rows,)
    """

    history: History
    forecasts: Floats
    fold: Ints


def status_quo(known: Known) -> Ints:
    """Send everybody where they were sent."""
    return known.history.place


def random(known: Known) -> Floats:
    """Send everybody by the same chances: each place's share of all rows."""
    places = len(known.history.places)
    share = np.bincount(known.history.place, minlength=places) / known.history.place.size
    return np.tile(share, (known.history.place.size, 1))


def greedy(known: Known) -> Ints:
    """Send households in turn to their best place by the forecasts, with as much room as was really used."""
    return _by_fold(known, lambda problem: greedy_placement(problem, Goal()))


def solved(known: Known) -> Ints:
    """Send all households of a fold where the solver proposes, with as much room as was really used."""
    return _by_fold(known, lambda problem: solve(problem, gap=1e-3).place)


def _by_fold(known: Known, rule: Callable[[Problem], Ints]) -> Ints:
    """Place the households of each fold by themselves, so that nobody's outcome decides about their own place."""
    history, told = known.history, np.zeros(known.fold.size, np.int64)
    for one in range(int(known.fold.max()) + 1):
        rows = np.flatnonzero(known.fold == one)
        _, household = np.unique(history.clusters[rows], return_inverse=True)
        many, places = int(household.max()) + 1, len(history.places)
        scores = np.zeros((many, places))
        np.add.at(scores, household, known.forecasts[rows])
        problem = Problem(
            households=tuple(map(str, range(many))),
            places=history.places,
            sizes=np.bincount(household, minlength=many),
            capacity=np.bincount(history.place[rows], minlength=places),
            outcomes={"outcome": scores},
        )
        place = rule(problem)[household]
        # Who finds no room in turn stays where they were: there was room for them there.
        told[rows] = np.where(place == NOWHERE, history.place[rows], place)
    return told
