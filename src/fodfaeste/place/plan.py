"""What a solver hands over: who is proposed where, and a certificate that says how good that is and how it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.problem import NOWHERE, Goal, Ints, Problem

Stopped = Literal["optimal", "gap", "time", "interrupted", "no_better_found", "online"]
"""Why a solver stopped: nothing better exists; the gap asked for is reached; out of time; Ctrl-C; the method finds
nothing better and cannot prove that there is nothing; decided batch by batch, so that there was no whole to solve."""

Reason = Literal["", "no_place_allowed", "too_large", "no_room", "costs_more_than_it_gains", "kept_for_others"]
"""Why a household is unplaced; empty for who is placed. `kept_for_others`: there is room, and a mechanism that respects
priorities keeps it for those who come before."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """How good a plan is, and how that is known; anybody can check it without the solver.

    For any prices of zero or more (below zero only where a minimum is set) ``bound`` is what the prices prove: the
    worth of all room at its price, and for each household the best place when it pays for the room it takes. No plan
    that places as many persons is worth more. Where a search tree proved more than the prices alone, `proof` says so.

    Attributes
    ----------
    value : float
        Sum of the weighted scores of the placed households.
    objective : float
        What was maximised: the value less penalties and with bonuses. Under `unplaced="first"` without other terms it
        is the value.
    bound : float
        No plan that places at least `persons_placed` persons has a higher objective.
    gap : float
        ``(bound - objective) / max(|bound|, 1e-9)``.
    prices : ndarray of float64, shape (places, dimensions)
        What one unit of room costs. Below zero: what a place's minimum makes it worth to send somebody there.
    unplaced_price : float
        What was taken off per person unplaced when the bound was computed; infinite where all are placed and nobody
        may be left.
    persons, persons_placed, persons_bound : int
        Persons in the problem, placed by the plan, and how many any plan could place at most.
    proof : {"prices", "knapsacks", "search", "none"}
        Whether the bound follows from the prices of room, from `unit_prices`, from a finished search tree, or is no
        better than each household's best place.
    stopped : str
        Why the solver stopped.
    method : {"exact", "prices", "online", "deferred_acceptance", "trading_cycles", ...}
    seconds : float
    reads : float
        How many times the whole score matrix was read.
    seed : int
    unit_prices : ndarray of float64, shape (units,), or None
        With the proof "knapsacks": a price for each household, or for each tie, in the order of their first
        households. Their sum, and what each place gains beyond them by the best choice that it has room for, is the
        bound; only pairs count that could be part of a better plan by the prices of room.
    """

    value: float
    objective: float
    bound: float
    gap: float
    prices: NDArray[np.float64]
    unplaced_price: float
    persons: int
    persons_placed: int
    persons_bound: int
    proof: Literal["prices", "knapsacks", "search", "none"]
    stopped: Stopped
    method: str
    seconds: float
    reads: float
    seed: int
    unit_prices: NDArray[np.float64] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values; what is infinite is null."""
        return {name: _plain(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, eq=False)
class Plan:
    """A proposal: a place or none for each household. It is never a decision; see `place.decide`.

    Attributes
    ----------
    problem : Problem
    goal : Goal
    place : ndarray of int64, shape (households,)
        Position of the place, `NOWHERE` where none is proposed.
    reasons : tuple of str, one a household
        Why it has none.
    certificate : Certificate
    notes : tuple of str
        What the reader has to know, in plain words.
    """

    problem: Problem
    goal: Goal
    place: Ints
    reasons: tuple[Reason, ...]
    certificate: Certificate
    notes: tuple[str, ...] = ()

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Whether each household has a place."""
        return np.asarray(self.place != NOWHERE)

    def used(self) -> Ints:
        """Sum up what the placed take of each place; shape (places, dimensions)."""
        return used_room(self.problem, self.place)

    def where(self) -> Mapping[str, str | None]:
        """Give each household the name of its place, or None."""
        names = self.problem.places
        pairs = zip(self.problem.households, self.place.tolist(), strict=True)
        return {household: names[place] if place != NOWHERE else None for household, place in pairs}


def used_room(problem: Problem, place: Ints) -> Ints:
    """Sum up what the households take of each place; shape (places, dimensions)."""
    used = np.zeros(problem.capacity.shape, np.int64)
    placed = place != NOWHERE
    np.add.at(used, place[placed], problem.sizes[placed])
    return used


def relative_gap(bound: float, objective: float) -> float:
    """Say how far a plan may be from the best: what the bound is above it, as a share of the bound."""
    return max(0.0, bound - objective) / max(abs(bound), 1e-9)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
