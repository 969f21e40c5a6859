"""Places that are equal within the error, and the choice among them by wishes, workload, or lot with known chances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from fodfaeste.errors import BadInput
from fodfaeste.errors import Problem as Fault
from fodfaeste.measure.result import Note
from fodfaeste.place.evaluation.equals import EqualUnit, Lot, both_places, elsewhere, equal_units, fullness, log_of
from fodfaeste.place.evaluation.plain import plain
from fodfaeste.place.evaluation.price import has_prices
from fodfaeste.place.evaluation.reserve import Ledger, Move, reserve
from fodfaeste.place.evaluation.worth import difference_sd
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import Ints
from fodfaeste.place.scores import Draws

By = Literal["wishes", "workload"]
"""What decides among equal places before the lot: more of what households wished for, so that none of those who move
gets less; the place that is less full."""

EQUAL = {
    "household": pl.String,
    "place": pl.String,
    "other": pl.String,
    "behind": pl.Float64,
    "sd": pl.Float64,
    "wish": pl.Int64,
    "fits": pl.Boolean,
}


@dataclass(frozen=True, eq=False)
class NearTies:
    """Which households could as well be elsewhere.

    Attributes
    ----------
    table : polars.DataFrame
        One row an equal place: `household` (the first of those tied), `place` (proposed), `other`, `behind` (by how
        much less the other is worth after price), `sd` of that difference, `wish` (the household's rank of the other;
        0 not wished), `fits` (free room for it there).
    households : int
        Households, tied ones counted once, that are placed and not locked.
    with_equals : int
        How many of them have at least one equal place.
    within : float
        How many standard errors count as no difference.
    notes : tuple of Note
    """

    table: pl.DataFrame
    households: int
    with_equals: int
    within: float
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        told: dict[str, Any] = plain(self)
        return told


@dataclass(frozen=True, eq=False)
class Tied:
    """A plan in which near-ties were decided by wishes, workload or lot.

    Attributes
    ----------
    plan : Plan
    log : polars.DataFrame
        One row a household and place that it had a chance of: `household`, `place`, `probability` (adding up to 1 a
        household), `chosen`, `by` (`plan` where nothing was to choose, `wishes`, `workload`, `lot`), `partner` (with
        whom it changes places, or null). Keep it: with these chances the placement can be evaluated later like an
        experiment (`backtest`, logged propensities).
    moved : int
        Households that are elsewhere than in the plan given.
    change, change_sd : float
        What the value changed by, and the standard deviation of that change.
    seed : int
    explore : float
    within : float
    notes : tuple of Note
    """

    plan: Plan
    log: pl.DataFrame
    moved: int
    change: float
    change_sd: float
    seed: int
    explore: float
    within: float
    notes: tuple[Note, ...]


def near_ties(plan: Plan, *, within: float = 1.0, draws: Draws | None = None) -> NearTies:
    """List the places that are as good as the proposed ones, within the error of the scores.

    Parameters
    ----------
    plan : Plan
    within : float
        How many standard errors of a difference count as no difference.
    draws : Draws, optional
        Draws of the outcomes; without them the problem's `sds` are taken, errors at two places as independent.

    Returns
    -------
    NearTies

    Raises
    ------
    Refused
        If nothing is known of how unsure the scores are.
    """
    problem = plan.problem
    units = equal_units(plan, within, draws)
    room = problem.capacity - plan.used()
    rows = [
        (
            problem.households[unit.rows[0]],
            problem.places[unit.here],
            problem.places[other],
            float(unit.behind[k]),
            float(unit.sd[k]),
            0 if problem.wishes is None else int(problem.wishes.rank[unit.rows[0], other]),
            bool((problem.sizes[unit.rows].sum(axis=0) <= room[other]).all()),
        )
        for unit in units
        for k, other in enumerate(unit.others)
    ]
    return NearTies(
        table=pl.DataFrame(rows, schema=EQUAL, orient="row"),
        households=len(units),
        with_equals=sum(unit.others.size > 0 for unit in units),
        within=within,
        notes=tuple(notes_of(plan, draws)),
    )


def break_ties(
    plan: Plan,
    *,
    seed: int,
    explore: float = 0.0,
    within: float = 1.0,
    by: Sequence[By] = ("wishes", "workload"),
    draws: Draws | None = None,
) -> Tied:
    """Decide among places that are equal within the error by wishes, workload, and at last by lot.

    A household may move to free room, or two may change places if each place is as good for both. Room is kept for
    every outcome of the lots, so that each is drawn by itself and its chance is known exactly.

    Parameters
    ----------
    plan : Plan
    seed : int
        Decides who reserves room first, and the lots.
    explore : float
        Share of near-ties decided by lot alone, whatever wishes and workload say, so that later evaluation learns
        about both places.
    within : float
    by : sequence of {"wishes", "workload"}
        What decides before the lot, in this order.
    draws : Draws, optional

    Returns
    -------
    Tied

    Raises
    ------
    Refused
        If nothing is known of how unsure the scores are.
    """
    if not 0 <= explore <= 1:
        raise BadInput(Fault(f"explore={explore}", "a share from 0 to 1", "Give one, such as 0.1."))
    problem = plan.problem
    units = equal_units(plan, within, draws)
    rng = np.random.Generator(np.random.PCG64(seed))
    moves = _moves(plan, units, rng.permutation(len(units)))
    place = plan.place.copy()
    lots: dict[int, list[Lot]] = {}
    for move in moves:
        ask, why = _preference(plan, units, move, by)
        chance = explore / 2 + (1 - explore) * ask
        go = bool(rng.random() < chance)
        for unit, target in zip(move.units, move.targets, strict=True):
            rows = units[unit].rows
            partner = next((problem.households[units[one].rows[0]] for one in move.units if one != unit), None)
            lots.update(
                zip(rows.tolist(), both_places(plan, units[unit], target, (chance, go, why), partner), strict=True)
            )
            if go:
                place[rows] = target
    told, change = elsewhere(plan, place, seed, "near_ties")
    moved = np.flatnonzero(place != plan.place)
    sd = difference_sd(problem, plan.goal, moved, (plan.place[moved], place[moved]), draws)
    return Tied(
        plan=told,
        log=log_of(plan, lots),
        moved=int(moved.size),
        change=change,
        change_sd=float(np.sqrt((sd**2).sum())),
        seed=seed,
        explore=explore,
        within=within,
        notes=tuple(notes_of(plan, draws)),
    )


def _moves(plan: Plan, units: list[EqualUnit], order: Ints) -> list[Move]:
    problem, used = plan.problem, plan.used()
    spare = used[:, problem.person_dimension] - problem.minimum
    ledger = Ledger(problem.capacity - used, spare, problem.person_dimension)
    here = np.array([unit.here for unit in units], np.int64)
    sizes = np.array([problem.sizes[unit.rows].sum(axis=0) for unit in units]).reshape(here.size, -1)
    free = np.ones(here.size, np.bool_)
    found: list[Move] = []
    # Whoever is wished elsewhere reserves before those who are all the same to each other.
    for only_wished in (True, False):
        equal = [_wished_for(plan, unit) if only_wished else unit.others for unit in units]
        found += reserve(equal, (here, sizes), order, ledger, free)
    return found


def _wished_for(plan: Plan, unit: EqualUnit) -> Ints:
    """Give those of the equal places that the households wish for more than the proposed one."""
    wishes = plan.problem.wishes
    if wishes is None:
        return unit.others[:0]
    share = wishes.share()[unit.rows].sum(axis=0)
    return np.asarray(unit.others[share[unit.others] > share[unit.here]])


def _preference(plan: Plan, units: list[EqualUnit], move: Move, by: Sequence[By]) -> tuple[float, str]:
    """Give the chance of the move without exploring, and what decides."""
    for what in by:
        better = _wish_change(plan, units, move) if what == "wishes" else _emptier(plan, units, move)
        if better:
            return (1.0 if better > 0 else 0.0), what
    return 0.5, "lot"


def _wish_change(plan: Plan, units: list[EqualUnit], move: Move) -> int:
    wishes = plan.problem.wishes
    if wishes is None:
        return 0
    share = wishes.share()
    change = [
        share[units[unit].rows, target].sum() - share[units[unit].rows, units[unit].here].sum()
        for unit, target in zip(move.units, move.targets, strict=True)
    ]
    if min(change) < 0:
        return -1
    return int(sum(change) > 0)


def _emptier(plan: Plan, units: list[EqualUnit], move: Move) -> int:
    if len(move.units) > 1:
        return 0
    problem, person = plan.problem, plan.problem.person_dimension
    unit, target = units[move.units[0]], move.targets[0]
    persons = int(problem.persons[unit.rows].sum())
    there = (plan.used()[target, person] + persons) / max(1, problem.capacity[target, person])
    here = fullness(plan)[unit.here]
    return int(np.sign(here - there))


def notes_of(plan: Plan, draws: Draws | None) -> list[Note]:
    """Say what near-ties of a plan do not know."""
    notes = []
    if draws is None:
        text = "The errors at two places are taken as independent; where they are not, fewer places are equal."
        notes.append(Note("independent_errors", text))
    if plan.goal.floors:
        text = "Floors were not looked at again; `fairness` shows what groups get."
        notes.append(Note("floors_not_rechecked", text, "warning"))
    if not has_prices(plan):
        text = "The plan has no prices, so places are compared by score alone, not by what others would lose."
        notes.append(Note("no_prices", text, "warning"))
    return notes
