"""Places that are equal within the error, and the choice among them by wishes, workload, or lot with known chances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Refused
from fodfaeste.errors import Problem as Fault
from fodfaeste.measure.result import Note
from fodfaeste.place.evaluation.part import may_at_all, numbered_together
from fodfaeste.place.evaluation.plain import plain
from fodfaeste.place.evaluation.price import has_prices, room_price, summed_scores
from fodfaeste.place.evaluation.reserve import Ledger, Move, reserve
from fodfaeste.place.evaluation.worth import difference_sd, has_doubt, value_by_household
from fodfaeste.place.plan import Plan, relative_gap
from fodfaeste.place.problem import NOWHERE, Ints
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


@dataclass(frozen=True, eq=False)
class _Unit:
    """Households that go together, with the places that are as good as theirs."""

    rows: Ints
    here: int
    others: Ints
    behind: NDArray[np.float64]
    sd: NDArray[np.float64]


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
    units = _units(plan, within, draws)
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
        notes=tuple(_notes(plan, draws)),
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
    units = _units(plan, within, draws)
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
            lots.update(zip(rows.tolist(), _lots(plan, units[unit], target, (chance, go, why), partner), strict=True))
            if go:
                place[rows] = target
    values = [value_by_household(problem, plan.goal, where) for where in (place, plan.place)]
    change = float((values[0] - values[1]).sum())
    moved = np.flatnonzero(place != plan.place)
    sd = difference_sd(problem, plan.goal, moved, (plan.place[moved], place[moved]), draws)
    certificate = plan.certificate
    objective = certificate.objective + change
    return Tied(
        plan=replace(
            plan,
            place=place,
            certificate=replace(
                certificate,
                value=certificate.value + change,
                objective=objective,
                gap=relative_gap(certificate.bound, objective),
                method=f"{certificate.method}+near_ties",
                seed=seed,
            ),
        ),
        log=_log(plan, lots),
        moved=int(moved.size),
        change=change,
        change_sd=float(np.sqrt((sd**2).sum())),
        seed=seed,
        explore=explore,
        within=within,
        notes=tuple(_notes(plan, draws)),
    )


def _units(plan: Plan, within: float, draws: Draws | None) -> list[_Unit]:
    problem = plan.problem
    if draws is None and not has_doubt(problem, plan.goal):
        raise Refused(
            "Nothing is known of how unsure the scores are, so no two places can be called equal within the error. "
            "Give standard deviations with the problem (columns <outcome>_sd), or draws."
        )
    number = numbered_together(problem)
    found = []
    for one in range(int(number.max()) + 1):
        rows = np.flatnonzero(number == one)
        if plan.place[rows[0]] != NOWHERE and (problem.locks[rows] == NOWHERE).all():
            found.append(_unit(plan, rows, within, draws))
    return found


def _unit(plan: Plan, rows: Ints, within: float, draws: Draws | None) -> _Unit:
    problem, here = plan.problem, int(plan.place[rows[0]])
    net = summed_scores(problem, plan.goal, rows) - room_price(plan, rows)
    others = np.flatnonzero(may_at_all(problem, rows))
    others = others[others != here]
    variance = np.zeros(others.size)
    for row in rows:
        between = np.full(others.size, here), others
        variance += difference_sd(problem, plan.goal, np.full(others.size, row), between, draws) ** 2
    behind, sd = net[here] - net[others], np.sqrt(variance)
    equal = np.flatnonzero(np.abs(behind) <= within * sd)
    equal = equal[np.argsort(_last_wanted(plan, rows, others[equal]), kind="stable")]
    return _Unit(rows, here, others[equal], behind[equal], sd[equal])


def _last_wanted(plan: Plan, rows: Ints, places: Ints) -> NDArray[np.float64]:
    """Order places from the most wished for; among equals from the emptiest."""
    wished = np.zeros(places.size)
    if plan.problem.wishes is not None:
        wished = plan.problem.wishes.share()[np.ix_(rows, places)].sum(axis=0)
    order = np.lexsort((_fullness(plan)[places], -wished))
    rank = np.empty(places.size)
    rank[order] = np.arange(places.size)
    return rank


def _fullness(plan: Plan) -> NDArray[np.float64]:
    person = plan.problem.person_dimension
    return np.asarray(plan.used()[:, person] / np.maximum(plan.problem.capacity[:, person], 1))


def _moves(plan: Plan, units: list[_Unit], order: Ints) -> list[Move]:
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


def _wished_for(plan: Plan, unit: _Unit) -> Ints:
    """Give those of the equal places that the households wish for more than the proposed one."""
    wishes = plan.problem.wishes
    if wishes is None:
        return unit.others[:0]
    share = wishes.share()[unit.rows].sum(axis=0)
    return np.asarray(unit.others[share[unit.others] > share[unit.here]])


def _preference(plan: Plan, units: list[_Unit], move: Move, by: Sequence[By]) -> tuple[float, str]:
    """Give the chance of the move without exploring, and what decides."""
    for what in by:
        better = _wish_change(plan, units, move) if what == "wishes" else _emptier(plan, units, move)
        if better:
            return (1.0 if better > 0 else 0.0), what
    return 0.5, "lot"


def _wish_change(plan: Plan, units: list[_Unit], move: Move) -> int:
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


def _emptier(plan: Plan, units: list[_Unit], move: Move) -> int:
    if len(move.units) > 1:
        return 0
    problem, person = plan.problem, plan.problem.person_dimension
    unit, target = units[move.units[0]], move.targets[0]
    persons = int(problem.persons[unit.rows].sum())
    there = (plan.used()[target, person] + persons) / max(1, problem.capacity[target, person])
    here = _fullness(plan)[unit.here]
    return int(np.sign(here - there))


Lot = tuple[str, str, float, bool, str, str | None]
"""A row of the log."""


def _lots(plan: Plan, unit: _Unit, target: int, drawn: tuple[float, bool, str], partner: str | None) -> list[list[Lot]]:
    """Note, for each household of a unit, both places that it had a chance of."""
    chance, go, why = drawn
    here, there = plan.problem.places[unit.here], plan.problem.places[target]
    names = [plan.problem.households[row] for row in unit.rows]
    return [[(name, here, 1 - chance, not go, why, partner), (name, there, chance, go, why, partner)] for name in names]


def _log(plan: Plan, lots: dict[int, list[Lot]]) -> pl.DataFrame:
    problem = plan.problem
    told: list[Lot] = []
    for row, name in enumerate(problem.households):
        here = int(plan.place[row])
        alone: list[Lot] = [] if here == NOWHERE else [(name, problem.places[here], 1.0, True, "plan", None)]
        told += lots.get(row, alone)
    schema = {
        "household": pl.String,
        "place": pl.String,
        "probability": pl.Float64,
        "chosen": pl.Boolean,
        "by": pl.String,
        "partner": pl.String,
    }
    return pl.DataFrame(told, schema=schema, orient="row")


def _notes(plan: Plan, draws: Draws | None) -> list[Note]:
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
