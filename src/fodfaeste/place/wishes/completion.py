"""Completing a plan around a choice by moving one or two units, which is enough for most choices and quick to see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fodfaeste.place.objective import persons_at, worth
from fodfaeste.place.plan import used_room
from fodfaeste.place.problem import NOWHERE, Goal, Ints, Problem
from fodfaeste.place.scores import block
from fodfaeste.place.units import Units


@dataclass(frozen=True, eq=False)
class Rest:
    """What a completion has to keep, and to reach.

    Attributes
    ----------
    problem : Problem
    goal : Goal
    units : Units
        Of the problem before anybody has chosen.
    objective : float
        At least.
    persons : int
        Persons placed, at least.
    """

    problem: Problem
    goal: Goal
    units: Units
    objective: float
    persons: int

    def reached(self, place: Ints) -> bool:
        """Say whether a placement within rules, ties, locks and capacities is a completion."""
        if self.problem.persons[place != NOWHERE].sum() < self.persons:
            return False
        short = (persons_at(self.problem, place) < self.problem.minimum).any()
        if self.goal.short_price is None and short:
            return False
        return worth(self.units, self.goal, place).objective >= self.objective


def nearby(rest: Rest, place: Ints, locks: Ints, unit: int, wish: int) -> Ints | None:
    """Look for a completion close to a known one.

    Parameters
    ----------
    rest : Rest
        With floors nothing is found here: whether they hold, only the solver can say.
    place : ndarray of int64, shape (households,)
        A completion of what was chosen before.
    locks : ndarray of int64, shape (households,)
        What was chosen before.
    unit, wish : int
        Who chooses now, and the place.

    Returns
    -------
    ndarray of int64, shape (households,), or None
        With the unit where it wants to be: alone if there is room, else in exchange with one other that has not
        chosen. None if none of these will do, which says nothing of other completions.
    """
    members = np.flatnonzero(rest.units.unit_of == unit)
    if place[members[0]] == wish:
        return place
    if rest.goal.floors:
        return None
    moved = place.copy()
    moved[members] = wish
    if (used_room(rest.problem, moved) > rest.problem.capacity).any():
        exchanged = _exchanged(rest, moved, locks, unit, wish)
        if exchanged is None:
            return None
        moved = exchanged
    return moved if rest.reached(moved) else None


def _exchanged(rest: Rest, moved: Ints, locks: Ints, unit: int, wish: int) -> Ints | None:
    """Send one other unit away from the place wished for, to where it loses least."""
    units = rest.units
    room = rest.problem.capacity - used_room(rest.problem, moved)
    others = np.unique(units.unit_of[(moved == wish) & (locks == NOWHERE) & (units.unit_of != unit)])
    others = others[others != NOWHERE]
    fits = (units.sizes[others][:, None, :] <= room[None]).all(axis=2) & units.may(others)
    fits[:, wish] = False
    fits &= (room[wish] + units.sizes[others] >= 0).all(axis=1)[:, None]
    if not fits.any():
        return None
    scores = np.asarray(block(units.scores, others), np.float64)
    loss = np.where(fits, scores[:, [wish]] - scores, np.inf)
    which, to = np.unravel_index(int(loss.argmin()), loss.shape)
    swapped = moved.copy()
    swapped[units.unit_of == others[which]] = to
    return swapped
