"""Households that go together with the places that are as good as theirs, and the log of lots drawn among these."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import Refused
from fodfaeste.place.evaluation.part import may_at_all, numbered_together
from fodfaeste.place.evaluation.price import room_price, summed_scores
from fodfaeste.place.evaluation.worth import difference_sd, has_doubt, value_by_household
from fodfaeste.place.plan import Plan, relative_gap
from fodfaeste.place.problem import NOWHERE, Ints
from fodfaeste.place.scores import Draws


@dataclass(frozen=True, eq=False)
class EqualUnit:
    """Households that go together, with the places that are as good as theirs."""

    rows: Ints
    here: int
    others: Ints
    behind: NDArray[np.float64]
    sd: NDArray[np.float64]


def equal_units(plan: Plan, within: float, draws: Draws | None) -> list[EqualUnit]:
    """List who is placed and not locked, with the places that are as good as theirs within the error.

    Raises
    ------
    Refused
        If nothing is known of how unsure the scores are.
    """
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


def _unit(plan: Plan, rows: Ints, within: float, draws: Draws | None) -> EqualUnit:
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
    return EqualUnit(rows, here, others[equal], behind[equal], sd[equal])


def _last_wanted(plan: Plan, rows: Ints, places: Ints) -> NDArray[np.float64]:
    """Order places from the most wished for; among equals from the emptiest."""
    wished = np.zeros(places.size)
    if plan.problem.wishes is not None:
        wished = plan.problem.wishes.share()[np.ix_(rows, places)].sum(axis=0)
    order = np.lexsort((fullness(plan)[places], -wished))
    rank = np.empty(places.size)
    rank[order] = np.arange(places.size)
    return rank


def fullness(plan: Plan) -> NDArray[np.float64]:
    """Say how much of each place's room for persons is used; shape (places,)."""
    person = plan.problem.person_dimension
    return np.asarray(plan.used()[:, person] / np.maximum(plan.problem.capacity[:, person], 1))


def elsewhere(plan: Plan, place: Ints, seed: int, by: str) -> tuple[Plan, float]:
    """Give the plan with households at other places, its certificate put right, and what its value changed by."""
    values = [value_by_household(plan.problem, plan.goal, where) for where in (place, plan.place)]
    change, told = float((values[0] - values[1]).sum()), plan.certificate
    objective = told.objective + change
    certificate = replace(
        told,
        value=told.value + change,
        objective=objective,
        gap=relative_gap(told.bound, objective),
        method=f"{told.method}+{by}",
        seed=seed,
    )
    return replace(plan, place=place, certificate=certificate), change


Lot = tuple[str, str, float, bool, str, str | None]
"""A row of the log."""


def both_places(
    plan: Plan, unit: EqualUnit, target: int, drawn: tuple[float, bool, str], partner: str | None
) -> list[list[Lot]]:
    """Note, for each household of a unit, both places that it had a chance of."""
    chance, go, why = drawn
    here, there = plan.problem.places[unit.here], plan.problem.places[target]
    names = [plan.problem.households[row] for row in unit.rows]
    return [[(name, here, 1 - chance, not go, why, partner), (name, there, chance, go, why, partner)] for name in names]


def log_of(plan: Plan, lots: dict[int, list[Lot]]) -> pl.DataFrame:
    """Tabulate the chances of every household that is placed; `lots` of those that had more than one."""
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
