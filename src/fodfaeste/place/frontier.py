"""What more of one outcome costs of another: plans along the weights, those that are worse in both left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.errors import Problem as Fault
from fodfaeste.measure.result import Method, Note
from fodfaeste.place.evaluation.plain import plain
from fodfaeste.place.evaluation.wished import wishes_met
from fodfaeste.place.evaluation.worth import at_places
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import WISHES, Goal, Ints, Problem
from fodfaeste.place.scores import Scores, block
from fodfaeste.place.solve import solve

METHOD = Method(
    "Weighted sums, each next weight at right angles to the widest gap between two plans",
    "Cohon (1978), Multiobjective Programming and Planning, section 6.3 (noninferior set estimation)",
)

TINY = 1e-6
"""Weight of the other outcome at an end, so that of equally good plans the better one in the other is taken."""


@dataclass(frozen=True, eq=False)
class Frontier:
    """Plans of which none is better than another in both outcomes.

    Attributes
    ----------
    first, second : str
        The outcomes, or `wishes`.
    table : polars.DataFrame
        One row a plan, from most of the second to most of the first: `plan` (position in `plans`), `weight_first` and
        `weight_second` (adding up to 1, of the outcomes as they are), `first` and `second` (sums over the households
        placed), `first_mean` and `second_mean` (a household placed), `wishes_met` (share of the households with wishes
        that got one; null where nobody has any), `first_wish` (that got their first), `persons_placed`.
    plans : tuple of Plan
        In the order of the table.
    left_out : int
        How many plans were solved and are worse than or the same as another.
    method : Method
    notes : tuple of Note
    """

    first: str
    second: str
    table: pl.DataFrame
    plans: tuple[Plan, ...]
    left_out: int
    method: Method
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values; plans as places by household."""
        plans = [{"place": dict(one.where()), "gap": one.certificate.gap} for one in self.plans]
        told: dict[str, Any] = plain({**vars(self), "plans": plans})
        return told


def frontier(
    problem: Problem,
    first: str = "work",
    second: str = "staying",
    *,
    points: int = 20,
    goal: Goal | None = None,
    gap: float = 1e-3,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
) -> Frontier:
    """Solve for different weights of two outcomes and keep the plans that are not dominated.

    Parameters
    ----------
    problem : Problem
    first, second : str
        Names of outcomes of the problem, or `wishes` (`Wishes.share`).
    points : int
        How many plans to solve at most. Fewer come back where there are no more at these weights.
    goal : Goal, optional
        Everything but the weights: who is placed first, caution, floors and so on. Other outcomes get no weight.
    gap : float
        Of each plan.
    seed : int
    progress : callable, optional
        Told what is done, and which share of the whole.

    Returns
    -------
    Frontier

    Raises
    ------
    UnknownName
        If an outcome is not in the problem.
    BadInput
        If the two are the same, or fewer than 2 points are asked for.

    Notes
    -----
    Weighted sums find the plans on the convex hull. Those in its dents exist too and are no better than a mixture of
    their neighbours.
    """
    _check(problem, first, second, points)
    base = goal or Goal()

    def solved(share: float) -> _Point:
        weights = {first: share, second: 1 - share}
        plan = solve(problem, replace(base, weights=weights), gap=gap, seed=seed)
        got = (_sum(problem, first, plan.place), _sum(problem, second, plan.place))
        if progress:
            progress(f"{first} {share:.0%}", len(found) / points)
        return _Point(share, *got, plan)

    found: list[_Point] = []
    found += map(solved, _ends(problem, first, second))
    while len(found) < points and (share := _next_share(found)) is not None:
        found.append(solved(share))
    kept = _not_dominated(found)
    rows = [_row(problem, position, point) for position, point in enumerate(kept)]
    notes = []
    if (reached := max(point.plan.certificate.gap for point in kept)) > 1e-9:
        text = f"Each plan may be up to {reached:.2%} from the best at its weights, so the line may be that much low."
        notes.append(Note("gap", text))
    return Frontier(
        first=first,
        second=second,
        table=pl.DataFrame(rows, schema=COLUMNS),
        plans=tuple(point.plan for point in kept),
        left_out=len(found) - len(kept),
        method=METHOD,
        notes=tuple(notes),
    )


