"""A small share of near-ties decided by lot alone, where nothing else decides: with chances known exactly, and steady.

Whoever a lot is drawn for is decided by the seed and the household's own name, so that it stays the same when others
come and go. With the chances logged, placements can be evaluated later like an experiment (`backtest`).
"""

from __future__ import annotations

import hashlib

import numpy as np

from fodfaeste.errors import BadInput
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.evaluation.equals import EqualUnit, Lot, both_places, elsewhere, equal_units, fullness, log_of
from fodfaeste.place.evaluation.reserve import Ledger, Move, reserve
from fodfaeste.place.evaluation.worth import difference_sd
from fodfaeste.place.near_ties import Tied, notes_of
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import Ints
from fodfaeste.place.scores import Draws

BYTES = 8
"""Of a hash, that a uniform number is made of."""


def draw_lots(
    plan: Plan,
    *,
    seed: int,
    share: float,
    within: float = 1.0,
    workload: float = 0.1,
    draws: Draws | None = None,
) -> Tied:
    """Draw lots for a share of the households that could as well be elsewhere and that nothing else decides for.

    Of two places that are equal within the error, wishes decide where either is wished for more, ties where households
    go together to somebody locked, and workload where one is much fuller. Where none does, a share of the households is
    drawn for, and each of the two places has the same chance then; all others stay where the plan has them. Room is
    kept for every outcome, so that each lot is drawn by itself. Two who change places share a lot.

    Parameters
    ----------
    plan : Plan
    seed : int
    share : float
        Of the households for whom nothing decides: how many lots are drawn for.
    within : float
        How many standard errors of a difference count as no difference.
    workload : float
        By how much of its room one place may be fuller than the other and workload decide nothing.
    draws : Draws, optional
        Of the outcomes; without them the problem's `sds` are taken, errors at two places as independent.

    Returns
    -------
    Tied
        `explore` is the share; in the log, `lot` stands for whom one was drawn, and `plan` for whom none was though it
        could have been: both have the chances that they had before.

    Raises
    ------
    Refused
        If nothing is known of how unsure the scores are.
    """
    if not 0 <= share <= 1:
        raise BadInput(Fault(f"share={share}", "a share from 0 to 1", "Give one, such as 0.1."))
    problem = plan.problem
    units = equal_units(plan, within, draws)
    place = plan.place.copy()
    lots: dict[int, list[Lot]] = {}
    for move in _moves(plan, units, workload, seed):
        names = [problem.households[units[one].rows[0]] for one in move.units]
        drawn = uniform(seed, "lot", names[0])
        go, by = drawn < share / 2, "lot" if drawn < share else "plan"
        for unit, target in zip(move.units, move.targets, strict=True):
            rows = units[unit].rows
            partner = next((names[at] for at, one in enumerate(move.units) if one != unit), None)
            told = both_places(plan, units[unit], target, (share / 2, go, by), partner)
            lots.update(zip(rows.tolist(), told, strict=True))
            if go:
                place[rows] = target
    moved = np.flatnonzero(place != plan.place)
    sd = difference_sd(problem, plan.goal, moved, (plan.place[moved], place[moved]), draws)
    told_plan, change = elsewhere(plan, place, seed, "lots") if moved.size else (plan, 0.0)
    return Tied(
        plan=told_plan,
        log=log_of(plan, lots),
        moved=int(moved.size),
        change=change,
        change_sd=float(np.sqrt((sd**2).sum())),
        seed=seed,
        explore=share,
        within=within,
        notes=tuple(notes_of(plan, draws)),
    )


def uniform(seed: int, what: str, name: str) -> float:
    """Give a number from 0 to 1 that is the same for a name whoever else is there."""
    found = hashlib.sha256(f"{seed}|{what}|{name}".encode()).digest()
    return int.from_bytes(found[:BYTES]) / 2.0 ** (8 * BYTES)


def _moves(plan: Plan, units: list[EqualUnit], workload: float, seed: int) -> list[Move]:
    """Find for each household one other place that nothing decides against, and keep room for it."""
    problem, used = plan.problem, plan.used()
    spare = used[:, problem.person_dimension] - problem.minimum
    ledger = Ledger(problem.capacity - used, spare, problem.person_dimension)
    here = np.array([unit.here for unit in units], np.int64)
    sizes = np.array([problem.sizes[unit.rows].sum(axis=0) for unit in units]).reshape(here.size, -1)
    turn = [uniform(seed, "turn", problem.households[unit.rows[0]]) for unit in units]
    full = fullness(plan)
    equal = []
    for unit in units:
        alike = _wished_alike(plan, unit) & (np.abs(full[unit.others] - full[unit.here]) <= workload)
        equal.append(unit.others[alike])
    order: Ints = np.argsort(turn, kind="stable").astype(np.int64)
    return list(reserve(equal, (here, sizes), order, ledger, np.ones(here.size, np.bool_)))


def _wished_alike(plan: Plan, unit: EqualUnit) -> np.ndarray:
    """Say which of the equal places each of those who go together wishes for as much as for the one proposed."""
    wishes = plan.problem.wishes
    if wishes is None:
        return np.ones(unit.others.size, np.bool_)
    share = wishes.share()[unit.rows]
    return np.asarray((share[:, unit.others] == share[:, [unit.here]]).all(axis=0))
