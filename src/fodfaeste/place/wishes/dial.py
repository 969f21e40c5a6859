"""A dial between outcomes and wishes: what each costs of the other, from outcomes alone to wishes alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from fodfaeste.errors import BadInput, Refused
from fodfaeste.errors import Problem as Fault
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, WISHES, Goal, Problem
from fodfaeste.place.solve import solve
from fodfaeste.place.units import units_of
from fodfaeste.place.wishes.summary import wish_summary

METHOD = Method(
    "Plans for the weights 1 - w of outcomes and w of wishes",
    "Zadeh 1963, IEEE Trans. Autom. Control 8, 59-60",
)

TINY = 1e-6
"""Weight of the other at an end, so that of equally good plans the one that is better in the other is taken."""


def wishes_dial(
    problem: Problem,
    goal: Goal | None = None,
    points: int = 11,
    *,
    gap: float = 1e-3,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
) -> Result:
    """Solve for weights of wishes from 0 to 1 and tell what outcomes and wishes come to.

    Parameters
    ----------
    problem : Problem
        With wishes and at least one outcome.
    goal : Goal, optional
        Whose weights outcomes keep among themselves; a weight for wishes in it is left aside; all else holds.
    points : int
        Plans, at least 2.
    gap, seed
        For `place.solve`.
    progress : callable, optional
        Told what is being done and which share of the whole is done.

    Returns
    -------
    Result
        `table`: one row a plan: weight (of wishes), outcome (weighted sum over the households placed, a forecast and
        no observed effect), outcome_share (of that at weight 0), wishes (sum of `Wishes.share`: 1 for a first wish,
        less for later ones), met (share of the households that named a place who got one) with lower and upper, first
        (share who got their first), n (households that named a place), persons_placed, gap. `summary`: households,
        said, silent.

    Raises
    ------
    Refused
        If there are no wishes, or no outcome has a weight: there is nothing to weigh against the other.
    BadInput
        If there are fewer than 2 points.

    References
    ----------
    Zadeh (1963), IEEE Trans. Autom. Control 8, 59-60: a plan that is best for positive weights is better than another
    in one only by being worse in the other. Plans that lie under the line between two others are not found so.
    """
    aim = goal or Goal()
    weights = {name: weight for name, weight in aim.weights_for(problem).items() if name != WISHES and weight}
    if problem.wishes is None or not weights:
        missing = "wishes" if problem.wishes is None else "outcome with a weight"
        raise Refused(f"The dial turns from outcomes to wishes, and there is no {missing}.")
    if points < 2:
        raise BadInput(Fault(f"{points} points", "at least 2", "Both ends belong to the dial.", column="points"))
    outcomes = replace(aim, weights=weights, wish_tolerance=None)
    rows = []
    for number, weight in enumerate(np.linspace(0.0, 1.0, points).tolist()):
        if progress:
            progress("weighing wishes", number / points)
        mixed = {name: max(1 - weight, TINY) * one for name, one in weights.items()}
        turned = replace(outcomes, weights={**mixed, WISHES: max(weight, TINY)})
        rows.append(_row(weight, solve(problem, turned, gap=gap, seed=seed), outcomes))
    best = rows[0]["outcome"]
    unknown = dict.fromkeys(("met", "lower", "upper", "first"), pl.Float64)
    table = pl.DataFrame(rows, schema_overrides=unknown).with_columns(
        outcome_share=pl.col("outcome") / best if best else pl.lit(None, pl.Float64)
    )
    said = int(problem.wishes.said.sum())
    silent = problem.wishes.said.size - said
    notes = [Note("forecast", "The outcome is a forecast, not an observed effect.")]
    if silent:
        text = (
            f"{silent} of {problem.wishes.said.size} households named no place: the dial moves them for others' wishes."
        )
        notes.append(Note("silent", text, "warning"))
    summary = {"households": problem.wishes.said.size, "said": said, "silent": silent}
    params = provenance(table, weights=weights, points=points, gap=gap, seed=seed)
    return Result(table.select(COLUMNS), summary, tuple(notes), METHOD, params)


COLUMNS = (
    "weight",
    "outcome",
    "outcome_share",
    "wishes",
    "met",
    "lower",
    "upper",
    "first",
    "n",
    "persons_placed",
    "gap",
)


def _row(weight: float, plan: Plan, outcomes: Goal) -> dict[str, Any]:
    wishes = plan.problem.wishes
    assert wishes is not None
    told = wish_summary(plan)
    placed = np.flatnonzero(plan.place != NOWHERE)
    first = told.table.filter(pl.col("rank") == 1)["share"]
    return {
        "weight": weight,
        "outcome": units_of(plan.problem, outcomes).value(plan.place),
        "wishes": float(wishes.share()[placed, plan.place[placed]].sum()),
        "met": told.summary["met"],
        "lower": told.summary["met_lower"],
        "upper": told.summary["met_upper"],
        "first": first[0] if first.len() else None,
        "n": told.summary["said"],
        "persons_placed": plan.certificate.persons_placed,
        "gap": plan.certificate.gap,
    }
