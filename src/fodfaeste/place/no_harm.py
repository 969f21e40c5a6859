"""Nobody worse off than by what would be done today: how many are, and the plan that lets it happen to none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from fodfaeste.errors import BadInput, Refused
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.evaluation.part import may_at_all, numbered_together
from fodfaeste.place.evaluation.worth import difference_sd, has_doubt, scores_of_rows, value_by_household
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, Goal, Ints, Problem

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Harm:
    """Who is worse off by a plan than by a reference placement.

    Attributes
    ----------
    share : float
        Of the households, those whose score is below the reference by more than the tolerance.
    clearly : float or None
        Share for whom the difference is more than `within` standard errors besides; None without doubt given.
    households : int
    mean_loss : float
        Of those who are worse off.
    table : polars.DataFrame
        Those who are worse off, the most first: `household`, `place`, `reference_place`, `score`, `reference_score`,
        `loss`, `sd`.
    tolerance, within : float
    """

    share: float
    clearly: float | None
    households: int
    mean_loss: float
    table: pl.DataFrame
    tolerance: float
    within: float


def harm(plan: Plan, reference: Plan | Ints, *, tolerance: float = 0.0, within: float = 1.0) -> Harm:
    """Count who would be better off by the status quo, or any other placement of the same households.

    Parameters
    ----------
    plan : Plan
    reference : Plan or ndarray of int64, shape (households,)
    tolerance : float
        In units of the goal's score: a loss up to it is none.
    within : float
        Standard errors that a loss has to exceed to be clear.

    References
    ----------
    Lee, Corvelo Benz, Thejaswi, Gomez-Rodriguez (2024), Matchings, Predictions and Counterfactual Harm in Refugee
    Resettlement Processes, arXiv:2407.13052.
    """
    problem, goal = plan.problem, plan.goal
    other = reference.place if isinstance(reference, Plan) else np.asarray(reference, np.int64)
    mine, theirs = (value_by_household(problem, goal, place) for place in (plan.place, other))
    loss = theirs - mine
    worse = np.flatnonzero(loss > tolerance + 1e-9)
    worse = worse[np.argsort(-loss[worse], kind="stable")]
    sd = _sds(plan, worse, other)
    names = (*problem.places, None)
    table = pl.DataFrame(
        {
            "household": pl.Series([problem.households[row] for row in worse], dtype=pl.String),
            "place": pl.Series([names[plan.place[row]] for row in worse], dtype=pl.String),
            "reference_place": pl.Series([names[other[row]] for row in worse], dtype=pl.String),
            "score": mine[worse],
            "reference_score": theirs[worse],
            "loss": loss[worse],
            "sd": [None] * worse.size if sd is None else sd,
        },
        schema_overrides={"sd": pl.Float64},
    )
    many = len(problem.households)
    return Harm(
        share=worse.size / many,
        clearly=None if sd is None else float((loss[worse] - tolerance > within * sd).sum()) / many,
        households=many,
        mean_loss=float(loss[worse].mean()) if worse.size else 0.0,
        table=table,
        tolerance=tolerance,
        within=within,
    )


def no_worse_than(
    problem: Problem, reference_values: ArrayLike, tolerance: float = 0.0, *, goal: Goal | None = None
) -> Problem:
    """Forbid each household the places that are worth less to it than a reference value less a tolerance.

    Parameters
    ----------
    problem : Problem
    reference_values : array-like of float, shape (households,)
        What each would get by the rule of today, by the scores of `goal`; or its mean over random placements.
    tolerance : float
        In units of the score, a household.
    goal : Goal, optional
        Whose scores count; the default weighs each outcome 1.

    Returns
    -------
    Problem
        With a smaller `allowed`. Tied households are judged by their sum; where a household is locked nothing changes.

    Raises
    ------
    Refused
        If some households have no place left: the reference gives them more than any allowed place does.
    """
    values = np.asarray(reference_values, np.float64)
    many = len(problem.households)
    if values.shape != (many,) or not np.isfinite(values).all() or tolerance < 0:
        expected = f"{many} finite numbers, one a household, and a tolerance from 0"
        raise BadInput(Fault(f"values of shape {values.shape}, tolerance {tolerance}", expected, "Correct them."))
    goal = goal or Goal()
    allowed = np.ones(problem.shape, np.bool_) if problem.allowed is None else problem.allowed.copy()
    number, stuck = numbered_together(problem), []
    for one in range(int(number.max()) + 1):
        rows = np.flatnonzero(number == one)
        if (problem.locks[rows] != NOWHERE).any():
            continue
        least = values[rows].sum() - tolerance * rows.size
        good = scores_of_rows(problem, goal, rows).sum(axis=0) >= least - 1e-9
        may = may_at_all(problem, rows)
        if may.any() and not (may & good).any():
            stuck.append(problem.households[rows[0]])
        allowed[rows] &= good
    if stuck:
        shown = ", ".join(stuck[:10]) + (f" and {len(stuck) - 10} more" if len(stuck) > 10 else "")
        raise Refused(
            f"No allowed place gives {shown} as much as the reference does. "
            "Widen the tolerance, or lower their reference."
        )
    return replace(problem, allowed=allowed)


def _sds(plan: Plan, worse: Ints, other: Ints) -> Floats | None:
    if not has_doubt(plan.problem, plan.goal):
        return None
    sd = np.full(worse.size, np.nan)
    both = (plan.place[worse] != NOWHERE) & (other[worse] != NOWHERE)
    rows = worse[both]
    sd[both] = difference_sd(plan.problem, plan.goal, rows, (plan.place[rows], other[rows]))
    return np.asarray(np.nan_to_num(sd))