COLUMNS = {
    "plan": pl.Int64,
    "weight_first": pl.Float64,
    "weight_second": pl.Float64,
    "first": pl.Float64,
    "second": pl.Float64,
    "first_mean": pl.Float64,
    "second_mean": pl.Float64,
    "wishes_met": pl.Float64,
    "first_wish": pl.Float64,
    "persons_placed": pl.Int64,
}


@dataclass(frozen=True, eq=False)
class _Point:
    share: float
    first: float
    second: float
    plan: Plan


def _check(problem: Problem, first: str, second: str, points: int) -> None:
    known = [*problem.outcomes, *([WISHES] if problem.wishes is not None else [])]
    for name in (first, second):
        if name not in known:
            raise UnknownName("the outcome", name, known)
    if first == second:
        raise BadInput(Fault(f"{first!r} twice", "two outcomes", "Name another one to weigh it against."))
    if points < 2:
        raise BadInput(Fault(f"points={points}", "at least 2, the two ends", "Ask for more."))


def _scores(problem: Problem, name: str) -> Scores:
    if name == WISHES and problem.wishes is not None:
        return problem.wishes.share()
    return problem.outcomes[name]


def _sum(problem: Problem, name: str, place: Ints) -> float:
    return float(at_places(_scores(problem, name), place).sum())


def _ends(problem: Problem, first: str, second: str) -> tuple[float, float]:
    """Give the shares of the first outcome at the two ends; the other one's is tiny beside it in units of score."""
    spread = [max(1e-12, _spread(problem, name)) for name in (first, second)]
    small, large = TINY * spread[1] / spread[0], spread[0] / spread[1] / TINY
    return small / (1 + small), large / (1 + large)


def _spread(problem: Problem, name: str) -> float:
    scores = _scores(problem, name)
    # A thousand households show the scale; the whole is not read for it.
    values = np.asarray(block(scores, slice(0, 1000)), np.float64)
    finite = values[np.isfinite(values)]
    return float(finite.max() - finite.min()) if finite.size else 0.0


def _next_share(found: list[_Point]) -> float | None:
    """Give the weight at which both ends of the widest gap are worth the same; None where every gap was tried."""
    kept = _not_dominated(found)
    width = [max(abs(kept[0].first - kept[-1].first), 1e-12), max(abs(kept[0].second - kept[-1].second), 1e-12)]
    tried = {round(point.share, 12) for point in found}
    gaps = []
    for low, high in pairwise(kept):
        more, less = high.first - low.first, low.second - high.second
        share = less / (more + less)
        if round(share, 12) not in tried:
            gaps.append((np.hypot(more / width[0], less / width[1]), share))
    return float(max(gaps)[1]) if gaps else None


def _not_dominated(found: list[_Point]) -> list[_Point]:
    """Keep plans that no other beats in one outcome without losing in the other, of equal ones the first."""
    kept: list[_Point] = []
    for point in sorted(found, key=lambda point: (-point.first, -point.second)):
        if not kept or point.second > kept[-1].second + 1e-9 * max(1.0, abs(point.second)):
            kept.append(point)
    return kept[::-1]


def _row(problem: Problem, position: int, point: _Point) -> dict[str, Any]:
    plan = point.plan
    placed = max(1, int(plan.placed.sum()))
    met, first_wish = wishes_met(problem, plan.place)
    return {
        "plan": position,
        "weight_first": point.share,
        "weight_second": 1 - point.share,
        "first": point.first,
        "second": point.second,
        "first_mean": point.first / placed,
        "second_mean": point.second / placed,
        "wishes_met": met,
        "first_wish": first_wish,
        "persons_placed": plan.certificate.persons_placed,
    }
