"""What a placement is worth to a goal: the value, and what is taken off and added; the sum is what solvers maximise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.problem import NOWHERE, Balance, Goal, Ints, Network, Problem
from fodfaeste.place.units import Units

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """The parts of an objective.

    Attributes
    ----------
    value : float
        Sum of the weighted scores of the households placed.
    unplaced, short, uneven : float
        What is taken off for persons without a place, for persons that minimums are short of, and for deviation from
        the places' shares.
    bonus : float
        What compatriots at the same place add.
    """

    value: float
    unplaced: float = 0.0
    short: float = 0.0
    uneven: float = 0.0
    bonus: float = 0.0

    @property
    def objective(self) -> float:
        """What is maximised."""
        return self.value - self.unplaced - self.short - self.uneven + self.bonus


def worth(units: Units, goal: Goal, place: Ints) -> Worth:
    """Weigh a placement.

    Parameters
    ----------
    units : Units
        The problem under this goal.
    goal : Goal
    place : ndarray of int64, shape (households,)
        Places by position, `NOWHERE` for who has none.
    """
    problem = units.problem
    persons = persons_at(problem, place)
    left = int(problem.persons.sum() - persons.sum())
    short = np.maximum(problem.minimum - persons, 0).sum()
    return Worth(
        value=units.value(place),
        unplaced=0.0 if goal.unplaced == "first" else goal.unplaced * left,
        short=0.0 if goal.short_price is None else goal.short_price * float(short),
        uneven=0.0 if goal.balance is None else goal.balance.weight * deviation(problem, goal.balance, persons),
        bonus=0.0 if goal.network is None else network_bonus(problem, goal.network, place),
    )


def persons_at(problem: Problem, place: Ints) -> Ints:
    """Count the persons placed at each place; shape (places,)."""
    placed = place != NOWHERE
    counted = np.zeros(len(problem.places), np.int64)
    np.add.at(counted, place[placed], problem.persons[placed])
    return counted


def shares(problem: Problem, balance: Balance) -> Floats:
    """Give each place's share of all persons, adding up to 1; in proportion to capacity where none is set.

    Raises
    ------
    BadInput
        If the shares are not one a place, or any is below 0.
    """
    room = problem.capacity[:, problem.person_dimension].astype(float)
    share = room if balance.share is None else np.asarray(balance.share, float)
    if share.shape != room.shape or not (share >= 0).all() or balance.weight < 0:
        expected = f"{room.size} shares from 0, one a place, and a weight from 0"
        raise BadInput(Fault(f"shares {balance.share}, weight {balance.weight}", expected, "Correct the balance."))
    return np.asarray(share / max(share.sum(), 1e-300))


def earlier(problem: Problem, balance: Balance) -> Ints:
    """Give the persons that each place got before; shape (places,)."""
    if balance.placed is None:
        return np.zeros(len(problem.places), np.int64)
    if len(balance.placed) != len(problem.places):
        expected = f"{len(problem.places)}, one a place"
        raise BadInput(Fault(f"{len(balance.placed)} numbers of persons placed", expected, "Correct the balance."))
    return np.asarray(balance.placed, np.int64)


def deviation(problem: Problem, balance: Balance, persons: Ints) -> float:
    """Sum over places how many persons each is above or below its share of all, with those placed earlier."""
    there = persons + earlier(problem, balance)
    return float(np.abs(there - shares(problem, balance) * there.sum()).sum())


def slopes(network: Network) -> Floats:
    """Give what each person more adds in each step, the last holding for all behind it.

    Behind the steps there is nothing more to win; where the last step is a loss, it goes on.

    Raises
    ------
    BadInput
        If a step is worth more than the one before it: the whole would not be concave.
    """
    steps = np.asarray(network.steps, float)
    if network.step < 1 or (np.diff(steps) > 0).any() or not np.isfinite(steps).all():
        found = f"steps {network.steps} of {network.step} persons"
        expected = "steps of at least one person, none worth more than the one before"
        raise BadInput(Fault(found, expected, "Let compatriots add ever less.", column="network"))
    return np.append(steps, min(0.0, steps[-1]) if steps.size else 0.0) / network.step


def network_worth(network: Network, persons: int) -> float:
    """Say what so many compatriots at one place are worth together."""
    slope, step = slopes(network), network.step
    starts = np.arange(slope.size) * step
    widths = np.append(np.full(slope.size - 1, step), max(persons - starts[-1], 0))
    return float((slope * np.clip(persons - starts, 0, widths)).sum())


def compatriots(problem: Problem, network: Network) -> tuple[str, ...]:
    """Give each household's network; empty where it is not known, which is nobody's network.

    Raises
    ------
    UnknownName
        If the problem has no such group column.
    """
    if network.group not in problem.groups:
        raise UnknownName("the group column", network.group, problem.groups)
    return problem.groups[network.group]


def network_bonus(problem: Problem, network: Network, place: Ints) -> float:
    """Sum over places and networks what those placed add to who lives there already."""
    came: dict[tuple[str, str], int] = {}
    for household, of in enumerate(compatriots(problem, network)):
        if of and place[household] != NOWHERE:
            key = problem.places[place[household]], of
            came[key] = came.get(key, 0) + int(problem.persons[household])
    total = 0.0
    for key, persons in came.items():
        stock = network.stock.get(key, 0)
        total += network_worth(network, stock + persons) - network_worth(network, stock)
    return total
