"""What each household would get at its own best place, beside what it is proposed and what chance would give it."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.place.evaluation.part import may_at_all
from fodfaeste.place.evaluation.worth import difference_sd, has_doubt, scores_of_rows
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE

OWN_BEST = {
    "household": pl.String,
    "value": pl.String,
    "persons": pl.Int64,
    "place": pl.String,
    "best_place": pl.String,
    "score": pl.Float64,
    "best_score": pl.Float64,
    "difference": pl.Float64,
    "sd": pl.Float64,
    "held_by": pl.Int64,
    "held_gain": pl.Float64,
    "random_score": pl.Float64,
    "below_random": pl.Boolean,
}


def own_best(plan: Plan, values: tuple[str, ...], chance: NDArray[np.float64]) -> pl.DataFrame:
    """Tabulate own best place, proposal, and who profits.

    Parameters
    ----------
    plan : Plan
    values : tuple of str, one a household
        Its group.
    chance : ndarray of float64, shape (households,)
        Its mean score over random placements.

    Returns
    -------
    polars.DataFrame
        Columns as in `fairness.Fairness.households`.
    """
    problem = plan.problem
    best, second = _best_two(plan)
    rows: list[tuple[Any, ...]] = []
    for household, name in enumerate(problem.households):
        place, top = int(plan.place[household]), int(best[household][0])
        mine = best[household][2]
        sd = _sd(plan, household, top)
        holders: list[int] = [] if top == place else np.flatnonzero(plan.place == top).tolist()
        # Those for whom the place is the best one hold on to it by what they would lose at their next best.
        gains = [best[one][1] - second[one] for one in holders if best[one][0] == top]
        rows.append(
            (
                name,
                values[household],
                int(problem.persons[household]),
                problem.places[place] if place != NOWHERE else None,
                problem.places[top] if top != NOWHERE else None,
                mine,
                best[household][1],
                best[household][1] - mine,
                sd,
                len(gains),
                float(sum(gains)),
                float(chance[household]),
                bool(mine < chance[household] - 1e-9),
            )
        )
    return pl.DataFrame(rows, schema=OWN_BEST, orient="row")


def _best_two(plan: Plan) -> tuple[list[tuple[int, float, float]], list[float]]:
    """Give each household's best place, its score there and where it is proposed, and its score at the next best."""
    problem, best, second = plan.problem, [], []
    for household in range(plan.place.size):
        row = np.array([household])
        scores = scores_of_rows(problem, plan.goal, row)[0]
        place = int(plan.place[household])
        mine = float(scores[place]) if place != NOWHERE else 0.0
        open_ = np.where(may_at_all(problem, row), scores, -np.inf)
        top = int(open_.argmax())
        if not np.isfinite(open_[top]):
            best.append((NOWHERE, mine, mine))
            second.append(mine)
            continue
        if place != NOWHERE and open_[place] == open_[top]:
            top = place
        best.append((top, float(open_[top]), mine))
        open_[top] = -np.inf
        second.append(float(open_.max()) if np.isfinite(open_.max()) else 0.0)
    return best, second


def _sd(plan: Plan, household: int, top: int) -> float | None:
    place = int(plan.place[household])
    if NOWHERE in (place, top) or not has_doubt(plan.problem, plan.goal):
        return None
    between = np.array([place]), np.array([top])
    return float(difference_sd(plan.problem, plan.goal, np.array([household]), between)[0])
